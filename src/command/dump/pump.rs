//! From units to members: workers copy units out, chunks are compressed beside them, one writer appends.
//!
//! Owns the flow and its bounds: buffers are the pool's (two per job), finished members keep theirs until the
//! writer takes them and give their own memory back once written, so memory depends on the number of jobs and
//! on the largest row only. What is copied is decided before; what becomes of the manifest, after.
//!
//! A worker does not wait for a table's lock: somebody who waits for the leader to release it would be
//! waited for in turn, which no server sees as a deadlock. What it is refused the leader copies, who has
//! the lock.
//!
//! Invariant: the first error ends everything; nothing is retried that could write a member twice.

use std::collections::{HashMap, VecDeque};
use std::io::Write;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::oversize;
use crate::archive::manifest::{Chunk, Data, Skipped, hex128};
use crate::archive::member::{Encoded, Encoder, ROOM, chunk_path};
use crate::archive::writer::Writer;
use crate::command::tally::Tally;
use crate::connect::Snapshot;
use crate::copy::{
    CopyOut, Fingerprint, Format, Inspector, Pool, RawChunk, Relation, SPARE_BYTES, Tid, Totals, Unit, copy_out,
    copy_out_sql,
};
use crate::error::{Error, Fault, Result};
use crate::progress::{Event, Progress};

/// Raw bytes a unit should have, and a chunk usually has. One COPY per block range of this size is within
/// about 5 % of one eight times as large, with less memory.
pub const UNIT_BYTES: u64 = 8 << 20;
/// Raw bytes at which a chunk is cut although its unit goes on: TOAST skew makes some units larger.
pub const CHUNK_BYTES_MAX: usize = 12 << 20;
/// How often a unit is tried again over a new connection.
pub const TRIES: u32 = 3;

// A chunk becomes a member where it lies.
const _: () = assert!(SPARE_BYTES >= ROOM);

/// One COPY to run.
#[derive(Debug)]
pub struct Job {
    /// Which of the caller's data it belongs to.
    pub slot: usize,
    /// The table, for messages.
    pub table: String,
    /// Its schema and name, to be locked by whoever reads it; large objects need none.
    pub lock: Option<(String, String)>,
    /// The directory of its members.
    pub dir: String,
    /// The first block, which names the members.
    pub first: u64,
    /// What is read.
    pub part: Part,
    /// How rows travel.
    pub format: Format,
    /// How many columns.
    pub columns: u16,
    /// What changes the rows on the way.
    pub inspector: Option<Arc<Inspector>>,
    /// How many rows have come.
    pub rows_seen: AtomicU64,
}

/// What a job reads.
#[derive(Debug)]
pub enum Part {
    /// A unit of a table.
    Table {
        /// The table.
        relation: Arc<Relation>,
        /// Which part of it.
        unit: Unit,
    },
    /// What a `COPY … TO STDOUT` says.
    Query(String),
}

impl Part {
    /// The statement, but for these rows.
    fn sql(&self, without: &[Tid]) -> String {
        match self {
            Part::Table { relation, unit } => copy_out_sql(relation, unit, without),
            Part::Query(sql) => sql.clone(),
        }
    }
}

/// What was copied.
pub struct Copied {
    /// By slot.
    pub data: Vec<Data>,
    /// Rows that no COPY can carry.
    pub skipped: Vec<Skipped>,
}

/// The work, shared by the workers.
pub struct Work {
    jobs: Mutex<VecDeque<Job>>,
    slots: usize,
    tally: Tally,
    encoding: Option<String>,
    level: i32,
    pool: Pool,
    encoders: Mutex<Vec<Encoder>>,
    /// Memory of written members, for the next ones.
    spare: Mutex<Vec<Vec<u8>>>,
    /// Rows that no COPY can carry.
    skipped: Mutex<Vec<Skipped>>,
    progress: Arc<dyn Progress>,
}

/// A chunk on its way to the writer.
struct Done {
    slot: usize,
    first: u64,
    part: u32,
    rows: u64,
    fingerprint: Fingerprint,
    member: Encoded,
}

