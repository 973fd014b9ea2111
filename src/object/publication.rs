//! Publications. Writes `CREATE PUBLICATION`; tables and schemas join it in entries of their own.

use super::*;
use crate::error::{Error, Fault};
use crate::sql::literal;

/// Publications, without their members.
pub const QUERY: &str = include_str!("../../db/catalog/publication.sql");

/// Reads one publication.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let object = Object::from_row(Kind::Publication, class::PUBLICATION, row)?;
    let mut definition = format!("CREATE {}", object.identity);
    if row.flag("all_tables")? {
        definition.push_str(" FOR ALL TABLES");
    }
    definition.push_str(&format!(" WITH (publish = {}", literal(&row.texts("operations")?.join(", "))));
    if row.flag("via_root")? {
        definition.push_str(", publish_via_partition_root = true");
    }
    match row.letter("generated_columns")? {
        'n' => {}
        's' => definition.push_str(", publish_generated_columns = stored"),
        other => {
            let what = format!("{} treats generated columns in an unknown way {other:?}", object.identity);
            return Err(Error::new(Fault::Unsupported, what));
        }
    }
    definition.push_str(");");
    out.push(object.sql(definition));
    Ok(())
}
