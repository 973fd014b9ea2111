//! What would fail, named before anything is changed: a target that is not empty or is the source itself,
//! roles, extensions and tablespaces that it lacks, an encoding that cannot hold the data.

use std::collections::BTreeSet;

use crate::archive::manifest::Manifest;
use crate::command::selection::Selection;
use crate::connect::Session;
use crate::error::{During, Error, Fault, Result};
use crate::object::Row;
use crate::sql::{Entry, Section};

/// Objects of users in the database, extension members left out: how many, and one by name.
const CONTENTS: &str = "
SELECT count(*)::int8, min(x.name) FROM (
    SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'S' THEN 'sequence' WHEN 'm' THEN 'materialized view' ELSE 'table' END
           || ' ' || n.nspname || '.' || c.relname AS name, c.oid, 'pg_catalog.pg_class'::pg_catalog.regclass AS class
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    UNION ALL
    SELECT 'function ' || n.nspname || '.' || p.proname, p.oid, 'pg_catalog.pg_proc'::pg_catalog.regclass
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    UNION ALL
    SELECT 'type ' || n.nspname || '.' || t.typname, t.oid, 'pg_catalog.pg_type'::pg_catalog.regclass
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE (t.typtype IN ('d', 'e', 'r', 'b') AND t.typelem = 0
           OR t.typtype = 'c' AND EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    UNION ALL
    SELECT 'schema ' || n.nspname, n.oid, 'pg_catalog.pg_namespace'::pg_catalog.regclass
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'public')
    UNION ALL
    SELECT 'large object ' || m.oid::text, m.oid, 'pg_catalog.pg_largeobject'::pg_catalog.regclass
    FROM pg_catalog.pg_largeobject_metadata m
    UNION ALL
    SELECT 'foreign server ' || s.srvname, s.oid, 'pg_catalog.pg_foreign_server'::pg_catalog.regclass
    FROM pg_catalog.pg_foreign_server s
    UNION ALL
    SELECT 'event trigger ' || e.evtname, e.oid, 'pg_catalog.pg_event_trigger'::pg_catalog.regclass
    FROM pg_catalog.pg_event_trigger e
    UNION ALL
    SELECT 'publication ' || p.pubname, p.oid, 'pg_catalog.pg_publication'::pg_catalog.regclass
    FROM pg_catalog.pg_publication p
    UNION ALL
    SELECT 'subscription ' || s.subname, s.oid, 'pg_catalog.pg_subscription'::pg_catalog.regclass
    FROM pg_catalog.pg_subscription s
    WHERE s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
) x
WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.classid = x.class AND d.objid = x.oid AND d.deptype = 'e')";

/// Checks the target of a restore of `entries`. Returns what is worth a warning.
pub async fn check(
    session: &Session,
    manifest: &Manifest,
    entries: &[&Entry],
    roles: &BTreeSet<String>,
    selection: &Selection,
) -> Result<Vec<String>> {
    same_database(session, manifest).await?;
    if !selection.data_only {
        let partly = ["--schema=", "--table", "--extension="];
        let part_of = manifest.options.iter().any(|option| partly.iter().any(|start| option.starts_with(start)));
        if selection.is_partial() || part_of {
            room(session, entries).await?;
        } else if entries.iter().any(|entry| entry.section == Section::PreData) {
            empty(session).await?;
        }
        missing(
            session,
            "role",
            "SELECT rolname::text FROM pg_catalog.pg_roles",
            roles,
            "create them first, or leave out what names them: --no-owner, --no-privileges, --no-policies",
        )
        .await?;
        let extensions =
            entries.iter().filter(|entry| entry.kind == "EXTENSION").map(|entry| entry.name.clone()).collect();
        let available = "SELECT name::text FROM pg_catalog.pg_available_extensions";
        missing(session, "extension", available, &extensions, "install the package that has it on the target's server")
            .await?;
        let spaces =
            entries.iter().filter_map(|entry| entry.tablespace.clone()).filter(|name| !name.is_empty()).collect();
        missing(
            session,
            "tablespace",
            "SELECT spcname::text FROM pg_catalog.pg_tablespace",
            &spaces,
            "create it on the target",
        )
        .await?;
    }
    let mut warnings = Vec::new();
    if session.major < manifest.server_version_num / 10000 {
        warnings.push(format!(
            "the archive is of PostgreSQL {}, the target is {}: what only the newer one knows is left out, and named",
            manifest.server_version_num / 10000,
            session.major
        ));
    }
    if session.encoding != manifest.encoding {
        warnings.push(format!(
            "the archive's encoding is {}, the target's {}: text is converted",
            manifest.encoding, session.encoding
        ));
    }
    Ok(warnings)
}

