//! Do the options that take a part take that part, on both sides?
//!
//! Where pg_dump has the option, it is the judge. Each option is tried on `dump` and on `restore` of a
//! whole archive: both must give the same.

use super::support::judge::equal_to_reference;
use super::support::{Database, Program, Server, expect};

const ROLES: [&str; 2] = ["selection owner", "selection reader"];

fn server() -> &'static Server {
    let server = Server::shared(17);
    ROLES.iter().for_each(|role| expect(server.create_role(role)));
    server
}

/// Two schemas, foreign keys among and across them, owners, privileges, a matview, a large object.
fn source() -> Database<'static> {
    let database = Database::new(server());
    database.psql(
        "CREATE SCHEMA \"Sales\"; CREATE SCHEMA stock;
         CREATE TYPE stock.size AS ENUM ('s', 'l');
         CREATE TABLE stock.place (id int PRIMARY KEY, size stock.size DEFAULT 's');
         CREATE TABLE stock.item (id serial PRIMARY KEY, place int REFERENCES stock.place, parent int REFERENCES stock.item);
         CREATE TABLE \"Sales\".customer (id int PRIMARY KEY, name text);
         CREATE TABLE \"Sales\".\"Order\" (id int PRIMARY KEY, customer int REFERENCES \"Sales\".customer,
             item int REFERENCES stock.item);
         CREATE INDEX by_customer ON \"Sales\".\"Order\" (customer);
         CREATE VIEW \"Sales\".open AS SELECT * FROM \"Sales\".\"Order\";
         CREATE MATERIALIZED VIEW stock.full AS SELECT place, count(*) FROM stock.item GROUP BY place;
         CREATE FUNCTION stock.one() RETURNS int LANGUAGE sql AS 'SELECT 1';
         COMMENT ON TABLE stock.place IS 'where things are';
         INSERT INTO stock.place SELECT n FROM generate_series(1, 100) n;
         INSERT INTO stock.item (place, parent) SELECT n, nullif(n - 1, 0) FROM generate_series(1, 100) n;
         INSERT INTO \"Sales\".customer SELECT n, 'name ' || n FROM generate_series(1, 50) n;
         INSERT INTO \"Sales\".\"Order\" SELECT n, n % 50 + 1, n % 100 + 1 FROM generate_series(1, 500) n;
         REFRESH MATERIALIZED VIEW stock.full;
         SELECT lo_from_bytea(4711, 'some bytes');
         ALTER TABLE stock.item OWNER TO \"selection owner\";
         GRANT USAGE ON SCHEMA stock TO \"selection owner\";
         GRANT SELECT ON stock.item TO \"selection reader\";
         GRANT SELECT ON LARGE OBJECT 4711 TO \"selection reader\";
         ALTER DEFAULT PRIVILEGES IN SCHEMA stock GRANT SELECT ON TABLES TO \"selection reader\";",
    );
    database
}

/// Copies with `args` on dump, and with `args` on restore; both must be what `pg_dump ARGS` gives.
#[track_caller]
fn both_sides(source: &Database<'_>, args: &[&str], pg_dump: &[&str]) {
    let (part, whole) = (Program::new(), Program::new());
    for (program, dump, restore) in [(&part, args, &[][..]), (&whole, &[], args)] {
        let archive = program.dump(source, dump);
        let copy = program.restore(&archive, server(), restore);
        equal_to_reference(source, &copy, pg_dump);
    }
}

#[test]
fn the_schema_alone() {
    both_sides(&source(), &["-s"], &["-s"]);
}

#[test]
fn without_owners() {
    both_sides(&source(), &["-O"], &["-O"]);
}

#[test]
fn without_privileges() {
    both_sides(&source(), &["-x"], &["-x"]);
    both_sides(&source(), &["--no-acl", "--no-owner"], &["-x", "-O"]);
}

#[test]
fn one_schema() {
    both_sides(&source(), &["-n", "stock"], &["-n", "stock", "--no-large-objects"]);
    both_sides(&source(), &["-n", "st*", "-x"], &["-n", "stock", "--no-large-objects", "-x"]);
}

#[test]
fn some_tables() {
    let source = source();
    let prepare = "CREATE SCHEMA stock; CREATE TYPE stock.size AS ENUM ('s', 'l'); CREATE TABLE stock.other (a int);
        INSERT INTO stock.other VALUES (1)";
    // What is in the target and not in the archive stays: only the table is compared.
    for (args, judged) in [(&["-t", "stock.place"][..], &["-t", "stock.place"][..]), (&["-s", "-t", "*.PL*"], &["-s"])]
    {
        let (program, copy) = (Program::new(), Database::new(server()));
        let archive = program.dump(&source, args);
        copy.psql(prepare);
        let whole = program.restore_into(&archive, &copy, &[]);
        whole.exits(0);
        let judged = [judged, &["-t", "stock.place"]].concat();
        assert!(same_dump(&source, &copy, &judged), "{}", String::from_utf8_lossy(&copy.pg_dump(&judged)));
        assert_eq!(copy.psql("SELECT count(*) FROM stock.other"), "1");
        // A second time it is in the way, and said so.
        program.restore_into(&archive, &copy, &[]).exits(2).says(&["has TABLE stock.place already"]);
        let empty = Database::new(server());
        program.restore_into(&archive, &empty, &[]).exits(1).says(&["the target lacks the schema stock"]);
    }
    let (program, copy) = (Program::new(), Database::new(server()));
    copy.psql(prepare);
    let archive = program.dump(&source, &[]);
    program.restore_into(&archive, &copy, &["-t", "stock.place"]).exits(0);
    assert!(same_dump(&source, &copy, &["-t", "stock.place"]));
}

/// Whether pg_dump says the same of both, but for its random key.
fn same_dump(one: &Database<'_>, two: &Database<'_>, args: &[&str]) -> bool {
    let lines = |database: &Database<'_>| -> Vec<String> {
        let dump = String::from_utf8(database.pg_dump(args)).expect("UTF-8");
        dump.lines().filter(|line| !line.contains("restrict ")).map(str::to_string).collect()
    };
    lines(one) == lines(two)
}

/// The rows of every table, in one line.
fn rows(database: &Database<'_>) -> String {
    database.psql(
        "SELECT (SELECT md5(string_agg(t::text, ',' ORDER BY t)) FROM stock.place t),
                (SELECT md5(string_agg(t::text, ',' ORDER BY t)) FROM stock.item t),
                (SELECT md5(string_agg(t::text, ',' ORDER BY t)) FROM \"Sales\".customer t),
                (SELECT md5(string_agg(t::text, ',' ORDER BY t)) FROM \"Sales\".\"Order\" t),
                (SELECT md5(string_agg(t::text, ',' ORDER BY t)) FROM stock.full t),
                (SELECT last_value FROM stock.item_id_seq), convert_from(lo_get(4711), 'UTF8')",
    )
}

#[test]
fn the_rows_alone_into_a_schema_with_foreign_keys() {
    let source = source();
    let (schema, rows_only, all) = (Program::new(), Program::new(), Program::new());
    let schema_archive = schema.dump(&source, &["-s"]);
    let (part, whole) = (rows_only.dump(&source, &["-a"]), all.dump(&source, &[]));
    for (program, archive) in [(&rows_only, part), (&all, whole)] {
        let copy = schema.restore(&schema_archive, server(), &[]);
        assert_eq!(copy.psql("SELECT count(*) FROM \"Sales\".\"Order\""), "0");
        program.run(&["restore", &archive, "-d", &copy.url(), "-a", "-j", "3"]).exits(0);
        assert_eq!(rows(&copy), rows(&source));
    }
}
