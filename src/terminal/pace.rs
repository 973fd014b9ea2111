//! How far the work is, how fast, and how long it will take: in total and by table. Sums over events, and what is
//! said of them. Pure; the time is told to it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{plain, size};
use crate::progress::{Build, Event};

/// Cells of the bar of one table or build.
const CELLS: u64 = 16;

/// Sums since the last plan.
#[derive(Debug)]
pub struct Pace {
    pub phase: &'static str,
    pub total: Moved,
    pub tables: u64,
    pub total_tables: u64,
    /// Tables that have begun and are not complete, in the order in which they began.
    pub running: Vec<(Arc<str>, Moved)>,
    /// What is being built, what began first first.
    pub builds: Vec<Build>,
}

/// What moved since a moment.
#[derive(Debug, Clone)]
pub struct Moved {
    began: Instant,
    pub bytes: u64,
    /// An estimate; never less than `bytes`.
    pub total_bytes: u64,
    pub rows: u64,
}

impl Moved {
    fn new(total_bytes: u64, now: Instant) -> Moved {
        Moved { began: now, bytes: 0, total_bytes, rows: 0 }
    }

    fn add(&mut self, bytes: u64, rows: u64) {
        self.bytes += bytes;
        self.rows += rows;
        // The plan is an estimate: what is compressed in TOAST comes out larger.
        self.total_bytes = self.total_bytes.max(self.bytes);
    }

    /// Bytes a second since it began.
    pub fn rate(&self, now: Instant) -> u64 {
        let seconds = (now - self.began).as_secs_f64();
        if seconds > 0.0 { (self.bytes as f64 / seconds) as u64 } else { 0 }
    }

    /// How long the rest takes at this rate; none where there is no rate yet.
    pub fn left(&self, now: Instant) -> Option<Duration> {
        let rate = self.rate(now);
        (rate > 0).then(|| Duration::from_secs((self.total_bytes - self.bytes) / rate))
    }

    /// `1 MB of 2 MB, 10 rows, 1 MB/s, about 1 s left`
    pub fn words(&self, now: Instant) -> String {
        let left = self.left(now).map_or(String::new(), |left| format!(", about {} s left", left.as_secs()));
        let (done, total, rate) = (size(self.bytes), size(self.total_bytes), size(self.rate(now)));
        format!("{done} of {total}, {} rows, {rate}/s{left}", self.rows)
    }
}

impl Pace {
    /// Nothing planned, nothing done.
    pub fn new(now: Instant) -> Pace {
        let total = Moved::new(0, now);
        Pace { phase: "", total, tables: 0, total_tables: 0, running: Vec::new(), builds: Vec::new() }
    }

    /// Takes an event. A table that is complete by it is returned, with what moved of it.
    pub fn on(&mut self, event: &Event, now: Instant) -> Option<Moved> {
        match event {
            Event::Phase(phase) => self.phase = phase,
            Event::Planned { tables, bytes } => {
                let total = Moved::new(*bytes, now);
                *self = Pace { phase: self.phase, total, total_tables: *tables, ..Pace::new(now) };
            }
            Event::TableBegan { table, bytes } => self.running.push((Arc::clone(table), Moved::new(*bytes, now))),
            Event::Copied { table, bytes, rows } => {
                self.total.add(*bytes, *rows);
                let of_table = self.running.iter_mut().find(|(name, _)| Some(name) == table.as_ref());
                of_table.into_iter().for_each(|(_, moved)| moved.add(*bytes, *rows));
            }
            Event::TableFinished { table, .. } => {
                self.tables += 1;
                return self.take(table);
            }
            Event::TableLeft { table } => {
                self.take(table);
            }
            Event::Building(builds) => self.builds.clone_from(builds),
            Event::Detail(_) | Event::Warned(_) => {}
        }
        None
    }

    fn take(&mut self, table: &Arc<str>) -> Option<Moved> {
        let at = self.running.iter().position(|(name, _)| name == table)?;
        Some(self.running.remove(at).1)
    }

    /// A line for each table that moves and each build that runs, with a bar where wanted, but no more than `most`.
    pub fn lines(&self, most: usize, bars: bool, now: Instant) -> Vec<String> {
        let bar = |done, total| if bars { bar(done, total) } else { String::new() };
        let tables = self.running.iter().map(|(name, moved)| {
            format!("{}{}: {}", bar(moved.bytes, moved.total_bytes), plain(name), moved.words(now))
        });
        let builds = self.builds.iter().map(|build| {
            let phase = if build.phase.is_empty() { "building" } else { &build.phase };
            let so_far = match build.total {
                0 => String::new(),
                total => format!(", {} of {total} {}", build.done, build.unit),
            };
            let (entry, phase) = (plain(&build.entry), plain(phase));
            format!("{}{entry}: {phase}{so_far}, {} s", bar(build.done, build.total), build.seconds)
        });
        let mut lines: Vec<String> = builds.chain(tables).collect();
        if lines.len() > most {
            let more = lines.len() + 1 - most;
            lines.truncate(most.saturating_sub(1));
            lines.push(format!("and {more} more"));
        }
        lines
    }
}

