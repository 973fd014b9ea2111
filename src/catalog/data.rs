//! Data as the catalog tells it: tables with their columns, sequence values, large objects.
//!
//! Read after the tables are locked. How a table can travel is decided from its columns' types, elsewhere.

use serde::Deserialize;
use tokio_postgres::Client;

use super::query;
use crate::error::Result;
use crate::object::{Oid, Row};

/// A table whose rows are copied.
#[derive(Debug, Clone)]
pub struct TableData {
    /// Its row in pg_class.
    pub oid: Oid,
    /// Schema, unquoted.
    pub schema: String,
    /// Name, unquoted.
    pub name: String,
    /// p permanent, u unlogged.
    pub persistence: char,
    /// Its columns in order, generated ones left out.
    pub columns: Vec<ColumnData>,
    /// Generated columns whose type has no receive function, which COPY looks up even so.
    pub generated_as_text: Option<String>,
    /// Bytes of the heap.
    pub heap_bytes: u64,
    /// Bytes of the TOAST table.
    pub toast_bytes: u64,
    /// Bytes of a block.
    pub block_bytes: u32,
    /// Stored as a heap, so that its blocks can be addressed.
    pub heap: bool,
    /// The root of its partition tree, through which its rows must be loaded.
    pub through: Option<(String, String)>,
}

/// One column of a table.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ColumnData {
    /// Name, unquoted.
    pub name: String,
    /// Type as `format_type` shows it.
    pub type_name: String,
    /// Its row in pg_type.
    pub type_oid: Oid,
    /// Its type modifier, -1 for none.
    pub modifier: i32,
}

/// A sequence's state.
#[derive(Debug, Clone)]
pub struct SequenceValue {
    /// The sequence.
    pub oid: Oid,
    /// Its last value.
    pub last_value: i64,
    /// Whether that value was handed out.
    pub is_called: bool,
}

/// A large object.
#[derive(Debug, Clone)]
pub struct LargeObject {
    /// Its number, which is kept.
    pub oid: Oid,
    /// Its owner.
    pub owner: String,
    /// Its length.
    pub bytes: i64,
    /// This role may see which of its pages are stored.
    pub pages_seen: bool,
}

/// What is to be known of each of `tables` to copy its rows, by name.
pub async fn tables(client: &Client, major: u32, tables: &[Oid]) -> Result<Vec<TableData>> {
    let rows = query(client, include_str!("../../db/catalog/data.sql"), major, tables, "data").await?;
    rows.iter().map(|row| table(&Row(row))).collect()
}

fn table(row: &Row<'_>) -> Result<TableData> {
    let schema = row.opt_text("root_schema")?;
    let root = row.opt_text("root_name")?;
    let unsigned = |column: &str| Ok::<u64, crate::error::Error>(u64::try_from(row.long(column)?).unwrap_or(0));
    Ok(TableData {
        oid: row.oid("oid")?,
        schema: row.text("schema")?,
        name: row.text("name")?,
        persistence: row.letter("persistence")?,
        columns: row.json("columns")?,
        generated_as_text: row.opt_text("generated_as_text")?,
        heap_bytes: unsigned("heap_bytes")?,
        toast_bytes: unsigned("toast_bytes")?,
        block_bytes: u32::try_from(row.long("block_bytes")?).unwrap_or(8192),
        heap: row.opt_text("access_method")?.as_deref() == Some("heap"),
        through: schema.zip(root),
    })
}

/// How many sequences one statement asks before 18, where each is a table to select from.
const SEQUENCES_PER_STATEMENT: usize = 1000;

/// The values of sequences, given as oid and qualified name. Values are not part of a snapshot: they are
/// those of now, never behind what the copied rows use.
pub async fn sequences(client: &Client, major: u32, sequences: &[(Oid, String)]) -> Result<Vec<SequenceValue>> {
    let statements: Vec<String> = if major >= 18 {
        vec![
            "SELECT s.oid, d.last_value, d.is_called FROM pg_catalog.unnest($1::oid[]) AS s(oid) \
             CROSS JOIN LATERAL pg_catalog.pg_get_sequence_data(s.oid::pg_catalog.regclass) AS d"
                .into(),
        ]
    } else {
        let one = |(oid, name): &(Oid, String)| format!("SELECT {oid}::oid AS oid, last_value, is_called FROM {name}");
        let batch = |batch: &[(Oid, String)]| batch.iter().map(one).collect::<Vec<_>>().join(" UNION ALL ");
        sequences.chunks(SEQUENCES_PER_STATEMENT).map(batch).collect()
    };
    let oids: Vec<Oid> = sequences.iter().map(|(oid, _)| *oid).collect();
    let mut out = Vec::with_capacity(sequences.len());
    for sql in statements {
        for row in &query(client, &sql, major, &oids, "the values of sequences").await? {
            let row = Row(row);
            out.push(SequenceValue {
                oid: row.oid("oid")?,
                last_value: row.long("last_value")?,
                is_called: row.flag("is_called")?,
            });
        }
    }
    Ok(out)
}

/// Every large object with its size.
pub async fn large_objects(client: &Client, major: u32) -> Result<Vec<LargeObject>> {
    let rows = query(client, include_str!("../../db/catalog/large_object.sql"), major, &[], "large_object").await?;
    rows.iter()
        .map(|row| {
            let row = Row(row);
            Ok(LargeObject {
                oid: row.oid("oid")?,
                owner: row.text("owner")?,
                bytes: row.long("bytes")?,
                pages_seen: row.flag("pages_seen")?,
            })
        })
        .collect()
}

/// Bytes that all large objects together take on the server's disk, dead ones included.
pub async fn large_object_bytes(client: &Client, major: u32) -> Result<u64> {
    let sql = "SELECT pg_catalog.pg_relation_size('pg_catalog.pg_largeobject') AS bytes";
    let rows = query(client, sql, major, &[], "the size of large objects").await?;
    let bytes = rows.first().map_or(Ok(0), |row| Row(row).long("bytes"))?;
    Ok(u64::try_from(bytes).unwrap_or(0))
}
