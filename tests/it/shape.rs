//! Do the options that shape a copy give what pg_dump's and pg_restore's options of the same name give?
//!
//! pg_dump is the judge wherever it has the option. Patterns are compared with what psql's `\dt` finds.

use super::support::judge::equal_to_reference;
use super::support::{Database, Program, Server, expect};

fn server() -> &'static Server {
    Server::shared(18)
}

/// Schemas with references among them, partitions, inheritance, hostile names, an extension.
fn source() -> Database<'static> {
    let database = Database::new(server());
    expect(server().create_role("shape reader"));
    database.psql(
        "CREATE SCHEMA stock; CREATE SCHEMA \"Sales\"; CREATE SCHEMA empty;
         CREATE EXTENSION hstore SCHEMA stock;
         CREATE EXTENSION pg_trgm SCHEMA public;
         CREATE TYPE stock.size AS ENUM ('s', 'l');
         CREATE TABLE stock.place (id int PRIMARY KEY, size stock.size DEFAULT 's');
         CREATE TABLE stock.item (id serial PRIMARY KEY, place int REFERENCES stock.place, tags stock.hstore);
         CREATE TABLE stock.log (day date, text text) PARTITION BY RANGE (day);
         CREATE TABLE stock.log_1 PARTITION OF stock.log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
         CREATE TABLE stock.log_2 PARTITION OF stock.log FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
         CREATE TABLE stock.animal (name text); CREATE TABLE stock.cat (lives int) INHERITS (stock.animal);
         CREATE TABLE \"Sales\".\"Order\" (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, item int REFERENCES stock.item);
         CREATE VIEW \"Sales\".open AS SELECT * FROM \"Sales\".\"Order\";
         CREATE MATERIALIZED VIEW stock.full AS SELECT place, count(*) FROM stock.item GROUP BY place;
         CREATE STATISTICS stock.both ON id, size FROM stock.place;
         CREATE TABLE public.secret (id int PRIMARY KEY, word text);
         ALTER TABLE public.secret ENABLE ROW LEVEL SECURITY;
         CREATE POLICY mine ON public.secret USING (id > 0); COMMENT ON POLICY mine ON public.secret IS 'policy';
         COMMENT ON TABLE stock.place IS 'where things are';
         CREATE PUBLICATION news FOR TABLE stock.item; COMMENT ON PUBLICATION news IS 'news';
         CREATE SUBSCRIPTION letters CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE);
         GRANT SELECT ON stock.item TO \"shape reader\";
         GRANT EXECUTE ON FUNCTION stock.hstore(text, text) TO \"shape reader\";
         INSERT INTO stock.place SELECT n FROM generate_series(1, 20) n;
         INSERT INTO stock.item (place) SELECT n FROM generate_series(1, 20) n;
         INSERT INTO stock.log SELECT '2020-06-01'::date + 30 * n, n FROM generate_series(1, 15) n;
         INSERT INTO stock.animal VALUES ('a'); INSERT INTO stock.cat VALUES ('b', 9);
         INSERT INTO \"Sales\".\"Order\" (item) SELECT n FROM generate_series(1, 20) n;
         INSERT INTO public.secret VALUES (1, 'x');
         REFRESH MATERIALIZED VIEW stock.full;
         SELECT lo_from_bytea(4711, 'some bytes');",
    );
    database
}

/// Dumps with `args`, restores what came of it, and asks for what `pg_dump ARGS | psql` gives. What must be
/// there before is made by `prepare` on both sides.
#[track_caller]
fn like_pg_dump(source: &Database<'_>, args: &[&str], prepare: &str) {
    let program = Program::new();
    let archive = program.dump(source, args);
    program.run(&["verify", &archive]).exits(0);
    let (copy, reference) = (Database::new(server()), Database::new(server()));
    copy.psql(prepare);
    reference.psql(prepare);
    program.run(&["restore", &archive, "-d", &copy.url()]).exits(0);
    expect(reference.server.load_anyway(&reference.name, &source.pg_dump(args)));
    for part in ["-s", "-a"] {
        let text = |database: &Database<'_>| plain(&database.pg_dump(&[part]));
        assert_eq!(text(&copy), text(&reference), "pg_dump {args:?}, then {part}");
    }
}

/// A dump's lines, sorted, without what differs between any two.
fn plain(dump: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(dump);
    let kept = |line: &&str| !line.is_empty() && !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict");
    let mut lines: Vec<String> = text.lines().filter(kept).map(str::to_string).collect();
    lines.sort();
    lines
}

