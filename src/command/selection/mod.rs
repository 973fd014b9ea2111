//! What a dump or a restore takes: schemas, tables, extensions, sections, and what it leaves out of each.
//!
//! Pure, and only the options: on dump the server matches the patterns (`command/dump/choose.rs`), on
//! restore the archive's names are matched here. What belongs to another object (comments, labels,
//! privileges) follows that object.

pub mod filter;
pub mod names;
pub mod pattern;

use crate::error::{Error, Fault, Result};
use crate::sql::{Entry, Script, Section};
use names::Name;
pub use pattern::{Named, Pattern};

/// What to take.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// `-n`: only these schemas.
    pub schemas: Vec<Pattern>,
    /// `-N`: not these.
    pub not_schemas: Vec<Pattern>,
    /// `-t`: only these tables.
    pub tables: Vec<Pattern>,
    /// `-T`: not these.
    pub not_tables: Vec<Pattern>,
    /// `--exclude-table-data`: these without their rows.
    pub not_data: Vec<Pattern>,
    /// `-e`: of extensions only these.
    pub extensions: Vec<Pattern>,
    /// `--exclude-extension`: not these.
    pub not_extensions: Vec<Pattern>,
    /// Every pattern that names what to take must match something.
    pub strict_names: bool,
    /// No pattern needs a match: who compares finds by himself what is gone.
    pub lenient_names: bool,
    /// `-s`: no rows.
    pub schema_only: bool,
    /// `-a`: rows only.
    pub data_only: bool,
    /// `--section`: only these; none means all.
    pub sections: Vec<Section>,
    /// `-O`: objects stay with whoever creates them.
    pub no_owner: bool,
    /// `-x`: no GRANT and REVOKE.
    pub no_privileges: bool,
    /// No comments.
    pub no_comments: bool,
    /// No row security policies.
    pub no_policies: bool,
    /// No publications.
    pub no_publications: bool,
    /// No subscriptions.
    pub no_subscriptions: bool,
    /// No security labels.
    pub no_security_labels: bool,
    /// Everything into the default tablespace.
    pub no_tablespaces: bool,
    /// Every table with the default access method.
    pub no_table_access_method: bool,
}

impl Selection {
    /// Whether only a part is named, so that what has no schema stays out (pg_dump's `include_everything`).
    pub fn is_partial(&self) -> bool {
        !self.schemas.is_empty() || !self.tables.is_empty() || !self.extensions.is_empty()
    }

    /// Whether rows are taken, as far as options for all of them go.
    pub fn takes_data(&self) -> bool {
        !self.schema_only && self.takes_section(Section::Data)
    }

    /// Whether definitions are taken.
    pub fn takes_schema(&self) -> bool {
        !self.data_only && (self.takes_section(Section::PreData) || self.takes_section(Section::PostData))
    }

    /// Whether this section is taken.
    pub fn takes_section(&self, section: Section) -> bool {
        self.sections.is_empty() || self.sections.contains(&section)
    }

    /// Whether options for whole kinds and sections leave this entry in; patterns are not considered, nor
    /// whether the object it belongs to is taken.
    pub fn takes_kind(&self, entry: &Entry) -> bool {
        let is_data = entry.section == Section::Data || entry.kind == "MATERIALIZED VIEW DATA";
        let left_out = match entry.kind.as_str() {
            "ACL" | "DEFAULT ACL" => self.no_privileges,
            "COMMENT" => self.no_comments,
            "SECURITY LABEL" => self.no_security_labels,
            "POLICY" | "ROW SECURITY" => self.no_policies,
            "PUBLICATION" | "PUBLICATION TABLE" | "PUBLICATION TABLES IN SCHEMA" => self.no_publications,
            "SUBSCRIPTION" => self.no_subscriptions,
            _ => false,
        };
        if entry.kind.starts_with("DATABASE") {
            return true;
        }
        let other_half = if is_data { self.schema_only } else { self.data_only };
        !left_out && !other_half && self.takes_section(entry.section)
    }

    /// Takes from an entry what the options leave out of each: owner, tablespace, access method.
    pub fn strip(&self, entry: &mut Entry) {
        if self.no_owner {
            entry.owned.clear();
        }
        if self.no_tablespaces {
            entry.tablespace = None;
        }
        if self.no_table_access_method {
            entry.access_method = None;
        }
    }

    /// Leaves in a script what options for whole kinds and sections take.
    pub fn reduce(&self, script: &mut Script) {
        script.reduce(|entry| self.takes_kind(entry), |entry| self.strip(entry));
    }

    /// The options as a user would type them, for the manifest.
    pub fn describe(&self) -> Vec<String> {
        let mut out = Vec::new();
        let mut patterns = |list: &[Pattern], plain: &str, children: &str| {
            let word = |pattern: &Pattern| if pattern.children { children.to_string() } else { plain.to_string() };
            out.extend(list.iter().map(|pattern| format!("--{}={}", word(pattern), pattern.text)));
        };
        patterns(&self.schemas, "schema", "");
        patterns(&self.not_schemas, "exclude-schema", "");
        patterns(&self.tables, "table", "table-and-children");
        patterns(&self.not_tables, "exclude-table", "exclude-table-and-children");
        patterns(&self.not_data, "exclude-table-data", "exclude-table-data-and-children");
        patterns(&self.extensions, "extension", "");
        patterns(&self.not_extensions, "exclude-extension", "");
        let section = |section: &Section| match section {
            Section::PreData => "--section=pre-data",
            Section::Data => "--section=data",
            Section::PostData => "--section=post-data",
        };
        out.extend(self.sections.iter().map(|wanted| section(wanted).to_string()));
        for (on, word) in [
            (self.schema_only, "--schema-only"),
            (self.data_only, "--data-only"),
            (self.no_owner, "--no-owner"),
            (self.no_privileges, "--no-privileges"),
            (self.no_comments, "--no-comments"),
            (self.no_policies, "--no-policies"),
            (self.no_publications, "--no-publications"),
            (self.no_subscriptions, "--no-subscriptions"),
            (self.no_security_labels, "--no-security-labels"),
            (self.no_tablespaces, "--no-tablespaces"),
            (self.no_table_access_method, "--no-table-access-method"),
        ] {
            if on {
                out.push(word.to_string());
            }
        }
        out
    }
}

