//! The manifest: what an archive holds and where, as JSON, and the small head that identifies the file.
//!
//! Owns the shape of both, their versions and their hexadecimal numbers. Pure. Whether a manifest agrees
//! with itself and with the file is `validate`'s and `reader`'s business.
//!
//! Invariants: equal values give equal bytes; unknown fields of a newer minor version are passed over,
//! a newer major version or an unknown feature is refused by name; no secret ever enters.

use serde::{Deserialize, Serialize};

pub use super::column::{Column, Type, TypeKind, TypePart};
use super::{FEATURES, FORMAT, WRITER};
use crate::error::{Error, Fault, Result};

/// A format version. A reader of 1.x reads every 1.y; what it must not ignore is a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Version {
    /// Raised when old readers can no longer read.
    pub major: u32,
    /// Raised when something is added that old readers may ignore.
    pub minor: u32,
}

impl Default for Version {
    fn default() -> Version {
        FORMAT
    }
}

/// The first member, `pgsnap.json`: tells what the file is without its end. Repeats the manifest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Format version.
    pub format: Version,
    /// Features a reader must know.
    #[serde(default)]
    pub features: Vec<String>,
    /// Program and version that wrote the archive.
    pub writer: String,
    /// Name of the database.
    pub database: String,
    /// Label of the connection: dev, prod, …
    pub environment: String,
    /// The server's version as it tells it.
    pub server_version: String,
    /// The same as a number: 180001.
    pub server_version_num: u32,
    /// The database's encoding.
    pub encoding: String,
    /// Begin of the dump, RFC 3339, UTC.
    pub started: String,
}

/// The last member, `manifest.json`: the index of everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Format version.
    pub format: Version,
    /// Features a reader must know.
    #[serde(default)]
    pub features: Vec<String>,
    /// Program and version that wrote the archive.
    pub writer: String,
    /// Name of the database.
    pub database: String,
    /// Label of the connection: dev, prod, …
    pub environment: String,
    /// Host of the server, where the connection named one. Never a conninfo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The server's version as it tells it.
    pub server_version: String,
    /// The same as a number: 180001.
    pub server_version_num: u32,
    /// The database's encoding.
    pub encoding: String,
    /// `LC_COLLATE` of the database.
    pub collate: String,
    /// `LC_CTYPE` of the database.
    pub ctype: String,
    /// Digits behind the point that money has in the database, where a table has such a column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub money_digits: Option<i32>,
    /// The exported snapshot's name, where one was exported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<String>,
    /// `system_identifier` of `pg_control_system()`, where it may be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_identifier: Option<String>,
    /// The database's oid on its server.
    #[serde(default)]
    pub database_oid: u32,
    /// Begin of the dump, RFC 3339, UTC.
    pub started: String,
    /// End of the dump, RFC 3339, UTC.
    pub finished: String,
    /// Which selection was used, as the command line says it. No connection options.
    #[serde(default)]
    pub options: Vec<String>,
    /// The types of the tables' columns, each after its parts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<Type>,
    /// The tables whose rows are in the archive.
    pub tables: Vec<Table>,
    /// The large objects, where they are in the archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub large_objects: Option<LargeObjects>,
    /// How many sequence values are in `sequences.sql`.
    #[serde(default)]
    pub sequences: u64,
    /// How many entries the schema has.
    #[serde(default)]
    pub entries: u64,
    /// Every member except the manifest itself, in the file's order. The writer fills it in.
    pub members: Vec<Member>,
    /// What the user was warned of.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// What could not be copied.
    #[serde(default)]
    pub skipped: Vec<Skipped>,
    /// Sums over the rest. The writer fills it in.
    pub totals: Totals,
}

impl Default for Manifest {
    fn default() -> Manifest {
        Manifest {
            format: FORMAT,
            features: Vec::new(),
            writer: WRITER.to_string(),
            database: String::new(),
            environment: String::new(),
            host: None,
            server_version: String::new(),
            server_version_num: 0,
            encoding: String::new(),
            collate: String::new(),
            ctype: String::new(),
            money_digits: None,
            snapshot: None,
            system_identifier: None,
            database_oid: 0,
            started: String::new(),
            finished: String::new(),
            options: Vec::new(),
            types: Vec::new(),
            tables: Vec::new(),
            large_objects: None,
            sequences: 0,
            entries: 0,
            members: Vec::new(),
            warnings: Vec::new(),
            skipped: Vec::new(),
            totals: Totals::default(),
        }
    }
}

/// How rows travel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// COPY's binary format.
    #[default]
    Binary,
    /// COPY's text format.
    Text,
}

