//! Indexes. Writes `CREATE INDEX`, what marks it (CLUSTER ON, REPLICA IDENTITY, statistics targets), and
//! `ATTACH PARTITION` for parts of a partitioned index.
//!
//! Pitfalls: an index that belongs to a constraint is made by it, but may still have to be attached; the
//! index of a partition is built alone and attached, so that both restore in any order.

use super::*;

/// Indexes and their parents.
pub const QUERY: &str = include_str!("../../db/catalog/index.sql");

/// Reads one index.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    if !row.flag("usable")? {
        return Ok(());
    }
    let mut object = Object::from_row(Kind::Index, class::RELATION, row)?;
    let table = ObjectId::new(class::RELATION, row.oid("table_oid")?);
    object.table = Some(table);
    object.depends.push(table);
    object.tablespace = Some(row.text("tablespace")?);
    object.needs([(row.flag("nulls_not_distinct")?, Feature::NullsNotDistinct)]);
    let attach = attach(row, &object, table)?;
    if let Some(definition) = row.opt_text("definition")? {
        let mut statements = vec![format!("{definition};")];
        for (number, target) in row.json::<Vec<(i32, i32)>>("statistics")? {
            statements
                .push(format!("ALTER INDEX {} ALTER COLUMN {number} SET STATISTICS {target};", object.qualified()));
        }
        statements.extend(marks(row, &row.text("table_name")?, &object.name)?);
        if attach.is_some() {
            object.drop = Some(String::new());
        }
        out.push(object.sql(statements.join("\n")));
    } else if let Some(constraint) = row.opt_oid("constraint_oid")? {
        // The constraint makes it; it stays an object to carry a comment of its own.
        object.inside = Some(ObjectId::new(class::CONSTRAINT, constraint));
        object.depends.clear();
        out.push(object);
    }
    out.extend(attach);
    Ok(())
}

/// What a table says of one of its indexes; shared with constraints.
pub fn marks(row: &Row<'_>, table: &str, index: &str) -> Result<Vec<String>> {
    let mut out = Vec::new();
    if row.flag("clustered")? {
        out.push(format!("ALTER TABLE {table} CLUSTER ON {};", ident(index)));
    }
    if row.flag("replica_identity")? {
        out.push(format!("ALTER TABLE ONLY {table} REPLICA IDENTITY USING INDEX {};", ident(index)));
    }
    Ok(out)
}

fn attach(row: &Row<'_>, index: &Object, table: ObjectId) -> Result<Option<Object>> {
    if row.flag("exclusive")? {
        // No server can attach it; its constraint comes from the parent's.
        return Ok(None);
    }
    let (Some(parent), Some(parent_table), Some(parent_name)) =
        (row.opt_oid("parent_oid")?, row.opt_oid("parent_table_oid")?, row.opt_text("parent_name")?)
    else {
        return Ok(None);
    };
    let parent_table = ObjectId::new(class::RELATION, parent_table);
    let mut object = Object::new(Kind::IndexAttach, ObjectId::new(class::INDEX_ATTACH, index.id.oid), &index.name);
    object.schema = index.schema.clone();
    object.table = Some(table);
    object.depends = vec![index.id, ObjectId::new(class::RELATION, parent), table, parent_table];
    object.locks = vec![parent_table];
    object.drop = Some(String::new());
    Ok(Some(object.sql(format!("ALTER INDEX {parent_name} ATTACH PARTITION {};", index.qualified()))))
}
