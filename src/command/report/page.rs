//! The page of a report, as HTML with its style in it.
//!
//! Pure. Invariant: whatever comes from an archive or a file name passes [`escaped`]; the page's own policy
//! forbids scripts and everything from elsewhere, should that ever fail.

use std::fmt::Write;

use chrono::{DateTime, Utc};

use super::picture::{Field, Point, line, treemap};
use super::{Change, Compared, Group, Report};
use crate::command::list::{About, Listed, State};
use crate::command::size;
use crate::command::verify::Verdict;
use crate::spelling::shown;

const STYLE: &str = include_str!("page.css");

/// How many tables are listed by name.
const LISTED: usize = 200;

/// Text as HTML shows it, in elements and in quoted attributes.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in shown(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// The whole page.
pub fn page(report: &Report) -> String {
    let archives: usize = report.groups.iter().map(|group| group.archives.len()).sum();
    let bytes: u64 = report.groups.iter().flat_map(|group| &group.archives).map(|(one, _)| one.archive_bytes).sum();
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>pgsnap report</title>\n\
         <style>\n{STYLE}</style></head><body>\n<h1>Archives in {}</h1>\n<p class=\"soft\">{archives} archives, {}, as of {}</p>\n",
        escaped(&report.directory.display().to_string()),
        size(bytes),
        minute(report.now)
    );
    if !report.others.is_empty() {
        out.push_str("<h3 class=\"bad\">Not whole</h3>\n");
        for one in &report.others {
            let state = match one.state {
                State::Writing => "being written",
                State::Partial => "left by a run that died",
                State::Damaged => "damaged",
                State::Unreadable => "cannot be read",
                State::Complete => "complete",
            };
            let problem = escaped(one.problem.as_deref().unwrap_or_default());
            let _ = writeln!(
                out,
                "<p>{}: <span class=\"bad\">{state}</span> <span class=\"soft\">{problem}</span></p>",
                name(one)
            );
        }
    }
    for group in &report.groups {
        section(&mut out, group, report.now);
    }
    out.push_str("</body></html>\n");
    out
}

fn section(out: &mut String, group: &Group, now: DateTime<Utc>) {
    let host = group.host.as_deref().map_or(String::new(), |host| format!(" · {}", escaped(host)));
    let _ = writeln!(out, "<h2>{} · {}{host}</h2>", escaped(&group.database), escaped(&group.environment));
    let (newest, about) = &group.archives[0];
    out.push_str("<dl>");
    for (term, value) in [
        ("newest", age((now - newest.time).num_seconds())),
        ("size", size(newest.archive_bytes)),
        ("compression", ratio(newest, about)),
        ("rows", about.rows.to_string()),
        ("tables", about.tables.to_string()),
        ("took", took(newest, about)),
        ("verified", verified(newest)),
        ("not copied", about.skipped.to_string()),
    ] {
        let _ = write!(out, "<div><dt>{term}</dt><dd>{value}</dd></div>");
    }
    out.push_str("</dl>\n<h3>Size over time</h3>\n");
    out.push_str(&line("Size of the archives over time", &points(&group.archives), size));
    let (first, last) = (&group.archives[group.archives.len() - 1].0, newest);
    let _ = writeln!(out, "<p class=\"soft\">{} to {}</p>", minute(first.time), minute(last.time));
    tables(out, group);
    archives(out, &group.archives);
}

fn points(archives: &[(Listed, About)]) -> Vec<Point> {
    let seconds = |one: &Listed| one.time.timestamp() as f64;
    let (begin, end) = (seconds(&archives[archives.len() - 1].0), seconds(&archives[0].0));
    let point = |(one, _): &(Listed, About)| Point {
        at: if end > begin { (seconds(one) - begin) / (end - begin) } else { 0.5 },
        value: one.archive_bytes,
        label: format!("{}: {}", minute(one.time), size(one.archive_bytes)),
    };
    archives.iter().rev().map(point).collect()
}

