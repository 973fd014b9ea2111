//! What is copied, and by which statements: tables with their formats and units, sequences, large objects.
//!
//! Pure but for one read of the catalog at the start. The order of tables here is that of the manifest.

use std::collections::HashMap;

use super::DumpOptions;
use super::pump::{Job, UNIT_BYTES};
use super::source::Source;
use crate::archive::manifest::{Column as StoredColumn, Format as Stored, QualifiedName, Table};
use crate::archive::member::path_for_table;
use crate::catalog::data::{self, LargeObject, SequenceValue, TableData};
use crate::catalog::statistics::{Statistics, statistics};
use crate::command::script::DataOf;
use crate::copy::{Column, Format, Relation, copy_out_sql, plan};
use crate::error::{Error, Fault, Result};
use crate::object::Oid;
use crate::sql::qualified;

/// The number of the large objects' data; tables count from 1.
pub const LARGE_OBJECTS: u32 = 0;
/// The directory of large objects' chunks.
const LARGE_OBJECT_DIR: &str = "large-objects";
/// Bytes of a large object in one row.
const LARGE_OBJECT_ROW: i64 = 256 << 10;
/// Large objects in one statement at most.
const LARGE_OBJECTS_PER_UNIT: usize = 1000;

/// Everything that has contents.
#[derive(Default)]
pub struct Contents {
    /// Tables, in the manifest's order.
    pub tables: Vec<DataOf>,
    /// Sequences with their values.
    pub sequences: Vec<(DataOf, SequenceValue)>,
    /// Large objects.
    pub large_objects: Vec<LargeObject>,
    /// Statistics to carry.
    pub statistics: Vec<Statistics>,
    details: Vec<TableData>,
    relations: Vec<Relation>,
}

impl Contents {
    /// Reads how each chosen table can travel, and the values of sequences.
    pub async fn read(source: &mut Source, options: &DumpOptions) -> Result<Contents> {
        let mut contents = Contents::default();
        if !options.selection.takes_data() {
            return Ok(contents);
        }
        let listed: HashMap<Oid, _> =
            source.relations.iter().map(|relation| (relation.oid, relation.clone())).collect();
        let readable = |persistence: char| persistence == 'p' || (persistence == 'u' && !source.standby);
        let of_kind = |kind: char| {
            let wanted = move |relation: &&crate::catalog::Listed| relation.relkind == kind;
            let with_rows = |relation: &&crate::catalog::Listed| {
                readable(relation.persistence) && !source.without_rows.contains(&relation.oid)
            };
            source.relations.iter().filter(wanted).filter(with_rows)
        };
        let oids: Vec<Oid> = of_kind('r').map(|relation| relation.oid).collect();
        let sequences: Vec<(Oid, String)> =
            of_kind('S').map(|relation| (relation.oid, qualified(&relation.schema, &relation.name))).collect();
        let mut details = data::tables(source.client(), source.major, &oids).await?;
        let order = source.references.sort(&details.iter().map(|detail| detail.oid).collect::<Vec<_>>());
        let mut unsorted: Vec<Option<TableData>> = details.into_iter().map(Some).collect();
        details = order.into_iter().filter_map(|place| unsorted[place].take()).collect();
        let values = data::sequences(source.client(), source.major, &sequences).await?;
        if !options.selection.is_partial() {
            contents.large_objects = data::large_objects(source.client(), source.major).await?;
        }
        if options.statistics && !options.selection.data_only {
            let all: Vec<Oid> = source.relations.iter().map(|relation| relation.oid).collect();
            contents.statistics = statistics(source.client(), source.major, &all).await?;
        }
        let of = |oid: Oid, number: u32| -> Result<DataOf> {
            let relation = listed
                .get(&oid)
                .ok_or_else(|| Error::new(Fault::Server, "the server told of another table than asked for"))?;
            Ok(DataOf {
                oid,
                number,
                schema: relation.schema.clone(),
                name: relation.name.clone(),
                extension: relation.extension,
            })
        };
        for (at, detail) in details.iter().enumerate() {
            contents.tables.push(of(detail.oid, at as u32 + 1)?);
            let condition = listed[&detail.oid].config.clone().filter(|text| !text.is_empty());
            contents.relations.push(relation(detail, condition, source.major));
            for (column, why) in &detail.lost {
                let name = format!("{}.{column}", qualified(&detail.schema, &detail.name));
                source.skipped.push(crate::archive::manifest::Skipped {
                    kind: "COLUMN".into(),
                    name,
                    reason: why.clone(),
                });
            }
        }
        for value in values {
            contents.sequences.push((of(value.oid, 0)?, value));
        }
        contents.sequences.sort_by(|(a, _), (b, _)| (&a.schema, &a.name).cmp(&(&b.schema, &b.name)));
        // Grouped by owner in the script, so in this order everywhere.
        contents.large_objects.sort_by(|a, b| (&a.owner, a.oid).cmp(&(&b.owner, b.oid)));
        contents.details = details;
        Ok(contents)
    }

