//! Base types and undefined types. Writes `CREATE TYPE s.n (…)` and, for undefined types, `CREATE TYPE s.n;`.
//!
//! A base type and its input and output functions need each other. Beside each type stands a dormant
//! shell, `CREATE TYPE s.n;`, which order wakes when it cuts that loop: the functions then wait for the
//! shell, the type for the functions. For the same reason a base type is dropped with CASCADE.
//! Pitfall: regproc text is already quoted and, but for pg_catalog, qualified: it is not quoted again.

use super::*;
use crate::error::{Error, Fault};
use crate::sql::downgrade::Written;
use crate::sql::literal;

/// Base and undefined types.
pub const QUERY: &str = include_str!("../../db/catalog/type_base.sql");

/// Reads one type; a base type comes with its shell.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::BaseType, class::TYPE, row)?;
    if !row.flag("defined")? {
        let definition = format!("CREATE TYPE {};", object.qualified());
        out.push(object.sql(definition));
        return Ok(());
    }
    out.push(shell(&object));
    object.drop = Some(format!("DROP {} CASCADE;", object.identity));
    let subscript = row.opt_text("subscript")?;
    let (whole, older) = (definition(&object.qualified(), row, true)?, definition(&object.qualified(), row, false)?);
    out.push(object.written(|target| {
        if subscript.is_none() || Feature::Subscript.is_in(target) {
            return Written { text: whole.clone(), ..Written::default() };
        }
        Written { text: older.clone(), without: vec![(Feature::Subscript, String::new())] }
    }));
    Ok(())
}

/// The dormant shell of a base or range type: `CREATE TYPE s.n;`, without an owner, because ownership
/// is set once the type is complete.
pub fn shell(of: &Object) -> Object {
    let mut shell = Object::new(Kind::ShellType, ObjectId::new(class::SHELL, of.id.oid), of.name.clone());
    shell.schema = of.schema.clone();
    shell.identity = of.identity.clone();
    shell.drop = Some(String::new());
    shell.dormant = true;
    let definition = format!("CREATE TYPE {};", of.qualified());
    shell.sql(definition)
}

/// `CREATE TYPE name (…);`, clauses in pg_dump's order (`dumpBaseType` in pg_dump.c).
fn definition(name: &str, row: &Row<'_>, subscripting: bool) -> Result<String> {
    let length = row.int("length")?;
    let mut clauses = vec![
        format!("INTERNALLENGTH = {}", if length == -1 { "variable".to_string() } else { length.to_string() }),
        format!("INPUT = {}", row.text("input")?),
        format!("OUTPUT = {}", row.text("output")?),
    ];
    for (word, column) in [
        ("RECEIVE", "receive"),
        ("SEND", "send"),
        ("TYPMOD_IN", "modifier_input"),
        ("TYPMOD_OUT", "modifier_output"),
        ("ANALYZE", "analyze"),
    ] {
        clauses.extend(row.opt_text(column)?.map(|function| format!("{word} = {function}")));
    }
    if row.flag("collatable")? {
        clauses.push("COLLATABLE = true".into());
    }
    if let Some(expression) = row.opt_text("default_expression")? {
        clauses.push(format!("DEFAULT = {expression}"));
    } else if let Some(text) = row.opt_text("default_text")? {
        clauses.push(format!("DEFAULT = {}", literal(&text)));
    }
    let subscript = row.opt_text("subscript")?.filter(|_| subscripting);
    clauses.extend(subscript.map(|function| format!("SUBSCRIPT = {function}")));
    clauses.extend(row.opt_text("element")?.map(|element| format!("ELEMENT = {element}")));
    let category = row.text("category")?;
    if category != "U" {
        clauses.push(format!("CATEGORY = {}", literal(&category)));
    }
    if row.flag("preferred")? {
        clauses.push("PREFERRED = true".into());
    }
    let delimiter = row.text("delimiter")?;
    if delimiter != "," {
        clauses.push(format!("DELIMITER = {}", literal(&delimiter)));
    }
    clauses.push(format!("ALIGNMENT = {}", alignment(row.letter("alignment")?)?));
    clauses.push(format!("STORAGE = {}", storage(row.letter("storage")?)?));
    if row.flag("by_value")? {
        clauses.push("PASSEDBYVALUE".into());
    }
    Ok(format!("CREATE TYPE {name} (\n    {}\n);", clauses.join(",\n    ")))
}

/// `pg_type.typalign` as CREATE TYPE names it.
fn alignment(letter: char) -> Result<&'static str> {
    match letter {
        'c' => Ok("char"),
        's' => Ok("int2"),
        'i' => Ok("int4"),
        'd' => Ok("double"),
        other => Err(Error::new(Fault::Unsupported, format!("cannot write the type alignment {other:?}"))),
    }
}

/// `pg_type.typstorage` as CREATE TYPE names it.
fn storage(letter: char) -> Result<&'static str> {
    match letter {
        'p' => Ok("plain"),
        'e' => Ok("external"),
        'x' => Ok("extended"),
        'm' => Ok("main"),
        other => Err(Error::new(Fault::Unsupported, format!("cannot write the type storage {other:?}"))),
    }
}
