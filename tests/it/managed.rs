//! Does a database come back by a role that owns it and is no superuser, with what it cannot do named?
//!
//! As on managed servers: the owner of the database dumps and restores, the provider has put extensions and
//! schemas there, and other roles own some of the objects.

use super::support::judge::{differences, equal_to_reference};
use super::support::{Database, Program, Server, expect};

/// A role of the test's own on a server, with what it may.
fn role(server: &Server, name: &str, may: &str) {
    let make = format!(
        "DO $$ BEGIN CREATE ROLE {name}; EXCEPTION WHEN duplicate_object THEN NULL; END $$; ALTER ROLE {name} {may}"
    );
    expect(server.psql("postgres", &make));
}

/// The address of a database for a role.
fn address(database: &Database<'_>, role: &str) -> String {
    database.url().replace("postgres@", &format!("{role}@"))
}

/// A database that a role owns.
fn owned<'s>(server: &'s Server, role: &str) -> Database<'s> {
    let database = Database::new(server);
    expect(server.psql("postgres", &format!("ALTER DATABASE \"{}\" OWNER TO {role}", database.name)));
    database
}

/// What an owner makes of his own.
const MINE: &str = "
    SET ROLE managed_owner; CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('a');
    CREATE TABLE app.t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, m app.mood, x text);
    INSERT INTO app.t (m, x) SELECT 'a', repeat('x', n) FROM generate_series(1, 500) n;
    CREATE VIEW app.v AS TABLE app.t; CREATE MATERIALIZED VIEW app.mv AS TABLE app.v;
    CREATE FUNCTION app.f() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'; COMMENT ON TABLE app.t IS 'mine';
    GRANT SELECT ON app.t TO managed_friend WITH GRANT OPTION; GRANT USAGE ON SCHEMA app TO managed_friend;
    ALTER TABLE app.t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON app.t TO managed_friend, managed_owner USING (x <> 'managed_friend');
    ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO managed_friend;
    SELECT lo_from_bytea(4711, 'bytes'); RESET ROLE;";

fn owner_copies_his_own(major: u32) {
    let (server, program) = (Server::shared(major), Program::new());
    role(server, "managed_owner", "LOGIN CREATEROLE CREATEDB");
    role(server, "managed_friend", "LOGIN");
    let source = owned(server, "managed_owner");
    source.psql(&format!("GRANT ALL ON SCHEMA public TO managed_owner; {MINE}"));
    source.psql("REVOKE ALL ON SCHEMA public FROM managed_owner");
    let archive = program.path("own.tar.zst").to_string_lossy().into_owned();
    program.run(&["dump", "-j", "3", "-f", &archive, "-d", &address(&source, "managed_owner")]).exits(0);
    let copy = owned(server, "managed_owner");
    program.run(&["restore", &archive, "-d", &address(&copy, "managed_owner")]).exits(0);
    equal_to_reference(&source, &copy, &[]);
    // In one transaction, and over itself.
    program.run(&["restore", &archive, "-1", "-c", "-d", &address(&copy, "managed_owner")]).exits(0);
    equal_to_reference(&source, &copy, &[]);
}

#[test]
fn an_owner_copies_his_own_on_15() {
    owner_copies_his_own(15);
}

#[test]
fn an_owner_copies_his_own_on_18() {
    owner_copies_his_own(18);
}

/// What only a superuser can have made.
const OTHERS: &str = "
    CREATE EXTENSION hstore; COMMENT ON EXTENSION hstore IS 'theirs'; CREATE EXTENSION pg_stat_statements;
    CREATE FUNCTION app.tell() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
    CREATE EVENT TRIGGER managed_tell ON ddl_command_end EXECUTE FUNCTION app.tell();
    CREATE FUNCTION app.native(cstring) RETURNS int STRICT LANGUAGE internal AS 'int4in';
    CREATE FOREIGN DATA WRAPPER managed_wrapper; CREATE SERVER managed_server FOREIGN DATA WRAPPER managed_wrapper;
    CREATE CAST (point AS json) WITH INOUT;
    CREATE TABLE app.theirs (h hstore); ALTER TABLE app.theirs OWNER TO managed_stranger;
    INSERT INTO app.theirs VALUES ('a=>1'); GRANT SELECT ON app.theirs TO managed_friend;
    SET ROLE managed_friend; GRANT SELECT ON app.t TO managed_stranger; RESET ROLE;
    CREATE SCHEMA auth; CREATE TABLE auth.users (id int);";