async fn same_database(session: &Session, manifest: &Manifest) -> Result<()> {
    let sql = "SELECT (SELECT s.system_identifier::text FROM pg_catalog.pg_control_system() s
                       WHERE pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')),
                      (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())";
    let rows = session
        .client
        .query_typed(sql, &[])
        .await
        .during(Fault::Server, || "cannot ask the target who it is".into())?;
    let row = rows.first().ok_or_else(|| Error::new(Fault::Server, "the target does not say who it is"))?;
    let system: Option<String> = row.get(0);
    if system.is_some() && system == manifest.system_identifier && row.get::<_, u32>(1) == manifest.database_oid {
        let text = "the target is the very database the archive was taken from".to_string();
        return Err(Error::new(Fault::Usage, text).hint("create another database and name it with -d"));
    }
    Ok(())
}

async fn empty(session: &Session) -> Result<()> {
    let rows = session
        .client
        .query_typed(CONTENTS, &[])
        .await
        .during(Fault::Server, || "cannot look into the target".into())?;
    let count: i64 = rows.first().map_or(0, |row| row.get(0));
    if count > 0 {
        let one = Row(&rows[0]).opt_text("min")?;
        let text = format!(
            "the target database {:?} is not empty: it has {count} objects, such as {}",
            session.settings.database,
            one.unwrap_or_default()
        );
        return Err(
            Error::new(Fault::Usage, text).hint("restore into a new database (createdb), or drop what is there first")
        );
    }
    Ok(())
}

/// A part may join what is there: its schemas must be there or come with it, its relations must not.
async fn room(session: &Session, entries: &[&Entry]) -> Result<()> {
    const RELATIONS: [&str; 5] = ["TABLE", "FOREIGN TABLE", "VIEW", "MATERIALIZED VIEW", "SEQUENCE"];
    let made: BTreeSet<&str> =
        entries.iter().filter(|entry| entry.kind == "SCHEMA").map(|entry| entry.name.as_str()).collect();
    let schemas = entries.iter().filter_map(|entry| entry.schema.as_deref()).filter(|name| !made.contains(name));
    missing(
        session,
        "schema",
        "SELECT nspname::text FROM pg_catalog.pg_namespace",
        &schemas.map(str::to_string).collect(),
        "create it first, or take it with -n",
    )
    .await?;
    let sql = "SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_class c
               JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace";
    let rows = session.client.query_typed(sql, &[]).await;
    let rows = rows.during(Fault::Server, || "cannot look into the target".into())?;
    let there: BTreeSet<(String, String)> =
        rows.iter().map(|row| Ok((Row(row).text("nspname")?, Row(row).text("relname")?))).collect::<Result<_>>()?;
    let wanted = entries.iter().filter(|entry| RELATIONS.contains(&entry.kind.as_str()));
    let known = |entry: &&&Entry| {
        entry.schema.as_ref().is_some_and(|schema| there.contains(&(schema.clone(), entry.name.clone())))
    };
    let Some(entry) = wanted.clone().find(known) else { return Ok(()) };
    let count = wanted.filter(known).count();
    let more = if count > 1 { format!(" and {} more of the archive", count - 1) } else { String::new() };
    let text = format!("the target database {:?} has {} already{more}", session.settings.database, entry.label());
    Err(Error::new(Fault::Usage, text).hint("drop it first, or restore into a new database (createdb)"))
}

/// Refuses where the target lacks something of `wanted`, naming all of it.
async fn missing(session: &Session, what: &str, sql: &str, wanted: &BTreeSet<String>, hint: &str) -> Result<()> {
    if wanted.is_empty() {
        return Ok(());
    }
    let rows = session
        .client
        .query_typed(sql, &[])
        .await
        .during(Fault::Server, || format!("cannot list the target's {what}s"))?;
    let there: BTreeSet<String> =
        rows.iter().map(|row| Row(row).text(row.columns()[0].name())).collect::<Result<_>>()?;
    let lacking: Vec<&str> = wanted.difference(&there).map(String::as_str).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let plural = if lacking.len() == 1 { "" } else { "s" };
    Err(Error::new(Fault::Server, format!("the target lacks the {what}{plural} {}", lacking.join(", "))).hint(hint))
}
