//! Runs the schedule over several connections: loads chunks, checks their counts, runs entries.
//!
//! Owns the workers and what they do with one connection; when something may run is `schedule`'s. The
//! first error ends everything, with the object's name.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_postgres::Statement;

use super::entries::Runner;
use super::older::Older;
use super::scan::inspect;
use super::schedule::{Job, Next, Schedule};
use super::target::Target;
use crate::archive::Archive;
use crate::archive::manifest::{Chunk, Format as Stored, Manifest, Table};
use crate::command::staging::{STAGE, Staging};
use crate::connect::Session;
use crate::copy::{Column, CopyIn, Format, Inspector, copy_in_prepared, copy_in_sql, prepare};
use crate::error::{During, Error, Fault, Result};
use crate::progress::{Event, Progress};
use crate::spelling::travels_as_bytes;
use crate::sql::{Entry, qualified};

/// What all workers share.
pub struct Plan {
    /// The archive.
    pub archive: Archive,
    /// When what may run.
    pub schedule: Mutex<Schedule>,
    /// The entries the schedule knows by place.
    pub entries: Vec<Entry>,
    /// Leave owners as they come.
    pub no_owner: bool,
    /// The entries of the rows, by number.
    pub data: HashMap<u32, Entry>,
    /// How rows are loaded, by the table's number.
    pub targets: HashMap<u32, Target>,
    /// What an older target cannot hold.
    pub older: Arc<Older>,
    /// Told after every job.
    pub changed: Notify,
    /// Where events go.
    pub progress: Arc<dyn Progress>,
}

/// Runs everything in the plan over `sessions`.
pub async fn run(plan: Arc<Plan>, sessions: Vec<Session>) -> Result<()> {
    let mut workers = JoinSet::new();
    for session in sessions {
        workers.spawn(worker(Arc::clone(&plan), session));
    }
    while let Some(ended) = workers.join_next().await {
        match ended {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                workers.abort_all();
                return Err(error);
            }
            Err(lost) if lost.is_panic() => std::panic::resume_unwind(lost.into_panic()),
            Err(_) => {}
        }
    }
    Ok(())
}

/// Why a connection is no longer worked with.
enum Ended {
    /// All is done.
    Finished,
    /// A COPY was refused and passed over. The driver sends one request too many then, and the answer to
    /// the next statement could be another's.
    Refused,
}

async fn worker(plan: Arc<Plan>, mut session: Session) -> Result<()> {
    while let Ended::Refused = work(&plan, &session).await? {
        session = session.another().await?;
    }
    Ok(())
}

async fn work(plan: &Arc<Plan>, session: &Session) -> Result<Ended> {
    let mut statements: HashMap<u32, Statement> = HashMap::new();
    let mut runner = Runner::new(&session.client, plan.no_owner, &plan.older, &plan.progress);
    loop {
        // Registered before asking, so that a change in between is not missed.
        let changed = plan.changed.notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        let next = plan.schedule.lock().unwrap_or_else(PoisonError::into_inner).next();
        let jobs = match next {
            Next::Run(jobs) => jobs,
            Next::Wait => {
                changed.await;
                continue;
            }
            Next::Finished => return Ok(Ended::Finished),
        };
        let mut refused = false;
        if let [Job::Chunk { data, chunk }] = jobs[..] {
            let entry = plan.data.get(&data).ok_or_else(|| gone("a table"))?;
            if !plan.older.leaves_out(entry)
                && let Err(error) = load_chunk(plan, session, data, chunk, &mut statements).await
            {
                plan.older.pass_over_rows(entry, error)?;
                refused = true;
            }
        } else {
            let entries: Vec<&Entry> = jobs.iter().filter_map(|job| job.entry()).map(|at| &plan.entries[at]).collect();
            runner.run(&entries).await?;
        }
        for job in jobs {
            let complete = plan.schedule.lock().unwrap_or_else(PoisonError::into_inner).done(job);
            let loaded = complete.filter(|data| plan.data.get(data).is_some_and(|entry| !plan.older.leaves_out(entry)));
            if let Some(table) = loaded.and_then(|data| table_of(plan.archive.manifest(), data)) {
                let name = qualified(&table.schema, &table.name);
                plan.progress.on(Event::TableFinished { table: name, rows: table.data.rows });
            }
        }
        plan.changed.notify_waiters();
        if refused {
            return Ok(Ended::Refused);
        }
    }
}

/// The number under which the large objects' data goes: tables count from 1.
pub const LARGE_OBJECTS: u32 = 0;

fn table_of(manifest: &Manifest, number: u32) -> Option<&Table> {
    manifest.tables.iter().find(|table| table.number == number)
}

/// Reads a chunk off the async threads: it is decompressed and checked on the way, and its rows changed to
/// what the target takes.
async fn read_chunk(plan: &Plan, table: &str, chunk: &Chunk, inspector: Option<&Arc<Inspector>>) -> Result<Bytes> {
    let (archive, member, inspector) = (plan.archive.clone(), chunk.member, inspector.cloned());
    let reading = move || {
        let mut content = archive.read_member(member)?;
        let changed = inspector.map_or(Ok(()), |inspector| inspect(&inspector, &mut content));
        Ok::<_, Error>((content, changed))
    };
    let (content, changed) = tokio::task::spawn_blocking(reading).await.expect("reading does not panic")?;
    changed.map_err(|at| {
        let text = format!("row {} of a chunk of {table}, column {}: {}", at.row + 1, at.column + 1, at.unfit);
        Error::new(Fault::Damaged, text)
    })?;
    Ok(Bytes::from(content))
}

