//! Casts. Writes `CREATE CAST`. They have no owner, no schema and no name of their own.
//!
//! The name, for sorting and listing, is that of the two types; the function may be the system's.

use super::*;
use crate::error::{Error, Fault};

/// Casts made in this database.
pub const QUERY: &str = include_str!("../../db/catalog/cast.sql");

/// Reads one cast.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::Cast, class::CAST, row)?;
    object.identity = format!("CAST ({} AS {})", row.text("source")?, row.text("target")?);
    object.tie = row.texts("sort")?;
    let method = match row.letter("method")? {
        'f' => format!("WITH FUNCTION {}", row.text("function")?),
        'b' => "WITHOUT FUNCTION".into(),
        'i' => "WITH INOUT".into(),
        other => return Err(unknown("method", other)),
    };
    let context = match row.letter("context")? {
        'e' => "",
        'a' => " AS ASSIGNMENT",
        'i' => " AS IMPLICIT",
        other => return Err(unknown("context", other)),
    };
    let definition = format!("CREATE {} {method}{context};", object.identity);
    out.push(object.sql(definition));
    Ok(())
}

fn unknown(what: &str, letter: char) -> Error {
    Error::new(Fault::Unsupported, format!("cannot write a cast of the {what} {letter:?}"))
}
