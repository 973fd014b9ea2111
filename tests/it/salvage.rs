//! Does what is whole come out of a damaged archive, nothing else, and is all that does not named?
//!
//! The matrix is that of `damage.rs`. A member whose bytes are still there in one piece must come out; what comes out
//! must be what was in the sound archive, and rows that are restored must be rows of the source.

use super::damage::{DAMAGES, DATABASE, Parts};
use super::support::{Database, Program, Server};
use pgsnap::archive::Archive;
use pgsnap::command::salvage::{Guide, Salvaged, salvage};
use pgsnap::command::verify::Input;
use pgsnap::progress::{Progress, Silent};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io::Write;
use std::ops::Range;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Every row of every table, as text.
const ROWS: &str = "
    SELECT 'noise', noise::text FROM noise UNION ALL SELECT 'papers', x::text FROM papers
    UNION ALL SELECT 'wide', wide::text FROM wide UNION ALL SELECT 'empty', a::text FROM empty";

/// A table of several chunks beside those of the damage matrix.
const WIDE: &str = "
    CREATE TABLE wide (id int, pad text);
    ALTER TABLE wide ALTER pad SET STORAGE PLAIN;
    INSERT INTO wide SELECT n, repeat(md5(n::text), 200) FROM generate_series(1, 2000) n;";

fn salvaged(path: &Path) -> Result<(Option<Archive>, Salvaged), pgsnap::error::Error> {
    let silent: Arc<dyn Progress> = Arc::new(Silent);
    salvage(&Input::open(Some(path)).expect("a file"), 1, &silent)
}

fn rows(database: &Database<'_>) -> BTreeSet<String> {
    database.psql(ROWS).lines().map(str::to_string).collect()
}

/// The members of an archive by path, each with the place of its frame.
fn frames(parts: &Parts) -> BTreeMap<String, Range<usize>> {
    parts.members.iter().cloned().collect()
}

/// Paths and checksums of everything in an archive, under which each member was read when the archive was made of
/// them, and is again by a restore.
fn contents(archive: &Archive) -> BTreeMap<String, String> {
    let members = archive.manifest().members.iter();
    members.map(|member| (member.path.clone(), member.raw_xxh3.clone())).collect()
}

/// One damaged archive: what is wrong with what came out of it; and how many members came out, of how many.
fn judge(sound: &BTreeMap<String, String>, parts: &Parts, has: &dyn Fn(&Range<usize>) -> bool, path: &Path) -> Judged {
    let manifest = parts.members.iter().map(|(_, range)| range.end).max().expect("some")..parts.bytes.len() - 67;
    let guide = match (has(&manifest), has(&parts.member("draft.json"))) {
        (true, _) => Guide::Manifest,
        (_, true) => Guide::Draft,
        _ => Guide::Nothing,
    };
    let there: BTreeSet<String> =
        frames(parts).into_iter().filter(|(_, range)| has(range)).map(|(name, _)| name).collect();
    let (archive, found) = match salvaged(path) {
        Ok(found) => found,
        Err(error) => return Judged { wrong: (!there.is_empty()).then(|| error.report()), ..Judged::default() },
    };
    let mut judged = Judged { whole: there.len(), out: found.found.members as usize, ..Judged::default() };
    if found.found.guide != guide {
        judged.wrong = Some(format!("guided by {:?}, not {guide:?}", found.found.guide));
        return judged;
    }
    let Some(archive) = archive else { return judged };
    let out = contents(&archive);
    let wrong = out.iter().find(|(path, content)| sound.get(*path) != Some(content));
    judged.wrong = wrong.map(|(path, _)| format!("{path} is not what it was"));
    if out.keys().cloned().collect::<BTreeSet<_>>() != there {
        judged.wrong = Some(format!("whole are {there:?}, out came {:?}", out.keys()));
    }
    judged.outcome = Some((guide != Guide::Nothing && found.schema, there));
    judged
}

#[derive(Default)]
struct Judged {
    wrong: Option<String>,
    whole: usize,
    out: usize,
    /// What a restore has to work with.
    outcome: Option<(bool, BTreeSet<String>)>,
}

