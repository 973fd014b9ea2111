//! How long whole runs take on a mixed database: dump and restore beside pg_dump, pg_restore and the bare COPY,
//! and verify. Prints one table: medians, the median of the pairs' ratios, archive sizes, peak memory.
//!
//! `cargo bench --bench whole -- [MEGABYTES [RUNS]]`, by default 200 and 5; 10240 is the largest that was tried.
//! Starts its own server (18 with pgvector; it does not wait for the disk) and fills it: vectors, events with
//! jsonb and three indexes, bytea out of line, narrow rows, texts. Each pair of programs runs in turn.
//! Needs about four times the size on disk.

#[path = "../db/server.rs"]
mod server;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use server::{Binaries, Clients, Options, Server};

/// At this size there are 5 million events; the rest in proportion.
const FULL_MEGABYTES: usize = 2300;
/// How often a running program is asked for its peak memory.
const LOOK: Duration = Duration::from_millis(10);

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|word| word.parse::<usize>().ok());
    let (megabytes, runs) = (numbers.next().unwrap_or(200), numbers.next().unwrap_or(5).max(1));
    let options = ["shared_buffers=1GB", "max_wal_size=8GB", "checkpoint_timeout=30min", "maintenance_work_mem=256MB"]
        .iter()
        .filter_map(|line| line.split_once('='))
        .fold(Options::default(), |options, (name, value)| options.set(name, value));
    let server =
        Server::start(&Binaries::with_vector().expect("PostgreSQL with pgvector"), &options).expect("a server");
    let bench = Bench { server, home: tempfile::tempdir().expect("a temporary directory"), runs };
    bench.fill(megabytes);
    println!("{:<42} {:>8} {:>8} {:>6}  A; B", format!("{megabytes} MB, {runs} runs"), "A s", "B s", "A/B");
    bench.dumps();
    bench.restores();
}

/// What one run took.
#[derive(Clone, Copy, Default)]
struct Ran {
    seconds: f64,
    /// The largest memory of the program that was started (not of what it starts), in bytes.
    peak: u64,
    /// What it wrote, in bytes.
    size: u64,
}

struct Bench {
    server: Server,
    home: tempfile::TempDir,
    runs: usize,
}

impl Bench {
    fn fill(&self, megabytes: usize) {
        let count = |full: usize| (full * megabytes / FULL_MEGABYTES).max(1);
        self.server.create_database("mixed").expect("a database");
        let sql = format!(
            "CREATE EXTENSION vector;
            CREATE TABLE docs (id bigint PRIMARY KEY, title text, emb vector(768));
            INSERT INTO docs SELECT g, 'document ' || g, (SELECT array_agg((hashint8extended(g * 1000 + i, 0) % 2000000)
                / 1000000.0)::real[]::vector FROM generate_series(1, 768) i) FROM generate_series(1, {docs}) g;
            CREATE TABLE events (id bigint, at timestamptz, kind int, user_id uuid, payload jsonb);
            INSERT INTO events SELECT g, '2026-01-01'::timestamptz + g * '1 s'::interval, g % 37, md5(g::text)::uuid,
                jsonb_build_object('k', g % 1000, 'ip', md5((g % 100000)::text), 'tags',
                jsonb_build_array(g % 7, g % 11, 't' || g % 13)) FROM generate_series(1, {events}) g;
            CREATE TABLE blobs (id int PRIMARY KEY, b bytea);
            ALTER TABLE blobs ALTER b SET STORAGE EXTERNAL;
            INSERT INTO blobs SELECT g, (SELECT string_agg(sha512((g * 1000 + i)::text::bytea), ''::bytea)
                FROM generate_series(1, 256) i) FROM generate_series(1, {blobs}) g;
            CREATE TABLE narrow (a int, b int, c float8);
            INSERT INTO narrow SELECT g, g % 1000, g / 7.0 FROM generate_series(1, {narrow}) g;
            CREATE TABLE texts (id int PRIMARY KEY, t text);
            INSERT INTO texts SELECT g, (SELECT string_agg(md5((g * 31 + i)::text) || ' lorem ipsum ', ' ')
                FROM generate_series(1, 6 + g % 8) i) FROM generate_series(1, {texts}) g;",
            docs = count(120_000),
            events = count(5_000_000),
            blobs = count(20_000),
            narrow = count(4_000_000),
            texts = count(300_000),
        );
        self.server.psql("mixed", &sql).expect("tables");
        // The same rows without what is built from them.
        self.server.psql("postgres", "CREATE DATABASE rows TEMPLATE mixed").expect("a copy");
        let bare = "ALTER TABLE docs DROP CONSTRAINT docs_pkey; ALTER TABLE blobs DROP CONSTRAINT blobs_pkey;
            ALTER TABLE texts DROP CONSTRAINT texts_pkey; VACUUM ANALYZE";
        bare.split(';').for_each(|sql| self.server.psql("rows", sql).map(drop).expect("a statement"));
        let indexes = "ALTER TABLE events ADD PRIMARY KEY (id); CREATE INDEX ON events (user_id);
            CREATE INDEX ON events USING gin (payload jsonb_path_ops); VACUUM ANALYZE";
        indexes.split(';').for_each(|sql| self.server.psql("mixed", sql).map(drop).expect("a statement"));
    }

