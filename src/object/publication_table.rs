//! Tables in publications. Writes `ALTER PUBLICATION … ADD TABLE`. Its name is the table's; dropping the
//! table or the publication removes it.

use super::common::column_list;
use super::*;

/// The wanted tables' places in publications.
pub const QUERY: &str = include_str!("../../db/catalog/publication_table.sql");

/// Reads one table of one publication.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::PublicationTable, class::PUBLICATION_TABLE, row)?;
    let publication = row.text("publication")?;
    let mut definition = format!("ALTER PUBLICATION {} ADD TABLE ONLY {}", ident(&publication), object.qualified());
    if let Some(columns) = row.opt_texts("columns")? {
        definition.push_str(&format!(" {}", column_list(&columns)));
    }
    if let Some(condition) = row.opt_text("qualification")? {
        definition.push_str(&format!(" WHERE ({condition})"));
    }
    definition.push(';');
    object.needs([
        (row.opt_texts("columns")?.is_some(), Feature::PublicationColumns),
        (row.opt_text("qualification")?.is_some(), Feature::PublicationCondition),
    ]);
    object.identity = String::new();
    object.drop = Some(String::new());
    object.tie = vec![publication];
    object.table = Some(ObjectId::new(class::RELATION, row.oid("relation")?));
    out.push(object.sql(definition));
    Ok(())
}
