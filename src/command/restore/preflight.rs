//! What would fail, named before anything is changed: a target that is not empty or is the source itself,
//! roles, extensions and tablespaces that it lacks, an encoding that cannot hold the data.
//!
//! Everything that is wrong is found, not the first of it, so that a plan can show all.

use std::collections::BTreeSet;

use super::create::Creation;
use super::effects::effects;
use super::limited::Limited;
use super::options::{RestoreOptions, Resuming};
use super::rights;
use crate::archive::manifest::Manifest;
use crate::command::finding::{Finding, Findings, Severity};
use crate::connect::Session;
use crate::error::{During, Error, Fault, Result};
use crate::object::Row;
use crate::sql::{Entry, Section, ident, literal};

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
    FROM pg_catalog.pg_event_trigger e WHERE pg_catalog.pg_has_role(e.evtowner, 'USAGE')
    UNION ALL
    SELECT 'publication ' || p.pubname, p.oid, 'pg_catalog.pg_publication'::pg_catalog.regclass
    FROM pg_catalog.pg_publication p WHERE pg_catalog.pg_has_role(p.pubowner, 'USAGE')
    UNION ALL
    SELECT 'subscription ' || s.subname, s.oid, 'pg_catalog.pg_subscription'::pg_catalog.regclass
    FROM pg_catalog.pg_subscription s
    WHERE s.subdbid = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
) x
WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.classid = x.class AND d.objid = x.oid AND d.deptype = 'e')";

/// What is restored, and how.
pub struct Intent<'a> {
    /// What the archive says of itself.
    pub manifest: &'a Manifest,
    /// The entries to restore.
    pub entries: &'a [&'a Entry],
    /// The database is made first.
    pub creation: Option<&'a Creation<'a>>,
    /// The options.
    pub options: &'a RestoreOptions,
    /// What the role may, where it is no superuser.
    pub limited: Option<&'a Limited>,
}

/// Checks the target of a restore, and puts what the guard refuses before what is found.
///
/// # Errors
/// Where the target cannot be asked.
pub async fn check(session: &Session, intent: &Intent<'_>, guarded: Option<Error>) -> Result<Findings> {
    let Intent { manifest, entries, creation, options, limited } = *intent;
    let mut found = Findings { errors: guarded.into_iter().collect(), others: Vec::new() };
    if session.in_recovery {
        let error = Error::new(Fault::Usage, "the target is a standby, which takes no changes");
        found.errors.push(error.hint("name its primary with -d"));
    }
    found.errors.extend(match creation {
        Some(creation) => {
            let may_be_there = options.clean.is_some() || creation.there;
            fresh(session, manifest, creation.name(), may_be_there).await?
        }
        None => same_database(session, manifest).await?,
    });
    if !options.selection.data_only {
        found.errors.extend(in_the_way(session, intent).await?);
        let mut missing = lacking(session, entries, creation).await?;
        if limited.is_some() {
            missing.extend(rights::lacking(session, intent).await?);
            found.others.extend(rights::of_superusers(session, entries).await?);
        }
        for lacking in missing {
            match options.continue_on_error {
                // Whatever names it will fail, be named, and passed over.
                true => found.others.push(Finding { severity: Severity::Warning, ..Finding::error(&lacking) }),
                false => found.errors.push(lacking),
            }
        }
    }
    if options.disable_triggers && !session.is_superuser {
        let text = "--disable-triggers needs a superuser: foreign keys are triggers, too";
        let hint = "connect as one, or leave it out: then rows are loaded in the order that foreign keys want";
        found.errors.push(Error::new(Fault::Usage, text).hint(hint));
    }
    let source = manifest.server_version_num / 10000;
    if session.major < source {
        let text = format!(
            "the archive is of PostgreSQL {source}, the target is {}: what only the newer one knows is left out, and named",
            session.major
        );
        found.others.push(Finding::note(text, None));
    }
    if creation.is_none() {
        found.others.extend(effects(session, intent).await?);
    }
    Ok(found)
}

/// What the target has that the archive's objects could not stand beside.
async fn in_the_way(session: &Session, intent: &Intent<'_>) -> Result<Option<Error>> {
    let Intent { manifest, entries, creation, options, limited } = *intent;
    let partly = ["--schema=", "--table", "--extension="];
    let part_of = manifest.options.iter().any(|option| partly.iter().any(|start| option.starts_with(start)));
    if creation.is_some() || options.clean.is_some() || options.resume == Resuming::Now {
        // It is empty, or will be as far as it stands in the way; what is resumed is compared.
        Ok(None)
    } else if options.selection.is_partial() || part_of || options.into_existing {
        room(session, entries).await
    } else if entries.iter().any(|entry| entry.section == Section::PreData) {
        empty(session, limited).await
    } else {
        Ok(None)
    }
}