    fn path(&self, name: &str) -> String {
        self.home.path().join(name).to_string_lossy().into_owned()
    }

    fn dumps(&self) {
        for style in ["none", "gzip:1", "lz4", "zstd:1", "zstd:3"] {
            if self.pg_dump("mixed", style, &["-s"]).is_some() {
                let theirs = || self.pg_dump("mixed", style, &[]).expect("it did");
                self.report(&format!("dump -j2, pg_dump -Fd -j2 -Z {style}"), |_| (self.dump("mixed", &[]), theirs()));
            }
        }
        self.report("dump -j2, two bare COPY at a time", |_| (self.dump("mixed", &[]), self.bare_copies()));
        let docs = ["-t", "docs"];
        let theirs = || self.pg_dump("mixed", "none", &docs).expect("it does without compression");
        self.report("dump -j2 of vectors, pg_dump -Z none", |_| (self.dump("mixed", &docs), theirs()));
        self.report("dump of the events, -j2, -j1", |_| {
            let one = ["-t", "events", "-j", "1"];
            (self.dump("mixed", &["-t", "events"]), self.dump("mixed", &one))
        });
        self.dump("mixed", &[]);
        self.report("verify, twice", |_| {
            let verify = || self.pgsnap(&["verify", "-q", &self.path("copy.tar.zst")], None);
            (verify(), verify())
        });
    }

    fn restores(&self) {
        for (database, name) in [("mixed", "restore -j2, pg_restore -j2"), ("rows", "the same, rows alone")] {
            self.dump(database, &[]);
            self.pg_dump(database, "none", &[]).expect("it does without compression");
            self.report(name, |run| {
                let into = |who: &str| {
                    let name = format!("{database}_{who}_{run}");
                    self.server.create_database(&name).expect("a database");
                    name
                };
                let ours = into("ours");
                let url = self.server.url(&ours);
                let archive = self.path("copy.tar.zst");
                let a = self.pgsnap(&["restore", "-q", "-j", "2", "-d", &url, &archive], None);
                self.drop_database(&ours);
                let theirs = into("theirs");
                let url = self.server.url(&theirs);
                let pg_restore = &Clients::get().expect("clients").pg_restore;
                let b = ran(pg_restore, &["-j", "2", "-d", &url, &self.path("copy.dir")], None);
                self.drop_database(&theirs);
                (a, b)
            });
        }
    }

    fn drop_database(&self, name: &str) {
        self.server.psql("postgres", &format!("DROP DATABASE {name}")).expect("nobody uses it");
    }

    fn pgsnap(&self, args: &[&str], written: Option<&str>) -> Ran {
        ran(Path::new(env!("CARGO_BIN_EXE_pgsnap")), args, written)
    }

    fn dump(&self, database: &str, more: &[&str]) -> Ran {
        let (url, file) = (self.server.url(database), self.path("copy.tar.zst"));
        let _ = fs::remove_file(&file);
        let jobs: &[&str] = if more.contains(&"-j") { &[] } else { &["-j", "2"] };
        self.pgsnap(&[&["dump", "-q", "-d", &url, "-f", &file][..], jobs, more].concat(), Some(&file))
    }

