//! Names on restore: plain ones as pg_restore takes them, and `*`, `?` beside.
//!
//! Pure. A name is `name` or `schema.name`. It means what it says, letter by letter; failing that, capitals
//! outside double quotes fold, and `*` and `?` match. A table without a schema is meant in every schema.

use super::pattern::Pattern;
use crate::error::{Error, Fault, Result};

/// A name with wildcards, perhaps with a schema.
#[derive(Debug, Clone, PartialEq)]
pub struct Name {
    text: String,
    schema: Option<Vec<Piece>>,
    name: Vec<Piece>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Piece {
    Exactly(char),
    One,
    Any,
}

impl Name {
    /// Reads a name of at most two parts.
    pub fn parse(pattern: &Pattern) -> Result<Name> {
        let text = &pattern.text;
        let mut parts = vec![Vec::new()];
        let mut quoted = false;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            let part = parts.last_mut().expect("never empty");
            match c {
                '"' if quoted && chars.next_if_eq(&'"').is_some() => part.push(Piece::Exactly('"')),
                '"' => quoted = !quoted,
                '.' if !quoted => parts.push(Vec::new()),
                '*' if !quoted => part.push(Piece::Any),
                '?' if !quoted => part.push(Piece::One),
                c if quoted => part.push(Piece::Exactly(c)),
                c => part.push(Piece::Exactly(c.to_ascii_lowercase())),
            }
        }
        if quoted || parts.len() > 2 || parts.iter().any(Vec::is_empty) {
            return Err(Error::new(Fault::Usage, format!("cannot read the pattern {text:?}")).hint(
                "a pattern is name or schema.name; quote a part that holds a dot or capitals: '\"My.Schema\".film'",
            ));
        }
        let name = parts.pop().expect("never empty");
        Ok(Name { text: text.clone(), schema: parts.pop(), name })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether something of this name that has no schema is meant.
    pub fn is(&self, name: &str) -> bool {
        self.text == name || (self.schema.is_none() && glob(&self.name, name))
    }

    /// Whether this table is meant.
    pub fn is_in(&self, schema: &str, name: &str) -> bool {
        self.text == name
            || self.text.strip_suffix(name).and_then(|rest| rest.strip_suffix('.')) == Some(schema)
            || (self.schema.as_ref().is_none_or(|pattern| glob(pattern, schema)) && glob(&self.name, name))
    }
}

/// Matches in time proportional to the product of the lengths, whatever the pattern.
fn glob(pattern: &[Piece], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut reachable = vec![false; text.len() + 1];
    reachable[0] = true;
    for piece in pattern {
        let mut next = vec![false; text.len() + 1];
        for at in 0..=text.len() {
            next[at] = match piece {
                Piece::Any => reachable[at] || (at > 0 && next[at - 1]),
                Piece::One => at > 0 && reachable[at - 1],
                Piece::Exactly(c) => at > 0 && reachable[at - 1] && text[at - 1] == *c,
            };
        }
        reachable = next;
    }
    reachable[text.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Result<Name> {
        Name::parse(&Pattern { text: text.into(), children: false })
    }

    #[test]
    fn names_match_as_written_or_folded() {
        for (pattern, schema, table, expected) in [
            ("film", "public", "film", true),
            ("FILM", "public", "film", true),
            ("Order", "Sales", "Order", true),
            ("Sales.Order", "Sales", "Order", true),
            ("Sales.Order", "sales", "Order", false),
            ("\"FILM\"", "public", "film", false),
            ("public.*", "public", "x", true),
            ("pub*.f?lm", "public", "film", true),
            ("p.film", "public", "film", false),
            ("\"a.b\".c", "a.b", "c", true),
            ("\"q\"\"\"", "x", "q\"", true),
        ] {
            assert_eq!(name(pattern).unwrap().is_in(schema, table), expected, "{pattern}");
        }
        for bad in ["", "a.b.c", "\"a", ".a"] {
            assert!(name(bad).is_err(), "{bad}");
        }
    }
}
