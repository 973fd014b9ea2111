//! What a role lacks for a dump of everything: the rights, as the GRANTs that give them, and room for its locks.
//!
//! Owns both questions, two queries whatever the number of objects. Reads only. Members of extensions are left out:
//! a dump reads none of them but their configuration tables.

use super::check::{Finding, Severity};
use crate::connect::Session;
use crate::error::{During, Fault, Result};
use crate::object::Row;

/// GRANTs named in one finding; the rest are counted.
const GRANTS_SHOWN: usize = 200;

/// From 18 on there is a function for large objects; the items of the list say the same on all versions.
const MISSING: &str = "
SELECT x.statement FROM (
    SELECT 1 AS part, pg_catalog.format('GRANT USAGE ON SCHEMA %I TO %I;', n.nspname, CURRENT_USER) AS statement
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    UNION ALL
    SELECT 2, pg_catalog.format('GRANT SELECT ON %s %I.%I TO %I;', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
                                n.nspname, c.relname, CURRENT_USER)
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT CASE c.relkind WHEN 'S' THEN pg_catalog.has_sequence_privilege(c.oid, 'SELECT')
                             ELSE pg_catalog.has_table_privilege(c.oid, 'SELECT') END
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                      WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 3, pg_catalog.format('GRANT SELECT ON LARGE OBJECT %s TO %I;', m.oid, CURRENT_USER)
    FROM pg_catalog.pg_largeobject_metadata m
    WHERE NOT EXISTS (SELECT FROM pg_catalog.aclexplode(COALESCE(m.lomacl, pg_catalog.acldefault('L', m.lomowner))) a
                      WHERE a.privilege_type = 'SELECT' AND (a.grantee = 0 OR pg_catalog.pg_has_role(a.grantee, 'USAGE')))
) x ORDER BY x.part, x.statement";

/// Tables to lock, and how many locks the server has room for.
const LOCKS: &str = "
SELECT (SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')::int8 AS wanted,
       pg_catalog.current_setting('max_locks_per_transaction')::int8
       * (pg_catalog.current_setting('max_connections')::int8
          + pg_catalog.current_setting('max_prepared_transactions')::int8) AS room";

/// What the session's role lacks.
///
/// # Errors
/// Where the server cannot be asked.
pub async fn of_dump(session: &Session) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    let doing = || "cannot ask what the role may read".to_string();
    if !session.is_superuser || session.settings.role.is_some() {
        let rows = session.client.query_typed(MISSING, &[]).await.during(Fault::Server, doing)?;
        let grants = rows.iter().map(|row| Row(row).text("statement")).collect::<Result<Vec<String>>>()?;
        found.extend(lacking(&grants));
    }
    let rows = session.client.query_typed(LOCKS, &[]).await.during(Fault::Server, doing)?;
    let counts = rows.first().map(|row| (row.get::<_, i64>("wanted"), row.get::<_, i64>("room")));
    if let Some((wanted, room)) = counts.filter(|(wanted, room)| wanted > room) {
        let text = format!("a dump locks {wanted} tables, the server promises room for {room} locks");
        found.push(Finding::warning(text, Some("raise max_locks_per_transaction, which takes a restart")));
    }
    Ok(found)
}

fn lacking(grants: &[String]) -> Option<Finding> {
    if grants.is_empty() {
        return None;
    }
    let mut todo = grants.iter().take(GRANTS_SHOWN).cloned().collect::<Vec<_>>().join("\n");
    if grants.len() > GRANTS_SHOWN {
        todo.push_str(&format!("\n-- and {} more", grants.len() - GRANTS_SHOWN));
    }
    let what = format!("the role lacks rights that a dump of everything needs: {}", grants.len());
    Some(Finding { severity: Severity::Error, what, todo: Some(todo) })
}
