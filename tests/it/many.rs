//! Do many tables, made over several connections, come out as from one, and safe on disk?

use super::support::judge::{self, Options as Judged};
use super::support::{Binaries, Database, Options, Program, Server, expect};

/// Tables with sequences, checks, indexes and foreign keys; some in families, and with names that fall upon
/// the array types of others.
const TABLES: &str = "
    CREATE TABLE family (a int, b text DEFAULT 'b');
    CREATE TABLE whole (a int) PARTITION BY RANGE (a);
    DO $$ BEGIN FOR i IN 1..120 LOOP
        EXECUTE format('CREATE TABLE t%s (id serial PRIMARY KEY, other int REFERENCES t%s, n int CHECK (n > 0))',
            i, greatest(i - 1, 1));
        EXECUTE format('CREATE INDEX ON t%s (other); CREATE INDEX ON t%s (n, id)', i, i);
        EXECUTE format('COMMENT ON TABLE t%s IS %L; COMMENT ON COLUMN t%s.n IS %L', i, i, i, i);
        EXECUTE format('CREATE TABLE _t%s (id int GENERATED ALWAYS AS IDENTITY, of t%s[])', i, i);
        EXECUTE format('INSERT INTO t%s (other, n) VALUES (NULL, %s)', i, i);
        IF i % 4 = 0 THEN
            EXECUTE format('CREATE TABLE child%s (c int) INHERITS (family)', i);
            EXECUTE format('CREATE TABLE part%s PARTITION OF whole FOR VALUES FROM (%s) TO (%s)', i, i, i + 1);
        END IF;
    END LOOP; END $$";

#[test]
fn tables_made_side_by_side_are_those_of_the_source() {
    for major in [12, 18] {
        let server = Server::shared(major);
        let database = Database::new(server);
        database.psql(TABLES);
        judge::roundtrip(&database, server, Judged { jobs: 4, ..Judged::default() });
    }
}

/// The server's background writer sleeps here, so that only who waits for the disk gets there.
#[test]
fn a_restored_database_is_on_disk_before_it_is_called_done() {
    let options = Options::default().set("synchronous_commit", "on").set("wal_writer_delay", "10s");
    let options = options.set("wal_writer_flush_after", "1GB").set("bgwriter_delay", "10s");
    let server = expect(Binaries::find(18).and_then(|binaries| Server::start(&binaries, &options)));
    let database = Database::new(&server);
    database.psql(TABLES);
    let program = Program::new();
    let archive = program.dump(&database, &[]);
    let copy = program.restore(&archive, &server, &["-j", "2"]);
    let behind = copy.psql("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), pg_current_wal_flush_lsn())");
    let behind: u64 = behind.parse().expect("a number of bytes");
    assert!(behind < 4096, "{behind} bytes of the log are not on disk");
}
