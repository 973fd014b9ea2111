//! Is the catalog read with a fixed number of queries, and is what no query knows named?
//!
//! What a server of the future could hold is written straight into the catalogs of a server of today:
//! relations, types, functions and constraints with letters that no version has, and a catalog that none has.

use super::support::{Binaries, Database, Options, Program, Server, expect};

/// Turns rows that PostgreSQL wrote into rows of kinds that no version has. `allow_system_table_mods` is what
/// initdb itself works under.
const PRETENDED: &str = "
    SET allow_system_table_mods = on;
    CREATE SCHEMA \"fu ture\";
    CREATE TABLE \"fu ture\".known (a int CHECK (a > 0));
    CREATE VIEW \"fu ture\".\"graph; --\" AS SELECT 1 AS one;
    UPDATE pg_class SET relkind = 'g' WHERE relname = 'graph; --';
    CREATE TYPE \"fu ture\".variant AS ENUM ('a');
    UPDATE pg_type SET typtype = 'q' WHERE typname = 'variant';
    CREATE FUNCTION \"fu ture\".macro() RETURNS int LANGUAGE sql AS 'SELECT 1';
    UPDATE pg_proc SET prokind = 'z' WHERE proname = 'macro';
    CREATE TABLE asserted (a int, CONSTRAINT assertion CHECK (a > 0));
    UPDATE pg_class SET relchecks = 0 WHERE relname = 'asserted';
    UPDATE pg_constraint SET contype = 'y' WHERE conname = 'assertion';
    CREATE TABLE pg_catalog.pg_gadget (oid oid, gadname name);
    INSERT INTO pg_gadget VALUES (77777, 'gad');
    INSERT INTO pg_depend VALUES ('pg_gadget'::regclass, 77777, 0, 'pg_namespace'::regclass, '\"fu ture\"'::regnamespace, 0, 'n')";

/// What PostgreSQL itself must find as it was to drop the database's objects; nothing does, but a server in which
/// such rows stay is nobody else's.
fn pretending() -> Server {
    let binaries = expect(Binaries::find(18));
    expect(Server::start(&binaries, &Options::default()))
}

#[test]
fn what_no_query_knows_is_named_and_counted() {
    let server = pretending();
    let database = Database::new(&server);
    database.psql(PRETENDED);
    let program = Program::new();
    let archive = program.path("copy.tar.zst").to_string_lossy().into_owned();
    let skipped = |args: &[&str]| -> Vec<String> {
        let run = program.run(&[&["dump", "-d", &database.url(), "-f", &archive, "--json"], args].concat()).exits(4);
        let summary = run.json();
        let list = summary["skipped"].as_array().expect("a list").iter();
        let names = list.map(|one| format!("{} {}", one["kind"].as_str().unwrap(), one["name"].as_str().unwrap()));
        let names: Vec<String> = names.collect();
        assert!(names.iter().all(|name| run.stderr.contains(&format!("not copied: {name}: "))), "{run}");
        program.run(&["verify", &archive]).exits(0);
        let told = program.run(&["inspect", "--json", &archive]).exits(0).json();
        assert_eq!(told["skipped"].as_array().map(Vec::len), Some(names.len()));
        names
    };
    let in_schema = [
        "pg_class (relkind g) fu ture.graph; --",
        "pg_proc (prokind z) fu ture.macro",
        "pg_type (typtype q) fu ture.variant",
    ];
    assert_eq!(
        skipped(&[]),
        [in_schema[0], "pg_constraint (contype y) public.assertion", "pg_gadget oid 77777", in_schema[1], in_schema[2],]
    );
    // A part names what lies in that part.
    std::fs::remove_file(&archive).expect("it was written");
    assert_eq!(skipped(&["-n", "fu ture"]), in_schema);
    let copy = program.restore(&archive, Server::shared(18), &[]);
    assert_eq!(copy.psql("SELECT relname FROM pg_class WHERE relnamespace = '\"fu ture\"'::regnamespace"), "known");
}

/// Tables with what hangs on tables, as many of each.
fn tables(database: &Database<'_>, count: u32) {
    database.psql(&format!(
        "DO $$ BEGIN FOR n IN 1..{count} LOOP
            EXECUTE format('CREATE TABLE t%s (id serial PRIMARY KEY, a int CHECK (a > 0) REFERENCES t%s, b text DEFAULT 1)', n, n);
            EXECUTE format('CREATE INDEX ON t%s (a); CREATE VIEW v%s AS SELECT a FROM t%s', n, n, n);
            EXECUTE format('CREATE FUNCTION f%s() RETURNS int LANGUAGE sql AS $f$SELECT 1$f$', n);
            EXECUTE format('GRANT SELECT ON t%s TO PUBLIC; COMMENT ON TABLE t%s IS ''x''', n, n);
            EXECUTE format('INSERT INTO t%s (b) VALUES (1)', n);
        END LOOP; END $$"
    ));
}

/// The statements a dump sent, COPY and the locks of single tables before it aside.
fn statements(server: &Server, count: u32, jobs: &str) -> Vec<String> {
    let database = Database::new(server);
    tables(&database, count);
    let before = server.log().len();
    // What watches over others asks again and again.
    Program::new().dump(&database, &["-j", jobs, "--max-blocking", "0"]);
    let log = server.log();
    let sent = |line: &str| {
        let text = ["statement: ", "execute "].iter().find_map(|word| line.split_once(word)).map(|(_, text)| text)?;
        let of_a_table = text.contains("COPY ") || text.contains("NOWAIT");
        (line.contains("LOG:") && !of_a_table).then(|| text.chars().take(120).collect::<String>())
    };
    log[before..].lines().filter_map(sent).collect()
}

fn nothing_is_asked_per_object(major: u32) {
    let binaries = expect(Binaries::find(major));
    let server = expect(Server::start(&binaries, &Options::default().set("log_statement", "all")));
    for jobs in ["1", "3"] {
        let (few, many) = (statements(&server, 10, jobs), statements(&server, 500, jobs));
        assert!(few.len() > 40, "the log shows the statements: {few:#?}");
        assert_eq!(few.len(), many.len(), "on {major}, -j {jobs}: {:#?}", surplus(few, many));
    }
}

/// What occurs more often in the second list.
fn surplus(few: Vec<String>, mut many: Vec<String>) -> Vec<String> {
    for text in few {
        if let Some(at) = many.iter().position(|other| *other == text) {
            many.remove(at);
        }
    }
    many.truncate(20);
    many
}

#[test]
fn nothing_is_asked_per_object_on_15() {
    nothing_is_asked_per_object(15);
}

#[test]
fn nothing_is_asked_per_object_on_18() {
    nothing_is_asked_per_object(18);
}
