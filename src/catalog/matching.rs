//! Which schemas, relations and extensions conditions match, as the server sees it, inside the snapshot.
//!
//! Owns the queries round a condition; what a condition says is its maker's. Conditions are trusted text:
//! whoever makes one from a user's pattern quotes it.
//!
//! Invariant: outside of [`tables`] the search_path stays empty.

use std::collections::{HashMap, HashSet};

use tokio_postgres::Client;

use crate::error::{Error, Fault, Result};
use crate::object::{Oid, Row};

/// What one condition matched.
#[derive(Debug, Clone, Default)]
pub struct Matched {
    /// The rows' oids.
    pub oids: HashSet<Oid>,
    /// Their names, for what has no schema.
    pub names: HashSet<String>,
}

/// Schemas, by conditions on pg_namespace `n`.
pub async fn schemas(client: &Client, conditions: &[String]) -> Result<Vec<Matched>> {
    run(client, "n.oid, n.nspname::text AS name FROM pg_catalog.pg_namespace n WHERE", conditions).await
}

/// Extensions, by conditions on pg_extension `e`.
pub async fn extensions(client: &Client, conditions: &[String]) -> Result<Vec<Matched>> {
    run(client, "e.oid, e.extname::text AS name FROM pg_catalog.pg_extension e WHERE", conditions).await
}

/// Relations, by conditions on pg_class `c` and pg_namespace `n`. What is visible is decided by the role's
/// own search_path, which counts for these queries only (pg_dump's RESET search_path).
pub async fn tables(client: &Client, conditions: &[String]) -> Result<Vec<Matched>> {
    if conditions.is_empty() {
        return Ok(Vec::new());
    }
    let refused =
        |cause| Error::new(Fault::Server, "cannot look for tables in the role's search_path").caused_by(cause);
    client.batch_execute("SET LOCAL search_path TO DEFAULT").await.map_err(refused)?;
    let select = "c.oid, NULL::pg_catalog.text AS name FROM pg_catalog.pg_class c
                  JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
                  WHERE c.relkind OPERATOR(pg_catalog.=) ANY (array['r', 'S', 'v', 'm', 'f', 'p']) AND";
    let matched = run(client, select, conditions).await?;
    client.batch_execute("SET LOCAL search_path TO ''").await.map_err(refused)?;
    Ok(matched)
}

async fn run(client: &Client, select: &str, conditions: &[String]) -> Result<Vec<Matched>> {
    let mut found = vec![Matched::default(); conditions.len()];
    if conditions.is_empty() {
        return Ok(found);
    }
    let one = |(place, condition): (usize, &String)| {
        format!("SELECT {place}::pg_catalog.int4 AS place, {select} {condition}")
    };
    let sql = conditions.iter().enumerate().map(one).collect::<Vec<_>>().join("\nUNION ALL ");
    let rows = client.query_typed(&sql, &[]).await.map_err(|cause| {
        let wrong = cause.code().is_some_and(|code| code.code() == "2201B");
        let fault = if wrong { Fault::Usage } else { Fault::Server };
        Error::new(fault, "cannot match the patterns").caused_by(cause)
    })?;
    for row in &rows {
        let row = Row(row);
        let place = usize::try_from(row.int("place")?).unwrap_or(usize::MAX);
        let Some(matched) = found.get_mut(place) else { continue };
        matched.oids.insert(row.oid("oid")?);
        matched.names.extend(row.opt_text("name")?);
    }
    Ok(found)
}

/// Adds to `tables` all their partitions and inheritance children, however deep.
pub async fn add_children(client: &Client, tables: &mut HashSet<Oid>) -> Result<()> {
    let sql = "SELECT i.inhparent AS parent, i.inhrelid AS child FROM pg_catalog.pg_inherits i";
    let rows = client
        .query_typed(sql, &[])
        .await
        .map_err(|cause| Error::new(Fault::Server, "cannot read the children of tables").caused_by(cause))?;
    let mut children: HashMap<Oid, Vec<Oid>> = HashMap::new();
    for row in &rows {
        children.entry(Row(row).oid("parent")?).or_default().push(Row(row).oid("child")?);
    }
    let mut open: Vec<Oid> = tables.iter().copied().collect();
    while let Some(at) = open.pop() {
        open.extend(children.get(&at).into_iter().flatten().filter(|child| tables.insert(**child)));
    }
    Ok(())
}
