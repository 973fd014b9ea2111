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

use super::ahead::{Ahead, Reading};
use super::budget::Budget;
use super::builds::Builds;
use super::chosen::amount;
use super::entries::Runner;
use super::passed::PassedOver;
use super::scan::inspect;
use super::schedule::{Job, Load, Next, Schedule};
use super::target::Target;
use crate::archive::manifest::{Chunk, Format as Stored, Manifest, Table};
use crate::archive::reader::{Archive, Buffers};
use crate::command::staging::{STAGE, Staging};
use crate::command::tally::{Expected, LARGE_OBJECTS_NAME, Tally};
use crate::connect::Session;
use crate::copy::{Column, CopyIn, Format, Inspector, copy_in_chunks, copy_in_prepared, copy_in_sql, prepare};
use crate::error::{During, Error, Fault, Result};
use crate::progress::{Event, Progress};
use crate::spelling::travels_as_bytes;
use crate::sql::{Entry, qualified};

/// A chunk of more bytes (one giant row) is read when it is its turn, and leaves no memory behind.
const AHEAD_BYTES_MAX: u64 = 16 << 20;

/// Loads rows out of an archive.
pub struct Loader {
    /// The archive.
    pub archive: Archive,
    /// How rows are loaded, by the table's number.
    pub targets: HashMap<u32, Target>,
    /// A transaction is open, and ended by someone else.
    pub in_transaction: bool,
    /// Where events go.
    pub progress: Arc<dyn Progress>,
    /// What of it is loaded, by the data's number.
    pub tally: Tally,
    /// What is read before a connection asks for it.
    pub ahead: Ahead,
    /// Memory of those that read.
    pub buffers: Arc<Mutex<Vec<Buffers>>>,
}

/// What all workers share.
pub struct Plan {
    /// Loads rows.
    pub loader: Loader,
    /// When what may run.
    pub schedule: Mutex<Schedule>,
    /// The entries the schedule knows by place.
    pub entries: Vec<Entry>,
    /// Leave owners as they come.
    pub no_owner: bool,
    /// The entries of the rows, by number.
    pub data: HashMap<u32, Entry>,
    /// Memory for index builds; without one each takes what the server gives.
    pub budget: Option<Budget>,
    /// What is being built.
    pub builds: Arc<Builds>,
    /// What is passed over.
    pub passed: Arc<PassedOver>,
    /// Told after every job.
    pub changed: Notify,
}

/// Tells what is to be loaded.
pub fn announce(manifest: &Manifest, planned: &[Load], phase: &'static str, progress: &Arc<dyn Progress>) -> Tally {
    let (tables, _, bytes) = amount(planned);
    progress.on(Event::Planned { tables, bytes });
    progress.on(Event::Phase(phase));
    let names: HashMap<u32, String> =
        manifest.tables.iter().map(|table| (table.number, qualified(&table.schema, &table.name))).collect();
    let expected = planned.iter().filter(|load| !load.is_whole).map(|load| Expected {
        key: load.data as usize,
        name: names.get(&load.data).map_or(LARGE_OBJECTS_NAME, String::as_str).to_string(),
        bytes: load.left_bytes,
        parts: load.chunks.len(),
    });
    Tally::new(expected, progress)
}

