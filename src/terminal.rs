//! What a person sees: events as bars and lines on stderr, summaries as tables.
//!
//! Bars are drawn only on a terminal; in a pipe there are warnings, and with `-v` details, and while it takes
//! long a line now and then. Sizes are in powers of 1024, as `pg_size_pretty` shows them.

mod events;
mod keep;
mod pace;
mod screen;

use std::path::Path;

use crate::command::check::{Finding, Report, Severity};
use crate::command::dump::DumpSummary;
use crate::command::inspect::Inspection;
use crate::command::restore::{DryRun, RestoreSummary};
use crate::command::salvage::{Guide, Salvaged, State, line};
pub use crate::command::size;
use crate::command::verify::{LiveReport, Outcome, VerifySummary};
use crate::spelling::shown;
pub use keep::{listed, pruned};
pub use screen::{Terminal, Told};

/// Names come from a server: no control character of theirs reaches the terminal.
fn plain(text: &str) -> String {
    shown(text).chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The lines after a dump.
pub fn dumped(summary: &DumpSummary) -> String {
    let place =
        summary.archive.as_ref().map_or_else(|| "standard output".to_string(), |path| path.display().to_string());
    let mut out = format!(
        "{place}: {}, {}, {} of data in {} ({:.1} s)",
        counted(summary.totals.tables, "table", "tables"),
        counted(summary.totals.rows, "row", "rows"),
        size(summary.totals.raw_bytes),
        size(summary.archive_bytes),
        summary.seconds
    );
    for skipped in &summary.skipped {
        out.push_str(&format!("\n  skipped: {} {}: {}", skipped.kind, skipped.name, skipped.reason));
    }
    out
}

/// The lines after a restore.
pub fn restored(summary: &RestoreSummary) -> String {
    let mut out = String::new();
    if let Some(salvaged) = &summary.salvage {
        // What is missing is the answer here: named once more, together.
        let left_out = summary.refused.iter().map(|one| format!("not restored: {}: {}", one.entry, one.reason));
        let failed = summary.failed.iter().map(|one| format!("failed: {}", one.entry));
        for line in salvaged.losses().into_iter().chain(left_out).chain(failed) {
            out.push_str(&format!("{}\n", plain(&line)));
        }
        out.push_str("SALVAGED from a damaged archive: ");
    }
    out + &format!(
        "restored into {}: {}, {}, {}{}{}{}{} ({:.1} s)",
        summary.database,
        counted(summary.entries, "entry", "entries"),
        counted(summary.tables, "table", "tables"),
        counted(summary.rows, "row", "rows"),
        summary.resumed.map_or(String::new(), |there| {
            let (entries, rows) = (counted(there.entries, "entry", "entries"), counted(there.rows, "row", "rows"));
            format!("; there already: {entries}, {rows}")
        }),
        match summary.refused.len() {
            0 => String::new(),
            count => format!("; {} LEFT OUT, see above", counted(count as u64, "entry", "entries")),
        },
        match summary.failed.len() {
            0 => String::new(),
            count => format!("; {} PASSED OVER, see above", counted(count as u64, "error", "errors")),
        },
        match summary.skipped {
            0 => String::new(),
            count => format!("; the archive LACKS {}, see above", counted(count, "thing", "things")),
        },
        summary.seconds
    )
}

/// What a restore would do: one line for each step, in order.
pub fn planned(plan: &DryRun) -> String {
    let mut out = format!("into {} on {} ({})\n", plan.database, plan.server, plan.environment);
    for refusal in &plan.refused {
        out.push_str(&format!("REFUSED: {refusal}\n"));
    }
    let others: Vec<Finding> =
        plan.findings.iter().filter(|finding| finding.severity != Severity::Error).cloned().collect();
    out.push_str(&findings(&others));
    for phase in &plan.phases {
        for step in &phase.steps {
            let rows = step.rows.map_or(String::new(), |rows| format!(" {}", counted(rows, "row", "rows")));
            let bytes = step.bytes.map_or(String::new(), |bytes| format!(" {}", size(bytes)));
            out.push_str(&format!("{:<10}  {}{rows}{bytes}\n", phase.name, step.entry));
        }
    }
    out.push_str("nothing was changed");
    out
}

/// The lines after a verification.
pub fn verified(summary: &VerifySummary) -> String {
    let mut out = String::new();
    for finding in &summary.report.findings {
        out.push_str(&format!("{finding}\n"));
    }
    let name = summary.archive.display();
    let checked = format!(
        "{}, {}, {} ({:.1} s)",
        counted(summary.report.members_checked, "member", "members"),
        counted(summary.report.rows, "row", "rows"),
        size(summary.report.raw_bytes),
        summary.seconds
    );
    match summary.report.findings.len() {
        0 => out.push_str(&format!("{name}: sound: {checked}")),
        count => out.push_str(&format!("{name}: DAMAGED: {}: {checked}", counted(count as u64, "finding", "findings"))),
    }
    if let Some(salvaged) = &summary.salvage {
        out.push('\n');
        out.push_str(&self::salvaged(salvaged, &summary.archive));
    }
    for (report, what) in [(&summary.against, "beside"), (&summary.restored, "restored into")] {
        if let Some(report) = report {
            out.push('\n');
            out.push_str(&compared(report, &name.to_string(), what));
        }
    }
    out
}

/// What comes out of a damaged archive: every table, every member that does not, then one line.
fn salvaged(salvaged: &Salvaged, archive: &Path) -> String {
    let found = &salvaged.found;
    let mut out = String::new();
    for rows in found.tables.iter().chain(&found.large_objects).filter(|rows| rows.state == State::Whole) {
        out.push_str(&format!("{}\n", plain(&line(rows))));
    }
    for loss in salvaged.losses() {
        out.push_str(&format!("{}\n", plain(&loss)));
    }
    let members = counted(found.members, "whole member", "whole members");
    let lost = counted(found.lost.len() as u64, "member", "members");
    let known = match found.guide {
        Guide::Manifest => "the manifest is whole",
        Guide::Draft => "the manifest is lost; its draft tells what the members are",
        Guide::Nothing => "neither the manifest nor its draft is whole: nothing tells what the members are",
    };
    out.push_str(&format!("{members}, {lost} lost or in doubt; {known}\n"));
    let can = found.guide != Guide::Nothing;
    out.push_str(&match (can && salvaged.schema, can) {
        (true, _) => "pgsnap restore --salvage restores what is whole".to_string(),
        (false, true) => format!(
            "the entries of the schema are lost: pgsnap restore --salvage --data-only loads rows into tables that \
             are there; {}",
            salvaged.by_hand(Some(archive))
        ),
        (false, false) => salvaged.by_hand(Some(archive)),
    });
    out
}

/// Every difference, then one line.
fn compared(report: &LiveReport, name: &str, what: &str) -> String {
    let mut out = String::new();
    let found = &report.found;
    for one in found.differences.iter().chain(&found.not_comparable).chain(&found.rewritten) {
        out.push_str(&format!("{}: {}", one.how.word(), plain(&one.place)));
        if let Some(rows) = one.rows {
            out.push_str(&format!(": {} in the archive, {} in the database", rows.archive, rows.live));
        }
        let mut lines = one.detail.lines();
        match lines.next() {
            Some(line) if line.starts_with(['-', '+', ' ']) => out.push_str(&format!("\n    {}", plain(line))),
            Some(line) => out.push_str(&format!(": {}", plain(line))),
            None => {}
        }
        lines.for_each(|line| out.push_str(&format!("\n    {}", plain(line))));
        out.push('\n');
    }
    let result = match (found.differences.len() as u64, found.not_comparable.len() as u64) {
        (0, 0) => "equal".to_string(),
        (0, unknown) => format!("equal, but for {unknown} NOT COMPARABLE"),
        (count, _) => format!("DIFFERENT: {}", counted(count, "difference", "differences")),
    };
    let compared = format!(
        "{}, {}, {} ({:.1} s)",
        counted(report.entries, "entry", "entries"),
        counted(report.tables, "table", "tables"),
        counted(report.rows, "row", "rows"),
        report.seconds
    );
    let (database, version) = (plain(&report.database), plain(&report.server_version));
    out.push_str(&format!("{name} {what} {database} (PostgreSQL {version}): {result}: {compared}"));
    out
}

/// What an archive holds.
pub fn inspected(inspection: &Inspection) -> String {
    let mut out = format!(
        "database     {} ({})\nserver       {}, {}\ntaken        {} to {}\nwriter       {}, format {}\n\
         contents     {}, {}, {}, {}\nsize         {} of data in {}\n",
        inspection.database,
        inspection.environment,
        inspection.server_version,
        inspection.encoding,
        inspection.started,
        inspection.finished,
        inspection.writer,
        inspection.format,
        counted(inspection.entries, "entry", "entries"),
        counted(inspection.totals.rows, "row", "rows"),
        counted(inspection.sequences, "sequence", "sequences"),
        counted(inspection.large_objects, "large object", "large objects"),
        size(inspection.totals.raw_bytes),
        size(inspection.archive_bytes),
    );
    if let Some(proof) = &inspection.proof {
        let result = match proof.result {
            Outcome::Equal => "equal".to_string(),
            Outcome::EqualInPart => format!("equal, but for {} not comparable", proof.not_comparable),
            Outcome::Different => format!("DIFFERENT: {}", counted(proof.differences, "difference", "differences")),
        };
        let (when, server) = (plain(&proof.finished), plain(&proof.server_version));
        out.push_str(&format!(
            "restored     {when} into PostgreSQL {server}, {}: {result}\n",
            counted(proof.rows, "row", "rows")
        ));
    }
    if !inspection.options.is_empty() {
        out.push_str(&format!("options      {}\n", inspection.options.join(" ")));
    }
    let mut rows = vec![["table", "rows", "raw", "stored", "format"].map(String::from)];
    for table in &inspection.tables {
        rows.push([
            plain(&table.identity),
            table.rows.to_string(),
            size(table.raw_bytes),
            size(table.stored_bytes),
            plain(&table.travels()),
        ]);
    }
    out.push('\n');
    out.push_str(&columns(&rows));
    for skipped in &inspection.skipped {
        out.push_str(&format!("\nskipped: {} {}: {}", skipped.kind, skipped.name, skipped.reason));
    }
    for warning in &inspection.warnings {
        out.push_str(&format!("\nwarning: {warning}"));
    }
    out
}

/// Where a connection leads.
pub fn checked(report: &Report) -> String {
    let shown = |value: &Option<String>| value.as_deref().map_or("(hidden)".to_string(), plain);
    let width = report.connection.iter().map(|origin| shown(&origin.value).chars().count()).max().unwrap_or(0).min(40);
    let mut out = String::from("connection\n");
    for origin in &report.connection {
        out.push_str(&format!("  {:<16}  {:<width$}  {}\n", origin.keyword, shown(&origin.value), origin.source));
    }
    out.push_str(&format!("  {:<16}  {}\n", "environment", report.environment));
    if let Some(server) = &report.server {
        let yes = |yes: bool| if yes { "yes" } else { "no" };
        let tls = server.tls.as_ref().map_or("none".to_string(), |agreed| {
            format!("{}, {}, {}", agreed.protocol, agreed.cipher, agreed.verified.words())
        });
        let address = server.address.as_ref().map(|address| format!(" ({address})")).unwrap_or_default();
        let superuser = if server.superuser { " (superuser)" } else { "" };
        out.push_str("server\n");
        for (name, value) in [
            ("place", format!("{}{address}", server.place)),
            ("version", server.version.clone()),
            ("TLS", tls),
            ("authentication", server.authentication.unwrap_or("unknown").to_string()),
            ("role", format!("{}{superuser}", plain(&server.role))),
            ("database", plain(&server.database)),
            ("encoding", server.encoding.clone()),
            ("standby", yes(server.standby).to_string()),
            ("pooler", server.pool_mode.map_or("no".to_string(), |mode| format!("yes (pool_mode = {mode})"))),
        ] {
            out.push_str(&format!("  {name:<16}  {value}\n"));
        }
    }
    out.push_str(&findings(&report.findings));
    let work = report.purpose;
    out.push_str(&match (&report.server, report.ok, report.complete) {
        (None, ..) => "The connection does not work.".to_string(),
        (_, false, _) => format!("A {work} would fail."),
        (_, true, false) => format!("A {work} would leave something out."),
        (_, true, true) => format!("A {work} would be whole."),
    });
    out
}

/// What was found, a row each; what to do below it.
fn findings(found: &[Finding]) -> String {
    let mut out = String::from(if found.is_empty() { "" } else { "findings\n" });
    for finding in found {
        let word = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
            Severity::Ok => "ok",
        };
        out.push_str(&format!("  {word:<7}  {}\n", plain(&finding.what)));
        let todo = finding.todo.iter().flat_map(|todo| todo.lines());
        todo.for_each(|line| out.push_str(&format!("  {:<7}  > {}\n", "", plain(line))));
    }
    out
}

/// Aligned columns, numbers to the right; the last is free.
fn columns(rows: &[[String; 5]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..4).map(width).collect();
    let line = |row: &[String; 5]| {
        format!(
            "{:<a$}  {:>b$}  {:>c$}  {:>d$}  {}",
            row[0],
            row[1],
            row[2],
            row[3],
            row[4],
            a = widths[0],
            b = widths[1],
            c = widths[2],
            d = widths[3]
        )
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
