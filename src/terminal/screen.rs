//! Progress for people: one bar on a terminal, elsewhere a line now and then; or JSON lines for programs.

use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::events::Events;
use super::pace::Pace;
use super::{plain, size};
use crate::progress::{Event, Progress};

/// Where no bar is drawn, lines about how far it is come no more often.
const EVERY: Duration = Duration::from_secs(30);
/// Tables and builds that have a line of their own.
const LINES_MAX: usize = 4;

/// How progress is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// A bar on a terminal, else lines.
    Auto,
    /// JSON lines.
    Json,
    /// Not at all.
    Nothing,
}

/// Draws events on stderr.
pub struct Terminal {
    bar: ProgressBar,
    verbose: bool,
    quiet: bool,
    events: Option<Events>,
    /// Lines about how far it is are wanted.
    lines: bool,
    state: Mutex<(Pace, Instant)>,
}

impl Terminal {
    /// `verbose` shows details, `quiet` nothing, not even warnings.
    pub fn new(verbose: bool, quiet: bool, told: Told) -> Terminal {
        let terminal = std::io::stderr().is_terminal();
        let draw = terminal && !quiet && told == Told::Auto;
        let bar = ProgressBar::with_draw_target(
            None,
            if draw { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() },
        );
        bar.set_style(ProgressStyle::with_template("{spinner} {msg} {elapsed}").expect("a constant template"));
        let now = Instant::now();
        Terminal {
            bar,
            verbose,
            quiet,
            events: (told == Told::Json).then(|| Events::new(verbose)),
            lines: !terminal && !quiet && told == Told::Auto,
            state: Mutex::new((Pace::new(now), now)),
        }
    }

    /// Removes the bar, or tells where the work ended.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
        if let Some(events) = &self.events {
            events.finish();
        }
    }

    fn line(&self, text: &str) {
        self.bar.suspend(|| eprintln!("pgsnap: {}", plain(text)));
    }

    /// Counts rows and tables on the bar; where there is none, tells how far it is from time to time.
    fn count(&self, event: &Event) {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (pace, told) = &mut *state;
        pace.on(event, now);
        if !self.bar.is_hidden() && pace.total_tables > 0 {
            let rows = pace.total.rows;
            self.bar.set_message(format!("{} {}/{} {rows} rows", pace.phase, pace.tables, pace.total_tables));
            self.bar.set_prefix(
                pace.lines(LINES_MAX, true, now).iter().map(|line| format!("\n  {line}")).collect::<String>(),
            );
        } else if self.lines && matches!(event, Event::Copied { .. } | Event::Building(_)) && now - *told >= EVERY {
            *told = now;
            self.line(&format!("{}: {}", pace.phase, pace.total.words(now)));
            pace.lines(LINES_MAX, false, now).iter().for_each(|line| self.line(&format!("  {line}")));
        }
    }

    fn plan(&self, tables: u64, bytes: u64) {
        let style = "{spinner} {msg} {bytes}/{total_bytes} {bytes_per_sec} {wide_bar} {eta}{prefix}";
        self.bar.set_style(ProgressStyle::with_template(style).expect("a constant template"));
        self.bar.set_length(bytes);
        // Counting begins anew.
        self.bar.set_position(0);
        self.bar.reset_eta();
        if self.verbose && tables > 0 {
            self.line(&format!("{tables} tables, about {}", size(bytes)));
        }
    }
}

impl Progress for Terminal {
    fn on(&self, event: Event) {
        if let Some(events) = &self.events {
            return events.on(&event);
        }
        self.count(&event);
        match event {
            Event::Phase(phase) => {
                self.bar.set_message(phase);
                // Not from the start: a person may be asked for something before the work begins.
                if !self.bar.is_hidden() {
                    self.bar.enable_steady_tick(Duration::from_millis(120));
                }
                if self.verbose {
                    self.line(phase);
                }
            }
            Event::Planned { tables, bytes } => self.plan(tables, bytes),
            Event::Copied { bytes, .. } => {
                self.bar.inc(bytes);
                // The plan is an estimate: what is compressed in TOAST comes out larger.
                if self.bar.length().is_some_and(|length| self.bar.position() > length) {
                    self.bar.set_length(self.bar.position());
                }
            }
            Event::TableFinished { table, rows } if self.verbose => self.line(&format!("{table}: {rows} rows")),
            Event::Detail(text) if self.verbose => self.line(&text),
            Event::Warned(text) if !self.quiet => self.line(&format!("warning: {text}")),
            _ => {}
        }
    }

    fn is_watched(&self) -> bool {
        self.events.is_some() || !self.bar.is_hidden()
    }
}
