//! Is every kind of damage found, with its place, whatever rule of the format it breaks; and does nothing
//! begin to be restored from a damaged archive?
//!
//! The matrix is six kinds of damage at the place of each numbered rule of FORMAT.md, in an archive of a real
//! database with everything the format knows. `verify` and `restore` judge each case; the counts are printed.

use super::support::{Database, Program, Server, repository};
use pgsnap::archive::Archive;
use pgsnap::command::verify::{Input, verify};
use pgsnap::progress::{Progress, Silent};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::ops::Range;
use std::sync::Arc;

/// Several chunks, an empty table, a table that travels as text, columns as text, arrays of named types,
/// large objects, sequences.
pub const DATABASE: &str = "
    CREATE TYPE mood AS ENUM ('calm', 'glad');
    CREATE TABLE noise (id serial PRIMARY KEY, m mood[], r regclass, t text);
    INSERT INTO noise (m, r, t) SELECT '{calm,glad}', 'pg_class', sha512(n::text::bytea)::text
        FROM generate_series(1, 30000) n;
    CREATE TABLE empty (a int);
    CREATE TABLE papers (x xml);
    INSERT INTO papers VALUES ('<a/>');
    SELECT lo_from_bytea(4711, sha512('x'));";

/// The six kinds of damage.
pub const DAMAGES: [&str; 6] = ["flip", "truncate", "delete", "duplicate", "reorder", "swap"];

/// Where a rule can be broken, and what it may be exchanged with.
pub struct Spot {
    pub rule: &'static str,
    range: Range<usize>,
    other: Range<usize>,
}

/// The parts of an archive by position.
pub struct Parts {
    pub bytes: Vec<u8>,
    pub members: Vec<(String, Range<usize>)>,
}

/// An archive that was damaged, and the stretches of the sound one that are in it.
pub struct Damaged {
    pub bytes: Vec<u8>,
    pieces: Vec<Range<usize>>,
}

impl Damaged {
    /// Whether a stretch of the sound archive is still there in one piece.
    pub fn has(&self, range: &Range<usize>) -> bool {
        let mut joined: Vec<Range<usize>> = Vec::new();
        for piece in self.pieces.iter().filter(|piece| !piece.is_empty()) {
            match joined.last_mut().filter(|last| last.end == piece.start) {
                Some(last) => last.end = piece.end,
                None => joined.push(piece.clone()),
            }
        }
        joined.iter().any(|piece| piece.start <= range.start && range.end <= piece.end)
    }
}

impl Parts {
    pub fn read(path: &str) -> Parts {
        let archive = Archive::open(path.as_ref()).expect("it is sound");
        let range = |offset: u64, length: u64| offset as usize..(offset + length) as usize;
        let of_manifest = archive.manifest().members.iter();
        let members = of_manifest.map(|one| (one.path.clone(), range(one.offset, one.stored_bytes))).collect();
        Parts { bytes: fs::read(path).expect("it is there"), members }
    }

    pub fn member(&self, part: &str) -> Range<usize> {
        let found = self.members.iter().find(|(path, _)| path.contains(part));
        found.unwrap_or_else(|| panic!("no member {part}")).1.clone()
    }

