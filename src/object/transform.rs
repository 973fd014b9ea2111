//! Transforms. Writes `CREATE TRANSFORM`. They have no owner, no schema and no name of their own.
//!
//! Either direction may be missing; the functions may be the system's.

use super::*;

/// Transforms made in this database.
pub const QUERY: &str = include_str!("../../db/catalog/transform.sql");

/// Reads one transform.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::Transform, class::TRANSFORM, row)?;
    object.identity = format!("TRANSFORM FOR {} LANGUAGE {}", row.text("type")?, ident(&row.text("language")?));
    object.tie = vec![row.text("type_schema")?];
    let mut sides = Vec::new();
    for (word, column) in [("FROM", "from_sql"), ("TO", "to_sql")] {
        sides.extend(row.opt_text(column)?.map(|function| format!("{word} SQL WITH FUNCTION {function}")));
    }
    let definition = format!("CREATE {} ({});", object.identity, sides.join(", "));
    out.push(object.sql(definition));
    Ok(())
}
