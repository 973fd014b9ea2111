//! `pgsnap dump`: a database into an archive.
//!
//! Owns the order of the phases: open the output, take the snapshot, list and lock, read the catalog,
//! write the schema, copy the rows, write the manifest, publish. What each phase does is elsewhere.
//!
//! Invariant: nothing stands under the final name before everything is written and synced.

mod choose;
mod chosen;
mod destination;
pub(super) mod jobs;
mod losses;
mod outlook;
pub(super) mod oversize;
pub(super) mod pump;
mod reference;
pub(super) mod source;
mod space;
pub(super) mod surroundings;
mod travel;
pub(super) mod watchdog;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::task::JoinHandle;

use crate::archive::manifest::{Data, Head, LargeObjects, Manifest, Skipped, Totals};
use crate::archive::member::{Encoded, Encoder};
use crate::archive::writer::Writer;
use crate::archive::{DRAFT_PATH, HEAD_PATH, publish};
use crate::command::script::{Built, Parts, build};
use crate::command::selection::Selection;
use crate::command::sidecar;
use crate::command::standalone;
use crate::command::tally::Tally;
use crate::connect::{Host, Settings};
use crate::error::{During, Fault, Result};
use crate::progress::{Event, Progress};
use crate::spelling::travels_as_bytes;
use crate::sql::Script;
pub use destination::{DIRECTORY, Destination};
use destination::{Target, Unfinished};
use jobs::Contents;
pub(super) use outlook::outlook;
use pump::Work;
use source::{Joined, Source};
use watchdog::Watchdog;

/// What to dump and where to.
pub struct DumpOptions {
    /// The source.
    pub settings: Settings,
    /// Where the archive goes.
    pub destination: Destination,
    /// Connections that copy rows.
    pub jobs: usize,
    /// zstd's level.
    pub level: i32,
    /// What to take.
    pub selection: Selection,
    /// How long to wait for a lock before giving up.
    pub lock_wait: std::time::Duration,
    /// How long others may wait for the dump's locks before it gives up; `None`: for ever.
    pub max_blocking: Option<std::time::Duration>,
    /// Carry what ANALYZE gathered, where the server can tell it.
    pub statistics: bool,
    /// Refuse what cannot fit where it goes.
    pub check_space: bool,
}

/// What was dumped; the sidecar holds the same.
#[derive(Debug, Clone, serde::Serialize)]
pub struct DumpSummary {
    /// Version of this summary's shape.
    pub version: u32,
    /// The archive's path; `None`: standard output.
    pub archive: Option<PathBuf>,
    /// The database.
    pub database: String,
    /// The environment's label.
    pub environment: String,
    /// The server, where it has a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The server's version.
    pub server_version: String,
    /// Begin, RFC 3339, UTC.
    pub started: String,
    /// End, RFC 3339, UTC.
    pub finished: String,
    /// Seconds taken.
    pub seconds: f64,
    /// Length of the archive in bytes.
    pub archive_bytes: u64,
    /// Sums over the manifest.
    pub totals: Totals,
    /// Entries of the schema.
    pub entries: u64,
    /// Which selection was used.
    pub options: Vec<String>,
    /// What the user was warned of.
    pub warnings: Vec<String>,
    /// What could not be copied.
    pub skipped: Vec<Skipped>,
}

/// Dumps a database.
///
/// # Errors
/// The first thing that fails. Nothing is left under the final name.
pub async fn dump(options: DumpOptions, progress: Arc<dyn Progress>) -> Result<DumpSummary> {
    let started = Utc::now();
    let target = options.destination.open(&options.settings, started)?;
    let unfinished = Unfinished::of(&target);
    for text in &options.settings.warnings {
        progress.on(Event::Warned(text.clone()));
    }
    progress.on(Event::Phase("taking the snapshot"));
    let Target { output, archive } = target;
    let watchdog = Watchdog::new(&options.settings, options.max_blocking, &progress);
    let work = async {
        let source = Source::open(&options, &watchdog, &progress).await?;
        match output {
            destination::Output::Standard => {
                let (_, finished) = write(std::io::stdout(), &options, source, started, &progress).await?;
                Ok((None, finished))
            }
            destination::Output::File(file) => {
                let (file, finished) = write(file, &options, source, started, &progress).await?;
                Ok((Some(file), finished))
            }
        }
    };
    let (output, mut summary) = watchdog.over(work).await?;
    summary.archive = archive;
    if let Some(file) = output {
        progress.on(Event::Phase("publishing"));
        // Until it is decided, a signal leaves the decision to the thread that publishes.
        unfinished.disarm();
        tokio::task::spawn_blocking(move || file.publish()).await.expect("publishing does not panic")?;
    }
    if let Some(path) = &summary.archive {
        let json = serde_json::to_vec_pretty(&summary).during(Fault::Disk, || "cannot write the sidecar".into())?;
        publish::write_sidecar(&sidecar::path(path), &json)?;
    }
    Ok(summary)
}

