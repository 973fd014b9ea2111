//! Primary keys, unique and exclusion constraints. Writes `ALTER TABLE … ADD CONSTRAINT`, after the data.
//!
//! Pitfall: the text for keys is composed here and not by `pg_get_constraintdef`, which leaves out the
//! index's storage parameters.

use super::index::marks;
use super::*;
use crate::object::common::column_list;
use crate::sql::quote::options;

/// Keys and exclusion constraints.
pub const QUERY: &str = include_str!("../../db/catalog/constraint.sql");

/// Reads one constraint.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::Constraint, class::CONSTRAINT, row)?;
    let table = ObjectId::new(class::RELATION, row.oid("table_oid")?);
    let word = if row.letter("table_relkind")? == 'f' { "FOREIGN TABLE" } else { "TABLE" };
    let table_name = row.text("table_name")?;
    object.table = Some(table);
    object.depends.push(table);
    object.tie = vec![row.text("table_plain_name")?];
    object.tablespace = Some(row.text("tablespace")?);
    object.identity = format!("CONSTRAINT {} ON {table_name}", ident(&object.name));
    object.drop = Some(format!("ALTER {word} ONLY {table_name} DROP CONSTRAINT {};", ident(&object.name)));
    object.needs([
        (row.flag("period")?, Feature::WithoutOverlaps),
        (row.flag("nulls_not_distinct")?, Feature::NullsNotDistinct),
    ]);
    let text = match row.opt_text("definition")? {
        Some(text) => text,
        None => key(row)?,
    };
    let mut statements =
        vec![format!("ALTER {word} ONLY {table_name}\n    ADD CONSTRAINT {} {text};", ident(&object.name))];
    statements.extend(marks(row, &table_name, &row.text("index_name")?)?);
    out.push(object.sql(statements.join("\n")));
    Ok(())
}

/// `PRIMARY KEY (a, b) INCLUDE (c) WITH (…) DEFERRABLE …`.
fn key(row: &Row<'_>) -> Result<String> {
    let mut text = String::from(if row.letter("contype")? == 'p' { "PRIMARY KEY" } else { "UNIQUE" });
    if row.flag("nulls_not_distinct")? {
        text.push_str(" NULLS NOT DISTINCT");
    }
    let columns = row.texts("columns")?;
    let (keys, included) = columns.split_at(usize::try_from(row.int("key_columns")?).unwrap_or(0).min(columns.len()));
    let mut list = column_list(keys);
    if row.flag("period")? {
        list.insert_str(list.len() - 1, " WITHOUT OVERLAPS");
    }
    text.push_str(&format!(" {list}"));
    if !included.is_empty() {
        text.push_str(&format!(" INCLUDE {}", column_list(included)));
    }
    let stored = row.texts("options")?;
    if !stored.is_empty() {
        text.push_str(&format!(" WITH ({})", options(&stored, "")));
    }
    if row.flag("deferrable")? {
        text.push_str(" DEFERRABLE");
    }
    if row.flag("deferred")? {
        text.push_str(" INITIALLY DEFERRED");
    }
    Ok(text)
}
