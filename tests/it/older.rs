//! Does an older server get what it can hold, and is the rest named?
//!
//! Every fixture is loaded on 18 and restored into each older server: it must succeed, and leave out
//! exactly what the table of that fixture says.

use super::support::{Database, Program, Server, repository};
use std::collections::BTreeSet;

/// What may be left out: fixture, the version that first holds it, and how the entry's label begins.
const EXPECTED: &[(&str, u32, &str)] = &[];

fn restored_into(target: u32) {
    let mut names: Vec<String> = std::fs::read_dir(repository().join("db/fixture"))
        .expect("the fixtures are in db/fixture")
        .map(|entry| entry.expect("a directory entry").file_name().to_string_lossy().into_owned())
        .filter_map(|name| name.strip_suffix(".sql").map(str::to_string))
        .collect();
    names.sort();
    assert!(names.len() > 20, "only {} fixtures were found", names.len());
    let failed: Vec<String> = names.iter().filter_map(|name| fixture(name, target).err()).collect();
    assert!(failed.is_empty(), "from 18 to {target}:\n{}", failed.join("\n"));
}

fn fixture(name: &str, target: u32) -> Result<(), String> {
    let database = Database::from_script(Server::shared(18), &format!("fixture/{name}.sql"));
    let program = Program::new();
    let archive = program.dump(&database, &[]);
    let copy = Database::new(Server::shared(target));
    let run = program.run(&["restore", "--json", &archive, "-d", &copy.url()]);
    if !matches!(run.code, Some(0 | 4)) {
        return Err(format!("{name}: {run}"));
    }
    let summary = run.json();
    let refused = summary["refused"].as_array().expect("a list");
    if (run.code == Some(4)) == refused.is_empty() {
        return Err(format!("{name}: {run}"));
    }
    let expected = || EXPECTED.iter().filter(|(fixture, since, _)| *fixture == name && target < *since);
    let labels: Vec<&str> = refused.iter().map(|one| one["entry"].as_str().expect("a label")).collect();
    let surplus: Vec<String> = refused
        .iter()
        .filter(|one| !expected().any(|(_, _, label)| one["entry"].as_str().is_some_and(|text| text.starts_with(label))))
        .map(|one| format!("{name}: left out {} because {}", one["entry"], one["reason"]))
        .collect();
    let held = expected().filter(|(_, _, label)| !labels.iter().any(|text| text.starts_with(label)));
    let held = held.map(|(_, _, label)| format!("{name}: {label} was not left out"));
    let all: BTreeSet<String> = surplus.into_iter().chain(held).collect();
    if all.is_empty() { Ok(()) } else { Err(all.into_iter().collect::<Vec<_>>().join("\n")) }
}

#[test]
fn from_18_to_17() {
    restored_into(17);
}

#[test]
fn from_18_to_16() {
    restored_into(16);
}

#[test]
fn from_18_to_15() {
    restored_into(15);
}

#[test]
fn from_18_to_13() {
    restored_into(13);
}

#[test]
fn from_18_to_12() {
    restored_into(12);
}