#[test]
fn schemas_and_tables_are_left_out() {
    let source = source();
    like_pg_dump(&source, &["-N", "\"Sales\""], "");
    like_pg_dump(&source, &["-N", "\"Sales\"", "-N", "emp*"], "");
    like_pg_dump(&source, &["-T", "stock.i*", "-T", "stock.full", "-T", "\"Sales\".*"], "");
    like_pg_dump(&source, &["-T", "secret"], "");
    like_pg_dump(&source, &["-n", "stock", "-T", "stock.item", "-T", "stock.full", "-e", "hstore"], "");
}

#[test]
fn schemas_and_tables_are_taken() {
    let source = source();
    like_pg_dump(&source, &["-n", "(public|empty)"], "");
    like_pg_dump(
        &source,
        &["-t", "stock.place", "-t", "stock.log*"],
        "CREATE SCHEMA stock; CREATE TYPE stock.size AS ENUM ('s')",
    );
    like_pg_dump(&source, &["-t", "secret", "-x"], "");
    like_pg_dump(&source, &["-t", "stock.a*", "--exclude-table-and-children", "stock.cat"], "CREATE SCHEMA stock");
    like_pg_dump(&source, &["--table-and-children", "stock.log"], "CREATE SCHEMA stock");
    like_pg_dump(&source, &["--table-and-children=stock.animal"], "CREATE SCHEMA stock");
    let order = "\"Sales\".\"Order\"";
    like_pg_dump(
        &source,
        &["-t", order, "-t", "stock.item", "-t", "stock.place"],
        "CREATE SCHEMA stock; CREATE EXTENSION hstore SCHEMA stock; CREATE SCHEMA \"Sales\"; CREATE TYPE stock.size AS ENUM ('s')",
    );
}

#[test]
fn rows_are_left_out() {
    let source = source();
    like_pg_dump(&source, &["--exclude-table-data", "stock.log_1"], "");
    like_pg_dump(&source, &["--exclude-table-data", "stock.*", "--exclude-table-data", "\"Sales\".*"], "");
    like_pg_dump(&source, &["--exclude-table-data-and-children", "stock.log"], "");
}

#[test]
fn extensions_are_chosen() {
    let source = source();
    like_pg_dump(&source, &["-e", "pg_*", "-N", "stock", "-N", "\"Sales\""], "");
    like_pg_dump(&source, &["--exclude-extension", "pg_trgm"], "");
}

#[test]
fn kinds_are_left_out() {
    let source = source();
    for option in ["--no-comments", "--no-policies", "--no-publications", "--no-subscriptions", "--no-security-labels"]
    {
        like_pg_dump(&source, &[option], "");
    }
}

#[test]
fn sections_one_after_the_other_make_the_whole() {
    let source = source();
    let program = Program::new();
    let copy = Database::new(server());
    for section in ["pre-data", "data", "post-data"] {
        let archive = program.dump(&source, &["--section", section]);
        program.run(&["verify", &archive]).exits(0);
        program.run(&["restore", &archive, "-d", &copy.url(), "-j", "3"]).exits(0);
    }
    equal_to_reference(&source, &copy, &[]);
    let (archive, copy) = (program.dump(&source, &[]), Database::new(server()));
    for sections in [&["--section=pre-data"][..], &["--section=data", "--section=post-data"]] {
        program.run(&[&["restore", &archive, "-d", &copy.url()], sections].concat()).exits(0);
    }
    equal_to_reference(&source, &copy, &[]);
}

#[test]
fn a_filter_file_is_what_pg_dump_reads() {
    let source = source();
    let file = Program::new();
    let path = file.path("filter").to_string_lossy().into_owned();
    std::fs::write(
        &path,
        "# keep\ninclude schema stock\nexclude table stock.item # not this\nexclude table full\n\
        exclude table stock.full\nexclude table_data stock.log_2\nexclude table_and_children stock.animal\n\
        include extension hstore\n",
    )
    .expect("it is ours");
    like_pg_dump(&source, &["--filter", &path], "");
}

