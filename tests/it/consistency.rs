//! Is a copy one state of the database, whatever happens beside the dump?
//!
//! First single moments, held by locks: between the listing, the locks and the snapshot. Then writers that
//! never stop, with statements that a snapshot does not cover (TRUNCATE, rewriting ALTER TABLE, DROP, names
//! that are swapped), and invariants over tables that every committed state keeps.

use super::support::server::Clients;
use super::support::sessions::{Held, end, named, sessions, waits_for, waits_for_while};
use super::support::{Database, Program, Server, expect, wait_until};
use pgsnap::connect::{DotEnv, Flags, Purpose, Session, Settings, Snapshot};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Starts a dump into `copy.tar.zst`, as application `dump`.
fn start(program: &Program, database: &Database<'_>, more: &[&str]) -> Child {
    let url = named(database, "dump");
    let mut command = program.command(&[&["dump", "-d", &url, "-f", "copy.tar.zst"], more].concat());
    command.stderr(Stdio::piped()).spawn().expect("it runs")
}

/// What `sql` says of the database that a dump of this program restores to.
fn copied(program: &Program, server: &Server, sql: &str) -> String {
    program.restore("copy.tar.zst", server, &[]).psql(sql)
}

#[test]
fn what_happens_to_a_table_while_the_dump_waits_for_it_is_in_the_copy() {
    for (change, table, expected) in [
        ("TRUNCATE job", "job", "0|10"),
        ("ALTER TABLE job ALTER id TYPE text", "job", "10|10"),
        ("ALTER TABLE job RENAME TO old; ALTER TABLE other RENAME TO job", "job", "3|10"),
        ("DROP TABLE job", "other", "3|10"),
    ] {
        let (database, program) = (Database::new(Server::shared(18)), Program::new());
        database.psql(
            "CREATE TABLE job (id int); INSERT INTO job SELECT generate_series(1, 10); CREATE TABLE log (jobs bigint);
             CREATE TABLE other (id int); INSERT INTO other SELECT generate_series(1, 3)",
        );
        let mut held = Held::new(&database, "LOCK TABLE job IN ACCESS EXCLUSIVE MODE");
        let child = start(&program, &database, &["-t", "job", "-t", "log", "-t", "other"]);
        waits_for(&database, "dump", "job");
        held.say(&format!("INSERT INTO log SELECT count(*) FROM job; {change}; COMMIT;\n"));
        let (code, said) = end(child);
        assert_eq!(code, Some(0), "{change}: {said}");
        assert!(!said.contains("starting over"), "the snapshot is younger than the locks: {said}");
        let state = format!("SELECT (SELECT count(*) FROM {table}), (SELECT jobs FROM log)");
        assert_eq!(copied(&program, database.server, &state), expected, "{change}");
    }
}

/// Lets a dump come to know of the table `late` only with its snapshot, and stops it before it has the lock:
/// `gate` holds it up while `late` is made, `owner` holds `late`.
fn late(dump: &mut Child, database: &Database<'_>, gate: &mut Held, name: &str) -> Held {
    waits_for_while(dump, database, "dump", "gate");
    let make = format!("CREATE TABLE {name} (id int); INSERT INTO {name} SELECT generate_series(1, 10)");
    database.psql(&make);
    let owner = Held::by(&format!("owner_{name}"), database, &format!("LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE"));
    gate.say("COMMIT;\n");
    waits_for_while(dump, database, "dump", name);
    owner
}

