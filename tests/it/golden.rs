//! Does each kind's script stay what it was, and depend on the schema alone?
//!
//! `tests/golden/<kind>.sql` is what pgsnap writes for `db/fixture/<kind>.sql` on version 18: the entries of the
//! archive, in order, without rows. Where it differs this fails; `UPDATE_GOLDEN=1 cargo test --test it golden::`
//! writes it anew, and what changed is read as a diff. The same fixture is dumped from databases whose oids,
//! catalog rows and order of creation are others, and the entries must be equal to the byte.

use super::support::{Database, Program, Server, expect, repository};
use pgsnap::sql::{Entry, Placement, Script, one_line};
use std::collections::BTreeSet;
use std::process::Command;

const MAJOR: u32 = 18;

/// Fixtures whose copy is not written as they are, though the copy of the copy is: (stem, why).
const SETTLE: &[(&str, &str)] = &[
    ("column", "columns that a child inherits come first in the copy"),
    ("table", "columns that a child inherits come first in the copy"),
    ("extension", "a comment that was taken from an extension is there again"),
    ("view", "the server puts a blank before VALUES once it has read its own text"),
];

/// The stems of all fixtures.
fn stems() -> Vec<String> {
    let folder = std::fs::read_dir(repository().join("db/fixture")).expect("the fixtures are in db/fixture");
    let names = folder.map(|entry| entry.expect("a directory entry").file_name().to_string_lossy().into_owned());
    let mut stems: Vec<String> = names.filter_map(|name| Some(name.strip_suffix(".sql")?.to_string())).collect();
    stems.sort();
    stems
}

/// Dumps a database without rows: the archive, and its entries under a name that all databases share.
fn dump(program: &Program, database: &Database<'_>) -> (String, Script) {
    let archive = program.dump(database, &["-s", "-j", "3"]);
    let tar = Command::new("tar").args(["--zstd", "-xOf", &archive, "schema/entries.json"]).output().expect("tar runs");
    assert!(tar.status.success(), "{}", String::from_utf8_lossy(&tar.stderr));
    let json = String::from_utf8(tar.stdout).expect("JSON is UTF-8").replace(&database.name, "the database");
    (archive, serde_json::from_str(&json).expect("the entries are JSON"))
}

/// Without what is about the database itself.
fn without_database(mut script: Script) -> Script {
    let of_database = |entry: &&Entry| script.is_of_database(entry);
    let ids: BTreeSet<u32> = script.entries.iter().filter(of_database).map(|entry| entry.id).collect();
    script.reduce(|entry| !ids.contains(&entry.id), |_| {});
    script
}

/// The entries as SQL to read, with a line where a section or pass begins.
fn readable(script: &Script) -> String {
    let (mut out, mut placement, mut part) = (String::new(), Placement::default(), String::new());
    for entry in &script.entries {
        let now = format!("-- ==== {:?}, {:?}\n", entry.section, entry.pass);
        if now != part {
            out.push_str(&now);
            part = now;
        }
        out.push_str(&text(entry, &mut placement));
    }
    // Where a machine has no C.UTF-8 the tests' servers have C.
    out.replace("'C.UTF-8' LC_CTYPE = 'C.UTF-8'", "'C' LC_CTYPE = 'C'")
}

/// Its owner stands beside the label, which makes the files shorter by a line for each object.
fn text(entry: &Entry, placement: &mut Placement) -> String {
    let owner = entry.owner.as_ref().filter(|_| !entry.owned.is_empty());
    let owner = owner.map(|owner| one_line(&format!("; owner {owner}"))).unwrap_or_default();
    format!("-- {}{owner}\n{}{}\n", entry.label(), placement.before(entry), entry.definition.trim_end())
}

