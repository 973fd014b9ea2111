//! The proof that an archive restores, kept in its sidecar, `<archive>.json`.
//!
//! Owns the proof's shape and its way into the sidecar, whose other fields stay as they are. A proof names the
//! archive it is of by the time its dump ended, so that one left beside another archive proves nothing.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::archive::WRITER;
use crate::archive::manifest::Manifest;
use crate::command::sidecar;
use crate::error::Result;

use super::against::LiveReport;

/// The sidecar's field.
const FIELD: &str = "proof";

/// Whether a restored copy was like its archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was, in everything.
    Equal,
    /// It was, but not everything could be restored or compared.
    EqualInPart,
    /// It was not.
    Different,
}

/// What `verify --restore-into` found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Version of this shape.
    pub version: u32,
    /// When the dump ended, as its manifest says: which archive this is of.
    pub dumped: String,
    /// When it was proven, RFC 3339, UTC.
    pub finished: String,
    /// Version of the server it was restored into.
    pub server_version: String,
    /// Program and version that proved it.
    pub verifier: String,
    /// Tables compared.
    pub tables: u64,
    /// Rows compared.
    pub rows: u64,
    /// Entries compared.
    pub entries: u64,
    /// The result.
    pub result: Outcome,
    /// How many differences there were.
    pub differences: u64,
    /// How much could not be restored or compared.
    pub not_comparable: u64,
}

impl Proof {
    /// The proof that a comparison makes.
    pub fn of(manifest: &Manifest, report: &LiveReport) -> Proof {
        let result = match (report.equal, report.is_complete()) {
            (_, true) => Outcome::Equal,
            (true, false) => Outcome::EqualInPart,
            (false, _) => Outcome::Different,
        };
        Proof {
            version: 1,
            dumped: manifest.finished.clone(),
            finished: chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
            server_version: report.server_version.clone(),
            verifier: WRITER.to_string(),
            tables: report.tables,
            rows: report.rows,
            entries: report.entries,
            result,
            differences: report.found.differences.len() as u64,
            not_comparable: report.found.not_comparable.len() as u64,
        }
    }

    /// Puts it into the sidecar of `archive`, whole or not at all, in the place of an earlier one.
    ///
    /// # Errors
    /// Disk, where the sidecar cannot be read or written, or is not the JSON object it should be.
    pub fn record(&self, archive: &Path) -> Result<()> {
        sidecar::put(archive, FIELD, self)
    }

    /// The proof that lies beside `archive`, if there is one and it is of this archive.
    pub fn read(archive: &Path, manifest: &Manifest) -> Option<Proof> {
        let proof: Proof = sidecar::get(archive, FIELD)?;
        (proof.dumped == manifest.finished).then_some(proof)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::sidecar::path as sidecar;
    use crate::error::Fault;
    use std::os::unix::fs::PermissionsExt;

    fn proof(dumped: &str) -> Proof {
        let manifest = Manifest { finished: dumped.into(), ..Manifest::default() };
        let report = LiveReport {
            database: "scratch".into(),
            server_version: "18.1".into(),
            equal: true,
            tables: 3,
            rows: 4,
            entries: 5,
            found: Default::default(),
            seconds: 0.1,
        };
        Proof::of(&manifest, &report)
    }

    #[test]
    fn a_proof_joins_the_sidecar_and_is_private() {
        let dir = tempfile::tempdir().unwrap();
        let archive = dir.path().join("a.tar.zst");
        std::fs::write(sidecar(&archive), r#"{"database":"shop","proof":{"old":1}}"#).unwrap();
        proof("then").record(&archive).unwrap();
        let text = std::fs::read_to_string(sidecar(&archive)).unwrap();
        assert!(text.contains(r#""database": "shop""#) && text.contains(r#""result": "equal""#), "{text}");
        let mode = std::fs::metadata(sidecar(&archive)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let manifest = |finished: &str| Manifest { finished: finished.into(), ..Manifest::default() };
        assert_eq!(Proof::read(&archive, &manifest("then")).unwrap().rows, 4);
        assert_eq!(Proof::read(&archive, &manifest("another time")), None);
    }

    #[test]
    fn a_sidecar_that_is_something_else_is_not_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let archive = dir.path().join("a.tar.zst");
        proof("then").record(&archive).unwrap();
        for text in ["[1]", "no JSON"] {
            std::fs::write(sidecar(&archive), text).unwrap();
            assert_eq!(proof("then").record(&archive).unwrap_err().fault(), Fault::Disk);
            assert_eq!(std::fs::read_to_string(sidecar(&archive)).unwrap(), text);
        }
    }
}
