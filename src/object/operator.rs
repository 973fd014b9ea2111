//! Operators. Writes `CREATE OPERATOR`.
//!
//! An operator's name is never quoted. One with a right operand only is a prefix operator; one with a
//! left operand only (postfix, gone from 14 on) is written as it is, for servers that still have them.
//! Naming a commutator or negator that does not exist yet makes a placeholder, which the other's own
//! definition fills in; placeholders have no entry.

use super::*;

/// Operators but for placeholders.
pub const QUERY: &str = include_str!("../../db/catalog/operator.sql");

/// Reads one operator.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::Operator, class::OPERATOR, row)?;
    let name = format!("{}.{}", ident(&row.text("schema")?), object.name);
    let (left, right) = (row.opt_text("left_type")?, row.opt_text("right_type")?);
    let operand = |of: &Option<String>| of.clone().unwrap_or_else(|| "NONE".into());
    object.identity = format!("OPERATOR {name} ({}, {})", operand(&left), operand(&right));
    // Descending letters: postfix, prefix, binary.
    let order = match row.letter("kind")? {
        'r' => "0",
        'l' => "1",
        _ => "2",
    };
    object.tie = std::iter::once(order.to_string()).chain(row.texts("operands")?).collect();
    // A placeholder that this one made would keep its schema from being dropped.
    let mut drop = format!("DROP {};", object.identity);
    if let Some(of) = row.opt_text("commutator")?.filter(|_| row.flag("commutator_placeholder").unwrap_or(false)) {
        drop.push_str(&format!("\nDROP OPERATOR IF EXISTS {of} ({}, {});", operand(&right), operand(&left)));
    }
    if let Some(of) = row.opt_text("negator")?.filter(|_| row.flag("negator_placeholder").unwrap_or(false)) {
        drop.push_str(&format!("\nDROP OPERATOR IF EXISTS {of} ({}, {});", operand(&left), operand(&right)));
    }
    object.drop = Some(drop);
    let mut clauses = vec![format!("FUNCTION = {}", row.text("function")?)];
    clauses.extend(left.map(|name| format!("LEFTARG = {name}")));
    clauses.extend(right.map(|name| format!("RIGHTARG = {name}")));
    for (word, column) in [("COMMUTATOR", "commutator"), ("NEGATOR", "negator")] {
        clauses.extend(row.opt_text(column)?.map(|operator| format!("{word} = OPERATOR({operator})")));
    }
    for (word, column) in [("MERGES", "merges"), ("HASHES", "hashes")] {
        if row.flag(column)? {
            clauses.push(word.into());
        }
    }
    for (word, column) in [("RESTRICT", "restriction"), ("JOIN", "join_estimator")] {
        clauses.extend(row.opt_text(column)?.map(|function| format!("{word} = {function}")));
    }
    let definition = format!("CREATE OPERATOR {name} (\n    {}\n);", clauses.join(",\n    "));
    out.push(object.sql(definition));
    Ok(())
}
