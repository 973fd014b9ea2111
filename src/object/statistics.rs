//! Extended statistics. Writes `CREATE STATISTICS` and, where it was set, the statistics target. What
//! ANALYZE has gathered for them is not copied.

use super::*;
use crate::sql::downgrade::Written;

/// Extended statistics of the wanted relations.
pub const QUERY: &str = include_str!("../../db/catalog/statistics.sql");

/// Reads one object.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::Statistics, class::STATISTICS, row)?;
    let definition = format!("{};", row.text("definition")?);
    let goal = row.opt_int("target")?.map(|target| format!("\nALTER {} SET STATISTICS {target};", object.identity));
    object.needs([(row.flag("on_expressions")?, Feature::StatisticsOnExpressions)]);
    object.table = Some(ObjectId::new(class::RELATION, row.oid("relation")?));
    out.push(object.written(|target| {
        let mut written = Written { text: definition.clone(), ..Written::default() };
        match &goal {
            Some(text) if Feature::StatisticsTarget.is_in(target) => written.text.push_str(text),
            Some(_) => written.lacks(Feature::StatisticsTarget, ""),
            None => {}
        }
        written
    }));
    Ok(())
}
