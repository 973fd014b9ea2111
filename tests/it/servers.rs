//! Do the throwaway servers start, run apart, and leave nothing behind?
//!
//! And does the judge see what it is there to see: a judge that finds no difference proves nothing
//! until it has found one.

use super::support::server::{Binaries, Clients, MAJORS, Options, PASSWORD, SUPERUSER, Server};
use super::support::{Database, expect, judge, server, wait_until};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

/// Set in the process that is going to be killed.
const HOLDER: &str = "PGSNAP_TEST_HOLDER";

#[test]
fn each_major_version_can_be_had() {
    for major in MAJORS {
        let found = expect(Binaries::find(*major));
        assert_eq!(found.major, *major);
        assert_eq!(Binaries::find(*major).as_ref(), Ok(&found), "the second look finds what the first one did");
    }
}

#[test]
fn oldest_debian_s_and_newest_server_start_and_answer() {
    for major in [12, 15, 18] {
        let server = Server::shared(major);
        let answer = expect(server.psql("postgres", "SELECT current_setting('server_version_num')::int / 10000, user"));
        assert_eq!(answer, format!("{major}|{SUPERUSER}"));
        let encoding = expect(server.psql("template1", "SHOW server_encoding; SHOW listen_addresses; SHOW fsync"));
        assert_eq!(encoding, "UTF8\n\noff", "no TCP: {}", server.log());
    }
}

#[test]
fn pgvector_is_there_to_be_tested() {
    let database = Database::new(Server::shared_with_vector());
    assert_eq!(database.psql("CREATE EXTENSION vector; SELECT '[1,2]'::vector <-> '[1,4]'"), "2");
}

#[test]
fn clients_judge_every_version() {
    let clients = expect(Clients::get());
    for client in [&clients.psql, &clients.pg_dump, &clients.pg_restore] {
        let version = Command::new(client).arg("--version").output().expect("it was found by running it");
        let version = server::parse_version(&String::from_utf8_lossy(&version.stdout));
        assert!(version.is_some_and(|(major, _)| major >= 18), "{}", client.display());
    }
}

#[test]
fn a_stopped_server_leaves_nothing() {
    let server = expect(Server::start(&expect(Binaries::find(18)), &Options::default().set("work_mem", "5MB")));
    assert_eq!(expect(server.psql("postgres", "SHOW work_mem")), "5MB");
    let (directory, process) = (server.directory().to_path_buf(), server.process_id().expect("it runs"));
    drop(server);
    assert!(!directory.exists());
    wait_until("the server has gone", || !is_running(process));
}

#[test]
fn a_killed_run_leaves_nothing() {
    if env::var_os(HOLDER).is_some() {
        hold();
    }
    let mut holder = Command::new(env::current_exe().expect("we run"))
        .args(["--exact", "servers::a_killed_run_leaves_nothing", "--nocapture"])
        .env(HOLDER, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("we can be run again");
    let output = BufReader::new(holder.stdout.take().expect("it is piped"));
    let told = output.lines().map_while(Result::ok).find(|line| line.starts_with("holding "));
    let told = told.expect("the other process starts its server");
    let mut words = told.split(' ').skip(1);
    let (process, directory) = (words.next().unwrap_or_default(), Path::new(words.next().unwrap_or_default()));
    let process = process.parse().expect("a process id");
    assert!(is_running(process) && directory.join("data").is_dir());

    holder.kill().expect("it is ours");
    holder.wait().expect("it is ours");
    wait_until("the server has gone after its holder", || !directory.exists() && !is_running(process));
}

/// The other process: starts a server, tells of it, and waits to be killed.
fn hold() -> ! {
    let server = expect(Server::start(&expect(Binaries::find(15)), &Options::default()));
    println!("\nholding {} {}", server.process_id().expect("it runs"), server.directory().display());
    loop {
        std::thread::park();
    }
}

/// True while the process exists.
fn is_running(process: u32) -> bool {
    let kill = Command::new("/bin/sh").args(["-c", &format!("kill -0 {process}")]).stderr(Stdio::null()).status();
    kill.expect("there is a shell").success()
}

#[test]
fn tcp_asks_for_the_password() {
    let server = expect(Server::start(&expect(Binaries::find(15)), &Options { tcp: true, ..Options::default() }));
    let psql = |url: &str| {
        let mut psql = Command::new(&expect(Clients::get()).psql);
        let output = psql.env_clear().args(["-XAtw", "-c", "SELECT inet_server_addr()", "-d", url]).output();
        output.expect("psql runs")
    };
    let url = server.tcp_url("postgres").expect("it listens");
    assert!(!url.contains(PASSWORD) && url.contains('%'));
    let right = psql(&url);
    assert_eq!(String::from_utf8_lossy(&right.stdout), "127.0.0.1\n", "{}", String::from_utf8_lossy(&right.stderr));
    let wrong = psql(&url.replacen("%2F", "%2E", 1));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("password authentication failed"));
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let options = Options::default().set("shared_buffers", "a lot");
    let error = Server::start(&expect(Binaries::find(15)), &options).expect_err("that is no setting");
    assert!(error.contains("shared_buffers"), "{error}");
}

