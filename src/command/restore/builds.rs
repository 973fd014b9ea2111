//! What is built over rows that are loaded, told as events: what each connection builds, and how far the server is.
//!
//! Owns the list of what runs and the look at `pg_stat_progress_create_index`. It is looked at on a connection that
//! has nothing else to do meanwhile, and only where somebody watches; what cannot be seen is not told, and harms
//! nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio_postgres::types::Type;

use crate::connect::Session;
use crate::progress::{Build, Event, Progress};
use crate::sql::Entry;

/// How often is told what is built.
const EVERY: Duration = Duration::from_secs(1);

/// Tuples are counted in the last phase of a B-tree only, blocks in others; both are 0 where nothing is counted.
const SEEN: &str = "\
SELECT pid, phase, COALESCE(blocks_done, 0), COALESCE(blocks_total, 0), COALESCE(tuples_done, 0), COALESCE(tuples_total, 0)
FROM pg_catalog.pg_stat_progress_create_index WHERE pid = ANY ($1::pg_catalog.int4[])";

/// What is being built.
pub struct Builds {
    /// By server process.
    running: Mutex<HashMap<i32, Running>>,
    progress: Arc<dyn Progress>,
}

#[derive(Clone)]
struct Running {
    entry: String,
    since: Instant,
}

/// Something that is being built, until this is dropped.
pub struct Begun<'a> {
    builds: &'a Builds,
    pid: i32,
}

impl Builds {
    /// Nothing is.
    pub fn new(progress: &Arc<dyn Progress>) -> Builds {
        Builds { running: Mutex::default(), progress: Arc::clone(progress) }
    }

    /// The server process builds this from now on.
    pub fn begin(&self, pid: i32, entry: &Entry) -> Begun<'_> {
        self.running().insert(pid, Running { entry: entry.label(), since: Instant::now() });
        Begun { builds: self, pid }
    }

    /// Does `work` and tells meanwhile what is built; `session`, if there is one to look with, is not used by it.
    pub async fn over<T>(&self, session: Option<&Session>, work: impl Future<Output = T>) -> T {
        let result = tokio::select! {
            biased;
            result = work => result,
            never = self.tell(session) => match never {},
        };
        self.progress.on(Event::Building(Vec::new()));
        result
    }

    async fn tell(&self, session: Option<&Session>) -> std::convert::Infallible {
        loop {
            tokio::time::sleep(EVERY).await;
            let running = self.running().clone();
            if running.is_empty() {
                continue;
            }
            let mut builds: HashMap<i32, Build> = running.into_iter().map(|(pid, one)| (pid, one.build())).collect();
            if let Some(session) = session.filter(|_| self.progress.is_watched()) {
                look(session, &mut builds).await;
            }
            let mut builds: Vec<Build> = builds.into_values().collect();
            builds.sort_by(|a, b| (b.seconds, &a.entry).cmp(&(a.seconds, &b.entry)));
            self.progress.on(Event::Building(builds));
        }
    }

    fn running(&self) -> MutexGuard<'_, HashMap<i32, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    fn build(self) -> Build {
        let seconds = self.since.elapsed().as_secs();
        Build { entry: self.entry, phase: String::new(), done: 0, total: 0, unit: "blocks", seconds }
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        self.builds.running().remove(&self.pid);
    }
}

/// Adds what the server tells of these processes.
async fn look(session: &Session, builds: &mut HashMap<i32, Build>) {
    let pids: Vec<i32> = builds.keys().copied().collect();
    let Ok(rows) = session.client.query_typed(SEEN, &[(&pids, Type::INT4_ARRAY)]).await else { return };
    for row in rows {
        let number = |at| u64::try_from(row.try_get::<_, i64>(at).unwrap_or(0)).unwrap_or(0);
        let Some(build) = row.try_get(0).ok().and_then(|pid: i32| builds.get_mut(&pid)) else { continue };
        build.phase = row.try_get(1).unwrap_or_default();
        let (blocks, tuples) = ((number(2), number(3), "blocks"), (number(4), number(5), "tuples"));
        (build.done, build.total, build.unit) = if tuples.0 > 0 && tuples.1 > 0 { tuples } else { blocks };
    }
}
