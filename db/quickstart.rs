//! The quickstart: a throwaway server, a sample database that is written to while it is dumped, and the
//! whole way through: dump, verify, restore, compare. Prints each step with the command a person types.
//!
//! Run it with `cargo run --release --example quickstart`. It needs nothing of PostgreSQL: servers are
//! found or fetched once into `target`. It leaves nothing behind.

mod server;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use pgsnap::archive::Archive;
use pgsnap::command::dump::{Destination, DumpOptions, dump};
use pgsnap::command::restore::{RestoreOptions, restore};
use pgsnap::command::selection::Selection;
use pgsnap::command::verify::{Input, verify};
use pgsnap::connect::{DotEnv, Flags, Purpose, Session, Settings};
use pgsnap::progress::{Progress, Silent};
use pgsnap::terminal;
use server::{Binaries, Options, Server};

/// What goes on top of the sample: enough rows to dump for a while, and accounts whose sum never changes.
const MORE: &str = "
CREATE TABLE shop.visit (id bigint PRIMARY KEY, at timestamptz NOT NULL, page text, body bytea);
INSERT INTO shop.visit SELECT g, '2026-01-01'::timestamptz + g * interval '1 second', '/product/' || g % 300,
    decode(repeat(md5(g::text), 8), 'hex') FROM generate_series(1, 300000) g;
CREATE TABLE shop.account (id integer PRIMARY KEY, balance bigint NOT NULL);
INSERT INTO shop.account SELECT g, 1000 FROM generate_series(1, 100) g;
";

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    tokio::runtime::Runtime::new()?.block_on(quickstart())
}

async fn quickstart() -> Result<(), Failure> {
    println!("1. A throwaway server with a sample database: vectors, bytea, partitions, functions");
    let binaries = Binaries::with_vector()?;
    let server = Server::start(&binaries, &Options::default())?;
    println!("   PostgreSQL {} on a socket of its own", binaries.version);
    server.create_database("shop")?;
    server.create_database("copy")?;
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("db");
    server.load("shop", &here.join("sample.sql"))?;
    server.load("shop", &here.join("sample-vector.sql"))?;
    server.psql("shop", MORE)?;

    println!("2. Dumped, while money moves between accounts");
    println!("   $ pgsnap dump -d shop -f shop.tar.zst -j 2");
    let directory = tempfile::tempdir()?;
    let archive = directory.path().join("shop.tar.zst");
    let (stop, moved) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let writer = tokio::spawn(write(settings(&server, "shop")?, Arc::clone(&stop), Arc::clone(&moved)));
    while moved.load(Ordering::Relaxed) == 0 && !writer.is_finished() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let before = moved.load(Ordering::Relaxed);
    let summary = dump(dump_options(&server, &archive)?, silent()).await?;
    let during = moved.load(Ordering::Relaxed) - before;
    stop.store(true, Ordering::Relaxed);
    writer.await??;
    println!("   {}", terminal::dumped(&summary));
    println!("   {during} transfers were committed meanwhile");

    println!("3. Verified, offline");
    println!("   $ pgsnap verify shop.tar.zst");
    let verified = verify(&Input::open(Some(&archive))?, 2, &silent())?;
    println!("   {}", terminal::verified(&verified));

    println!("4. Restored into an empty database");
    println!("   $ createdb copy && pgsnap restore shop.tar.zst -d copy -j 2");
    let options = RestoreOptions::new(archive.clone(), settings(&server, "copy")?);
    println!("   {}", terminal::restored(&restore(options, silent()).await?));

    println!("5. Compared");
    let same = compare(&server, &archive).await?;
    println!("   {same} tables are equal, row by row; the accounts' sum is that of one moment: 100000");
    println!("\nThe archive is an ordinary tar: tar --zstd -xf shop.tar.zst && psql -d other -f restore.sql");
    Ok(())
}

fn silent() -> Arc<dyn Progress> {
    Arc::new(Silent)
}

fn settings(server: &Server, database: &str) -> Result<Settings, Failure> {
    let flags = Flags { conn: Some(server.url(database)), ..Flags::default() };
    Ok(Settings::resolve(&flags, &|_| None, &DotEnv::default())?)
}

fn dump_options(server: &Server, archive: &Path) -> Result<DumpOptions, Failure> {
    Ok(DumpOptions {
        settings: settings(server, "shop")?,
        destination: Destination::File(archive.to_path_buf()),
        jobs: 2,
        level: 3,
        selection: Selection::default(),
        lock_wait: Duration::from_secs(60),
        max_blocking: None,
        statistics: true,
        check_space: true,
    })
}

/// Moves money until told to stop. The sum over all accounts is the same after every transaction.
async fn write(settings: Settings, stop: Arc<AtomicBool>, moved: Arc<AtomicU64>) -> Result<(), pgsnap::error::Error> {
    let session = Session::open(&settings, Purpose::Maintenance).await?;
    while !stop.load(Ordering::Relaxed) {
        let from = 1 + moved.load(Ordering::Relaxed) % 99;
        let transfer = format!(
            "BEGIN; UPDATE shop.account SET balance = balance - 1 WHERE id = {from};
             UPDATE shop.account SET balance = balance + 1 WHERE id = 100; COMMIT"
        );
        let done = session.client.batch_execute(&transfer).await;
        pgsnap::error::During::during(done, pgsnap::error::Fault::Server, || "cannot move money".into())?;
        moved.fetch_add(1, Ordering::Relaxed);
    }
    session.close().await;
    Ok(())
}

/// Compares every table that nobody wrote to in both databases, and what must hold in the other.
async fn compare(server: &Server, archive: &Path) -> Result<usize, Failure> {
    let source = Session::open(&settings(server, "shop")?, Purpose::Maintenance).await?;
    let copy = Session::open(&settings(server, "copy")?, Purpose::Maintenance).await?;
    let archive = Archive::open(archive)?;
    let mut same = 0;
    for table in archive.manifest().tables.iter().filter(|table| table.name != "account") {
        let name = pgsnap::sql::qualified(&table.schema, &table.name);
        let digest =
            format!("SELECT md5(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE \"C\")) FROM ONLY {name} t");
        let ours: Option<String> = copy.client.query_one(&digest, &[]).await?.get(0);
        let theirs: Option<String> = source.client.query_one(&digest, &[]).await?.get(0);
        if ours != theirs {
            return Err(format!("{name} differs").into());
        }
        same += 1;
    }
    let sum: String = copy.client.query_one("SELECT sum(balance)::text FROM shop.account", &[]).await?.get(0);
    if sum != "100000" {
        return Err(format!("the accounts' sum in the copy is {sum}, not 100000: no single moment").into());
    }
    Ok(same)
}
