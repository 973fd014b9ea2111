//! Does every kind of object survive, with every clause and hostile names?
//!
//! For each `db/fixture/<kind>.sql`: load it, dump it, restore it, and let pg_dump judge, on the oldest
//! server, a middle one and the newest. A fixture that is added is found by itself.

use super::support::judge::{self, Options};
use super::support::{Database, Server, repository};

/// Round-trips every fixture on one version; all failures are shown, not the first.
fn fixtures_on(major: u32) {
    let server = Server::shared(major);
    let mut names: Vec<String> = std::fs::read_dir(repository().join("db/fixture"))
        .expect("the fixtures are in db/fixture")
        .map(|entry| entry.expect("a directory entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".sql"))
        .collect();
    names.sort();
    assert!(names.len() > 20, "only {} fixtures were found", names.len());
    let failed: Vec<String> = names.into_iter().filter_map(|name| fixture(server, &name).err()).collect();
    assert!(failed.is_empty(), "on PostgreSQL {major}:\n{}", failed.join("\n"));
}

fn fixture(server: &'static Server, name: &str) -> Result<(), String> {
    std::panic::catch_unwind(|| {
        let database = Database::from_script(server, &format!("fixture/{name}"));
        judge::roundtrip(&database, server, Options::default());
    })
    .map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "no message".into());
        format!("{name}: {text}")
    })
}

#[test]
fn every_fixture_on_12() {
    fixtures_on(12);
}

#[test]
fn every_fixture_on_15() {
    fixtures_on(15);
}

#[test]
fn every_fixture_on_18() {
    fixtures_on(18);
}