#[test]
fn the_matrix_of_damage_gives_what_is_whole() {
    let server = Server::shared(18);
    let (source, program) = (Database::new(server), Program::new());
    source.psql(DATABASE);
    source.psql(WIDE);
    let parts = Parts::read(&program.dump(&source, &["-Z", "1"]));
    let sound = contents(&Archive::open(&program.path("copy.tar.zst")).expect("it is sound"));
    let chunks = parts.members.iter().filter(|(path, _)| path.contains("public.wide/")).count();
    assert!(chunks > 1, "a table of {chunks} chunks cannot be damaged in part");
    let (all, path) = (rows(&source), program.path("damaged.tar.zst"));
    let (mut cases, mut whole, mut out, mut failed) = (0, 0, 0, Vec::new());
    let mut outcomes: HashMap<(bool, BTreeSet<String>), String> = HashMap::new();
    let (mut restored, mut rows_out) = (0, 0);
    for (spot, damage) in parts.spots().iter().flat_map(|spot| DAMAGES.map(|damage| (spot, damage))) {
        cases += 1;
        let damaged = parts.damaged(spot, damage);
        fs::write(&path, &damaged.bytes).expect("it is ours");
        let name = format!("{} {damage}", spot.rule);
        let judged = judge(&sound, &parts, &|range| damaged.has(range), &path);
        (whole, out) = (whole + judged.whole, out + judged.out);
        failed.extend(judged.wrong.map(|wrong| format!("{name}: {wrong}")));
        // Of archives with the same members left one is restored.
        let Some(outcome) = judged.outcome.filter(|outcome| outcomes.insert(outcome.clone(), name.clone()).is_none())
        else {
            continue;
        };
        let copy = Database::new(server);
        let run = program.restore_into("damaged.tar.zst", &copy, &["--salvage", "--json"]);
        restored += 1;
        if !outcome.0 {
            match run.code == Some(3) && run.stderr.contains("by hand: tail") {
                true => continue,
                false => failed.push(format!("{name}: {run}")),
            }
            continue;
        }
        let there = rows(&copy);
        let told = &run.json()["rows"];
        let wide = |rows: &BTreeSet<String>| rows.iter().filter(|row| row.starts_with("wide|")).count();
        if run.code != Some(4) || !there.is_subset(&all) || told.as_u64() != Some(there.len() as u64) {
            failed.push(format!("{name}: {} rows are there, {told} told: {run}", there.len()));
        }
        let kept = outcome.1.iter().filter(|path| path.contains("public.wide/")).count();
        if (kept == chunks) != (wide(&there) == 2000) || (kept == 0) != (wide(&there) == 0) {
            failed.push(format!("{name}: {kept} of {chunks} chunks gave {} rows", wide(&there)));
        }
        rows_out += there.len();
    }
    let _ = writeln!(
        std::io::stderr(),
        "salvage: {cases} cases, {out} of {whole} whole members came out; {restored} sorts of outcome restored, {rows_out} rows",
    );
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(restored > 10 && out == whole);
}

/// A table of several chunks, and one that refers to it.
const FAMILY: &str = "
    CREATE TABLE parent (id int PRIMARY KEY, pad text);
    ALTER TABLE parent ALTER pad SET STORAGE PLAIN;
    INSERT INTO parent SELECT n, repeat(md5(n::text), 200) FROM generate_series(1, 4000) n;
    CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent);
    INSERT INTO child SELECT n, n FROM generate_series(1, 4000) n;
    CREATE VIEW pairs AS SELECT c.id, p.pad FROM child c JOIN parent p ON p.id = c.parent;
    SELECT lo_from_bytea(4711, sha512('x'));
    CREATE SEQUENCE counter; SELECT setval('counter', 77);";

