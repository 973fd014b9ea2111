//! What happens to the rest of a restore when the server refuses a part of it: all or nothing, or all but that.

use super::support::judge::equal_to_reference;
use super::support::{Database, Program, Server, expect};

fn server() -> &'static Server {
    Server::shared(18)
}

/// A database that restores but for a function which a target without its language cannot have, and what hangs
/// on a table of the name `broken`.
fn source() -> Database<'static> {
    let database = Database::new(server());
    database.psql(
        "CREATE SCHEMA s; CREATE DOMAIN s.broken AS int CHECK (value > 0);
         CREATE TABLE s.needs (id int PRIMARY KEY, b s.broken); CREATE INDEX needs_b ON s.needs (b);
         CREATE TABLE s.free (id int PRIMARY KEY, x text); CREATE TABLE s.there (id int);
         COMMENT ON COLUMN s.needs.b IS 'b'; CREATE VIEW s.seen AS TABLE s.needs;
         INSERT INTO s.needs VALUES (1, 1); INSERT INTO s.free SELECT n, n FROM generate_series(1, 9) n;
         INSERT INTO s.there VALUES (1); SELECT lo_from_bytea(4712, 'x');",
    );
    database
}

/// An event trigger refuses one statement on the target: an error that nobody can foresee.
fn refuse(copy: &Database<'_>, object: &str) {
    copy.psql(&format!(
        "CREATE FUNCTION public.refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$
         BEGIN IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = '{object}')
               THEN RAISE 'not here'; END IF; END $$;
         CREATE EVENT TRIGGER refuse ON ddl_command_end EXECUTE FUNCTION public.refuse();
         ALTER EVENT TRIGGER refuse ENABLE ALWAYS;"
    ));
}

/// A target of a role that is no superuser: event triggers fire for it.
fn target(object: &str) -> (Database<'static>, String) {
    expect(server().create_role("shape restorer"));
    let copy = Database::new(server());
    copy.psql(&format!("ALTER ROLE \"shape restorer\" LOGIN; GRANT ALL ON DATABASE \"{}\" TO \"shape restorer\"; GRANT ALL ON SCHEMA public TO \"shape restorer\"", copy.name));
    refuse(&copy, object);
    let url = copy.url().replace("postgres@", "shape%20restorer@");
    (copy, url)
}

#[test]
fn errors_are_passed_over_with_what_needs_what_failed() {
    let source = source();
    let program = Program::new();
    let archive = program.dump(&source, &[]);
    let (copy, url) = target("s.broken");
    // The function and its trigger make the target not empty: as a part, the schema goes beside them.
    let restore = ["restore", &archive, "-d", &url, "-n", "s", "-O"];
    program.run(&restore).exits(1).says(&["DOMAIN s.broken", "not here"]);
    copy.psql("DROP SCHEMA IF EXISTS s CASCADE");
    let run = program.run(&[&restore[..], &["--continue-on-error", "--json"]].concat()).exits(4);
    let json = run.json();
    let failed = json["failed"].as_array().expect("a list");
    assert_eq!(failed.len(), 1, "{run}");
    assert_eq!(failed[0]["entry"], "DOMAIN s.broken");
    assert!(failed[0]["error"].as_str().expect("a text").contains("not here"), "{run}");
    let refused: Vec<&str> =
        json["refused"].as_array().expect("a list").iter().filter_map(|one| one["entry"].as_str()).collect();
    for entry in ["TABLE s.needs", "TABLE DATA s.needs", "INDEX s.needs_b", "VIEW s.seen", "CONSTRAINT s.needs_pkey"] {
        assert!(refused.contains(&entry), "{entry} is not named\n{run}");
    }
    assert_eq!(json["rows"], 10, "{run}");
    assert_eq!(copy.psql("SELECT (SELECT count(*) FROM s.free), (SELECT count(*) FROM s.there)"), "9|1");
    assert_eq!(copy.psql("SELECT count(*) FROM pg_index WHERE indrelid = 's.free'::regclass"), "1");
}

#[test]
fn no_rows_go_into_a_table_that_was_there() {
    let source = source();
    let program = Program::new();
    let archive = program.dump(&source, &[]);
    let copy = Database::new(server());
    copy.psql("CREATE SCHEMA s; CREATE TABLE s.there (id int)");
    // The order of drops: what is in use stays, so that the table is there when it is to be made.
    copy.psql("CREATE VIEW public.mine AS TABLE s.there");
    let run = program.restore_into(&archive, &copy, &["-c", "--if-exists", "--continue-on-error"]).exits(4);
    run.says(&["error passed over: cannot drop TABLE s.there", "not restored: TABLE DATA s.there", "was there before"]);
    assert_eq!(copy.psql("SELECT (SELECT count(*) FROM s.there), (SELECT count(*) FROM s.free)"), "0|9");
}

#[test]
fn a_missing_role_is_passed_over_and_the_object_stays() {
    let (source, other) = (Server::shared(17), server());
    expect(source.create_role("shape gone"));
    let database = Database::new(source);
    database.psql("CREATE TABLE t (id int); ALTER TABLE t OWNER TO \"shape gone\"; INSERT INTO t VALUES (1)");
    let program = Program::new();
    let (archive, copy) = (program.dump(&database, &[]), Database::new(other));
    program.restore_into(&archive, &copy, &[]).exits(1).says(&["lacks the role shape gone"]);
    program
        .restore_into(&archive, &copy, &["--continue-on-error"])
        .exits(4)
        .says(&["shape gone", "1 error PASSED OVER"]);
    assert_eq!(copy.psql("SELECT count(*) FROM t"), "1");
}