async fn load_chunk(
    plan: &Plan,
    session: &Session,
    data: u32,
    chunk: usize,
    statements: &mut HashMap<u32, Statement>,
) -> Result<()> {
    let manifest = plan.archive.manifest();
    if data == LARGE_OBJECTS {
        let chunks = manifest.large_objects.iter().flat_map(|large| &large.data.chunks);
        let chunk = chunks.clone().nth(chunk).ok_or_else(|| gone("large objects"))?;
        return load_large_objects(plan, session, chunk).await;
    }
    let table = table_of(manifest, data).ok_or_else(|| gone("a table"))?;
    let chunk = table.data.chunks.get(chunk).ok_or_else(|| gone(&table.name))?;
    let name = qualified(&table.schema, &table.name);
    let target = plan.targets.get(&data).ok_or_else(|| gone("a table"))?;
    let content = read_chunk(plan, &name, chunk, target.inspector.as_ref()).await?;
    let bytes = content.len() as u64;
    if let Some(staging) = &target.staging {
        load_staged(session, &name, staging, chunk, content, &manifest.encoding).await?;
        plan.progress.on(Event::Copied { bytes });
        return Ok(());
    }
    let sql = statement_of(table);
    let statement = match statements.get(&data) {
        Some(statement) => statement.clone(),
        None => {
            let statement = prepare(&session.client, &name, &sql).await?;
            statements.insert(data, statement.clone());
            statement
        }
    };
    let task = CopyIn { table: &name, sql: &sql, data_encoding: rows_in(&manifest.encoding) };
    let rows = copy_in_prepared(&session.client, &statement, &task, content).await?;
    check_count(&name, chunk, rows)?;
    plan.progress.on(Event::Copied { bytes });
    Ok(())
}

fn statement_of(table: &Table) -> String {
    let (schema, name) =
        table.load_into.as_ref().map_or((&table.schema, &table.name), |root| (&root.schema, &root.name));
    let columns: Vec<Column> =
        table.columns.iter().map(|column| Column { name: column.name.clone(), cast_to_text: false }).collect();
    let format = match table.format {
        Stored::Binary => Format::Binary,
        Stored::Text => Format::Text,
    };
    copy_in_sql(schema, name, &columns, format)
}

/// The encoding to switch to for rows. Where all text travels as bytes, the session speaks it already.
fn rows_in(encoding: &str) -> Option<&str> {
    Some(encoding).filter(|encoding| !travels_as_bytes(encoding))
}

fn check_count(table: &str, chunk: &Chunk, rows: u64) -> Result<()> {
    if rows == chunk.rows {
        return Ok(());
    }
    Err(Error::new(Fault::Damaged, format!("the server took {rows} rows of {table} from a chunk of {}", chunk.rows)))
}

fn gone(what: &str) -> Error {
    Error::new(Fault::Damaged, format!("the manifest has no such chunk of {what}"))
}

/// Rows with text in place of some values: one transaction for each chunk.
async fn load_staged(
    session: &Session,
    table: &str,
    staging: &Staging,
    chunk: &Chunk,
    content: Bytes,
    encoding: &str,
) -> Result<()> {
    let client = &session.client;
    let doing = || format!("cannot load rows into {table}");
    client.batch_execute(&format!("BEGIN; {}", staging.create)).await.during(Fault::Server, doing)?;
    let sql = format!("COPY {STAGE} FROM STDIN (FORMAT binary)");
    let statement = prepare(client, table, &sql).await?;
    let task = CopyIn { table, sql: &sql, data_encoding: rows_in(encoding) };
    let rows = copy_in_prepared(client, &statement, &task, content).await?;
    check_count(table, chunk, rows)?;
    let rows = client.execute_typed(&staging.insert, &[]).await.during(Fault::Server, doing)?;
    check_count(table, chunk, rows)?;
    client.batch_execute(&format!("{}; COMMIT", staging.drop)).await.during(Fault::Server, doing)
}

/// Large objects travel as rows of (oid, offset, bytes) through a temporary table.
async fn load_large_objects(plan: &Plan, session: &Session, chunk: &Chunk) -> Result<()> {
    let content = read_chunk(plan, "large objects", chunk, None).await?;
    let bytes = content.len() as u64;
    let create = "BEGIN; CREATE TEMP TABLE pgsnap_load (id oid, place bigint, data bytea) ON COMMIT DROP";
    let doing = || "cannot restore large objects".to_string();
    session.client.batch_execute(create).await.during(Fault::Server, doing)?;
    let sql = "COPY pg_temp.pgsnap_load (id, place, data) FROM STDIN (FORMAT binary)";
    let statement = prepare(&session.client, "large objects", sql).await?;
    let task = CopyIn { table: "large objects", sql, data_encoding: None };
    let rows = copy_in_prepared(&session.client, &statement, &task, content).await?;
    check_count("large objects", chunk, rows)?;
    let put = "SELECT pg_catalog.count(pg_catalog.lo_put(id, place, data)) FROM pg_temp.pgsnap_load; COMMIT";
    session.client.batch_execute(put).await.during(Fault::Server, doing)?;
    plan.progress.on(Event::Copied { bytes });
    Ok(())
}
