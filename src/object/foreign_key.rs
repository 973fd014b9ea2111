//! Foreign keys. Writes `ALTER TABLE … ADD CONSTRAINT … FOREIGN KEY`, last of what hangs on tables.
//!
//! Pitfalls: no ONLY when the referencing table is partitioned; a key on a partitioned table needs that
//! table's whole index tree attached; both tables are locked.

use super::*;

/// Foreign keys.
pub const QUERY: &str = include_str!("../../db/catalog/foreign_key.sql");

/// Reads one foreign key.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::ForeignKey, class::CONSTRAINT, row)?;
    let table = ObjectId::new(class::RELATION, row.oid("table_oid")?);
    let referenced = ObjectId::new(class::RELATION, row.oid("referenced_oid")?);
    let table_name = row.text("table_name")?;
    object.table = Some(table);
    object.tie = vec![row.text("table_plain_name")?];
    object.depends.extend([table, referenced]);
    object.depends.extend(row.oids("attached")?.into_iter().map(|oid| ObjectId::new(class::INDEX_ATTACH, oid)));
    object.locks.push(referenced);
    object.identity = format!("CONSTRAINT {} ON {table_name}", ident(&object.name));
    object.needs([
        (row.flag("period")?, Feature::Period),
        (!row.flag("enforced")?, Feature::NotEnforced),
        (row.flag("sets_columns")?, Feature::SetNullColumns),
    ]);
    let only = if row.letter("table_relkind")? == 'p' { "" } else { "ONLY " };
    object.drop = Some(format!("ALTER TABLE ONLY {table_name} DROP CONSTRAINT {};", ident(&object.name)));
    let definition = row.text("definition")?;
    let text = format!("ALTER TABLE {only}{table_name}\n    ADD CONSTRAINT {} {definition};", ident(&object.name));
    out.push(object.sql(text));
    Ok(())
}
