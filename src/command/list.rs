//! `pgsnap list`: the archives of a directory, each told by its own manifest.
//!
//! Owns what counts as an archive and in which state it is. Files that do not begin like one are passed over,
//! symbolic links too, so that nothing is listed twice. What was verified comes from sidecars; all else from the
//! archives themselves, with two reads each.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};

use crate::archive::Archive;
use crate::archive::manifest::Manifest;
use crate::archive::publish::is_being_written;
use crate::command::verify::Verified;
use crate::error::{During, Fault, Result};

/// What the name of an unfinished file ends in.
const PARTIAL: &str = ".partial";

/// What a file of ours is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// A whole archive with a sound manifest.
    Complete,
    /// A running pgsnap writes it.
    Writing,
    /// The run that wrote it is dead.
    Partial,
    /// It began as an archive and is none any more.
    Damaged,
    /// A newer format, or a file that cannot be read.
    Unreadable,
}

/// The archives of a directory.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Listing {
    /// Version of this summary's shape.
    pub version: u32,
    /// The directory.
    pub directory: PathBuf,
    /// Newest first; then by name.
    pub archives: Vec<Listed>,
}

/// One file.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Listed {
    /// Its path.
    pub archive: PathBuf,
    /// What it is.
    pub state: State,
    /// When its dump began, RFC 3339, UTC; of what is not whole, when it was last written.
    pub started: String,
    /// Seconds since then.
    pub age_seconds: i64,
    /// Its length.
    pub archive_bytes: u64,
    /// What its manifest says.
    #[serde(flatten)]
    pub about: Option<About>,
    /// What was last found of it; none where it was never verified.
    pub verified: Option<Verified>,
    /// Why it is not whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    #[serde(skip)]
    pub(super) time: DateTime<Utc>,
    #[serde(skip)]
    pub(super) identity: Identity,
}

/// What an archive says of itself.
#[derive(Debug, Clone, serde::Serialize)]
#[allow(missing_docs)] // the names are those of the manifest
pub struct About {
    pub database: String,
    pub environment: String,
    pub host: Option<String>,
    pub server_version: String,
    pub finished: String,
    pub tables: u64,
    pub rows: u64,
    pub raw_bytes: u64,
    /// How much of the database is named as not copied.
    pub skipped: u64,
}

/// Which file a name stood for, so that another one under the same name is not taken for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    file: (u64, u64),
    length: u64,
    modified: Option<std::time::SystemTime>,
}

impl Identity {
    pub(super) fn of(meta: &Metadata) -> Identity {
        use std::os::unix::fs::MetadataExt;
        Identity { file: (meta.dev(), meta.ino()), length: meta.len(), modified: meta.modified().ok() }
    }
}

impl Listing {
    /// True where an archive is not what it was written as.
    pub fn has_damage(&self) -> bool {
        self.archives
            .iter()
            .any(|one| one.state == State::Damaged || one.verified.as_ref().is_some_and(|verified| !verified.is_good()))
    }
}

/// Lists a directory, as of `now`.
///
/// # Errors
/// Usage or Disk, where the directory cannot be read. What is wrong with one file is told in its place.
pub fn list(directory: &Path, now: DateTime<Utc>) -> Result<Listing> {
    let mut archives = Vec::new();
    visit(directory, |path, meta, opened| archives.extend(listed(path, meta, opened, now)))?;
    archives.sort_by(|a: &Listed, b: &Listed| (b.time, &a.archive).cmp(&(a.time, &b.archive)));
    Ok(Listing { version: 1, directory: directory.to_path_buf(), archives })
}

/// Opens each regular file of a directory that is not a sidecar, one after the other.
fn visit(directory: &Path, mut each: impl FnMut(&Path, &Metadata, Result<Archive>)) -> Result<()> {
    let fault = if directory.is_dir() { Fault::Disk } else { Fault::Usage };
    let cannot = || format!("cannot read the directory {}", directory.display());
    for entry in fs::read_dir(directory).during(fault, cannot)? {
        let path = entry.during(Fault::Disk, cannot)?.path();
        // What vanishes meanwhile is not there.
        let Ok(meta) = fs::symlink_metadata(&path) else { continue };
        if meta.is_file() && path.extension().is_none_or(|ext| ext != "json") {
            each(&path, &meta, Archive::open(&path));
        }
    }
    Ok(())
}

fn listed(path: &Path, meta: &Metadata, opened: Result<Archive>, now: DateTime<Utc>) -> Option<Listed> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    let written: DateTime<Utc> = meta.modified().map_or(DateTime::UNIX_EPOCH, Into::into);
    let one = |state, time: DateTime<Utc>, problem| Listed {
        archive: path.to_path_buf(),
        state,
        started: time.to_rfc3339_opts(SecondsFormat::Millis, true),
        age_seconds: (now - time).num_seconds(),
        archive_bytes: meta.len(),
        about: None,
        verified: None,
        problem,
        time,
        identity: Identity::of(meta),
    };
    if let Some(whole) = name.strip_suffix(PARTIAL) {
        let ours = whole.trim_end_matches(".json").ends_with(".tar.zst") || begins_like_an_archive(path);
        let state = if is_being_written(path) { State::Writing } else { State::Partial };
        return ours.then(|| one(state, written, None));
    }
    let archive = match opened {
        Ok(archive) => archive,
        Err(error) => {
            let state = if error.fault() == Fault::Damaged { State::Damaged } else { State::Unreadable };
            let ours = begins_like_an_archive(path) || super::sidecar::path(path).exists();
            return ours.then(|| one(state, written, Some(error.finding().0)));
        }
    };
    let manifest = archive.manifest();
    let Ok(started) = DateTime::parse_from_rfc3339(&manifest.started) else {
        return Some(one(State::Damaged, written, Some("the time of its dump cannot be read".into())));
    };
    let mut one = one(State::Complete, started.to_utc(), None);
    one.started.clone_from(&manifest.started);
    one.about = Some(about(manifest));
    one.verified = Verified::read(path, manifest);
    Some(one)
}

/// True where a file begins like an archive, be it of a newer format.
fn begins_like_an_archive(path: &Path) -> bool {
    match Archive::head(path) {
        Ok(head) => head.is_some(),
        Err(error) => error.fault() == Fault::Unsupported,
    }
}

fn about(manifest: &Manifest) -> About {
    About {
        database: manifest.database.clone(),
        environment: manifest.environment.clone(),
        host: manifest.host.clone(),
        server_version: manifest.server_version.clone(),
        finished: manifest.finished.clone(),
        tables: manifest.totals.tables,
        rows: manifest.totals.rows,
        raw_bytes: manifest.totals.raw_bytes,
        skipped: manifest.skipped.len() as u64,
    }
}
