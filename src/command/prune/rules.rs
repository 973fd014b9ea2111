//! Which copies to keep: rules with the meaning that restic gives to those of the same names.
//!
//! Pure. A rule for hours, days, weeks, months or years keeps the newest copy of each of the last so many of them
//! that have one; while it has not kept that many, the oldest copy is kept, too, so that history is as long as it
//! can be. Hours to years are those of the calendar in UTC, weeks those of ISO 8601.

use std::fmt;

use chrono::{DateTime, Datelike, Days, Months, TimeDelta, Timelike, Utc};

/// How many a rule keeps; [`ALL`] of them where it says `unlimited`.
pub type Count = u32;

/// `unlimited`.
pub const ALL: Count = Count::MAX;

/// What to keep; 0 keeps nothing by that rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the names are those of the options
pub struct Rules {
    pub last: Count,
    pub hourly: Count,
    pub daily: Count,
    pub weekly: Count,
    pub monthly: Count,
    pub yearly: Count,
    pub within: Within,
}

/// A time back from the newest copy, in calendar units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Within {
    months: u32,
    days: u64,
    hours: u32,
}

impl Within {
    /// Reads `2y5m7d3h`: years, months, days and hours, each at most once.
    ///
    /// # Errors
    /// A sentence for the user.
    pub fn parse(text: &str) -> Result<Within, String> {
        let wrong = || format!("{text:?} is not like 2y5m7d3h (years, months, days, hours)");
        let mut within = Within::default();
        let (mut rest, mut units) = (text, "ymdh");
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
            let number: u32 = rest[..digits].parse().ok().filter(|number| *number <= 1_000_000).ok_or_else(wrong)?;
            let unit = rest[digits..].chars().next().ok_or_else(wrong)?;
            let at = units.find(unit).ok_or_else(wrong)?;
            match unit {
                'y' => within.months = number * 12,
                'm' => within.months += number,
                'd' => within.days = number.into(),
                _ => within.hours = number,
            }
            units = &units[at + 1..];
            rest = &rest[digits + 1..];
        }
        if within == Within::default() { Err(wrong()) } else { Ok(within) }
    }

    /// The moment this long before `time`. A day that a month lacks is its last.
    fn before(self, time: DateTime<Utc>) -> DateTime<Utc> {
        time.checked_sub_months(Months::new(self.months))
            .and_then(|time| time.checked_sub_days(Days::new(self.days)))
            .and_then(|time| time.checked_sub_signed(TimeDelta::hours(self.hours.into())))
            .unwrap_or(DateTime::<Utc>::MIN_UTC)
    }
}

impl fmt::Display for Within {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            (u64::from(self.months / 12), 'y'),
            (u64::from(self.months % 12), 'm'),
            (self.days, 'd'),
            (u64::from(self.hours), 'h'),
        ];
        parts.iter().filter(|(number, _)| *number > 0).try_for_each(|(number, unit)| write!(f, "{number}{unit}"))
    }
}