impl Format {
    /// The extension of a chunk's path.
    pub fn ext(self) -> &'static str {
        match self {
            Format::Binary => "copy",
            Format::Text => "txt",
        }
    }
}

/// A table whose rows are in the archive.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Unique in the archive; begins the names of its chunks.
    pub number: u32,
    /// True name of its schema.
    pub schema: String,
    /// True name.
    pub name: String,
    /// The columns that travel, in their order in the chunks.
    pub columns: Vec<Column>,
    /// How its rows travel.
    pub format: Format,
    /// Why they travel as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The partition root, where rows must be loaded through it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_into: Option<QualifiedName>,
    /// The condition that chose its rows, where not all were taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Its rows.
    pub data: Data,
}

/// Rows and where they lie; shared by tables and large objects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Data {
    /// Rows.
    pub rows: u64,
    /// Bytes of the chunks' content.
    pub raw_bytes: u64,
    /// Wrapping sum of the chunks' fingerprints, 32 hex digits.
    pub fingerprint: String,
    /// The chunks, in the order in which a single stream would load them.
    pub chunks: Vec<Chunk>,
}

/// One chunk of rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    /// Index in the manifest's members.
    pub member: usize,
    /// Rows in it.
    pub rows: u64,
    /// Their order-independent digest, 32 hex digits.
    pub fingerprint: String,
}

/// A name with its schema, both unquoted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QualifiedName {
    /// True name of the schema.
    pub schema: String,
    /// True name.
    pub name: String,
}

/// The large objects' content.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LargeObjects {
    /// How many large objects.
    pub count: u64,
    /// How their pages travel.
    #[serde(default)]
    pub format: Format,
    /// Their pages as rows.
    pub data: Data,
}

/// One member and its frame.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Path in the tar.
    pub path: String,
    /// Where its frame begins in the file.
    pub offset: u64,
    /// Bytes of the frame.
    pub stored_bytes: u64,
    /// Bytes of the content.
    pub raw_bytes: u64,
    /// XXH3-64 of the frame, 16 hex digits.
    pub stored_xxh3: String,
    /// XXH3-64 of the content, 16 hex digits.
    pub raw_xxh3: String,
}

/// Something that could not be copied.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Kind, as SQL names it.
    pub kind: String,
    /// Name, as SQL writes it.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// Sums over the manifest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Tables in the archive.
    pub tables: u64,
    /// Rows of these tables; large objects' pages do not count.
    pub rows: u64,
    /// Content of all members, the manifest excepted.
    pub raw_bytes: u64,
    /// Frames of all members, the manifest's excepted.
    pub stored_bytes: u64,
    /// Members, the manifest excepted.
    pub members: u64,
}

/// What is read before anything else: a newer archive may have another shape beyond it.
#[derive(Deserialize)]
struct Promise {
    format: Version,
    #[serde(default)]
    features: Vec<String>,
}

impl Head {
    /// The bytes of `pgsnap.json`: one JSON object and a newline.
    pub fn to_json(&self) -> Vec<u8> {
        to_json(self)
    }

    /// Reads `pgsnap.json`.
    ///
    /// # Errors
    /// Unsupported for a newer major version or an unknown feature, Damaged where it is not the JSON
    /// expected.
    pub fn from_json(bytes: &[u8]) -> Result<Head> {
        from_json(bytes, "pgsnap.json")
    }
}

impl From<&Manifest> for Head {
    fn from(manifest: &Manifest) -> Head {
        Head {
            format: manifest.format,
            features: manifest.features.clone(),
            writer: manifest.writer.clone(),
            database: manifest.database.clone(),
            environment: manifest.environment.clone(),
            server_version: manifest.server_version.clone(),
            server_version_num: manifest.server_version_num,
            encoding: manifest.encoding.clone(),
            started: manifest.started.clone(),
        }
    }
}

impl Manifest {
    /// The bytes of `manifest.json`: one JSON object and a newline.
    pub fn to_json(&self) -> Vec<u8> {
        to_json(self)
    }

    /// Reads `manifest.json`; says nothing about whether it agrees with itself.
    ///
    /// # Errors
    /// Unsupported for a newer major version or an unknown feature, Damaged where it is not the JSON
    /// expected.
    pub fn from_json(bytes: &[u8]) -> Result<Manifest> {
        from_json(bytes, "manifest.json")
    }
}

fn to_json(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(value).expect("string keys and plain values only");
    bytes.push(b'\n');
    bytes
}

