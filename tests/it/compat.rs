//! Is every archive that was ever written still read? One of each format version lies in tests/archives.
//!
//! `UPDATE_ARCHIVES=1 cargo test --test it compat::` writes those of the current format that are missing; one that is
//! there is never written again.

use super::support::judge::equal_to_reference;
use super::support::{Database, Program, Server, repository};
use pgsnap::archive::FORMAT;
use std::fs;
use std::path::PathBuf;

/// The script that makes what the archives are copies of.
const SOURCE: &str = "tests/archives/mixed.sql";

fn archives() -> Vec<PathBuf> {
    let folder = fs::read_dir(repository().join("tests/archives")).expect("it is there");
    let mut found: Vec<PathBuf> = folder.map(|entry| entry.expect("an entry").path()).collect();
    found.retain(|path| path.to_string_lossy().ends_with(".tar.zst"));
    found.sort();
    found
}

fn source(server: &'static Server) -> Database<'static> {
    let database = Database::new(server);
    database.psql(&fs::read_to_string(repository().join(SOURCE)).expect("it is there"));
    database
}

/// `1.2-pg18.tar.zst`: format and server.
fn current(major: u32) -> PathBuf {
    repository().join(format!("tests/archives/{}.{}-pg{major}.tar.zst", FORMAT.major, FORMAT.minor))
}

fn write_missing() {
    for major in [12, 18] {
        let path = current(major);
        if !path.exists() {
            let archive = Program::new();
            let made = archive.dump(&source(Server::shared(major)), &["-Z", "19"]);
            fs::copy(made, path).expect("it is copied");
        }
    }
}

#[test]
fn every_version_of_the_format_is_read() {
    if std::env::var_os("UPDATE_ARCHIVES").is_some_and(|value| value == "1") {
        write_missing();
    }
    let found = archives();
    for major in [12, 18] {
        let path = current(major);
        assert!(found.contains(&path), "{} is missing: UPDATE_ARCHIVES=1 writes it", path.display());
    }
    let program = Program::new();
    for path in found {
        let archive = path.to_str().expect("ours are ASCII");
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let (format, server) = name.trim_end_matches(".tar.zst").split_once("-pg").expect("format and server");
        let server = Server::shared(server.parse().expect("a version of PostgreSQL"));
        let source = source(server);
        program.run(&["verify", archive]).exits(0);
        let inspected = program.run(&["inspect", archive, "--json"]).exits(0).json();
        assert_eq!(inspected["format"], format, "{archive}");
        // Not into the server they came from: the oids of types and of the database are others.
        let copy = program.restore(archive, server, &[]);
        equal_to_reference(&source, &copy, &[]);
        let large = "SELECT md5(lo_get(4711)), (SELECT last_value FROM film_id_seq), (SELECT count(*) FROM counts)";
        assert_eq!(copy.psql(large), source.psql(large), "{archive}");
    }
}
