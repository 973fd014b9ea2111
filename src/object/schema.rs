//! Schemas. Writes `CREATE SCHEMA`, never AUTHORIZATION: the owner follows as for any object.
//!
//! Pitfall: every target has a public schema already, so it is never created; only what differs from a
//! fresh one is written. Owned by pg_database_owner (15+) it follows the database and has no entry. Its
//! comment and privileges come from the bulk queries, which tell the difference.

use super::*;

/// Schemas, public among them.
pub const QUERY: &str = include_str!("../../db/catalog/schema.sql");

/// Reads one schema.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::Schema, class::SCHEMA, row)?;
    let mut definition = format!("CREATE SCHEMA {};", object.qualified());
    if object.name == "public" {
        definition.clear();
        object.drop = Some(String::new());
        object.owner = object.owner.filter(|owner| owner != "pg_database_owner");
    }
    out.push(object.sql(definition));
    Ok(())
}
