//! `pgsnap inspect`: what is in an archive, from its manifest alone, and what its sidecar says of proofs.

use std::path::{Path, PathBuf};

use crate::archive::Archive;
use crate::archive::manifest::{Column, Format, Manifest, Skipped, Totals};
use crate::command::verify::Proof;
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
    /// What the last restore into a scratch database proved, from the sidecar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
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
    pub columns: Vec<InspectedColumn>,
    pub rows: u64,
    pub raw_bytes: u64,
    pub stored_bytes: u64,
    pub chunks: u64,
    pub fingerprint: String,
}

impl InspectedTable {
    /// How its rows travel and why, in one line.
    pub fn travels(&self) -> String {
        let of_format = |format: Format| {
            let those = self.columns.iter().filter(move |column| column.format == format);
            let words = those.filter_map(|column| Some(format!("{}: {}", column.name, column.reason.as_ref()?)));
            words.collect::<Vec<_>>().join("; ")
        };
        let (text, replaced) = (of_format(Format::Text), of_format(Format::Binary));
        match &self.reason {
            Some(reason) => format!("text ({reason})"),
            None if self.format == Format::Text => "text".into(),
            None if !text.is_empty() => format!("binary, with text in {text}"),
            None if !replaced.is_empty() => format!("binary ({replaced})"),
            None => "binary".into(),
        }
    }
}

/// A column of a table in an archive.
#[derive(Debug, Clone, serde::Serialize)]
#[allow(missing_docs)]
pub struct InspectedColumn {
    pub name: String,
    pub type_name: String,
    pub format: Format,
    /// Why it does not travel as its plain bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
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
        proof: Proof::read(path, manifest),
    })
}

fn inspected(format: Format, column: &Column) -> InspectedColumn {
    InspectedColumn {
        name: column.name.clone(),
        type_name: column.type_name.clone(),
        format: if column.as_text { Format::Text } else { format },
        reason: column.reason.clone(),
    }
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
            columns: table.columns.iter().map(|column| inspected(table.format, column)).collect(),
            rows: table.data.rows,
            raw_bytes: table.data.raw_bytes,
            stored_bytes: table.data.chunks.iter().map(|chunk| stored(chunk.member)).sum(),
            chunks: table.data.chunks.len() as u64,
            fingerprint: table.data.fingerprint.clone(),
        })
        .collect()
}
