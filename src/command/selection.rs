//! Which relations and entries a dump or a restore takes: `-n`, `-t`, `-s`, `-a`, `-O`, `-x`.
//!
//! Pure. A pattern is `name` or `schema.name`; unquoted parts fold to lower case, `*` and `?` match as in
//! psql, double quotes make a part literal. A table pattern without a schema matches in every schema.

use crate::error::{Error, Fault, Result};

/// What to take.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// `-n`: only these schemas.
    pub schemas: Vec<Pattern>,
    /// `-t`: only these tables.
    pub tables: Vec<Pattern>,
    /// `-s`: no rows.
    pub schema_only: bool,
    /// `-a`: rows only.
    pub data_only: bool,
    /// `-O`: objects stay with whoever creates them.
    pub no_owner: bool,
    /// `-x`: no GRANT and REVOKE.
    pub no_privileges: bool,
}

/// A name with wildcards, perhaps with a schema.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
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

impl Pattern {
    /// Reads a pattern of at most two parts.
    pub fn parse(text: &str) -> Result<Pattern> {
        let mut parts = vec![Vec::new()];
        let mut quoted = false;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            let part = parts.last_mut().expect("never empty");
            match c {
                '"' if quoted && chars.peek() == Some(&'"') => {
                    chars.next();
                    part.push(Piece::Exactly('"'));
                }
                '"' => quoted = !quoted,
                '.' if !quoted => parts.push(Vec::new()),
                '*' if !quoted => part.push(Piece::Any),
                '?' if !quoted => part.push(Piece::One),
                c if quoted => part.push(Piece::Exactly(c)),
                c => part.extend(c.to_lowercase().map(Piece::Exactly)),
            }
        }
        if quoted || parts.len() > 2 || parts.iter().any(Vec::is_empty) {
            return Err(Error::new(Fault::Usage, format!("cannot read the pattern {text:?}")).hint(
                "a pattern is name or schema.name; quote a part that holds a dot or capitals: '\"My.Schema\".film'",
            ));
        }
        let name = parts.pop().expect("never empty");
        Ok(Pattern { text: text.to_string(), schema: parts.pop(), name })
    }

    /// Whether a schema of this name is meant.
    fn matches_schema(&self, name: &str) -> bool {
        self.schema.is_none() && glob(&self.name, name)
    }

    fn matches(&self, schema: &str, name: &str) -> bool {
        self.schema.as_ref().is_none_or(|pattern| glob(pattern, schema)) && glob(&self.name, name)
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

impl Selection {
    /// Whether anything restricts the objects, so that schema-less ones stay out.
    pub fn is_partial(&self) -> bool {
        !self.schemas.is_empty() || !self.tables.is_empty()
    }

    /// Whether everything in this schema is wanted.
    pub fn wants_schema(&self, schema: &str) -> bool {
        self.tables.is_empty()
            && (self.schemas.is_empty() || self.schemas.iter().any(|pattern| pattern.matches_schema(schema)))
    }

    /// Whether this relation is wanted.
    pub fn wants_table(&self, schema: &str, name: &str) -> bool {
        if !self.tables.is_empty() {
            return self.tables.iter().any(|pattern| pattern.matches(schema, name));
        }
        self.wants_schema(schema)
    }

    /// Every pattern must match something, else a typing error would make an empty backup.
    pub fn check<'a>(
        &self,
        schemas: impl Iterator<Item = &'a str> + Clone,
        tables: impl Iterator<Item = (&'a str, &'a str)> + Clone,
    ) -> Result<()> {
        for pattern in &self.schemas {
            if !schemas.clone().any(|schema| pattern.matches_schema(schema)) {
                return Err(Error::new(Fault::Usage, format!("no schema matches {:?}", pattern.text)));
            }
        }
        for pattern in &self.tables {
            if !tables.clone().any(|(schema, name)| pattern.matches(schema, name)) {
                return Err(Error::new(Fault::Usage, format!("no table matches {:?}", pattern.text)));
            }
        }
        Ok(())
    }

    /// The options as a user would type them, for the manifest.
    pub fn describe(&self) -> Vec<String> {
        let mut out: Vec<String> = self.schemas.iter().map(|pattern| format!("--schema={}", pattern.text)).collect();
        out.extend(self.tables.iter().map(|pattern| format!("--table={}", pattern.text)));
        for (on, word) in [
            (self.schema_only, "--schema-only"),
            (self.data_only, "--data-only"),
            (self.no_owner, "--no-owner"),
            (self.no_privileges, "--no-privileges"),
        ] {
            if on {
                out.push(word.to_string());
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_psql_reads_them() {
        for (pattern, schema, name, expected) in [
            ("film", "public", "film", true),
            ("FILM", "public", "film", true),
            ("\"FILM\"", "public", "film", false),
            ("public.*", "public", "x", true),
            ("pub*.f?lm", "public", "film", true),
            ("p.film", "public", "film", false),
            ("\"a.b\".c", "a.b", "c", true),
            ("\"q\"\"\"", "x", "q\"", true),
        ] {
            assert_eq!(Pattern::parse(pattern).unwrap().matches(schema, name), expected, "{pattern}");
        }
        for bad in ["", "a.b.c", "\"a", ".a"] {
            assert!(Pattern::parse(bad).is_err(), "{bad}");
        }
    }
}
