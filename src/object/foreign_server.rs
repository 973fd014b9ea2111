//! Foreign servers. Writes `CREATE SERVER`.
//!
//! Pitfall: privileges call it FOREIGN SERVER, everything else SERVER.

use super::foreign_data_wrapper::options;
use super::*;
use crate::sql::literal;

/// Foreign servers with their options.
pub const QUERY: &str = include_str!("../../db/catalog/foreign_server.sql");

/// Reads one server.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let object = Object::from_row(Kind::ForeignServer, class::FOREIGN_SERVER, row)?;
    let mut definition = format!("CREATE {}", object.identity);
    if let Some(text) = row.opt_text("type")? {
        definition.push_str(&format!(" TYPE {}", literal(&text)));
    }
    if let Some(text) = row.opt_text("version")? {
        definition.push_str(&format!(" VERSION {}", literal(&text)));
    }
    definition.push_str(&format!(" FOREIGN DATA WRAPPER {}", ident(&row.text("wrapper")?)));
    definition.push_str(&options(&row.texts("options")?));
    definition.push(';');
    out.push(object.sql(definition));
    Ok(())
}
