//! `pgsnap verify`: proves an archive offline.
//!
//! Joins the checks of the archive (checksums, structure, manifest against content) with those of the rows
//! in it (COPY framing, counts, fingerprints). Damage is data here: findings, not an error.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::archive::check::{ChunkContext, ChunkSummary, Report, check};
use crate::archive::manifest::Format as Stored;
use crate::copy::{Format, summarise};
use crate::error::{During, Fault, Result};
use crate::progress::{Event, Progress};

/// What was checked.
#[derive(Debug, Clone, serde::Serialize)]
pub struct VerifySummary {
    /// The archive.
    pub archive: PathBuf,
    /// True where nothing is wrong.
    pub sound: bool,
    /// What was found.
    #[serde(flatten)]
    pub report: Report,
    /// Seconds taken.
    pub seconds: f64,
}

/// Columns of a large object's row.
const LARGE_OBJECT_COLUMNS: u16 = 3;

/// Checks the archive at `path`, or standard input, with `jobs` threads.
///
/// # Errors
/// Only what keeps the file from being read, is no archive, or is of a newer format.
pub fn verify(path: Option<&Path>, jobs: usize, progress: &Arc<dyn Progress>) -> Result<VerifySummary> {
    let started = std::time::Instant::now();
    let spool;
    let file = match path {
        Some(path) => path,
        None => {
            spool = spooled()?;
            spool.path()
        }
    };
    progress.on(Event::Phase("verifying"));
    if let Ok(archive) = crate::archive::Archive::open(file) {
        let totals = archive.manifest().totals;
        progress.on(Event::Planned { tables: totals.members, bytes: totals.raw_bytes });
    }
    let report = check(file, jobs, &read_chunk, &|bytes| progress.on(Event::Copied { bytes }))
        .map_err(|error| super::of_archive(path, error))?;
    Ok(VerifySummary {
        archive: path.map_or_else(|| PathBuf::from("-"), Path::to_path_buf),
        sound: report.is_sound(),
        report,
        seconds: started.elapsed().as_secs_f64(),
    })
}

fn spooled() -> Result<tempfile::NamedTempFile> {
    let doing = || "cannot spool the archive from standard input".to_string();
    let mut file = tempfile::NamedTempFile::new().during(Fault::Disk, doing)?;
    std::io::copy(&mut std::io::stdin().lock(), file.as_file_mut()).during(Fault::Disk, doing)?;
    Ok(file)
}

/// Counts the rows of one chunk and digests them.
fn read_chunk(context: ChunkContext<'_>, content: &[u8]) -> Result<ChunkSummary, String> {
    let format = match context.format {
        Stored::Binary => Format::Binary,
        Stored::Text => Format::Text,
    };
    let columns = context.table.map_or(LARGE_OBJECT_COLUMNS, |table| table.columns.len() as u16);
    let summary = summarise(format, Some(columns), content).map_err(|error| error.to_string())?;
    Ok(ChunkSummary { rows: summary.rows, fingerprint: summary.fingerprint.value() })
}
