//! Does a dump from a standby that replays equal its primary, and is a conflict with the replay explained?

use super::downtime::{is_stuck, large, start};
use super::support::sessions::{Held, sessions};
use super::support::standby::{self, follows};
use super::support::{Binaries, Database, Options, Program, Server, expect, judge, wait_until};
use std::io::Read;
use std::mem::ManuallyDrop;

/// What a pipe holds on Linux.
const PIPE_BYTES: u64 = 1 << 16;

/// A primary and its standby, which waits with replaying for this long.
fn pair(major: u32, delay: &str) -> (Server, Server) {
    let primary = expect(Server::start(&expect(Binaries::find(major)), &Options::default()));
    let options = Options::default().set("max_standby_streaming_delay", delay);
    let standby = standby::start(&primary, &options);
    (primary, standby)
}

/// The address of a primary's database on its standby.
fn there(standby: &Server, database: &Database<'_>, name: &str) -> String {
    format!("{}&application_name={name}", standby.url(&database.name))
}

#[test]
fn a_standby_under_replay_gives_what_its_primary_has() {
    for major in [12, 18] {
        let (primary, standby) = pair(major, "-1");
        expect(primary.create_role("sample_reader"));
        let (database, program) = (Database::from_script(&primary, "sample.sql"), Program::new());
        // What is unlogged has a test of its own.
        database.psql("DROP TABLE \"Odd Names\".scratch; CREATE TABLE churn AS SELECT n AS id, 0 AS sum FROM generate_series(1, 1000) n");
        follows(&primary, &standby);
        // Every row is written again and again, and removed and vacuumed, while nothing changes for who looks.
        let mut writer = Held::new(&database, "SELECT");
        writer.say("COMMIT;\n");
        for round in 0..150 {
            let (a, b) = (round % 900, round % 900 + 100);
            writer.say(&format!(
                "UPDATE churn SET sum = sum WHERE id BETWEEN {a} AND {b}; DELETE FROM churn WHERE id < 0; VACUUM churn;\n"
            ));
        }
        let before = expect(standby.psql("postgres", "SELECT pg_last_wal_replay_lsn()"));
        let url = there(&standby, &database, "dump");
        program.run(&["dump", "-d", &url, "-f", "copy.tar.zst", "-j", "3"]).exits(0);
        let moved = format!("SELECT pg_last_wal_replay_lsn() > '{before}'");
        wait_until("it replays", || expect(standby.psql("postgres", &moved)) == "t");
        drop(writer);
        program.run(&["verify", "copy.tar.zst"]).exits(0);
        let copy = program.restore("copy.tar.zst", &primary, &[]);
        follows(&primary, &standby);
        // Of the standby, where sequences are ahead of the primary's by what one log record covers; and nothing can
        // be dropped there.
        let source = ManuallyDrop::new(Database { server: &standby, name: database.name.clone() });
        judge::equal_to_reference(&source, &copy, &[]);
        program.run(&["verify", "copy.tar.zst", "--against", &url]).exits(0);
    }
}

#[test]
fn what_a_standby_does_not_have_is_named() {
    let (primary, standby) = pair(18, "-1");
    let (database, program) = (Database::new(&primary), Program::new());
    database.psql(
        "CREATE UNLOGGED TABLE scratch (id int GENERATED ALWAYS AS IDENTITY); INSERT INTO scratch DEFAULT VALUES;
         CREATE TABLE kept AS SELECT 1 AS id",
    );
    follows(&primary, &standby);
    let run = program.run(&["dump", "-d", &there(&standby, &database, "dump"), "-f", "copy.tar.zst"]).exits(4);
    run.says(&[
        "not copied: TABLE DATA public.scratch: it is unlogged",
        "not copied: SEQUENCE SET public.scratch_id_seq: it is unlogged",
    ]);
    // A restore that brings back all of the archive is done; what the archive lacks is told once more.
    let copy = Database::new(&primary);
    let run = program.restore_into("copy.tar.zst", &copy, &[]).exits(0);
    run.says(&[
        "warning: the archive lacks TABLE DATA public.scratch: it is unlogged",
        "warning: the archive lacks SEQUENCE SET public.scratch_id_seq: it is unlogged",
        "; the archive LACKS 2 things, see above",
    ]);
    let again = Database::new(&primary);
    let summary = program.restore_into("copy.tar.zst", &again, &["--json"]).exits(0).json();
    assert_eq!((&summary["skipped"], summary["warnings"].as_array().map(Vec::len)), (&2.into(), Some(2)), "{summary}");
    assert_eq!(copy.psql("SELECT (SELECT count(*) FROM kept), (SELECT count(*) FROM scratch)"), "1|0");
    // Where nobody asks for them, nothing is missing.
    let args = ["dump", "-d", &there(&standby, &database, "dump"), "-f", "other.tar.zst", "-T", "scratch"];
    program.run(&[&args[..], &["--exclude-table-data", "scratch_id_seq"]].concat()).exits(0);
}

#[test]
fn a_conflict_with_the_replay_ends_the_dump_and_says_what_to_set() {
    let (primary, standby) = pair(18, "100ms");
    for change in ["ALTER TABLE noise ADD more int", "DELETE FROM noise WHERE id > 79000; VACUUM noise"] {
        let (database, program) = (large(&primary), Program::new());
        follows(&primary, &standby);
        let mut child = start(&program, &there(&standby, &database, "conflicting"), &["-j", "2"]);
        is_stuck(&standby, "conflicting", 2);
        database.psql(change);
        // The one that holds the snapshot does nothing and is ended; but the replay ends one after the other, and those
        // that send rows notice when they are read: a little, so that the dump is not done before the replay comes.
        let leader = "state = 'idle in transaction'";
        wait_until("the leader has gone", || {
            // A busy machine lets the replay wait, too.
            std::thread::sleep(std::time::Duration::from_millis(100));
            let stdout = child.stdout.as_mut().expect("it is piped");
            std::io::copy(&mut stdout.take(PIPE_BYTES), &mut std::io::sink()).expect("it can be read");
            sessions(&standby, "conflicting", "pid", leader).is_empty()
        });
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("conflict with recovery"), "{said}");
        assert!(said.contains("hint: ") && said.contains("raise max_standby_streaming_delay"), "{said}");
        assert!(said.contains("hot_standby_feedback"), "{said}");
    }
}

#[test]
fn a_replay_that_waits_for_a_dump_does_not_end_it() {
    let (primary, standby) = pair(18, "-1");
    let (database, program) = (large(&primary), Program::new());
    follows(&primary, &standby);
    let child = start(&program, &there(&standby, &database, "patient"), &["-j", "2", "--max-blocking", "100ms"]);
    is_stuck(&standby, "patient", 2);
    database.psql("ALTER TABLE noise ADD more int");
    let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'";
    wait_until("the replay waits", || expect(standby.psql("postgres", waits)) != "0");
    let looked = "query LIKE '%pg_blocking_pids%' AND state = 'idle' AND state_change > now() - interval '1 min'";
    let times = || sessions(&standby, "patient", "state_change", looked);
    let first = times();
    for _ in 0..3 {
        let last = times();
        wait_until("the watchdog has looked again", || times() != last);
    }
    assert_ne!(times(), first);
    super::downtime::finishes(&program, child);
}
