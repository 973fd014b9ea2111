//! How long a database of many tables takes: `dump -s` beside `pg_dump -s`, `restore -j2` beside
//! `pg_restore -j2`, and the same through a link on which each round trip takes 20 ms longer.
//!
//! `cargo bench --bench tables -- [TABLES [RUNS]]`, by default 5000 and 5. Starts its own server, twice: one that
//! waits for the disk, as servers do, and one that does not. Each pair of programs runs in turn, into a new
//! database each; printed are medians, and the median of the pairs' ratios. The slow link gets a tenth of the
//! tables and one run, because there pg_restore's time is the number of statements and nothing else.

#[path = "../db/server.rs"]
mod server;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use server::{Binaries, Clients, Options, Server};

/// One way on the slow link.
const ONE_WAY: Duration = Duration::from_millis(10);

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|word| word.parse::<usize>().ok());
    let (tables, runs) = (numbers.next().unwrap_or(5000), numbers.next().unwrap_or(5));
    println!("{:<44} {:>9} {:>9} {:>7}", format!("{tables} tables, {runs} runs"), "pgsnap s", "pg_… s", "ratio");
    let waits = Options { tcp: true, ..Options::default() }
        .set("fsync", "on")
        .set("synchronous_commit", "on")
        .set("full_page_writes", "on");
    let hurries = Options { tcp: true, ..Options::default() };
    for (name, options) in [("waits for the disk", waits), ("does not", hurries)] {
        let server = Server::start(&Binaries::find(18).expect("PostgreSQL 18"), &options).expect("a server");
        let bench = Bench { server, home: tempfile::tempdir().expect("a temporary directory") };
        bench.fill("many", tables);
        report(&format!("dump -s, server {name}"), runs, |_| bench.dumps("many"));
        report(&format!("restore -j2, server {name}"), runs, |at| bench.restores("many", at, None));
        if name == "does not" {
            bench.fill("some", tables / 10);
            bench.dumps("some");
            let port = delayed(bench.server.port());
            report(&format!("restore -j2, 20 ms away, {} tables", tables / 10), 1, |at| {
                bench.restores("some", at, Some(port))
            });
        }
    }
}

/// Runs a pair several times; prints medians and the median ratio.
fn report(name: &str, runs: usize, mut pair: impl FnMut(usize) -> (f64, f64)) {
    let pairs: Vec<(f64, f64)> = (0..runs).map(&mut pair).collect();
    let median = |of: &dyn Fn(&(f64, f64)) -> f64| {
        let mut all: Vec<f64> = pairs.iter().map(of).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    let (ours, theirs, ratio) = (median(&|pair| pair.0), median(&|pair| pair.1), median(&|pair| pair.0 / pair.1));
    println!("{name:<44} {ours:>9.2} {theirs:>9.2} {ratio:>7.2}");
}

struct Bench {
    server: Server,
    home: tempfile::TempDir,
}

impl Bench {
    /// A database of tables with a serial key, a foreign key, a check and two indexes each.
    fn fill(&self, database: &str, tables: usize) {
        self.server.create_database(database).expect("a database");
        let sql = format!(
            "DO $$ BEGIN FOR i IN 1..{tables} LOOP
                EXECUTE format('CREATE TABLE t_%s (id serial PRIMARY KEY, ref int REFERENCES t_%s, name text NOT NULL,
                    amount numeric(12,2) DEFAULT 0 CHECK (amount >= 0), made timestamptz DEFAULT now())',
                    i, greatest(i - 1, 1));
                EXECUTE format('CREATE INDEX ON t_%s (ref); CREATE INDEX ON t_%s (name, made)', i, i);
                IF i % 100 = 0 THEN COMMIT; END IF;
            END LOOP; END $$; ANALYZE"
        );
        self.server.psql(database, &sql).expect("tables");
    }

    fn path(&self, name: &str) -> String {
        self.home.path().join(name).to_string_lossy().into_owned()
    }

    /// Dumps with both programs; seconds. What they write stays for the restores.
    fn dumps(&self, database: &str) -> (f64, f64) {
        let (url, ours) = (self.server.url(database), self.path("copy.tar.zst"));
        let _ = std::fs::remove_file(&ours);
        let pg_dump = &Clients::get().expect("clients").pg_dump;
        let pair = (
            seconds(Path::new(env!("CARGO_BIN_EXE_pgsnap")), &["dump", "-q", "-s", "-d", &url, "-f", &ours]),
            seconds(pg_dump, &["-s", "-d", &url, "-f", &self.path("copy.sql")]),
        );
        seconds(pg_dump, &["-s", "-Fc", "-d", &url, "-f", &self.path("copy.dump")]);
        pair
    }

    /// Restores with both programs, each into a new database; seconds.
    fn restores(&self, database: &str, run: usize, port: Option<u16>) -> (f64, f64) {
        let url = |who: &str| {
            let name = format!("{database}_{who}_{run}");
            self.server.create_database(&name).expect("a database");
            let direct = self.server.tcp_url(&name).expect("it listens");
            port.map_or(direct.clone(), |port| {
                direct.replace(&format!(":{}/", self.server.port()), &format!(":{port}/"))
            })
        };
        let (ours, theirs) = (url("ours"), url("theirs"));
        let pg_restore = &Clients::get().expect("clients").pg_restore;
        (
            seconds(
                Path::new(env!("CARGO_BIN_EXE_pgsnap")),
                &["restore", "-q", "-j", "2", "-d", &ours, &self.path("copy.tar.zst")],
            ),
            seconds(pg_restore, &["-j", "2", "-d", &theirs, &self.path("copy.dump")]),
        )
    }
}

/// How long a program takes that must succeed.
fn seconds(program: &Path, args: &[&str]) -> f64 {
    let start = Instant::now();
    let status = Command::new(program).args(args).stdin(Stdio::null()).stdout(Stdio::null()).status();
    assert!(status.expect("it runs").success(), "{} {args:?} failed", program.display());
    start.elapsed().as_secs_f64()
}

/// A port that leads to another one, but slowly.
fn delayed(to: u16) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("it is bound").port();
    thread::spawn(move || {
        for near in listener.incoming().flatten() {
            let far = TcpStream::connect(("127.0.0.1", to)).expect("the server listens");
            let _ = (near.set_nodelay(true), far.set_nodelay(true));
            let twin = |stream: &TcpStream| stream.try_clone().expect("a descriptor");
            delay(twin(&near), twin(&far));
            delay(far, near);
        }
    });
    port
}

/// Passes on what comes, each piece a while after it came; the link's width is not limited.
fn delay(mut from: TcpStream, mut to: TcpStream) {
    let (sender, receiver) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut buffer = vec![0; 64 << 10];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            if sender.send((Instant::now() + ONE_WAY, buffer[..count].to_vec())).is_err() {
                break;
            }
        }
    });
    thread::spawn(move || {
        for (due, piece) in receiver {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&piece).is_err() {
                break;
            }
        }
        let _ = to.shutdown(std::net::Shutdown::Write);
    });
}
