//! Do index builds take what --memory allows, and is too little of it for vectors told?

use super::support::{Database, Program, Server};

/// An index whose build fails unless it may take one of these amounts of memory.
fn picky(settings: &str) -> Database<'static> {
    let database = Database::new(Server::shared(18));
    database.psql(&format!(
        "CREATE TABLE t (a int, b text);
         INSERT INTO t SELECT g, repeat(md5(g::text), 10) FROM generate_series(1, 4000) g;
         CREATE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN
             IF pg_catalog.current_setting('maintenance_work_mem') NOT IN ({settings}) THEN
                 RAISE EXCEPTION 'built with %', pg_catalog.current_setting('maintenance_work_mem');
             END IF;
             RETURN $1;
         END $$;
         SET maintenance_work_mem = '37MB';
         CREATE INDEX i ON t (f(a));"
    ));
    database
}

#[test]
fn builds_take_their_part_of_the_budget() {
    let program = Program::new();
    // A B-tree over so few rows wants less than what each of one or two connections may take in any case.
    let source = picky("'9472kB', '4736kB', '37MB'");
    let archive = program.dump(&source, &[]);
    for jobs in ["1", "2"] {
        let copy = program.restore(&archive, Server::shared(18), &["--memory", "37MB", "-j", jobs]);
        assert_eq!(copy.psql("SELECT 'i'::regclass, count(*) FROM t"), "i|4000");
    }
    let whole = program.restore(&archive, Server::shared(18), &["--memory", "37888 kB", "-1"]);
    assert_eq!(whole.psql("SELECT 'i'::regclass"), "i");
    let copy = Database::new(Server::shared(18));
    program.restore_into(&archive, &copy, &[]).exits(1).says(&["INDEX public.i", "built with 64MB"]);
}

#[test]
fn sizes_have_units() {
    let program = Program::new();
    for (size, why) in [("5", "unknown unit"), ("MB", "a number"), ("1023kB", "at least 1MB"), ("1XB", "known are kB")]
    {
        let run = program.run(&["restore", "a.tar.zst", "-d", "nowhere", "--memory", size]);
        run.exits(2).says(&["--memory", why]);
    }
}

#[test]
fn too_little_memory_for_vectors_is_told() {
    let server = Server::shared_with_vector();
    let source = Database::new(server);
    source.psql(
        "CREATE EXTENSION vector; CREATE TABLE t (id int, v vector(100));
         INSERT INTO t SELECT g, array_fill(g::real / 2, ARRAY[100])::vector FROM generate_series(1, 2000) g;
         CREATE INDEX near ON t USING hnsw (v vector_l2_ops) WITH (m = 8);
         CREATE INDEX lists ON t USING ivfflat (v vector_l2_ops) WITH (lists = 10);",
    );
    let program = Program::new();
    let archive = program.dump(&source, &[]);
    let (scarce, plenty) = (Database::new(server), Database::new(server));
    let run = program.restore_into(&archive, &scarce, &["--memory", "1MB"]);
    let told = run.exits(1).says(&["INDEX public.near wants about 2 MB of memory, and has 1 MB", "INDEX public.lists"]);
    // pgvector's own word for it: the warning is no false alarm.
    told.says(&["memory required is"]);
    let again = Database::new(server);
    let summary =
        program.restore_into(&archive, &again, &["--memory", "1MB", "--continue-on-error", "--json"]).exits(4).json();
    let warnings = summary["warnings"].as_array().expect("a list");
    let wants = |name: &str| warnings.iter().any(|text| text.as_str().is_some_and(|text| text.starts_with(name)));
    assert!(wants("INDEX public.near wants about 2 MB") && wants("INDEX public.lists wants about"), "{summary}");
    let run = program.restore_into(&archive, &plenty, &["--memory", "256MB"]).exits(0);
    assert!(!run.stderr.contains("wants about"), "{run}");
    assert_eq!(plenty.psql("SELECT count(*) FROM pg_index"), source.psql("SELECT count(*) FROM pg_index"));
}
