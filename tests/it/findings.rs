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
    let run = program.run(&["dump", "-d", &database.url(), "-f", "x.tar.zst"]);
    run.says(&["the server promises room for", "raise max_locks_per_transaction"]);
    let run = program.run(&["check", "--json", "-d", &database.url(), "-t", "t1"]).exits(0);
    assert_eq!(found(&run.json(), "room for"), None, "{run}");
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
