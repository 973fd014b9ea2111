//! `pgsnap inspect`: what is in an archive, from its manifest alone.

use std::path::{Path, PathBuf};

use crate::archive::Archive;
use crate::archive::manifest::{Format, Manifest, Skipped, Totals};
use crate::error::Result;
use crate::sql::qualified;

/// An archive's contents.
#[derive(Debug, Clone, serde::Serialize)]
#[allow(missing_docs)] // the names are those of the manifest
pub struct Inspection {
    /// Version of this summary's shape.
    pub version: u32,
    pub archive: PathBuf,
    pub archive_bytes: u64,
    pub format: String,
    pub writer: String,
    pub database: String,
    pub environment: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    pub server_version: String,
    pub encoding: String,
    pub started: String,
    pub finished: String,
    pub options: Vec<String>,
    pub entries: u64,
    pub sequences: u64,
    pub large_objects: u64,
    pub totals: Totals,
    pub tables: Vec<InspectedTable>,
    pub warnings: Vec<String>,
    pub skipped: Vec<Skipped>,
}

/// A table in an archive.
#[derive(Debug, Clone, serde::Serialize)]
#[allow(missing_docs)]
pub struct InspectedTable {
    /// As SQL writes it.
    pub identity: String,
    pub schema: String,
    pub name: String,
    pub format: Format,
    /// Why it travels as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub rows: u64,
    pub raw_bytes: u64,
    pub stored_bytes: u64,
    pub chunks: u64,
    pub fingerprint: String,
}

/// Reads the manifest of the archive at `path`.
///
/// # Errors
/// As for opening an archive.
pub fn inspect(path: &Path) -> Result<Inspection> {
    let archive = Archive::open(path)?;
    let manifest = archive.manifest();
    Ok(Inspection {
        version: 1,
        archive: path.to_path_buf(),
        archive_bytes: archive.stored_bytes(),
        format: format!("{}.{}", manifest.format.major, manifest.format.minor),
        writer: manifest.writer.clone(),
        database: manifest.database.clone(),
        environment: manifest.environment.clone(),
        host: manifest.host.clone(),
        server_version: manifest.server_version.clone(),
        encoding: manifest.encoding.clone(),
        started: manifest.started.clone(),
        finished: manifest.finished.clone(),
        options: manifest.options.clone(),
        entries: manifest.entries,
        sequences: manifest.sequences,
        large_objects: manifest.large_objects.as_ref().map_or(0, |large| large.count),
        totals: manifest.totals,
        tables: tables(manifest),
        warnings: manifest.warnings.clone(),
        skipped: manifest.skipped.clone(),
    })
}

fn tables(manifest: &Manifest) -> Vec<InspectedTable> {
    let stored = |member: usize| manifest.members.get(member).map_or(0, |member| member.stored_bytes);
    manifest
        .tables
        .iter()
        .map(|table| InspectedTable {
            identity: qualified(&table.schema, &table.name),
            schema: table.schema.clone(),
            name: table.name.clone(),
            format: table.format,
            reason: table.reason.clone(),
            rows: table.data.rows,
            raw_bytes: table.data.raw_bytes,
            stored_bytes: table.data.chunks.iter().map(|chunk| stored(chunk.member)).sum(),
            chunks: table.data.chunks.len() as u64,
            fingerprint: table.data.fingerprint.clone(),
        })
        .collect()
}
