//! Does the command line keep its promises: help, exit codes, what goes to which stream?
//!
//! What users and their scripts build on. Where an archive goes is `destination`'s, what bad input does
//! is `input`'s; here it is the shape of every run.

use super::support::{Database, Program, Server, pgsnap, repository};
use serde_json::Value;

const COMMANDS: [&str; 10] =
    ["dump", "verify", "restore", "inspect", "check", "list", "prune", "report", "completions", "man"];

/// A small database with something of everything the summaries count.
fn small() -> Database<'static> {
    let database = Database::new(Server::shared(18));
    database.psql(
        "CREATE TABLE film (id serial PRIMARY KEY, title text);
         INSERT INTO film (title) SELECT 'film ' || n FROM generate_series(1, 10) n;
         CREATE TABLE tagged (kind regclass); INSERT INTO tagged VALUES ('film');
         SELECT lo_from_bytea(4711, 'some bytes');",
    );
    database
}

/// Changes one byte in the middle of a file.
fn spoil(path: &str) {
    let mut bytes = std::fs::read(path).expect("it is there");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path, bytes).expect("it is ours");
}

#[test]
fn every_help_ends_in_its_exit_status() {
    let codes = ["  0  ", "  1  ", "  2  ", "  3  ", "  4  ", "  130  ", "  143  "];
    for command in COMMANDS.map(Some).into_iter().chain([None]) {
        for help in ["--help", "-?"] {
            let run = pgsnap(&command.into_iter().chain([help]).collect::<Vec<_>>()).exits(0);
            let text = run.text();
            let status = text.split("EXIT STATUS").nth(1).unwrap_or_else(|| panic!("no EXIT STATUS\n{run}"));
            assert!(codes.iter().all(|code| status.contains(code)), "{run}");
            assert!(command.is_none() || text.contains("EXAMPLE"), "{run}");
            assert_eq!(run.stderr, "");
        }
    }
    let text = pgsnap(&["--help"]).text();
    assert!(COMMANDS.iter().all(|command| text.contains(command)), "{text}");
}

#[test]
fn h_is_the_host_and_not_help() {
    let run = pgsnap(&["dump", "-h", "/nowhere/at/all", "-U", "me", "-d", "x", "-f", "x.tar.zst"]).exits(1);
    run.says(&["/nowhere/at/all", "-h"]);
}

#[test]
fn the_version_is_told() {
    let version = format!("pgsnap {} (archive format 1.2)\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(pgsnap(&["--version"]).exits(0).text(), version);
}

#[test]
fn completions_know_every_command_and_option() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = pgsnap(&["completions", shell]).exits(0).text();
        assert!(COMMANDS.iter().all(|command| script.contains(command)), "{shell}: {script}");
        assert!(script.contains("keep-within") && script.contains("exclude-table-data"), "{shell}: {script}");
    }
    let program = Program::new();
    let script = program.run(&["completions", "bash"]).exits(0).stdout;
    std::fs::write(program.path("pgsnap.bash"), script).expect("it is ours");
    let typed = "source ./pgsnap.bash; COMP_WORDS=(pgsnap prune --keep-w) COMP_CWORD=2; _pgsnap pgsnap --keep-w prune; \
                 echo ${COMPREPLY[*]}";
    let mut bash = std::process::Command::new("bash");
    let output = bash.args(["--norc", "-c", typed]).current_dir(program.home()).output().expect("bash runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "--keep-weekly --keep-within", "{output:?}");
    program.run(&["completions", "tcsh"]).exits(2);
}

#[test]
fn each_command_has_a_man_page() {
    let program = Program::new();
    let page = program.run(&["man"]).exits(0).text();
    assert!(page.contains(".TH pgsnap 1") && page.contains("EXIT STATUS"), "{page}");
    program.run(&["man", "nowhere"]).exits(1).says(&["nowhere"]);
    program.run(&["man", "."]).exits(0);
    let mut pages = COMMANDS.map(|command| format!("pgsnap-{command}.1")).to_vec();
    pages.push("pgsnap.1".into());
    pages.sort();
    assert_eq!(program.files(), pages);
    let page = std::fs::read_to_string(program.path("pgsnap-prune.1")).expect("it is there");
    assert!(page.contains("keep\\-within") && page.contains("EXAMPLES"), "{page}");
}

