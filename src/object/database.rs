//! The database itself. Writes `CREATE DATABASE` and, each as an entry of its own, what was set for it:
//! `ALTER DATABASE … SET`, `ALTER ROLE … IN DATABASE … SET`, the connection limit, being a template.
//!
//! Only a restore that creates the database runs these entries. Pitfalls: before 15 a server knows no
//! provider of locales, but from 15 on it must be said, or template0 decides; LOCALE is younger than 12, so
//! both halves are said. The limit and the template come last of all: they would disturb the restore.

use super::common::set;
use super::*;
use crate::error::{Error, Fault};
use crate::sql::literal;

/// The database that is read.
pub const QUERY: &str = include_str!("../../db/catalog/database.sql");

struct Locale {
    provider: char,
    collate: String,
    ctype: String,
    name: Option<String>,
    rules: Option<String>,
}

/// Reads the database.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::Database, class::DATABASE, row)?;
    let (id, name, plain) = (object.id, object.qualified(), object.name.clone());
    let locale = Locale {
        provider: row.letter("provider")?,
        collate: row.text("collate")?,
        ctype: row.text("ctype")?,
        name: row.opt_text("locale")?,
        rules: row.opt_text("rules")?,
    };
    let encoding = row.text("encoding")?;
    let create = format!("CREATE DATABASE {name} WITH TEMPLATE = template0 ENCODING = {}", literal(&encoding));
    // Where it goes is appended when it is made, like any tablespace.
    object.tablespace = Some(row.text("tablespace")?).filter(|space| space != "pg_default");
    if !matches!(locale.provider, 'c' | 'i' | 'b') {
        let text = format!("database {name} has a locale of an unknown provider {:?}", locale.provider);
        return Err(Error::new(Fault::Unsupported, text));
    }
    out.push(object.written(|target| locale.write(&create, target)));

    let mut properties: Vec<(String, Option<String>, Pass)> = Vec::new();
    for (role, setting) in row.texts("setting_roles")?.into_iter().zip(row.texts("settings")?) {
        let set = set(&setting)?;
        properties.push(if role.is_empty() {
            (format!("ALTER DATABASE {name} {set};"), None, Pass::Main)
        } else {
            (format!("ALTER ROLE {} IN DATABASE {name} {set};", ident(&role)), Some(role), Pass::Main)
        });
    }
    let limit = row.int("connection_limit")?;
    if limit != -1 {
        properties.push((format!("ALTER DATABASE {name} CONNECTION LIMIT = {limit};"), None, Pass::Last));
    }
    if row.flag("template")? {
        properties.push((format!("ALTER DATABASE {name} IS_TEMPLATE = true;"), None, Pass::Last));
    }
    for (number, (definition, role, pass)) in (1..).zip(properties) {
        let mut object = Object::new(Kind::DatabaseProperties, ObjectId::new(class::DATABASE_PROPERTY, number), &plain);
        // They keep their order: the server stores settings in that of their statements.
        object.tie = vec![format!("{number:010}")];
        object.drop = Some(String::new());
        object.depends = vec![id];
        object.roles.extend(role);
        object.pass = pass;
        out.push(object.sql(definition));
    }
    Ok(())
}

impl Locale {
    fn write(&self, create: &str, target: u32) -> Written {
        let mut written = Written::default();
        let mut text = create.to_string();
        let (has_icu, has_builtin) = (Feature::IcuDatabase.is_in(target), Feature::BuiltinDatabase.is_in(target));
        let provider = match self.provider {
            'i' if !has_icu => {
                written.lacks(Feature::IcuDatabase, self.name.as_deref().unwrap_or_default());
                'c'
            }
            'b' if !has_builtin => {
                written.lacks(Feature::BuiltinDatabase, self.name.as_deref().unwrap_or_default());
                'c'
            }
            known => known,
        };
        if has_icu {
            text.push_str(match provider {
                'i' => " LOCALE_PROVIDER = icu",
                'b' => " LOCALE_PROVIDER = builtin",
                _ => " LOCALE_PROVIDER = libc",
            });
        }
        text.push_str(&format!(" LC_COLLATE = {} LC_CTYPE = {}", literal(&self.collate), literal(&self.ctype)));
        if let Some(name) = self.name.as_ref().filter(|_| provider != 'c') {
            let option = if provider == 'i' { "ICU_LOCALE" } else { "BUILTIN_LOCALE" };
            text.push_str(&format!(" {option} = {}", literal(name)));
        }
        if let Some(rules) = self.rules.as_ref().filter(|_| provider == 'i') {
            if Feature::DatabaseRules.is_in(target) {
                text.push_str(&format!(" ICU_RULES = {}", literal(rules)));
            } else {
                written.lacks(Feature::DatabaseRules, "");
            }
        }
        text.push(';');
        written.text = text;
        written
    }
}
