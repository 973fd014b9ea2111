//! Operator classes, and the members they share with families. Writes `CREATE OPERATOR CLASS`.
//!
//! The family is always named, else the server would look for one of the class's name; the types of a
//! support function are always given, else the server would take the class's. A class may have no
//! member at all: then its storage type, which it has anyway, stands in for the list the grammar wants.

use serde::Deserialize;

use super::*;

/// Operator classes with the members bound to them.
pub const QUERY: &str = include_str!("../../db/catalog/operator_class.sql");

#[derive(Deserialize)]
struct Operator {
    number: i32,
    /// With operand types, quoted by the server.
    operator: String,
    sort_family: Option<String>,
}

#[derive(Deserialize)]
struct Function {
    number: i32,
    left: String,
    right: String,
    /// With argument types, quoted by the server.
    function: String,
}

/// The members in a row's `operators` and `functions`, as they stand in CREATE OPERATOR CLASS and in
/// ALTER OPERATOR FAMILY … ADD.
pub fn members(row: &Row<'_>) -> Result<Vec<String>> {
    let operators: Vec<Operator> = row.json("operators")?;
    let functions: Vec<Function> = row.json("functions")?;
    let mut members: Vec<String> = operators
        .iter()
        .map(|member| {
            let order = member.sort_family.as_ref().map(|name| format!(" FOR ORDER BY {name}")).unwrap_or_default();
            format!("OPERATOR {} {}{order}", member.number, member.operator)
        })
        .collect();
    members.extend(
        functions.iter().map(|member| {
            format!("FUNCTION {} ({}, {}) {}", member.number, member.left, member.right, member.function)
        }),
    );
    Ok(members)
}

/// Reads one operator class.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::OperatorClass, class::OPERATOR_CLASS, row)?;
    let method = row.text("access_method")?;
    let name = object.qualified();
    object.identity = format!("OPERATOR CLASS {name} USING {}", ident(&method));
    object.tie = vec![method.clone()];
    let input = row.text("input")?;
    let mut items: Vec<String> = row.opt_text("storage")?.iter().map(|storage| format!("STORAGE {storage}")).collect();
    items.extend(members(row)?);
    if items.is_empty() {
        items.push(format!("STORAGE {input}"));
    }
    let default = if row.flag("is_default")? { "DEFAULT " } else { "" };
    let definition = format!(
        "CREATE OPERATOR CLASS {name}\n    {default}FOR TYPE {input} USING {} FAMILY {} AS\n    {};",
        ident(&method),
        row.text("family")?,
        items.join(",\n    ")
    );
    out.push(object.sql(definition));
    Ok(())
}