#[test]
fn wrong_usage_exits_2_and_says_what_is_wrong() {
    let cases: &[(&[&str], &str)] = &[
        (&[], "Usage"),
        (&["undo"], "undo"),
        (&["dump", "--frob"], "--frob"),
        (&["dump", "-j", "0"], "0"),
        (&["dump", "-j", "many"], "many"),
        (&["dump", "-s", "-a"], "--data-only"),
        (&["dump", "-q", "-v"], "--quiet"),
        (&["dump", "-f", "x", "--dir", "y"], "--dir"),
        (&["dump", "-f", "-", "--json", "-d", "x"], "standard output"),
        (&["dump", "--lock-wait-timeout", "soon"], "soon"),
        (&["dump", "-n", "a.b.c", "-d", "x"], "a.b.c"),
        (&["dump", "-t", "", "-d", "x"], "pattern"),
        (&["dump", "-p", "0", "-h", "localhost", "-d", "x"], "65535"),
        (&["dump", "-d", "mysql://localhost/x"], "mysql"),
        (&["verify"], "ARCHIVE"),
        (&["inspect", "--frob", "x"], "--frob"),
        (&["restore", "-d", "x"], "ARCHIVE"),
        (&["prune", "--keep-last", "few"], "unlimited"),
        (&["prune", "--keep-within", "7"], "2y5m7d3h"),
        (&["restore", "x.tar.zst"], "-d"),
    ];
    for (args, word) in cases {
        let program = Program::new();
        let run = program.run(args).exits(2);
        assert!(run.stdout.is_empty(), "{run}");
        run.says(&[word]);
        assert!(program.files().is_empty(), "{args:?} left {:?}", program.files());
    }
}

#[test]
fn a_level_that_zstd_does_not_have_is_wrong_usage() {
    let (database, program) = (small(), Program::new());
    let run = program.run(&["dump", "-Z", "99", "-f", "x.tar.zst", "-d", &database.url()]).exits(2);
    run.says(&["99"]);
    assert!(program.files().is_empty(), "{:?}", program.files());
    program.run(&["dump", "-Z", "-5", "-f", "x.tar.zst", "-d", &database.url()]).exits(0);
}

/// The keys that a summary promises, and that they have the type of these examples.
#[track_caller]
fn has(summary: &Value, like: &Value) {
    for (key, example) in like.as_object().expect("examples are objects") {
        let found = &summary[key];
        let same = std::mem::discriminant(found) == std::mem::discriminant(example);
        assert!(same, "{key}: {found} is not like {example} in {summary:#}");
        if example.is_object() {
            has(found, example);
        }
    }
}

/// The examples of docs/json.md below a heading.
fn documented(heading: &str) -> Vec<Value> {
    let guide = std::fs::read_to_string(repository().join("docs/json.md")).expect("it is there");
    let section = guide.split("\n## ").find(|section| section.starts_with(&format!("{heading}\n")));
    let block = section.and_then(|section| section.split("```json\n").nth(1)).expect("the section has an example");
    let block = block.split("\n```").next().expect("a first part");
    serde_json::Deserializer::from_str(block).into_iter().collect::<Result<_, _>>().expect("the examples are JSON")
}

/// Asserts that a summary has what the documentation promises.
#[track_caller]
fn is_as_documented(command: &str, summary: &Value) {
    let [example] = documented(command).try_into().expect("one example");
    has(summary, &example);
    assert_eq!(summary["version"], example["version"]);
}

#[test]
fn json_summaries_have_what_they_promise() {
    let (database, program) = (small(), Program::new());
    let (source, copy) = (database.url(), Database::new(database.server));

    let dumped = program.run(&["dump", "-d", &source, "-f", "a.tar.zst", "--json"]).exits(0).json();
    is_as_documented("dump", &dumped);
    assert_eq!(dumped["database"], database.name);
    assert_eq!((&dumped["totals"]["tables"], &dumped["totals"]["rows"]), (&2.into(), &11.into()));
    let length = std::fs::metadata(program.path("a.tar.zst")).expect("it is there").len();
    assert_eq!(dumped["archive_bytes"], length);

    let verified = program.run(&["verify", "a.tar.zst", "--json"]).exits(0).json();
    is_as_documented("verify", &verified);
    assert_eq!((&verified["sound"], &verified["archive"]), (&true.into(), &"a.tar.zst".into()));

    let restored = program.run(&["restore", "a.tar.zst", "-d", &copy.url(), "--json"]).exits(0).json();
    is_as_documented("restore", &restored);
    assert_eq!((&restored["database"], &restored["rows"]), (&copy.name.clone().into(), &11.into()));

    let inspected = program.run(&["inspect", "a.tar.zst", "--json"]).exits(0).json();
    is_as_documented("inspect", &inspected);
    assert_eq!((&inspected["sequences"], &inspected["large_objects"]), (&1.into(), &1.into()));
    let tables = inspected["tables"].as_array().expect("a list");
    let film = tables.iter().find(|table| table["name"] == "film").expect("the table is listed");
    has(
        film,
        &serde_json::json!({ "identity": "", "schema": "", "format": "", "rows": 0, "raw_bytes": 0,
        "stored_bytes": 0, "chunks": 0, "fingerprint": "" }),
    );
    assert_eq!((&film["rows"], &film["format"]), (&10.into(), &"binary".into()));
    let tagged = tables.iter().find(|table| table["name"] == "tagged").expect("the table is listed");
    assert_eq!(tagged["format"], "text");
    assert!(tagged["reason"].as_str().is_some_and(|reason| reason.contains("kind")), "{tagged}");
    let json = |args: &[&str]| program.run(args).exits(0).json();
    is_as_documented("check", &json(&["check", "-d", &source, "--json"]));
    is_as_documented("list", &json(&["list", ".", "--json"]));
    is_as_documented("prune", &json(&["prune", ".", "--keep-last", "1", "--dry-run", "--json"]));
}

