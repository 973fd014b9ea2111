//! Text search configurations. Writes `CREATE TEXT SEARCH CONFIGURATION` and one `ADD MAPPING` per token
//! type.
//!
//! Pitfall: token types are named by the parser and may be keywords (`float`, `int`).

use serde::Deserialize;

use super::common::lines;
use super::*;

/// Text search configurations with their mappings.
pub const QUERY: &str = include_str!("../../db/catalog/text_search_configuration.sql");

/// A token type and the dictionaries it is looked up in, already quoted.
#[derive(Deserialize)]
struct Mapping {
    token: String,
    dictionaries: String,
}

/// Reads one configuration.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let object = Object::from_row(Kind::TextSearchConfiguration, class::TEXT_SEARCH_CONFIGURATION, row)?;
    let parser = qualified(&row.text("parser_schema")?, &row.text("parser")?);
    let identity = &object.identity;
    let mappings = row.json::<Vec<Mapping>>("mappings")?.into_iter().map(|mapping| {
        format!("ALTER {identity}\n    ADD MAPPING FOR {} WITH {};", ident(&mapping.token), mapping.dictionaries)
    });
    let create = format!("CREATE {identity} (\n    PARSER = {parser}\n);");
    let definition = lines(std::iter::once(create).chain(mappings));
    out.push(object.sql(definition));
    Ok(())
}
