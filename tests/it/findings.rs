//! Is everything found beforehand that would end a dump or a restore, or keep it from being whole?
//!
//! Each case is asked twice: `check` must name it with what to do, and the command itself must end as `check` said,
//! in the same words.

use super::support::{Binaries, Database, Options, Program, Server, expect};
use serde_json::Value;

/// A role of the tests' own on a server.
fn role(server: &Server, name: &str) {
    let make = format!(
        "DO $$ BEGIN CREATE ROLE {name} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; WHEN unique_violation THEN NULL; END $$"
    );
    expect(server.psql("postgres", &make));
}

/// The finding that says something, as severity, what and what to do.
fn found(report: &Value, words: &str) -> Option<[String; 3]> {
    let all = report["findings"].as_array().expect("a list");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let one = all.iter().find(|one| text(&one["what"]).contains(words))?;
    Some([text(&one["severity"]), text(&one["what"]), text(&one["todo"])])
}

/// What makes the case, who dumps what, the severity, what is found, what is to be done, and the exit status.
type Case = (&'static str, &'static str, &'static [&'static str], &'static str, &'static str, &'static str, i32);

const BEFORE_A_DUMP: &[Case] = &[
    (
        "CREATE TABLE t (id int)",
        "findings_reader",
        &[],
        "error",
        "the role lacks rights that the dump needs: 1",
        "GRANT SELECT ON TABLE public.t TO findings_reader;",
        1,
    ),
    ("CREATE TABLE t (id int)", "findings_reader", &["-T", "t"], "", "lacks rights", "", 0),
    (
        "CREATE TABLE t (id int); GRANT SELECT ON t TO findings_reader; ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        "findings_reader",
        &[],
        "error",
        "row-level security would hide rows of table public.t from role \"findings_reader\"",
        "BYPASSRLS",
        1,
    ),
    (
        "CREATE TABLE t (id int); GRANT SELECT ON t TO findings_reader; ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        "findings_reader",
        &["--exclude-table-data", "t"],
        "",
        "row-level security",
        "",
        0,
    ),
    (
        "CREATE TABLE t (id int); ALTER TABLE t OWNER TO findings_reader; ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        "findings_reader",
        &[],
        "",
        "row-level security",
        "",
        0,
    ),
    (
        "CREATE TABLE t (a int, b aclitem)",
        "postgres",
        &[],
        "note",
        "public.t travels as text, not as binary: b: ",
        "",
        0,
    ),
    ("CREATE TABLE t (a int, b aclitem, c int[], d float8)", "postgres", &["-s"], "", "travels", "", 0),
    (
        "CREATE TABLE gadget (name text);
         INSERT INTO pg_depend VALUES ('gadget'::regclass, 99999, 0, 'pg_namespace'::regclass, 2200, 0, 'n')",
        "postgres",
        &[],
        "warning",
        "not copied: public.gadget oid 99999",
        "",
        4,
    ),
    (
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
         CREATE USER MAPPING FOR postgres SERVER s OPTIONS (a 'b')",
        "findings_reader",
        &[],
        "warning",
        "not copied: USER MAPPING postgres SERVER s",
        "",
        4,
    ),
    ("CREATE TABLE t (id int)", "postgres", &["-t", "t", "-t", "nothing"], "note", "nothing", "", 0),
];

#[test]
fn what_a_dump_would_find_is_found_before() {
    for major in [12, 18] {
        let (server, program) = (Server::shared(major), Program::new());
        role(server, "findings_reader");
        for (setup, who, more, severity, what, todo, code) in BEFORE_A_DUMP {
            let database = Database::new(server);
            database.psql(setup);
            let url = database.url().replace("postgres@", &format!("{who}@"));
            let run = program.run(&[&["check", "--json", "-d", &url], *more].concat()).exits(*code);
            let report = run.json();
            assert_eq!((&report["ok"], &report["complete"]), (&(*code != 1).into(), &(*code == 0).into()), "{run}");
            match found(&report, what) {
                Some([is, _, hint]) => {
                    assert_eq!(is, *severity, "{setup}: {run}");
                    assert!(hint.contains(todo), "{setup}: {run}");
                }
                None => assert_eq!("", *severity, "{setup}: {run}"),
            }
            let text = program.run(&[&["check", "-d", &url], *more].concat()).exits(*code).text();
            assert!(severity.is_empty() || text.contains(&format!("  {severity:<7}  ")), "{text}");
            let archive = format!("{}.tar.zst", database.name);
            let run = program.run(&[&["dump", "-v", "-d", &url, "-f", &archive], *more].concat()).exits(*code);
            let words = if severity.is_empty() { vec![] } else { vec![*what, *todo] };
            let run = run.says(&words);
            assert_eq!(program.path(&archive).exists(), *code != 1, "{run}");
        }
        assert!(program.files().iter().all(|name| !name.contains("partial")), "{:?}", program.files());
    }
}

