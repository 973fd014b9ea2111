//! `pgsnap restore`: an archive back into a database.
//!
//! Owns the order of the phases: open and check the manifest, preflight, pre-data, then rows and post-data
//! as dependencies allow, privileges, and what runs last. Nothing is changed before everything that can be
//! checked has been.

mod entries;
mod load;
mod older;
mod preflight;
mod scan;
mod schedule;
mod statistics;
mod target;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::{Read, Seek};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use crate::archive::Archive;
use crate::command::of_archive;
use crate::command::selection::{Names, Selection};
use crate::command::standalone::ENTRIES;
use crate::command::statistics::STATISTICS_DATA;
use crate::connect::{Purpose, Session, Settings};
use crate::error::{During, Error, Fault, Result};
use crate::progress::{Event, Progress};
use crate::spelling::travels_as_bytes;
use crate::sql::{Entry, Pass, Script, Section};
use entries::Runner;
use load::Plan;
use older::Older;
pub use older::Refused;
use schedule::{Load, Schedule};
pub use statistics::Statistics;
use target::Target;

/// What to restore and where to.
pub struct RestoreOptions {
    /// The archive; `None` reads it from standard input.
    pub archive: Option<PathBuf>,
    /// The target.
    pub settings: Settings,
    /// Connections.
    pub jobs: usize,
    /// What to take.
    pub selection: Selection,
    /// What to do about statistics.
    pub statistics: Statistics,
}

/// What was restored.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct RestoreSummary {
    /// The target database.
    pub database: String,
    /// Entries run.
    pub entries: u64,
    /// Tables loaded.
    pub tables: u64,
    /// Rows loaded, as the server counted them.
    pub rows: u64,
    /// Objects that the archive itself lacks, as its dump said.
    pub skipped: u64,
    /// What was left out, because an older target cannot hold it.
    pub refused: Vec<Refused>,
    /// What the user should know.
    pub warnings: Vec<String>,
    /// Seconds taken.
    pub seconds: f64,
}

/// Restores an archive.
///
/// # Errors
/// The first thing that fails, with its object, SQLSTATE and hint. The target then holds a part.
pub async fn restore(mut options: RestoreOptions, progress: Arc<dyn Progress>) -> Result<RestoreSummary> {
    let started = std::time::Instant::now();
    let path = options.archive.clone();
    let named = |error| of_archive(path.as_deref(), error);
    let reading = path.clone();
    let opened = tokio::task::spawn_blocking(move || open(reading)).await.expect("opening does not panic");
    let archive = opened.map_err(named)?;
    let mut script = read_script(&archive).map_err(named)?;
    script.entries.iter_mut().for_each(|entry| options.selection.strip(entry));
    let manifest = archive.manifest();
    // An archive of rows alone can only be restored as such.
    options.selection.data_only |= manifest.options.iter().any(|option| option == "--data-only");
    options.settings.text_encoding = Some(manifest.encoding.clone()).filter(|encoding| travels_as_bytes(encoding));
    let session = Session::open(&options.settings, Purpose::Restore).await?;
    progress.on(Event::Phase("checking the target"));
    let names = Names::of(&options.selection)?;
    let unmatched = names.check(&script.entries, options.selection.strict_names)?;
    let source = manifest.server_version_num / 10000;
    let older = Older::adapt(&mut script, source, session.major, options.selection.data_only, &progress);
    let (chosen, otherwise) = older.keep(choose(&script, &options.selection, &names));
    let older = Arc::new(older);
    let (carried, chosen): (Vec<&Entry>, Vec<&Entry>) =
        chosen.into_iter().partition(|entry| entry.kind == STATISTICS_DATA);
    let roles = roles(&chosen);
    let mut warnings = options.settings.warnings.clone();
    warnings.extend(unmatched);
    warnings.extend(preflight::check(&session, manifest, &chosen, &roles, &options.selection).await?);
    warnings.extend(otherwise);
    let data: HashSet<u32> = chosen.iter().filter_map(|entry| entry.data).collect();
    scan::check(&session, &archive, &data, options.jobs).await.map_err(named)?;
    warnings.iter().for_each(|text| progress.on(Event::Warned(text.clone())));
    let loads = phases(&archive, &session, &chosen, &options, &older, &progress).await?;
    let chosen = older.still(chosen);
    let failed = statistics::run(&carried, &chosen, session.major, &options, &progress).await?;
    failed.iter().for_each(|text| progress.on(Event::Warned(text.clone())));
    warnings.extend(failed);
    Ok(RestoreSummary {
        database: options.settings.database.clone(),
        entries: chosen.len() as u64,
        tables: loads.iter().filter(|entry| entry.data != Some(load::LARGE_OBJECTS)).count() as u64,
        rows: rows_of(&archive, &loads),
        skipped: manifest.skipped.len() as u64,
        refused: older.refused(),
        warnings,
        seconds: started.elapsed().as_secs_f64(),
    })
}

