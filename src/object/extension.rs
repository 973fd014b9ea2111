//! Extensions. Writes `CREATE EXTENSION IF NOT EXISTS … WITH SCHEMA …`, without version and owner, as
//! pg_dump does: the target's own version is the one that fits its library. The version is noted beside it.

use super::*;

/// Extensions that initdb did not make.
pub const QUERY: &str = include_str!("../../db/catalog/extension.sql");

/// Reads one extension.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::Extension, class::EXTENSION, row)?;
    object.version = Some(row.text("version")?);
    let home = ident(&row.text("home")?);
    // Every database has it from the start, and other extensions need it without saying so.
    if object.name == "plpgsql" {
        object.drop = Some(String::new());
    }
    let definition = format!("CREATE EXTENSION IF NOT EXISTS {} WITH SCHEMA {home};", object.qualified());
    out.push(object.sql(definition));
    Ok(())
}