/// Everything between an open output and a finished archive.
async fn write<W: Write + Send + 'static>(
    out: W,
    options: &DumpOptions,
    mut source: Source,
    started: DateTime<Utc>,
    progress: &Arc<dyn Progress>,
) -> Result<(W, DumpSummary)> {
    progress.on(Event::Phase("reading the catalog"));
    let contents = match Contents::read(&mut source, options).await {
        Ok(contents) => contents,
        Err(error) => return Err(source.explain(error).await),
    };
    if options.check_space {
        let mut found = space::space(&options.destination, contents.bytes());
        found.pass(progress)?;
        surroundings::tell(&found.others, progress);
    }
    let script = script(&mut source, &contents, options, progress)?;
    contents.name_losses(&mut source, progress);
    let mut manifest = manifest(&source, options, started, &contents, &script);
    let key = restrict_key()?;
    let script = Arc::new(script);
    let mut writer = Writer::new(out);
    let draft = draft(&manifest, &source, &contents);
    for member in first_members(&script, &key, Head::from(&manifest), draft, options.level) {
        writer.append(&member.await.expect("encoding does not panic")?)?;
    }
    let jobs = contents.jobs();
    let expected = contents.expected(&jobs);
    let bytes = expected.iter().map(|one| one.bytes).sum();
    progress.on(Event::Planned { tables: contents.tables.len() as u64, bytes });
    progress.on(Event::Phase("copying rows"));
    // Where all text travels as bytes, the sessions speak that encoding already.
    let encoding = Some(source.database.encoding.clone()).filter(|name| name != "UTF8" && !travels_as_bytes(name));
    let workers = options.jobs.clamp(1, jobs.len().max(1));
    let tally = Tally::new(expected, progress);
    let work = Work::new(jobs, contents.slots(), tally, workers, options.level, encoding, Arc::clone(progress));
    let readers = source.readers(workers);
    let joined = Arc::new(Joined::of(&source));
    let (mut writer, copied) = pump::run(work, source.leader(), readers, joined, writer)
        .await
        .map_err(|error| source.leader().hint_at_replay(error))?;
    source.confirm().await?;
    source.skipped.extend(copied.skipped);
    fill(&mut manifest, copied.data, &contents);
    let paths = |member: usize| writer.path(member).to_string();
    let restore = standalone::restore(&manifest, &paths)?;
    let mut encoder = Encoder::new(options.level)?;
    for (path, content) in last_members(&manifest, &script, &key, restore) {
        writer.append(&encoder.encode(path, &content)?)?;
    }
    manifest.finished = rfc3339(Utc::now());
    manifest.warnings = source.warnings.clone();
    manifest.skipped = source.skipped.clone();
    let level = options.level;
    let (out, finished) =
        tokio::task::spawn_blocking(move || writer.finish(manifest, level)).await.expect("writing does not panic")?;
    let archive_bytes = finished.stored_bytes;
    Ok((out, summary(finished.manifest, archive_bytes, started)))
}

/// The entries of everything that was chosen. Takes the catalog out of the source.
pub(super) fn script(
    source: &mut Source,
    contents: &Contents,
    options: &DumpOptions,
    progress: &Arc<dyn Progress>,
) -> Result<Script> {
    let Built { mut script, warnings } = build(
        std::mem::take(&mut source.catalog),
        &Parts {
            tables: &contents.tables,
            sequences: &contents.sequences,
            large_objects: &contents.large_objects,
            large_object_data: (!contents.large_objects.is_empty()).then_some(jobs::LARGE_OBJECTS),
            statistics: &contents.statistics,
            version: source.version_num,
            no_owner: options.selection.no_owner,
        },
    )?;
    for text in warnings {
        source.warn(text, progress);
    }
    options.selection.reduce(&mut script);
    Ok(script)
}

