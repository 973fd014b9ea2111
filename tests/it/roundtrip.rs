//! Does a restored database equal what `pg_dump | psql` makes of its source?
//!
//! The sample database on every supported version, to the same version and to the newest, with one
//! job and with several. What is special about a kind of object belongs to that kind's fixture.

use super::support::judge::{self, Options};
use super::support::{Database, Server, expect};

/// Copies the sample database from a server of one version to one of another.
fn sample(from: u32, to: u32, jobs: u32) {
    let (source, target) = (Server::shared(from), Server::shared(to));
    for server in [source, target] {
        expect(server.create_role("sample_reader"));
    }
    let database = Database::from_script(source, "sample.sql");
    judge::roundtrip(&database, target, Options { jobs, ..Options::default() });
}

#[test]
fn sample_on_12() {
    sample(12, 12, 2);
}

#[test]
fn sample_on_13() {
    sample(13, 13, 2);
}

#[test]
fn sample_on_14() {
    sample(14, 14, 4);
}

#[test]
fn sample_on_15() {
    sample(15, 15, 1);
}

#[test]
fn sample_on_16() {
    sample(16, 16, 2);
}

#[test]
fn sample_on_17() {
    sample(17, 17, 3);
}

#[test]
fn sample_on_18() {
    sample(18, 18, 2);
}

#[test]
fn sample_from_the_oldest_to_the_newest() {
    sample(12, 18, 2);
}

#[test]
fn sample_with_vectors() {
    let server = Server::shared_with_vector();
    expect(server.create_role("sample_reader"));
    let database = Database::from_script(server, "sample.sql");
    database.load("sample-vector.sql");
    judge::roundtrip(&database, server, Options::default());
}

#[test]
fn an_empty_database() {
    let server = Server::shared(18);
    judge::roundtrip(&Database::new(server), server, Options::default());
}

#[test]
fn types_that_nest_deeper_than_can_be_described() {
    let server = Server::shared(18);
    let database = Database::new(server);
    database.psql(
        "DO $$ BEGIN
             CREATE TYPE deep_0 AS (v int);
             FOR n IN 1..70 LOOP
                 EXECUTE format('CREATE TYPE deep_%s AS (v deep_%s); CREATE TABLE holds_%1$s (v deep_%1$s, w deep_%1$s[]);
                     INSERT INTO holds_%1$s VALUES (NULL, ARRAY[NULL, ROW(NULL)::deep_%1$s])', n, n - 1);
             END LOOP;
         END $$; INSERT INTO holds_3 VALUES (ROW(ROW(ROW(ROW(1)))), '{}')",
    );
    judge::roundtrip(&database, server, Options::default());
}
