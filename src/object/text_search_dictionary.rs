//! Text search dictionaries. Writes `CREATE TEXT SEARCH DICTIONARY`.
//!
//! Pitfall: the files that options name (stop words, affixes) lie on the server and are not copied; the
//! target must have them.

use super::*;

/// Text search dictionaries.
pub const QUERY: &str = include_str!("../../db/catalog/text_search_dictionary.sql");

/// Reads one dictionary.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let object = Object::from_row(Kind::TextSearchDictionary, class::TEXT_SEARCH_DICTIONARY, row)?;
    let mut clauses = format!("TEMPLATE = {}", qualified(&row.text("template_schema")?, &row.text("template")?));
    if let Some(options) = row.opt_text("options")? {
        clauses.push_str(&format!(",\n    {options}"));
    }
    let definition = format!("CREATE {} (\n    {clauses}\n);", object.identity);
    out.push(object.sql(definition));
    Ok(())
}
