//! Filter files (`--filter`), in the form of pg_dump 17: one `include|exclude KIND PATTERN` a line.
//!
//! Pure. `#` begins a comment, on a line of its own or after a pattern; blank lines do not count. A
//! pattern ends at the end of the line or at white space outside double quotes; a quoted part may go on
//! over line ends.

use super::Selection;
use super::pattern::{Named, Pattern};
use crate::error::{Error, Fault, Result};

/// Adds what the file's `text` says; `file` is its name, for messages.
///
/// # Errors
/// [`Fault::Usage`] with the line of what cannot be read.
pub fn read(selection: &mut Selection, text: &str, file: &str) -> Result<()> {
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let wrong = |what: String| Error::new(Fault::Usage, format!("{file}, line {}: {what}", at + 1));
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (command, rest) = word(line);
        let (kind, rest) = word(rest);
        let include = match command {
            "include" => true,
            "exclude" => false,
            other => return Err(wrong(format!("{other:?} is neither include nor exclude"))),
        };
        let mut pattern = rest.to_string();
        while open(&pattern) {
            let (_, next) = lines.next().ok_or_else(|| wrong("a double quote is not closed".into()))?;
            pattern.push('\n');
            pattern.push_str(next);
        }
        let (pattern, after) = cut(&pattern);
        if pattern.is_empty() {
            return Err(wrong("it has no pattern".into()));
        }
        if !after.is_empty() && !after.starts_with('#') {
            return Err(wrong(format!("{after:?} stands after the pattern")));
        }
        add(selection, include, kind, pattern, &wrong)?;
    }
    Ok(())
}

fn add(
    selection: &mut Selection,
    include: bool,
    kind: &str,
    pattern: &str,
    wrong: &dyn Fn(String) -> Error,
) -> Result<()> {
    let (list, named, children) = match (kind, include) {
        ("schema", true) => (&mut selection.schemas, Named::Schema, false),
        ("schema", false) => (&mut selection.not_schemas, Named::Schema, false),
        ("table", true) => (&mut selection.tables, Named::Table, false),
        ("table", false) => (&mut selection.not_tables, Named::Table, false),
        ("table_and_children", true) => (&mut selection.tables, Named::Table, true),
        ("table_and_children", false) => (&mut selection.not_tables, Named::Table, true),
        ("extension", true) => (&mut selection.extensions, Named::Extension, false),
        ("extension", false) => (&mut selection.not_extensions, Named::Extension, false),
        ("table_data", false) => (&mut selection.not_data, Named::Table, false),
        ("table_data_and_children", false) => (&mut selection.not_data, Named::Table, true),
        ("foreign_data", true) => {
            return Err(wrong("rows of foreign tables are not copied; dump them where they are".into()));
        }
        ("table_data" | "table_data_and_children", true) | ("foreign_data", false) => {
            return Err(wrong(format!("{kind} cannot be {}d", if include { "include" } else { "exclude" })));
        }
        (other, _) => return Err(wrong(format!("{other:?} is no kind of object that can be filtered"))),
    };
    list.push(Pattern::parse(pattern, named, children).map_err(|error| wrong(error.doing().to_string()))?);
    Ok(())
}

/// The first word and what follows it.
fn word(text: &str) -> (&str, &str) {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (&text[..end], text[end..].trim_start())
}

fn open(pattern: &str) -> bool {
    let mut quoted = false;
    for c in pattern.chars() {
        match c {
            '"' => quoted = !quoted,
            '#' if !quoted => return false,
            _ => {}
        }
    }
    quoted
}

/// The pattern and what follows it.
fn cut(text: &str) -> (&str, &str) {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            c if !quoted && (c.is_whitespace() || c == '#') => return (&text[..at], text[at..].trim()),
            _ => {}
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Selection> {
        let mut selection = Selection::default();
        read(&mut selection, text, "f")?;
        Ok(selection)
    }

    #[test]
    fn every_kind_goes_to_its_list() {
        let selection = parse(
            "# what we keep\n\ninclude schema  sales # ours\n\
             include table \"Sales\".\"big\n order\"\n  exclude table s.t*\ninclude table_and_children p\n\
             exclude table_and_children q\nexclude table_data \"a # b\"\nexclude table_data_and_children r\n\
             include extension hstore\nexclude extension citext\nexclude schema x#y\n",
        )
        .unwrap();
        let texts = |list: &[Pattern]| list.iter().map(|p| (p.text.clone(), p.children)).collect::<Vec<_>>();
        let same = |list: &[Pattern], expected: &[(&str, bool)]| {
            let expected: Vec<_> = expected.iter().map(|(text, children)| (text.to_string(), *children)).collect();
            assert_eq!(texts(list), expected);
        };
        same(&selection.schemas, &[("sales", false)]);
        same(&selection.not_schemas, &[("x", false)]);
        same(&selection.tables, &[("\"Sales\".\"big\n order\"", false), ("p", true)]);
        same(&selection.not_tables, &[("s.t*", false), ("q", true)]);
        same(&selection.not_data, &[("\"a # b\"", false), ("r", true)]);
        same(&selection.extensions, &[("hstore", false)]);
        same(&selection.not_extensions, &[("citext", false)]);
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        for (text, words) in [
            ("\ntake table x", "f, line 2: \"take\""),
            ("include index x", "\"index\""),
            ("include table", "no pattern"),
            ("include table a b", "\"b\" stands after"),
            ("include table_data x", "cannot be included"),
            ("include foreign_data s", "foreign tables"),
            ("include table \"x", "not closed"),
            ("include table a.b.c.d", "a.b.c.d"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.fault() == Fault::Usage && error.report().contains(words), "{}", error.report());
        }
    }
}
