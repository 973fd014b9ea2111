//! The data path: rows between a server connection and chunks in memory, both ways.
//!
//! Owns the planning of units ([`mod@plan`]), the framing of COPY streams ([`binary`]), the walk inside values
//! ([`values`]), row digests ([`fingerprint`], [`by_object`], [`by_transaction`]), the cutting of streams into chunks ([`cut`]), the
//! memory they live in ([`pool`])
//! and the two transfers ([`out`], [`into`]). It does not decide which columns travel or in which
//! format (the catalog does), knows nothing of archives or compression, opens no connection and
//! begins no transaction.
//!
//! Invariants: a chunk is a complete, valid COPY file that never splits a row; where a stream is cut
//! depends only on its rows, never on how the network delivered them; after an error of a transfer
//! its connection is of no further use.

pub mod binary;
pub mod by_object;
pub mod by_transaction;
pub mod cut;
pub mod fingerprint;
pub mod into;
pub mod out;
pub mod plan;
pub mod pool;
pub mod statement;
pub mod values;

pub use binary::{Misframed, Summary, Walker, summarise};
pub use fingerprint::Fingerprint;
pub use into::{CopyIn, copy_in, copy_in_chunks, copy_in_prepared};
pub use out::{CopyOut, RawChunk, SPARE_BYTES, Totals, copy_nowhere, copy_out, copy_out_prepared};
pub use plan::{TextTarget, Tid, Unit, copy_in_sql, copy_out_sql, copy_row_sql, from_text, plan, row_sql, units};
pub use pool::{Buffer, Pool};
pub use statement::prepare;
pub use values::{Inspector, Shape, ShapeId, Shapes, Swap, Unfit, UnfitAt, oid_of_name};

/// How the rows of a table travel. One table has one format, for all of its chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// `COPY … (FORMAT binary)`: exact, and fast to read back.
    Binary,
    /// `COPY … (FORMAT text)`: for column types whose binary form is missing or not portable.
    Text,
}

impl Format {
    /// The word COPY knows this format by.
    pub fn keyword(self) -> &'static str {
        match self {
            Format::Binary => "binary",
            Format::Text => "text",
        }
    }
}

/// One column of a table, as COPY names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The true name, unquoted.
    pub name: String,
    /// Read as `column::text`: in [`Format::Text`] `xml`, whose own output drops the stored declaration; in
    /// [`Format::Binary`] what must not travel as bytes.
    pub cast_to_text: bool,
}

/// A table whose rows are to be copied: what planning and the COPY statement need of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// `pg_class.oid`. Carried for the caller; nothing here is ordered or named by it.
    pub oid: u32,
    /// The true name of the schema, unquoted.
    pub schema: String,
    /// The true name of the table, unquoted.
    pub name: String,
    /// The columns that travel, in this order; generated ones left out. May be empty.
    pub columns: Vec<Column>,
    /// How the rows travel.
    pub format: Format,
    /// A filter, the full `WHERE …` text of an extension's configuration table
    /// (`pg_extension.extcondition`).
    pub condition: Option<String>,
    /// `pg_relation_size(oid)`.
    pub heap_bytes: u64,
    /// `pg_relation_size(reltoastrelid)`, 0 without a TOAST table.
    pub toast_bytes: u64,
    /// `pg_relation_size(oid) / block_size`; never `relpages`, which is stale.
    pub blocks: u64,
    /// Of access method `heap`.
    pub heap: bool,
    /// The server reads a ctid range without reading the rest: an ordinary table (or leaf partition,
    /// or materialized view) of access method `heap` on server 14 or later.
    pub can_range: bool,
}

impl Relation {
    /// Whether a row can be larger than its page, going by a TOAST table of at least `toast_bytes`. Of other
    /// access methods nothing is known.
    pub fn can_have_large_rows(&self, toast_bytes: u64) -> bool {
        self.toast_bytes >= toast_bytes || !self.heap
    }

    /// Heap and TOAST together, the weight by which tables are ordered.
    pub fn bytes(&self) -> u64 {
        self.heap_bytes.saturating_add(self.toast_bytes)
    }
}
