//! Does an older server get what it can hold, and is the rest named?
//!
//! Every fixture is loaded on 18 and restored into each older server: it must succeed, and leave out
//! exactly what the table of that fixture says.

use super::support::{Database, Program, Server, expect, repository};
use std::collections::BTreeSet;

/// What may be left out: fixture, the version that first holds it, and how the entry's label begins.
const EXPECTED: &[(&str, u32, &str)] = &[
    ("collation", 16, "COLLATION pgsnap collation.ruled"),
    ("collation", 17, "COLLATION pgsnap collation.built_in"),
    ("column", 14, "TABLE DATA public.types"),
    ("column", 16, "TABLE ATTACH public.generated_leaf_own"),
    ("column", 16, "TABLE ATTACH public.virtual_leaf"),
    ("column", 16, "TABLE DATA public.generated_both"),
    ("column", 16, "TABLE DATA public.generated_own"),
    ("column", 16, "TABLE DATA public.virtual_own"),
    ("column", 16, "TABLE public.generated_both"),
    ("column", 16, "TABLE public.generated_own"),
    ("column", 16, "TABLE public.virtual_own"),
    ("constraint", 14, "TABLE DATA public.periods"),
    ("constraint", 14, "TABLE public.periods"),
    ("constraint", 15, "CONSTRAINT public.n"),
    ("constraint", 15, "CONSTRAINT public.nulls_a_key"),
    ("constraint", 17, "COMMENT public.re'named; $$"),
    ("constraint", 17, "CONSTRAINT public.excluding_middle_a_r_excl"),
    ("constraint", 17, "CONSTRAINT public.excluding_part_a_r_excl"),
    ("constraint", 17, "CONSTRAINT public.excluding_root_a_r_excl"),
    ("constraint", 17, "CONSTRAINT public.re'named; $$"),
    ("constraint", 18, "CONSTRAINT public.multi"),
    ("constraint", 18, "CONSTRAINT public.over; '"),
    ("constraint", 18, "CONSTRAINT public.over_unique"),
    ("constraint", 18, "CONSTRAINT public.period_part_pkey"),
    ("constraint", 18, "CONSTRAINT public.period_root_pkey"),
    ("default_privileges", 18, "DEFAULT ACL DEFAULT PRIVILEGES FOR LARGE OBJECTS"),
    ("domain", 17, "COMMENT pgsnap domain.named"),
    ("event_trigger", 17, "EVENT TRIGGER entered"),
    ("extension", 14, "TABLE DATA public.uses"),
    ("foreign_key", 15, "FK CONSTRAINT public.three"),
    ("foreign_key", 15, "FK CONSTRAINT public.two"),
    ("foreign_key", 18, "COMMENT public.loose"),
    ("foreign_key", 18, "CONSTRAINT public.periods_pkey"),
    ("foreign_key", 18, "FK CONSTRAINT public.both_late"),
    ("foreign_key", 18, "FK CONSTRAINT public.both_loose"),
    ("foreign_key", 18, "FK CONSTRAINT public.loose"),
    ("foreign_key", 18, "FK CONSTRAINT public.period; '"),
    ("function", 14, "FUNCTION pgsnap function.aa_return"),
    ("function", 14, "FUNCTION pgsnap function.atomic_empty"),
    ("function", 14, "FUNCTION pgsnap function.zz_used"),
    ("function", 14, "PROCEDURE pgsnap function.atomic"),
    ("function", 14, "PROCEDURE pgsnap function.outs"),
    ("index", 13, "INDEX public.class_options"),
    ("index", 13, "INDEX public.multi"),
    ("index", 13, "INDEX public.not_deduplicated"),
    ("index", 14, "INDEX public.covering_spgist"),
    ("index", 15, "INDEX public.nulls_equal"),
    ("operator_class", 13, "OPERATOR CLASS pgsnap class.big"),
    ("operator_class", 13, "OPERATOR CLASS pgsnap class.small"),
    ("operator_class", 13, "OPERATOR FAMILY pgsnap class.fam"),
    ("publication_schema", 15, "PUBLICATION TABLES IN SCHEMA public.public"),
    ("publication_schema", 15, "PUBLICATION TABLES IN SCHEMA we\"ird"),
    ("publication_table", 13, "PUBLICATION TABLE public.parted"),
    ("publication_table", 15, "PUBLICATION TABLE public.plain"),
    ("publication_table", 15, "PUBLICATION TABLE we\"ird"),
    ("range", 14, "FUNCTION pgsnap range.a_takes"),
    ("statistics", 14, "STATISTICS public.expr"),
    ("statistics", 14, "STATISTICS public.mixed"),
    ("statistics", 14, "STATISTICS public.one_expr"),
    ("table", 18, "CHECK CONSTRAINT public.loose"),
    ("table", 18, "COMMENT public.late"),
    ("table", 18, "COMMENT public.loose"),
    ("table", 18, "COMMENT public.named"),
    ("table", 18, "CONSTRAINT public.late"),
    ("view", 14, "COMMENT public.body_outer"),
    ("view", 14, "FUNCTION public.body_keyed"),
    ("view", 14, "FUNCTION public.body_outer"),
    ("view", 14, "FUNCTION public.body_view"),
    ("view", 14, "RULE public._RETURN"),
    ("view", 15, "VIEW public.invoker"),
];

