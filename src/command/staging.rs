//! Rows that cannot go into their table as they are: through a temporary table, in SQL.
//!
//! Pure. COPY cannot convert: where a binary chunk holds text in place of a value (rule F26), the rows first go
//! into a table that has text there, and the type's own input function does the rest. psql takes the same
//! way for names that its `\copy` cannot write.
//!
//! Invariant: names from the archive are quoted, and type names are made of quoted names; `type_name`, which
//! is for eyes, never becomes SQL.

use crate::archive::manifest::{Table, Type, TypeKind};
use crate::command::types::sql_name;
use crate::copy::{TextTarget, from_text};
use crate::error::{Error, Fault, Result};
use crate::sql::{ident, qualified};

/// The temporary table.
pub const STAGE: &str = "pg_temp.pgsnap_load";

/// The statements around a COPY into [`STAGE`].
pub struct Staging {
    /// Makes it, with a column for each that travels.
    pub create: String,
    /// Moves its rows to where they belong.
    pub insert: String,
    /// Removes it.
    pub drop: String,
}

/// Whether rows must take this way.
pub fn is_needed(table: &Table) -> bool {
    table.columns.iter().any(|column| column.as_text)
}

/// Where the rows of a table go, quoted.
pub fn destination(table: &Table) -> String {
    match &table.load_into {
        Some(root) => qualified(&root.schema, &root.name),
        None => qualified(&table.schema, &table.name),
    }
}

/// The way through a temporary table.
///
/// # Errors
/// Damaged where a column that is text has no type.
pub fn staging(table: &Table, types: &[Type]) -> Result<Staging> {
    let into = destination(table);
    let (mut made, mut moved) = (Vec::new(), Vec::new());
    for (n, column) in table.columns.iter().enumerate() {
        let name = ident(&column.name);
        if !column.as_text {
            made.push(format!("{name} AS c{n}"));
            moved.push(format!("c{n}"));
            continue;
        }
        made.push(format!("NULL::pg_catalog.text AS c{n}"));
        let text = || Error::new(Fault::Damaged, format!("column {name} of {into} is text and has no type"));
        let index = column.type_index.filter(|index| *index < types.len()).ok_or_else(text)?;
        let own = sql_name(types, index);
        let value = format!("c{n}");
        moved.push(match is_regclass(types, index) {
            false => from_text(&value, TextTarget::Type(&own)),
            true => {
                let domain = (types[index].kind == TypeKind::Domain).then_some(own.as_str());
                from_text(&value, TextTarget::Regclass { domain })
            }
        });
    }
    let names: Vec<String> = table.columns.iter().map(|column| ident(&column.name)).collect();
    let list = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    Ok(Staging {
        create: format!("CREATE TEMP TABLE pgsnap_load AS SELECT {} FROM {into} WHERE false", made.join(", ")),
        insert: format!("INSERT INTO {into}{list} OVERRIDING SYSTEM VALUE SELECT {} FROM {STAGE}", moved.join(", ")),
        drop: format!("DROP TABLE {STAGE}"),
    })
}

/// `regclass`, or a domain over it.
fn is_regclass(types: &[Type], mut index: usize) -> bool {
    while let (TypeKind::Domain, Some(part)) = (types[index].kind, types[index].parts.first()) {
        index = part.type_index;
    }
    types[index].kind == TypeKind::Base && types[index].schema == "pg_catalog" && types[index].name == "regclass"
}
