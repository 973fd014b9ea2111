//! Triggers. Writes `CREATE TRIGGER` with the state in which it fires, and for clones on partitions only
//! that state. Triggers of foreign keys are made by their constraint and are not here.
//!
//! Pitfalls: `ALTER TABLE` of a partitioned table changes all clones, so those that differ from the root
//! are set afterwards, each with `ONLY`, whatever lies between. A clone made on the target bears the
//! root's name; before 15 one could be renamed apart from it.

use super::common::enabled;
use super::*;
use crate::error::{Error, Fault};

/// Triggers of the wanted relations, and their clones that fire otherwise than the root.
pub const QUERY: &str = include_str!("../../db/catalog/trigger.sql");

/// Reads one trigger or clone.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::Trigger, class::TRIGGER, row)?;
    let relation_name = row.text("relation_name")?;
    let relation = qualified(object.schema.as_deref().unwrap_or_default(), &relation_name);
    let name = ident(&object.name);
    let letter = row.letter("enabled")?;
    let root = ObjectId::new(class::TRIGGER, row.oid("root")?);
    let definition = match row.opt_text("definition")? {
        Some(create) => match enabled(letter) {
            Some(state) => format!("{create};\nALTER TABLE {relation} {state} TRIGGER {name};"),
            None => format!("{create};"),
        },
        None if root == object.id => {
            return Err(Error::new(Fault::Server, format!("the server gives no definition of trigger {name}")));
        }
        None => {
            object.depends.push(root);
            object.drop = Some(String::new());
            format!("ALTER TABLE ONLY {relation} {} TRIGGER {name};", enabled(letter).unwrap_or("ENABLE"))
        }
    };
    object.identity = format!("TRIGGER {name} ON {relation}");
    object.tie = vec![relation_name];
    object.table = Some(ObjectId::new(class::RELATION, row.oid("relation")?));
    out.push(object.sql(definition));
    Ok(())
}
