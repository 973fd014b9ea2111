//! Does the table of contents list what a restore does, and does an edited one take and reorder it?

use super::support::judge::equal_to_reference;
use super::support::{Database, Program, Server};

fn source() -> Database<'static> {
    let database = Database::new(Server::shared(18));
    database.psql(
        "CREATE TABLE b (id int PRIMARY KEY); CREATE TABLE a (id int REFERENCES b); CREATE INDEX i ON a (id);
         CREATE TABLE \"line\n9; TABLE\r\" (id int); COMMENT ON TABLE a IS 'a'; CREATE VIEW v AS TABLE a;
         INSERT INTO b VALUES (1); INSERT INTO a VALUES (1); CREATE SEQUENCE s; GRANT SELECT ON b TO PUBLIC;",
    );
    database
}

/// The lines of a table of contents that contain these words.
fn lines<'t>(contents: &'t str, words: &str) -> Vec<&'t str> {
    contents.lines().filter(|line| line.contains(words)).collect()
}

#[test]
fn every_entry_is_a_line_and_the_options_decide_which() {
    let source = source();
    let program = Program::new();
    let archive = program.dump(&source, &[]);
    let all = program.run(&["restore", &archive, "-l"]).exits(0).text();
    for words in [
        " TABLE public a postgres",
        " TABLE DATA public b ",
        " INDEX public i ",
        " COMMENT public a -",
        " ACL public b",
    ] {
        assert_eq!(lines(&all, words).len(), 1, "{words:?} in {all}");
    }
    assert_eq!(lines(&all, "line 9; TABLE  postgres").len(), 1, "{all}");
    assert!(lines(&all, "DATABASE").is_empty(), "{all}");
    assert!(all.lines().all(|line| line.starts_with(|c: char| c == ';' || c.is_ascii_digit())), "{all}");
    let some = program.run(&["restore", &archive, "-l", "-t", "b"]).exits(0).text();
    assert!(some.contains(" TABLE public b ") && !some.contains(" TABLE public a "), "{some}");
    let database = program.run(&["restore", &archive, "-l", "-C"]).exits(0).text();
    assert_eq!(lines(&database, &format!(" DATABASE - {} postgres", source.name)).len(), 1, "{database}");
    let json = program.run(&["restore", &archive, "-l", "--json"]).exits(0).json();
    assert_eq!(json["entries"].as_array().expect("a list").len(), lines(&all, ";").len() - 2);
}

#[test]
fn an_edited_list_takes_and_reorders() {
    let source = source();
    let program = Program::new();
    let archive = program.dump(&source, &[]);
    let all = program.run(&["restore", &archive, "-l"]).exits(0).text();
    let restore = |list: &str, copy: &Database<'_>, more: &[&str]| {
        std::fs::write(program.path("list"), list).expect("it is ours");
        program.run(&[&["restore", &archive, "-L", "list", "-d", &copy.url()], more].concat())
    };
    let copy = Database::new(Server::shared(18));
    restore(&all, &copy, &["-j", "3"]).exits(0);
    equal_to_reference(&source, &copy, &[]);
    // What is commented out stays out, and what hangs on it is the user's affair.
    let without: String = all
        .lines()
        .map(|line| if line.contains(" VIEW ") { format!(";{line}\n") } else { format!("{line}\n") })
        .collect();
    let copy = Database::new(Server::shared(18));
    restore(&without, &copy, &[]).exits(0);
    assert_eq!(copy.psql("SELECT count(*), to_regclass('v') IS NULL FROM a"), "1|t");
    // The index before the rows, a table made after another that the archive has the other way round.
    let pick = |words: &str| format!("{}\n", lines(&all, words)[0]);
    let order =
        [" TABLE public b ", " TABLE public a ", " INDEX public i ", " TABLE DATA public a ", " TABLE DATA public b "];
    let list: String = order.iter().map(|words| pick(words)).collect();
    let copy = Database::new(Server::shared(18));
    let run =
        restore(&format!("words\n{list}"), &copy, &["-v"]).exits(0).says(&["line 1 of the list is ignored: words"]);
    let at = |words: &str| run.stderr.find(words).unwrap_or_else(|| panic!("{words:?} is not in\n{run}"));
    assert!(at("creating TABLE public.b") < at("creating TABLE public.a"));
    assert!(at("creating INDEX public.i") < at("public.a: 1 rows") && at("public.a: 1 rows") < at("public.b: 1 rows"));
    let wrong = restore("1;\n4711; TABLE x", &Database::new(Server::shared(18)), &[]);
    wrong.exits(2).says(&["line 2 of the list", "no entry 4711"]);
    // A dependency that the order violates is an error of the server, with the entry's name.
    let reversed = format!("{}{}", pick(" INDEX public i "), pick(" TABLE public a "));
    restore(&reversed, &Database::new(Server::shared(18)), &[]).exits(1).says(&["INDEX public.i", "42P01"]);
}
