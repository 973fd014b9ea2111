//! What a target does of itself to what is restored into it: default privileges that get into its objects, event
//! triggers that fire, another locale, another version of an extension, a lack of room for locks.
//!
//! Owns these questions. None keeps a restore from beginning, and none makes it leave anything out; but a copy that
//! differs for such a reason should surprise nobody.

use std::collections::{BTreeMap, BTreeSet};

use super::options::RestoreOptions;
use super::preflight::Intent;
use crate::archive::manifest::Manifest;
use crate::command::dump::surroundings;
use crate::command::finding::Finding;
use crate::connect::Session;
use crate::error::{During, Fault, Result};
use crate::object::Row;
use crate::sql::{Entry, ident, one_line};

/// Default privileges of whoever creates the objects, which is this role.
const DEFAULTS: &str = "
SELECT CURRENT_USER::text AS role, d.defaclobjtype::text AS letter, n.nspname::text AS schema,
       d.defaclacl::text AS items,
       ARRAY(SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END
             FROM pg_catalog.aclexplode(d.defaclacl) a WHERE a.grantee <> d.defaclrole ORDER BY 1)::text[] AS grantees
FROM pg_catalog.pg_default_acl d
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
WHERE d.defaclrole = (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = CURRENT_USER)
ORDER BY d.defaclobjtype, n.nspname";

/// Event triggers that fire in sessions like this one.
const EVENTS: &str = "
SELECT e.evtname::text AS name, e.evtevent::text AS event
FROM pg_catalog.pg_event_trigger e
WHERE e.evtenabled IN ('O', 'A') AND e.evtevent <> 'login'
  AND pg_catalog.current_setting('event_triggers', true) IS DISTINCT FROM 'off'
ORDER BY 1";

/// By the letter of `pg_default_acl`: how ALTER DEFAULT PRIVILEGES calls them, and the kinds of entries.
const KINDS: [(&str, &str, &[&str]); 6] = [
    ("r", "TABLES", &["TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE"]),
    ("S", "SEQUENCES", &["SEQUENCE"]),
    ("f", "FUNCTIONS", &["FUNCTION", "PROCEDURE", "AGGREGATE"]),
    ("T", "TYPES", &["TYPE", "DOMAIN"]),
    ("n", "SCHEMAS", &["SCHEMA"]),
    ("L", "LARGE OBJECTS", &["LARGE OBJECT"]),
];

/// Everything of this sort about a database that is there.
///
/// # Errors
/// Where the target cannot be asked.
pub async fn effects(session: &Session, intent: &Intent<'_>) -> Result<Vec<Finding>> {
    let Intent { manifest, entries, options, .. } = *intent;
    let mut found = locale(session, manifest).await?;
    found.extend(versions(session, entries).await?);
    found.extend(room(session, entries, options).await?);
    if options.selection.data_only {
        return Ok(found);
    }
    // With --clean what the archive has too is dropped first.
    let dropped = |kind: &str| -> BTreeSet<&str> {
        let gone = entries.iter().filter(|entry| options.clean.is_some() && entry.kind == kind);
        gone.map(|entry| entry.name.as_str()).collect()
    };
    found.extend(defaults(session, entries, &dropped("SCHEMA")).await?);
    found.extend(events(session, &dropped("EVENT TRIGGER")).await?);
    Ok(found)
}

async fn locale(session: &Session, manifest: &Manifest) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    if session.encoding != manifest.encoding {
        let (from, to) = (&manifest.encoding, &session.encoding);
        let text = format!("the archive's encoding is {from}, the target's {to}: text is converted");
        found.push(Finding::note(text, None));
    }
    let sql = "SELECT d.datcollate::text AS collation, d.datctype::text AS ctype FROM pg_catalog.pg_database d
               WHERE d.datname = pg_catalog.current_database()";
    let rows = session.client.query_typed(sql, &[]).await;
    let rows = rows.during(Fault::Server, || "cannot ask for the target's locale".into())?;
    let Some(row) = rows.first().map(Row) else { return Ok(found) };
    for (what, ours, theirs) in
        [("LC_COLLATE", &manifest.collate, row.text("collation")?), ("LC_CTYPE", &manifest.ctype, row.text("ctype")?)]
    {
        // Archives of the first versions do not tell.
        if !ours.is_empty() && *ours != theirs {
            let text = format!(
                "the archive's {what} is {ours}, the target's {theirs}: text may be sorted or matched otherwise"
            );
            let todo = "create the target with the archive's locale (-C does), if that matters";
            found.push(Finding::note(one_line(&text), Some(todo)));
        }
    }
    Ok(found)
}

