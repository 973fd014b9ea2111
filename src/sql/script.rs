//! The script: a database's schema as entries in the order in which they run.
//!
//! An entry is what pg_dump calls a TOC entry: one object's SQL with its drop, owner, section and
//! dependencies. The script travels in the archive twice: as entries (JSON, for restore) and as
//! plain SQL (for psql). This file owns the types and the rendering to plain SQL; it decides nothing
//! about order.
//!
//! Invariant: an entry depends only on entries before it, so ids are positions and grow.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::downgrade::Variant;
use super::quote::{ident, literal, one_line};

/// pg_dump's three sections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Section {
    /// Everything that must exist before rows can be loaded.
    PreData,
    /// Rows, sequence values, large objects.
    Data,
    /// What is cheaper or only possible with the rows in place.
    PostData,
}

/// When in a restore an entry runs (pg_restore's RestorePass).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pass {
    /// In script order.
    Main,
    /// After all of `Main`: a load must not be hit by privileges that were revoked.
    Privileges,
    /// At the very end: event triggers (they must not see the restore) and refreshes (they must see
    /// the final state).
    Last,
}

/// One object's SQL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Position in the script, from 1.
    pub id: u32,
    /// pg_dump's word for it: `TABLE`, `FK CONSTRAINT`, `ACL`, …
    pub kind: String,
    /// The schema it lives in, unquoted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Its name for listings, unquoted.
    pub name: String,
    /// The section it belongs to.
    pub section: Section,
    /// The pass it runs in.
    pub pass: Pass,
    /// The statements that make it, each ended by a semicolon.
    pub definition: String,
    /// What stands for the definition on older servers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<Variant>,
    /// The statement that removes it; empty where its host's removal is enough.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub drop: String,
    /// Its owner's name, where it has one that a restore can set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What `ALTER … OWNER TO` calls it, with its kind: `TABLE public.film`. An entry of large objects
    /// has many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owned: Vec<String>,
    /// The roles that its statements name, its owner aside, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// The entries that must have run before, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends: Vec<u32>,
    /// Entries of tables that this entry locks against everything else while it runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locks: Vec<u32>,
    /// For comments, labels and privileges: the entry they belong to, which they follow in selection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<u32>,
    /// The table whose selection it follows, `schema` and `name` unquoted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<(String, String)>,
    /// Tablespace to create it in; empty means the database's default, absent means it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tablespace: Option<String>,
    /// Table access method to create it with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_method: Option<String>,
    /// For `EXTENSION`: the version that the source had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// For `TABLE DATA`: the number of the table in the manifest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<u32>,
}

impl Entry {
    /// An entry with nothing but its name and place; it has no number yet.
    pub fn blank(kind: &str, schema: Option<String>, name: &str, section: Section, pass: Pass) -> Entry {
        Entry {
            id: 0,
            kind: kind.to_string(),
            schema,
            name: name.to_string(),
            section,
            pass,
            definition: String::new(),
            variants: Vec::new(),
            drop: String::new(),
            owner: None,
            owned: Vec::new(),
            roles: Vec::new(),
            depends: Vec::new(),
            locks: Vec::new(),
            parent: None,
            table: None,
            tablespace: None,
            access_method: None,
            version: None,
            data: None,
        }
    }

    /// The statements that give it to its owner, if it has one.
    pub fn owner_statement(&self) -> Option<String> {
        let owner = ident(self.owner.as_ref().filter(|_| !self.owned.is_empty())?);
        let one = |identity: &String| format!("ALTER {identity} OWNER TO {owner};");
        Some(self.owned.iter().map(one).collect::<Vec<_>>().join("\n"))
    }

    /// How messages and listings call it: `TABLE public.film`.
    pub fn label(&self) -> String {
        match &self.schema {
            Some(schema) => one_line(&format!("{} {}.{}", self.kind, schema, self.name)),
            None => one_line(&format!("{} {}", self.kind, self.name)),
        }
    }
}

/// The whole schema, in order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Script {
    /// Ascending by id.
    pub entries: Vec<Entry>,
    /// Every role that an owner statement or an entry's `roles` name, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
}

/// Tracks the two settings that decide where a table is created, so that SET appears only on change.
#[derive(Debug, Clone, Default)]
pub struct Placement {
    tablespace: Option<String>,
    access_method: Option<String>,
}

impl Placement {
    /// The SET statements that `entry` needs before it, given what earlier calls set.
    pub fn before(&mut self, entry: &Entry) -> String {
        let mut out = String::new();
        if let Some(wanted) = &entry.tablespace
            && self.tablespace.as_deref().unwrap_or("") != wanted
        {
            let value = if wanted.is_empty() { "''".to_string() } else { ident(wanted) };
            let _ = writeln!(out, "SET default_tablespace = {value};");
            self.tablespace = Some(wanted.clone());
        }
        if let Some(wanted) = &entry.access_method
            && self.access_method.as_deref().unwrap_or("heap") != wanted
        {
            let _ = writeln!(out, "SET default_table_access_method = {};", ident(wanted));
            self.access_method = Some(wanted.clone());
        }
        out
    }
}

