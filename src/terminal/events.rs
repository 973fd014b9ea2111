//! Progress for programs: one JSON object a line on stderr. The schema is docs/json.md's.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::pace::{Moved, Pace};
use crate::progress::{Build, Event};

/// Version of the events' shape.
const VERSION: u32 = 1;
/// No more than one line about bytes in this time.
const EVERY: Duration = Duration::from_secs(1);

/// Writes events as lines.
pub struct Events {
    state: Mutex<State>,
    details: bool,
}

struct State {
    began: Instant,
    pace: Pace,
    told: Option<Instant>,
}

impl Events {
    /// `details` tells those of `-v`, too.
    pub fn new(details: bool) -> Events {
        let now = Instant::now();
        Events { state: Mutex::new(State { began: now, pace: Pace::new(now), told: None }), details }
    }

    /// Writes what an event says, if it is time to say it.
    pub fn on(&self, event: &Event) {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let finished = state.pace.on(event, now);
        let line = match event {
            Event::Phase(phase) => json!({ "event": "phase", "phase": phase }),
            Event::Planned { tables, bytes } => json!({ "event": "planned", "tables": tables, "bytes": bytes }),
            Event::TableBegan { .. } | Event::TableLeft { .. } => return,
            // Where nothing is built any more, the next one says so.
            Event::Building(builds) if builds.is_empty() => return,
            Event::Copied { .. } | Event::Building(_) if state.told.is_some_and(|told| now - told < EVERY) => return,
            Event::Copied { .. } | Event::Building(_) => {
                state.told = Some(now);
                progress(&state.pace, now)
            }
            Event::TableFinished { table, rows } => {
                let moved = finished.as_ref();
                json!({
                    "event": "table",
                    "table": **table,
                    "rows": rows,
                    "bytes": moved.map_or(0, |moved| moved.bytes),
                    "bytes_per_second": moved.map_or(0, |moved| moved.rate(now)),
                })
            }
            Event::Warned(text) => json!({ "event": "warning", "text": text }),
            Event::Detail(text) if self.details => json!({ "event": "detail", "text": text }),
            Event::Detail(_) => return,
        };
        write(line, now - state.began);
    }

    /// Writes where it ended.
    pub fn finish(&self) {
        let now = Instant::now();
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        write(progress(&state.pace, now), now - state.began);
    }
}

fn progress(pace: &Pace, now: Instant) -> Value {
    let mut line = moved(&pace.total, now);
    line["event"] = "progress".into();
    line["tables"] = pace.tables.into();
    line["total_tables"] = pace.total_tables.into();
    let table = |(name, of): &(Arc<str>, Moved)| {
        let mut table = moved(of, now);
        table["table"] = (**name).into();
        table
    };
    line["running"] = pace.running.iter().map(table).collect();
    let build = |build: &Build| {
        json!({
            "entry": build.entry,
            "phase": build.phase,
            "done": build.done,
            "total": build.total,
            "unit": build.unit,
            "seconds": build.seconds,
        })
    };
    line["building"] = pace.builds.iter().map(build).collect();
    line
}

fn moved(moved: &Moved, now: Instant) -> Value {
    json!({
        "bytes": moved.bytes,
        "total_bytes": moved.total_bytes,
        "rows": moved.rows,
        "bytes_per_second": moved.rate(now),
        "eta_seconds": moved.left(now).map(|left| left.as_secs()),
    })
}

fn write(mut line: Value, since: Duration) {
    line["version"] = VERSION.into();
    line["seconds"] = ((since.as_secs_f64() * 1000.0).round() / 1000.0).into();
    eprintln!("{line}");
}