#[test]
fn room_for_locks_is_told_before_a_dump() {
    let options = Options::default().set("max_locks_per_transaction", "10").set("max_connections", "10");
    let server = expect(Server::start(&expect(Binaries::find(18)), &options));
    let (database, program) = (Database::new(&server), Program::new());
    database.psql("DO $$ BEGIN FOR n IN 1..120 LOOP EXECUTE format('CREATE TABLE t%s ()', n); END LOOP; END $$");
    let run = program.run(&["check", "--json", "-d", &database.url()]).exits(0);
    let [severity, what, todo] = found(&run.json(), "room for").unwrap_or_else(|| panic!("{run}"));
    assert_eq!(severity, "note");
    assert!(what.contains("120") && todo.contains("max_locks_per_transaction"), "{what}: {todo}");
    // The server promises less than it has.
    let run = program.run(&["dump", "-d", &database.url(), "-f", "x.tar.zst"]).exits(0);
    run.says(&["the server promises room for", "raise max_locks_per_transaction"]);
    let run = program.run(&["check", "--json", "-d", &database.url(), "-t", "t1"]).exits(0);
    assert_eq!(found(&run.json(), "room for"), None, "{run}");
    // Of a restore only one in a single transaction needs as many.
    let copy = Database::new(&server);
    let check = ["check", "--archive", "x.tar.zst", "--json", "-d", &copy.url()];
    assert_eq!(found(&program.run(&check).exits(0).json(), "room for"), None);
    let report = program.run(&[&check[..], &["-1"]].concat()).exits(0).json();
    assert!(found(&report, "room for").is_some_and(|[_, what, _]| what.contains("360")), "{report:#}");
}

#[test]
fn an_archive_that_cannot_fit_is_refused() {
    let (database, program) = (Database::new(Server::shared(18)), Program::new());
    database.psql("CREATE TABLE large (id int); CREATE TABLE small (id int); INSERT INTO small VALUES (1); CHECKPOINT");
    // Of no size on the disk, and of more than there is.
    let file = database.psql("SELECT pg_relation_filepath('large')");
    let there = rustix::fs::statvfs(program.home()).expect("it is there");
    let gigabytes = (there.f_bavail * there.f_frsize * 110) >> 30;
    // File systems have a limit of the size of a file.
    let parts = gigabytes.div_ceil(8 << 10);
    for part in 0..parts {
        let name = if part == 0 { file.clone() } else { format!("{file}.{part}") };
        let size = gigabytes.div_ceil(parts);
        database.psql(&format!("COPY (SELECT WHERE false) TO PROGRAM 'truncate -s {size}G {name}'"));
    }
    let url = database.url();
    let check = ["check", "--json", "-d", &url];
    let report = program.run(&check).exits(1).json();
    let [severity, what, todo] = found(&report, "does not fit").unwrap_or_else(|| panic!("{report:#}"));
    assert_eq!(severity, "error");
    assert!(
        what.contains("B on the server's disk") && what.contains(" free") && todo.contains("--no-space-check"),
        "{what}: {todo}"
    );
    let dump = ["dump", "-d", &url, "-f", "x.tar.zst"];
    program.run(&dump).exits(1).says(&["the archive does not fit", "B on the server", " free", "--no-space-check"]);
    assert_eq!(program.files(), Vec::<String>::new());
    // What is not copied or goes elsewhere needs no room; the option is for those who know better.
    program.run(&[&check[..], &["--exclude-table-data", "large"]].concat()).exits(0);
    program.run(&[&check[..], &["-f", "-"]].concat()).exits(0);
    let run = program.run(&[&dump[..], &["--no-space-check", "--max-blocking", "0"]].concat()).exits(1);
    assert!(!run.stderr.contains("does not fit"), "{run}");
    program.run(&[&dump[..], &["-T", "large"]].concat()).exits(0);
}

