//! The table of contents: `--list` prints it, `--use-list` takes and reorders the entries of an edited one.
//!
//! Pure but for reading the archive. The form is pg_restore's: an id, a semicolon, and words for people; what
//! follows a semicolon is a comment, so that a line is taken out by one in front of it.

use std::collections::HashSet;
use std::path::PathBuf;

use super::chosen::choose;
use super::opened::{open_whole, read_script};
use crate::command::of_archive;
use crate::command::selection::{Names, Selection};
use crate::error::{Error, Fault, Result};
use crate::sql::{Entry, one_line};

/// One entry of the table of contents.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[allow(missing_docs)] // as in the entry
pub struct Line {
    pub id: u32,
    pub kind: String,
    pub schema: Option<String>,
    pub name: String,
    pub owner: Option<String>,
}

/// What an archive holds, entry by entry.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Contents {
    /// The database it is a copy of.
    pub database: String,
    /// The server's version.
    pub server_version: String,
    /// When it was taken, RFC 3339, UTC.
    pub started: String,
    /// The entries, in the order in which a restore runs them.
    pub entries: Vec<Line>,
}

/// Reads the table of contents of what `selection` and the lines of `list` take. With `create` the database's
/// own entries are in it.
///
/// # Errors
/// As for a restore: an archive that cannot be read, patterns and ids that name nothing.
pub fn contents(archive: Option<PathBuf>, selection: &Selection, list: Option<&str>, create: bool) -> Result<Contents> {
    let path = archive.clone();
    let named = |error| of_archive(path.as_deref(), error);
    let archive = open_whole(archive).map_err(named)?;
    let script = read_script(&archive).map_err(named)?;
    let names = Names::of(selection)?;
    names.check(&script.entries, selection.strict_names)?;
    let mut chosen = choose(&script, selection, &names);
    if let Some(text) = list {
        chosen = pick(chosen, text, script.entries.len())?.entries;
    }
    let database = script.entries.iter().filter(|entry| create && script.is_of_database(entry));
    let line = |entry: &Entry| Line {
        id: entry.id,
        kind: entry.kind.clone(),
        schema: entry.schema.clone(),
        name: entry.name.clone(),
        owner: entry.owner.clone(),
    };
    let manifest = archive.manifest();
    Ok(Contents {
        database: manifest.database.clone(),
        server_version: manifest.server_version.clone(),
        started: manifest.started.clone(),
        entries: database.chain(chosen).map(line).collect(),
    })
}

impl std::fmt::Display for Contents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "; {} of PostgreSQL {}, taken {}", one_line(&self.database), self.server_version, self.started)?;
        write!(f, "; {} entries: id; kind schema name owner", self.entries.len())?;
        for line in &self.entries {
            let word = |text: &Option<String>| one_line(text.as_deref().unwrap_or("-"));
            let (schema, owner) = (word(&line.schema), word(&line.owner));
            write!(f, "\n{}; {} {schema} {} {owner}", line.id, line.kind, one_line(&line.name))?;
        }
        Ok(())
    }
}

/// What a list takes.
pub struct Picked<'a> {
    /// In the order of the list.
    pub entries: Vec<&'a Entry>,
    /// The order is not the archive's.
    pub reordered: bool,
    /// Lines that say nothing, for a warning.
    pub ignored: Vec<String>,
}

/// The entries of `chosen` that the lines of `text` name, in their order.
///
/// # Errors
/// [`Fault::Usage`] for an id that the archive, of `count` entries, does not have.
pub fn pick<'a>(chosen: Vec<&'a Entry>, text: &str, count: usize) -> Result<Picked<'a>> {
    let (mut picked, mut seen) =
        (Picked { entries: Vec::new(), reordered: false, ignored: Vec::new() }, HashSet::new());
    for (number, line) in (1..).zip(text.lines()) {
        let content = line.split(';').next().unwrap_or_default().trim();
        if content.is_empty() {
            continue;
        }
        let digits = content.find(|c: char| !c.is_ascii_digit()).unwrap_or(content.len());
        match content[..digits].parse::<u64>() {
            Ok(id) if id == 0 || id > count as u64 => {
                let text =
                    format!("line {number} of the list: the archive has no entry {id}, they go from 1 to {count}");
                return Err(Error::new(Fault::Usage, text));
            }
            Ok(id) if seen.insert(id) => {
                // One that the options leave out stays out.
                if let Ok(at) = chosen.binary_search_by_key(&id, |entry| u64::from(entry.id)) {
                    picked.reordered |= picked.entries.last().is_some_and(|last: &&Entry| last.id > chosen[at].id);
                    picked.entries.push(chosen[at]);
                }
            }
            _ => picked.ignored.push(format!("line {number} of the list is ignored: {}", one_line(line))),
        }
    }
    Ok(picked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries() -> Vec<Entry> {
        let entry = |id: u32| {
            let json = serde_json::json!({ "id": id, "kind": "TABLE", "schema": "s", "name": "a\nb", "owner": "o\r",
                "section": "pre-data", "pass": "main", "definition": "" });
            serde_json::from_value(json).unwrap()
        };
        (1..=4).map(entry).collect()
    }

    fn picked(text: &str) -> Result<(Vec<u32>, bool, usize)> {
        let entries = entries();
        let picked = pick(entries.iter().filter(|entry| entry.id != 3).collect(), text, 4)?;
        Ok((picked.entries.iter().map(|entry| entry.id).collect(), picked.reordered, picked.ignored.len()))
    }

    #[test]
    fn a_list_takes_and_orders() {
        assert_eq!(picked("; head\n\n 2; TABLE\n;1; x\n4 ; y").unwrap(), (vec![2, 4], false, 0));
        assert_eq!(picked("4;\n1;\n3; left out by the options\n4; again\nwords").unwrap(), (vec![4, 1], true, 2));
        for wrong in ["5;", "0;", "99999999999"] {
            assert_eq!(picked(wrong).unwrap_err().fault(), Fault::Usage);
        }
    }

    #[test]
    fn a_line_is_a_line() {
        let line = Line { id: 1, kind: "T".into(), schema: None, name: "a\nb".into(), owner: Some("o\r\n2; x".into()) };
        let contents =
            Contents { database: "d".into(), server_version: "18".into(), started: "now".into(), entries: vec![line] };
        assert_eq!(contents.to_string().lines().count(), 3);
        assert!(contents.to_string().ends_with("1; T - a b o  2; x"));
    }
}
