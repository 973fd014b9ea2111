//! Enum types. Writes `CREATE TYPE … AS ENUM`.
//!
//! Pitfall: an enum may have no labels at all.

use super::*;
use crate::sql::literal;

/// Enum types with their labels in sort order.
pub const QUERY: &str = include_str!("../../db/catalog/type_enum.sql");

/// Reads one enum type.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let object = Object::from_row(Kind::Enum, class::TYPE, row)?;
    let labels: Vec<String> = row.texts("labels")?.iter().map(|label| format!("\n    {}", literal(label))).collect();
    let definition = format!("CREATE TYPE {} AS ENUM ({}\n);", object.qualified(), labels.join(","));
    out.push(object.sql(definition));
    Ok(())
}
