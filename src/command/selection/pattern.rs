//! Patterns as psql and pg_dump read them, turned into conditions that the server matches.
//!
//! Pure: a port of `patternToSQLRegex` and `processSQLNamePattern` (src/fe_utils/string_utils.c). `*` and
//! `?` are wildcards, other characters of regular expressions keep their meaning outside double quotes,
//! `$` never does; a dot outside quotes separates the parts; capitals outside quotes fold, ASCII only.
//!
//! Invariant: whatever the pattern, the condition is one expression: the text only ever gets into a literal.

use crate::error::{Error, Fault, Result};
use crate::sql::literal;

/// What a pattern names: this decides how many parts it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// `[database.]schema`.
    Schema,
    /// `[[database.]schema.]name`.
    Table,
    /// `name`.
    Extension,
}

impl Named {
    fn parts(self) -> usize {
        match self {
            Named::Schema => 2,
            Named::Table => 3,
            Named::Extension => 1,
        }
    }

    /// The word for it, for messages.
    pub fn word(self) -> &'static str {
        match self {
            Named::Schema => "schema",
            Named::Table => "table",
            Named::Extension => "extension",
        }
    }
}

/// A pattern as its user wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// As written.
    pub text: String,
    /// Partitions and inheritance children of what it matches are meant too.
    pub children: bool,
}

/// A pattern in parts, each an anchored regular expression.
#[derive(Debug, PartialEq, Eq)]
struct Regexes {
    /// The last part.
    name: String,
    /// The one before it.
    schema: Option<String>,
    /// What stands before the first of two dots, literally.
    database: Option<String>,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`Fault::Usage`] where it is empty or has too many parts for what it names.
    pub fn parse(text: &str, named: Named, children: bool) -> Result<Pattern> {
        let parts = split(text, named.parts()).1 + 1;
        if text.is_empty() || parts > named.parts() {
            let form = match named {
                Named::Schema => "a schema",
                Named::Table => "a table or schema.table",
                Named::Extension => "an extension",
            };
            return Err(Error::new(Fault::Usage, format!("cannot read the pattern {text:?} as {form}"))
                .hint("put a name that has a dot or capitals in double quotes: '\"My.Schema\".film'"));
        }
        Ok(Pattern { text: text.to_string(), children })
    }

    fn regexes(&self, named: Named) -> Regexes {
        let (mut parts, dots, left) = split(&self.text, named.parts());
        let name = parts.pop().expect("there is a part");
        let database = (dots > 0 && dots + 1 == named.parts()).then_some(left);
        let schema = if named == Named::Table { parts.pop() } else { None };
        Regexes { name, schema, database }
    }

    /// The condition on the columns of pg_namespace `n`, pg_class `c` or pg_extension `e`.
    ///
    /// # Errors
    /// [`Fault::Usage`] where it names another database than `database`.
    pub fn condition(&self, named: Named, database: &str) -> Result<String> {
        let regexes = self.regexes(named);
        if let Some(other) = regexes.database.filter(|other| other != database) {
            let text = format!("the pattern {:?} names the database {other:?}, not {database:?}", self.text);
            return Err(Error::new(Fault::Usage, text).hint("references across databases do not exist"));
        }
        let matches = |column: &str, regex: &str| {
            (regex != "^(.*)$")
                .then(|| format!("{column} OPERATOR(pg_catalog.~) {} COLLATE pg_catalog.default", literal(regex)))
        };
        let name = match named {
            Named::Schema => "n.nspname",
            Named::Table => "c.relname",
            Named::Extension => "e.extname",
        };
        let visible = (named == Named::Table && regexes.schema.is_none())
            .then(|| "pg_catalog.pg_table_is_visible(c.oid)".to_string());
        let schema = regexes.schema.and_then(|regex| matches("n.nspname", &regex));
        let all: Vec<String> = [matches(name, &regexes.name), schema, visible].into_iter().flatten().collect();
        Ok(if all.is_empty() { "true".into() } else { all.join(" AND ") })
    }
}