#[test]
fn a_package_is_filled_once_and_whole() {
    let store = tempfile::tempdir().expect("a temporary directory");
    let failed = server::once(store.path(), "thing", |into| {
        fs::write(into.join("half"), "").expect("it is ours");
        Err("no network".to_string())
    });
    assert_eq!(failed, Err("no network".to_string()));
    assert!(!store.path().join("thing").exists());
    // A killed run's rest is swept by the next.
    fs::create_dir(store.path().join(".thing.partial-old")).expect("it is ours");

    let fills = std::sync::atomic::AtomicU32::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let place = server::once(store.path(), "thing", |into| {
                    fills.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    assert!(!into.join("half").exists());
                    fs::write(into.join("whole"), "").map_err(|error| error.to_string())
                });
                assert!(expect(place).join("whole").is_file());
            });
        }
    });
    assert_eq!(fills.into_inner(), 1);
    assert!(!store.path().join(".thing.partial-old").exists());
}

#[test]
fn root_s_servers_run_as_somebody_else() {
    let passwd = "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\npostgres:x:101:104::/:/bin/sh\n\
        anna:x:1000:1001::/home/anna:/bin/sh\n";
    let uid = |passwd: &str, sudo| server::choose(passwd, sudo).map(|user| (user.uid, user.gid));
    assert_eq!(uid(passwd, Some("1000")), Some((1000, 1001)));
    assert_eq!(uid(passwd, Some("0")), Some((101, 104)));
    assert_eq!(uid(passwd, Some("1234")), Some((101, 104)));
    assert_eq!(uid(&passwd.replace("postgres", "someone"), None), Some((65534, 65533)));
    assert_eq!(uid("root:x:0:0::/root:/bin/sh\n", None), None);
}

#[test]
fn versions_are_read_as_packagers_write_them() {
    for (text, major, version) in [
        ("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n", 15, "15.14"),
        ("psql (PostgreSQL) 19beta1", 19, "19beta1"),
        ("pg_dump (PostgreSQL) 18.0", 18, "18.0"),
    ] {
        assert_eq!(server::parse_version(text), Some((major, version.to_string())));
    }
    assert_eq!(server::parse_version("psql 9"), None);
}

#[test]
fn names_reach_the_server_as_they_are() {
    let server = Server::shared(15);
    for name in ["a b", "it's", "q\"uote", "back\\slash", "per%cent/slash?x=1&y=2#z", "Nämé"] {
        expect(server.create_database(name));
        let mut psql = Command::new(&expect(Clients::get()).psql);
        let output = psql.env_clear().args(["-XAtc", "SELECT current_database()", "-d", &server.url(name)]).output();
        let by_url = String::from_utf8(output.expect("psql runs").stdout).expect("UTF-8");
        assert_eq!(by_url.trim_end(), name);
        assert_eq!(expect(server.psql(name, "SELECT current_database()")), name);
        expect(server.drop_database(name));
    }
}

#[test]
fn the_sample_database_loads_on_every_version() {
    for major in MAJORS {
        let database = Database::from_script(Server::shared(*major), "sample.sql");
        assert_eq!(database.psql("SELECT count(*) FROM shop.orders"), "6000");
        // The servers of npm have no pgvector: the script says so and goes on.
        database.load("sample-vector.sql");
    }
    let database = Database::from_script(Server::shared_with_vector(), "sample.sql");
    database.load("sample-vector.sql");
    assert_eq!(database.psql("SELECT count(*), count(draft) FROM shop.embedding"), "300|30");
}

#[test]
fn the_judge_accepts_a_faithful_copy_and_sees_planted_differences() {
    let server = Server::shared(15);
    expect(server.create_role("sample_reader"));
    let source = Database::from_script(server, "sample.sql");
    source.psql("SELECT lo_from_bytea(4711, 'some bytes')");
    let copy = || {
        let copy = Database::like(server, &source);
        let errors = expect(server.load_anyway(&copy.name, &source.pg_dump(&[])));
        // Settings that newer clients make and older servers do not know.
        assert!(errors.iter().all(|error| error.contains("unrecognized configuration parameter")), "{errors:?}");
        copy
    };
    let (expected, actual) = (copy(), copy());
    assert_eq!(judge::differences(&source, &expected, &actual), Vec::<String>::new());

    for (change, seen) in [
        ("ALTER TABLE shop.customer ALTER COLUMN note SET DEFAULT 'new'", "customer"),
        ("COMMENT ON TABLE shop.product IS NULL", "COMMENT"),
        ("UPDATE shop.product SET photo = photo || '\\x00' WHERE id = 7", "COPY shop.product"),
        ("SELECT setval('shop.ticket_number', 1)", "setval"),
        ("SELECT lo_put(4711, 0, 'S')", "lowrite"),
        ("CREATE TABLE shop.surplus (a int)", "surplus"),
    ] {
        let actual = copy();
        actual.psql(change);
        let found = judge::differences(&source, &expected, &actual);
        assert!(found.iter().any(|difference| difference.contains(seen)), "{change}: {found:#?}");
    }
}
