//! What a role may not read of what a dump wants, and what gives it the right.
//!
//! Owns the question, two queries whatever the number of objects, and the answer: the GRANTs that are lacking,
//! tables of which row-level security would show a part, and what is left out because it is the provider's. Reads
//! only.

use std::collections::{BTreeSet, HashSet};

use tokio_postgres::types::Type;

use super::provided::is_provided;
use crate::connect::Session;
use crate::error::{During, Error, Fault, Result};
use crate::object::{Oid, Row};
use crate::sql::{ident, one_line, qualified};

/// GRANTs named in one error; the rest are counted.
const GRANTS_SHOWN: usize = 200;

/// Of the relations in `$1`, those that this role cannot read, or not whole. With `row_security` off, reading a
/// table whose rows are hidden is an error; the function tells of it without raising it.
const RELATIONS: &str = "
SELECT * FROM (
    SELECT c.oid, n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS relkind,
           CURRENT_USER::text AS role, pg_catalog.pg_has_role(n.nspowner, 'USAGE') AS own,
           pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS usage,
           CASE c.relkind WHEN 'S' THEN pg_catalog.has_sequence_privilege(c.oid, 'SELECT')
                          ELSE pg_catalog.has_table_privilege(c.oid, 'SELECT') END AS readable,
           CASE WHEN c.relrowsecurity THEN pg_catalog.row_security_active(c.oid) ELSE false END AS hidden
    FROM pg_catalog.unnest($1::oid[]) AS w(oid)
    JOIN pg_catalog.pg_class c ON c.oid = w.oid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
) x
WHERE NOT x.usage OR NOT x.readable OR x.hidden
ORDER BY x.schema COLLATE \"C\", x.name COLLATE \"C\"";

/// From 18 on there is a function for large objects; the items of the list say the same on all versions.
const LARGE_OBJECTS: &str = "
SELECT m.oid, CURRENT_USER::text AS role FROM pg_catalog.pg_largeobject_metadata m
WHERE NOT EXISTS (SELECT FROM pg_catalog.aclexplode(COALESCE(m.lomacl, pg_catalog.acldefault('L', m.lomowner))) a
                  WHERE a.privilege_type = 'SELECT' AND (a.grantee = 0 OR pg_catalog.pg_has_role(a.grantee, 'USAGE')))
ORDER BY m.oid";

/// What is to be read.
pub struct Wanted<'a> {
    /// Tables to lock and sequences to read.
    pub relations: &'a [Oid],
    /// Of these tables, those whose rows are copied.
    pub rows: &'a HashSet<Oid>,
    /// All large objects, too.
    pub large_objects: bool,
}

/// What a provider keeps to himself.
pub struct Withheld {
    /// The relation.
    pub oid: Oid,
    /// Its schema, unquoted.
    pub schema: String,
    /// `TABLE` or `SEQUENCE`; of rows alone `TABLE DATA`.
    pub kind: &'static str,
    /// Its qualified name.
    pub name: String,
    /// Why.
    pub reason: String,
    /// Its definition can be read.
    pub rows_only: bool,
}

/// What the role may not.
#[derive(Default)]
pub struct Limits {
    /// Why there can be no full copy.
    pub errors: Vec<Error>,
    /// What is left out by rule.
    pub withheld: Vec<Withheld>,
}

/// Asks what the session's role may not.
///
/// # Errors
/// Where the server cannot be asked.
pub async fn limits(session: &Session, wanted: &Wanted<'_>) -> Result<Limits> {
    let mut limits = Limits::default();
    if session.is_superuser && session.settings.role.is_none() {
        return Ok(limits);
    }
    let doing = || "cannot ask what the role may read".to_string();
    let (mut usage, mut select, mut hidden, mut who) = (BTreeSet::new(), BTreeSet::new(), Vec::new(), String::new());
    let rows = session.client.query_typed(RELATIONS, &[(&wanted.relations, Type::OID_ARRAY)]).await;
    for row in &rows.during(Fault::Server, doing)? {
        let row = Row(row);
        let (oid, schema, role) = (row.oid("oid")?, row.text("schema")?, row.text("role")?);
        let name = qualified(&schema, &row.text("name")?);
        let (enters, reads) = (row.flag("usage")?, row.flag("readable")?);
        let whole = enters && reads;
        if whole && !wanted.rows.contains(&oid) {
            continue;
        }
        let word = if row.letter("relkind")? == 'S' { "SEQUENCE" } else { "TABLE" };
        if is_provided(&schema) && !row.flag("own")? {
            let (kind, why) = match whole {
                true => ("TABLE DATA", "row-level security would hide rows of it"),
                false => (word, "the role may not read it"),
            };
            let reason = format!("its schema is the provider's, and {why}");
            limits.withheld.push(Withheld { oid, schema, kind, name, reason, rows_only: whole });
        } else if whole {
            hidden.push(one_line(&name));
        } else {
            let role = ident(&role);
            usage.extend((!enters).then(|| format!("GRANT USAGE ON SCHEMA {} TO {role};", ident(&schema))));
            select.extend((!reads).then(|| format!("GRANT SELECT ON {word} {name} TO {role};")));
        }
        who = role;
    }
    let mut grants: Vec<String> = usage.into_iter().chain(select).collect();
    if wanted.large_objects {
        let rows = session.client.query_typed(LARGE_OBJECTS, &[]).await.during(Fault::Server, doing)?;
        for row in &rows {
            let (oid, role) = (Row(row).oid("oid")?, ident(&Row(row).text("role")?));
            grants.push(format!("GRANT SELECT ON LARGE OBJECT {oid} TO {role};"));
        }
    }
    limits.errors.extend(lacking(&grants).into_iter().chain(hiding(&hidden, &who)));
    Ok(limits)
}

fn lacking(grants: &[String]) -> Option<Error> {
    if grants.is_empty() {
        return None;
    }
    let mut todo = grants.iter().take(GRANTS_SHOWN).cloned().collect::<Vec<_>>().join("\n");
    if grants.len() > GRANTS_SHOWN {
        todo.push_str(&format!("\n-- and {} more", grants.len() - GRANTS_SHOWN));
    }
    let text = format!("the role lacks rights that the dump needs: {}", grants.len());
    Some(Error::new(Fault::Server, text).hint(todo))
}

fn hiding(tables: &[String], role: &str) -> Option<Error> {
    if tables.is_empty() {
        return None;
    }
    let plural = if tables.len() == 1 { "" } else { "s" };
    let text = format!(
        "row-level security would hide rows of table{plural} {} from role \"{}\", so this would be no full copy",
        tables.join(", "),
        one_line(role)
    );
    Some(Error::new(Fault::Server, text).hint(
        "use a role that row-level security does not bind (a superuser, or one with BYPASSRLS), or leave the rows \
         behind with --exclude-table-data",
    ))
}
