//! The archive to restore, open and with its script: whole or not at all; with `--salvage` what is whole of it.
//!
//! Blocking. What is restored from a damaged archive is an archive of its own, made of what was proved (`archive`'s
//! `salvage`): the rest of a restore knows nothing of damage.

use std::path::PathBuf;
use std::sync::Arc;

use super::RestoreOptions;
use crate::archive::check::check;
use crate::archive::manifest::Manifest;
use crate::archive::{Archive, Table};
use crate::command::input::Input;
use crate::command::of_archive;
use crate::command::salvage::{Salvaged, salvage};
use crate::command::standalone::ENTRIES;
use crate::command::verify::read_chunk;
use crate::error::{During, Error, Fault, Result};
use crate::progress::{Event, Progress};
use crate::sql::{Entry, Pass, Script, Section};

/// What is restored.
pub struct Opened {
    /// The archive.
    pub archive: Archive,
    /// Its script.
    pub script: Script,
    /// What is lost of it; none where it is whole, or nobody asked.
    pub salvaged: Option<Salvaged>,
}

/// What to open, and how.
struct Asked {
    path: Option<PathBuf>,
    opened: Option<Archive>,
    salvage: bool,
    rows_alone: bool,
    jobs: usize,
}

/// Opens the archive that is to be restored, off the async threads.
///
/// # Errors
/// Damaged, naming the archive, where it is not whole; with `salvage`, where nothing of it can be restored.
pub async fn open(options: &RestoreOptions, progress: &Arc<dyn Progress>) -> Result<Opened> {
    let asked = Asked {
        path: options.archive.clone(),
        opened: options.opened.clone(),
        salvage: options.salvage,
        rows_alone: options.selection.data_only,
        jobs: options.jobs,
    };
    let told = Arc::clone(progress);
    let opening = move || {
        let path = asked.path.clone();
        asked.open(&told).map_err(|error| of_archive(path.as_deref(), error))
    };
    tokio::task::spawn_blocking(opening).await.expect("opening does not panic")
}

impl Asked {
    fn open(self, progress: &Arc<dyn Progress>) -> Result<Opened> {
        let whole = |archive: Archive| {
            let script = read_script(&archive)?;
            Ok(Opened { archive, script, salvaged: None })
        };
        if let Some(archive) = self.opened {
            return whole(archive);
        }
        let input = Input::open(self.path.as_deref())?;
        if !self.salvage {
            return whole(input.archive()?);
        }
        progress.on(Event::Phase("verifying"));
        let report = check(input.source(), self.jobs, &read_chunk, &|_| {})?;
        let Some(first) = report.findings.first() else { return whole(input.archive()?) };
        let count = report.findings.len();
        let text =
            format!("the archive is damaged, and what is whole is restored: {count} findings, the first: {first}");
        progress.on(Event::Warned(text));
        let (archive, salvaged) = salvage(&input, self.jobs, progress)?;
        let refuse = |why: &str| Error::new(Fault::Damaged, why).hint(salvaged.by_hand(self.path.as_deref()));
        let Some(archive) = archive else {
            return Err(refuse("neither the manifest nor its draft is whole, so nothing tells what the members are"));
        };
        let script = match (salvaged.schema, self.rows_alone) {
            (true, _) => read_script(&archive)?,
            (false, true) => rows_alone(archive.manifest()),
            (false, false) => {
                return Err(refuse(
                    "the entries of the schema are lost, so the tables cannot be made; --data-only loads the rows of \
                     whole chunks into tables that are there",
                ));
            }
        };
        Ok(Opened { archive, script, salvaged: Some(salvaged) })
    }
}

/// The archive at `path`, whole.
///
/// # Errors
/// As [`Archive::open`].
pub fn open_whole(path: Option<PathBuf>) -> Result<Archive> {
    Input::open(path.as_deref())?.archive()
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

/// The rows of all tables, for tables that are there: the script where that of the archive is lost. Large objects
/// are not in it: who owned them is lost with their entries.
fn rows_alone(manifest: &Manifest) -> Script {
    let entry = |(id, table): (u32, &Table)| Entry {
        id,
        table: Some((table.schema.clone(), table.name.clone())),
        data: Some(table.number),
        ..Entry::blank("TABLE DATA", Some(table.schema.clone()), &table.name, Section::Data, Pass::Main)
    };
    Script { entries: (1..).zip(&manifest.tables).map(entry).collect(), roles: Vec::new() }
}
