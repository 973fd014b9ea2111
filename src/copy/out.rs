//! Rows out of the server: runs one COPY and hands over its chunks as they fill.
//!
//! Owns the loop around the driver's stream and its traps: the driver throws the server's row count
//! away, so rows are counted here; an error repeats for ever, so the first one ends the loop; a
//! connection lost half-way never looks like an end, and a binary stream must show its trailer.
//! Does not plan, retry, cancel or compress.
//!
//! Invariant: no more than one buffer of the pool is held, and none while waiting for one.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::StreamExt;
use tokio_postgres::{Client, Statement};

use super::binary::TRAILER;
use super::cut::Cutter;
use super::statement::{foreign, prepare, refused, set_encoding};
use super::{Buffer, Fingerprint, Format, Inspector, Pool, Summary};
use crate::error::{During, Fault, Result};

/// Messages are taken in pieces of at most this many bytes, so that a giant one behind many small rows
/// is not copied twice.
const PIECE_BYTES: usize = 256 << 10;

/// Free capacity behind a giant row, so that who stores it can put a little around it where it lies.
pub const SPARE_BYTES: usize = 1 << 10;

/// What to copy out, and how to read it.
#[derive(Debug, Clone, Copy)]
pub struct CopyOut<'a> {
    /// The table, for messages.
    pub table: &'a str,
    /// The statement, from [`copy_out_sql`](super::copy_out_sql).
    pub sql: &'a str,
    /// The format `sql` asks for.
    pub format: Format,
    /// The number of columns `sql` asks for.
    pub columns: u16,
    /// The server's encoding, to receive the rows unconverted; `None` leaves UTF-8.
    pub data_encoding: Option<&'a str>,
    /// What changes the rows before they are digested.
    pub inspector: Option<&'a Arc<Inspector>>,
    /// Is told how many rows have come, also where the next one is an error.
    pub rows_seen: &'a AtomicU64,
}

/// A piece of a unit's rows: a complete COPY file.
#[derive(Debug)]
pub struct RawChunk {
    /// The file. Returns to the pool when dropped.
    pub bytes: Buffer,
    /// Rows in it, never 0.
    pub rows: u64,
    /// Their fingerprint.
    pub fingerprint: Fingerprint,
    /// The chunk's number within its unit, from 0.
    pub part: u32,
}

/// What a whole unit amounted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Rows of all chunks.
    pub rows: u64,
    /// Their fingerprint.
    pub fingerprint: Fingerprint,
    /// Bytes of all chunks, headers and trailers included.
    pub bytes: u64,
    /// The number of chunks; 0 where there were no rows.
    pub chunks: u32,
}