/// Whether what matched is enough: with `strict` every pattern must match, else at least one of a list, or
/// a typing error would make an empty backup. Returns the patterns without a match, worth a warning.
///
/// # Errors
/// [`Fault::Usage`] naming the patterns.
pub fn enough(named: Named, strict: bool, matched: &[(&str, bool)]) -> Result<Vec<String>> {
    let without: Vec<String> = matched
        .iter()
        .filter(|(_, some)| !some)
        .map(|(text, _)| format!("no {} matches {text:?}", named.word()))
        .collect();
    if !without.is_empty() && (strict || without.len() == matched.len()) {
        return Err(Error::new(Fault::Usage, without.join(", ")));
    }
    Ok(without)
}

/// The names of a selection, ready to match an archive's entries.
pub struct Names {
    schemas: Vec<Name>,
    not_schemas: Vec<Name>,
    tables: Vec<Name>,
    not_tables: Vec<Name>,
    not_data: Vec<Name>,
    extensions: Vec<Name>,
    not_extensions: Vec<Name>,
    partial: bool,
}

impl Names {
    /// Reads them.
    ///
    /// # Errors
    /// [`Fault::Usage`] where one cannot be read.
    pub fn of(selection: &Selection) -> Result<Names> {
        let names = |list: &[Pattern]| list.iter().map(Name::parse).collect::<Result<Vec<_>>>();
        Ok(Names {
            schemas: names(&selection.schemas)?,
            not_schemas: names(&selection.not_schemas)?,
            tables: names(&selection.tables)?,
            not_tables: names(&selection.not_tables)?,
            not_data: names(&selection.not_data)?,
            extensions: names(&selection.extensions)?,
            not_extensions: names(&selection.not_extensions)?,
            partial: selection.is_partial(),
        })
    }

    fn wants_schema(&self, schema: &str) -> bool {
        self.tables.is_empty()
            && (self.schemas.is_empty() || self.schemas.iter().any(|name| name.is(schema)))
            && !self.not_schemas.iter().any(|name| name.is(schema))
    }

    fn wants_table(&self, schema: &str, table: &str) -> bool {
        let named = |list: &[Name]| list.iter().any(|name| name.is_in(schema, table));
        (if self.tables.is_empty() { self.wants_schema(schema) } else { named(&self.tables) })
            && !named(&self.not_tables)
    }

    /// Whether the names take this entry, which belongs to no other.
    pub fn take(&self, entry: &Entry) -> bool {
        match (&entry.table, entry.kind.as_str()) {
            (Some((schema, table)), kind) => {
                let has_data = entry.section == Section::Data || kind == "MATERIALIZED VIEW DATA";
                let own = entry.schema.as_deref().unwrap_or(schema);
                let no_data = |name: &Name| name.is_in(schema, table) || name.is_in(own, &entry.name);
                let needs_all = matches!(kind, "PUBLICATION TABLE") && self.partial;
                self.wants_table(schema, table) && !(has_data && self.not_data.iter().any(no_data)) && !needs_all
            }
            (None, "EXTENSION") => {
                let named = |list: &[Name]| list.iter().any(|name| name.is(&entry.name));
                (if self.extensions.is_empty() { !self.partial } else { named(&self.extensions) })
                    && !named(&self.not_extensions)
            }
            (None, "PUBLICATION TABLES IN SCHEMA") => !self.partial && self.wants_schema(&entry.name),
            (None, "SCHEMA") => self.wants_schema(&entry.name),
            (None, _) => match &entry.schema {
                Some(schema) => self.wants_schema(schema),
                None => !self.partial,
            },
        }
    }

    /// Whether each name that says what to take matches something; returns what is worth a warning.
    ///
    /// # Errors
    /// As for [`enough`].
    pub fn check(&self, entries: &[Entry], strict: bool) -> Result<Vec<String>> {
        let schema = |name: &Name| {
            let of = |entry: &Entry| (entry.kind == "SCHEMA").then_some(&entry.name).or(entry.schema.as_ref()).cloned();
            entries.iter().filter_map(of).any(|schema| name.is(&schema))
        };
        let table =
            |name: &Name| entries.iter().filter_map(|entry| entry.table.as_ref()).any(|(s, t)| name.is_in(s, t));
        let extension = |name: &Name| entries.iter().any(|entry| entry.kind == "EXTENSION" && name.is(&entry.name));
        let all = |list: &'_ [Name], there: &dyn Fn(&Name) -> bool, named: Named| {
            let matched: Vec<(&str, bool)> = list.iter().map(|name| (name.text(), there(name))).collect();
            enough(named, strict, &matched)
        };
        let mut warnings = all(&self.schemas, &schema, Named::Schema)?;
        warnings.extend(all(&self.tables, &table, Named::Table)?);
        warnings.extend(all(&self.extensions, &extension, Named::Extension)?);
        Ok(warnings)
    }
}