async fn versions(session: &Session, entries: &[&Entry]) -> Result<Vec<Finding>> {
    let wanted: BTreeMap<&str, &str> =
        entries.iter().filter_map(|entry| Some((entry.name.as_str(), entry.version.as_deref()?))).collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "SELECT name::text AS name, COALESCE(installed_version, default_version) AS version
               FROM pg_catalog.pg_available_extensions ORDER BY 1";
    let rows = session.client.query_typed(sql, &[]).await;
    let rows = rows.during(Fault::Server, || "cannot list the target's extensions".into())?;
    let mut found = Vec::new();
    for row in rows.iter().map(Row) {
        let (name, theirs) = (row.text("name")?, row.opt_text("version")?.unwrap_or_default());
        if let Some(ours) = wanted.get(name.as_str()).filter(|ours| **ours != theirs) {
            let text = format!("the extension {name} is of version {ours} in the archive, the target has {theirs}");
            found.push(Finding::note(one_line(&text), None));
        }
    }
    Ok(found)
}

/// Only in one transaction locks add up: a table, its TOAST and that one's index; an index.
async fn room(session: &Session, entries: &[&Entry], options: &RestoreOptions) -> Result<Option<Finding>> {
    if !options.single_transaction {
        return Ok(None);
    }
    let locks = |entry: &&Entry| match entry.kind.as_str() {
        "TABLE" | "MATERIALIZED VIEW" => 3,
        "CONSTRAINT" | "FOREIGN TABLE" | "INDEX" | "SEQUENCE" | "VIEW" => 1,
        _ => 0,
    };
    surroundings::room(session, "locks that a restore in one transaction (-1) takes", entries.iter().map(locks).sum())
        .await
}

async fn defaults(session: &Session, entries: &[&Entry], dropped: &BTreeSet<&str>) -> Result<Vec<Finding>> {
    let rows = session.client.query_typed(DEFAULTS, &[]).await;
    let rows = rows.during(Fault::Server, || "cannot ask for the target's default privileges".into())?;
    let mut found = Vec::new();
    for row in rows.iter().map(Row) {
        let (letter, schema, role) = (row.text("letter")?, row.opt_text("schema")?, ident(&row.text("role")?));
        let Some((_, objects, kinds)) = KINDS.iter().find(|(known, ..)| *known == letter) else { continue };
        let hit =
            |entry: &&&Entry| kinds.contains(&entry.kind.as_str()) && (schema.is_none() || schema == entry.schema);
        let count = entries.iter().filter(hit).count();
        if count == 0 || schema.as_ref().is_some_and(|schema| dropped.contains(schema.as_str())) {
            continue;
        }
        let place = schema.map_or(String::new(), |schema| format!(" IN SCHEMA {}", ident(&schema)));
        let text = format!(
            "default privileges of {role} in the target get into what is restored: {objects}{place} {} ({count} of the archive)",
            row.text("items")?
        );
        let revoke = |grantee: &String| {
            format!("ALTER DEFAULT PRIVILEGES FOR ROLE {role}{place} REVOKE ALL ON {objects} FROM {grantee};")
        };
        let mut todo: Vec<String> = row.texts("grantees")?.iter().map(revoke).collect();
        if todo.is_empty() {
            todo.push("restore as another role, or reset them with ALTER DEFAULT PRIVILEGES".into());
        }
        found.push(Finding::note(one_line(&text), Some(&todo.join("\n"))));
    }
    Ok(found)
}

async fn events(session: &Session, dropped: &BTreeSet<&str>) -> Result<Vec<Finding>> {
    let rows = session.client.query_typed(EVENTS, &[]).await;
    let rows = rows.during(Fault::Server, || "cannot list the target's event triggers".into())?;
    let mut found = Vec::new();
    for row in rows.iter().map(Row) {
        let (name, event) = (row.text("name")?, row.text("event")?);
        if !dropped.contains(name.as_str()) {
            let text = format!("the target's event trigger {} ({event}) fires for what is restored", ident(&name));
            let todo = format!("ALTER EVENT TRIGGER {} DISABLE;", ident(&name));
            found.push(Finding::note(one_line(&text), Some(&todo)));
        }
    }
    Ok(found)
}
