//! What a role that is no superuser lacks for a restore: rights on the database and its schemas, and the kinds of
//! objects that only superusers make.
//!
//! Owns both questions. A right that is surely needed and lacking is an error, with the statement that gives it. Of
//! what is a superuser's nothing is certain, because providers change their servers: it is tried, and left out
//! where the server refuses it (`limited.rs`), so beforehand it is a warning.

use std::collections::{BTreeMap, BTreeSet};

use super::preflight::Intent;
use crate::command::finding::Finding;
use crate::connect::Session;
use crate::error::{During, Error, Fault, Result};
use crate::object::Row;
use crate::sql::{Entry, ident};

/// Kinds that only superusers make (the manual's pages of their CREATE statements).
const OF_SUPERUSERS: [&str; 9] = [
    "ACCESS METHOD",
    "EVENT TRIGGER",
    "FOREIGN DATA WRAPPER",
    "OPERATOR CLASS",
    "OPERATOR FAMILY",
    "PROCEDURAL LANGUAGE",
    "SHELL TYPE",
    "TEXT SEARCH PARSER",
    "TEXT SEARCH TEMPLATE",
];
/// Such objects that are named one by one.
const NAMED: usize = 20;

/// Kinds whose making needs CREATE on their schema.
const IN_SCHEMAS: [&str; 12] = [
    "AGGREGATE",
    "COLLATION",
    "DOMAIN",
    "FOREIGN TABLE",
    "FUNCTION",
    "MATERIALIZED VIEW",
    "PROCEDURE",
    "SEQUENCE",
    "TABLE",
    "TEXT SEARCH CONFIGURATION",
    "TYPE",
    "VIEW",
];

const ROLE: &str = "
SELECT r.rolname::text AS name, r.rolcreatedb AS creates,
       pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') AS may_create,
       pg_catalog.current_database()::text AS database
FROM pg_catalog.pg_roles r WHERE r.rolname = CURRENT_USER";

/// Extensions, with whether a superuser must install them.
const EXTENSIONS: &str = "
SELECT v.name::text AS name, v.superuser AND NOT TRUSTED AS superusers
FROM pg_catalog.pg_available_extensions e
JOIN pg_catalog.pg_available_extension_versions v ON v.name = e.name AND v.version = e.default_version
WHERE e.installed_version IS NULL";

/// The rights that are lacking: one error for all of them.
///
/// # Errors
/// Where the target cannot be asked.
pub async fn lacking(session: &Session, intent: &Intent<'_>) -> Result<Option<Error>> {
    let doing = || "cannot ask the target what the role may do".to_string();
    let rows = session.client.query_typed(ROLE, &[]).await.during(Fault::Server, doing)?;
    let Some(row) = rows.first().map(Row) else { return Ok(None) };
    let role = ident(&row.text("name")?);
    if intent.creation.is_some() {
        let text = "the role may not create databases";
        let hint = format!("ALTER ROLE {role} CREATEDB; or create it (createdb) and restore without -C");
        return Ok((!row.flag("creates")?).then(|| Error::new(Fault::Server, text).hint(hint)));
    }
    let made: BTreeSet<&str> = named(intent.entries, "SCHEMA").collect();
    let wanted = intent.entries.iter().filter(|entry| IN_SCHEMAS.contains(&entry.kind.as_str()));
    let homes: BTreeSet<&str> =
        wanted.filter_map(|entry| entry.schema.as_deref()).filter(|name| !made.contains(name)).collect();
    let mut grants = Vec::new();
    // The schema public is there; its entry gives it its owner.
    if !row.flag("may_create")? && made.iter().any(|name| *name != "public") {
        grants.push(format!("GRANT CREATE ON DATABASE {} TO {role};", ident(&row.text("database")?)));
    }
    let sql = "SELECT nspname::text AS name FROM pg_catalog.pg_namespace
               WHERE NOT pg_catalog.has_schema_privilege(oid, 'CREATE')";
    let rows = session.client.query_typed(sql, &[]).await.during(Fault::Server, doing)?;
    let closed = rows.iter().map(|row| Row(row).text("name")).collect::<Result<BTreeSet<String>>>()?;
    let closed = homes.into_iter().filter(|name| closed.contains(*name));
    grants.extend(closed.map(|name| format!("GRANT CREATE ON SCHEMA {} TO {role};", ident(name))));
    let text = format!("the role lacks rights that the restore needs: {}", grants.len());
    Ok((!grants.is_empty()).then(|| Error::new(Fault::Server, text).hint(grants.join("\n"))))
}

/// What will be left out where the server holds it to be for superusers.
///
/// # Errors
/// Where the target cannot be asked.
pub async fn of_superusers(session: &Session, entries: &[&Entry]) -> Result<Vec<Finding>> {
    let trusted = if session.major >= 13 { "v.trusted" } else { "false" };
    let sql = EXTENSIONS.replace("TRUSTED", trusted);
    let rows = session.client.query_typed(&sql, &[]).await;
    let rows = rows.during(Fault::Server, || "cannot list the target's extensions".into())?;
    let known: BTreeMap<String, bool> =
        rows.iter().map(|row| Ok((Row(row).text("name")?, Row(row).flag("superusers")?))).collect::<Result<_>>()?;
    let is_theirs = |entry: &&&Entry| match entry.kind.as_str() {
        "EXTENSION" => known.get(&entry.name) == Some(&true),
        "FUNCTION" => is_native(&entry.definition),
        kind => OF_SUPERUSERS.contains(&kind),
    };
    let all: Vec<&&Entry> = entries.iter().filter(is_theirs).collect();
    let todo = "restore as a superuser, or create it beforehand";
    let one = |entry: &&&Entry| {
        let label = entry.label();
        Finding::warning(
            format!("only superusers make {label}: it is left out where the server refuses it"),
            Some(todo),
        )
    };
    let mut found: Vec<Finding> = all.iter().take(NAMED).map(one).collect();
    if all.len() > NAMED {
        let text =
            format!("only superusers make {} more: they are left out where the server refuses them", all.len() - NAMED);
        found.push(Finding::warning(text, Some(todo)));
    }
    Ok(found)
}

/// Whether a function is in a language that only superusers may use.
fn is_native(definition: &str) -> bool {
    let native = |line: &str| {
        let mut words = line.split_whitespace();
        words.next() == Some("LANGUAGE") && matches!(words.next(), Some("c" | "internal"))
    };
    definition.lines().any(native)
}

fn named<'a>(entries: &'a [&Entry], kind: &'a str) -> impl Iterator<Item = &'a str> {
    entries.iter().filter(move |entry| entry.kind == kind).map(|entry| entry.name.as_str())
}
