//! A restore by a role that is no superuser, as on managed servers: what it cannot do is left out by rule, and
//! named, instead of failing half-way.
//!
//! Owns the rules. Decided beforehand: owners the role cannot act for (objects stay with the role), grants by
//! such grantors, what lies in schemas that the provider keeps. Decided when the server refuses it (SQLSTATE
//! 42501): the kinds in [`SUPERUSERS`]. Tables, their rows and what only an owner decides are never left out: a
//! refusal there ends the restore.
//!
//! Pitfall: `SET SESSION AUTHORIZATION` is for superusers; a member of a role says `SET ROLE` instead.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::passed::PassedOver;
use crate::command::provided::is_provided;
use crate::connect::Session;
use crate::error::{During, Fault, Result};
use crate::object::Row;
use crate::sql::{Entry, Script, ident};

/// Kinds of which a server may say that they are for superusers, or for owners of what a provider owns.
const SUPERUSERS: [&str; 24] = [
    "ACCESS METHOD",
    "ACL",
    "CAST",
    "COMMENT",
    "CONVERSION",
    "DEFAULT ACL",
    "EVENT TRIGGER",
    "EXTENSION",
    "FOREIGN DATA WRAPPER",
    "OPERATOR",
    "OPERATOR CLASS",
    "OPERATOR FAMILY",
    "PROCEDURAL LANGUAGE",
    "PUBLICATION",
    "PUBLICATION TABLE",
    "PUBLICATION TABLES IN SCHEMA",
    "SECURITY LABEL",
    "SERVER",
    "SHELL TYPE",
    "SUBSCRIPTION",
    "TEXT SEARCH PARSER",
    "TEXT SEARCH TEMPLATE",
    "TRANSFORM",
    "USER MAPPING",
];

/// Whether what a server refuses to this entry for lack of rights is left out, rather than an error.
pub fn may_be_left_out(entry: &Entry, message: &str) -> bool {
    let base_type = entry.kind == "TYPE" && message.contains("must be superuser");
    SUPERUSERS.contains(&entry.kind.as_str()) || base_type || message.starts_with("permission denied for language")
}

/// A role that is no superuser, and what it may.
pub struct Limited {
    role: String,
    /// The roles that are there, and whether this one can act for them.
    roles: HashMap<String, bool>,
    /// The provider's schemas.
    pub provided: BTreeSet<String>,
    /// By owner the entries that stay with the role.
    kept: BTreeMap<String, Vec<u32>>,
    /// By entry the grantors whose grants are left out, each with the entry's label.
    lost: Vec<(u32, String, String)>,
}

impl Limited {
    /// What the session's role may; `None` for a superuser.
    pub async fn read(session: &Session) -> Result<Option<Limited>> {
        let doing = || "cannot ask the target what the role may do".to_string();
        let sql =
            "SELECT rolname::text AS name, rolsuper AS super FROM pg_catalog.pg_roles WHERE rolname = CURRENT_USER";
        let rows = session.client.query_typed(sql, &[]).await.during(Fault::Server, doing)?;
        let Some(row) = rows.first().filter(|row| !row.get::<_, bool>("super")) else { return Ok(None) };
        let role = Row(row).text("name")?;
        // From 16 on a member may be one that cannot become the role.
        let set = if session.major >= 16 { "AND pg_catalog.pg_has_role(oid, 'SET')" } else { "" };
        let sql = format!(
            "SELECT rolname::text AS name, pg_catalog.pg_has_role(oid, 'USAGE') {set} AS may FROM pg_catalog.pg_roles"
        );
        let rows = session.client.query_typed(&sql, &[]).await.during(Fault::Server, doing)?;
        let roles = rows.iter().map(|row| Ok((Row(row).text("name")?, row.get("may")))).collect::<Result<_>>()?;
        let sql = "SELECT nspname::text AS name FROM pg_catalog.pg_namespace WHERE NOT pg_catalog.pg_has_role(nspowner, 'USAGE')";
        let rows = session.client.query_typed(sql, &[]).await.during(Fault::Server, doing)?;
        let others = rows.iter().map(|row| Row(row).text("name")).collect::<Result<Vec<String>>>()?;
        let provided = others.into_iter().filter(|name| is_provided(name)).collect();
        Ok(Some(Limited { role, roles, provided, kept: BTreeMap::new(), lost: Vec::new() }))
    }

    /// Takes from a script what the role cannot do, and notes it.
    pub fn adapt(&mut self, script: &mut Script, passed: &mut PassedOver) {
        passed.limited = true;
        for entry in &mut script.entries {
            let home = if entry.kind == "SCHEMA" { Some(&entry.name) } else { entry.schema.as_ref() };
            if home.is_some_and(|schema| self.provided.contains(schema)) {
                passed.leave_to_provider(entry, "its schema is the provider's, and there already");
                continue;
            }
            // One that is not there is named before anything is changed.
            let strange = |role: &String| self.roles.get(role) == Some(&false);
            if let Some(owner) = entry.owner.as_ref().filter(|owner| !entry.owned.is_empty() && strange(owner)) {
                self.kept.entry(owner.clone()).or_default().push(entry.id);
                entry.owned.clear();
            }
            if entry.kind == "ACL" {
                let (text, lost) = self.granted(&entry.definition);
                entry.definition = text;
                self.lost.extend(lost.into_iter().map(|grantor| (entry.id, entry.label(), grantor)));
            }
        }
    }

    /// Says what of `chosen` stays with the role, and which grants are left out.
    pub fn tell(&self, chosen: &[&Entry], passed: &PassedOver) {
        let ids: BTreeSet<u32> = chosen.iter().map(|entry| entry.id).collect();
        for (owner, entries) in &self.kept {
            let count = entries.iter().filter(|id| ids.contains(id)).count();
            if count > 0 {
                let reason =
                    format!("what it owns stays with {}, which cannot act for that role: entries: {count}", self.role);
                passed.note(&format!("OWNER {owner}"), reason);
            }
        }
        for (_, label, grantor) in self.lost.iter().filter(|(id, _, _)| ids.contains(id)) {
            passed.note(label, format!("grants by {grantor}: {} cannot act for that role", self.role));
        }
    }

    /// The statements of an ACL with foreign grantors as roles to become, and the grantors that the role cannot
    /// become, without their statements.
    fn granted(&self, text: &str) -> (String, Vec<String>) {
        const SET: &str = "SET SESSION AUTHORIZATION ";
        if !text.contains(SET) {
            return (text.to_string(), Vec::new());
        }
        let (mut out, mut lost, mut skipping) = (Vec::new(), Vec::new(), false);
        for line in text.lines() {
            if let Some(grantor) = line.strip_prefix(SET) {
                let grantor = grantor.trim_end_matches(';');
                skipping = !self.roles.iter().any(|(name, may)| *may && ident(name) == grantor);
                match skipping {
                    true => lost.push(grantor.to_string()),
                    false => out.push(format!("SET ROLE {grantor};")),
                }
            } else if line == "RESET SESSION AUTHORIZATION;" {
                if !std::mem::take(&mut skipping) {
                    out.push(format!("SET ROLE {};", ident(&self.role)));
                }
            } else if !skipping {
                out.push(line.to_string());
            }
        }
        (out.join("\n"), lost)
    }
}
