//! What every kind shares: the clauses that several kinds write alike.

use crate::error::{Error, Fault, Result};
use crate::sql::ident;
use crate::sql::quote::setting_value;

/// ` COLLATE s.c` where a collation is given (already qualified by the server), else nothing.
pub fn collate(collation: Option<&str>) -> String {
    collation.map(|name| format!(" COLLATE {name}")).unwrap_or_default()
}

/// A list of statements, one per line.
pub fn lines(statements: impl IntoIterator<Item = String>) -> String {
    statements.into_iter().collect::<Vec<_>>().join("\n")
}

/// The statement that sets when a trigger, rule or event trigger fires, for `pg_trigger.tgenabled` and
/// its like: `O` is the default and needs none.
pub fn enabled(letter: char) -> Option<&'static str> {
    match letter {
        'D' => Some("DISABLE"),
        'A' => Some("ENABLE ALWAYS"),
        'R' => Some("ENABLE REPLICA"),
        _ => None,
    }
}

/// `name` from a `regprocedure` text: what stands before the first parenthesis outside quotes.
pub fn without_arguments(signature: &str) -> &str {
    let mut quoted = false;
    for (at, c) in signature.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => return &signature[..at],
            _ => {}
        }
    }
    signature
}

/// Column names as a list between parentheses.
pub fn column_list(names: &[String]) -> String {
    format!("({})", names.iter().map(|name| ident(name)).collect::<Vec<_>>().join(", "))
}

/// `SET name TO value` for a stored `name=value` (`pg_proc.proconfig`, `pg_db_role_setting.setconfig`).
pub fn set(setting: &str) -> Result<String> {
    let Some((name, value)) = setting.split_once('=') else {
        return Err(Error::new(Fault::Server, "a stored setting has no value"));
    };
    let value = setting_value(name, value);
    Ok(format!("SET {} TO {}", ident(name), if value.is_empty() { "''" } else { &value }))
}