/// The archive of a family, with one chunk of the parent damaged.
fn damaged_family(server: &'static Server, program: &Program) -> (Database<'static>, String) {
    let source = Database::new(server);
    source.psql(FAMILY);
    let archive = program.dump(&source, &[]);
    let parts = Parts::read(&archive);
    let chunk = parts.member("public.parent/");
    let mut bytes = parts.bytes;
    bytes[chunk.start + chunk.len() / 2] ^= 1;
    fs::write(&archive, bytes).expect("it is ours");
    (source, archive)
}

fn table<'a>(json: &'a Value, name: &str) -> &'a Value {
    let tables = json["salvage"]["tables"].as_array().expect("a list");
    tables.iter().find(|table| table["name"] == name).unwrap_or_else(|| panic!("{name} is not in {json}"))
}

#[test]
fn a_damaged_table_costs_its_rows_and_what_needs_them() {
    let (server, program) = (Server::shared(18), Program::new());
    let (source, archive) = damaged_family(server, &program);
    // Without being asked for it nothing is restored from it.
    let copy = Database::new(server);
    program.restore_into(&archive, &copy, &[]).exits(3).says(&["nothing was changed"]);
    let run = program.run(&["verify", "--salvage", "--json", &archive]).exits(3);
    let (json, parent) = (run.json(), "partial");
    assert_eq!((&table(&json, "parent")["state"], &table(&json, "child")["state"]), (&parent.into(), &"whole".into()));
    assert_eq!((&json["salvage"]["guide"], &json["salvage"]["schema"]), (&"manifest".into(), &true.into()));
    assert_eq!(json["salvage"]["lost"].as_array().map(Vec::len), Some(1));
    let text = program.run(&["verify", "--salvage", &archive]).exits(3);
    text.says(&[
        "[F15]",
        "whole: public.child: 4000 rows",
        "partial: public.parent: ",
        " of 4000 rows",
        "lost: member",
    ]);

    let run = program.restore_into(&archive, &copy, &["--salvage"]).exits(4);
    let run = run.says(&["partial: public.parent: ", "SALVAGED from a damaged archive", "FK CONSTRAINT public.child"]);
    let rows: u64 = table(&json, "parent")["rows"].as_u64().expect("a number");
    assert!(rows > 0 && rows < 4000, "{run}");
    let told = format!("{rows} of 4000 rows, ");
    let run = run.says(&[told.as_str()]);
    assert_eq!(copy.psql("SELECT count(*) FROM parent"), rows.to_string(), "{run}");
    let digest = "SELECT md5(string_agg(parent::text, ',' ORDER BY id)) FROM parent WHERE id = ANY ";
    let ids = copy.psql("SELECT array_agg(id) FROM parent");
    let lists = format!("('{ids}'::int[])");
    assert_eq!(copy.psql(&format!("{digest}{lists}")), source.psql(&format!("{digest}{lists}")));
    for whole in [
        "SELECT md5(string_agg(child::text, ',' ORDER BY id)) FROM child",
        "SELECT md5(lo_get(4711))",
        "SELECT last_value FROM counter",
        "SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'",
    ] {
        assert_eq!(copy.psql(whole), source.psql(whole), "{whole}");
    }
    assert_eq!(copy.psql("SELECT count(*) FROM pg_constraint WHERE contype = 'f'"), "0");
}

#[test]
fn the_guards_of_a_restore_hold() {
    let (server, program) = (Server::shared(18), Program::new());
    let (source, archive) = damaged_family(server, &program);
    let full = Database::new(server);
    full.psql("CREATE TABLE mine (a int)");
    program.restore_into(&archive, &full, &["--salvage"]).exits(2).says(&["is not empty"]);
    program.restore_into(&archive, &source, &["--salvage"]).exits(2).says(&["the very database"]);
    for other in [["--clean"], ["--no-verify"], ["-1"], ["--list"]] {
        program.restore_into(&archive, &full, &[&["--salvage"], &other[..]].concat()).exits(2).says(&["--salvage"]);
    }
    assert_eq!(full.psql("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"), "1");
    let dry = Database::new(server);
    let run = program.restore_into(&archive, &dry, &["--salvage", "--dry-run", "--json"]).exits(4);
    assert_eq!(table(&run.json(), "parent")["state"], "partial");
    assert_eq!(dry.psql("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"), "0");
}

