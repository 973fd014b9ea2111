//! `pgsnap verify`: proves an archive offline, and where asked against a database.
//!
//! Here the checks of the archive (checksums, structure, manifest against content) are joined with those of
//! the rows in it (COPY framing, counts, fingerprints). Damage and differences are data: findings, not an
//! error.

mod against;
mod difference;
mod form;
pub(super) mod loaded;
mod proof;
mod restore_into;
mod rows;
pub(super) mod schema;
mod scratch;
mod verified;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::archive::check::{Checked, ChunkContext, ChunkSummary, Needed, Report, check, check_archive};
use crate::archive::manifest::{Format as Stored, Manifest};
use crate::archive::{Archive, Table};
pub use crate::command::input::Input;
use crate::command::salvage::Salvaged;
use crate::command::tally::{Expected, Tally};
use crate::copy::{Format, by_object, summarise};
use crate::error::{Error, Fault, Result};
use crate::progress::{Event, Progress};
use crate::sql::qualified;
pub use against::{AgainstOptions, LiveReport, against};
pub use difference::{Difference, Differences, How};
pub use proof::{Outcome, Proof};
pub use restore_into::{RestoreIntoOptions, restore_into};
pub use scratch::name as scratch_name;
pub use verified::{Verdict, Verified};

/// What was checked.
#[derive(Debug, Clone, serde::Serialize)]
pub struct VerifySummary {
    /// Version of this summary's shape.
    pub version: u32,
    /// The archive.
    pub archive: PathBuf,
    /// True where nothing is wrong.
    pub sound: bool,
    /// What was found.
    #[serde(flatten)]
    pub report: Report,
    /// Seconds taken by the check of the archive.
    pub seconds: f64,
    /// The comparison with a database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<LiveReport>,
    /// What a restore into a scratch database proved, and what it differed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restored: Option<LiveReport>,
    /// What is whole in a damaged archive, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salvage: Option<Salvaged>,
}

/// Checks an archive with `jobs` threads.
///
/// # Errors
/// Only what keeps the file from being read, is no archive, or is of a newer format.
pub fn verify(input: &Input, jobs: usize, progress: &Arc<dyn Progress>) -> Result<VerifySummary> {
    let started = std::time::Instant::now();
    progress.on(Event::Phase("verifying"));
    let archive = input.archive().ok();
    let tally = plan(archive.as_ref().map(Archive::manifest), progress);
    let read = |context: ChunkContext<'_>, content: &[u8]| {
        tally.begin(key(context.table));
        read_chunk(context, content)
    };
    let report = check(input.source(), jobs, &read, &|checked| tell(&tally, checked))
        .map_err(|error| super::of_archive(input.path(), error))?;
    Ok(VerifySummary {
        version: 1,
        archive: input.path().unwrap_or(Path::new("-")).to_path_buf(),
        sound: report.is_sound(),
        report,
        seconds: started.elapsed().as_secs_f64(),
        against: None,
        restored: None,
        salvage: None,
    })
}

/// Proves an open archive, with `jobs` threads, before something is changed for it; but for the rows of
/// tables (and of large objects: none) that are not `needed`.
///
/// # Errors
/// [`Fault::Damaged`] naming the first finding and their number.
pub fn prove(archive: &Archive, jobs: usize, needed: &Needed<'_>, progress: &Arc<dyn Progress>) -> Result<()> {
    progress.on(Event::Phase("verifying"));
    // Its tables are told when they are loaded.
    progress.on(Event::Planned { tables: 0, bytes: archive.manifest().totals.raw_bytes });
    let tell = |checked: Checked<'_>| {
        progress.on(Event::Copied { table: None, bytes: checked.raw_bytes, rows: checked.rows });
    };
    let report = check_archive(archive, jobs, needed, &read_chunk, &tell)?;
    let Some(first) = report.findings.first() else { return Ok(()) };
    let count = report.findings.len();
    let text = format!("the archive is damaged, so nothing was changed: {count} findings, the first: {first}");
    let hint = "pgsnap verify lists all of them; what is whole can be selected (-t, -n, --exclude-table-data)";
    Err(Error::new(Fault::Damaged, text).hint(hint))
}

/// Tells what is to be read of an archive; what is known of it may be wrong, or nothing.
fn plan(manifest: Option<&Manifest>, progress: &Arc<dyn Progress>) -> Tally {
    let tables: Vec<Expected> = manifest
        .iter()
        .flat_map(|manifest| &manifest.tables)
        .map(|table| Expected {
            key: key(Some(table)),
            name: qualified(&table.schema, &table.name),
            bytes: table.data.raw_bytes,
            parts: table.data.chunks.len(),
        })
        .collect();
    if let Some(manifest) = manifest {
        progress.on(Event::Planned { tables: tables.len() as u64, bytes: manifest.totals.raw_bytes });
    }
    let tally = Tally::new(tables, progress);
    tally.tell_empty();
    tally
}

/// Large objects go without a name, like what is no chunk: no table has the number 0.
fn key(table: Option<&Table>) -> usize {
    table.map_or(0, |table| table.number as usize)
}

fn tell(tally: &Tally, checked: Checked<'_>) {
    let key = key(checked.table);
    tally.copied(key, checked.raw_bytes, checked.rows);
    tally.part_done(key, checked.rows);
}

/// Counts the rows of one chunk and digests them.
pub(super) fn read_chunk(context: ChunkContext<'_>, content: &[u8]) -> Result<ChunkSummary, String> {
    let format = match context.format {
        Stored::Binary => Format::Binary,
        Stored::Text => Format::Text,
    };
    let columns = context.table.map_or(by_object::COLUMNS, |table| table.columns.len() as u16);
    let summary = summarise(format, Some(columns), content).map_err(|error| error.to_string())?;
    Ok(ChunkSummary { rows: summary.rows, fingerprint: summary.fingerprint.value() })
}