#[test]
fn each_fixture_gives_its_golden_script() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1");
    let mut differ = Vec::new();
    for stem in stems() {
        let (program, path) = (Program::new(), repository().join(format!("tests/golden/{stem}.sql")));
        let database = Database::from_script(Server::shared(MAJOR), &format!("fixture/{stem}.sql"));
        let script = dump(&program, &database).1;
        let now = readable(&if stem == "database" { script } else { without_database(script) });
        if update {
            expect(std::fs::write(&path, &now).map_err(|error| format!("{}: {error}", path.display())));
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_default();
        if golden != now {
            differ.push(format!("{stem}.sql: {}", first_difference(&golden, &now)));
        }
    }
    assert!(differ.is_empty(), "tests/golden differs (UPDATE_GOLDEN=1 writes it):\n{}", differ.join("\n"));
}

/// What is in a database before: objects that came and went, so that oids are others and rows of the
/// catalogs fill the gaps.
const BEFORE: &str = "
    DO $$ BEGIN FOR n IN 1..30 LOOP
        EXECUTE format('CREATE TABLE gone_%s (a serial PRIMARY KEY, b int CHECK (b > 0) REFERENCES gone_%s)', n, n);
        EXECUTE format('CREATE FUNCTION gone_%s() RETURNS int LANGUAGE sql AS $f$SELECT 1$f$', n);
        EXECUTE format('CREATE TYPE mood_gone_%s AS ENUM (''a'')', n);
    END LOOP; END $$;
    DO $$ BEGIN FOR n IN 1..30 LOOP
        EXECUTE format('DROP TABLE gone_%s; DROP FUNCTION gone_%s; DROP TYPE mood_gone_%s', n, n, n);
    END LOOP; END $$;
    VACUUM pg_class, pg_attribute, pg_depend, pg_type, pg_proc, pg_constraint, pg_enum, pg_attrdef";

/// Rewrites each catalog that has rows of ours in the order of an index that is not by oid: a scan then finds them
/// in quite another order than they were made in.
const SHUFFLE: &str = r"
    SELECT format('CLUSTER %s USING %I', i.indrelid::regclass, (array_agg(c.relname ORDER BY c.relname DESC))[1])
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    WHERE t.relnamespace = 'pg_catalog'::regnamespace AND t.relkind = 'r' AND NOT t.relisshared
      AND c.relname !~ '_oid_index$' AND i.indpred IS NULL AND pg_stat_get_tuples_inserted(t.oid) > 0
    GROUP BY i.indrelid ORDER BY 1 \gexec
    ";

/// The first line in which two texts differ.
fn first_difference(one: &str, other: &str) -> String {
    let same = one.lines().zip(other.lines()).take_while(|(one, other)| one == other).count();
    let line = |text: &str| text.lines().nth(same).unwrap_or("(its end)").to_string();
    format!("line {}\n  - {}\n  + {}", same + 1, line(one), line(other))
}

#[test]
fn oids_and_places_in_the_catalogs_decide_nothing() {
    let server = Server::shared(MAJOR);
    let mut differ = Vec::new();
    for stem in stems() {
        let (program, fixture) = (Program::new(), format!("fixture/{stem}.sql"));
        let one = dump(&program, &Database::from_script(server, &fixture)).1;
        let other = Database::new(server);
        other.psql(BEFORE);
        other.load(&fixture);
        other.psql(SHUFFLE);
        let other = dump(&program, &other).1;
        if one != other {
            differ.push(format!("{stem}: {}", first_difference(&readable(&one), &readable(&other))));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn a_copy_gives_the_script_of_its_source() {
    let server = Server::shared(MAJOR);
    let mut differ = Vec::new();
    for stem in stems() {
        let (program, again) = (Program::new(), Program::new());
        let mut source = Database::from_script(server, &format!("fixture/{stem}.sql"));
        let settles = SETTLE.iter().any(|(name, _)| **name == stem);
        if settles {
            source = program.restore(&dump(&program, &source).0, server, &[]);
        }
        let (archive, one) = dump(&program, &source);
        let one = without_database(one);
        let copy = program.restore(&archive, server, &["-j", "3"]);
        let other = without_database(dump(&again, &copy).1);
        if one != other {
            differ.push(format!("{stem}: {}", first_difference(&readable(&one), &readable(&other))));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}
