//! What ANALYZE gathered, as far as a newer server takes it back: from 18 on.
//!
//! One query for all wanted relations and their indexes (`db/catalog/statistics_data.sql`). Values stay the
//! text that the server gave; what is made of them is the script's. Tables that were never analysed, or
//! have extended statistics, are left out: a restore analyses those.

use std::collections::BTreeMap;

use serde::Deserialize;
use tokio_postgres::Client;

use super::query;
use crate::error::Result;
use crate::object::{Oid, Row};

/// The first server that takes statistics from a script.
pub const SINCE: u32 = 18;

/// The statistics of one table, materialized view or index.
#[derive(Debug, Clone)]
pub struct Statistics {
    /// Its row in pg_class.
    pub oid: Oid,
    /// Schema, unquoted.
    pub schema: String,
    /// Name, unquoted.
    pub name: String,
    /// The table it belongs to; itself where it is one.
    pub table: Oid,
    /// It is an index: its columns go by number, because names of expressions vary.
    pub is_index: bool,
    /// It is filled in the last pass.
    pub is_materialized: bool,
    /// relpages, reltuples, relallvisible, relallfrozen.
    pub size: [String; 4],
    /// Its columns that have statistics, by number.
    pub columns: Vec<ColumnStatistics>,
}

/// The statistics of one column, with or without those of its table's children.
#[derive(Debug, Clone, Deserialize)]
pub struct ColumnStatistics {
    /// pg_attribute.attnum.
    pub number: i32,
    /// Name, unquoted.
    pub name: String,
    /// Whether the children are included.
    pub inherited: bool,
    /// The columns of pg_stats that are not NULL, as text.
    pub numbers: BTreeMap<String, String>,
}

/// The statistics of `relations` and their indexes; none before 18.
pub async fn statistics(client: &Client, major: u32, relations: &[Oid]) -> Result<Vec<Statistics>> {
    if major < SINCE || relations.is_empty() {
        return Ok(Vec::new());
    }
    let sql = include_str!("../../db/catalog/statistics_data.sql");
    let rows = query(client, sql, major, relations, "statistics_data").await?;
    rows.iter()
        .map(|row| {
            let row = Row(row);
            Ok(Statistics {
                oid: row.oid("oid")?,
                schema: row.text("schema")?,
                name: row.text("name")?,
                table: row.oid("table_oid")?,
                is_index: row.flag("is_index")?,
                is_materialized: row.letter("relkind")? == 'm',
                size: [row.text("pages")?, row.text("tuples")?, row.text("all_visible")?, row.text("all_frozen")?],
                columns: row.json("columns")?,
            })
        })
        .collect()
}
