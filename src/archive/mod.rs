//! The archive: an ordinary `.tar.zst` whose members can each be read, checked or damaged alone.
//!
//! Owns every byte of the file, from the first frame to the footer; the specification below is the only
//! copy of it, and tests name its rules. Functions over bytes, `Write` and `Read + Seek`, with blocking
//! I/O; only `publish` and `source` touch the file system. It does not know what a table's rows look
//! like: whoever checks content hands a function in.
//!
//! Invariant: every byte of an archive is covered by a checksum or must equal a constant.
#![doc = include_str!("FORMAT.md")]

pub mod check;
mod column;
mod finding;
mod flush;
mod footer;
mod level;
pub mod manifest;
pub mod member;
pub mod publish;
pub mod reader;
pub mod salvage;
mod scan;
mod source;
mod validate;
pub mod writer;

#[cfg(test)]
mod damage_tests;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod salvage_tests;

pub use check::{ChunkContext, ChunkSummary, Report, check};
pub use finding::Finding;
pub use manifest::{
    Chunk, Column, Data, Format, Head, LargeObjects, Manifest, Member, QualifiedName, Skipped, Table, Totals, Type,
    TypeKind, TypePart, Version,
};
pub use member::{Decoder, Encoded, Encoder};
pub use publish::{Output, write_sidecar};
pub use reader::{Archive, Buffers};
pub use source::Source;
pub use writer::{Finished, Writer};

/// The format this version writes, and the newest it reads (rule F19).
pub const FORMAT: Version = Version { major: 1, minor: 2 };

/// Columns of binary chunks that hold text (rule F26): a reader that does not know would take the text for
/// the value.
pub const TEXT_COLUMNS: &str = "text-columns";

/// Type oids in binary chunks that stand for names (rule F27): a reader that does not know could not load
/// them into servers before 14.
pub const TYPE_OIDS: &str = "type-oids";

/// The features this version knows (rule F19). An archive names those it needs.
pub const FEATURES: &[&str] = &[TEXT_COLUMNS, TYPE_OIDS];

/// Who writes: `pgsnap 0.1.0`.
pub const WRITER: &str = concat!("pgsnap ", env!("CARGO_PKG_VERSION"));

/// The path of the first member (rule F8).
pub const HEAD_PATH: &str = "pgsnap.json";

/// The path of the manifest as far as it was known before rows were copied (rule F28).
pub const DRAFT_PATH: &str = "draft.json";

/// The path of the last member (rule F8).
pub const MANIFEST_PATH: &str = "manifest.json";

/// Where chunks of tables lie (rule F9).
pub const DATA_DIR: &str = "data";

/// Where chunks of large objects lie (rule F9).
pub const LARGE_OBJECTS_DIR: &str = "large-objects";

/// The longest member path in bytes: what a ustar header holds (rule F6).
pub const MAX_PATH: usize = 100;

/// The largest content of a member in bytes (rule F7). PostgreSQL sends no row above 1 GiB.
pub const MAX_CONTENT: u64 = (1 << 30) + (64 << 20);

/// The largest manifest in bytes, uncompressed (rule F7): some five million chunks.
pub const MAX_MANIFEST: u64 = 1 << 30;

/// The largest `pgsnap.json` in bytes, uncompressed (rule F7).
pub const MAX_HEAD: u64 = 64 << 10;

/// How deep types nest at most (rule F25).
pub const MAX_TYPE_DEPTH: usize = 64;