#[test]
fn one_transaction_is_all_or_nothing() {
    let source = source();
    let program = Program::new();
    let archive = program.dump(&source, &[]);
    let copy = Database::new(server());
    program.restore_into(&archive, &copy, &["-1"]).exits(0);
    equal_to_reference(&source, &copy, &[]);
    let (copy, url) = target("s.seen");
    let restore = ["restore", &archive, "-d", &url, "-n", "s", "-O", "-1"];
    program.run(&restore).exits(1).says(&["VIEW s.seen", "not here"]);
    assert_eq!(copy.psql("SELECT count(*) FROM pg_namespace WHERE nspname = 's'"), "0");
    for more in [&["-j", "2"][..], &["--continue-on-error"], &["-C"]] {
        program.run(&[&restore[..], more].concat()).exits(2);
    }
}

/// Tables whose rows name rows of other chunks, and of each other.
const REFERENCES: &str = "
    CREATE TABLE node (id int PRIMARY KEY, next int, pad text);
    ALTER TABLE node ALTER pad SET STORAGE EXTERNAL;
    INSERT INTO node SELECT n, 3001 - n, repeat('x', 9000) FROM generate_series(1, 3000) n;
    ALTER TABLE node ADD FOREIGN KEY (next) REFERENCES node;
    CREATE TABLE z (id int PRIMARY KEY); CREATE TABLE a (id int REFERENCES z);
    INSERT INTO z VALUES (1); INSERT INTO a VALUES (1);";
const CIRCLE: &str = "
    CREATE TABLE hen (id int PRIMARY KEY, egg int); CREATE TABLE egg (id int PRIMARY KEY, hen int);
    INSERT INTO hen VALUES (1, 1); INSERT INTO egg VALUES (1, 1);
    ALTER TABLE hen ADD FOREIGN KEY (egg) REFERENCES egg;
    ALTER TABLE egg ADD CONSTRAINT egg_hen FOREIGN KEY (hen) REFERENCES hen;";

#[test]
fn rows_that_name_each_other_are_loaded_under_their_foreign_keys() {
    let source = Database::new(server());
    source.psql(REFERENCES);
    let program = Program::new();
    let archive = program.dump(&source, &[]);
    let json = program.run(&["inspect", &archive, "--json"]).exits(0).json();
    let node = json["tables"].as_array().expect("a list").iter().find(|table| table["identity"] == "public.node");
    assert!(node.expect("it is there")["chunks"].as_u64().expect("a number") > 1, "one chunk would prove nothing");
    let copy = program.restore(&archive, server(), &["-s"]);
    program.restore_into(&archive, &copy, &["-a"]).exits(0);
    equal_to_reference(&source, &copy, &[]);
}

#[test]
fn circles_are_told_and_need_their_triggers_off() {
    let source = Database::new(server());
    source.psql(CIRCLE);
    source.psql(
        "CREATE TABLE log (x text);
         CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.log VALUES (TG_NAME); RETURN NEW; END';
         CREATE TRIGGER plain AFTER INSERT ON hen FOR EACH ROW EXECUTE FUNCTION note();
         CREATE TRIGGER off AFTER INSERT ON hen FOR EACH ROW EXECUTE FUNCTION note();
         CREATE TRIGGER always AFTER INSERT ON hen FOR EACH ROW EXECUTE FUNCTION note();
         ALTER TABLE hen DISABLE TRIGGER off; ALTER TABLE hen ENABLE ALWAYS TRIGGER always;",
    );
    let program = Program::new();
    let archive = program.dump(&source, &[]);
    let copy = program.restore(&archive, server(), &["-s"]);
    let states = "SELECT string_agg(tgenabled::text || CASE WHEN tgisinternal THEN '' ELSE tgname END, ',' ORDER BY tgrelid, tgname)
                  FROM pg_trigger";
    let before = copy.psql(states);
    program.restore_into(&archive, &copy, &["-a"]).exits(1).says(&[
        "circular foreign keys",
        "--disable-triggers",
        "23503",
    ]);
    program.restore_into(&archive, &copy, &["-a", "--disable-triggers"]).exits(0);
    assert_eq!(
        copy.psql("SELECT (SELECT count(*) FROM hen), (SELECT count(*) FROM egg), (SELECT count(*) FROM log)"),
        "1|1|0"
    );
    assert_eq!(copy.psql(states), before);
    program.restore_into(&archive, &Database::new(server()), &["--disable-triggers"]).exits(2);
    // A key that can be deferred is checked when all is there.
    let copy = program.restore(&archive, server(), &["-s"]);
    copy.psql(
        "ALTER TABLE egg ALTER CONSTRAINT egg_hen DEFERRABLE; ALTER TABLE hen ALTER CONSTRAINT hen_egg_fkey DEFERRABLE",
    );
    program.restore_into(&archive, &copy, &["-a", "-1"]).exits(0);
    assert_eq!(copy.psql("SELECT count(*) FROM hen JOIN egg ON egg.id = hen.egg"), "1");
    let url = copy.url().replace("postgres@", "shape%20reader@");
    expect(server().create_role("shape reader"));
    copy.psql("ALTER ROLE \"shape reader\" LOGIN; TRUNCATE hen, egg");
    let run = program.run(&["restore", &archive, "-d", &url, "-a", "--disable-triggers"]);
    run.exits(2).says(&["needs a superuser"]);
}
