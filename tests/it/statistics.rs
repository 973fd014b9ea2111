//! Is a restored database ready to serve: with the statistics of its source, or analysed?
//!
//! From 18 to 18 statistics travel and must be the same, value by value; everywhere else the restore
//! analyses. Autovacuum is off in these tables, so what is there is what the restore made.

use super::support::{Database, Program, Server, expect};
use std::process::Command;

/// Everything that is gathered, with hostile names and values, and a table that was never analysed.
fn source(server: &'static Server) -> Database<'static> {
    let database = Database::new(server);
    database.psql(
        "CREATE SCHEMA \"s'\\\";
         CREATE TABLE \"s'\\\".\"t\"\"'\" (id int PRIMARY KEY, word text, list int[], span int4range, none text)
             WITH (autovacuum_enabled = false);
         INSERT INTO \"s'\\\".\"t\"\"'\" SELECT n, CASE WHEN n % 3 = 0 THEN '{\"it''s\\,' || n % 5 ELSE n::text END,
             ARRAY[n % 7, n % 2], int4range(n, n + n % 10) FROM generate_series(1, 3000) n;
         CREATE INDEX by_expression ON \"s'\\\".\"t\"\"'\" (lower(word), (id % 10));
         CREATE TABLE parted (id int, half int) PARTITION BY LIST (half);
         CREATE TABLE part0 PARTITION OF parted FOR VALUES IN (0) WITH (autovacuum_enabled = false);
         CREATE TABLE part1 PARTITION OF parted FOR VALUES IN (1) WITH (autovacuum_enabled = false);
         CREATE INDEX ON parted (id);
         INSERT INTO parted SELECT n, n % 2 FROM generate_series(1, 500) n;
         CREATE MATERIALIZED VIEW sums WITH (autovacuum_enabled = false) AS SELECT half, sum(id) FROM parted GROUP BY half;
         CREATE INDEX ON sums (half);
         VACUUM ANALYZE;
         CREATE TABLE late (id int) WITH (autovacuum_enabled = false);
         INSERT INTO late SELECT generate_series(1, 100);",
    );
    database
}

/// Every statistic of every column, without where it lies.
fn columns(database: &Database<'_>, but: &str) -> String {
    database.psql(&format!(
        "SELECT to_jsonb(s) FROM pg_stats s WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
           AND tablename <> '{but}' ORDER BY schemaname, tablename, attname, inherited"
    ))
}

/// What each relation is said to hold.
fn sizes(database: &Database<'_>, but: &str) -> String {
    database.psql(&format!(
        "SELECT n.nspname, c.relname, c.relpages, c.reltuples, c.relallvisible FROM pg_class c
         JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname IN ('public', E's''\\\\') AND c.relkind IN ('r', 'p', 'm', 'i', 'I') AND c.relname <> '{but}'
         ORDER BY 1, 2"
    ))
}

/// How many of the tables have statistics.
fn analysed(database: &Database<'_>) -> String {
    database.psql(
        "SELECT string_agg(DISTINCT tablename::text, ' ' ORDER BY tablename::text) FROM pg_stats
         WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    )
}

#[test]
fn statistics_travel_from_18_to_18() {
    let server = Server::shared(18);
    let (database, program) = (source(server), Program::new());
    let archive = program.dump(&database, &[]);
    let copy = program.restore(&archive, server, &["-j", "3"]);
    assert!(columns(&database, "late").lines().count() > 12, "{}", columns(&database, "late"));
    assert_eq!(columns(&copy, "late"), columns(&database, "late"));
    assert_eq!(sizes(&copy, "late"), sizes(&database, "late"));
    assert_eq!(copy.psql("SELECT reltuples FROM pg_class WHERE relname = 'late'"), "100");

    let other = program.restore(&archive, server, &["--analyze"]);
    assert_eq!(analysed(&other), "by_expression late part0 part1 parted sums t\"'");
    let bare = program.restore(&archive, server, &["--no-statistics"]);
    assert_eq!(analysed(&bare), "");
    let schema = program.restore(&archive, server, &["-s"]);
    assert_eq!(analysed(&schema), "");
}

#[test]
fn an_archive_without_statistics_is_analysed() {
    let server = Server::shared(18);
    let (database, program) = (source(server), Program::new());
    let archive = program.dump(&database, &["--no-statistics"]);
    let copy = program.restore(&archive, server, &[]);
    assert_eq!(analysed(&copy), "by_expression late part0 part1 parted sums t\"'");
    let listing = program.run(&["inspect", "--json", &archive]).exits(0).json();
    assert!(listing.to_string().contains("--no-statistics"), "{listing}");
}

#[test]
fn older_servers_are_analysed() {
    for (from, to) in [(15, 15), (18, 15), (15, 18)] {
        let (database, program) = (source(Server::shared(from)), Program::new());
        let archive = program.dump(&database, &[]);
        let copy = program.restore(&archive, Server::shared(to), &[]);
        assert_eq!(analysed(&copy), "by_expression late part0 part1 parted sums t\"'", "{from} to {to}");
        let bare = program.restore(&archive, Server::shared(to), &["--no-statistics"]);
        assert_eq!(analysed(&bare), "", "{from} to {to}");
    }
}

#[test]
fn tables_with_extended_statistics_are_analysed() {
    let (database, program) = (source(Server::shared(18)), Program::new());
    database.psql("CREATE STATISTICS both_of (ndistinct) ON id, half FROM part0; ANALYZE part0");
    let copy = program.restore(&program.dump(&database, &[]), database.server, &[]);
    assert_eq!(copy.psql("SELECT count(*) FROM pg_stats_ext WHERE n_distinct IS NOT NULL"), "1");
    assert_eq!(columns(&copy, "late").replace("part0", ""), columns(&database, "late").replace("part0", ""));
}

/// Unpacks an archive with tar and restores it with psql, as its README says.
fn with_psql(program: &Program, archive: &str, server: &'static Server) -> Database<'static> {
    let copy = Database::new(server);
    let directory = program.path(&copy.name);
    std::fs::create_dir(&directory).expect("the home is ours");
    let unpacked = Command::new("tar").args(["--zstd", "-xf", archive, "-C"]).arg(&directory).status();
    assert!(unpacked.expect("tar runs").success());
    let script = std::fs::read_to_string(directory.join("restore.sql")).expect("it is there");
    let place = directory.to_string_lossy().into_owned();
    let script = format!("\\cd '{place}'\n{}", script.replace("\\ir ", "\\i "));
    std::fs::write(program.path("run.sql"), script).expect("the home is ours");
    expect(server.load(&copy.name, &program.path("run.sql")));
    copy
}

#[test]
fn psql_alone_restores_statistics_where_the_server_takes_them() {
    let (database, program) = (source(Server::shared(18)), Program::new());
    let archive = program.dump(&database, &[]);
    let same = with_psql(&program, &archive, Server::shared(18));
    assert_eq!(columns(&same, "late"), columns(&database, "late"));
    let older = with_psql(&program, &archive, Server::shared(16));
    for copy in [&same, &older] {
        assert_eq!(analysed(copy), "by_expression late part0 part1 parted sums t\"'");
    }
}
