//! Extended statistics. Writes `CREATE STATISTICS` and, where it was set, the statistics target. What
//! ANALYZE has gathered for them is not copied.

use super::*;

/// Extended statistics of the wanted relations.
pub const QUERY: &str = include_str!("../../db/catalog/statistics.sql");

/// Reads one object.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::Statistics, class::STATISTICS, row)?;
    let mut definition = format!("{};", row.text("definition")?);
    if let Some(target) = row.opt_int("target")? {
        definition.push_str(&format!("\nALTER {} SET STATISTICS {target};", object.identity));
    }
    object.needs([(row.flag("on_expressions")?, Feature::StatisticsOnExpressions)]);
    object.table = Some(ObjectId::new(class::RELATION, row.oid("relation")?));
    out.push(object.sql(definition));
    Ok(())
}