    /// Tables by slot, for messages; the large objects' is the last.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.tables.iter().map(|table| qualified(&table.schema, &table.name)).collect();
        if !self.large_objects.is_empty() {
            names.push("large objects".into());
        }
        names
    }

    /// Raw bytes to expect.
    pub fn bytes(&self) -> u64 {
        let large: i64 = self.large_objects.iter().map(|object| object.bytes).sum();
        self.relations.iter().map(Relation::bytes).sum::<u64>() + u64::try_from(large).unwrap_or(0)
    }

    /// The tables as the manifest lists them, without their data.
    pub fn manifest_tables(&self) -> Vec<Table> {
        let table = |(of, (detail, relation)): (&DataOf, (&TableData, &Relation))| Table {
            number: of.number,
            schema: of.schema.clone(),
            name: of.name.clone(),
            columns: detail
                .columns
                .iter()
                .map(|column| StoredColumn { name: column.name.clone(), type_name: column.type_name.clone() })
                .collect(),
            format: match relation.format {
                Format::Binary => Stored::Binary,
                Format::Text => Stored::Text,
            },
            reason: detail.text_because.clone(),
            load_into: detail.through.clone().map(|(schema, name)| QualifiedName { schema, name }),
            condition: relation.condition.clone(),
            data: Default::default(),
        };
        self.tables.iter().zip(self.details.iter().zip(&self.relations)).map(table).collect()
    }

    /// Every COPY to run, largest first.
    pub fn jobs(&self) -> Vec<Job> {
        let mut jobs: Vec<Job> = plan(&self.relations, UNIT_BYTES)
            .iter()
            .map(|unit| {
                let (of, relation) = (&self.tables[unit.relation], &self.relations[unit.relation]);
                Job {
                    slot: unit.relation,
                    table: qualified(&of.schema, &of.name),
                    lock: Some((of.schema.clone(), of.name.clone())),
                    dir: path_for_table(of.number, &of.schema, &of.name),
                    first: unit.first_block,
                    sql: copy_out_sql(relation, unit),
                    format: relation.format,
                    columns: relation.columns.len() as u16,
                }
            })
            .collect();
        jobs.extend(self.large_object_jobs());
        jobs
    }

    /// Large objects travel as rows of (oid, offset, bytes), several objects to a statement.
    fn large_object_jobs(&self) -> Vec<Job> {
        let mut groups: Vec<Vec<&LargeObject>> = Vec::new();
        let mut bytes = 0;
        for object in self.large_objects.iter().filter(|object| object.bytes > 0) {
            match groups.last_mut() {
                Some(group) if bytes + object.bytes <= UNIT_BYTES as i64 && group.len() < LARGE_OBJECTS_PER_UNIT => {
                    bytes += object.bytes;
                    group.push(object);
                }
                _ => {
                    bytes = object.bytes;
                    groups.push(vec![object]);
                }
            }
        }
        groups
            .iter()
            .map(|group| Job {
                slot: self.tables.len(),
                table: "large objects".into(),
                lock: None,
                dir: LARGE_OBJECT_DIR.into(),
                first: u64::from(group[0].oid),
                sql: large_object_sql(group),
                format: Format::Binary,
                columns: 3,
            })
            .collect()
    }
}

fn large_object_sql(group: &[&LargeObject]) -> String {
    let rows: Vec<String> =
        group.iter().map(|object| format!("({}::oid, {}::int8)", object.oid, object.bytes)).collect();
    format!(
        "COPY (SELECT o.id, p.place, pg_catalog.lo_get(o.id, p.place, {LARGE_OBJECT_ROW}) FROM (VALUES {}) AS o(id, bytes), \
         LATERAL pg_catalog.generate_series(0, o.bytes - 1, {LARGE_OBJECT_ROW}) AS p(place)) TO STDOUT (FORMAT binary)",
        rows.join(", ")
    )
}

fn relation(detail: &TableData, condition: Option<String>, major: u32) -> Relation {
    Relation {
        oid: detail.oid,
        schema: detail.schema.clone(),
        name: detail.name.clone(),
        columns: detail
            .columns
            .iter()
            .map(|column| Column { name: column.name.clone(), cast_to_text: column.cast_to_text })
            .collect(),
        format: if detail.text_because.is_some() { Format::Text } else { Format::Binary },
        condition,
        heap_bytes: detail.heap_bytes,
        toast_bytes: detail.toast_bytes,
        blocks: detail.heap_bytes / u64::from(detail.block_bytes.max(1)),
        // Before 14 a range would read the whole table for each unit.
        can_range: detail.heap && major >= 14,
    }
}