    /// One place for each rule. Whole frames where the rule is about members, else the bytes it is about.
    pub fn spots(&self) -> Vec<Spot> {
        let end = self.bytes.len();
        let (footer, tail) = (end - 52, end - 67);
        let (head, chunk) = (self.member("pgsnap.json"), self.member("public.noise/"));
        let (text, large) = (self.member("public.papers/"), self.member("large-objects/"));
        let entries = self.member("schema/entries.json");
        let manifest = self.members.iter().map(|(_, range)| range.end).max().expect("there are some")..tail;
        let part = |range: &Range<usize>, from: usize, length: usize| range.start + from..range.start + from + length;
        // Compressed bytes, unlike any others of their length.
        let far = |length: usize| part(&entries, entries.len() / 2, length);
        let spot = |rule, range: Range<usize>, other| Spot { rule, range, other };
        let bytes = |rule, range: Range<usize>| Spot { rule, other: far(range.len()), range };
        vec![
            spot("F1", text.clone(), chunk.clone()),
            bytes("F2", part(&chunk, 0, 9)),
            bytes("F3", tail..footer),
            bytes("F4", chunk.end - 12..chunk.end),
            bytes("F5", part(&chunk, 9, 40)),
            bytes("F6", part(&text, 12, 30)),
            bytes("F7", part(&chunk, 5, 4)),
            spot("F8", head.clone(), manifest.clone()),
            spot("F9", chunk.clone(), large.clone()),
            bytes("F10", footer..end),
            bytes("F11", footer + 20..footer + 36),
            bytes("F12", footer + 36..footer + 44),
            bytes("F13", part(&manifest, manifest.len() / 2, 24)),
            bytes("F14", chunk.end - 8..chunk.end + 8),
            bytes("F15", part(&chunk, chunk.len() / 2, 64)),
            spot("F16", text.clone(), large.clone()),
            bytes("F17", part(&chunk, chunk.len() / 3, 500)),
            bytes("F18", part(&manifest, manifest.len() - 40, 30)),
            bytes("F19", part(&head, 20, 30)),
            spot("F20", head.clone(), text.clone()),
            bytes("F21", part(&chunk, chunk.len() - 200, 100)),
            bytes("F22", part(&chunk, 4, 1)),
            spot("F23", manifest.clone(), chunk.clone()),
            bytes("F24", footer + 28..footer + 36),
            bytes("F25", part(&manifest, 30, 50)),
            spot("F26", chunk.clone(), entries.clone()),
            bytes("F27", part(&chunk, 60, 80)),
            spot("F28", self.member("draft.json"), large.clone()),
            bytes("F29", part(&large, large.len() / 2, 10)),
        ]
    }

    /// The archive with one place damaged; it always differs from the sound one.
    pub fn damaged(&self, spot: &Spot, damage: &str) -> Damaged {
        let range = spot.range.clone();
        let (middle, end) = (range.start + range.len() / 2, self.bytes.len());
        let pieces = match damage {
            "flip" => vec![0..middle, middle + 1..end],
            "truncate" => vec![0..middle; 1],
            "delete" => vec![0..range.start, range.end..end],
            "duplicate" => vec![0..range.end, range.start..end],
            // Before what precedes it.
            "reorder" => {
                let before = match range.start {
                    0 => 0,
                    start => start - range.len().min(start),
                };
                let behind = if range.start == 0 { 2 * range.len() } else { range.end };
                let moved = behind - range.len();
                vec![0..before, moved.max(before)..behind, before..moved, behind..end]
            }
            _ => {
                let (first, last) = match spot.other.start < range.start {
                    true => (spot.other.clone(), range.clone()),
                    false => (range.clone(), spot.other.clone()),
                };
                assert!(first.end <= last.start, "{}: what is exchanged overlaps", spot.rule);
                vec![0..first.start, last.clone(), first.end..last.start, first, last.end..end]
            }
        };
        let mut bytes: Vec<u8> = pieces.iter().flat_map(|piece| &self.bytes[piece.clone()]).copied().collect();
        if damage == "flip" {
            bytes.insert(middle, self.bytes[middle] ^ 1 << (middle % 8));
        }
        assert!(bytes != self.bytes, "{} {damage} of {} bytes changes nothing", spot.rule, range.len());
        Damaged { bytes, pieces }
    }

    /// What a finding may call the place: the members that a spot touches and their neighbours, and the parts of the
    /// end.
    fn names(&self, range: &Range<usize>) -> Vec<String> {
        let at = |position: usize| self.members.iter().position(|(_, member)| member.contains(&position));
        let last = self.members.len() - 1;
        let first = at(range.start).unwrap_or(last);
        let until = at(range.end - 1).unwrap_or(last);
        let near = &self.members[first.saturating_sub(1)..=(until + 1).min(last)];
        let mut names: Vec<String> = near.iter().map(|(path, _)| path.clone()).collect();
        if range.end >= self.members[last].1.end {
            names.extend(["manifest.json", "footer", "end frame", "end of the file"].map(str::to_string));
        }
        names
    }
}