/// Everything that changes the target, in order. Returns the data entries that were loaded.
async fn phases<'a>(
    archive: &Archive,
    session: &Session,
    chosen: &[&'a Entry],
    options: &RestoreOptions,
    older: &Arc<Older>,
    progress: &Arc<dyn Progress>,
) -> Result<Vec<&'a Entry>> {
    let part = |section: Section| move |entry: &&Entry| entry.pass == Pass::Main && entry.section == section;
    progress.on(Event::Phase("creating tables and types"));
    let pre_data: Vec<&Entry> = chosen.iter().copied().filter(part(Section::PreData)).collect();
    serial(session, &pre_data, options, older, progress).await?;

    let data: Vec<&Entry> = chosen.iter().copied().filter(part(Section::Data)).collect();
    let (loads, statements): (Vec<&Entry>, Vec<&Entry>) = data.into_iter().partition(|entry| entry.data.is_some());
    let loads: Vec<&Entry> = loads.into_iter().filter(|entry| !older.leaves_out(entry)).collect();
    let numbers: HashSet<u32> = loads.iter().filter_map(|entry| entry.data).collect();
    let tables: Vec<_> = archive.manifest().tables.iter().filter(|table| numbers.contains(&table.number)).collect();
    let targets = target::targets(session, archive.manifest(), &tables).await?;
    serial(session, &statements, options, older, progress).await?;
    let planned = plan_loads(archive, &loads);
    let bytes = planned.iter().map(|load| load.bytes).sum();
    progress.on(Event::Planned { tables: planned.len() as u64, bytes });
    progress.on(Event::Phase("loading rows"));
    let post_data: Vec<&Entry> = chosen.iter().copied().filter(part(Section::PostData)).collect();
    let rows = Rows { planned, loads: &loads, targets };
    load_and_finish(archive, rows, &post_data, options, older, progress)
        .await
        .map_err(|error| of_archive(options.archive.as_deref(), error))?;
    progress.on(Event::Phase("privileges and refreshes"));
    for pass in [Pass::Privileges, Pass::Last] {
        let entries: Vec<&Entry> = chosen.iter().copied().filter(|entry| entry.pass == pass).collect();
        serial(session, &entries, options, older, progress).await?;
    }
    Ok(older.still(loads))
}

/// Opens the archive; one that comes through a pipe is spooled to an unnamed temporary file, so that all
/// of it is known before anything is changed.
fn open(path: Option<PathBuf>) -> Result<Archive> {
    if let Some(path) = path {
        return Archive::open(&path);
    }
    let doing = || "cannot spool the archive from standard input".to_string();
    let mut spool = tempfile::tempfile().during(Fault::Disk, doing)?;
    std::io::copy(&mut std::io::stdin().lock().by_ref(), &mut spool).during(Fault::Disk, doing)?;
    spool.rewind().during(Fault::Disk, doing)?;
    Archive::from_reader(spool)
}

/// The script out of the archive.
pub fn read_script(archive: &Archive) -> Result<Script> {
    let missing = || Error::new(Fault::Damaged, format!("the archive has no {ENTRIES}"));
    let content = archive.read_member(archive.find(ENTRIES).ok_or_else(missing)?)?;
    let script: Script =
        serde_json::from_slice(&content).during(Fault::Damaged, || format!("cannot read {ENTRIES}"))?;
    let ascending = script.entries.iter().enumerate().all(|(at, entry)| {
        entry.id as usize == at + 1
            && entry.depends.iter().chain(&entry.locks).all(|need| *need >= 1 && *need <= entry.id)
    });
    if !ascending {
        return Err(Error::new(Fault::Damaged, format!("the entries in {ENTRIES} are not in order")));
    }
    Ok(script)
}

