//! Schemas in publications (15 and later). Writes `ALTER PUBLICATION … ADD TABLES IN SCHEMA`. Its name is
//! the schema's; dropping the schema or the publication removes it.

use super::*;

/// Schemas in publications.
pub const QUERY: &str = include_str!("../../db/catalog/publication_schema.sql");

/// Reads one schema of one publication.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::PublicationSchema, class::PUBLICATION_SCHEMA, row)?;
    let publication = row.text("publication")?;
    let definition = format!("ALTER PUBLICATION {} ADD TABLES IN SCHEMA {};", ident(&publication), ident(&object.name));
    object.needs([(true, Feature::PublicationSchema)]);
    object.identity = String::new();
    object.drop = Some(String::new());
    object.tie = vec![publication];
    out.push(object.sql(definition));
    Ok(())
}