/// The roles, extensions and tablespaces that the server lacks: an error for each sort.
async fn lacking(session: &Session, entries: &[&Entry], creation: Option<&Creation<'_>>) -> Result<Vec<Error>> {
    let all = || entries.iter().chain(creation.iter().flat_map(|creation| &creation.entries));
    let owners = all().filter(|entry| !entry.owned.is_empty()).filter_map(|entry| entry.owner.as_ref());
    let roles = owners.chain(all().flat_map(|entry| &entry.roles)).cloned().collect();
    let extensions = all().filter(|entry| entry.kind == "EXTENSION").map(|entry| entry.name.clone()).collect();
    let spaces = all().filter_map(|entry| entry.tablespace.clone()).filter(|name| !name.is_empty()).collect();
    let others = "give others with --owner-map OLD=NEW, or leave out what names them: --no-owner, --no-privileges, --no-policies";
    let role = |names: &[&str]| {
        let create: Vec<String> = names.iter().map(|name| format!("CREATE ROLE {};", ident(name))).collect();
        format!("{} or {others}", create.join(" "))
    };
    let package = |_: &[&str]| "install the package that has it on the target's server".to_string();
    let space = |_: &[&str]| "create it on the target, or use --no-tablespaces".to_string();
    let mut found = Vec::new();
    let roles = missing(session, "role", "SELECT rolname::text FROM pg_catalog.pg_roles", &roles, role).await?;
    let sql = "SELECT name::text FROM pg_catalog.pg_available_extensions";
    found.extend(roles.into_iter().chain(missing(session, "extension", sql, &extensions, package).await?));
    let sql = "SELECT spcname::text FROM pg_catalog.pg_tablespace";
    match missing(session, "tablespace", sql, &spaces, space).await? {
        Some(error) => found.push(error),
        None => found.extend(closed(session, &spaces).await?),
    }
    Ok(found)
}

/// Tablespaces that are there and not for this role.
async fn closed(session: &Session, wanted: &BTreeSet<String>) -> Result<Option<Error>> {
    let sql = "SELECT spcname::text, CURRENT_USER::text FROM pg_catalog.pg_tablespace
               WHERE NOT pg_catalog.has_tablespace_privilege(oid, 'CREATE') ORDER BY 1";
    let rows = session.client.query_typed(sql, &[]).await;
    let rows = rows.during(Fault::Server, || "cannot ask for rights on the target's tablespaces".into())?;
    let mut grants = Vec::new();
    for row in rows.iter().map(Row) {
        let (name, role) = (row.text("spcname")?, row.text("current_user")?);
        if wanted.contains(&name) {
            grants.push(format!("GRANT CREATE ON TABLESPACE {} TO {};", ident(&name), ident(&role)));
        }
    }
    let text = "the role may not use tablespaces that the archive names";
    let hint = || format!("{}\n-- or use --no-tablespaces", grants.join("\n"));
    Ok((!grants.is_empty()).then(|| Error::new(Fault::Server, text).hint(hint())))
}

/// The database that is to be made must not be there, or be one that may be dropped.
async fn fresh(session: &Session, manifest: &Manifest, name: &str, may_be_there: bool) -> Result<Option<Error>> {
    let sql = format!(
        "SELECT {IDENTIFIER}, d.oid, d.datname = pg_catalog.current_database()
         FROM pg_catalog.pg_database d WHERE d.datname = {}",
        literal(name)
    );
    let rows = session.client.query_typed(&sql, &[]).await;
    let rows = rows.during(Fault::Server, || "cannot look for the database on the target".into())?;
    let Some(row) = rows.first() else { return Ok(None) };
    if let Some(error) = source(row.get(0), row.get(1), manifest) {
        return Ok(Some(error));
    }
    let refuse = |text, hint| Ok(Some(Error::new(Fault::Usage, text).hint(hint)));
    if !may_be_there {
        let hint = "-c drops it first; without -C its contents are restored into the one named with -d";
        return refuse(format!("the target has a database {name:?} already"), hint);
    }
    if row.get(2) {
        let hint = "name another one with -d, such as postgres";
        return refuse(format!("the database {name:?} cannot be dropped over a connection to it"), hint);
    }
    Ok(None)
}

/// Which cluster it is, where this role may know.
const IDENTIFIER: &str = "(SELECT s.system_identifier::text FROM pg_catalog.pg_control_system() s
  WHERE pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE'))";

