//! Judges a copy with PostgreSQL's own `pg_dump`.
//!
//! The measure: `pg_dump` of the database that pgsnap restored equals `pg_dump` of a database that
//! `pg_dump | psql` restored. Schemas are compared entry by entry (the order of entries is free), data
//! row by row (the order of rows is free), sequence values and large objects statement by statement.
//! Where `pg_dump | psql` itself falls short of the source, being equal to the source is right too.
//!
//! Everything is bytes, since a database's text need not be UTF-8; only messages are made readable.

use super::{Database, Program, Server, expect};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Differences shown before the rest is only counted.
const SHOWN: usize = 8;
/// Characters of one entry or row shown.
const SHOWN_TEXT: usize = 700;

/// How to dump and restore.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// `-j` of dump and restore.
    pub jobs: u32,
    /// Further arguments of `pgsnap dump`.
    pub dump: &'a [&'a str],
    /// Further arguments of `pgsnap restore`.
    pub restore: &'a [&'a str],
    /// Further arguments of the reference's `pg_dump`, where pgsnap copies a part.
    pub pg_dump: &'a [&'a str],
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options { jobs: 2, dump: &[], restore: &[], pg_dump: &[] }
    }
}

/// Dumps a database with pgsnap, verifies the archive, restores it into a new database on `target`, and
/// panics with a readable account of every difference to what `pg_dump | psql` makes of it there.
#[track_caller]
pub fn roundtrip(source: &Database<'_>, target: &Server, options: Options<'_>) {
    let program = Program::new();
    let archive = program.path("copy.tar.zst").to_string_lossy().into_owned();
    let jobs = options.jobs.to_string();

    let url = source.url();
    let dump = [&["dump", "-d", &url, "-f", &archive, "-j", &jobs], options.dump].concat();
    program.run(&dump).exits(0);
    program.run(&["verify", &archive]).exits(0);
    let actual = Database::like(target, source);
    let url = actual.url();
    let restore = [&["restore", &archive, "-d", &url, "-j", &jobs], options.restore].concat();
    program.run(&restore).exits(0);

    equal_to_reference(source, &actual, options.pg_dump);
    if source.server.binaries.version == target.binaries.version {
        like_its_archive(&program, &archive, source, &actual);
    }
}

/// Places in which a copy by `pg_dump | psql` differs from its source, too.
const LOST_BY_PG_DUMP_TOO: [&str; 2] = [
    // Columns that a child has from its parents come first.
    "TABLE public.joined",
    // A child takes its parents' storage.
    "TABLE public.properties_child",
];

/// What every new database has, and a source may have dropped: no copy drops it.
const MADE_BY_INITDB: [&str; 2] = ["SCHEMA public", "ACL public"];

/// pgsnap's own comparison must find the same.
#[track_caller]
fn like_its_archive(program: &Program, archive: &str, source: &Database<'_>, copy: &Database<'_>) {
    let run = program.run(&["verify", archive, "--against", &copy.url(), "--json"]);
    let summary = run.json();
    let differences = summary["against"]["differences"].as_array().expect("a list");
    let places = differences.iter().map(|one| one["place"].as_str().expect("a place"));
    let without_public = source.psql("SELECT pg_catalog.to_regnamespace('public') IS NULL") == "t";
    let known =
        |place: &&str| LOST_BY_PG_DUMP_TOO.contains(place) || (without_public && MADE_BY_INITDB.contains(place));
    let found: Vec<&str> = places.filter(|place| !known(place)).collect();
    assert!(found.is_empty(), "{run}");
}

/// The second half of [`roundtrip`]: panics unless `actual` is what `pg_dump ARGS | psql` makes of
/// `source` on the server where `actual` is.
#[track_caller]
pub fn equal_to_reference(source: &Database<'_>, actual: &Database<'_>, pg_dump: &[&str]) {
    let expected = Database::like(actual.server, source);
    let errors = expect(expected.server.load_anyway(&expected.name, &source.pg_dump(pg_dump)));
    let differences = differences(source, &expected, actual);
    if differences.is_empty() {
        return;
    }
    let mut account = format!("the copy has {} differences", differences.len());
    for difference in differences.iter().take(SHOWN) {
        let _ = write!(account, "\n\n{difference}");
    }
    if differences.len() > SHOWN {
        let _ = write!(account, "\n\n… and {} more", differences.len() - SHOWN);
    }
    for error in errors.iter().take(SHOWN) {
        let _ = write!(account, "\n(the reference restore said: {error})");
    }
    panic!("{account}");
}

