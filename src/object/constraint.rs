//! Primary keys, unique and exclusion constraints. Writes `ALTER TABLE … ADD CONSTRAINT`, after the data.
//!
//! Pitfalls: the text for keys is composed here and not by `pg_get_constraintdef`, which leaves out the
//! index's storage parameters. A key on a partitioned table is made with ONLY and gets its parts attached,
//! but no server attaches parts of what excludes (exclusion constraints 17+, WITHOUT OVERLAPS 18+; pg_dump
//! loses the connection): there the parent's constraint makes those of the parts, which only get back
//! their names.

use super::index::marks;
use super::*;
use crate::object::common::column_list;
use crate::sql::quote::{dollar_quote, literal, options};

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
    object.reaches_children = row.letter("table_relkind")? == 'p' && row.flag("exclusive")?;
    let mut statements = Vec::new();
    if let Some(parent) = row.opt_oid("made_by_oid")? {
        object.depends.push(ObjectId::new(class::CONSTRAINT, parent));
        object.drop = Some(String::new());
        statements.push(rename(row, &table_name, &object.name)?);
    } else {
        let only = if object.reaches_children { "" } else { "ONLY " };
        let name = ident(&object.name);
        statements.push(format!("ALTER {word} {only}{table_name}\n    ADD CONSTRAINT {name} {text};"));
    }
    statements.extend(marks(row, &table_name, &row.text("index_name")?)?);
    out.push(object.sql(statements.join("\n")));
    Ok(())
}

/// Gives a constraint that its parent's made the name it had; which one the server chose is not known.
fn rename(row: &Row<'_>, table: &str, name: &str) -> Result<String> {
    let (parent, parent_table) = (row.text("made_by_name")?, row.text("made_by_table")?);
    let (parent, parent_table, name, here) = (literal(&parent), literal(&parent_table), literal(name), literal(table));
    let body = format!(
        "
DECLARE
    made pg_catalog.name;
BEGIN
    SELECT c.conname INTO STRICT made
    FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_constraint p ON p.oid = c.conparentid
    WHERE c.conrelid = {here}::pg_catalog.regclass
      AND p.conrelid = {parent_table}::pg_catalog.regclass AND p.conname = {parent};
    IF made <> {name} THEN
        EXECUTE pg_catalog.format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', {here}, made, {name});
    END IF;
END
"
    );
    Ok(format!("DO {};", dollar_quote(&body)))
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
