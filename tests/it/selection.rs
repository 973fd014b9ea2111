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
         GRANT SELECT ON stock.item TO \"selection reader\";
         GRANT SELECT ON LARGE OBJECT 4711 TO \"selection reader\";
         ALTER DEFAULT PRIVILEGES IN SCHEMA stock GRANT SELECT ON TABLES TO \"selection reader\";",
    );
    database
}

/// Copies with `args` on dump, and with `args` on restore; both must be what `pg_dump ARGS` gives.
#[track_caller]
fn both_sides(source: &Database<'_>, args: &[&str], pg_dump: &[&str], prepare: &str) {
    let program = Program::new();
    let (part, whole) = (program.dump(source, args), Program::new());
    let everything = whole.dump(source, &[]);
    for (program, archive, more) in [(&program, &part, &[][..]), (&whole, &everything, args)] {
        let copy = Database::new(server());
        copy.psql(prepare);
        let force = if prepare.is_empty() { &[][..] } else { args };
        let more = if more.is_empty() { force } else { more };
        program.run(&[&["restore", archive, "-d", &copy.url()], more].concat()).exits(0);
        equal_to_reference(source, &copy, pg_dump);
    }
}

#[test]
fn the_schema_alone() {
    both_sides(&source(), &["-s"], &["-s"], "");
}

#[test]
fn without_owners() {
    both_sides(&source(), &["-O"], &["-O"], "");
}

#[test]
fn without_privileges() {
    both_sides(&source(), &["-x"], &["-x"], "");
    both_sides(&source(), &["--no-acl", "--no-owner"], &["-x", "-O"], "");
}

#[test]
fn one_schema() {
    both_sides(&source(), &["-n", "stock"], &["-n", "stock", "--no-large-objects"], "");
    both_sides(&source(), &["-n", "st*", "-x"], &["-n", "stock", "--no-large-objects", "-x"], "");
}

#[test]
fn some_tables() {
    let source = source();
    both_sides(
        &source,
        &["-t", "stock.place", "-s"],
        &["-t", "stock.place", "-s"],
        "CREATE SCHEMA IF NOT EXISTS public",
    );
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