#[test]
fn the_matrix_of_damage() {
    let server = Server::shared(18);
    let (source, target, program) = (Database::new(server), Database::new(server), Program::new());
    source.psql(DATABASE);
    let parts = Parts::read(&program.dump(&source, &["-Z", "1"]));
    let before = target.pg_dump(&["--restrict-key=x"]);
    let silent: Arc<dyn Progress> = Arc::new(Silent);
    let path = program.path("damaged.tar.zst");
    let spots = parts.spots();
    let (mut cases, mut found, mut refused, mut failed) = (0, 0, 0, Vec::new());
    for (spot, damage) in spots.iter().flat_map(|spot| DAMAGES.map(|damage| (spot, damage))) {
        cases += 1;
        fs::write(&path, parts.damaged(spot, damage).bytes).expect("it is ours");
        let summary = verify(&Input::open(Some(&path)).expect("a file"), 1, &silent);
        let told = match &summary {
            Ok(summary) => summary.report.findings.iter().map(|one| format!("{one}\n")).collect(),
            Err(error) => error.report(),
        };
        let names = parts.names(&spot.range);
        let told_of = match summary {
            Ok(summary) => !summary.sound && names.iter().any(|name| told.contains(name)),
            // Of a file that ends inside its first frame no place is left but the whole.
            Err(_) => {
                damage == "truncate" && spot.range.start < parts.members[0].1.end && told.contains("damaged.tar.zst")
            }
        };
        match told_of {
            true => found += 1,
            false => failed.push(format!("{} {damage}: verify does not name one of {names:?}:\n{told}", spot.rule)),
        }
        let run = program.restore_into("damaged.tar.zst", &target, &[]);
        // A restore that had begun would make the next one fail with 2: the target is not empty.
        match run.code == Some(3) && run.stderr.contains("damaged.tar.zst") {
            true => refused += 1,
            false => failed.push(format!("{} {damage}: {run}", spot.rule)),
        }
    }
    let rules = spots.len();
    let counts = format!(
        "damage: {rules} rules × {} kinds = {cases} cases, {found} found with their place, {refused} restores refused",
        DAMAGES.len()
    );
    let _ = writeln!(std::io::stderr(), "{counts}");
    assert!(failed.is_empty(), "{counts}\n{}", failed.join("\n"));
    assert_eq!(target.pg_dump(&["--restrict-key=x"]), before, "the target was changed");
}

#[test]
fn the_matrix_has_every_rule() {
    let text = fs::read_to_string(repository().join("src/archive/FORMAT.md")).expect("it is there");
    let rule = |line: &str| line.strip_prefix("**")?.split("**").next().map(str::to_string);
    let written: BTreeSet<String> = text.lines().filter_map(rule).filter(|name| name.starts_with('F')).collect();
    let code = fs::read_to_string(repository().join("tests/it/damage.rs")).expect("it is there");
    let missing: Vec<_> = written.iter().filter(|name| !code.contains(&format!("(\"{name}\","))).collect();
    assert!(written.len() >= 27 && missing.is_empty(), "rules without a row in the matrix: {missing:?}");
}

/// What the selection does not need may be damaged; with `--no-verify` damage is found when it is met.
#[test]
fn only_what_is_restored_must_be_sound() {
    let server = Server::shared(18);
    let (source, program) = (Database::new(server), Program::new());
    source.psql(DATABASE);
    let archive = program.dump(&source, &[]);
    let parts = Parts::read(&archive);
    let chunk = parts.member("public.noise/");
    let mut bytes = parts.bytes.clone();
    bytes[chunk.start + chunk.len() / 2] ^= 1;
    fs::write(&archive, bytes).expect("it is ours");
    program.restore_into(&archive, &Database::new(server), &[]).exits(3).says(&["nothing was changed", "noise"]);
    let copy = program.restore(&archive, server, &["--exclude-table-data", "noise"]);
    assert_eq!(copy.psql("SELECT (SELECT count(*) FROM noise), (SELECT count(*) FROM papers)"), "0|1");
    let half = Database::new(server);
    program.restore_into(&archive, &half, &["--no-verify"]).exits(3).says(&["noise", "F15"]);
    assert_eq!(half.psql("SELECT count(*) FROM noise"), "0", "no half table is committed");
}
