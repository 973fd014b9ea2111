//! The target's statistics, when everything else is there: carried ones where both servers know how, and
//! ANALYZE for the rest, over all connections.
//!
//! Last, because making an index counts its table anew, and because a refresh fills what is analysed.
//! Nothing here can spoil a restore: what fails is a warning, and autovacuum comes by later.

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinSet;

use super::RestoreOptions;
use crate::catalog::statistics::SINCE;
use crate::connect::{Purpose, Session};
use crate::error::{Error, Fault, Result};
use crate::progress::{Event, Progress};
use crate::sql::{Entry, qualified};

/// How many small tasks make one round trip: the locks of one transaction.
const BATCH: usize = 50;

/// What a restore does about statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Statistics {
    /// Those of the archive where the target takes them, else ANALYZE.
    #[default]
    Carried,
    /// ANALYZE, whatever the archive has.
    Analyze,
    /// Nothing.
    Nothing,
}

impl Statistics {
    /// What to do where only some of the rows are there.
    pub fn of_some(self) -> Statistics {
        match self {
            Statistics::Carried => Statistics::Analyze,
            other => other,
        }
    }
}

/// One thing to do.
#[derive(Debug, PartialEq, Eq)]
struct Task {
    what: String,
    sql: String,
}

/// What to run, given the carried entries, the other entries and the target's version.
fn plan(carried: &[&Entry], chosen: &[&Entry], target: u32, wanted: Statistics) -> VecDeque<Task> {
    let usable = wanted == Statistics::Carried && target >= SINCE;
    let carried = if usable { carried } else { &[] };
    let name = |entry: &&Entry| (entry.schema.clone().unwrap_or_default(), entry.name.clone());
    let done: HashSet<(String, String)> = carried.iter().map(name).collect();
    let of_kind = |kind: &'static str| chosen.iter().filter(move |entry| entry.kind == kind);
    // Before 18 ANALYZE of a partitioned table takes its partitions with it, and cannot do otherwise.
    let only = if target >= SINCE { "ONLY " } else { "" };
    let attached: HashSet<&(String, String)> =
        of_kind("TABLE ATTACH").filter(|_| only.is_empty()).filter_map(|entry| entry.table.as_ref()).collect();
    let filled = ["TABLE", "TABLE DATA", "MATERIALIZED VIEW DATA"].into_iter().flat_map(of_kind).map(name);
    let tables: BTreeSet<(String, String)> =
        filled.filter(|table| !done.contains(table) && !attached.contains(table)).collect();
    let analyze = |(schema, name): &(String, String)| {
        let table = qualified(schema, name);
        Task { sql: format!("ANALYZE {only}{table};"), what: table }
    };
    let restore = |entry: &&Entry| Task { what: entry.label(), sql: entry.definition.clone() };
    tables.iter().map(analyze).chain(carried.iter().map(restore)).collect()
}

/// Makes the statistics. Returns what failed.
pub async fn run(
    carried: &[&Entry],
    chosen: &[&Entry],
    target: u32,
    options: &RestoreOptions,
    progress: &Arc<dyn Progress>,
) -> Result<Vec<String>> {
    let filled = chosen.iter().any(|entry| matches!(entry.kind.as_str(), "TABLE DATA" | "MATERIALIZED VIEW DATA"));
    if options.statistics == Statistics::Nothing || options.selection.schema_only || !filled {
        return Ok(Vec::new());
    }
    // Rows that join others make carried statistics wrong.
    let carried = if options.selection.data_only { &[] } else { carried };
    let tasks = plan(carried, chosen, target, options.statistics);
    if tasks.is_empty() {
        return Ok(Vec::new());
    }
    progress.on(Event::Phase("statistics"));
    let workers = options.jobs.clamp(1, tasks.len());
    let tasks = Arc::new(Mutex::new(tasks));
    let mut running = JoinSet::new();
    for _ in 0..workers {
        let session = Session::open(&options.settings, Purpose::Restore).await?;
        running.spawn(worker(session, workers, Arc::clone(&tasks), Arc::clone(progress)));
    }
    let mut failed = Vec::new();
    while let Some(ended) = running.join_next().await {
        match ended {
            Ok(warnings) => failed.extend(warnings),
            Err(lost) if lost.is_panic() => std::panic::resume_unwind(lost.into_panic()),
            Err(_) => {}
        }
    }
    failed.sort_unstable();
    Ok(failed)
}

/// Takes the tasks many at a time while there are many, so that small ones cost no round trip each.
async fn worker(
    session: Session,
    workers: usize,
    tasks: Arc<Mutex<VecDeque<Task>>>,
    progress: Arc<dyn Progress>,
) -> Vec<String> {
    let mut failed = Vec::new();
    loop {
        let batch: Vec<Task> = {
            let mut tasks = tasks.lock().unwrap_or_else(PoisonError::into_inner);
            let count = (tasks.len() / (workers * 4)).clamp(1, BATCH).min(tasks.len());
            tasks.drain(..count).collect()
        };
        let Some(first) = batch.first() else { return failed };
        progress.on(Event::Detail(format!("statistics of {}", first.what)));
        let all = batch.iter().map(|task| task.sql.as_str()).collect::<Vec<_>>().join("\n");
        if session.client.batch_execute(&all).await.is_ok() {
            continue;
        }
        for task in &batch {
            if let Err(cause) = session.client.batch_execute(&task.sql).await {
                let text = format!("cannot make the statistics of {}", task.what);
                failed.push(Error::new(Fault::Server, text).caused_by(cause).report());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::{Pass, Section};

    fn entry(kind: &str, name: &str) -> Entry {
        let json = serde_json::json!({ "id": 1, "kind": kind, "schema": "s", "name": name, "table": ["s", name],
            "section": Section::Data, "pass": Pass::Last, "definition": "carried;" });
        serde_json::from_value(json).unwrap()
    }

    fn planned(target: u32, wanted: Statistics) -> Vec<String> {
        let entries =
            [entry("TABLE", "root"), entry("TABLE", "part"), entry("TABLE ATTACH", "part"), entry("VIEW", "v")];
        let carried = entry("STATISTICS DATA", "part");
        plan(&[&carried], &entries.iter().collect::<Vec<_>>(), target, wanted)
            .into_iter()
            .map(|task| task.sql)
            .collect()
    }

    #[test]
    fn what_is_not_carried_is_analysed() {
        assert_eq!(planned(18, Statistics::Carried), ["ANALYZE ONLY s.root;", "carried;"]);
        assert_eq!(planned(18, Statistics::Analyze), ["ANALYZE ONLY s.part;", "ANALYZE ONLY s.root;"]);
    }

    #[test]
    fn before_18_a_partitioned_table_takes_its_partitions_along() {
        assert_eq!(planned(17, Statistics::Carried), ["ANALYZE s.root;"]);
    }
}
