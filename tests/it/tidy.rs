//! Does the source keep to its own rules: imports, purity, sizes, names?
//!
//! The rules are the tables below; the tests read the files. rustfmt's layout is taken for granted, so
//! that lines tell enough and no parser is needed. An exception is listed with its reason, and is
//! reported when it is no longer needed.

use super::support::repository;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Which module may import which. Data flows one way; catalog, order, copy and archive meet only in
/// `command`.
const IMPORTS: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("batch", &[]),
    ("progress", &[]),
    ("spelling", &[]),
    ("sql", &["error"]),
    ("archive", &["error"]),
    ("connect", &["error", "spelling"]),
    ("object", &["error", "spelling", "sql"]),
    ("copy", &["error", "sql", "connect"]),
    ("catalog", &["error", "spelling", "connect", "object"]),
    ("order", &["error", "object"]),
    ("command", &["error", "progress", "spelling", "sql", "archive", "connect", "object", "copy", "catalog", "order"]),
    ("cli", &["command"]),
    ("terminal", &["error", "progress", "spelling", "command"]),
];

/// Files that join everything.
const JOINS_ALL: &[&str] = &["src/lib.rs", "src/main.rs", "src/keep.rs"];

/// Code that computes: no waiting, no network, no files.
const PURE: &[&str] = &[
    "src/sql",
    "src/object",
    "src/order",
    "src/archive/member",
    "src/archive/manifest",
    "src/archive/column",
    "src/copy/plan",
    "src/copy/binary",
    "src/copy/values",
];
const IMPURE: &[&str] = &["async", "await", "tokio::", "std::net", "std::fs"];

const LINES_OF_A_FILE: usize = 500;
const LINES_OF_A_FUNCTION: usize = 70;
/// Files that may be longer: (path, reason).
const LONG_FILES: &[(&str, &str)] = &[];
/// Functions that may be longer: (path, function, reason).
const LONG_FUNCTIONS: &[(&str, &str, &str)] = &[];

/// Queries that are no kind of their own, because what they read belongs to objects of many kinds:
/// (name, what it is).
const NOT_A_KIND: &[(&str, &str)] = &[
    ("alias", "what stands for another object in dependencies"),
    ("comment", "of every kind"),
    ("data", "how each table's rows can be read"),
    ("depend", "dependencies between objects of all kinds"),
    ("label", "security labels of every kind"),
    ("large_object", "content, copied like rows"),
    ("privilege", "of every kind"),
    ("statistics_data", "of tables, materialized views and indexes"),
    ("unreadable", "what this role cannot see"),
    ("origin", "what an archive says it is a copy of"),
    ("relation", "what selection chooses from"),
    ("target_table", "what rows are loaded into"),
    ("type_tree", "types of columns, built in or not"),
    ("unknown", "what no other query covers"),
];

#[test]
fn every_file_says_what_it_owns() {
    let silent: Vec<_> = sources().into_iter().filter(|file| !file.text.starts_with("//!")).collect();
    assert!(silent.is_empty(), "these files do not begin with //!: {:#?}", paths(&silent));
}

#[test]
fn files_stay_short() {
    let sources = sources();
    let length = |file: &&Source| file.text.lines().count();
    let long: BTreeSet<_> = sources.iter().filter(|file| length(file) > LINES_OF_A_FILE).map(Source::path).collect();
    let allowed: BTreeSet<_> = LONG_FILES.iter().map(|(path, _)| *path).collect();
    let over: Vec<_> = long.difference(&allowed).collect();
    assert!(over.is_empty(), "over {LINES_OF_A_FILE} lines; each probably owns two things: {over:#?}");
    let stale: Vec<_> = allowed.difference(&long).collect();
    assert!(stale.is_empty(), "no longer long, so no longer exceptions: {stale:#?}");
}