impl Plan {
    /// Begins to read what is handed out next. Nothing is handed out meanwhile, so whoever gets a chunk finds its
    /// reading.
    fn read_ahead(&self) {
        let schedule = self.schedule.lock().unwrap_or_else(PoisonError::into_inner);
        schedule.upcoming(self.loader.ahead.room()).for_each(|next| self.loader.read_ahead(next));
    }
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
    let mut runner = Runner::new(plan.no_owner, false, &plan.passed, &plan.loader.progress);
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
            plan.read_ahead();
            if !plan.passed.leaves_out(entry)
                && let Err(error) = plan.loader.chunk(session, data, chunk, &mut statements).await
            {
                plan.passed.pass_over_rows(entry, error)?;
                plan.loader.tally.leave(data as usize);
                refused = true;
            }
            // Read for nothing, where it was left out.
            drop(plan.loader.ahead.take((data, chunk)));
        } else {
            let entries: Vec<&Entry> = jobs.iter().filter_map(|job| job.entry()).map(|at| &plan.entries[at]).collect();
            let wanted = match jobs[..] {
                [Job::Entry(at)] => plan.schedule.lock().unwrap_or_else(PoisonError::into_inner).memory(at),
                _ => 0,
            };
            let grant = plan.budget.as_ref().filter(|_| wanted > 0).map(|budget| budget.grant(wanted));
            if let Some(grant) = &grant {
                grant.set(session).await?;
            }
            let builds = entries.iter().filter(|_| wanted > 0);
            let _building: Vec<_> = builds.map(|entry| plan.builds.begin(session.backend_pid, entry)).collect();
            runner.run(&session.client, &entries).await?;
        }
        for job in jobs {
            let complete = plan.schedule.lock().unwrap_or_else(PoisonError::into_inner).done(job);
            if let Some(entry) = complete.and_then(|data| plan.data.get(&data))
                && !plan.passed.leaves_out(entry)
            {
                plan.loader.finished(entry);
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

impl Loader {
    /// Reads a chunk off the async threads: it is decompressed and checked on the way, and its rows changed to
    /// what the target takes.
    fn read(&self, table: &str, chunk: &Chunk, inspector: Option<&Arc<Inspector>>) -> Reading {
        let (archive, member, inspector) = (self.archive.clone(), chunk.member, inspector.cloned());
        let (table, spare) = (table.to_string(), Arc::clone(&self.buffers));
        Reading::begin(move || {
            let kept = spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut buffers = kept.unwrap_or_default();
            let (mut memory, place) = archive.take_member(member, &mut buffers)?;
            if place.len() as u64 <= AHEAD_BYTES_MAX {
                spare.lock().unwrap_or_else(PoisonError::into_inner).push(buffers);
            }
            inspector.map_or(Ok(()), |inspector| inspect(&inspector, &mut memory[place.clone()])).map_err(|at| {
                let text = format!("row {} of a chunk of {table}, column {}: {}", at.row + 1, at.column + 1, at.unfit);
                Error::new(Fault::Damaged, text)
            })?;
            Ok(Bytes::from(memory).slice(place))
        })
    }

    /// Begins to read a chunk that will be asked for, where [`Ahead`] has room.
    fn read_ahead(&self, (data, chunk): (u32, usize)) {
        self.ahead.begin((data, chunk), || {
            let table = table_of(self.archive.manifest(), data)?;
            let chunk = table.data.chunks.get(chunk)?;
            let bytes = self.archive.manifest().members.get(chunk.member)?.raw_bytes;
            let inspector = self.targets.get(&data)?.inspector.as_ref();
            let read = || self.read(&qualified(&table.schema, &table.name), chunk, inspector);
            (bytes <= AHEAD_BYTES_MAX).then(read)
        });
    }

    /// How many chunks the data of this number has.
    pub fn chunks(&self, data: u32) -> usize {
        let manifest = self.archive.manifest();
        match data {
            LARGE_OBJECTS => manifest.large_objects.as_ref().map_or(0, |large| large.data.chunks.len()),
            number => table_of(manifest, number).map_or(0, |table| table.data.chunks.len()),
        }
    }

    /// Tells that all rows of an entry are loaded.
    pub fn finished(&self, entry: &Entry) {
        if let Some(data) = entry.data {
            let rows = table_of(self.archive.manifest(), data).map_or(0, |table| table.data.rows);
            self.tally.finish(data as usize, rows);
        }
    }

    /// Loads one chunk; `statements` are those prepared on this connection.
    pub async fn chunk(
        &self,
        session: &Session,
        data: u32,
        chunk: usize,
        statements: &mut HashMap<u32, Statement>,
    ) -> Result<()> {
        let manifest = self.archive.manifest();
        self.tally.begin(data as usize);
        if data == LARGE_OBJECTS {
            let chunks = manifest.large_objects.iter().flat_map(|large| &large.data.chunks);
            let chunk = chunks.clone().nth(chunk).ok_or_else(|| gone("large objects"))?;
            return self.large_objects(session, chunk).await;
        }
        let ahead = self.ahead.take((data, chunk));
        let table = table_of(manifest, data).ok_or_else(|| gone("a table"))?;
        let chunk = table.data.chunks.get(chunk).ok_or_else(|| gone(&table.name))?;
        let name = qualified(&table.schema, &table.name);
        let target = self.targets.get(&data).ok_or_else(|| gone(&name))?;
        let reading = ahead.unwrap_or_else(|| self.read(&name, chunk, target.inspector.as_ref()));
        let content = reading.content().await?;
        let bytes = content.len() as u64;
        let staged = target.staging.as_ref();
        let sql = statement_of(table, staged);
        if let Some(staging) = staged {
            self.stage(session, &name, staging).await?;
        }
        let kept = statements.get(&data).filter(|_| staged.is_none());
        let statement = match kept {
            Some(statement) => statement.clone(),
            None => {
                let statement = prepare(&session.client, &name, &sql).await?;
                statements.insert(data, statement.clone());
                statement
            }
        };
        let task = CopyIn { table: &name, sql: &sql, data_encoding: rows_in(&manifest.encoding) };
        let rows = copy_in_prepared(&session.client, &statement, &task, content).await?;
        check_count(&name, chunk.rows, rows)?;
        if let Some(staging) = staged {
            self.unstage(session, &name, staging, chunk.rows).await?;
        }
        self.tally.copied(data as usize, bytes, chunk.rows);
        Ok(())
    }

    /// Loads all rows of a table in one statement, so that they may name each other.
    pub async fn whole(&self, session: &Session, data: u32) -> Result<()> {
        let manifest = self.archive.manifest();
        self.tally.begin(data as usize);
        let table = table_of(manifest, data).ok_or_else(|| gone("a table"))?;
        let name = qualified(&table.schema, &table.name);
        let target = self.targets.get(&data).ok_or_else(|| gone(&name))?;
        let staged = target.staging.as_ref();
        if let Some(staging) = staged {
            self.stage(session, &name, staging).await?;
        }
        let sql = statement_of(table, staged);
        let statement = prepare(&session.client, &name, &sql).await?;
        let task = CopyIn { table: &name, sql: &sql, data_encoding: rows_in(&manifest.encoding) };
        let mut chunks = table.data.chunks.iter();
        let next = async || {
            let Some(chunk) = chunks.next() else { return Ok(None) };
            let content = self.read(&name, chunk, target.inspector.as_ref()).content().await?;
            self.tally.copied(data as usize, content.len() as u64, chunk.rows);
            Ok(Some(content))
        };
        let rows = copy_in_chunks(&session.client, &statement, &task, format_of(table), next).await?;
        check_count(&name, table.data.rows, rows)?;
        match staged {
            Some(staging) => self.unstage(session, &name, staging, table.data.rows).await,
            None => Ok(()),
        }
    }

    /// Rows with text in place of some values go through a temporary table, in one transaction.
    async fn stage(&self, session: &Session, table: &str, staging: &Staging) -> Result<()> {
        let begin = if self.in_transaction { "" } else { "BEGIN; " };
        let doing = || format!("cannot load rows into {table}");
        session.client.batch_execute(&format!("{begin}{}", staging.create)).await.during(Fault::Server, doing)
    }

    async fn unstage(&self, session: &Session, table: &str, staging: &Staging, wanted: u64) -> Result<()> {
        let doing = || format!("cannot load rows into {table}");
        let rows = session.client.execute_typed(&staging.insert, &[]).await.during(Fault::Server, doing)?;
        check_count(table, wanted, rows)?;
        let commit = if self.in_transaction { "" } else { "; COMMIT" };
        session.client.batch_execute(&format!("{}{commit}", staging.drop)).await.during(Fault::Server, doing)
    }

    /// Large objects travel as rows of (oid, offset, bytes) through a temporary table.
    async fn large_objects(&self, session: &Session, chunk: &Chunk) -> Result<()> {
        let content = self.read("large objects", chunk, None).content().await?;
        let bytes = content.len() as u64;
        let (begin, commit) = if self.in_transaction { ("", "") } else { ("BEGIN; ", "; COMMIT") };
        let create = format!("{begin}CREATE TEMP TABLE pgsnap_load (id oid, place bigint, data bytea)");
        let doing = || "cannot restore large objects".to_string();
        session.client.batch_execute(&create).await.during(Fault::Server, doing)?;
        let sql = "COPY pg_temp.pgsnap_load (id, place, data) FROM STDIN (FORMAT binary)";
        let statement = prepare(&session.client, "large objects", sql).await?;
        let task = CopyIn { table: "large objects", sql, data_encoding: None };
        let rows = copy_in_prepared(&session.client, &statement, &task, content).await?;
        check_count("large objects", chunk.rows, rows)?;
        let put = format!(
            "SELECT pg_catalog.count(pg_catalog.lo_put(id, place, data)) FROM pg_temp.pgsnap_load; \
             DROP TABLE pg_temp.pgsnap_load{commit}"
        );
        session.client.batch_execute(&put).await.during(Fault::Server, doing)?;
        self.tally.copied(LARGE_OBJECTS as usize, bytes, chunk.rows);
        Ok(())
    }
}

fn format_of(table: &Table) -> Format {
    match table.format {
        Stored::Binary => Format::Binary,
        Stored::Text => Format::Text,
    }
}

fn statement_of(table: &Table, staged: Option<&Staging>) -> String {
    if staged.is_some() {
        return format!("COPY {STAGE} FROM STDIN (FORMAT binary)");
    }
    let (schema, name) =
        table.load_into.as_ref().map_or((&table.schema, &table.name), |root| (&root.schema, &root.name));
    let columns: Vec<Column> =
        table.columns.iter().map(|column| Column { name: column.name.clone(), cast_to_text: false }).collect();
    copy_in_sql(schema, name, &columns, format_of(table))
}

/// The encoding to switch to for rows. Where all text travels as bytes, the session speaks it already.
fn rows_in(encoding: &str) -> Option<&str> {
    Some(encoding).filter(|encoding| !travels_as_bytes(encoding))
}

fn check_count(table: &str, wanted: u64, rows: u64) -> Result<()> {
    if rows == wanted {
        return Ok(());
    }
    Err(Error::new(Fault::Damaged, format!("the server took {rows} rows of {table} from a chunk of {wanted}")))
}

fn gone(what: &str) -> Error {
    Error::new(Fault::Damaged, format!("the manifest has no such chunk of {what}"))
}