/// Splits at dots outside quotes into at most `most` regular expressions. Further dots stay in the last.
/// Returns the number of dots too, and the text before the first.
fn split(pattern: &str, most: usize) -> (Vec<String>, usize, String) {
    let mut parts = vec![String::from("^(")];
    let (mut dots, mut left) = (0, String::new());
    let mut quoted = false;
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        let count = parts.len();
        let part = parts.last_mut().expect("never empty");
        let plain = match c {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => {
                part.push('"');
                '"'
            }
            '"' => {
                quoted = !quoted;
                continue;
            }
            '.' if !quoted => {
                dots += 1;
                if count < most {
                    part.push_str(")$");
                    parts.push("^(".into());
                } else {
                    part.push('.');
                }
                continue;
            }
            c if !quoted && c.is_ascii_uppercase() => {
                part.push(c.to_ascii_lowercase());
                c.to_ascii_lowercase()
            }
            '*' if !quoted => {
                part.push_str(".*");
                '*'
            }
            '?' if !quoted => {
                part.push('.');
                '?'
            }
            '$' => {
                part.push_str("\\$");
                '$'
            }
            c => {
                // An array's brackets are more likely than an empty bracket expression.
                if (quoted && "|*+?()[]{}.^$\\".contains(c)) || (c == '[' && chars.peek() == Some(&']')) {
                    part.push('\\');
                }
                part.push(c);
                c
            }
        };
        if dots == 0 {
            left.push(plain);
        }
    }
    parts.last_mut().expect("never empty").push_str(")$");
    (parts, dots, left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_become_the_expressions_that_psql_makes() {
        for (pattern, expected) in [
            ("film", "^(film)$"),
            ("FILM", "^(film)$"),
            ("\"FILM\"", "^(FILM)$"),
            ("f*m?", "^(f.*m.)$"),
            ("\"f*m?\"", "^(f\\*m\\?)$"),
            ("(a|b)[0-9]+", "^((a|b)[0-9]+)$"),
            ("int[]", "^(int\\[])$"),
            ("\"a[]\"", "^(a\\[\\])$"),
            ("a$b", "^(a\\$b)$"),
            ("\"a$b\"", "^(a\\$b)$"),
            ("\"a\"\"b\"", "^(a\"b)$"),
            ("a\"B.\"c", "^(aB\\.c)$"),
            ("\u{c4}b", "^(\u{c4}b)$"),
            ("\"open", "^(open)$"),
        ] {
            let regexes = Pattern::parse(pattern, Named::Table, false).unwrap().regexes(Named::Table);
            assert_eq!((regexes.name.as_str(), regexes.schema), (expected, None), "{pattern}");
        }
    }

    #[test]
    fn parts_are_split_at_dots_outside_quotes() {
        let table = |text: &str| Pattern::parse(text, Named::Table, false).map(|pattern| pattern.regexes(Named::Table));
        let regexes = table("DB.s*.\"t.x\"").unwrap();
        assert_eq!(regexes.database.as_deref(), Some("db"));
        assert_eq!((regexes.schema.as_deref(), regexes.name.as_str()), (Some("^(s.*)$"), "^(t\\.x)$"));
        assert!(table("a.b.c.d").is_err() && table("").is_err());
        assert!(Pattern::parse("a.b.c", Named::Schema, false).is_err());
        assert!(Pattern::parse("a.b", Named::Extension, false).is_err());
    }

    #[test]
    fn only_the_current_database_can_be_named() {
        let condition = |text: &str, named| Pattern::parse(text, named, false).unwrap().condition(named, "my db");
        assert_eq!(
            condition("\"my db\".s.t", Named::Table).unwrap(),
            "c.relname OPERATOR(pg_catalog.~) '^(t)$' COLLATE pg_catalog.default AND \
             n.nspname OPERATOR(pg_catalog.~) '^(s)$' COLLATE pg_catalog.default"
        );
        assert!(condition("other.s.t", Named::Table).is_err());
        assert!(condition("other.s", Named::Schema).is_err());
        assert_eq!(condition("*", Named::Table).unwrap(), "pg_catalog.pg_table_is_visible(c.oid)");
        assert_eq!(condition("*.*", Named::Table).unwrap(), "true");
        assert!(condition("it's", Named::Extension).unwrap().contains("'^(it''s)$'"));
    }
}