/// What only the build of a server lacks is not its version's fault.
const OF_THE_BUILD: [&str; 2] = ["not supported in this build", "the target lacks the extension"];

fn restored_into(target: u32) {
    let mut names: Vec<String> = std::fs::read_dir(repository().join("db/fixture"))
        .expect("the fixtures are in db/fixture")
        .map(|entry| entry.expect("a directory entry").file_name().to_string_lossy().into_owned())
        .filter_map(|name| name.strip_suffix(".sql").map(str::to_string))
        .collect();
    names.sort();
    assert!(names.len() > 20, "only {} fixtures were found", names.len());
    let failed: Vec<String> = names.iter().filter_map(|name| fixture(name, target).err()).collect();
    assert!(failed.is_empty(), "from 18 to {target}:\n{}", failed.join("\n"));
}

fn fixture(name: &str, target: u32) -> Result<(), String> {
    let database = Database::from_script(Server::shared(18), &format!("fixture/{name}.sql"));
    let program = Program::new();
    // The fixture makes its roles; what else it makes is not looked at.
    let roles = Database::new(Server::shared(target));
    let script = std::fs::read(repository().join(format!("db/fixture/{name}.sql"))).expect("it is there");
    expect(roles.server.load_anyway(&roles.name, &script));
    let archive = program.dump(&database, &[]);
    let copy = Database::new(Server::shared(target));
    let run = program.run(&["restore", "--json", &archive, "-d", &copy.url()]);
    if run.code == Some(1) && OF_THE_BUILD.iter().any(|words| run.stderr.contains(words)) {
        return Ok(());
    }
    if !matches!(run.code, Some(0 | 4)) {
        return Err(format!("{name}: {run}"));
    }
    let summary = run.json();
    let refused = summary["refused"].as_array().expect("a list");
    if (run.code == Some(4)) == refused.is_empty() {
        return Err(format!("{name}: {run}"));
    }
    let expected = || EXPECTED.iter().filter(|(fixture, since, _)| *fixture == name && target < *since);
    let labels: Vec<&str> = refused.iter().map(|one| one["entry"].as_str().expect("a label")).collect();
    let surplus: Vec<String> = refused
        .iter()
        .filter(|one| !OF_THE_BUILD.iter().any(|words| one["reason"].as_str().is_some_and(|text| text.contains(words))))
        .filter(|one| {
            !expected().any(|(_, _, label)| one["entry"].as_str().is_some_and(|text| text.starts_with(label)))
        })
        .map(|one| format!("{name}: left out {} because {}", one["entry"], one["reason"]))
        .collect();
    let held = expected().filter(|(_, _, label)| !labels.iter().any(|text| text.starts_with(label)));
    let held = held.map(|(_, _, label)| format!("{name}: {label} was not left out"));
    let all: BTreeSet<String> = surplus.into_iter().chain(held).collect();
    if all.is_empty() { Ok(()) } else { Err(all.into_iter().collect::<Vec<_>>().join("\n")) }
}

#[test]
fn from_18_to_17() {
    restored_into(17);
}

#[test]
fn from_18_to_16() {
    restored_into(16);
}

#[test]
fn from_18_to_15() {
    restored_into(15);
}

#[test]
fn from_18_to_12() {
    restored_into(12);
}

