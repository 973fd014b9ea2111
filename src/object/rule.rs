//! Rules. Writes `CREATE RULE` with the state in which it fires. Rules ON SELECT are the bodies of views
//! and belong to them.

use super::common::enabled;
use super::*;

/// Rules of the wanted relations.
pub const QUERY: &str = include_str!("../../db/catalog/rule.sql");

/// Reads one rule.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::Rule, class::REWRITE, row)?;
    let relation_name = row.text("relation_name")?;
    let relation = qualified(object.schema.as_deref().unwrap_or_default(), &relation_name);
    let name = ident(&object.name);
    let mut definition = row.text("definition")?;
    if let Some(state) = enabled(row.letter("enabled")?) {
        definition.push_str(&format!("\nALTER TABLE {relation} {state} RULE {name};"));
    }
    object.identity = format!("RULE {name} ON {relation}");
    object.tie = vec![relation_name];
    object.table = Some(ObjectId::new(class::RELATION, row.oid("relation")?));
    out.push(object.sql(definition));
    Ok(())
}
