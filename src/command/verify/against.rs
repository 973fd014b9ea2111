//! `pgsnap verify --against`: an archive beside a database, read in one snapshot and never written.
//!
//! Opens the database as a dump with the archive's own selection would, and compares what that dump would
//! hold. No SQL of the archive is run.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::difference::Differences;
use super::{rows, schema};
use crate::archive::Archive;
use crate::command::dump::jobs::Contents;
use crate::command::dump::source::Source;
use crate::command::dump::watchdog::Watchdog;
use crate::command::dump::{self, Destination, DumpOptions};
use crate::command::restore::read_script;
use crate::command::selection::Selection;
use crate::connect::Settings;
use crate::error::Result;
use crate::progress::{Event, Progress};
use crate::sql::Script;

use super::difference::{Difference, How};

/// What to compare an archive with.
pub struct AgainstOptions {
    /// The database.
    pub settings: Settings,
    /// Connections that read rows.
    pub jobs: usize,
    /// The selection that the archive was taken with, and what more is left out of the comparison.
    pub selection: Selection,
    /// How long to wait for a lock before giving up.
    pub lock_wait: std::time::Duration,
    /// How long others may wait for the comparison's locks before it gives up; `None`: for ever.
    pub max_blocking: Option<std::time::Duration>,
}

/// What a comparison with a database gave.
#[derive(Debug, Clone, serde::Serialize)]
pub struct LiveReport {
    /// The database.
    pub database: String,
    /// Its server's version.
    pub server_version: String,
    /// True where nothing is missing, extra or different.
    pub equal: bool,
    /// Tables whose rows were compared.
    pub tables: u64,
    /// Rows read from the database.
    pub rows: u64,
    /// Entries of the archive's schema, sequence values included.
    pub entries: u64,
    /// What is not the same.
    #[serde(flatten)]
    pub found: Differences,
    /// Seconds taken.
    pub seconds: f64,
}

impl LiveReport {
    /// True where everything was compared and is equal.
    pub fn is_complete(&self) -> bool {
        self.equal && self.found.not_comparable.is_empty()
    }
}

/// Compares.
///
/// # Errors
/// What keeps the database from being read, rows hidden by row security included; what makes the archive
/// unreadable. Differences are no error.
pub async fn against(archive: &Archive, options: AgainstOptions, progress: &Arc<dyn Progress>) -> Result<LiveReport> {
    compare(archive, options, &BTreeMap::new(), progress).await
}

/// As [`against`]; `left_out` are labels of entries that a restore left out, with the reason.
pub(super) async fn compare(
    archive: &Archive,
    options: AgainstOptions,
    left_out: &BTreeMap<String, String>,
    progress: &Arc<dyn Progress>,
) -> Result<LiveReport> {
    let script = read_script(archive)?;
    let options = DumpOptions {
        settings: options.settings,
        // Not opened: nothing is written.
        destination: Destination::Standard,
        jobs: options.jobs,
        level: 0,
        selection: Selection { lenient_names: true, ..options.selection },
        lock_wait: options.lock_wait,
        max_blocking: options.max_blocking,
        statistics: false,
        check_space: false,
    };
    let watchdog = Watchdog::new(&options.settings, options.max_blocking, progress);
    watchdog.over(compare_with(archive, script, &options, &watchdog, left_out, progress)).await
}

/// The comparison itself, of `script` and the archive's rows with the source of `options`.
async fn compare_with(
    archive: &Archive,
    mut script: Script,
    options: &DumpOptions,
    watchdog: &Arc<Watchdog>,
    left_out: &BTreeMap<String, String>,
    progress: &Arc<dyn Progress>,
) -> Result<LiveReport> {
    let started = std::time::Instant::now();
    let manifest = archive.manifest();
    options.selection.reduce(&mut script);
    progress.on(Event::Phase("reading the catalog"));
    let mut source = Source::open(options, watchdog, progress).await?;
    let mut contents = match Contents::read(&mut source, options).await {
        Ok(contents) => contents,
        Err(error) => return Err(source.explain(error).await),
    };
    let live = dump::script(&mut source, &contents, options, progress)?;
    let mut found = Differences::default();
    let sides = schema::Sides {
        archive: &script,
        archive_major: manifest.server_version_num / 10000,
        live: &live,
        live_major: source.major,
        same_database: source.database.name == manifest.database,
        left_out,
        any_owner: false,
    };
    let (entries, schema) = schema::compare(&sides);
    schema.into_iter().for_each(|one| found.add(one));
    let rows = rows::compare(archive, &source, &mut contents, options.jobs, left_out, progress).await?;
    source.confirm().await?;
    rows.found.into_iter().for_each(|one| found.add(one));
    let known = |kind: &str, name: &str| manifest.skipped.iter().any(|one| one.kind == kind && one.name == name);
    for skipped in source.skipped.iter().filter(|one| !known(&one.kind, &one.name)) {
        let place = format!("{} {}", skipped.kind, skipped.name);
        found.add(Difference::new(place, How::NotComparable, &*skipped.reason));
    }
    found.sort();
    Ok(LiveReport {
        database: source.database.name.clone(),
        server_version: source.database.server_version.clone(),
        equal: found.differences.is_empty(),
        tables: rows.tables,
        rows: rows.rows,
        entries,
        found,
        seconds: started.elapsed().as_secs_f64(),
    })
}
