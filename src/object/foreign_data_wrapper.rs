//! Foreign-data wrappers. Writes `CREATE FOREIGN DATA WRAPPER`.

use super::*;

/// Foreign-data wrappers with their options.
pub const QUERY: &str = include_str!("../../db/catalog/foreign_data_wrapper.sql");

/// Reads one wrapper.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let object = Object::from_row(Kind::ForeignDataWrapper, class::FOREIGN_DATA_WRAPPER, row)?;
    let mut definition = format!("CREATE {}", object.identity);
    if let Some(function) = row.opt_text("handler")? {
        definition.push_str(&format!(" HANDLER {function}"));
    }
    if let Some(function) = row.opt_text("validator")? {
        definition.push_str(&format!(" VALIDATOR {function}"));
    }
    definition.push_str(&options(&row.texts("options")?));
    definition.push(';');
    out.push(object.sql(definition));
    Ok(())
}

/// ` OPTIONS (…)` from options the server has quoted, as wrappers, servers and user mappings take it;
/// nothing where there are none.
pub(super) fn options(quoted: &[String]) -> String {
    if quoted.is_empty() { String::new() } else { format!(" OPTIONS (\n    {}\n)", quoted.join(",\n    ")) }
}
