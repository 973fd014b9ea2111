//! Procedural languages. Writes `CREATE [TRUSTED] PROCEDURAL LANGUAGE … HANDLER …`.
//!
//! Languages that came with an extension are its members and left out elsewhere. Where the handler is a
//! relic of old servers (in pg_catalog, yet of no extension) the language is asked for by name, which
//! the server takes as CREATE EXTENSION.

use super::*;

/// Procedural languages.
pub const QUERY: &str = include_str!("../../db/catalog/language.sql");

/// Reads one language.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let object = Object::from_row(Kind::Language, class::LANGUAGE, row)?;
    let name = object.qualified();
    if row.flag("relic")? {
        out.push(object.sql(format!("CREATE OR REPLACE PROCEDURAL LANGUAGE {name};")));
        return Ok(());
    }
    let trusted = if row.flag("trusted")? { "TRUSTED " } else { "" };
    let mut definition = format!("CREATE {trusted}PROCEDURAL LANGUAGE {name} HANDLER {}", row.text("handler")?);
    for (word, column) in [("INLINE", "inline"), ("VALIDATOR", "validator")] {
        if let Some(function) = row.opt_text(column)? {
            definition.push_str(&format!(" {word} {function}"));
        }
    }
    definition.push(';');
    out.push(object.sql(definition));
    Ok(())
}