/// The tables of the newest archive: as areas, what changed in words, and each by name.
fn tables(out: &mut String, group: &Group) {
    let field = |one: &Compared| Field {
        name: one.table.identity.clone(),
        size: one.table.stored_bytes,
        class: class(one.change),
        label: format!("{}: {}, {} rows", one.table.identity, size(one.table.stored_bytes), one.table.rows),
    };
    out.push_str("<h3>Tables by size in the archive</h3>\n");
    out.push_str(&treemap("Tables by size", &group.tables.iter().map(field).collect::<Vec<_>>(), size));
    if group.has_previous {
        let count = |change| group.tables.iter().filter(|one| one.change == change).count();
        out.push_str("<p>Since the archive before:");
        for (change, word) in [
            (Change::Rows, "with other rows"),
            (Change::Columns, "with other columns"),
            (Change::New, "new"),
            (Change::Same, "unchanged"),
        ] {
            let _ = write!(out, "<span class=\"key {}\"></span>{} {word}", class(change), count(change));
        }
        let _ = writeln!(out, "; {} gone</p>", group.gone.len());
        for gone in group.gone.iter().take(LISTED) {
            let _ = writeln!(out, "<p class=\"soft\">gone: {}</p>", escaped(gone));
        }
    }
    out.push_str(
        "<details><summary>All tables</summary><div class=\"wide\"><table>\n<tr><th>table</th><th class=\"n\">rows</th>\
         <th class=\"n\">before</th><th class=\"n\">data</th><th class=\"n\">stored</th><th>since the one before</th></tr>\n",
    );
    for one in group.tables.iter().take(LISTED) {
        let word = match one.change {
            Change::Unknown => "",
            Change::Same => "unchanged",
            Change::Rows => "other rows",
            Change::Columns => "other columns",
            Change::New => "new",
        };
        let _ = writeln!(
            out,
            "<tr><td class=\"name\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>\
             <td class=\"n\">{}</td><td>{word}</td></tr>",
            escaped(&one.table.identity),
            one.table.rows,
            one.rows_before.map_or("–".to_string(), |rows| rows.to_string()),
            size(one.table.raw_bytes),
            size(one.table.stored_bytes)
        );
    }
    out.push_str("</table></div>");
    if let Some(more) = group.tables.len().checked_sub(LISTED).filter(|more| *more > 0) {
        let _ = write!(out, "<p class=\"soft\">and {more} smaller ones</p>");
    }
    out.push_str("</details>\n");
}

fn archives(out: &mut String, archives: &[(Listed, About)]) {
    out.push_str(
        "<h3>Archives</h3>\n<div class=\"wide\"><table>\n<tr><th>begun (UTC)</th><th class=\"n\">size</th><th class=\"n\">data</th>\
         <th class=\"n\">compression</th><th class=\"n\">rows</th><th class=\"n\">took</th><th>verified</th><th>file</th></tr>\n",
    );
    for (one, about) in archives {
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>\
             <td class=\"n\">{}</td><td>{}</td><td class=\"name\">{}</td></tr>",
            minute(one.time),
            size(one.archive_bytes),
            size(about.raw_bytes),
            ratio(one, about),
            about.rows,
            took(one, about),
            verified(one),
            name(one)
        );
    }
    out.push_str("</table></div>\n");
}

fn class(change: Change) -> &'static str {
    match change {
        Change::Unknown | Change::Same => "same",
        Change::Rows => "rows",
        Change::Columns => "columns",
        Change::New => "new",
    }
}

fn name(one: &Listed) -> String {
    escaped(&one.archive.file_name().unwrap_or_default().to_string_lossy())
}

fn minute(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M").to_string()
}

fn age(seconds: i64) -> String {
    match seconds {
        seconds if seconds < 7200 => format!("{} min ago", seconds / 60),
        seconds if seconds < 172_800 => format!("{} h ago", seconds / 3600),
        seconds => format!("{} d ago", seconds / 86_400),
    }
}

fn ratio(one: &Listed, about: &About) -> String {
    format!("{:.1} : 1", about.raw_bytes as f64 / one.archive_bytes.max(1) as f64)
}

fn took(one: &Listed, about: &About) -> String {
    let Ok(finished) = DateTime::parse_from_rfc3339(&about.finished) else { return "–".into() };
    let seconds = (finished.to_utc() - one.time).num_milliseconds() as f64 / 1000.0;
    if seconds < 120.0 { format!("{seconds:.1} s") } else { format!("{:.0} min", seconds / 60.0) }
}

fn verified(one: &Listed) -> String {
    let Some(found) = &one.verified else { return "<span class=\"soft\">never</span>".into() };
    let (class, word) = match found.verdict {
        Verdict::Sound => ("good", "sound"),
        Verdict::Restored => ("good", "restored"),
        Verdict::Damaged => ("bad", "DAMAGED"),
        Verdict::Different => ("bad", "DIFFERENT"),
    };
    format!("<span class=\"{class}\">{word}</span> {}", escaped(found.at.get(..10).unwrap_or(&found.at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_an_element_or_an_attribute() {
        assert_eq!(escaped("<a b=\"c\" d='e'>&\n"), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;\u{fffd}");
    }
}