#[test]
fn what_is_left_dangling_is_named_once() {
    let source = source();
    let program = Program::new();
    let run = |args: &[&str]| {
        let archive = program.path("x.tar.zst").to_string_lossy().into_owned();
        let _ = std::fs::remove_file(&archive);
        program.run(&[&["dump", "-d", &source.url(), "-f", &archive], args].concat()).exits(0)
    };
    let said =
        run(&["-N", "stock"]).says(&["CONSTRAINT \"Order_item_fkey\" ON \"Sales\".\"Order\" needs TABLE stock.item"]);
    assert_eq!(said.stderr.matches("needs TABLE stock.item").count(), 1, "{said}");
    run(&["-t", "stock.item"]).says(&["need SCHEMA stock", "needs EXTENSION hstore", "needs TABLE stock.place"]);
    run(&["-t", "stock.place"]).says(&["TABLE stock.place needs TYPE stock.size"]);
    run(&["-t", "stock.log_1"]).says(&["needs TABLE stock.log, "]);
    run(&["-t", "\"Sales\".open"]).says(&["VIEW \"Sales\".open needs TABLE \"Sales\".\"Order\""]);
    for whole in [&[][..], &["-a"], &["-s"], &["-n", "stock"]] {
        let said = run(whole);
        assert!(!said.stderr.contains("which is left out") || whole == ["-n", "stock"], "{said}");
    }
}

#[test]
fn strict_names_want_every_pattern_to_match() {
    let source = source();
    let program = Program::new();
    let archive = program.dump(&source, &[]);
    for (base, second) in [("-t", "stock.item"), ("-n", "stock"), ("-e", "hstore")] {
        let dump = ["dump", "-d", &source.url(), "-f", "y.tar.zst", base, second, base, "nothing"];
        program.run(&[&dump[..], &["--strict-names"]].concat()).exits(2).says(&["matches \"nothing\""]);
        program.run(&dump).exits(0).says(&["matches \"nothing\""]);
        std::fs::remove_file(program.path("y.tar.zst")).expect("it was made");
        let copy = Database::new(server());
        let restore = ["restore", &archive, "-d", &copy.url(), base, second, base, "nothing", "--strict-names"];
        program.run(&restore).exits(2).says(&["matches \"nothing\""]);
    }
}

#[test]
fn a_role_is_taken_on() {
    let source = source();
    let program = Program::new();
    expect(server().create_role("shape owner"));
    let dump = ["dump", "-d", &source.url(), "-f", "z.tar.zst"];
    let refused = program.run(&[&dump[..], &["--role", "shape owner"]].concat()).exits(1);
    refused.says(&["GRANT SELECT ON TABLE public.secret TO \"shape owner\";"]);
    let (archive, copy) = (program.dump(&source, &["-n", "empty", "-O"]), Database::new(server()));
    copy.psql(&format!("GRANT CREATE ON DATABASE \"{}\" TO \"shape owner\"", copy.name));
    program.run(&["restore", &archive, "-d", &copy.url(), "--role", "shape owner"]).exits(0);
    assert_eq!(copy.psql("SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 'empty'"), "\"shape owner\"");
}

#[test]
fn every_role_that_is_named_is_missed_before_anything_is_changed() {
    let (source, target) = (Server::shared(15), Server::shared(18));
    let roles = ["shape policy", "shape mapping", "shape grantee", "shape grantor"];
    for role in roles {
        expect(source.create_role(role));
    }
    let database = Database::new(source);
    database.psql(
        "CREATE TABLE t (id int); CREATE POLICY p ON t TO \"shape policy\" USING (true);
         CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
         CREATE USER MAPPING FOR \"shape mapping\" SERVER s; CREATE USER MAPPING FOR PUBLIC SERVER s;
         ALTER DEFAULT PRIVILEGES FOR ROLE \"shape grantor\" GRANT SELECT ON TABLES TO \"shape grantee\";",
    );
    let program = Program::new();
    let (archive, copy) = (program.dump(&database, &[]), Database::new(target));
    let all = ["shape grantee, shape grantor, shape mapping, shape policy"];
    program.restore_into(&archive, &copy, &[]).exits(1).says(&all);
    assert_eq!(copy.psql("SELECT count(*) FROM pg_class WHERE relname = 't'"), "0");
    for role in roles {
        expect(target.create_role(role));
    }
    program.restore_into(&archive, &copy, &[]).exits(0);
}

