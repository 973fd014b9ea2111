//! Schemas. Writes `CREATE SCHEMA`, never AUTHORIZATION: the owner follows as for any object.
//!
//! Pitfall: every target has a public schema already, so it is never created; only what differs from a
//! fresh one is written. Owned by pg_database_owner (15+) it follows the database and has no entry;
//! a removed comment is written as an empty one.

use super::*;

/// Schemas with their comments.
pub const QUERY: &str = include_str!("../../db/catalog/schema.sql");

/// What a fresh database says of its public schema; not worth an entry.
pub const PUBLIC_COMMENT: &str = "standard public schema";

/// Reads one schema.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::Schema, class::SCHEMA, row)?;
    let mut definition = format!("CREATE SCHEMA {};", object.qualified());
    if object.name == "public" {
        definition.clear();
        if row.opt_text("comment")?.is_none() {
            definition.push_str("COMMENT ON SCHEMA public IS '';");
        }
        object.drop = Some(String::new());
        object.owner = object.owner.filter(|owner| owner != "pg_database_owner");
    }
    out.push(object.sql(definition));
    Ok(())
}
