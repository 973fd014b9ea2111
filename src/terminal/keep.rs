//! What a person sees of a directory of archives.

use super::{counted, plain, size};
use crate::command::list::{Listed, Listing, State};
use crate::command::prune::{Action, PruneSummary};
use crate::command::verify::Verdict;

/// The archives of a directory.
pub fn listed(listing: &Listing) -> String {
    if listing.archives.is_empty() {
        return format!("no archives in {}", plain(&listing.directory.display().to_string()));
    }
    let head = ["age", "database", "environment", "host", "rows", "size", "state", "archive"];
    let mut rows = vec![head.map(String::from).to_vec()];
    rows.extend(listing.archives.iter().map(|one| {
        let about = one.about.as_ref();
        let word = |text: Option<&str>| text.map_or("-".to_string(), plain);
        vec![
            age(one.age_seconds),
            word(about.map(|about| about.database.as_str())),
            word(about.map(|about| about.environment.as_str())),
            word(about.and_then(|about| about.host.as_deref())),
            about.map_or("-".to_string(), |about| about.rows.to_string()),
            size(one.archive_bytes),
            state(one),
            name(one),
        ]
    }));
    let mut out = table(&rows, &[false, false, false, false, true, true, false]);
    for one in &listing.archives {
        if let Some(problem) = &one.problem {
            out.push_str(&format!("\n{}: {}", name(one), plain(problem)));
        }
    }
    out
}

/// What was decided of each file, then one line.
pub fn pruned(summary: &PruneSummary) -> String {
    let mut rows = Vec::new();
    for one in &summary.archives {
        let action = match one.action {
            Action::Keep => "keep",
            Action::Remove => "remove",
            Action::LeaveAlone => "LEFT ALONE",
        };
        let reasons = one.error.as_ref().map_or_else(|| one.reasons.join(", "), |error| format!("ERROR: {error}"));
        rows.push(vec![action.to_string(), name(&one.listed), plain(&reasons)]);
    }
    let mut out = table(&rows, &[false, false]);
    let done = if summary.dry_run { "would be removed" } else { "removed" };
    let (removed, kept) = (counted(summary.removed, "file", "files"), counted(summary.kept, "file", "files"));
    out.push_str(&format!("\n{removed} {done} ({}), {kept} kept", size(summary.removed_bytes)));
    out.trim_start().to_string()
}

fn name(one: &Listed) -> String {
    plain(&one.archive.file_name().unwrap_or_default().to_string_lossy())
}

fn state(one: &Listed) -> String {
    match (one.state, &one.verified) {
        (State::Writing, _) => "being written".into(),
        (State::Partial, _) => "PARTIAL".into(),
        (State::Damaged, _) => "DAMAGED".into(),
        (State::Unreadable, _) => "UNREADABLE".into(),
        (State::Complete, None) => "not verified".into(),
        (State::Complete, Some(found)) => {
            let word = match found.verdict {
                Verdict::Sound => "verified",
                Verdict::Restored => "restored",
                Verdict::Damaged => "DAMAGED",
                Verdict::Different => "DIFFERENT",
            };
            format!("{word} {}", plain(found.at.get(..10).unwrap_or(&found.at)))
        }
    }
}

/// `3 d`: in the largest unit of which there are two.
fn age(seconds: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(365 * 86_400, "y"), (86_400, "d"), (3600, "h"), (60, "min")];
    match UNITS.iter().find(|(length, _)| seconds >= 2 * length) {
        Some((length, unit)) => format!("{} {unit}", seconds / length),
        None => format!("{seconds} s"),
    }
}

/// Aligned columns; those marked to the right. The last is free.
fn table(rows: &[Vec<String>], right: &[bool]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..right.len()).map(width).collect();
    let cell = |(column, text): (usize, &String)| match right.get(column) {
        Some(true) => format!("{text:>width$}  ", width = widths[column]),
        Some(false) => format!("{text:<width$}  ", width = widths[column]),
        None => text.clone(),
    };
    rows.iter().map(|row| row.iter().enumerate().map(cell).collect::<String>()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_read_well() {
        let ages = [0, 119, 120, 7199, 7200, 172_800, 700 * 86_400, 730 * 86_400].map(age);
        assert_eq!(ages, ["0 s", "119 s", "2 min", "119 min", "2 h", "2 d", "700 d", "2 y"]);
    }
}