/// What stands before the rows in the archive, in its order. The members are encoded side by side: of a large
/// schema they are most of what is left to do.
fn first_members(
    script: &Arc<Script>,
    key: &str,
    head: Head,
    draft: Manifest,
    level: i32,
) -> [JoinHandle<Result<Encoded>>; 5] {
    let one = |path: &'static str, content: fn(&Script, &str) -> Result<Vec<u8>>| {
        let (script, key) = (Arc::clone(script), key.to_string());
        tokio::task::spawn_blocking(move || Encoder::new(level)?.encode_in_place(path, &mut content(&script, &key)?))
    };
    let entries =
        |script: &Script, _: &str| serde_json::to_vec(script).during(Fault::Disk, || "cannot write the entries".into());
    [
        tokio::task::spawn_blocking(move || Encoder::new(level)?.encode(HEAD_PATH, &head.to_json())),
        one(standalone::PRE_DATA, |script, key| Ok(standalone::pre_data(script, key))),
        one(standalone::POST_DATA, |script, key| Ok(standalone::post_data(script, key))),
        one(standalone::ENTRIES, entries),
        tokio::task::spawn_blocking(move || Encoder::new(level)?.encode(DRAFT_PATH, &draft.to_json())),
    ]
}

/// What follows the rows in the archive.
fn last_members(manifest: &Manifest, script: &Script, key: &str, restore: Vec<u8>) -> Vec<(&'static str, Vec<u8>)> {
    let mut members = vec![(standalone::SEQUENCES, standalone::sequences(script, key))];
    if manifest.large_objects.is_some() {
        members.push((standalone::LARGE_OBJECTS, standalone::large_objects(script, key)));
    }
    members.push((standalone::STATISTICS, standalone::statistics(script, key)));
    members.push((standalone::RESTORE, restore));
    members.push((standalone::README, standalone::readme(manifest)));
    members
}

fn manifest(
    source: &Source,
    options: &DumpOptions,
    started: DateTime<Utc>,
    contents: &Contents,
    script: &Script,
) -> Manifest {
    let database = &source.database;
    let mut manifest = Manifest {
        database: database.name.clone(),
        environment: options.settings.environment.clone(),
        host: match options.settings.host() {
            Host::Name(name) => Some(name.clone()),
            Host::Socket(_) => None,
        },
        server_version: database.server_version.clone(),
        server_version_num: source.version_num,
        encoding: database.encoding.clone(),
        collate: database.collate.clone(),
        ctype: database.ctype.clone(),
        snapshot: source.exported().map(str::to_string),
        system_identifier: database.system_identifier.clone(),
        database_oid: database.oid,
        started: rfc3339(started),
        options: described(options),
        sequences: contents.sequences.len() as u64,
        entries: script.entries.len() as u64,
        ..Manifest::default()
    };
    contents.describe(&mut manifest);
    manifest
}

/// The manifest as far as it is known before rows are copied: what tells what they are where the archive has no
/// end.
fn draft(manifest: &Manifest, source: &Source, contents: &Contents) -> Manifest {
    let count = contents.large_objects.len() as u64;
    Manifest {
        large_objects: (count > 0).then(|| LargeObjects { count, ..LargeObjects::default() }),
        warnings: source.warnings.clone(),
        skipped: source.skipped.clone(),
        ..manifest.clone()
    }
}

/// The options that decide what is in the archive, as a user would type them.
fn described(options: &DumpOptions) -> Vec<String> {
    let mut out = options.selection.describe();
    out.extend((!options.statistics).then(|| "--no-statistics".to_string()));
    out
}

/// Joins what was copied to the tables; the large objects' slot is the last.
fn fill(manifest: &mut Manifest, mut data: Vec<Data>, contents: &Contents) {
    if !contents.large_objects.is_empty() {
        let data = data.pop().unwrap_or_default();
        manifest.large_objects =
            Some(LargeObjects { count: contents.large_objects.len() as u64, data, ..LargeObjects::default() });
    }
    for (table, data) in manifest.tables.iter_mut().zip(data) {
        table.data = data;
    }
}

fn summary(manifest: Manifest, archive_bytes: u64, started: DateTime<Utc>) -> DumpSummary {
    DumpSummary {
        version: 1,
        archive: None,
        database: manifest.database,
        environment: manifest.environment,
        host: manifest.host,
        server_version: manifest.server_version,
        started: manifest.started,
        finished: manifest.finished,
        seconds: (Utc::now() - started).as_seconds_f64(),
        archive_bytes,
        totals: manifest.totals,
        entries: manifest.entries,
        options: manifest.options,
        warnings: manifest.warnings,
        skipped: manifest.skipped,
    }
}

fn rfc3339(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// A key for psql's `\restrict` that nobody who wrote into the database could know.
fn restrict_key() -> Result<String> {
    let mut bytes = [0; 24];
    openssl::rand::rand_bytes(&mut bytes).during(Fault::Disk, || "the system has no random numbers".into())?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
