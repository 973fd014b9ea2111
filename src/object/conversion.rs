//! Conversions between encodings. Writes `CREATE [DEFAULT] CONVERSION`.

use super::*;
use crate::sql::literal;

/// Conversions.
pub const QUERY: &str = include_str!("../../db/catalog/conversion.sql");

/// Reads one conversion.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let object = Object::from_row(Kind::Conversion, class::CONVERSION, row)?;
    let definition = format!(
        "CREATE {}CONVERSION {} FOR {} TO {} FROM {};",
        if row.flag("is_default")? { "DEFAULT " } else { "" },
        object.qualified(),
        literal(&row.text("source")?),
        literal(&row.text("target")?),
        row.text("function")?
    );
    out.push(object.sql(definition));
    Ok(())
}
