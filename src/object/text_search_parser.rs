//! Text search parsers. Writes `CREATE TEXT SEARCH PARSER`. They have no owner.

use super::*;

/// Text search parsers.
pub const QUERY: &str = include_str!("../../db/catalog/text_search_parser.sql");

/// Reads one parser.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let object = Object::from_row(Kind::TextSearchParser, class::TEXT_SEARCH_PARSER, row)?;
    let mut clauses = vec![
        format!("START = {}", row.text("start_function")?),
        format!("GETTOKEN = {}", row.text("token_function")?),
        format!("END = {}", row.text("end_function")?),
    ];
    if let Some(function) = row.opt_text("headline_function")? {
        clauses.push(format!("HEADLINE = {function}"));
    }
    clauses.push(format!("LEXTYPES = {}", row.text("types_function")?));
    let definition = format!("CREATE {} (\n    {}\n);", object.identity, clauses.join(",\n    "));
    out.push(object.sql(definition));
    Ok(())
}
