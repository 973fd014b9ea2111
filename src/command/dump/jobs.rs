//! What is copied, and by which statements: tables with their units, sequences, large objects.
//!
//! Pure but for one read of the catalog at the start. How a table travels is `travel`'s decision. The order of tables here is that of the manifest.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use tokio_postgres::Client;

use super::DumpOptions;
use super::losses::{Readable, as_text, losses};
use super::pump::{Job, Part, UNIT_BYTES};
use super::source::Source;
use super::travel::{Planner, Travel};
use crate::archive::manifest::{
    Column as StoredColumn, Format as Stored, Manifest, QualifiedName, Skipped, Table, Type,
};
use crate::archive::member::path_for_table;
use crate::archive::{TEXT_COLUMNS, TYPE_OIDS};
use crate::catalog::data::{self, LargeObject, SequenceValue, TableData};
use crate::catalog::statistics::{Statistics, statistics};
use crate::catalog::types::{Types, money_digits};
use crate::command::script::DataOf;
use crate::command::tally::{Expected, LARGE_OBJECTS_NAME};
use crate::command::types::Inspection;
use crate::copy::{Column, Format, Relation, plan};
use crate::error::{Error, Fault, Result};
use crate::object::Oid;
use crate::progress::{Event, Progress};
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
    travels: Vec<Travel>,
    relations: Vec<Arc<Relation>>,
    types: Vec<Type>,
    inspection: Option<Inspection>,
    money_digits: Option<i32>,
    /// What a standby does not have.
    unreadable: Vec<Skipped>,
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
        let readable = Readable::of(&source.relations, &source.without_rows, source.standby);
        let Readable { tables: oids, sequences, unreadable } = readable;
        contents.unreadable = unreadable;
        let mut details = data::tables(source.client(), source.major, &oids).await?;
        let order = source.references.sort(&details.iter().map(|detail| detail.oid).collect::<Vec<_>>());
        let mut unsorted: Vec<Option<TableData>> = details.into_iter().map(Some).collect();
        details = order.into_iter().filter_map(|place| unsorted[place].take()).collect();
        let types = column_types(source.client(), source.major, &details).await?;
        let mut planner = Planner::new(&types, source.major);
        contents.travels = details.iter().map(|detail| planner.travel(detail)).collect();
        if planner.money {
            contents.money_digits = Some(money_digits(source.client()).await?);
        }
        let (types, inspection) = planner.finish();
        (contents.types, contents.inspection) = (types, Some(inspection));
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
        for (at, (detail, travel)) in details.iter().zip(&contents.travels).enumerate() {
            contents.tables.push(of(detail.oid, at as u32 + 1)?);
            let condition = listed[&detail.oid].config.clone().filter(|text| !text.is_empty());
            contents.relations.push(Arc::new(relation(detail, travel, condition, source.major)));
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

    /// Names what cannot come back, and what may not.
    pub fn name_losses(&self, source: &mut Source, progress: &Arc<dyn Progress>) {
        let (lost, warnings) = losses(&self.details, &self.travels);
        for one in self.unreadable.iter().chain(&lost) {
            source.skip(&one.kind, &one.name, &one.reason, progress);
        }
        warnings.into_iter().for_each(|text| source.warn(text, progress));
        let told = as_text(&self.details, &self.travels);
        told.into_iter().for_each(|one| progress.on(Event::Detail(one.what)));
    }

    /// How many slots there are: tables, and the large objects' is the last.
    pub fn slots(&self) -> usize {
        self.tables.len() + usize::from(!self.large_objects.is_empty())
    }

    /// Raw bytes to expect.
    pub fn bytes(&self) -> u64 {
        self.relations.iter().map(|relation| relation.bytes()).sum::<u64>() + self.large_bytes()
    }

    fn large_bytes(&self) -> u64 {
        u64::try_from(self.large_objects.iter().map(|object| object.bytes).sum::<i64>()).unwrap_or(0)
    }

    /// What to expect of `jobs`, by slot.
    pub fn expected(&self, jobs: &[Job]) -> Vec<Expected> {
        let tables = self.tables.iter().zip(&self.relations);
        let mut expected: Vec<Expected> = tables
            .map(|(table, relation)| (qualified(&table.schema, &table.name), relation.bytes()))
            .chain([(LARGE_OBJECTS_NAME.to_string(), self.large_bytes())])
            .enumerate()
            .map(|(key, (name, bytes))| Expected { key, name, bytes, parts: 0 })
            .collect();
        jobs.iter().for_each(|job| expected[job.slot].parts += 1);
        expected.retain(|one| one.parts > 0);
        expected
    }

    /// Puts the tables and their types into the manifest, without the tables' data.
    pub fn describe(&self, manifest: &mut Manifest) {
        let table = |((of, detail), (travel, relation)): ((&DataOf, &TableData), (&Travel, &Arc<Relation>))| Table {
            number: of.number,
            schema: of.schema.clone(),
            name: of.name.clone(),
            columns: travel.columns.clone(),
            format: match travel.format {
                Format::Binary => Stored::Binary,
                Format::Text => Stored::Text,
            },
            reason: travel.reason.clone(),
            load_into: detail.through.clone().map(|(schema, name)| QualifiedName { schema, name }),
            condition: relation.condition.clone(),
            data: Default::default(),
        };
        let decided = self.travels.iter().zip(&self.relations);
        manifest.tables = self.tables.iter().zip(&self.details).zip(decided).map(table).collect();
        manifest.types = self.types.clone();
        manifest.money_digits = self.money_digits;
        let mut need = |feature: &str, needed: bool| manifest.features.extend(needed.then(|| feature.to_string()));
        let mut columns = self.travels.iter().flat_map(|travel| &travel.columns);
        need(TEXT_COLUMNS, columns.any(|column| column.as_text));
        need(TYPE_OIDS, self.travels.iter().any(|travel| travel.embeds));
    }

    /// How the table in this slot travels, as the server tells it.
    pub fn travel(&self, slot: usize) -> &Travel {
        &self.travels[slot]
    }

    /// The condition that chooses the rows of the table in this slot, where not all are taken.
    pub fn condition(&self, slot: usize) -> Option<&str> {
        self.relations[slot].condition.as_deref()
    }

    /// Reads the table in this slot by these columns, in this order, and in this format: as an archive has it.
    /// A column tells whether it is read as text where the others are bytes.
    pub fn read_as(&mut self, slot: usize, columns: Vec<StoredColumn>, format: Format) {
        let travel = &mut self.travels[slot];
        let was = |column: &StoredColumn| {
            let same = travel.columns.iter().position(|known| known.name == column.name);
            same.is_some_and(|at| travel.cast_to_text[at])
        };
        travel.cast_to_text = match format {
            Format::Binary => columns.iter().map(|column| column.as_text).collect(),
            Format::Text => columns.iter().map(was).collect(),
        };
        (travel.columns, travel.format, travel.embeds) = (columns, format, format == Format::Binary);
        let relation = Arc::make_mut(&mut self.relations[slot]);
        (relation.columns, relation.format) = (read(travel), format);
    }

    /// Reads the table in this slot with the transaction of each row behind its columns.
    pub fn with_transactions(&mut self, slot: usize) {
        let travel = &mut self.travels[slot];
        travel.columns.push(StoredColumn { as_text: true, ..StoredColumn::plain("xmin", "xid") });
        travel.cast_to_text.push(true);
        Arc::make_mut(&mut self.relations[slot]).columns = read(travel);
    }

    /// Every COPY to run, largest first.
    pub fn jobs(&self) -> Vec<Job> {
        let planned: Vec<Relation> = self.relations.iter().map(|relation| (**relation).clone()).collect();
        let inspectors: Vec<_> = self
            .travels
            .iter()
            .map(|travel| self.inspection.as_ref().filter(|_| travel.embeds)?.of(&travel.columns))
            .collect();
        let mut jobs: Vec<Job> = plan(&planned, UNIT_BYTES)
            .into_iter()
            .map(|unit| {
                let (of, relation) = (&self.tables[unit.relation], &self.relations[unit.relation]);
                Job {
                    slot: unit.relation,
                    table: qualified(&of.schema, &of.name),
                    lock: Some((of.schema.clone(), of.name.clone())),
                    dir: path_for_table(of.number, &of.schema, &of.name),
                    first: unit.first_block,
                    format: relation.format,
                    columns: relation.columns.len() as u16,
                    inspector: inspectors[unit.relation].clone(),
                    rows_seen: AtomicU64::new(0),
                    part: Part::Table { relation: Arc::clone(relation), unit },
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
                table: LARGE_OBJECTS_NAME.into(),
                lock: None,
                dir: LARGE_OBJECT_DIR.into(),
                first: u64::from(group[0].oid),
                format: Format::Binary,
                columns: 3,
                inspector: None,
                rows_seen: AtomicU64::new(0),
                part: Part::Query(large_object_sql(group)),
            })
            .collect()
    }
}

/// Only what is stored is read: a hole may be many times as long as the rest. Where it is isn't for everybody to
/// see (`pg_largeobject` is a superuser's); others read all and pass over rows of zeros, but for the last, which
/// gives the object its length.
fn large_object_sql(group: &[&LargeObject]) -> String {
    let read = format!("pg_catalog.lo_get(p.id, p.place, {LARGE_OBJECT_ROW})");
    let list = |one: &dyn Fn(&LargeObject) -> String| group.iter().map(|of| one(of)).collect::<Vec<_>>().join(", ");
    if group.iter().all(|object| object.pages_seen) {
        // A page is a quarter of a block (LOBLKSIZE).
        let page = "(pg_catalog.current_setting('block_size')::int8 / 4)";
        return format!(
            "COPY (SELECT p.id, p.place, {read} FROM (\
             SELECT l.loid AS id, l.pageno * {page} / {LARGE_OBJECT_ROW} * {LARGE_OBJECT_ROW} AS place \
             FROM pg_catalog.pg_largeobject l WHERE l.loid = ANY (ARRAY[{}]::oid[]) \
             GROUP BY 1, 2 ORDER BY 1, 2) AS p) TO STDOUT (FORMAT binary)",
            list(&|object| object.oid.to_string())
        );
    }
    format!(
        "COPY (SELECT p.id, p.place, d.data FROM (VALUES {}) AS o(id, bytes), \
         LATERAL (SELECT o.id, g.place FROM pg_catalog.generate_series(0, o.bytes - 1, {LARGE_OBJECT_ROW}) AS g(place)) AS p, \
         LATERAL (SELECT {read} AS data OFFSET 0) AS d \
         WHERE p.place + {LARGE_OBJECT_ROW} >= o.bytes OR d.data <> pg_catalog.decode(pg_catalog.repeat('00', {LARGE_OBJECT_ROW}), 'hex')\
         ) TO STDOUT (FORMAT binary)",
        list(&|object| format!("({}::oid, {}::int8)", object.oid, object.bytes))
    )
}

/// The types of all columns, in one query.
pub async fn column_types(client: &Client, major: u32, details: &[TableData]) -> Result<Types> {
    let mut oids: Vec<Oid> =
        details.iter().flat_map(|detail| detail.columns.iter().map(|column| column.type_oid)).collect();
    oids.sort_unstable();
    oids.dedup();
    Types::read(client, major, &oids).await
}

/// The columns as they are read.
fn read(travel: &Travel) -> Vec<Column> {
    let column = |(column, cast): (&StoredColumn, &bool)| Column { name: column.name.clone(), cast_to_text: *cast };
    travel.columns.iter().zip(&travel.cast_to_text).map(column).collect()
}

fn relation(detail: &TableData, travel: &Travel, condition: Option<String>, major: u32) -> Relation {
    Relation {
        oid: detail.oid,
        schema: detail.schema.clone(),
        name: detail.name.clone(),
        columns: read(travel),
        format: travel.format,
        condition,
        heap_bytes: detail.heap_bytes,
        toast_bytes: detail.toast_bytes,
        blocks: detail.heap_bytes / u64::from(detail.block_bytes.max(1)),
        heap: detail.heap,
        // Before 14 a range would read the whole table for each unit.
        can_range: detail.heap && major >= 14,
    }
}