/// Everything in which `actual` is neither what `expected` is nor what `source` is.
pub fn differences(source: &Database<'_>, expected: &Database<'_>, actual: &Database<'_>) -> Vec<String> {
    let of = |args: &[&str]| [source.pg_dump(args), expected.pg_dump(args), actual.pg_dump(args)];
    let [s, e, a] = of(&["-s"]);
    let mut found = schema_differences(&entries(&s), &entries(&e), &entries(&a));
    let [s, e, a] = of(&["-a"]);
    let (s, e, a) = (data(&s), data(&e), data(&a));
    found.extend(table_differences(&s.tables, &e.tables, &a.tables));
    if a.others != e.others && a.others != s.others {
        found.extend(multiset_difference("statement", &e.others, &a.others));
    }
    found
}

/// How often each thing occurs.
type Bag<T> = BTreeMap<T, usize>;

/// An entry of a dump: its header (`-- Name: …`) and its statements.
type Entry = (Vec<u8>, Vec<u8>);

/// Takes a dump of a schema apart into its entries. Blank lines and bare `--` do not count.
fn entries(dump: &[u8]) -> Bag<Entry> {
    const HEADERS: [&[u8]; 3] = [b"-- Name: ", b"-- Data for Name: ", b"-- Statistics for Name: "];
    let mut found = Bag::new();
    let (mut header, mut body) = (b"(preamble)".to_vec(), Vec::new());
    for line in lines(dump) {
        if HEADERS.iter().any(|start| line.starts_with(start)) {
            *found.entry((std::mem::replace(&mut header, line.to_vec()), std::mem::take(&mut body))).or_default() += 1;
        } else if !line.is_empty() && line != b"--" {
            body.extend_from_slice(line);
            body.push(b'\n');
        }
    }
    *found.entry((header, body)).or_default() += 1;
    found
}

/// The rows of each table, sorted, by the `COPY` line that precedes them; and all other statements'
/// lines: `setval`, large objects.
#[derive(Debug, Default)]
struct Data {
    tables: BTreeMap<Vec<u8>, Vec<Vec<u8>>>,
    others: Bag<Vec<u8>>,
}

fn data(dump: &[u8]) -> Data {
    let mut found = Data::default();
    let mut lines = lines(dump);
    while let Some(line) = lines.next() {
        if line.starts_with(b"COPY ") && line.ends_with(b"FROM stdin;") {
            let rows = lines.by_ref().take_while(|row| *row != b"\\.").map(<[u8]>::to_vec);
            // Partitions that travel through their root have one line, and which of them has a row is free.
            found.tables.entry(line.to_vec()).or_default().extend(rows);
        } else if !line.is_empty() && !line.starts_with(b"--") {
            *found.others.entry(line.to_vec()).or_default() += 1;
        }
    }
    found.tables.values_mut().for_each(|rows| rows.sort_unstable());
    found
}

/// The lines of a dump without those that differ between any two dumps: the random key that guards
/// psql (`\restrict`), the versions, and the last line, which would belong to the last entry.
fn lines(dump: &[u8]) -> impl Iterator<Item = &[u8]> {
    const NOISE: [&[u8]; 5] = [
        b"\\restrict ",
        b"\\unrestrict ",
        b"-- Dumped from ",
        b"-- Dumped by ",
        b"-- PostgreSQL database dump complete",
    ];
    dump.split(|byte| *byte == b'\n').filter(|line| !NOISE.iter().any(|start| line.starts_with(start)))
}

/// What is in `left` and not (or less often) in `right`.
fn without<T: Ord + Clone>(left: &Bag<T>, right: &Bag<T>) -> Bag<T> {
    let rest = left.iter().map(|(thing, count)| (thing, count.saturating_sub(right.get(thing).copied().unwrap_or(0))));
    rest.filter(|(_, count)| *count > 0).map(|(thing, count)| (thing.clone(), count)).collect()
}

fn schema_differences(source: &Bag<Entry>, expected: &Bag<Entry>, actual: &Bag<Entry>) -> Vec<String> {
    let surplus = without(actual, expected);
    let extra = without(&surplus, source);
    // An entry in which we kept what pg_dump's own copy lost counts as there.
    let better: Vec<&Vec<u8>> =
        surplus.keys().filter(|entry| !extra.contains_key(*entry)).map(|(head, _)| head).collect();
    let mut missing = without(expected, actual);
    missing.retain(|(head, _), _| !better.contains(&head));

    let mut found = Vec::new();
    for (head, wanted) in missing.keys() {
        let got = extra.keys().find(|(other, _)| other == head).map(|(_, body)| body.as_slice());
        found.push(match got {
            Some(got) => format!("{} differs\n{}", readable(head), first_difference(wanted, got)),
            None => format!("{} is missing\n{}", readable(head), readable(wanted)),
        });
    }
    let unexpected = extra.keys().filter(|(head, _)| !missing.keys().any(|(other, _)| other == head));
    found.extend(unexpected.map(|(head, body)| format!("{} is not expected\n{}", readable(head), readable(body))));
    found
}

