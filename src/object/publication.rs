//! Publications. Writes `CREATE PUBLICATION`; tables and schemas join it in entries of their own.

use super::*;
use crate::error::{Error, Fault};
use crate::sql::downgrade::Written;
use crate::sql::literal;

/// Publications, without their members.
pub const QUERY: &str = include_str!("../../db/catalog/publication.sql");

/// Reads one publication.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let object = Object::from_row(Kind::Publication, class::PUBLICATION, row)?;
    let all = if row.flag("all_tables")? { " FOR ALL TABLES" } else { "" };
    let publish = literal(&row.texts("operations")?.join(", "));
    let head = format!("CREATE {}{all} WITH (publish = {publish}", object.identity);
    let mut options = Vec::new();
    if row.flag("via_root")? {
        options.push((Feature::PublishViaRoot, "publish_via_partition_root = true"));
    }
    match row.letter("generated_columns")? {
        'n' => {}
        's' => options.push((Feature::PublishGeneratedColumns, "publish_generated_columns = stored")),
        other => {
            let what = format!("{} treats generated columns in an unknown way {other:?}", object.identity);
            return Err(Error::new(Fault::Unsupported, what));
        }
    }
    out.push(object.written(|target| {
        let mut written = Written { text: head.clone(), ..Written::default() };
        for (feature, option) in &options {
            if feature.is_in(target) {
                written.text.push_str(&format!(", {option}"));
            } else {
                written.lacks(*feature, "");
            }
        }
        written.text.push_str(");");
        written
    }));
    Ok(())
}