impl Work {
    /// Plans `jobs` of so many `slots` for `workers`. `encoding` is the server's where it is not UTF-8.
    pub fn new(
        jobs: Vec<Job>,
        slots: usize,
        tally: Tally,
        workers: usize,
        level: i32,
        encoding: Option<String>,
        progress: Arc<dyn Progress>,
    ) -> Arc<Work> {
        Arc::new(Work {
            jobs: Mutex::new(jobs.into()),
            slots,
            tally,
            encoding,
            level,
            pool: Pool::new(workers * 2, CHUNK_BYTES_MAX),
            encoders: Mutex::default(),
            spare: Mutex::default(),
            skipped: Mutex::default(),
            progress,
        })
    }

    fn next(&self) -> Option<Job> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    /// Remembers a row that stays behind.
    fn skip(&self, job: &Job, tid: Tid, reason: String) {
        let one = Skipped { kind: "ROW".into(), name: format!("{} at ctid {tid}", job.table), reason };
        let mut skipped = self.skipped.lock().unwrap_or_else(PoisonError::into_inner);
        // After a lost connection it is found again.
        if skipped.iter().all(|known| known.name != one.name) {
            self.progress.on(Event::Warned(format!("not copied: {} {}: {}", one.kind, one.name, one.reason)));
            skipped.push(one);
        }
    }

    fn encode(&self, path: &str, content: &mut Vec<u8>) -> Result<Encoded> {
        let kept = self.encoders.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut encoder = match kept {
            Some(encoder) => encoder,
            None => Encoder::new(self.level)?,
        };
        if let Some(bytes) = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop() {
            encoder.give_back(bytes);
        }
        let member = encoder.encode_in_place(path, content)?;
        self.encoders.lock().unwrap_or_else(PoisonError::into_inner).push(encoder);
        Ok(member)
    }
}

/// How a worker gets another connection into the same snapshot.
pub trait Reconnect: Send + Sync + 'static {
    /// A fresh connection in the snapshot.
    fn reconnect(&self) -> impl Future<Output = Result<Arc<Snapshot>>> + Send;
}

/// Runs all of `work` over `sessions` and appends to `writer`. `leader` holds the locks; it may be the only
/// one of `sessions`. Returns the writer and what was copied.
pub async fn run<W, R>(
    work: Arc<Work>,
    leader: Arc<Snapshot>,
    sessions: Vec<Arc<Snapshot>>,
    reconnect: Arc<R>,
    writer: Writer<W>,
) -> Result<(Writer<W>, Copied)>
where
    W: Write + Send + 'static,
    R: Reconnect,
{
    // What waits holds memory, and appending is quick: one is enough.
    let (sender, receiver) = mpsc::channel(1);
    let slots = work.slots;
    let shared = Arc::clone(&work);
    let writing = tokio::task::spawn_blocking(move || write(writer, receiver, slots, &shared));
    let mut workers = JoinSet::new();
    let (refused, left) = mpsc::unbounded_channel();
    for session in sessions {
        let refused = refused.clone();
        workers.spawn(worker(Arc::clone(&work), session, Arc::clone(&reconnect), sender.clone(), refused));
    }
    drop(refused);
    workers.spawn(copy_refused(Arc::clone(&work), leader, left, sender));
    let mut failed = None;
    while let Some(ended) = workers.join_next().await {
        match ended {
            Ok(Ok(())) => {}
            Ok(Err(error)) if failed.is_none() => {
                failed = Some(error);
                workers.abort_all();
            }
            Err(lost) if lost.is_panic() => std::panic::resume_unwind(lost.into_panic()),
            Ok(Err(_)) | Err(_) => {}
        }
    }
    let written = writing.await.expect("the writer does not panic");
    // The writer's failure is the cause where a worker only found the queue closed.
    match (written, failed) {
        (Err(error), _) => Err(error),
        (Ok(_), Some(error)) => Err(error),
        (Ok((writer, data)), None) => {
            let mut skipped = std::mem::take(&mut *work.skipped.lock().unwrap_or_else(PoisonError::into_inner));
            skipped.sort_by(|a, b| a.name.cmp(&b.name));
            Ok((writer, Copied { data, skipped }))
        }
    }
}