type Tables = BTreeMap<Vec<u8>, Vec<Vec<u8>>>;

fn table_differences(source: &Tables, expected: &Tables, actual: &Tables) -> Vec<String> {
    let mut found = Vec::new();
    for (copy, wanted) in expected {
        match actual.get(copy) {
            Some(got) if got == wanted || source.get(copy) == Some(got) => {}
            Some(got) => found.push(row_difference(copy, wanted, got)),
            None => found.push(format!("no data: {}", readable(copy))),
        }
    }
    let unexpected = actual.keys().filter(|copy| !expected.contains_key(*copy) && !source.contains_key(*copy));
    found.extend(unexpected.map(|copy| format!("data is not expected: {}", readable(copy))));
    found
}

fn row_difference(copy: &[u8], wanted: &[Vec<u8>], got: &[Vec<u8>]) -> String {
    let mut account = format!("{}\n  {} rows wanted, {} found", readable(copy), wanted.len(), got.len());
    let count = |rows: &[Vec<u8>]| {
        let mut bag: Bag<Vec<u8>> = Bag::new();
        rows.iter().for_each(|row| *bag.entry(row.clone()).or_default() += 1);
        bag
    };
    let (wanted, got) = (count(wanted), count(got));
    for (sign, rows) in [('-', without(&wanted, &got)), ('+', without(&got, &wanted))] {
        for row in rows.keys().take(3) {
            let _ = write!(account, "\n  {sign} {}", readable(row));
        }
    }
    account
}

fn multiset_difference(what: &str, expected: &Bag<Vec<u8>>, actual: &Bag<Vec<u8>>) -> Vec<String> {
    let missing = without(expected, actual).into_keys().map(|text| format!("{what} is missing: {}", readable(&text)));
    let extra =
        without(actual, expected).into_keys().map(|text| format!("{what} is not expected: {}", readable(&text)));
    missing.chain(extra).collect()
}

/// The first line in which two entries differ, with the line before it.
fn first_difference(wanted: &[u8], got: &[u8]) -> String {
    let (wanted, got): (Vec<&[u8]>, Vec<&[u8]>) =
        (wanted.split(|byte| *byte == b'\n').collect(), got.split(|byte| *byte == b'\n').collect());
    let same = wanted.iter().zip(&got).take_while(|(wanted, got)| wanted == got).count();
    let mut account = String::new();
    for line in &wanted[same.saturating_sub(2)..same] {
        let _ = writeln!(account, "    {}", readable(line));
    }
    for (sign, lines) in [('-', &wanted), ('+', &got)] {
        for line in lines.iter().skip(same).take(4) {
            let _ = writeln!(account, "  {sign} {}", readable(line));
        }
    }
    account
}

fn readable(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let shown: String = text.chars().take(SHOWN_TEXT).collect();
    if shown.len() < text.len() { format!("{shown} …") } else { shown }
}

#[test]
fn noise_order_and_blank_lines_do_not_count() {
    let one =
        b"\\restrict abc\n-- Dumped from database version 15.1\n--\n-- Name: a; Type: TABLE\n--\n\nCREATE a;\n\n\n\
        -- Name: b; Type: TABLE\nCREATE b;\n\\unrestrict abc\n";
    let two = b"\\restrict xyz\n-- Dumped from database version 18.0\n-- Name: b; Type: TABLE\n\nCREATE b;\n--\n\
        -- Name: a; Type: TABLE\nCREATE a;\n";
    assert_eq!(entries(one), entries(two));
    assert_eq!(entries(one).len(), 3);
}

#[test]
fn rows_are_a_bag_and_other_statements_count() {
    let found = data(b"COPY public.t (a) FROM stdin;\n2\n1\n2\n\\.\n\nSELECT pg_catalog.setval('s', 3, true);\n");
    assert_eq!(found.tables[b"COPY public.t (a) FROM stdin;".as_slice()], [b"1", b"2", b"2"]);
    assert_eq!(found.others.len(), 1);
}

#[test]
fn what_only_pgsnap_kept_of_the_source_is_right() {
    let bag = |entries: &[(&str, &str)]| -> Bag<Entry> {
        entries.iter().map(|(head, body)| ((head.as_bytes().to_vec(), body.as_bytes().to_vec()), 1)).collect()
    };
    let (source, lossy) = (bag(&[("t", "full")]), bag(&[("t", "lossy")]));
    assert!(schema_differences(&source, &lossy, &source).is_empty());
    assert!(schema_differences(&source, &lossy, &lossy).is_empty());
    assert_eq!(schema_differences(&source, &lossy, &bag(&[("t", "other")])).len(), 1);
    assert_eq!(schema_differences(&source, &lossy, &bag(&[])).len(), 1);
    assert_eq!(schema_differences(&source, &source, &bag(&[("t", "full"), ("u", "more")])).len(), 1);
}