fn what_he_cannot_is_named(major: u32) {
    let (server, program) = (Server::shared(major), Program::new());
    role(server, "managed_owner", "LOGIN CREATEROLE CREATEDB");
    role(server, "managed_friend", "LOGIN");
    role(server, "managed_stranger", "LOGIN");
    let source = owned(server, "managed_owner");
    source.psql(&format!("{MINE} {OTHERS}"));
    let archive = program.dump(&source, &[]);
    let copy = owned(server, "managed_owner");
    // What the provider has put there is nothing that is in the way.
    copy.psql("CREATE EXTENSION pg_stat_statements; CREATE SCHEMA auth; CREATE TABLE auth.users (id int, theirs int)");
    let run = program.run(&["restore", &archive, "--json", "-d", &address(&copy, "managed_owner")]).exits(4);
    let summary = run.json();
    let left = summary["refused"].as_array().expect("a list");
    let left: Vec<&str> = left.iter().map(|one| one["entry"].as_str().expect("a name")).collect();
    for entry in [
        "OWNER managed_stranger",
        "EVENT TRIGGER managed_tell",
        "FUNCTION app.native",
        "FOREIGN DATA WRAPPER managed_wrapper",
        "SERVER managed_server",
        "SCHEMA auth",
        "TABLE auth.users",
    ] {
        assert!(left.contains(&entry), "{entry} of {left:?}\n{run}");
    }
    assert!(left.iter().any(|entry| entry.starts_with("CAST")), "{left:?}");
    assert!(left.iter().any(|entry| entry.starts_with("ACL")), "{left:?}");
    assert_eq!(summary["failed"].as_array().map(Vec::len), Some(0), "{run}");
    // All rows are there, whoever should own them.
    assert_eq!(copy.psql("SELECT count(*), (SELECT count(*) FROM app.theirs) FROM app.t"), "500|1");
    assert_eq!(copy.psql("SELECT relowner::regrole FROM pg_class WHERE oid = 'app.theirs'::regclass"), "managed_owner");
    assert_eq!(
        copy.psql("SELECT count(*) FROM pg_attribute WHERE attrelid = 'auth.users'::regclass AND attnum > 0"),
        "2"
    );
    // Gone on with after it died, it leaves out the same.
    copy.psql("TRUNCATE app.theirs; REVOKE SELECT ON app.t FROM managed_friend CASCADE");
    let resume = ["restore", &archive, "--json", "--resume", "-d", &address(&copy, "managed_owner")];
    let again = program.run(&resume).exits(4).json();
    assert_eq!((&again["rows"], &again["resumed"]["rows"]), (&1.into(), &500.into()), "{again:#}");
    let out = again["refused"].as_array().expect("a list").iter();
    assert!(out.clone().count() > 6, "{again:#}");
    assert!(out.map(|one| one["entry"].as_str().expect("a name")).all(|entry| left.contains(&entry)), "{again:#}");
    // What is missing beside a copy by a superuser is what was named.
    let whole = program.restore(&archive, server, &[]);
    for difference in differences(&source, &whole, &copy) {
        let known = [
            "managed_stranger",
            "managed_tell",
            "native",
            "managed_wrapper",
            "managed_server",
            "CAST",
            "auth",
            "theirs",
            "EXTENSION",
            "Owner: postgres",
            "tell()",
        ];
        assert!(known.iter().any(|word| difference.contains(word)), "{difference}\n{run}");
    }
}

#[test]
fn what_an_owner_cannot_do_is_named_on_15() {
    what_he_cannot_is_named(15);
}

#[test]
fn what_an_owner_cannot_do_is_named_on_18() {
    what_he_cannot_is_named(18);
}