    /// `None` where this pg_dump was built without that compression.
    fn pg_dump(&self, database: &str, style: &str, more: &[&str]) -> Option<Ran> {
        let (url, file) = (self.server.url(database), self.path("copy.dir"));
        let _ = fs::remove_dir_all(&file);
        let pg_dump = &Clients::get().expect("clients").pg_dump;
        let args = [&["-Fd", "-j", "2", "-Z", style, "-d", &url, "-f", &file][..], more].concat();
        if more == ["-s"] {
            let status = Command::new(pg_dump).args(args).stderr(Stdio::null()).status().expect("it runs");
            return status.success().then(Ran::default);
        }
        Some(ran(pg_dump, &args, Some(&file)))
    }

    /// What no dump can be faster than: all rows in binary to nowhere, two statements at a time.
    fn bare_copies(&self) -> Ran {
        let start = Instant::now();
        let psql = &Clients::get().expect("clients").psql;
        let url = self.server.url("mixed");
        let half = |sql: String| spawned(psql, &["-X", "-q", "-d", &url, "-c", &sql]);
        let copy = |what: &str| format!("\\copy {what} to '/dev/null' (format binary)");
        let mut queue = ["docs", "blobs", "texts", "narrow"].map(copy).into_iter().rev().collect::<Vec<_>>();
        // The events are as much as all others: by halves, so that both are busy to the end.
        let blocks = self.server.psql("mixed", "SELECT relpages / 2 FROM pg_class WHERE oid = 'events'::regclass");
        let middle = blocks.expect("statistics").trim().to_string();
        for side in ["<", ">="] {
            queue.push(copy(&format!("(select * from events where ctid {side} '({middle},0)')")));
        }
        let mut running: Vec<Child> = Vec::new();
        while !queue.is_empty() || !running.is_empty() {
            while running.len() < 2
                && let Some(sql) = queue.pop()
            {
                running.push(half(sql));
            }
            running.retain_mut(|child| match child.try_wait().expect("it runs") {
                Some(status) => {
                    assert!(status.success());
                    false
                }
                None => true,
            });
            thread::sleep(Duration::from_millis(1));
        }
        Ran { seconds: start.elapsed().as_secs_f64(), ..Ran::default() }
    }

    /// Runs a pair several times and prints a line.
    fn report(&self, name: &str, mut pair: impl FnMut(usize) -> (Ran, Ran)) {
        let pairs: Vec<(Ran, Ran)> = (0..self.runs).map(&mut pair).collect();
        let median = |of: &dyn Fn(&(Ran, Ran)) -> f64| {
            let mut all: Vec<f64> = pairs.iter().map(of).collect();
            all.sort_by(f64::total_cmp);
            all[all.len() / 2]
        };
        let (a, b) = (median(&|pair| pair.0.seconds), median(&|pair| pair.1.seconds));
        let ratio = median(&|pair| pair.0.seconds / pair.1.seconds);
        let side = |of: &dyn Fn(&(Ran, Ran)) -> Ran| {
            let most = |what: &dyn Fn(Ran) -> u64| pairs.iter().map(|pair| what(of(pair))).max().unwrap_or(0) >> 20;
            format!("{} MB written, {} MB of memory", most(&|ran| ran.size), most(&|ran| ran.peak))
        };
        println!("{name:<42} {a:>8.2} {b:>8.2} {ratio:>6.2}  {}; {}", side(&|pair| pair.0), side(&|pair| pair.1));
    }
}

fn spawned(program: &Path, args: &[&str]) -> Child {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null());
    command.spawn().unwrap_or_else(|error| panic!("{}: {error}", program.display()))
}

/// Runs a program that must succeed, and looks at what it wrote.
fn ran(program: &Path, args: &[&str], written: Option<&str>) -> Ran {
    let start = Instant::now();
    let mut child = spawned(program, args);
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let watching = thread::spawn(move || {
        let mut peak = 0;
        // The mark only rises; at the end there is none any more. Elsewhere than on Linux there never is.
        while let Some(now) = peak_of(&status) {
            peak = now;
            thread::sleep(LOOK);
        }
        peak
    });
    let success = child.wait().expect("it runs").success();
    let seconds = start.elapsed().as_secs_f64();
    assert!(success, "{} {args:?} failed", program.display());
    let size = written.map_or(0, |path| size_of(Path::new(path)));
    Ran { seconds, peak: watching.join().expect("it only reads"), size }
}

fn peak_of(status: &Path) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}

fn size_of(path: &Path) -> u64 {
    match fs::read_dir(path) {
        Ok(entries) => entries.flatten().map(|entry| size_of(&entry.path())).sum(),
        Err(_) => fs::metadata(path).map_or(0, |data| data.len()),
    }
}