/// A part of the calendar: its name, and which one a time falls in.
type Part = (&'static str, fn(DateTime<Utc>, usize) -> (i32, u32, u32));

const PARTS: [Part; 6] = [
    ("last", |_, place| (0, 0, place as u32)),
    ("hourly", |time, _| (time.year(), time.ordinal(), time.hour())),
    ("daily", |time, _| (time.year(), time.ordinal(), 0)),
    ("weekly", |time, _| (time.iso_week().year(), time.iso_week().week(), 0)),
    ("monthly", |time, _| (time.year(), time.month(), 0)),
    ("yearly", |time, _| (time.year(), 0, 0)),
];

impl Rules {
    /// True where they would keep nothing.
    pub fn is_empty(&self) -> bool {
        *self == Rules::default()
    }

    /// Why each copy is kept; without a reason it is not. `times` has the newest first. A copy from the future
    /// is no point to reckon [`Within`] from.
    pub fn reasons(&self, times: &[DateTime<Utc>], now: DateTime<Utc>) -> Vec<Vec<String>> {
        let mut reasons = vec![Vec::new(); times.len()];
        let latest = times.iter().find(|time| **time <= now);
        if let Some(latest) = latest.filter(|_| self.within != Within::default()) {
            let begin = self.within.before(*latest);
            for (time, reasons) in times.iter().zip(&mut reasons) {
                if *time > begin {
                    reasons.push(format!("within {}", self.within));
                }
            }
        }
        let counts = [self.last, self.hourly, self.daily, self.weekly, self.monthly, self.yearly];
        for ((name, part), mut left) in PARTS.into_iter().zip(counts) {
            let mut previous = None;
            for (place, time) in times.iter().enumerate() {
                let here = Some(part(*time, place));
                let oldest = place + 1 == times.len();
                if left == 0 || (here == previous && !oldest) {
                    continue;
                }
                reasons[place].push(if here == previous { format!("oldest, {name}") } else { name.to_string() });
                previous = here;
                if left != ALL {
                    left -= 1;
                }
            }
        }
        reasons
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        let whole = format!("{text}{}Z", &"2000-01-01T00:00:00"[text.len()..]);
        DateTime::parse_from_rfc3339(&whole).unwrap().to_utc()
    }

    /// What is kept of `times`, which are told newest first.
    fn kept<'t>(rules: Rules, times: &[&'t str]) -> Vec<&'t str> {
        let all: Vec<_> = times.iter().map(|time| at(time)).collect();
        let reasons = rules.reasons(&all, at("2100"));
        times.iter().zip(reasons).filter(|(_, reasons)| !reasons.is_empty()).map(|(time, _)| *time).collect()
    }

    const NONE: Rules = Rules {
        last: 0,
        hourly: 0,
        daily: 0,
        weekly: 0,
        monthly: 0,
        yearly: 0,
        within: Within { months: 0, days: 0, hours: 0 },
    };

    /// The examples of restic's manual: one copy each Sunday of two years.
    #[test]
    fn daily_counts_days_that_have_a_copy() {
        let sundays: Vec<String> = (0..100u64)
            .map(|week| (at("2017-12-31T12") - Days::new(7 * week)).format("%Y-%m-%dT%H").to_string())
            .collect();
        let sundays: Vec<&str> = sundays.iter().map(String::as_str).collect();
        assert_eq!(kept(Rules { daily: 4, ..NONE }, &sundays), sundays[..4]);
        assert_eq!(kept(Rules { weekly: 4, ..NONE }, &sundays), sundays[..4]);
        assert_eq!(
            kept(Rules { monthly: 3, ..NONE }, &sundays),
            ["2017-12-31T12", "2017-11-26T12", "2017-10-29T12"],
            "the newest of each month"
        );
        let all = kept(Rules { yearly: 75, ..NONE }, &sundays);
        assert_eq!(all, ["2017-12-31T12", "2016-12-25T12", sundays[99]], "the oldest, too, while some are left");
        let many = Rules { daily: 7, weekly: 5, monthly: 12, yearly: 2, ..NONE };
        let found = kept(many, &sundays);
        assert_eq!(found.len(), 7 + 10 + 1, "7 Sundays, the last ones of 10 more months, and the year's: {found:?}");
        assert_eq!(found[..7], sundays[..7]);
        assert_eq!(found.last(), Some(&"2016-12-25T12"));
    }

    #[test]
    fn each_rule_keeps_the_newest_of_its_part() {
        let times = [
            "2026-03-01T10:50",
            "2026-03-01T10:10",
            "2026-03-01T09:10",
            "2026-02-28T23:00",
            "2026-02-22T12:00",
            "2026-02-21T12:00",
            "2026-01-02T12:00",
            "2026-01-01T12:00",
            "2025-12-29T12:00",
            "2024-06-01T00:00",
        ];
        let pick = |places: &[usize]| places.iter().map(|place| times[*place]).collect::<Vec<_>>();
        for (rules, places) in [
            (Rules { last: 1, ..NONE }, &[0][..]),
            (Rules { last: 3, ..NONE }, &[0, 1, 2]),
            (Rules { last: 30, ..NONE }, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
            (Rules { last: ALL, ..NONE }, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
            (Rules { hourly: 2, ..NONE }, &[0, 2]),
            (Rules { daily: 2, ..NONE }, &[0, 3]),
            (Rules { daily: 3, ..NONE }, &[0, 3, 4]),
            // Sunday the 1st of March and Saturday the 28th are of one week; 29 December is of 2026's first.
            (Rules { weekly: 3, ..NONE }, &[0, 4, 6]),
            (Rules { weekly: 4, ..NONE }, &[0, 4, 6, 9]),
            (Rules { monthly: 3, ..NONE }, &[0, 3, 6]),
            (Rules { yearly: 2, ..NONE }, &[0, 8]),
            (Rules { yearly: ALL, ..NONE }, &[0, 8, 9]),
            (Rules { last: 2, yearly: 2, ..NONE }, &[0, 1, 8]),
            (Rules { within: Within::parse("1d").unwrap(), ..NONE }, &[0, 1, 2, 3]),
            (Rules { within: Within::parse("7d").unwrap(), ..NONE }, &[0, 1, 2, 3, 4]),
            (Rules { within: Within::parse("1m").unwrap(), ..NONE }, &[0, 1, 2, 3, 4, 5]),
            (Rules { within: Within::parse("2m2d").unwrap(), ..NONE }, &[0, 1, 2, 3, 4, 5, 6, 7]),
            (Rules { within: Within::parse("1h").unwrap(), daily: 2, ..NONE }, &[0, 1, 3]),
            (NONE, &[]),
        ] {
            assert_eq!(kept(rules, &times), pick(places), "{rules:?}");
        }
    }

    #[test]
    fn within_is_reckoned_from_the_newest_that_is_not_of_the_future() {
        let times = ["2030-01-01", "2026-01-02", "2026-01-01T12", "2025-01-01"].map(at);
        let rules = Rules { within: Within::parse("1d").unwrap(), ..NONE };
        let found = rules.reasons(&times, at("2026-01-03"));
        assert_eq!(found.iter().map(|reasons| !reasons.is_empty()).collect::<Vec<_>>(), [true, true, true, false]);
    }

    #[test]
    fn reasons_name_every_rule() {
        let times = ["2026-01-02T12", "2026-01-02T11"].map(at);
        let found = Rules { last: 1, daily: 2, within: Within::parse("1y2m3d4h").unwrap(), ..NONE };
        let found = found.reasons(&times, at("2027"));
        assert_eq!(found[0], ["within 1y2m3d4h", "last", "daily"]);
        assert_eq!(found[1], ["within 1y2m3d4h", "oldest, daily"]);
    }

    #[test]
    fn durations_are_read_strictly() {
        for wrong in ["", "7", "d", "7d1y", "1d1d", "-1d", "0d", "1w", "1 d", "99999999999d", "1é"] {
            assert!(Within::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Within::parse("14m").unwrap().to_string(), "1y2m");
    }
}