fn from_json<T: serde::de::DeserializeOwned>(bytes: &[u8], what: &str) -> Result<T> {
    let damaged = |error: serde_json::Error| {
        // The error's own text can quote a value; the place is what helps.
        let place = format!("line {}, column {}", error.line(), error.column());
        let kind = match error.classify() {
            serde_json::error::Category::Data => "a field is missing or has the wrong type",
            _ => "it is not JSON",
        };
        Error::new(Fault::Damaged, format!("{what} cannot be read: {kind} ({place})"))
    };
    let promise: Promise = serde_json::from_slice(bytes).map_err(damaged)?;
    check_supported(promise.format, &promise.features)?;
    serde_json::from_slice(bytes).map_err(damaged)
}

/// F19.
fn check_supported(format: Version, features: &[String]) -> Result<()> {
    let refuse = |what: String| Err(Error::new(Fault::Unsupported, what).hint("use a newer pgsnap"));
    if format.major != FORMAT.major {
        return refuse(format!(
            "the archive has format {}.{}; {WRITER} reads format {}",
            format.major, format.minor, FORMAT.major
        ));
    }
    match features.iter().find(|name| !FEATURES.contains(&name.as_str())) {
        Some(name) => refuse(format!("the archive needs the feature {name:?}, which {WRITER} does not know")),
        None => Ok(()),
    }
}

/// A checksum as the manifest writes it: 16 lower-case hex digits.
pub fn hex64(value: u64) -> String {
    format!("{value:016x}")
}

/// A fingerprint as the manifest writes it: 32 lower-case hex digits.
pub fn hex128(value: u128) -> String {
    format!("{value:032x}")
}

/// The checksum that [`hex64`] wrote; nothing else.
pub fn parse_hex64(text: &str) -> Option<u64> {
    (text.len() == 16 && is_hex(text)).then(|| u64::from_str_radix(text, 16).ok()).flatten()
}

/// The fingerprint that [`hex128`] wrote; nothing else.
pub fn parse_hex128(text: &str) -> Option<u128> {
    (text.len() == 32 && is_hex(text)).then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        Manifest { database: "shop".into(), tables: vec![Table::default()], ..Manifest::default() }
    }

    #[test]
    fn f13_round_trip_and_equal_bytes() {
        let manifest = manifest();
        let json = manifest.to_json();
        assert_eq!(Manifest::from_json(&json).unwrap(), manifest);
        assert_eq!(Manifest::from_json(&json).unwrap().to_json(), json);
        let head = Head::from(&manifest);
        assert_eq!(Head::from_json(&head.to_json()).unwrap(), head);
        assert!(String::from_utf8(json).unwrap().contains(r#""format":"binary""#));
    }

    #[test]
    fn f19_newer_minor_with_unknown_fields_is_read() {
        let json = String::from_utf8(manifest().to_json()).unwrap();
        let json = json.replace(r#""minor":2}"#, r#""minor":7,"patch":1},"novelty":{"a":[1]}"#);
        assert_eq!(Manifest::from_json(json.as_bytes()).unwrap().format.minor, 7);
    }

    #[test]
    fn f19_newer_major_is_refused_by_name_whatever_its_shape() {
        let error = Manifest::from_json(br#"{"format":{"major":2,"minor":3},"tables":7}"#).unwrap_err();
        assert_eq!(error.fault(), Fault::Unsupported);
        assert!(error.report().contains("format 2.3"), "{error}");
        assert!(error.report().contains("newer pgsnap"), "{error}");
    }

    #[test]
    fn f19_unknown_feature_is_refused_by_name() {
        let json = br#"{"format":{"major":1,"minor":0},"features":["encryption"]}"#;
        let error = Head::from_json(json).unwrap_err();
        assert_eq!(error.fault(), Fault::Unsupported);
        assert!(error.report().contains("encryption"), "{error}");
    }

    #[test]
    fn f13_what_is_not_the_json_expected_is_damage() {
        let deep = "[".repeat(100_000);
        for json in ["", "{", "[]", "{}", r#"{"format":{"major":1,"minor":0}}"#, "\u{1}", &deep] {
            assert_eq!(Manifest::from_json(json.as_bytes()).unwrap_err().fault(), Fault::Damaged, "{json:.40}");
        }
    }

    #[test]
    fn f15_hex_is_exact() {
        assert_eq!(parse_hex64(&hex64(0xabc)), Some(0xabc));
        assert_eq!(parse_hex128(&hex128(u128::MAX)), Some(u128::MAX));
        for wrong in ["", "abc", "00000000000000AB", "+00000000000000a", "000000000000000é"] {
            assert_eq!(parse_hex64(wrong), None);
        }
    }
}