#[test]
fn a_table_that_changes_between_the_snapshot_and_its_lock_makes_the_dump_start_over() {
    for (change, expected) in [
        ("TRUNCATE late", "0|10"),
        ("ALTER TABLE late ALTER id TYPE text", "10|10"),
        // Unlocked, because it is left out: it takes the name of one that is not.
        ("ALTER TABLE late RENAME TO old; ALTER TABLE other RENAME TO late", "3|10"),
        ("DROP TABLE late; CREATE TABLE late (a int, b int); INSERT INTO late VALUES (1, 2)", "1|10"),
    ] {
        let (database, program) = (Database::new(Server::shared(18)), Program::new());
        database.psql(
            "CREATE TABLE gate (); CREATE TABLE log (jobs bigint);
             CREATE TABLE other (id int); INSERT INTO other SELECT generate_series(1, 3)",
        );
        let mut gate = Held::by("gate", &database, "LOCK TABLE gate IN ACCESS EXCLUSIVE MODE");
        let mut child = start(&program, &database, &["-j", "3", "-T", "other"]);
        let mut owner = late(&mut child, &database, &mut gate, "late");
        owner.say(&format!("INSERT INTO log SELECT count(*) FROM late; {change}; COMMIT;\n"));
        let (code, said) = end(child);
        assert_eq!(code, Some(0), "{change}: {said}");
        let words = "warning: public.late was changed while it was being locked; starting over";
        assert!(said.contains(words), "{change}: {said}");
        let state = "SELECT (SELECT count(*) FROM late), (SELECT jobs FROM log)";
        assert_eq!(copied(&program, database.server, state), expected, "{change}");
    }
}

#[test]
fn a_dump_that_never_finds_a_quiet_moment_gives_up_and_says_so() {
    let (database, program) = (Database::new(Server::shared(18)), Program::new());
    database.psql("CREATE TABLE gate ()");
    let lock = "LOCK TABLE gate IN ACCESS EXCLUSIVE MODE";
    let mut gate = Held::by("gate_0", &database, lock);
    let mut child = start(&program, &database, &["--max-blocking", "0"]);
    for round in 1..=10 {
        let name = format!("late_{round}");
        let mut owner = late(&mut child, &database, &mut gate, &name);
        // In the queue before the dump comes back.
        gate = Held::waiting(&format!("gate_{round}"), &database, lock);
        waits_for(&database, &format!("gate_{round}"), "gate");
        owner.say(&format!("TRUNCATE {name}; COMMIT;\n"));
    }
    let (code, said) = end(child);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("the dump began 10 times") && said.contains("hint: "), "{said}");
    assert_eq!(said.matches("starting over").count(), 10, "{said}");
    assert_eq!(program.files(), Vec::<String>::new());
}