const PATTERNS: &[&str] = &[
    "film",
    "FILM",
    "\"Film\"",
    "film*",
    "f?",
    "\"f?\"",
    "\"f*\"",
    "f*",
    "f.m",
    "\"f.m\"",
    "a$b",
    "\"a$b\"",
    "q\"\"q",
    "\"q\"\"q\"",
    "\u{e4}ther",
    "\u{c4}ther",
    "*ther",
    "x[]",
    "\"x[]\"",
    "we ird",
    "\"we ird\"",
    "o'k",
    "b\\\\s",
    "\"b\\s\"",
    "a.film",
    "A.film",
    "\"A\".film",
    "\"a.b\".film",
    "*.film",
    "*.*",
    "sch?.t?",
    "sch[12].t[0-9]",
    "sch(1|2).t(1|2)",
    "t2",
    "T2",
    "\"T2\"",
    "(film|films)",
    "fil+m",
    "[fq][a-z]+",
    "\"f\"ilm",
    "sch2.\"T\"2",
    "film|films",
    "a.(fi|li)lm",
    "t.*",
    "no_such",
    "public.film*",
    "^film",
    ".film",
];

#[test]
fn patterns_match_what_psql_finds() {
    let database = Database::new(server());
    database.psql(
        "CREATE SCHEMA a; CREATE SCHEMA \"A\"; CREATE SCHEMA \"a.b\"; CREATE SCHEMA sch1; CREATE SCHEMA sch2;
         CREATE TABLE film (x int); CREATE TABLE \"Film\" (x int); CREATE TABLE films (x int); CREATE TABLE f1 (x int);
         CREATE TABLE \"f*\" (x int); CREATE TABLE \"f?\" (x int); CREATE TABLE \"f.m\" (x int); CREATE TABLE \"a$b\" (x int);
         CREATE TABLE \"q\"\"q\" (x int); CREATE TABLE \"\u{c4}ther\" (x int); CREATE TABLE \"x[]\" (x int);
         CREATE TABLE \"we ird\" (x int); CREATE TABLE \"o'k\" (x int); CREATE TABLE \"b\\s\" (x int);
         CREATE TABLE a.film (x int); CREATE TABLE \"A\".film (x int); CREATE TABLE \"a.b\".film (x int);
         CREATE TABLE sch1.t1 (x int); CREATE TABLE sch2.t2 (x int); CREATE TABLE sch2.\"T2\" (x int);",
    );
    // A search path of the role's own counts; ours is empty.
    database.psql(&format!("ALTER DATABASE \"{}\" SET search_path = public, sch2", database.name));
    let program = Program::new();
    for pattern in PATTERNS {
        let listed = database.psql(&format!("\\dt {}", quoted(pattern)));
        let psql: Vec<String> = listed
            .lines()
            .filter_map(|line| {
                let mut parts = line.split('|');
                Some(format!("{}.{}", parts.next()?, parts.next()?))
            })
            .collect();
        let run = program.run(&["dump", "-q", "-s", "-d", &database.url(), "-f", "p.tar.zst", "-t", pattern]);
        let found: Vec<String> = match run.code {
            Some(0) => tables(&program, "p.tar.zst"),
            _ => run.exits(2).says(&["no table matches"]).stdout.iter().map(|_| String::new()).collect(),
        };
        let _ = std::fs::remove_file(program.path("p.tar.zst"));
        let sort = |mut list: Vec<String>| {
            list.sort();
            list
        };
        // psql's \dt leaves out the system's tables only where it is not asked for them by name.
        let psql: Vec<String> =
            psql.into_iter().filter(|name| !name.starts_with("pg_") && !name.starts_with("information_")).collect();
        assert_eq!(sort(found), sort(psql), "{pattern}");
    }
    for wrong in ["(film", "other.public.film", "a.b.c.d"] {
        program.run(&["dump", "-s", "-d", &database.url(), "-f", "p.tar.zst", "-t", wrong]).exits(2);
    }
    let own = format!("\"{}\".public.film", database.name);
    program.run(&["dump", "-s", "-d", &database.url(), "-f", "p.tar.zst", "-t", &own]).exits(0);
}

/// As psql wants an argument that it is to take as it is.
fn quoted(pattern: &str) -> String {
    format!("'{}'", pattern.replace('\\', "\\\\").replace('\'', "''"))
}

/// The tables in an archive of schema only, from its entries.
fn tables(program: &Program, archive: &str) -> Vec<String> {
    let out = std::process::Command::new("tar")
        .args(["--zstd", "-xOf", archive, "schema/entries.json"])
        .current_dir(program.home())
        .output()
        .expect("tar runs");
    let script: serde_json::Value = serde_json::from_slice(&out.stdout).expect("entries are JSON");
    let entries = script["entries"].as_array().expect("a list").iter().filter(|entry| entry["kind"] == "TABLE");
    let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_string();
    entries.map(|entry| format!("{}.{}", word(&entry["schema"]), word(&entry["name"]))).collect()
}
