//! Types as the catalog tells them: what each is made of, and how exact its binary form is.
//!
//! One query for all types that are asked for, down to their last parts, and one for the tables of a
//! target. What follows for a table or a stream is decided elsewhere.
//!
//! Invariant: a [`Types`] holds the parts of all its types.

use std::collections::HashMap;

use serde::Deserialize;
use tokio_postgres::Client;
use tokio_postgres::types::Type;

use super::data::ColumnData;
use super::{query, resolve};
use crate::error::{During, Fault, Result};
use crate::object::{Oid, Row};
use crate::spelling::Text;

/// The first oid that is not the same on every server of every version (`FirstGenbkiObjectId`).
pub const FIRST_UNSTABLE_OID: Oid = 10_000;

/// What a type is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)] // PostgreSQL's own words
pub enum TypeKind {
    Base,
    Enum,
    Domain,
    Composite,
    Array,
    Range,
    Multirange,
}

/// What of its own keeps a type from travelling as bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exactness {
    /// Nothing: binary is exact.
    Binary,
    /// Nothing, and as text it is much larger.
    Wide,
    /// `"char"`: text is not exact.
    BinaryOnly,
    /// The meaning of some bytes depends on the version: an interval.
    Interval,
    /// Likewise, a numeric.
    Numeric,
    /// The meaning depends on `lc_monetary`.
    Money,
    /// It must travel as text, with the reason.
    Text(String),
    /// It cannot be restored at all, with the reason.
    Lost(String),
}

/// A part of a type: an attribute, an element, a base type, a subtype.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TypePart {
    /// The attribute's name.
    #[serde(default)]
    pub name: Option<String>,
    /// Its type.
    pub of: Oid,
    /// Its type modifier, -1 for none.
    #[serde(default = "none")]
    pub modifier: i32,
}

fn none() -> i32 {
    -1
}

/// One type.
#[derive(Debug, Clone)]
pub struct TypeData {
    /// Schema, unquoted.
    pub schema: String,
    /// Name, unquoted.
    pub name: String,
    /// What it is.
    pub kind: TypeKind,
    /// Its parts, in order: one, but for composites; none for base types and enums.
    pub parts: Vec<TypePart>,
    /// How exact it is by itself.
    pub exactness: Exactness,
    /// A cast to text and back is by its own output and input functions.
    pub castable: bool,
}

/// Types by oid, with the parts of each.
#[derive(Debug, Clone, Default)]
pub struct Types(pub HashMap<Oid, TypeData>);

impl Types {
    /// Reads `oids` and all their parts.
    pub async fn read(client: &Client, major: u32, oids: &[Oid]) -> Result<Types> {
        let rows = query(client, include_str!("../../db/catalog/type_tree.sql"), major, oids, "type_tree").await?;
        rows.iter()
            .map(|row| {
                let row = Row(row);
                Ok((row.oid("oid")?, type_of(&row)?))
            })
            .collect::<Result<_>>()
            .map(Types)
    }

    /// The type under a chain of domains.
    pub fn base(&self, mut oid: Oid) -> Oid {
        while let Some(TypeData { kind: TypeKind::Domain, parts, .. }) = self.0.get(&oid)
            && let Some(part) = parts.first()
        {
            oid = part.of;
        }
        oid
    }
}

fn type_of(row: &Row<'_>) -> Result<TypeData> {
    let class = row.text("class")?;
    let reason = || class.get(2..).unwrap_or_default().to_string();
    let kind = row.text("kind")?;
    Ok(TypeData {
        schema: row.text("schema")?,
        name: row.text("name")?,
        kind: match kind.as_str() {
            "enum" => TypeKind::Enum,
            "domain" => TypeKind::Domain,
            "composite" => TypeKind::Composite,
            "array" => TypeKind::Array,
            "range" => TypeKind::Range,
            "multirange" => TypeKind::Multirange,
            _ => TypeKind::Base,
        },
        parts: row.json("parts")?,
        exactness: match class.as_bytes().first() {
            Some(b'T') => Exactness::Text(reason()),
            Some(b'X') => Exactness::Lost(reason()),
            Some(b'I') => Exactness::Interval,
            Some(b'N') => Exactness::Numeric,
            Some(b'M') => Exactness::Money,
            Some(b'C') => Exactness::BinaryOnly,
            Some(b'W') => Exactness::Wide,
            _ => Exactness::Binary,
        },
        castable: row.flag("castable")?,
    })
}

/// A table of a target.
#[derive(Debug, Clone)]
pub struct TargetTable {
    /// Rules would change what an INSERT does.
    pub has_rules: bool,
    /// Its columns in order, generated ones too.
    pub columns: Vec<ColumnData>,
}

/// The tables of a target by schema and name, those that are there, with their types.
pub async fn target_tables(
    client: &Client,
    major: u32,
    names: &[(&str, &str)],
) -> Result<(HashMap<(String, String), TargetTable>, Types)> {
    let text = |name: &str| Text(name.to_string());
    let (schemas, tables): (Vec<Text>, Vec<Text>) =
        names.iter().map(|(schema, table)| (text(schema), text(table))).unzip();
    let sql = resolve(include_str!("../../db/catalog/target_table.sql"), major);
    let parameters: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 2] =
        [(&schemas, Type::TEXT_ARRAY), (&tables, Type::TEXT_ARRAY)];
    let rows = client
        .query_typed(&sql, &parameters)
        .await
        .during(Fault::Server, || "cannot read the columns of the target's tables".into())?;
    let mut found = HashMap::new();
    for row in &rows {
        let row = Row(row);
        let table = TargetTable { has_rules: row.flag("has_rules")?, columns: row.json("columns")? };
        found.insert((row.text("schema")?, row.text("name")?), table);
    }
    let mut oids: Vec<Oid> =
        found.values().flat_map(|table| table.columns.iter().map(|column| column.type_oid)).collect();
    oids.sort_unstable();
    oids.dedup();
    let types = Types::read(client, major, &oids).await?;
    Ok((found, types))
}

/// Digits behind the point that one unit of money has in this database (`frac_digits` of its own
/// `lc_monetary`, not of the pinned one). Only inside a transaction; the setting is as before afterwards.
pub async fn money_digits(client: &Client) -> Result<i32> {
    let doing = || "cannot find out how many digits money has".to_string();
    let set =
        "SELECT pg_catalog.current_setting('lc_monetary'), pg_catalog.set_config('lc_monetary', s.reset_val, true)
               FROM pg_catalog.pg_settings s WHERE s.name = 'lc_monetary'";
    let rows = client.query_typed(set, &[]).await.during(Fault::Server, doing)?;
    let before: String = rows.first().map_or_else(|| "C".to_string(), |row| row.get(0));
    // A statement of its own: a constant is folded when it is planned.
    let sql = "SELECT pg_catalog.scale(1::pg_catalog.money::pg_catalog.numeric)";
    let row = client.query_typed_one(sql, &[]).await.during(Fault::Server, doing)?;
    let back = "SELECT pg_catalog.set_config('lc_monetary', $1, true)";
    client.query_typed(back, &[(&before, Type::TEXT)]).await.during(Fault::Server, doing)?;
    row.try_get(0).during(Fault::Server, doing)
}
