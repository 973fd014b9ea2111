//! Range types. Writes `CREATE TYPE … AS RANGE`.
//!
//! The multirange, the constructors and the cast between them come with the statement; the multirange
//! may live in another schema, which must be there first. A canonical function takes and returns the
//! range, so it needs the range's shell, and the drop needs CASCADE, as with base types.

use super::*;
use crate::sql::downgrade::Written;

/// Range types.
pub const QUERY: &str = include_str!("../../db/catalog/range.sql");

/// Reads one range type; one with a canonical function comes with its shell.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::Range, class::TYPE, row)?;
    let mut clauses = vec![format!("subtype = {}", row.text("subtype")?)];
    for (word, column) in [
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
    let (name, multirange) = (object.qualified(), row.opt_text("multirange")?);
    out.push(object.written(|target| {
        let mut written = Written::default();
        let mut clauses = clauses.clone();
        if let Some(multirange) = &multirange {
            if Feature::MultirangeName.is_in(target) {
                clauses.insert(1, format!("multirange_type_name = {multirange}"));
            } else {
                written.lacks(Feature::MultirangeName, multirange);
            }
        }
        written.text = format!("CREATE TYPE {name} AS RANGE (\n    {}\n);", clauses.join(",\n    "));
        written
    }));
    Ok(())
}