#[test]
fn progress_is_told_in_json_as_documented() {
    let (database, program) = (small(), Program::new());
    let (source, copy) = (database.url(), Database::new(database.server));
    let examples = documented("Progress");
    for args in [
        &["dump", "-v", "-d", &source, "-f", "a.tar.zst", "--progress", "json", "--json"][..],
        &["verify", "-v", "a.tar.zst", "--progress", "json", "--json"],
        &["restore", "-v", "a.tar.zst", "-d", &copy.url(), "--progress", "json", "--json"],
    ] {
        let run = program.run(args).exits(0);
        let lines: Vec<Value> = run.stderr.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        assert_eq!(lines.len(), run.stderr.lines().count(), "{run}");
        for line in &lines {
            let mut example = examples.iter().find(|example| example["event"] == line["event"]).cloned();
            let example = example.as_mut().unwrap_or_else(|| panic!("{line} is not documented"));
            if line["eta_seconds"].is_null() {
                example.as_object_mut().expect("an object").remove("eta_seconds");
            }
            has(line, example);
        }
        assert!(lines.iter().any(|line| line["event"] == "phase"), "{run}");
        let last = lines.last().expect("something was told");
        assert_eq!((&last["event"], &last["version"]), (&"progress".into(), &1.into()), "{run}");
        assert!(last["bytes"].as_u64().is_some_and(|bytes| bytes > 0), "{run}");
        assert_eq!((&last["tables"], &last["total_tables"]), (&2.into(), &2.into()), "{run}");
        let film = lines.iter().find(|line| line["table"] == "public.film").expect("it was copied");
        assert_eq!(film["rows"], 10, "{run}");
        assert!(film["bytes"].as_u64().is_some_and(|bytes| bytes > 100), "{run}");
    }
    program.run(&["verify", "a.tar.zst", "--progress", "none"]).exits(0);
    program.run(&["verify", "a.tar.zst", "--progress", "json", "-q"]).exits(2);
}

#[test]
fn findings_are_json_too() {
    let (database, program) = (small(), Program::new());
    let archive = program.dump(&database, &[]);
    spoil(&archive);
    let verified = program.run(&["verify", &archive, "--json"]).exits(3).json();
    assert_eq!(verified["sound"], false);
    let finding = &verified["findings"][0];
    has(finding, &serde_json::json!({ "rule": "", "offset": 0, "place": "", "problem": "" }));
}

#[test]
fn a_pipe_gets_a_summary_and_nothing_that_moves() {
    let (database, program) = (small(), Program::new());
    let (source, copy) = (database.url(), Database::new(database.server));
    for args in [
        &["dump", "-d", &source, "-f", "a.tar.zst"][..],
        &["verify", "a.tar.zst"],
        &["restore", "a.tar.zst", "-d", &copy.url()],
    ] {
        let run = program.run(args).exits(0);
        assert!(run.stdout.is_empty(), "{run}");
        assert_eq!(run.stderr.lines().count(), 1, "{run}");
        assert!(run.stderr.starts_with("pgsnap: ") && run.stderr.contains("11 rows"), "{run}");
        assert!(!run.stderr.contains(['\u{1b}', '\r', '\u{8}']), "{run}");
    }
    let run = program.run(&["inspect", "a.tar.zst"]).exits(0);
    assert!(run.stderr.is_empty() && run.text().contains("public.film"), "{run}");
    assert!(!run.text().contains('\u{1b}'), "{run}");
}

