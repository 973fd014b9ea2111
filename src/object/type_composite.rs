//! Stand-alone composite types. Writes `CREATE TYPE … AS (…)`.
//!
//! Attributes may be dropped, so numbers have gaps; there may be none at all. Comments on attributes
//! hang on the type's pg_class row, which the catalog maps to the type. Attribute collations appear only
//! where they differ from the attribute's type.

use serde::Deserialize;

use super::*;

/// Composite types with their attributes.
pub const QUERY: &str = include_str!("../../db/catalog/type_composite.sql");

#[derive(Deserialize)]
struct Attribute {
    number: i32,
    name: String,
    r#type: String,
    collation: Option<String>,
}

/// Reads one composite type.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::CompositeType, class::TYPE, row)?;
    let attributes: Vec<Attribute> = row.json("attributes")?;
    object.columns = attributes.iter().map(|attribute| (attribute.number, ident(&attribute.name))).collect();
    let lines: Vec<String> = attributes
        .iter()
        .map(|attribute| {
            let collation = common::collate(attribute.collation.as_deref());
            format!("\n    {} {}{collation}", ident(&attribute.name), attribute.r#type)
        })
        .collect();
    let definition = format!("CREATE TYPE {} AS ({}\n);", object.qualified(), lines.join(","));
    out.push(object.sql(definition));
    Ok(())
}