async fn worker<R: Reconnect>(
    work: Arc<Work>,
    mut session: Arc<Snapshot>,
    reconnect: Arc<R>,
    sender: mpsc::Sender<Result<Done>>,
    refused: mpsc::UnboundedSender<Job>,
) -> Result<()> {
    // By slot: whether this session got the lock.
    let mut locks = HashMap::new();
    'jobs: while let Some(job) = work.next() {
        if locks.get(&job.slot) == Some(&false) {
            let _ = refused.send(job);
            continue;
        }
        let job = Arc::new(job);
        // Parts already handed on: the same rows give the same chunks, so a retry leaves these out.
        let parts = Arc::new(AtomicU32::new(0));
        let mut tries = 1;
        let rows = loop {
            let error = match relock(&session, &job, &mut locks).await {
                Ok(true) => match copy(&work, &session, &job, &parts, &sender).await {
                    Ok(rows) => break rows,
                    Err(error) => error,
                },
                // Parts that are handed on already would come twice.
                Ok(false) if tries == 1 => {
                    let _ = refused.send(Arc::into_inner(job).expect("nobody else has it yet"));
                    continue 'jobs;
                }
                Ok(false) => Error::new(Fault::Server, format!("cannot lock {} again", job.table)),
                Err(error) => error,
            };
            if !is_lost(&error) || sender.is_closed() {
                return Err(error);
            }
            let text = lost(&session, &job).await;
            if tries == TRIES {
                return Err(Error::new(Fault::Connect, text).caused_by(error));
            }
            tries += 1;
            session =
                reconnect.reconnect().await.map_err(|cause| Error::new(Fault::Connect, &text).caused_by(cause))?;
            work.progress.on(Event::Warned(format!("{text}; trying again")));
            locks.clear();
        };
        work.tally.part_done(job.slot, rows);
    }
    Ok(())
}

