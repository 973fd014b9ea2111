//! Functions, procedures and window functions. Writes `CREATE FUNCTION` or `CREATE PROCEDURE`.
//!
//! Built by hand in pg_dump's order (`dumpFunc` in pg_dump.c), because pg_get_functiondef says OR REPLACE.
//! Pitfalls: costs are compared as text with the language's default; a library's symbol is dollar-quoted
//! only where it must be; a body in SQL-standard form (14 and newer) is printed as it is; a setting
//! that is a list of names is quoted name by name. Bodies are not checked on restore, so that what they
//! name may come later.

use super::common::set;
use super::*;
use crate::error::{Error, Fault};
use crate::sql::{dollar_quote, literal};

/// Functions but for aggregates.
pub const QUERY: &str = include_str!("../../db/catalog/function.sql");

/// Reads one function.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::Function, class::FUNCTION, row)?;
    let procedure = row.letter("kind")? == 'p';
    if procedure {
        object.label = "PROCEDURE";
    }
    let name = object.qualified();
    object.identity = format!("{} {name}({})", object.label, row.text("identity_arguments")?);
    object.tie = argument_order(&row.texts("arguments")?);
    let mut definition = format!("CREATE {} {name}({})", object.label, row.text("definition_arguments")?);
    if !procedure {
        definition.push_str(&format!(" RETURNS {}", row.text("result")?));
    }
    definition.push_str(&format!("\n    LANGUAGE {}", ident(&row.text("language")?)));
    definition.push_str(&attributes(row)?);
    for setting in row.texts("settings")? {
        definition.push_str(&format!("\n    {}", set(&setting)?));
    }
    object.needs([(row.opt_text("sql_body")?.is_some(), Feature::SqlBody)]);
    definition.push_str(&format!("\n    {};", body(row)?));
    out.push(object.sql(definition));
    Ok(())
}

/// The sort key of a signature: the number of arguments, then the schema and name of each, so that
/// overloads sort as in pg_dump. `arguments` holds schema and name in turn.
pub fn argument_order(arguments: &[String]) -> Vec<String> {
    let count = format!("{:05}", arguments.len() / 2);
    std::iter::once(count).chain(arguments.iter().cloned()).collect()
}

/// Everything between the language and the settings.
fn attributes(row: &Row<'_>) -> Result<String> {
    let mut text = String::new();
    let transforms: Vec<String> = row.texts("transforms")?.iter().map(|name| format!("FOR TYPE {name}")).collect();
    if !transforms.is_empty() {
        text.push_str(&format!(" TRANSFORM {}", transforms.join(", ")));
    }
    if row.letter("kind")? == 'w' {
        text.push_str(" WINDOW");
    }
    text.push_str(match row.letter("volatility")? {
        'i' => " IMMUTABLE",
        's' => " STABLE",
        'v' => "",
        other => return Err(unknown("volatility", other)),
    });
    for (column, words) in
        [("strict", " STRICT"), ("security_definer", " SECURITY DEFINER"), ("leakproof", " LEAKPROOF")]
    {
        if row.flag(column)? {
            text.push_str(words);
        }
    }
    let cost = row.text("cost")?;
    let usual = if matches!(row.text("language")?.as_str(), "internal" | "c") { "1" } else { "100" };
    if cost != "0" && cost != usual {
        text.push_str(&format!(" COST {cost}"));
    }
    let rows = row.text("rows")?;
    if row.flag("returns_set")? && rows != "0" && rows != "1000" {
        text.push_str(&format!(" ROWS {rows}"));
    }
    if let Some(support) = row.opt_text("support")? {
        text.push_str(&format!(" SUPPORT {support}"));
    }
    text.push_str(match row.letter("parallel")? {
        's' => " PARALLEL SAFE",
        'r' => " PARALLEL RESTRICTED",
        'u' => "",
        other => return Err(unknown("parallel safety", other)),
    });
    Ok(text)
}

fn unknown(what: &str, letter: char) -> Error {
    Error::new(Fault::Unsupported, format!("cannot write a function of the {what} {letter:?}"))
}

/// `AS …` or the SQL-standard body.
fn body(row: &Row<'_>) -> Result<String> {
    if let Some(body) = row.opt_text("sql_body")? {
        return Ok(body);
    }
    let source = row.text("source")?;
    Ok(match row.opt_text("library")? {
        None => format!("AS {}", dollar_quote(&source)),
        Some(library) if source.contains(['\'', '\\']) => {
            format!("AS {}, {}", literal(&library), dollar_quote(&source))
        }
        Some(library) => format!("AS {}, {}", literal(&library), literal(&source)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_quoted_by_their_kind() {
        assert_eq!(set("search_path=\"a b\", pg_temp").unwrap(), "SET search_path TO 'a b', 'pg_temp'");
        assert_eq!(set("TimeZone=it's").unwrap(), "SET \"TimeZone\" TO 'it''s'");
        assert_eq!(set("search_path=").unwrap(), "SET search_path TO ''");
        assert_eq!(set("my.Knob=a=b").unwrap(), "SET \"my.Knob\" TO 'a=b'");
        assert!(set("nothing").is_err());
    }

    #[test]
    fn fewer_arguments_sort_first() {
        let one = argument_order(&["z".into(), "z".into()]);
        let ten: Vec<String> = (0..20).map(|_| "a".to_string()).collect();
        assert!(argument_order(&[]) < one && one < argument_order(&ten));
    }
}
