//! Row security policies. Writes `CREATE POLICY`. That row security is on at all is a property of the
//! table and an entry of its own, made by the table's kind.
//!
//! Pitfall: a policy without `TO` is for everyone, so a role must never be left out.

use super::*;
use crate::error::{Error, Fault};

/// Policies of the wanted relations.
pub const QUERY: &str = include_str!("../../db/catalog/policy.sql");

/// Reads one policy.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::Policy, class::POLICY, row)?;
    let relation_name = row.text("relation_name")?;
    let relation = qualified(object.schema.as_deref().unwrap_or_default(), &relation_name);
    let name = ident(&object.name);
    let mut definition = format!("CREATE POLICY {name} ON {relation}");
    if !row.flag("permissive")? {
        definition.push_str(" AS RESTRICTIVE");
    }
    definition.push_str(match row.letter("command")? {
        '*' => "",
        'r' => " FOR SELECT",
        'a' => " FOR INSERT",
        'w' => " FOR UPDATE",
        'd' => " FOR DELETE",
        other => {
            return Err(Error::new(Fault::Unsupported, format!("policy {name} is for an unknown command {other:?}")));
        }
    });
    object.roles = row.texts("roles")?.into_iter().filter(|role| role != "public").collect();
    if let Some(roles) = row.opt_texts("roles")? {
        let roles: Vec<String> = roles.iter().map(|role| ident(role)).collect();
        definition.push_str(&format!(" TO {}", roles.join(", ")));
    }
    if let Some(condition) = row.opt_text("qualification")? {
        definition.push_str(&format!(" USING ({condition})"));
    }
    if let Some(condition) = row.opt_text("with_check")? {
        definition.push_str(&format!(" WITH CHECK ({condition})"));
    }
    definition.push(';');
    object.identity = format!("POLICY {name} ON {relation}");
    object.tie = vec![relation_name];
    object.table = Some(ObjectId::new(class::RELATION, row.oid("relation")?));
    out.push(object.sql(definition));
    Ok(())
}
