//! Memory for index builds: what all connections may take together, and what one build gets of it.
//!
//! Owns the sums and the setting (`maintenance_work_mem`, which bounds one build whatever its number of
//! workers). Who builds when is `schedule`'s; what a build wants, `expected`'s.
//!
//! Invariants: what is granted never exceeds the budget; a build never waits, because something is kept
//! for each connection that builds nothing.

use std::sync::{Arc, Mutex, PoisonError};

use super::expected;
use super::schedule::Schedule;
use crate::connect::Session;
use crate::error::{During, Fault, Result};
use crate::progress::{Event, Progress};
use crate::sql::Entry;

/// The least the setting takes on every server.
pub const LEAST_BYTES: u64 = 1 << 20;
/// The most it takes.
const MOST_BYTES: u64 = i32::MAX as u64 * 1024;

/// The memory of all builds.
#[derive(Debug)]
pub struct Budget {
    /// What is kept for each connection: a quarter of an equal part. The longest build is what a restore
    /// waits for, so it comes first and may take nearly all.
    kept: u64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    free: u64,
    idle: u64,
}

/// What one build may take. Given back when dropped; a connection holds one at a time.
#[derive(Debug)]
pub struct Grant<'a> {
    budget: &'a Budget,
    bytes: u64,
}

impl Budget {
    /// `bytes` for `connections`.
    pub fn new(bytes: u64, connections: usize) -> Budget {
        let idle = connections.max(1) as u64;
        Budget { kept: bytes / idle / 4, state: Mutex::new(State { free: bytes, idle }) }
    }

    /// As much of `wanted` as there is beside what is kept for others.
    pub fn grant(&self, wanted: u64) -> Grant<'_> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.idle -= 1;
        let bytes = wanted.clamp(self.kept, state.free - self.kept * state.idle);
        state.free -= bytes;
        Grant { budget: self, bytes }
    }
}

impl Grant<'_> {
    /// Lets the next builds of this session take it.
    ///
    /// # Errors
    /// Server or Connect.
    pub async fn set(&self, session: &Session) -> Result<()> {
        set(session, self.bytes).await
    }
}

impl Drop for Grant<'_> {
    fn drop(&mut self) {
        let mut state = self.budget.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.idle += 1;
        state.free += self.bytes;
    }
}

/// Lets builds of this session take so many bytes each.
///
/// # Errors
/// Server or Connect.
pub async fn set(session: &Session, bytes: u64) -> Result<()> {
    let kilobytes = bytes.clamp(LEAST_BYTES, MOST_BYTES) / 1024;
    let sql = format!("SET maintenance_work_mem = '{kilobytes}kB'");
    session.client.batch_execute(&sql).await.during(Fault::Server, || "cannot set the memory of index builds".into())
}

/// Tells what indexes of vectors want. Returns warnings where `budget`, or else what the server gives one build, is less.
///
/// # Errors
/// Server or Connect.
pub async fn vectors(
    session: &Session,
    budget: Option<u64>,
    schedule: &Schedule,
    entries: &[&Entry],
    progress: &Arc<dyn Progress>,
) -> Result<Vec<String>> {
    let mut scarce = Vec::new();
    let vectors = || entries.iter().enumerate().filter(|(_, entry)| expected::depends_on_memory(entry));
    if vectors().next().is_none() {
        return Ok(scarce);
    }
    let memory = match budget {
        Some(bytes) => bytes,
        None => of_server(session).await?,
    };
    for (at, entry) in vectors() {
        let wanted = schedule.memory(at);
        let text = format!("{} wants about {} MB of memory", entry.label(), wanted.div_ceil(1 << 20));
        if wanted > memory {
            let then = "without it HNSW is slow and IVFFlat fails; --memory SIZE gives more";
            scarce.push(format!("{text}, and has {} MB: {then}", memory >> 20));
        } else {
            progress.on(Event::Detail(text));
        }
    }
    Ok(scarce)
}

/// What the server gives a build of itself, in bytes.
async fn of_server(session: &Session) -> Result<u64> {
    let sql = "SELECT pg_catalog.pg_size_bytes(pg_catalog.current_setting('maintenance_work_mem'))";
    let row = session.client.query_typed(sql, &[]).await;
    let row = row.during(Fault::Server, || "cannot read maintenance_work_mem".into())?;
    Ok(row.first().map_or(0, |row| row.get::<_, i64>(0)).max(0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_build_gets_what_the_others_do_not_need() {
        let budget = Budget::new(1600, 4);
        let large = budget.grant(u64::MAX);
        assert_eq!(large.bytes, 1300);
        let others = [budget.grant(900), budget.grant(0), budget.grant(u64::MAX)];
        assert_eq!(others.each_ref().map(|grant| grant.bytes), [100; 3]);
        drop(large);
        assert_eq!(budget.grant(500).bytes, 500);
        drop(others);
        assert_eq!(budget.grant(u64::MAX).bytes, 1300, "all came back");
        let alone = Budget::new(1000, 1);
        assert_eq!(alone.grant(u64::MAX).bytes, 1000);
        assert_eq!(alone.grant(0).bytes, 250);
    }
}