#[test]
fn quiet_says_nothing_and_verbose_says_more() {
    let (database, program) = (small(), Program::new());
    let source = database.url();
    let (one, two) = (Database::new(database.server), Database::new(database.server));
    for (quiet, verbose, told) in [
        (
            &["dump", "-d", &source, "-f", "a.tar.zst", "-q"][..],
            &["dump", "-d", &source, "-f", "b.tar.zst", "-v"][..],
            "public.film",
        ),
        (&["verify", "a.tar.zst", "--quiet"], &["verify", "b.tar.zst", "--verbose"], "verifying"),
        (
            &["restore", "a.tar.zst", "-d", &one.url(), "-q"],
            &["restore", "b.tar.zst", "-d", &two.url(), "-v"],
            "TABLE public.film",
        ),
    ] {
        let run = program.run(quiet).exits(0);
        assert!(run.stdout.is_empty() && run.stderr.is_empty(), "{run}");
        let run = program.run(verbose).exits(0);
        assert!(run.stdout.is_empty() && run.stderr.lines().count() > 1, "{run}");
        run.says(&[told]);
    }
}

#[test]
fn quiet_still_tells_what_is_wrong() {
    let (database, program) = (small(), Program::new());
    let archive = program.dump(&database, &[]);
    spoil(&archive);
    program.run(&["verify", "-q", &archive]).exits(3).says(&["DAMAGED", "1 finding"]);
    program.run(&["verify", "-q", "nowhere.tar.zst"]).exits(1).says(&["nowhere.tar.zst"]);
}

#[test]
fn the_exit_code_tells_failure_from_wrong_usage_from_damage() {
    let (database, program) = (small(), Program::new());
    // So that the middle of the archive is rows.
    database.psql("CREATE TABLE noise AS SELECT md5(n::text) FROM generate_series(1, 20000) n");
    let archive = program.dump(&database, &[]);
    program.run(&["verify", &archive]).exits(0);
    program.run(&["inspect", "nowhere.tar.zst"]).exits(1);
    program.run(&["restore", &archive, "-d", "host=/nowhere/at/all dbname=x user=me"]).exits(1);
    program.run(&["restore", &archive, "-d", &database.url()]).exits(2);
    spoil(&archive);
    program.run(&["verify", &archive]).exits(3);
    let copy = Database::new(database.server);
    program.run(&["restore", &archive, "-d", &copy.url()]).exits(3).says(&["noise"]);
}

#[test]
fn what_it_does_not_know_is_named_and_exits_4() {
    let (database, program) = (small(), Program::new());
    // As a newer server's catalog would look: something depends that is in none of the catalogs we read.
    database.psql(
        "CREATE TABLE gadget (name text);
         INSERT INTO pg_depend VALUES ('gadget'::regclass, 99999, 0, 'pg_namespace'::regclass, 2200, 0, 'n')",
    );
    let run = program.run(&["dump", "-d", &database.url(), "-f", "a.tar.zst"]).exits(4);
    run.says(&["warning: not copied: public.gadget oid 99999", "skipped: public.gadget oid 99999"]);
    let dumped = program.run(&["dump", "-d", &database.url(), "-f", "b.tar.zst", "--json"]).exits(4).json();
    let inspected = program.run(&["inspect", "b.tar.zst", "--json"]).exits(0).json();
    let sidecar = std::fs::read(program.path("b.tar.zst.json")).expect("it is there");
    let sidecar: Value = serde_json::from_slice(&sidecar).expect("it is JSON");
    for summary in [dumped, inspected, sidecar] {
        let skipped = &summary["skipped"][0];
        assert_eq!((&skipped["kind"], &skipped["name"]), (&"public.gadget".into(), &"oid 99999".into()), "{summary:#}");
        assert!(skipped["reason"].is_string());
    }
    // The archive is as good as any other, and says what it lacks.
    program.run(&["verify", "a.tar.zst"]).exits(0);
    let copy = Database::new(database.server);
    let restored = program.run(&["restore", "a.tar.zst", "-d", &copy.url(), "--json"]).exits(0).json();
    assert_eq!(restored["skipped"], 1);
}

#[test]
fn names_from_a_server_move_no_terminal() {
    let (database, program) = (Database::new(Server::shared(18)), Program::new());
    database.psql("CREATE TABLE \"red \u{1b}[31m\nname\" (a int); INSERT INTO \"red \u{1b}[31m\nname\" VALUES (1)");
    let dumped = program.run(&["dump", "-v", "-d", &database.url(), "-f", "a.tar.zst"]).exits(0);
    let copy = Database::new(database.server);
    let restored = program.run(&["restore", "-v", "a.tar.zst", "-d", &copy.url()]).exits(0);
    let inspected = program.run(&["inspect", "a.tar.zst"]).exits(0);
    for run in [&dumped, &restored, &inspected] {
        assert!(!run.stderr.contains('\u{1b}') && !run.text().contains('\u{1b}'), "{run}");
    }
    assert!(dumped.stderr.contains("red") && inspected.text().contains("red"));
}