#[test]
fn functions_stay_short() {
    let sources = sources();
    let all = sources.iter().flat_map(|file| functions(&file.text).map(move |found| (file.path(), found)));
    let long = all.filter(|(_, (_, lines))| *lines > LINES_OF_A_FUNCTION);
    let long: BTreeMap<_, _> = long.map(|(path, (name, lines))| ((path, name), lines)).collect();
    let allowed: BTreeSet<_> = LONG_FUNCTIONS.iter().map(|(path, name, _)| (*path, *name)).collect();
    let over: Vec<_> = long.iter().filter(|(function, _)| !allowed.contains(*function)).collect();
    assert!(over.is_empty(), "functions over {LINES_OF_A_FUNCTION} lines: {over:#?}");
    let stale: Vec<_> = allowed.iter().filter(|function| !long.contains_key(*function)).collect();
    assert!(stale.is_empty(), "no longer long, so no longer exceptions: {stale:#?}");
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let table: BTreeMap<&str, &[&str]> = IMPORTS.iter().copied().collect();
    let mut broken = Vec::new();
    for file in sources() {
        let Some(module) = module(&file.path) else { continue };
        let Some(allowed) = table.get(module) else {
            broken.push(format!("{}: the module {module} is not in the table", file.path));
            continue;
        };
        for (line, text) in code_lines(&file.text) {
            let wrong = imported(text, &table).into_iter().filter(|name| *name != module && !allowed.contains(name));
            broken.extend(wrong.map(|name| format!("{}:{line}: {module} imports {name}", file.path)));
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn pure_code_does_not_wait_and_opens_nothing() {
    let mut broken = Vec::new();
    for file in sources().iter().filter(|file| is_pure(&file.path)) {
        // Tests come last in a file, and may read what they like.
        let text = file.text.split("\n#[cfg(test)]").next().unwrap_or_default();
        for (line, text) in code_lines(text) {
            let found = IMPURE.iter().filter(|word| has_word(text, word));
            broken.extend(found.map(|word| format!("{}:{line}: {word}", file.path)));
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn a_kind_has_one_name_everywhere() {
    let (queries, fixtures, goldens) =
        (stems("db/catalog", "sql"), stems("db/fixture", "sql"), stems("tests/golden", "sql"));
    let objects: BTreeSet<String> = stems("src/object", "rs");
    let kinds: BTreeSet<String> =
        queries.into_iter().filter(|stem| NOT_A_KIND.iter().all(|(name, _)| name != stem)).collect();
    for (folder, found) in [("src/object", &objects), ("db/fixture", &fixtures), ("tests/golden", &goldens)] {
        let homeless: Vec<_> = kinds.difference(found).collect();
        assert!(homeless.is_empty(), "kinds of db/catalog without a file in {folder}: {homeless:#?}");
    }
    let bulk = |stem: &String| NOT_A_KIND.iter().any(|(name, _)| name == stem);
    let unknown: Vec<_> = fixtures.difference(&objects).filter(|stem| !bulk(stem)).collect();
    assert!(unknown.is_empty(), "db/fixture/NAME.sql without src/object/NAME.rs: {unknown:#?}");
    assert_eq!(fixtures, goldens, "each fixture has its tests/golden/NAME.sql, and that its fixture");
}

/// A Rust file, its path relative to the repository and with slashes.
struct Source {
    path: String,
    text: String,
}

impl Source {
    fn path(&self) -> &str {
        &self.path
    }
}

fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    for folder in ["src", "tests", "db", "benches", "examples"] {
        collect(&repository().join(folder), &mut found);
    }
    assert!(found.len() > 10, "the sources are where they are looked for");
    found.sort();
    let relative = |path: &Path| path.strip_prefix(repository()).map(|path| path.to_string_lossy().replace('\\', "/"));
    let read = |path: PathBuf| Source {
        path: relative(&path).expect("it is below the repository"),
        text: fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
    };
    found.into_iter().map(read).collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    // A folder that is not there yet has no files.
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn paths(sources: &[Source]) -> Vec<&str> {
    sources.iter().map(Source::path).collect()
}

/// The names of a folder's files with this extension, without it.
fn stems(folder: &str, extension: &str) -> BTreeSet<String> {
    let Ok(entries) = fs::read_dir(repository().join(folder)) else { return BTreeSet::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    let paths = paths.filter(|path| path.extension().is_some_and(|found| found == extension));
    paths.filter_map(|path| Some(path.file_stem()?.to_str()?.to_string())).collect()
}

/// The top module that a file of `src` belongs to; `None` elsewhere and for what joins everything.
fn module(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("src/").filter(|_| !JOINS_ALL.contains(&path))?;
    // `x_tests.rs` is the tests of `x.rs`, where they are too many for its end.
    inside.split('/').next().map(|name| name.trim_end_matches(".rs").trim_end_matches("_tests"))
}

fn is_pure(path: &str) -> bool {
    PURE.iter().any(|place| path.strip_prefix(place).is_some_and(|rest| rest.starts_with('/') || rest == ".rs"))
}

/// The lines that are not comments, numbered from 1.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// The crate's top modules that a line names: `crate::name`, `pgsnap::name`, `super::name::` and the
/// members of a group `crate::{a::X, b}`. Only names of the table count, so a function of the same
/// file is no import.
fn imported<'t>(line: &str, table: &BTreeMap<&'t str, &[&str]>) -> Vec<&'t str> {
    let mut found = Vec::new();
    for root in ["crate::", "pgsnap::", "super::"] {
        for (at, _) in line.match_indices(root) {
            let rest = &line[at + root.len()..];
            let names = match rest.strip_prefix('{') {
                Some(group) => group_members(group),
                None => vec![rest],
            };
            for name in names {
                let word: String =
                    name.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
                // `super::` may lead to a sibling of the same name; only with a path behind it is it a module.
                let module = root != "super::" || name[word.len()..].starts_with("::");
                found.extend(table.keys().filter(|known| module && **known == word));
            }
        }
    }
    found
}

/// The members of the outermost level of `a::{X, Y}, b}…`.
fn group_members(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut members) = (1, 0, Vec::new());
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 || (depth == 1 && letter == ',') {
            members.push(group[start..at].trim());
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    members
}

/// True where a line has `word` and not just a longer word with it.
fn has_word(line: &str, word: &str) -> bool {
    let part = |letter: char| letter.is_alphanumeric() || letter == '_';
    line.match_indices(word).any(|(at, _)| {
        let after = line[at + word.len()..].chars().next();
        let whole = word.ends_with(':') || !after.is_some_and(part);
        !line[..at].chars().next_back().is_some_and(part) && whole
    })
}

/// Every function's name and its lines from `fn` to the closing brace, which rustfmt puts at the same
/// depth.
fn functions(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    (0..lines.len()).filter_map(move |start| {
        let line = lines[start];
        let depth = line.len() - line.trim_start().len();
        let name = line.trim_start().split("fn ").nth(1).filter(|_| is_function(line))?;
        let name = name.split(['(', '<']).next()?;
        let end = format!("{}}}", &line[..depth]);
        let length = lines[start..].iter().position(|line| *line == end)?;
        Some((name, if line.ends_with('}') { 1 } else { length + 1 }))
    })
}

/// True for a line that begins a function, with whatever stands before `fn`.
fn is_function(line: &str) -> bool {
    let before = line.trim_start().split("fn ").next().unwrap_or_default();
    let words = ["pub", "const", "async", "unsafe", "extern"];
    line.contains("fn ") && before.split_whitespace().all(|word| words.contains(&word) || word.starts_with("pub("))
}

#[test]
fn imports_are_found_in_every_form() {
    let table: BTreeMap<&str, &[&str]> = IMPORTS.iter().copied().collect();
    for (line, names) in [
        ("use crate::error::{Error, Result};", vec!["error"]),
        ("use crate::{copy::{plan, out}, sql, other};", vec!["copy", "sql"]),
        ("    let name = crate::sql::quote(super::connect::name(), pgsnap::order());", vec!["sql", "order", "connect"]),
        ("use super::*; use super::copy; use super::{plan, copy};", vec![]),
        ("use tokio_postgres::error::Error;", vec![]),
    ] {
        assert_eq!(imported(line, &table), names, "{line}");
    }
    assert_eq!((module("src/copy/plan.rs"), module("src/order.rs")), (Some("copy"), Some("order")));
    assert_eq!(module("src/order_tests.rs"), Some("order"));
    assert_eq!((module("src/lib.rs"), module("tests/it/main.rs")), (None, None));
}

#[test]
fn words_and_functions_are_told_apart() {
    assert!(has_word("pub async fn x() {}", "async") && !has_word("let asynchronous = 1;", "async"));
    assert!(has_word("tokio::spawn(x)", "tokio::") && !has_word("use tokio_postgres::Row;", "tokio::"));
    assert!(is_pure("src/copy/plan.rs") && is_pure("src/sql/mod.rs") && !is_pure("src/copy/planner.rs"));
    let text =
        "pub fn a() {}\nimpl X {\n    pub(crate) async fn b<T>(\n        c: T,\n    ) {\n        d()\n    }\n}\n";
    assert_eq!(functions(text).collect::<Vec<_>>(), [("a", 1), ("b", 5)]);
}