/// What no fixture shows: constructs of 15 to 18 with rows, and things that need them.
const NEWER: &str = "
    CREATE TABLE computed (a int NOT NULL NO INHERIT, twice int GENERATED ALWAYS AS (a * 2) VIRTUAL);
    INSERT INTO computed VALUES (1), (2);
    CREATE TABLE booking (room int4range, span tsrange, PRIMARY KEY (room, span WITHOUT OVERLAPS));
    CREATE TABLE part_of (room int4range, span tsrange,
        FOREIGN KEY (room, PERIOD span) REFERENCES booking (room, PERIOD span));
    INSERT INTO booking VALUES ('[1,2)', '[2000-01-01,2000-01-02)');
    CREATE TABLE once (a int, b int UNIQUE NULLS NOT DISTINCT);
    CREATE UNIQUE INDEX once_more ON once (a) NULLS NOT DISTINCT;
    CREATE TABLE other (a int PRIMARY KEY, b int, c int UNIQUE, FOREIGN KEY (b) REFERENCES other ON DELETE SET NULL (b));
    ALTER TABLE other ADD FOREIGN KEY (c) REFERENCES other NOT ENFORCED;
    CREATE VIEW invoked WITH (security_invoker = true) AS SELECT a FROM other;
    CREATE VIEW above AS SELECT a FROM invoked;
    CREATE TABLE packed (a text COMPRESSION pglz) WITH (vacuum_truncate = off, fillfactor = 70,
        autovacuum_vacuum_max_threshold = 1000);
    CREATE TABLE heaped (a int) PARTITION BY LIST (a) USING heap;
    CREATE VIEW parsed AS SELECT JSON_VALUE(jsonb '[1]', '$[0]') AS one;
    CREATE UNLOGGED SEQUENCE counted;
    GRANT SELECT, MAINTAIN ON packed TO PUBLIC;
    CREATE PUBLICATION stored WITH (publish_generated_columns = stored)";

/// Restores [`NEWER`] into an older server; the labels of what was left out, sorted.
fn newer_into(target: u32) -> (Vec<String>, String, Database<'static>) {
    let database = Database::new(Server::shared(18));
    database.psql(NEWER);
    let (program, copy) = (Program::new(), Database::new(Server::shared(target)));
    let archive = program.dump(&database, &[]);
    let run = program.run(&["restore", "--json", &archive, "-d", &copy.url(), "-j", "3"]).exits(4);
    let summary = run.json();
    let refused = summary["refused"].as_array().expect("a list");
    let mut labels: Vec<String> =
        refused.iter().map(|one| one["entry"].as_str().expect("a label").to_string()).collect();
    labels.sort();
    assert!(labels.iter().all(|label| run.stderr.contains(&format!("not restored: {label}: "))), "{run}");
    (labels, run.stderr, copy)
}

#[test]
fn constructs_of_18_go_into_17_as_far_as_it_holds_them() {
    let (labels, said, copy) = newer_into(17);
    assert_eq!(
        labels,
        [
            "CONSTRAINT public.booking_pkey",
            "FK CONSTRAINT public.other_c_fkey",
            "FK CONSTRAINT public.part_of_room_span_fkey"
        ]
    );
    assert_eq!(copy.psql("SELECT sum(a), sum(twice) FROM computed"), "3|6");
    assert_eq!(copy.psql("SELECT count(*) FROM booking"), "1");
    assert_eq!(
        copy.psql("SELECT reloptions FROM pg_class WHERE relname = 'packed'"),
        "{vacuum_truncate=off,fillfactor=70}"
    );
    assert_eq!(copy.psql("SELECT one FROM parsed"), "1");
    assert_eq!(copy.psql("SELECT relacl::text LIKE '%,=rm/%' FROM pg_class WHERE relname = 'packed'"), "t");
    for words in
        ["virtual generated column is stored (twice)", "NO INHERIT (a)", "max_threshold", "generated columns out"]
    {
        assert!(said.contains(words), "{words:?} is not in\n{said}");
    }
}

#[test]
fn what_needs_what_is_left_out_is_left_out_too() {
    let (labels, said, copy) = newer_into(14);
    for label in ["INDEX public.once_more", "VIEW public.invoked", "VIEW public.above", "VIEW public.parsed"] {
        assert!(labels.iter().any(|found| found == label), "{label} is not in {labels:?}");
    }
    assert!(said.contains("VIEW public.above: it needs VIEW public.invoked"), "{said}");
    assert_eq!(copy.psql("SELECT count(*) FROM pg_class WHERE relname IN ('invoked', 'above', 'once_more')"), "0");
    assert_eq!(copy.psql("SELECT relacl::text LIKE '%,=r/%' FROM pg_class WHERE relname = 'packed'"), "t");
    assert_eq!(copy.psql("SELECT relpersistence FROM pg_class WHERE relname = 'counted'"), "p");
}

#[test]
fn nothing_is_passed_over_where_the_target_is_as_new() {
    let database = Database::new(Server::shared(15));
    database.psql("CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (a int)");
    let (program, copy) = (Program::new(), Database::new(Server::shared(18)));
    let archive = program.dump(&database, &["-t", "t"]);
    copy.psql("DROP SCHEMA public");
    program.run(&["restore", &archive, "-d", &copy.url()]).exits(1);
}