/// Refuses the database of which the archive is a copy, whatever is to be done to it.
fn source(system: Option<String>, oid: u32, manifest: &Manifest) -> Option<Error> {
    let same = system.is_some() && system == manifest.system_identifier && oid == manifest.database_oid;
    same.then(|| {
        let text = "the target is the very database the archive was taken from";
        Error::new(Fault::Usage, text).hint("create another database and name it with -d")
    })
}

async fn same_database(session: &Session, manifest: &Manifest) -> Result<Option<Error>> {
    let sql = format!(
        "SELECT {IDENTIFIER}, d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()"
    );
    let rows = session.client.query_typed(&sql, &[]).await;
    let rows = rows.during(Fault::Server, || "cannot ask the target who it is".into())?;
    let row = rows.first().ok_or_else(|| Error::new(Fault::Server, "the target does not say who it is"))?;
    Ok(source(row.get(0), row.get(1), manifest))
}

async fn empty(session: &Session, limited: Option<&Limited>) -> Result<Option<Error>> {
    // What the provider keeps in the database is no content of the user's.
    let provided = limited.iter().flat_map(|limited| &limited.provided);
    let provided: String = provided.map(|schema| format!(" AND n.nspname <> {}", literal(schema))).collect();
    let own = "n.nspname !~ '^pg_'";
    let sql = CONTENTS.replace(own, &format!("{own}{provided}"));
    let rows =
        session.client.query_typed(&sql, &[]).await.during(Fault::Server, || "cannot look into the target".into())?;
    let count: i64 = rows.first().map_or(0, |row| row.get(0));
    if count == 0 {
        return Ok(None);
    }
    let text = format!(
        "the target database {:?} is not empty: it has {count} objects, such as {}",
        session.settings.database,
        Row(&rows[0]).opt_text("min")?.unwrap_or_default()
    );
    let hint = "restore into a new database (createdb); --clean drops what the archive has, too; --into-existing puts \
                it beside what is there";
    Ok(Some(Error::new(Fault::Usage, text).hint(hint)))
}

/// A part, or with `--into-existing` the whole, may join what is there: its schemas must be there or come with
/// it, its relations must not be there.
async fn room(session: &Session, entries: &[&Entry]) -> Result<Option<Error>> {
    const RELATIONS: [&str; 5] = ["TABLE", "FOREIGN TABLE", "VIEW", "MATERIALIZED VIEW", "SEQUENCE"];
    let made: BTreeSet<&str> =
        entries.iter().filter(|entry| entry.kind == "SCHEMA").map(|entry| entry.name.as_str()).collect();
    let schemas = entries.iter().filter_map(|entry| entry.schema.as_deref()).filter(|name| !made.contains(name));
    let schemas = schemas.map(str::to_string).collect();
    let sql = "SELECT nspname::text FROM pg_catalog.pg_namespace";
    let lacking = missing(session, "schema", sql, &schemas, |_| "create it first, or take it with -n".into()).await?;
    if lacking.is_some() {
        return Ok(lacking);
    }
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
    let Some(entry) = wanted.clone().find(known) else { return Ok(None) };
    let count = wanted.filter(known).count();
    let more = if count > 1 { format!(" and {} more of the archive", count - 1) } else { String::new() };
    let text = format!("the target database {:?} has {} already{more}", session.settings.database, entry.label());
    let hint = "drop it first (--clean), or restore into a new database (createdb)";
    Ok(Some(Error::new(Fault::Usage, text).hint(hint)))
}

/// An error that names everything of `wanted` that the target lacks.
async fn missing(
    session: &Session,
    what: &str,
    sql: &str,
    wanted: &BTreeSet<String>,
    hint: impl Fn(&[&str]) -> String,
) -> Result<Option<Error>> {
    if wanted.is_empty() {
        return Ok(None);
    }
    let rows = session.client.query_typed(sql, &[]).await;
    let rows = rows.during(Fault::Server, || format!("cannot list the target's {what}s"))?;
    let there: BTreeSet<String> =
        rows.iter().map(|row| Row(row).text(row.columns()[0].name())).collect::<Result<_>>()?;
    let lacking: Vec<&str> = wanted.difference(&there).map(String::as_str).collect();
    let plural = if lacking.len() == 1 { "" } else { "s" };
    let text = format!("the target lacks the {what}{plural} {}", lacking.join(", "));
    Ok((!lacking.is_empty()).then(|| Error::new(Fault::Server, text).hint(hint(&lacking))))
}
