//! Aggregates. Writes `CREATE AGGREGATE`.
//!
//! Without arguments an aggregate is `f(*)` here, in COMMENT, ALTER and DROP, but `f()` in GRANT ON
//! FUNCTION, which the identity therefore does not fit. An initial value may be the empty string, which
//! is not the same as none. Whether a final function modifies its state has a default that depends on
//! the aggregate's kind. Clauses in pg_dump's order (`dumpAgg` in pg_dump.c).

use super::*;
use crate::error::{Error, Fault};
use crate::sql::literal;

/// Aggregates.
pub const QUERY: &str = include_str!("../../db/catalog/aggregate.sql");

/// Reads one aggregate.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::Aggregate, class::FUNCTION, row)?;
    let starred = row.int("argument_count")? == 0;
    let arguments = |column| if starred { Ok("*".to_string()) } else { row.text(column) };
    let name = object.qualified();
    object.identity = format!("AGGREGATE {name}({})", arguments("identity_arguments")?);
    object.tie = function::argument_order(&row.texts("arguments")?);
    let mut clauses = vec![format!("SFUNC = {}", row.text("transition")?), format!("STYPE = {}", row.text("state")?)];
    plain_clauses(row, &mut clauses)?;
    moving_clauses(row, &mut clauses)?;
    clauses.extend(row.opt_text("sort_operator")?.map(|operator| format!("SORTOP = OPERATOR({operator})")));
    if row.letter("kind")? == 'h' {
        clauses.push("HYPOTHETICAL".into());
    }
    match row.letter("parallel")? {
        's' => clauses.push("PARALLEL = safe".into()),
        'r' => clauses.push("PARALLEL = restricted".into()),
        'u' => {}
        other => return Err(unknown("parallel safety", other)),
    }
    let definition = format!(
        "CREATE AGGREGATE {name}({}) (\n    {}\n);",
        arguments("definition_arguments")?,
        clauses.join(",\n    ")
    );
    out.push(object.sql(definition));
    Ok(())
}

/// The state, the final function and the functions for partial aggregation.
fn plain_clauses(row: &Row<'_>, clauses: &mut Vec<String>) -> Result<()> {
    let space = row.int("state_space")?;
    if space != 0 {
        clauses.push(format!("SSPACE = {space}"));
    }
    clauses.extend(row.opt_text("initial")?.map(|value| format!("INITCOND = {}", literal(&value))));
    if let Some(function) = row.opt_text("final")? {
        clauses.push(format!("FINALFUNC = {function}"));
        if row.flag("final_extra")? {
            clauses.push("FINALFUNC_EXTRA".into());
        }
        clauses.extend(modifies(row, "final_modify")?.map(|word| format!("FINALFUNC_MODIFY = {word}")));
    }
    for (word, column) in [("COMBINEFUNC", "combine"), ("SERIALFUNC", "serialize"), ("DESERIALFUNC", "deserialize")] {
        clauses.extend(row.opt_text(column)?.map(|function| format!("{word} = {function}")));
    }
    Ok(())
}

/// The second set of functions, for moving windows.
fn moving_clauses(row: &Row<'_>, clauses: &mut Vec<String>) -> Result<()> {
    for (word, column) in [("MSFUNC", "moving_transition"), ("MINVFUNC", "moving_inverse"), ("MSTYPE", "moving_state")]
    {
        clauses.extend(row.opt_text(column)?.map(|value| format!("{word} = {value}")));
    }
    let space = row.int("moving_space")?;
    if space != 0 {
        clauses.push(format!("MSSPACE = {space}"));
    }
    clauses.extend(row.opt_text("moving_initial")?.map(|value| format!("MINITCOND = {}", literal(&value))));
    if let Some(function) = row.opt_text("moving_final")? {
        clauses.push(format!("MFINALFUNC = {function}"));
        if row.flag("moving_final_extra")? {
            clauses.push("MFINALFUNC_EXTRA".into());
        }
        clauses.extend(modifies(row, "moving_final_modify")?.map(|word| format!("MFINALFUNC_MODIFY = {word}")));
    }
    Ok(())
}

/// What a final function does to its state; `None` where it is the default of the aggregate's kind:
/// nothing for normal aggregates, writing for ordered-set and hypothetical-set ones.
fn modifies(row: &Row<'_>, column: &str) -> Result<Option<&'static str>> {
    let usual = if row.letter("kind")? == 'n' { 'r' } else { 'w' };
    match row.letter(column)? {
        letter if letter == usual => Ok(None),
        'r' => Ok(Some("READ_ONLY")),
        's' => Ok(Some("SHAREABLE")),
        'w' => Ok(Some("READ_WRITE")),
        other => Err(unknown("state handling", other)),
    }
}

fn unknown(what: &str, letter: char) -> Error {
    Error::new(Fault::Unsupported, format!("cannot write an aggregate of the {what} {letter:?}"))
}