fn bar(done: u64, total: u64) -> String {
    let full = (u128::from(done) * u128::from(CELLS)).checked_div(u128::from(total)).unwrap_or(0);
    let full = full.min(u128::from(CELLS)) as usize;
    "\u{2588}".repeat(full) + &"\u{2591}".repeat(CELLS as usize - full) + " "
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_rates_and_what_is_left() {
        let begin = Instant::now();
        let mut pace = Pace::new(begin);
        let later = begin + Duration::from_secs(2);
        let copied = |bytes, rows| Event::Copied { table: None, bytes, rows };
        pace.on(&copied(7, 1), begin);
        assert_eq!((pace.total.rate(begin), pace.total.left(begin)), (0, None));
        pace.on(&Event::Planned { tables: 3, bytes: 1000 }, begin);
        assert_eq!((pace.total.bytes, pace.total.left(later)), (0, None), "a plan begins anew");
        pace.on(&copied(200, 5), later);
        pace.on(&Event::TableFinished { table: "t".into(), rows: 5 }, later);
        assert_eq!((pace.total.rate(later), pace.total.left(later)), (100, Some(Duration::from_secs(8))));
        assert_eq!((pace.total.rows, pace.tables, pace.total_tables), (5, 1, 3));
        pace.on(&copied(1000, 5), later);
        assert_eq!(
            (pace.total.total_bytes, pace.total.left(later)),
            (1200, Some(Duration::ZERO)),
            "the plan was short"
        );
    }

    #[test]
    fn each_table_has_its_own_pace() {
        let begin = Instant::now();
        let mut pace = Pace::new(begin);
        let (middle, end) = (begin + Duration::from_secs(10), begin + Duration::from_secs(12));
        pace.on(&Event::Planned { tables: 2, bytes: 4 << 20 }, begin);
        pace.on(&Event::TableBegan { table: "a.\u{1b}[1m".into(), bytes: 1 << 20 }, begin);
        pace.on(&Event::TableBegan { table: "b".into(), bytes: 3 << 20 }, middle);
        pace.on(&Event::Copied { table: Some("a.\u{1b}[1m".into()), bytes: 512 << 10, rows: 3 }, middle);
        pace.on(&Event::Copied { table: Some("b".into()), bytes: 1 << 20, rows: 4 }, end);
        pace.on(&Event::Copied { table: None, bytes: 1, rows: 0 }, end);
        assert_eq!((pace.total.bytes, pace.total.rows), ((1 << 20) + (512 << 10) + 1, 7));
        let moved = &pace.running[1].1;
        assert_eq!((moved.rate(end), moved.left(end)), (512 << 10, Some(Duration::from_secs(4))));
        let lines = pace.lines(4, false, end);
        assert!(lines[0].contains("a. [1m: 512 kB of 1024 kB, 3 rows, 43 kB/s, about 12 s left"), "{lines:?}");
        assert!(lines[1].contains("b: 1024 kB of 3072 kB, 4 rows, 512 kB/s, about 4 s left"), "{lines:?}");
        let finished = pace.on(&Event::TableFinished { table: "b".into(), rows: 4 }, end).expect("it had begun");
        assert_eq!((finished.bytes, finished.rows, pace.tables), (1 << 20, 4, 1));
        pace.on(&Event::TableLeft { table: "a.\u{1b}[1m".into() }, end);
        assert_eq!((pace.running.len(), pace.tables), (0, 1));
    }

    #[test]
    fn a_few_lines_are_enough() {
        let now = Instant::now();
        let mut pace = Pace::new(now);
        let build = |number: u64, total| Build {
            entry: format!("INDEX i{number}"),
            phase: "building index: scanning table".into(),
            done: 30,
            total,
            unit: "blocks",
            seconds: number,
        };
        pace.on(&Event::Building(vec![build(9, 40), build(8, 0)]), now);
        for at in 0..9 {
            pace.on(&Event::TableBegan { table: format!("t{at}").into(), bytes: 0 }, now);
        }
        let lines = pace.lines(4, true, now);
        assert_eq!(lines.len(), 4);
        let full = "\u{2588}".repeat(12) + "\u{2591}\u{2591}\u{2591}\u{2591}";
        assert_eq!(lines[0], format!("{full} INDEX i9: building index: scanning table, 30 of 40 blocks, 9 s"));
        assert!(lines[1].ends_with("INDEX i8: building index: scanning table, 8 s"), "{lines:?}");
        assert_eq!(lines[3], "and 8 more");
        pace.on(&Event::Building(Vec::new()), now);
        assert_eq!(pace.lines(20, true, now).len(), 9);
    }
}
