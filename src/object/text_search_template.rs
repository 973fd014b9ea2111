//! Text search templates. Writes `CREATE TEXT SEARCH TEMPLATE`. They have no owner.

use super::*;

/// Text search templates.
pub const QUERY: &str = include_str!("../../db/catalog/text_search_template.sql");

/// Reads one template.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let object = Object::from_row(Kind::TextSearchTemplate, class::TEXT_SEARCH_TEMPLATE, row)?;
    let mut clauses = Vec::new();
    if let Some(function) = row.opt_text("init_function")? {
        clauses.push(format!("INIT = {function}"));
    }
    clauses.push(format!("LEXIZE = {}", row.text("lexize_function")?));
    let definition = format!("CREATE {} (\n    {}\n);", object.identity, clauses.join(",\n    "));
    out.push(object.sql(definition));
    Ok(())
}