/// What the archive has, what its target has, who restores with which options, the severity, what is found, what is
/// to be done, and the exit status of the check and of the restore.
type Target = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static str,
    &'static str,
    &'static str,
    (i32, i32),
);

const BEFORE_A_RESTORE: &[Target] = &[
    ("CREATE TABLE t (id int)", "", "postgres", &[], "", "default", "", (0, 0)),
    (
        "CREATE ROLE \"findings gone\"; CREATE TABLE t (id int); ALTER TABLE t OWNER TO \"findings gone\"",
        "",
        "postgres",
        &[],
        "error",
        "the target lacks the role findings gone",
        "CREATE ROLE \"findings gone\"; or give others with --owner-map OLD=NEW, or leave out",
        (1, 1),
    ),
    (
        "CREATE TABLE t (id int); ALTER TABLE t OWNER TO \"findings gone\"",
        "",
        "postgres",
        &["-O"],
        "",
        "lacks the role",
        "",
        (0, 0),
    ),
    (
        "CREATE TABLE t (id int)",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO findings_reader",
        "postgres",
        &[],
        "note",
        "default privileges of postgres in the target get into what is restored: TABLES",
        "ALTER DEFAULT PRIVILEGES FOR ROLE postgres REVOKE ALL ON TABLES FROM findings_reader;",
        (0, 0),
    ),
    (
        "CREATE SCHEMA s; CREATE VIEW s.v AS SELECT 1",
        "CREATE SCHEMA s; ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT ALL ON TABLES TO PUBLIC",
        "postgres",
        &["-c", "--if-exists"],
        "",
        "default privileges",
        "",
        (0, 0),
    ),
    (
        "CREATE TABLE t (id int)",
        "CREATE FUNCTION tell() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
         CREATE EVENT TRIGGER telling ON ddl_command_end EXECUTE FUNCTION tell()",
        "postgres",
        &["--into-existing"],
        "note",
        "the target's event trigger telling (ddl_command_end) fires for what is restored",
        "ALTER EVENT TRIGGER telling DISABLE;",
        (0, 0),
    ),
    (
        "CREATE SCHEMA s; CREATE TABLE s.t (id int)",
        "",
        "findings_reader",
        &["-O", "-x"],
        "error",
        "the role lacks rights that the restore needs: 1",
        "GRANT CREATE ON DATABASE \"test ",
        (1, 1),
    ),
    (
        "CREATE TABLE t (id int)",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "findings_reader",
        &["-O", "-x"],
        "error",
        "the role lacks rights that the restore needs: 1",
        "GRANT CREATE ON SCHEMA public TO findings_reader;",
        (1, 1),
    ),
    (
        "CREATE TABLE t (id int)",
        "",
        "findings_reader",
        &["-C"],
        "error",
        "may not create databases",
        "CREATEDB",
        (1, 1),
    ),
    (
        "CREATE FUNCTION public.tell() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
         CREATE EVENT TRIGGER telling ON ddl_command_end EXECUTE FUNCTION tell()",
        "GRANT ALL ON SCHEMA public TO findings_reader",
        "findings_reader",
        &["-O", "-x"],
        "warning",
        "only superusers make EVENT TRIGGER telling: it is left out where the server refuses it",
        "as a superuser",
        (4, 4),
    ),
    (
        "CREATE FUNCTION f(cstring) RETURNS int STRICT LANGUAGE internal AS 'int4in'",
        "GRANT ALL ON SCHEMA public TO findings_reader",
        "findings_reader",
        &["-O", "-x"],
        "warning",
        "only superusers make FUNCTION public.f",
        "as a superuser",
        (4, 4),
    ),
    ("CREATE TABLE t (id int)", "CREATE TABLE u (id int)", "postgres", &[], "error", "is not empty", "--clean", (1, 2)),
    (
        "CREATE TABLE t (id int)",
        "",
        "postgres",
        &["--env", "prod"],
        "error",
        "it is labelled prod (--env)",
        "--allow-production",
        (1, 2),
    ),
];

