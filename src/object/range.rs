//! Range types. Writes `CREATE TYPE … AS RANGE`.
//!
//! The multirange, the constructors and the cast between them come with the statement; the multirange
//! may live in another schema, which must be there first. A canonical function takes and returns the
//! range, so it needs the range's shell, and the drop needs CASCADE, as with base types.

use super::*;

/// Range types.
pub const QUERY: &str = include_str!("../../db/catalog/range.sql");

/// Reads one range type; one with a canonical function comes with its shell.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::Range, class::TYPE, row)?;
    let mut clauses = vec![format!("subtype = {}", row.text("subtype")?)];
    for (word, column) in [
        ("multirange_type_name", "multirange"),
        ("subtype_opclass", "operator_class"),
        ("collation", "collation"),
        ("canonical", "canonical"),
        ("subtype_diff", "difference"),
    ] {
        clauses.extend(row.opt_text(column)?.map(|value| format!("{word} = {value}")));
    }
    if row.opt_text("canonical")?.is_some() {
        out.push(type_base::shell(&object));
        object.drop = Some(format!("DROP {} CASCADE;", object.identity));
    }
    object.depends.extend(row.opt_oid("multirange_schema")?.map(|schema| ObjectId::new(class::SCHEMA, schema)));
    let definition = format!("CREATE TYPE {} AS RANGE (\n    {}\n);", object.qualified(), clauses.join(",\n    "));
    out.push(object.sql(definition));
    Ok(())
}
