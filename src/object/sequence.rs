//! Under construction.

use super::*;

/// The query of the kind.
pub const QUERY: &str = include_str!("../../db/catalog/sequence.sql");

/// Reads one row.
pub fn read(_row: &Row<'_>, _out: &mut Vec<Object>) -> Result<()> {
    Ok(())
}