#[test]
fn roles_are_mapped_wherever_they_are_named() {
    let (server, program) = (Server::shared(18), Program::new());
    role(server, "managed_owner", "LOGIN CREATEROLE CREATEDB");
    role(server, "managed_friend", "LOGIN");
    let source = owned(server, "managed_owner");
    source.psql(MINE);
    let archive = program.dump(&source, &[]);
    // A server on which neither is known.
    let target = expect(Server::start(&server.binaries, &Default::default()));
    let copy = Database::new(&target);
    let missing = ["managed_owner", "managed_friend", "--owner-map", "--no-owner"];
    program.restore_into(&archive, &copy, &[]).exits(1).says(&missing);
    expect(target.psql("postgres", "CREATE ROLE \"new owner\"; CREATE ROLE friend"));
    let map = ["--owner-map", "managed_owner=new owner", "--owner-map", "managed_friend=friend"];
    program.restore_into(&archive, &copy, &map).exits(0);
    let named = |database: &Database<'_>| String::from_utf8(database.pg_dump(&[])).expect("it is UTF-8");
    let text = named(&source).replace("managed_owner", "\"new owner\"").replace("managed_friend", "friend");
    let text = text.replace("'friend'", "'managed_friend'").replace("Owner: \"new owner\"", "Owner: new owner");
    let lines = |text: &str| {
        let mut lines: Vec<String> =
            text.lines().filter(|line| !line.contains("restrict ")).map(str::to_string).collect();
        lines.sort();
        lines
    };
    assert_eq!(lines(&named(&copy)), lines(&text));
    program.restore_into(&archive, &copy, &["--owner-map", "a"]).exits(2);
}

#[test]
fn a_check_gives_the_grants_that_a_dump_needs() {
    let (server, program) = (Server::shared(18), Program::new());
    role(server, "managed_reader", "LOGIN");
    let source = Database::new(server);
    source.psql(
        "CREATE SCHEMA \"a b\"; CREATE TABLE \"a b\".t (id serial); CREATE TABLE p (id int) PARTITION BY LIST (id);
         CREATE TABLE open (id int); GRANT SELECT ON open TO managed_reader; SELECT lo_create(7);
         CREATE EXTENSION pg_stat_statements;",
    );
    let check = ["check", "--json", "-d", &address(&source, "managed_reader")];
    let dump = ["dump", "-f", "x.tar.zst", "-d", &address(&source, "managed_reader")];
    program.run(&dump).exits(1);
    let report = program.run(&check).exits(1).json();
    let findings = report["findings"].as_array().expect("a list");
    let grants = findings.iter().find_map(|one| one["todo"].as_str().filter(|todo| todo.contains("GRANT")));
    let grants = grants.expect("what is lacking");
    assert_eq!(
        grants.lines().collect::<Vec<_>>(),
        [
            "GRANT USAGE ON SCHEMA \"a b\" TO managed_reader;",
            "GRANT SELECT ON SEQUENCE \"a b\".t_id_seq TO managed_reader;",
            "GRANT SELECT ON TABLE \"a b\".t TO managed_reader;",
            "GRANT SELECT ON TABLE public.p TO managed_reader;",
            "GRANT SELECT ON LARGE OBJECT 7 TO managed_reader;",
        ]
    );
    source.psql(grants);
    program.run(&check).exits(0);
    program.run(&dump).exits(0);
}

