//! What is known of an archive's soundness, kept in its sidecar, `<archive>.json`.
//!
//! Owns the field that an offline check leaves and the verdict that it and a [`Proof`] come to. Like a proof it
//! names the archive by the time its dump ended. Whatever lies beside an archive is a record, not a check.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Outcome, Proof, VerifySummary};
use crate::archive::manifest::Manifest;
use crate::archive::{Archive, WRITER};
use crate::command::sidecar;
use crate::error::Result;

/// The sidecar's field.
const FIELD: &str = "check";

/// What `verify` found offline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Check {
    version: u32,
    /// When the dump ended, as its manifest says: which archive this is of.
    dumped: String,
    /// When it was checked, RFC 3339, UTC.
    finished: String,
    verifier: String,
    sound: bool,
    findings: u64,
}

/// What an archive turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every checksum, count and fingerprint was right.
    Sound,
    /// It was restored, and the copy was like it.
    Restored,
    /// Damage was found.
    Damaged,
    /// It was restored, and the copy differed.
    Different,
}

/// The last verdict on an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// What it was.
    pub verdict: Verdict,
    /// When, RFC 3339, UTC.
    pub at: String,
}

impl Verified {
    /// True where nothing was wrong.
    pub fn is_good(&self) -> bool {
        matches!(self.verdict, Verdict::Sound | Verdict::Restored)
    }

    /// What the sidecar of `archive` tells of this archive. What was found last counts; that it was restored
    /// tells more than that it was sound.
    pub fn read(archive: &Path, manifest: &Manifest) -> Option<Verified> {
        let check: Option<Check> = sidecar::get(archive, FIELD);
        let check = check.filter(|check| check.dumped == manifest.finished).map(|check| Verified {
            verdict: if check.sound { Verdict::Sound } else { Verdict::Damaged },
            at: check.finished,
        });
        let proof = Proof::read(archive, manifest).map(|proof| Verified {
            verdict: if proof.result == Outcome::Different { Verdict::Different } else { Verdict::Restored },
            at: proof.finished,
        });
        match (check, proof) {
            (Some(check), Some(proof)) if check.is_good() == proof.is_good() => Some(proof),
            (Some(check), Some(proof)) => Some(if check.at > proof.at { check } else { proof }),
            (check, proof) => check.or(proof),
        }
    }
}

impl VerifySummary {
    /// Writes what was found into the sidecar of the archive at `path`, where there is one.
    ///
    /// # Errors
    /// Disk, where the sidecar cannot be written or is not what it should be.
    pub fn record(&self, path: &Path) -> Result<()> {
        let Ok(archive) = Archive::open(path) else { return Ok(()) };
        if !sidecar::path(path).exists() {
            return Ok(());
        }
        let check = Check {
            version: 1,
            dumped: archive.manifest().finished.clone(),
            finished: chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
            verifier: WRITER.to_string(),
            sound: self.sound,
            findings: self.report.findings.len() as u64,
        };
        sidecar::put(path, FIELD, &check)
    }
}