#[test]
fn a_sound_archive_is_restored_as_ever() {
    let (source, program) = (Database::new(Server::shared(18)), Program::new());
    source.psql(FAMILY);
    let archive = program.dump(&source, &[]);
    let json = program.run(&["verify", "--salvage", "--json", &archive]).exits(0).json();
    assert!(json["salvage"].is_null());
    let copy = Database::new(source.server);
    let json = program.restore_into(&archive, &copy, &["--salvage", "--json"]).exits(0).json();
    assert!(json["salvage"].is_null() && json["rows"] == 8000, "{json}");
}

/// A part of an archive that came through a pipe, too.
#[test]
fn a_truncated_archive_gives_its_chunks() {
    let (source, program) = (Database::new(Server::shared(18)), Program::new());
    source.psql(FAMILY);
    let archive = program.dump(&source, &[]);
    let parts = Parts::read(&archive);
    let second = parts.members.iter().filter(|(path, _)| path.contains("public.parent/")).nth(1).expect("two chunks");
    let file = fs::File::options().write(true).open(&archive).expect("it is ours");
    file.set_len(second.1.end as u64 - 1).expect("it is ours");
    let json = program.run(&["verify", "--salvage", "--json", &archive]).exits(3).json();
    assert_eq!((&json["salvage"]["guide"], &table(&json, "parent")["state"]), (&"draft".into(), &"unknown".into()));
    let copy = Database::new(source.server);
    let mut command = program.command(&["restore", "-", "--salvage", "-d", &copy.url()]);
    command.stdin(fs::File::open(&archive).expect("it is ours")).stderr(Stdio::piped());
    let output = command.output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("unknown: public.parent: ") && said.contains("how many there were is not known"), "{said}");
    let count: u64 = copy.psql("SELECT count(*) FROM parent").parse().expect("a number");
    assert_eq!(Some(count), table(&json, "parent")["rows"].as_u64());
    assert!(count > 0 && count < 4000, "{count}");
    let same = "SELECT count(*) FROM parent WHERE pad = repeat(md5(id::text), 200)";
    assert_eq!(copy.psql(same), count.to_string());
    assert_eq!(copy.psql("SELECT last_value FROM counter"), "77");
}

/// The schema's entries are lost: it says how to go on by hand, and what it says works.
#[test]
fn without_entries_a_person_can_go_on_by_hand() {
    let (source, program) = (Database::new(Server::shared(18)), Program::new());
    source.psql(FAMILY);
    let archive = program.dump(&source, &[]);
    let parts = Parts::read(&archive);
    let entries = parts.member("schema/entries.json");
    let mut bytes = parts.bytes;
    bytes[entries.start + entries.len() / 2] ^= 1;
    fs::write(&archive, bytes).expect("it is ours");
    let copy = Database::new(source.server);
    let run = program.restore_into("copy.tar.zst", &copy, &["--salvage"]).exits(3).says(&["by hand: ", "--data-only"]);
    let hint = run.stderr.split("by hand: ").nth(1).expect("a hint");
    let commands = hint.rsplit_once("; then").expect("commands come first").0;
    let shell = Command::new("/bin/sh").args(["-ec", commands]).current_dir(program.home()).output().expect("a shell");
    assert!(shell.status.success(), "{commands}: {}", String::from_utf8_lossy(&shell.stderr));
    let script = fs::read_to_string(program.path("schema/pre-data.sql")).expect("it is unpacked");
    super::support::expect(copy.server.load(&copy.name, &program.path("schema/pre-data.sql")));
    assert!(script.contains("CREATE TABLE public.parent") && program.path("restore.sql").exists());
    program.restore_into("copy.tar.zst", &copy, &["--salvage", "--data-only"]).exits(4).says(&["entries.json"]);
    let rows = "SELECT count(*), (SELECT md5(string_agg(child::text, ',' ORDER BY id)) FROM child) FROM parent";
    assert_eq!(copy.psql(rows), source.psql(rows));
}