/// Copies one unit out of the server. Each chunk is given to `sink` when it is full and the last one
/// at the end; a unit without rows gives none. While `sink` works, the server waits.
///
/// The same rows give the same chunks: who repeats a failed unit in the same snapshot (with
/// `synchronize_seqscans` off) may skip the parts it has already.
///
/// # Errors
/// The server's refusal, a lost connection, a malformed stream, or what `sink` returned. After any of
/// them, and after dropping the future half-way, **the connection must be dropped**: the server goes
/// on sending, and the encoding may be another than UTF-8. To stop a long COPY, cancel it first. Only
/// after the server's own refusal does a rollback to a savepoint set before make all well again.
pub async fn copy_out<F, W>(client: &Client, task: &CopyOut<'_>, pool: &Pool, sink: F) -> Result<Totals>
where
    F: FnMut(RawChunk) -> W,
    W: Future<Output = Result<()>>,
{
    let statement = prepare(client, task.table, task.sql).await?;
    copy_out_prepared(client, &statement, task, pool, sink).await
}

/// As [`copy_out`], with `task.sql` prepared already: while one unit streams, the next can be prepared
/// on the same connection, which hides a round trip.
pub async fn copy_out_prepared<F, W>(
    client: &Client,
    statement: &Statement,
    task: &CopyOut<'_>,
    pool: &Pool,
    sink: F,
) -> Result<Totals>
where
    F: FnMut(RawChunk) -> W,
    W: Future<Output = Result<()>>,
{
    let encoding = foreign(task.data_encoding);
    if let Some(encoding) = encoding {
        set_encoding(client, encoding).await?;
    }
    let totals = stream(client, statement, task, pool, sink).await?;
    if encoding.is_some() {
        set_encoding(client, "UTF8").await?;
    }
    Ok(totals)
}

async fn stream<F, W>(
    client: &Client,
    statement: &Statement,
    task: &CopyOut<'_>,
    pool: &Pool,
    mut sink: F,
) -> Result<Totals>
where
    F: FnMut(RawChunk) -> W,
    W: Future<Output = Result<()>>,
{
    let doing = || format!("cannot copy {}", task.table);
    let malformed = || format!("the server's data of {} is malformed", task.table);
    let messages = client.copy_out(statement).await.map_err(|cause| refused(cause, doing()))?;
    let mut messages = pin!(messages);
    let mut cutter = Cutter::new(task.format, task.columns, pool.chunk_bytes_max()).inspected(task.inspector.cloned());
    task.rows_seen.store(0, Ordering::Relaxed);
    let mut totals = Totals::default();
    let mut buffer = None;
    let mut rest = Vec::new();
    while let Some(message) = messages.next().await {
        let message = message.map_err(|cause| refused(cause, doing()))?;
        let mut left = message.len();
        for piece in message.chunks(PIECE_BYTES) {
            let mut current = match buffer.take() {
                Some(buffer) => buffer,
                None => pool.take().await,
            };
            if left > pool.chunk_bytes_max() {
                // A giant row: growing by halves would take half as much again.
                current.bytes_mut().reserve_exact(left + TRAILER.len() + SPARE_BYTES);
            }
            left -= piece.len();
            let mut full = cutter.push(current.bytes_mut(), piece).during(Fault::Server, malformed)?;
            while full {
                let cut = cutter.cut(current.bytes_mut(), &mut rest);
                sink(totals.add(current, cut)).await?;
                current = pool.take().await;
                full = cutter.push(current.bytes_mut(), &rest).during(Fault::Server, malformed)?;
            }
            buffer = Some(current);
        }
        task.rows_seen.store(cutter.rows(), Ordering::Relaxed);
    }
    // Text without rows sends nothing at all; binary without its trailer is found by the cutter.
    let mut current = match buffer.take() {
        Some(buffer) => buffer,
        None => pool.take().await,
    };
    if let Some(cut) = cutter.finish(current.bytes_mut()).during(Fault::Server, malformed)? {
        sink(totals.add(current, cut)).await?;
    }
    Ok(totals)
}

/// Runs a COPY whose rows nobody wants: to know whether the server can send them.
///
/// # Errors
/// As [`copy_out`].
pub async fn copy_nowhere(client: &Client, table: &str, sql: &str, data_encoding: Option<&str>) -> Result<()> {
    let statement = prepare(client, table, sql).await?;
    let encoding = foreign(data_encoding);
    if let Some(encoding) = encoding {
        set_encoding(client, encoding).await?;
    }
    let doing = || format!("cannot copy {table}");
    let messages = client.copy_out(&statement).await.map_err(|cause| refused(cause, doing()))?;
    let mut messages = pin!(messages);
    while let Some(message) = messages.next().await {
        message.map_err(|cause| refused(cause, doing()))?;
    }
    match encoding {
        Some(_) => set_encoding(client, "UTF8").await,
        None => Ok(()),
    }
}

impl Totals {
    fn add(&mut self, bytes: Buffer, (part, Summary { rows, fingerprint }): (u32, Summary)) -> RawChunk {
        self.rows += rows;
        self.fingerprint += fingerprint;
        self.bytes += bytes.len() as u64;
        self.chunks += 1;
        RawChunk { bytes, rows, fingerprint, part }
    }
}
