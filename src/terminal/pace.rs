//! How far the work is, how fast, and how long it will take: sums over events. Pure; the time is told to it.

use std::time::{Duration, Instant};

use crate::progress::Event;

/// Sums since the last plan.
#[derive(Debug)]
pub struct Pace {
    began: Instant,
    pub phase: &'static str,
    pub bytes: u64,
    /// An estimate; never less than `bytes`.
    pub total_bytes: u64,
    pub rows: u64,
    pub tables: u64,
    pub total_tables: u64,
}

impl Pace {
    /// Nothing planned, nothing done.
    pub fn new(now: Instant) -> Pace {
        Pace { began: now, phase: "", bytes: 0, total_bytes: 0, rows: 0, tables: 0, total_tables: 0 }
    }

    /// Takes an event.
    pub fn on(&mut self, event: &Event, now: Instant) {
        match event {
            Event::Phase(phase) => self.phase = phase,
            Event::Planned { tables, bytes } => {
                *self = Pace { phase: self.phase, total_bytes: *bytes, total_tables: *tables, ..Pace::new(now) };
            }
            Event::Copied { bytes, rows } => {
                self.bytes += bytes;
                self.rows += rows;
                // The plan is an estimate: what is compressed in TOAST comes out larger.
                self.total_bytes = self.total_bytes.max(self.bytes);
            }
            Event::TableFinished { .. } => self.tables += 1,
            Event::Detail(_) | Event::Warned(_) => {}
        }
    }

    /// Bytes a second since the plan.
    pub fn rate(&self, now: Instant) -> u64 {
        let seconds = (now - self.began).as_secs_f64();
        if seconds > 0.0 { (self.bytes as f64 / seconds) as u64 } else { 0 }
    }

    /// How long the rest takes at this rate; none where there is no rate yet.
    pub fn left(&self, now: Instant) -> Option<Duration> {
        let rate = self.rate(now);
        (rate > 0).then(|| Duration::from_secs((self.total_bytes - self.bytes) / rate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_rates_and_what_is_left() {
        let begin = Instant::now();
        let mut pace = Pace::new(begin);
        let later = begin + Duration::from_secs(2);
        pace.on(&Event::Copied { bytes: 7, rows: 1 }, begin);
        assert_eq!((pace.rate(begin), pace.left(begin)), (0, None));
        pace.on(&Event::Planned { tables: 3, bytes: 1000 }, begin);
        assert_eq!((pace.bytes, pace.left(later)), (0, None), "a plan begins anew");
        pace.on(&Event::Copied { bytes: 200, rows: 5 }, later);
        pace.on(&Event::TableFinished { table: "t".into(), rows: 5 }, later);
        assert_eq!((pace.rate(later), pace.left(later)), (100, Some(Duration::from_secs(8))));
        assert_eq!((pace.rows, pace.tables, pace.total_tables), (5, 1, 3));
        pace.on(&Event::Copied { bytes: 1000, rows: 5 }, later);
        assert_eq!((pace.total_bytes, pace.left(later)), (1200, Some(Duration::ZERO)), "the plan was short");
    }
}
