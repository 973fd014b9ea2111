//! Event triggers. Writes `CREATE EVENT TRIGGER` with the state in which it fires, in the last pass: the
//! restore must not set them off.

use super::common::enabled;
use super::*;
use crate::sql::literal;

/// Event triggers.
pub const QUERY: &str = include_str!("../../db/catalog/event_trigger.sql");

/// Reads one event trigger.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::EventTrigger, class::EVENT_TRIGGER, row)?;
    let mut definition = format!("CREATE {} ON {}", object.identity, ident(&row.text("event")?));
    object.needs([(row.text("event")? == "login", Feature::LoginEvent)]);
    if let Some(tags) = row.opt_texts("tags")? {
        let tags: Vec<String> = tags.iter().map(|tag| literal(tag)).collect();
        definition.push_str(&format!("\n    WHEN TAG IN ({})", tags.join(", ")));
    }
    definition.push_str(&format!("\n    EXECUTE FUNCTION {}();", row.text("function")?));
    if let Some(state) = enabled(row.letter("enabled")?) {
        definition.push_str(&format!("\nALTER {} {state};", object.identity));
    }
    object.pass = Pass::Last;
    out.push(object.sql(definition));
    Ok(())
}
