//! Progress for programs: one JSON object a line on stderr. The schema is docs/json.md's.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::pace::Pace;
use crate::progress::Event;

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
        state.pace.on(event, now);
        let line = match event {
            Event::Phase(phase) => json!({ "event": "phase", "phase": phase }),
            Event::Planned { tables, bytes } => json!({ "event": "planned", "tables": tables, "bytes": bytes }),
            Event::Copied { .. } if state.told.is_some_and(|told| now - told < EVERY) => return,
            Event::Copied { .. } => {
                state.told = Some(now);
                progress(&state.pace, now)
            }
            Event::TableFinished { table, rows } => json!({ "event": "table", "table": table, "rows": rows }),
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
    json!({
        "event": "progress",
        "bytes": pace.bytes,
        "total_bytes": pace.total_bytes,
        "rows": pace.rows,
        "tables": pace.tables,
        "total_tables": pace.total_tables,
        "bytes_per_second": pace.rate(now),
        "eta_seconds": pace.left(now).map(|left| left.as_secs()),
    })
}

fn write(mut line: Value, since: Duration) {
    line["version"] = VERSION.into();
    line["seconds"] = ((since.as_secs_f64() * 1000.0).round() / 1000.0).into();
    eprintln!("{line}");
}
