//! What every kind shares: the clauses that several kinds write alike.

use crate::sql::ident;

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