/// The roles that these entries name.
fn named(entries: &[Entry]) -> Vec<String> {
    let owners = entries.iter().filter(|entry| !entry.owned.is_empty()).filter_map(|entry| entry.owner.as_ref());
    let roles: BTreeSet<&String> = owners.chain(entries.iter().flat_map(|entry| &entry.roles)).collect();
    roles.into_iter().cloned().collect()
}

impl Script {
    /// The script of these entries, which are numbered by their places, and the roles that they name.
    pub fn of(entries: Vec<Entry>) -> Script {
        Script { roles: named(&entries), entries }
    }

    /// Leaves only what `wanted` takes and what belongs to it, changed by `strip`. The ids stay positions,
    /// so they are given anew.
    pub fn reduce(&mut self, wanted: impl Fn(&Entry) -> bool, strip: impl Fn(&mut Entry)) {
        // By the old id the new one; 0: there is none.
        let mut new_ids = vec![0; self.entries.len() + 1];
        let new = |new_ids: &[u32], id: u32| new_ids.get(id as usize).copied().filter(|id| *id > 0);
        let mut last = 0;
        self.entries.retain_mut(|entry| {
            let parent = entry.parent.map(|parent| new(&new_ids, parent));
            if !wanted(entry) || parent == Some(None) {
                return false;
            }
            strip(entry);
            last += 1;
            new_ids[entry.id as usize] = last;
            entry.id = last;
            entry.parent = parent.flatten();
            for list in [&mut entry.depends, &mut entry.locks] {
                list.retain_mut(|id| new(&new_ids, *id).inspect(|new| *id = *new).is_some());
            }
            true
        });
        self.roles = named(&self.entries);
    }

    /// Whether an entry makes the database itself, or is about it. Only a restore that creates the database
    /// runs these.
    pub fn is_of_database(&self, entry: &Entry) -> bool {
        let parent = entry.parent.and_then(|id| self.entries.get((id as usize).checked_sub(1)?));
        [Some(entry), parent].into_iter().flatten().any(|one| one.kind.starts_with("DATABASE"))
    }

    /// The entries of a pass and section as one plain SQL text that psql runs, with owners.
    pub fn render(&self, wanted: impl Fn(&Entry) -> bool) -> String {
        let mut out = String::new();
        let mut placement = Placement::default();
        let wanted = |entry: &&Entry| entry.data.is_none() && wanted(entry) && !self.is_of_database(entry);
        for entry in self.entries.iter().filter(wanted) {
            let _ = writeln!(out, "\n-- {}\n", entry.label());
            out.push_str(&placement.before(entry));
            out.push_str(entry.definition.trim_end());
            out.push('\n');
            if let Some(owner) = entry.owner_statement() {
                let _ = writeln!(out, "{owner}");
            }
        }
        out
    }
}

/// The settings a script starts with, for psql and any server version: everything a role or database
/// could have set that changes how the script is read (pg_dump's `_doSetFixedOutputState`, and more).
pub fn preamble(encoding: &str) -> String {
    let zero = "SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings\nWHERE name IN \
                ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout', \
                'transaction_timeout') AND setting <> '0';\n";
    format!(
        "SET client_encoding = {};\nSET standard_conforming_strings = on;\n{zero}\
         SELECT pg_catalog.set_config('search_path', '', false);\n\
         SET check_function_bodies = false;\nSET xmloption = content;\nSET client_min_messages = warning;\nSET row_security = off;\n\
         SET default_transaction_read_only = off;\nSET datestyle = 'ISO, YMD';\nSET intervalstyle = postgres;\nSET timezone = 'UTC';\n\
         SET lc_monetary = 'C';\nSET bytea_output = hex;\nSET default_tablespace = '';\nSET default_table_access_method = heap;\n",
        literal(encoding)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: u32, kind: &str, depends: &[u32], parent: Option<u32>) -> Entry {
        let json = serde_json::json!({ "id": id, "kind": kind, "name": kind, "section": Section::PreData,
            "pass": Pass::Main, "definition": "", "depends": depends, "locks": depends, "parent": parent,
            "owner": format!("o{id}"), "owned": [kind], "roles": [format!("r{id}")] });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn what_is_left_is_numbered_anew_and_keeps_its_company() {
        let entries = vec![
            entry(1, "TABLE", &[], None),
            entry(2, "POLICY", &[1], None),
            entry(3, "COMMENT", &[2], Some(2)),
            entry(4, "INDEX", &[1, 2], None),
            entry(5, "COMMENT", &[4], Some(4)),
        ];
        let mut script = Script { entries, roles: Vec::new() };
        script.reduce(|entry| entry.kind != "POLICY", |entry| entry.owned.clear());
        let told: Vec<_> = script.entries.iter().map(|e| (e.id, e.depends.clone(), e.parent)).collect();
        assert_eq!(told, [(1, vec![], None), (2, vec![1], None), (3, vec![2], Some(2))]);
        assert_eq!((&script.roles, &script.entries[1].locks), (&vec!["r1".into(), "r4".into(), "r5".into()], &vec![1]));
    }
}