#[test]
fn what_somebody_else_wants_for_himself_the_leader_copies() {
    let (database, program) = (Database::new(Server::shared(18)), Program::new());
    database.psql(
        "CREATE TABLE a_large (id int, pad text); CREATE TABLE b_wanted (id int);
         INSERT INTO a_large SELECT n, repeat(md5(n::text), 30) FROM generate_series(1, 80000) n;
         INSERT INTO b_wanted SELECT generate_series(1, 1000)",
    );
    // A dump into a pipe that nobody reads: all workers stop within the large table.
    let url = named(&database, "dump");
    let mut command = program.command(&["dump", "-d", &url, "-f", "-", "-j", "2", "-Z", "1"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let stopped = "query LIKE 'COPY%' AND wait_event = 'ClientWrite'";
    wait_until("the workers stop", || sessions(database.server, "dump", "pid", stopped).len() == 2);
    let _held = Held::waiting("wanting", &database, "TRUNCATE b_wanted");
    waits_for(&database, "wanting", "b_wanted");
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    std::fs::write(program.path("copy.tar.zst"), output.stdout).expect("it is ours");
    program.run(&["verify", "copy.tar.zst"]).exits(0);
    let state = "SELECT (SELECT count(*) FROM a_large), (SELECT count(*) FROM b_wanted)";
    assert_eq!(copied(&program, database.server, state), "80000|1000");
}

#[test]
fn a_dump_takes_no_lock_that_keeps_readers_or_writers_out() {
    let (database, program) = (Database::new(Server::shared(18)), Program::new());
    database.psql(
        "CREATE TABLE busy (id int PRIMARY KEY, pad text); CREATE VIEW seen AS TABLE busy; CREATE SEQUENCE counter;
                   INSERT INTO busy SELECT n, repeat(md5(n::text), 30) FROM generate_series(1, 80000) n",
    );
    let url = named(&database, "dump");
    let mut command = program.command(&["dump", "-d", &url, "-f", "-", "-j", "2", "-Z", "1"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it runs");
    let stopped = "query LIKE 'COPY%' AND wait_event = 'ClientWrite'";
    wait_until("the workers stop", || sessions(database.server, "dump", "pid", stopped).len() == 2);
    let locks = "SELECT string_agg(DISTINCT l.mode, ',') FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                 WHERE a.application_name = 'dump' AND l.locktype = 'relation'";
    assert_eq!(database.psql(locks), "AccessShareLock");
    // Killed, it lets go at once: what waits for the table gets it.
    child.kill().and_then(|()| child.wait().map(drop)).expect("it is ours");
    database.psql("SET lock_timeout = '60s'; BEGIN; LOCK TABLE busy IN ACCESS EXCLUSIVE MODE; COMMIT");
}

#[test]
fn the_limit_on_waiting_for_locks_covers_what_is_not_a_table() {
    let (database, program) = (Database::new(Server::shared(18)), Program::new());
    database.psql(
        "CREATE TABLE film (id int); CREATE MATERIALIZED VIEW seen AS TABLE film; CREATE VIEW shown AS TABLE film;
         CREATE SEQUENCE counter;",
    );
    for (holding, relation) in
        [("REFRESH MATERIALIZED VIEW seen", "seen"), ("DROP VIEW shown", "shown"), ("DROP SEQUENCE counter", "counter")]
    {
        let held = Held::new(&database, holding);
        for jobs in ["1", "3"] {
            let url = named(&database, "dump");
            let args = ["dump", "-d", &url, "-f", "copy.tar.zst", "-j", jobs, "--lock-wait-timeout", "100ms"];
            let run = program.run(&args).exits(1);
            run.says(&["55P03", "--lock-wait-timeout", "application \"held\"", &format!("holds public.{relation}")]);
            assert_eq!(program.files(), Vec::<String>::new());
        }
        drop(held);
    }
}

#[test]
fn row_security_that_hides_rows_is_an_error_and_no_smaller_backup() {
    let (database, program) = (Database::new(Server::shared(18)), Program::new());
    for (role, rights) in [("consistency reader", ""), ("consistency bypass", "BYPASSRLS")] {
        expect(database.server.create_role(role));
        database.psql(&format!("ALTER ROLE \"{role}\" LOGIN {rights}; GRANT pg_read_all_data TO \"{role}\""));
    }
    database.psql(
        "CREATE TABLE first (i int); INSERT INTO first VALUES (1); CREATE TABLE secret (i int);
         INSERT INTO secret VALUES (1), (2), (3); CREATE TABLE \"Secret too\" (i int);
         ALTER TABLE secret ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON secret USING (i < 2);
         ALTER TABLE \"Secret too\" ENABLE ROW LEVEL SECURITY;",
    );
    let url = |role: &str| database.url().replacen("postgres@", &format!("{}@", role.replace(' ', "%20")), 1);
    let reader = url("consistency reader");
    let run = program.run(&["dump", "-d", &reader, "-f", "-"]).exits(1);
    assert!(run.stdout.is_empty(), "refused before anything is copied");
    run.says(&["public.\"Secret too\", public.secret", "role \"consistency reader\"", "BYPASSRLS"]);
    // Where no rows of them are asked for, nothing is hidden.
    let without = ["--exclude-table-data=secret", "--exclude-table-data=\"Secret too\""];
    program.run(&[&["dump", "-d", &reader, "-f", "without.tar.zst"], &without[..]].concat()).exits(0).says(&["1 row"]);
    program.run(&["dump", "-d", &reader, "-f", "schema.tar.zst", "-s"]).exits(0);
    program.run(&["dump", "-d", &url("consistency bypass"), "-f", "copy.tar.zst"]).exits(0).says(&["4 rows"]);
}

/// A session of the library itself.
async fn session(database: &Database<'_>) -> Session {
    let flags = Flags { conn: Some(database.url()), ..Flags::default() };
    let settings = Settings::resolve(&flags, &|_| None, &DotEnv::default()).expect("the address is right");
    Session::open(&settings, Purpose::Dump).await.expect("the server is there")
}

#[test]
fn a_worker_that_is_not_in_the_leaders_snapshot_is_refused() {
    const WAIT: Duration = Duration::from_secs(60);
    let database = Database::new(Server::shared(18));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let leader = Snapshot::begin(session(&database).await, WAIT).await.expect("it begins");
        let (name, proof) = (leader.export().await.expect("exported"), leader.proof().await.expect("proven"));
        Snapshot::join(session(&database).await, WAIT, &name, &proof).await.expect("it is the same");
        // The same name elsewhere, as behind a load balancer, is another snapshot.
        database.psql("CREATE TABLE moves_the_horizon ()");
        let other = Snapshot::begin(session(&database).await, WAIT).await.expect("it begins");
        let elsewhere = other.export().await.expect("exported");
        let error = Snapshot::join(session(&database).await, WAIT, &elsewhere, &proof).await.err().expect("refused");
        assert!(error.report().contains("another server or another snapshot"), "{}", error.report());
        leader.finish().await.expect("it ends");
        let error = Snapshot::join(session(&database).await, WAIT, &name, &proof).await.err().expect("refused");
        assert!(error.report().contains("cannot join the snapshot"), "{}", error.report());
    });
}

/// Tables with something to keep.
const WORLD: &str = "
CREATE TABLE checking (id int PRIMARY KEY, amount bigint, pad text);
CREATE TABLE saving (id int PRIMARY KEY, amount bigint, pad text);
INSERT INTO checking SELECT n, 100, repeat('x', 1900) FROM generate_series(0, 4999) n;
INSERT INTO saving SELECT n, 100, repeat('x', 100) FROM generate_series(0, 4999) n;
CREATE TABLE journal (id bigserial PRIMARY KEY, writer int, amount bigint);
CREATE TABLE done (writer int PRIMARY KEY, transfers bigint, moved bigint);
INSERT INTO done VALUES (0, 0, 0), (1, 0, 0);
CREATE TABLE left_side (id int, pad text); CREATE TABLE right_side (LIKE left_side);
INSERT INTO left_side SELECT n, repeat('y', 300) FROM generate_series(0, 4999) n;
CREATE TABLE queue (id int, filling bigint); INSERT INTO queue SELECT n, 0 FROM generate_series(1, 500) n;
CREATE TABLE shape (id int, v int, pad text); INSERT INTO shape SELECT n, n, repeat('z', 200) FROM generate_series(1, 500) n;
CREATE TABLE live (id int, mark text); CREATE TABLE spare (mark text, id int);
INSERT INTO live SELECT n, 'a' FROM generate_series(1, 300) n; INSERT INTO spare SELECT 'b', n FROM generate_series(1, 200) n;
CREATE TABLE day (n bigint, id int); INSERT INTO day SELECT 0, n FROM generate_series(1, 100) n;
CREATE TABLE state (queue bigint, shape text, live text, day bigint); INSERT INTO state VALUES (0, 'integer', 'a', 0);
";

/// What every committed state keeps, by name; those that are broken are printed.
const BROKEN: &str = "
SELECT name FROM (VALUES
    ('sum of accounts', (SELECT sum(amount) FROM (TABLE checking UNION ALL TABLE saving) s) = 1000000),
    ('accounts', (SELECT count(*) FROM checking) = 5000 AND (SELECT count(DISTINCT id) FROM saving) = 5000),
    ('journal', (SELECT bool_and(d.transfers = (SELECT count(*) FROM journal j WHERE j.writer = d.writer)
                             AND d.moved = (SELECT coalesce(sum(amount), 0) FROM journal j WHERE j.writer = d.writer)) FROM done d)),
    ('journal and balance', (SELECT sum(moved) FROM done) = (SELECT sum(amount) - 500000 FROM saving)),
    ('sides', (SELECT count(*) = 5000 AND count(DISTINCT id) = 5000 FROM (TABLE left_side UNION ALL TABLE right_side) s)),
    ('queue', (SELECT count(*) = 500 AND min(filling) = max(filling) AND min(filling) = (SELECT queue FROM state) FROM queue)),
    ('shape', (SELECT count(*) = 500 AND sum(v::numeric) = 125250 FROM shape)
              AND (SELECT format_type(atttypid, atttypmod) = (SELECT shape FROM state) FROM pg_attribute
                   WHERE attrelid = 'shape'::regclass AND attname = 'v')),
    ('live', (SELECT min(mark) = max(mark) AND min(mark) = (SELECT live FROM state)
                     AND count(*) = CASE min(mark) WHEN 'a' THEN 300 ELSE 200 END FROM live)),
    ('spare', (SELECT min(mark) = max(mark) AND min(mark) <> (SELECT live FROM state) FROM spare)),
    ('day', (SELECT count(*) = 100 AND min(n) = max(n) AND min(n) = (SELECT day FROM state) FROM day))
) AS invariant(name, holds) WHERE holds IS NOT TRUE";

/// Numbers that a seed decides (xorshift).
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

/// The next transaction of a writer of each kind.
fn transaction(kind: usize, dice: &mut Dice) -> String {
    match kind {
        0 | 1 => {
            let (from, to) = (dice.next(5000), dice.next(5000));
            let amount = dice.next(9);
            format!(
                "BEGIN; UPDATE checking SET amount = amount - {amount} WHERE id = {from};
                 UPDATE saving SET amount = amount + {amount} WHERE id = {to};
                 INSERT INTO journal (writer, amount) VALUES ({kind}, {amount});
                 UPDATE done SET transfers = transfers + 1, moved = moved + {amount} WHERE writer = {kind}; COMMIT;\n"
            )
        }
        2 => {
            let (from, to) = if dice.next(2) == 0 { ("left_side", "right_side") } else { ("right_side", "left_side") };
            let first = dice.next(5000);
            format!(
                "WITH moved AS (DELETE FROM {from} WHERE id BETWEEN {first} AND {first} + 20 RETURNING *)
                 INSERT INTO {to} SELECT * FROM moved;\n"
            )
        }
        3 => "BEGIN; UPDATE state SET queue = queue + 1; TRUNCATE queue;
              INSERT INTO queue SELECT n, (SELECT queue FROM state) FROM generate_series(1, 500) n; COMMIT;\n"
            .to_string(),
        4 => {
            let kind = ["integer", "bigint", "numeric", "text"][dice.next(4) as usize];
            let other = ["ALTER TABLE shape ADD w float8 DEFAULT random()", "ALTER TABLE shape DROP IF EXISTS w", "CLUSTER"]
                [dice.next(3) as usize];
            format!(
                "BEGIN; ALTER TABLE shape ALTER v TYPE {kind} USING v::{kind}; UPDATE state SET shape = '{kind}'; COMMIT;
                 {other}; VACUUM FULL shape;\n"
            )
        }
        5 => "BEGIN; ALTER TABLE live RENAME TO between; ALTER TABLE spare RENAME TO live; ALTER TABLE between RENAME TO spare;
              UPDATE state SET live = (SELECT min(mark) FROM live); COMMIT;\n"
            .to_string(),
        _ => "BEGIN; DROP TABLE day; UPDATE state SET day = day + 1;
              CREATE TABLE day AS SELECT (SELECT day FROM state) AS n, id FROM generate_series(1, 100) id; COMMIT;\n"
            .to_string(),
    }
}

const WRITERS: usize = 7;

/// Writes until told to stop. A transaction that loses a deadlock, against another or the dump, is none.
fn write(database: &Database<'_>, kind: usize, seed: u64, stop: &AtomicBool) {
    let mut psql = Command::new(&expect(Clients::get()).psql);
    psql.env_clear().args(["-X", "-q", "-d", &database.url()]).stdin(Stdio::piped());
    let mut psql = psql.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("psql runs");
    let mut input = psql.stdin.take().expect("it is piped");
    let mut answers = BufReader::new(psql.stdout.take().expect("it is piped")).lines();
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (kind as u64 + 1));
    while !stop.load(Ordering::Relaxed) {
        let sql = transaction(kind, &mut dice) + "\\echo done\n";
        input.write_all(sql.as_bytes()).expect("psql goes on after an error");
        answers.next().expect("psql says so when it is done").expect("it is text");
    }
    drop(input);
    assert!(psql.wait().expect("it ends").success());
}

/// How the dumps of a row of runs ended.
#[derive(Debug, Default)]
struct Counts {
    copied: u32,
    started_over: u32,
    gave_up: u32,
}

/// Dumps and restores `runs` times beside the writers.
fn beside_writers(major: u32, runs: u64, seed: u64) -> Counts {
    let database = Database::new(Server::shared(major));
    database.psql(WORLD);
    assert_eq!(database.psql(BROKEN), "");
    let (stop, mut counts) = (AtomicBool::new(false), Counts::default());
    let progress = "SELECT (SELECT sum(transfers) FROM done), (SELECT queue FROM state), (SELECT day FROM state)";
    std::thread::scope(|scope| {
        for kind in 0..WRITERS {
            let (database, stop) = (&database, &stop);
            scope.spawn(move || write(database, kind, seed, stop));
        }
        // Stops the writers where an assertion fails, too.
        let _stop = Stop(&stop);
        wait_until("the writers write", || {
            database.psql("SELECT queue > 0 AND day > 0 AND (SELECT min(transfers) > 0 FROM done) FROM state") == "t"
        });
        let program = Program::new();
        for run in 0..runs {
            let before = database.psql(progress);
            let dump = ["dump", "-d", &database.url(), "-f", "copy.tar.zst", "-j", "4", "-Z", "1"];
            let dump = program.run(&dump);
            if dump.code == Some(1) {
                let known = dump.stderr.contains("cannot lock table") || dump.stderr.contains("the dump began");
                assert!(known, "run {run}, seed {seed}: {dump}");
                counts.gave_up += 1;
                continue;
            }
            let dump = dump.exits(0);
            counts.started_over += u32::from(dump.stderr.contains("starting over"));
            program.run(&["verify", "copy.tar.zst"]).exits(0);
            let copy = program.restore("copy.tar.zst", database.server, &["-j", "2"]);
            assert_eq!(copy.psql(BROKEN), "", "run {run}, seed {seed}, on {major}");
            counts.copied += 1;
            assert_ne!(before, database.psql(progress), "something was written meanwhile");
        }
    });
    assert_eq!(database.psql(BROKEN), "", "the writers themselves keep the invariants");
    counts
}

/// Tells the writers to stop when it is dropped.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn dumps_beside_writers_are_each_one_state_of_the_database() {
    // PGSNAP_RUNS=50 for a long one, PGSNAP_SEED for another course.
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (runs, seed) = (number("PGSNAP_RUNS").unwrap_or(4), number("PGSNAP_SEED").unwrap_or(1));
    for (major, runs) in [(12, runs / 2), (18, runs - runs / 2)] {
        let counts = beside_writers(major, runs, seed);
        println!("PostgreSQL {major}, {runs} runs, seed {seed}: {counts:?}");
        assert!(counts.copied > 0, "{counts:?}");
    }
}