/// The entries that the selection takes, in order. Comments, labels and privileges follow their object.
fn choose<'a>(script: &'a Script, selection: &Selection, names: &Names) -> Vec<&'a Entry> {
    let mut taken: HashSet<u32> = HashSet::new();
    let wanted = |entry: &&Entry| {
        let wanted = !script.is_of_database(entry)
            && selection.takes_kind(entry)
            && match entry.parent {
                Some(parent) => taken.contains(&parent),
                None => names.take(entry),
            };
        if wanted {
            taken.insert(entry.id);
        }
        wanted
    };
    script.entries.iter().filter(wanted).collect()
}

/// The roles that the chosen entries name.
fn roles(chosen: &[&Entry]) -> BTreeSet<String> {
    let owners = chosen.iter().filter(|entry| !entry.owned.is_empty()).filter_map(|entry| entry.owner.as_ref());
    owners.chain(chosen.iter().flat_map(|entry| &entry.roles)).cloned().collect()
}

/// Runs entries in order on one connection.
async fn serial(
    session: &Session,
    entries: &[&Entry],
    options: &RestoreOptions,
    older: &Older,
    progress: &Arc<dyn Progress>,
) -> Result<()> {
    Runner::new(&session.client, options.selection.no_owner, older, progress).run(entries).await?;
    entries::reset(&session.client).await
}

fn plan_loads(archive: &Archive, loads: &[&Entry]) -> Vec<Load> {
    let manifest = archive.manifest();
    let by_number: HashMap<u32, _> = manifest.tables.iter().map(|table| (table.number, &table.data)).collect();
    let large = manifest.large_objects.as_ref().map(|large| &large.data);
    let data = |number: u32| if number == load::LARGE_OBJECTS { large } else { by_number.get(&number).copied() };
    loads
        .iter()
        .filter_map(|entry| {
            let number = entry.data?;
            let data = data(number)?;
            Some(Load { entry: entry.id, data: number, bytes: data.raw_bytes, chunks: data.chunks.len() })
        })
        .collect()
}

fn rows_of(archive: &Archive, loads: &[&Entry]) -> u64 {
    let wanted: HashSet<u32> = loads.iter().filter_map(|entry| entry.data).collect();
    archive.manifest().tables.iter().filter(|table| wanted.contains(&table.number)).map(|table| table.data.rows).sum()
}

/// Rows to load.
struct Rows<'a> {
    planned: Vec<Load>,
    loads: &'a [&'a Entry],
    targets: HashMap<u32, Target>,
}

/// Rows and post-data over `jobs` connections.
async fn load_and_finish(
    archive: &Archive,
    rows: Rows<'_>,
    post_data: &[&Entry],
    options: &RestoreOptions,
    older: &Arc<Older>,
    progress: &Arc<dyn Progress>,
) -> Result<()> {
    let Rows { planned, loads, targets } = rows;
    let table_of_data: HashMap<u32, u32> =
        loads.iter().filter_map(|entry| Some((entry.id, *entry.depends.first()?))).collect();
    let work = post_data.len() + planned.iter().map(|load| load.chunks).sum::<usize>();
    if work == 0 {
        return Ok(());
    }
    let mut schedule = Schedule::new(planned, post_data, &table_of_data);
    if options.selection.data_only {
        schedule.keep_order();
    }
    let plan = Arc::new(Plan {
        archive: archive.clone(),
        schedule: Mutex::new(schedule),
        entries: post_data.iter().map(|entry| (*entry).clone()).collect(),
        no_owner: options.selection.no_owner,
        changed: Notify::new(),
        data: loads.iter().filter_map(|entry| Some((entry.data?, (*entry).clone()))).collect(),
        targets,
        older: Arc::clone(older),
        progress: Arc::clone(progress),
    });
    let mut sessions = Vec::new();
    let jobs = if options.selection.data_only { 1 } else { options.jobs };
    for _ in 0..jobs.clamp(1, work) {
        sessions.push(Session::open(&options.settings, Purpose::Restore).await?);
    }
    load::run(plan, sessions).await
}