/// What a provider has put into the database, and what its owner has made of it.
const PROVIDERS: &str = "
    CREATE SCHEMA auth AUTHORIZATION managed_provider; GRANT USAGE ON SCHEMA auth TO managed_owner;
    CREATE SCHEMA vault AUTHORIZATION managed_provider; CREATE SCHEMA cron AUTHORIZATION managed_provider;
    GRANT USAGE ON SCHEMA cron TO managed_owner; SET ROLE managed_provider;
    CREATE TABLE auth.users (id serial PRIMARY KEY, secret text); INSERT INTO auth.users (secret) VALUES ('theirs'); GRANT REFERENCES ON auth.users TO managed_owner;
    CREATE TABLE auth.open (id int); INSERT INTO auth.open VALUES (1); GRANT SELECT ON auth.open TO managed_owner;
    CREATE VIEW auth.names AS SELECT id FROM auth.users; CREATE VIEW auth.more AS TABLE auth.names;
    CREATE TABLE vault.secrets (id int); CREATE FUNCTION auth.uid() RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE TABLE cron.job (id int, username name); ALTER TABLE cron.job ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON cron.job USING (username = CURRENT_USER); GRANT SELECT ON cron.job TO managed_owner; RESET ROLE;
    CREATE SCHEMA app AUTHORIZATION managed_owner;
    CREATE TABLE app.profiles (id int PRIMARY KEY REFERENCES auth.users); ALTER TABLE app.profiles OWNER TO managed_owner;
    INSERT INTO app.profiles VALUES (1);";

fn what_a_provider_keeps_is_left_out(major: u32) {
    let (server, program) = (Server::shared(major), Program::new());
    role(server, "managed_owner", "LOGIN CREATEROLE CREATEDB");
    role(server, "managed_provider", "NOLOGIN");
    let source = owned(server, "managed_owner");
    source.psql(PROVIDERS);
    let url = address(&source, "managed_owner");
    let left_out = [
        "TABLE DATA cron.job: its schema is the provider's, and row-level security would hide rows of it",
        "TABLE auth.users: its schema is the provider's, and the role may not read it",
        "TABLE vault.secrets: its schema is the provider's, and the role may not read it",
        "VIEW auth.names: its schema is the provider's, and it needs what the role may not read",
        "VIEW auth.more: its schema is the provider's, and it needs what the role may not read",
    ];
    let run = program.run(&["dump", "-j", "3", "-d", &url, "-f", "own.tar.zst", "--json"]).exits(4).says(&left_out);
    let skipped = run.json()["skipped"].as_array().map(Vec::len);
    assert_eq!(skipped, Some(6), "and the sequence of the table: {run}");
    assert!(run.stderr.contains("profiles_id_fkey"), "what it needs is left out: {run}");
    let report = program.run(&["check", "--json", "-d", &url]).exits(4).json();
    for words in &left_out[..3] {
        let text = report["findings"].to_string();
        assert!(text.contains(words), "{words}: {text}");
    }
    program.run(&["verify", "own.tar.zst", "--against", &url]).exits(0);
    // Where the provider has put the same, all of the owner's own comes back.
    let copy = owned(server, "managed_owner");
    let theirs = PROVIDERS.split("CREATE SCHEMA app").next().expect("a first part");
    copy.psql(theirs);
    program.run(&["restore", "own.tar.zst", "-d", &address(&copy, "managed_owner")]).exits(4);
    assert_eq!(copy.psql("SELECT (SELECT count(*) FROM app.profiles), (SELECT count(*) FROM auth.users)"), "1|1");
    let key = "SELECT count(*) FROM pg_constraint WHERE conname = 'profiles_id_fkey'";
    assert_eq!(copy.psql(key), "1");
    // What is nobody's by rule is not left out, and the superuser has it all.
    source.psql("CREATE TABLE app.closed (id int); CREATE SCHEMA authority; CREATE TABLE authority.t (id int)");
    let grants = [
        "GRANT USAGE ON SCHEMA authority TO managed_owner;",
        "GRANT SELECT ON TABLE app.closed TO managed_owner;",
        "GRANT SELECT ON TABLE authority.t TO managed_owner;",
    ];
    program.run(&["dump", "-d", &url, "-f", "other.tar.zst"]).exits(1).says(&grants);
    program.run(&["dump", "-d", &url, "-f", "part.tar.zst", "-n", "app", "-T", "app.closed"]).exits(0);
    let whole = program.dump(&source, &[]);
    equal_to_reference(&source, &program.restore(&whole, server, &[]), &[]);
}

#[test]
fn what_a_provider_keeps_is_left_out_on_15() {
    what_a_provider_keeps_is_left_out(15);
}

#[test]
fn what_a_provider_keeps_is_left_out_on_18() {
    what_a_provider_keeps_is_left_out(18);
}
