//! `pgsnap prune`: removes archives that no rule keeps.
//!
//! Owns which archives the rules see and what is removed. Archives of one host, database and environment are a
//! group, with rules of its own. Invariants: only whole archives count; the newest of a group always stays; what is
//! damaged or cannot be read is left to people; a file that another has replaced meanwhile is not touched.

mod rules;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::list::{Identity, Listed, State, list};
use super::sidecar;
use crate::archive::publish::remove_stale;
use crate::error::{During, Error, Fault, Result};
pub use rules::{ALL, Count, Rules, Within};

/// What to prune.
pub struct PruneOptions {
    /// Where the archives lie.
    pub directory: PathBuf,
    /// What to keep.
    pub rules: Rules,
    /// Only archives that were verified count as kept.
    pub verified_only: bool,
    /// Decide and tell, but remove nothing.
    pub dry_run: bool,
}

/// What was decided and done.
#[derive(Debug, Clone, serde::Serialize)]
pub struct PruneSummary {
    /// Version of this summary's shape.
    pub version: u32,
    /// The directory.
    pub directory: PathBuf,
    /// True where nothing was removed.
    pub dry_run: bool,
    /// Files that stay.
    pub kept: u64,
    /// Files that went, or would.
    pub removed: u64,
    /// Bytes of the files that went, or would.
    pub removed_bytes: u64,
    /// Every file, newest first.
    pub archives: Vec<Decided>,
}

/// What was decided of one file.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Decided {
    /// The file.
    #[serde(flatten)]
    pub listed: Listed,
    /// Whether it goes.
    pub action: Action,
    /// Why.
    pub reasons: Vec<String>,
    /// What kept it from being removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What happens to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It stays.
    Keep,
    /// It goes.
    Remove,
    /// It stays because nobody can tell what it is worth.
    LeaveAlone,
}

impl PruneSummary {
    /// True where every file was kept by a rule or removed.
    pub fn is_complete(&self) -> bool {
        self.archives.iter().all(|one| one.error.is_none() && one.action != Action::LeaveAlone)
    }
}

/// Decides, and removes.
///
/// # Errors
/// Usage without any rule; Usage or Disk where the directory cannot be read. What cannot be removed is told in the
/// summary, and the rest goes on.
pub fn prune(options: &PruneOptions, now: DateTime<Utc>) -> Result<PruneSummary> {
    if options.rules.is_empty() {
        return Err(Error::new(Fault::Usage, "prune needs a rule that says what to keep")
            .hint("for instance --keep-daily 7 --keep-weekly 5 --keep-monthly 12; --dry-run shows what would go"));
    }
    let listing = list(&options.directory, now)?;
    let mut archives = decide(listing.archives, options, now);
    if !options.dry_run {
        for one in archives.iter_mut().filter(|one| one.action == Action::Remove) {
            one.error = remove(&one.listed).err().map(|error| error.finding().0);
        }
    }
    let gone = |one: &&Decided| one.action == Action::Remove && one.error.is_none();
    let removed = archives.iter().filter(gone).count() as u64;
    Ok(PruneSummary {
        version: 1,
        directory: listing.directory,
        dry_run: options.dry_run,
        kept: archives.len() as u64 - removed,
        removed,
        removed_bytes: archives.iter().filter(gone).map(|one| one.listed.archive_bytes).sum(),
        archives,
    })
}

/// What happens to each file and why, in the listing's order.
fn decide(listed: Vec<Listed>, options: &PruneOptions, now: DateTime<Utc>) -> Vec<Decided> {
    let mut decided: Vec<Decided> = listed.into_iter().map(by_state).collect();
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (place, one) in decided.iter().enumerate().filter(|(_, one)| one.action == Action::Remove) {
        if let Some(about) = &one.listed.about {
            let group = (about.host.clone(), about.database.clone(), about.environment.clone());
            groups.entry(group).or_default().push(place);
        }
    }
    for places in groups.values() {
        let good = |place: &&usize| decided[**place].listed.verified.as_ref().is_some_and(|found| found.is_good());
        let counted: Vec<usize> =
            places.iter().filter(|place| !options.verified_only || good(place)).copied().collect();
        let times: Vec<_> = counted.iter().map(|place| decided[*place].listed.time).collect();
        for (place, reasons) in counted.iter().zip(options.rules.reasons(&times, now)) {
            decided[*place].reasons = reasons;
        }
        // Nothing newer than what counts is given up for it, nor what has nothing better beside it.
        let newer = counted.first().map_or(places.len(), |first| places.iter().take_while(|it| *it < first).count());
        let why = if counted.is_empty() { "none of its group is verified" } else { "newer than what is verified" };
        for place in &places[..newer] {
            decided[*place].reasons.push(why.into());
        }
        if let Some(place) = counted.first().filter(|place| decided[**place].reasons.is_empty()) {
            decided[*place].reasons.push("newest".into());
        }
        for place in places {
            let one = &mut decided[*place];
            if one.reasons.is_empty() {
                let why = if counted.contains(place) { "no rule keeps it" } else { "not verified" };
                one.reasons.push(why.into());
            } else {
                one.action = Action::Keep;
            }
        }
    }
    decided
}

/// What the state alone says. Whole archives are removed unless a rule keeps them.
fn by_state(listed: Listed) -> Decided {
    let damage = listed.verified.as_ref().is_some_and(|verified| !verified.is_good());
    let (action, reason) = match listed.state {
        State::Complete if damage => (Action::LeaveAlone, "verification failed; it counts for nothing"),
        State::Complete => (Action::Remove, ""),
        State::Writing => (Action::Keep, "being written"),
        State::Partial => (Action::Remove, "left by a run that died"),
        State::Damaged => (Action::LeaveAlone, "damaged; it counts for nothing"),
        State::Unreadable => (Action::LeaveAlone, "cannot be read; it counts for nothing"),
    };
    let reasons = if reason.is_empty() { Vec::new() } else { vec![reason.to_string()] };
    Decided { listed, action, reasons, error: None }
}

/// Removes one file, and then its sidecar: what is left of a removal that was cut short says what it was.
fn remove(listed: &Listed) -> Result<()> {
    let path: &Path = &listed.archive;
    let cannot = |path: &Path| format!("cannot remove {}", path.display());
    if listed.state == State::Partial {
        return remove_stale(path);
    }
    let meta = fs::symlink_metadata(path).during(Fault::Disk, || cannot(path))?;
    if Identity::of(&meta) != listed.identity {
        return Err(Error::new(Fault::Disk, format!("{} was replaced meanwhile", path.display())));
    }
    fs::remove_file(path).during(Fault::Disk, || cannot(path))?;
    let sidecar = sidecar::path(path);
    match fs::remove_file(&sidecar) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).during(Fault::Disk, || cannot(&sidecar))
        }
        _ => Ok(()),
    }
}
