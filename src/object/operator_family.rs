//! Operator families. Writes `CREATE OPERATOR FAMILY` and `ALTER OPERATOR FAMILY … ADD` for the members
//! that belong to no class.
//!
//! Which members are loose is decided by pg_depend, and differs between versions: newer servers bind
//! cross-type members to the family even where a class's statement brought them.

use super::*;

/// Operator families with their loose members.
pub const QUERY: &str = include_str!("../../db/catalog/operator_family.sql");

/// Reads one operator family.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::OperatorFamily, class::OPERATOR_FAMILY, row)?;
    let method = row.text("access_method")?;
    object.identity = format!("OPERATOR FAMILY {} USING {}", object.qualified(), ident(&method));
    object.tie = vec![method];
    let mut definition = format!("CREATE {};", object.identity);
    let members = operator_class::members(row)?;
    if !members.is_empty() {
        definition.push_str(&format!("\nALTER {} ADD\n    {};", object.identity, members.join(",\n    ")));
    }
    out.push(object.sql(definition));
    Ok(())
}