/// The leader's part: what the workers are refused, until they have ended.
async fn copy_refused(
    work: Arc<Work>,
    leader: Arc<Snapshot>,
    mut refused: mpsc::UnboundedReceiver<Job>,
    sender: mpsc::Sender<Result<Done>>,
) -> Result<()> {
    while let Some(job) = refused.recv().await {
        let job = Arc::new(job);
        match copy(&work, &leader, &job, &Arc::default(), &sender).await {
            Ok(rows) => work.tally.part_done(job.slot, rows),
            Err(error) if is_lost(&error) => {
                let text = lost(&leader, &job).await;
                return Err(Error::new(Fault::Connect, text).caused_by(error));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whether an error ended the connection, so that another may do better.
pub fn is_lost(error: &Error) -> bool {
    error.is_closed() || error.fault() == Fault::Connect
}

/// What happened to a connection in the middle of a job.
pub async fn lost(session: &Snapshot, job: &Job) -> String {
    format!("the connection was lost while copying {}: {}", job.table, session.session().how_lost().await)
}

/// Makes sure that this session has the lock; false where somebody else is in the way.
pub async fn relock(session: &Snapshot, job: &Job, locks: &mut HashMap<usize, bool>) -> Result<bool> {
    let Some((schema, name)) = job.lock.as_ref().filter(|_| !locks.contains_key(&job.slot)) else { return Ok(true) };
    let locked = session.relock(schema, name).await?;
    locks.insert(job.slot, locked);
    Ok(locked)
}

/// Copies a job, but for rows that no COPY can carry. Returns how many rows it has.
async fn copy(
    work: &Arc<Work>,
    session: &Snapshot,
    job: &Arc<Job>,
    parts: &Arc<AtomicU32>,
    sender: &mpsc::Sender<Result<Done>>,
) -> Result<u64> {
    work.tally.begin(job.slot);
    let guarded = oversize::possible(job);
    let mut without: Vec<Tid> = Vec::new();
    loop {
        if guarded {
            oversize::begin(session).await?;
        }
        match copy_but(work, session, job, parts, &without, sender).await {
            Ok(rows) if guarded => return oversize::end(session).await.map(|()| rows),
            Ok(rows) => return Ok(rows),
            Err(error) if sender.is_closed() => return Err(error),
            Err(error) => {
                let (tid, reason) = oversize::find(session, job, &without, error, work.encoding.as_deref()).await?;
                work.skip(job, tid, reason);
                without.push(tid);
            }
        }
    }
}

async fn copy_but(
    work: &Arc<Work>,
    session: &Snapshot,
    job: &Arc<Job>,
    parts: &Arc<AtomicU32>,
    without: &[Tid],
    sender: &mpsc::Sender<Result<Done>>,
) -> Result<u64> {
    read(session, job, without, work.encoding.as_deref(), &work.pool, |mut chunk| {
        let fresh = chunk.part >= parts.load(Ordering::Acquire);
        let closed = sender.is_closed();
        if fresh && !closed {
            parts.store(chunk.part + 1, Ordering::Release);
            work.tally.copied(job.slot, chunk.bytes.len() as u64, chunk.rows);
            let (work, job, sender) = (Arc::clone(work), Arc::clone(job), sender.clone());
            // Compressed beside the stream; the pool bounds how many of these run ahead.
            tokio::task::spawn_blocking(move || {
                let done = compress(&work, &job, &mut chunk);
                // The writer is gone only when it failed, and then it tells why.
                let _ = sender.blocking_send(done);
                // Held until now: a slow writer must hold up the reading, not pile up members.
                drop(chunk);
            });
        }
        async move { if closed { Err(Error::new(Fault::Interrupted, "the writer has stopped")) } else { Ok(()) } }
    })
    .await
    .map(|totals| totals.rows)
}

/// Runs the COPY of one job, whose table is locked, but for the rows at `without`; hands its chunks to `sink`.
pub async fn read<F, W>(
    session: &Snapshot,
    job: &Job,
    without: &[Tid],
    encoding: Option<&str>,
    pool: &Pool,
    sink: F,
) -> Result<Totals>
where
    F: FnMut(RawChunk) -> W,
    W: Future<Output = Result<()>>,
{
    let task = CopyOut {
        table: &job.table,
        sql: &job.part.sql(without),
        format: job.format,
        columns: job.columns,
        data_encoding: encoding,
        inspector: job.inspector.as_ref(),
        rows_seen: &job.rows_seen,
    };
    copy_out(&session.session().client, &task, pool, sink).await
}

fn compress(work: &Work, job: &Job, chunk: &mut RawChunk) -> Result<Done> {
    let extension = match job.format {
        Format::Binary => "copy",
        Format::Text => "txt",
    };
    let path = chunk_path(&job.dir, job.first, chunk.part, extension);
    let member = work.encode(&path, chunk.bytes.bytes_mut())?;
    Ok(Done {
        slot: job.slot,
        first: job.first,
        part: chunk.part,
        rows: chunk.rows,
        fingerprint: chunk.fingerprint,
        member,
    })
}

/// One chunk as the manifest will list it, with what orders it.
type Listed = ((u64, u32), Chunk, Fingerprint, u64);

fn write<W: Write>(
    mut writer: Writer<W>,
    mut receiver: mpsc::Receiver<Result<Done>>,
    slots: usize,
    work: &Work,
) -> Result<(Writer<W>, Vec<Data>)> {
    let mut listed: Vec<Vec<Listed>> = (0..slots).map(|_| Vec::new()).collect();
    while let Some(done) = receiver.blocking_recv() {
        let done = done?;
        let raw_bytes = done.member.raw_bytes;
        let chunk = Chunk {
            member: writer.append(&done.member)?,
            rows: done.rows,
            fingerprint: hex128(done.fingerprint.value()),
        };
        listed[done.slot].push(((done.first, done.part), chunk, done.fingerprint, raw_bytes));
        work.spare.lock().unwrap_or_else(PoisonError::into_inner).push(done.member.bytes);
    }
    let data = listed.into_iter().map(sum).collect();
    Ok((writer, data))
}

fn sum(mut chunks: Vec<Listed>) -> Data {
    chunks.sort_by_key(|(order, ..)| *order);
    let mut fingerprint = Fingerprint::default();
    let mut data = Data::default();
    for (_, chunk, digest, raw_bytes) in chunks {
        fingerprint += digest;
        data.rows += chunk.rows;
        data.raw_bytes += raw_bytes;
        data.chunks.push(chunk);
    }
    data.fingerprint = hex128(fingerprint.value());
    data
}