#[test]
fn what_a_restore_would_find_is_found_before() {
    // 16 is the last that lets no superuser switch event triggers off.
    let (from, server, program) = (Server::shared(15), Server::shared(16), Program::new());
    role(server, "findings_reader");
    for (archive, target, who, more, severity, what, todo, (checked, restored)) in BEFORE_A_RESTORE {
        let (source, copy) = (Database::new(from), Database::new(server));
        source.psql(archive);
        copy.psql(target);
        let file = program.dump(&source, &[]);
        let url = copy.url().replace("postgres@", &format!("{who}@"));
        let check = |how: &[&str]| {
            program.run(&[&["check", "--archive", &file, "-d", &url], how, *more].concat()).exits(*checked)
        };
        let run = check(&["--json"]);
        let report = run.json();
        assert_eq!(report["purpose"], "restore", "{run}");
        match found(&report, what) {
            Some([is, _, hint]) => {
                assert_eq!(is, *severity, "{archive}: {run}");
                assert!(hint.contains(todo), "{archive}: {run}");
            }
            None => assert_eq!("", *severity, "{archive}: {run}"),
        }
        let text = check(&[]).text();
        assert!(severity.is_empty() || text.contains(&format!("  {severity:<7}  ")), "{text}");
        let restore = ["restore", &file, "-d", &url];
        let dry = program.run(&[&restore[..], &["--dry-run", "--json"], *more].concat());
        assert_eq!(dry.code, Some(if *checked == 1 { *restored } else { *checked }), "{dry}");
        assert_eq!(found(&dry.json()["plan"], what), found(&report, what), "{dry}");
        let words = if severity.is_empty() { vec![] } else { vec![*what, *todo] };
        program.run(&[&restore[..], *more].concat()).exits(*restored).says(&words);
        drop(source);
    }
    expect(from.psql("postgres", "DROP ROLE \"findings gone\""));
}

#[test]
fn a_check_of_a_restore_looks_at_the_archive_and_the_place() {
    let (source, program) = (Database::new(Server::shared(18)), Program::new());
    source.psql(
        "CREATE TABLE t AS SELECT md5(n::text) FROM generate_series(1, 20000) n; CREATE EXTENSION hstore VERSION '1.6'",
    );
    let archive = program.dump(&source, &[]);
    let check = ["check", "--archive", &archive, "--json", "-d"];
    let itself = program.run(&[&check[..], &[&source.url()]].concat()).exits(1);
    assert!(found(&itself.json(), "the very database").is_some_and(|[severity, ..]| severity == "error"), "{itself}");
    // Another locale than the one that the archive knows, and another version of an extension.
    let other = Database::encoded(source.server, "UTF8");
    let run = program.run(&[&check[..], &[&other.url()]].concat()).exits(0);
    let version = found(&run.json(), "the extension hstore is of version 1.6 in the archive, the target has 1.8");
    assert!(version.is_some_and(|[severity, ..]| severity == "note"), "{run}");
    assert!(found(&run.json(), "the archive's LC_COLLATE is ").is_some(), "{run}");
    // On a server that makes event triggers wait by itself, none is told.
    other.psql(
        "CREATE FUNCTION tell() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
         CREATE EVENT TRIGGER telling ON ddl_command_end EXECUTE FUNCTION tell()",
    );
    let run = program.run(&[&check[..], &[&other.url(), "--into-existing"]].concat()).exits(0);
    assert_eq!(found(&run.json(), "event trigger"), None, "{run}");
    assert_eq!(other.psql("SELECT count(*) FROM pg_class WHERE relname = 't'"), "0");
    program.run(&["check", "--archive", &archive]).exits(2).says(&["needs a target"]);
    program.run(&["check", "-c", "-d", &other.url()]).exits(2);
    program.run(&["check", "--archive", &archive, "-f", "x", "-d", &other.url()]).exits(2);
    let mut bytes = std::fs::read(&archive).expect("it is there");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&archive, bytes).expect("it is ours");
    let copy = Database::new(source.server);
    let run = program.run(&[&check[..], &[&copy.url()]].concat()).exits(1);
    assert!(found(&run.json(), "is damaged").or(found(&run.json(), "cannot read")).is_some(), "{run}");
}
