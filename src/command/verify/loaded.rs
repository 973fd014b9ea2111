//! Which chunks of an archive are in a database: what a restore that died has loaded already.
//!
//! A chunk is loaded in one transaction, and its rows carry that transaction. So a table holds what the archive
//! has where all of its rows have the archive's count and fingerprint, or where the rows of each transaction
//! have those of one chunk. Whatever else is in a table is somebody else's, and named.
//!
//! Large objects tell no transaction to everybody. They are loaded where all of them have the archive's content;
//! where each of their pieces is one of the archive's, some may be missing, and loading all again changes nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::rows::{Read, Reading, fit, number, stream};
use crate::archive::manifest::{Data, Manifest, Table, parse_hex128};
use crate::archive::{Archive, Buffers};
use crate::command::dump::jobs::Contents;
use crate::command::dump::source::Source;
use crate::command::tally::Tally;
use crate::copy::Fingerprint;
use crate::copy::by_object::{self, ByObject};
use crate::copy::by_transaction::ByTransaction;
use crate::error::{During, Fault, Result};
use crate::object::Row;
use crate::progress::{Event, Progress};
use crate::sql::qualified;

/// The number of the large objects' data.
const LARGE_OBJECTS: u32 = 0;

/// Transactions that are told apart, more than a table has chunks: so that a few rows of somebody else are counted.
const SPARE: usize = 16;

/// What a database has of an archive's rows.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The chunks that are there, by the data's number.
    pub chunks: HashMap<u32, HashSet<usize>>,
    /// What is there and not of the archive.
    pub strange: Vec<String>,
}

/// Tables of the archive that are compared as one (a row may have come into another partition than it was in),
/// with their slots.
type Groups<'a> = BTreeMap<(&'a str, &'a str), (Vec<&'a Table>, Vec<usize>)>;

/// Reads the rows of what the archive has rows of. Definitions must have been compared before.
///
/// # Errors
/// What keeps the rows from being read, and damage of the archive.
pub async fn loaded(
    archive: &Archive,
    source: &Source,
    contents: &mut Contents,
    jobs: usize,
    progress: &Arc<dyn Progress>,
) -> Result<Loaded> {
    let manifest = archive.manifest();
    let mut loaded = Loaded::default();
    let mut readings = vec![Reading::Whole; contents.tables.len() + 1];
    let (groups, alone) = groups(manifest, contents, source.major);
    for slot in alone {
        if is_filled(source, contents, slot).await? {
            let table = &contents.tables[slot];
            loaded.strange.push(format!("rows of {} that cannot be compared", qualified(&table.schema, &table.name)));
        }
    }
    for (tables, slots) in groups.values() {
        let chunks: usize = tables.iter().map(|table| table.data.chunks.len()).sum();
        for slot in slots {
            readings[*slot] = Reading::ByTransaction(chunks + SPARE);
            contents.with_transactions(*slot);
        }
    }
    let large = readings.len() - 1;
    let archived = archived_objects(archive).await?;
    readings[large] = Reading::Among(Arc::clone(&archived.1));
    let mut work = contents.jobs();
    work.retain(|job| job.slot == large || matches!(readings[job.slot], Reading::ByTransaction(_)));
    let expected = contents.expected(&work);
    let tables = expected.iter().filter(|one| one.key != large).count() as u64;
    progress.on(Event::Planned { tables, bytes: expected.iter().map(|one| one.bytes).sum() });
    progress.on(Event::Phase("looking at the rows that are there"));
    let tally = Tally::new(expected, progress);
    let encoding = Some(manifest.encoding.clone()).filter(|name| name != "UTF8");
    let workers = jobs.clamp(1, work.len().max(1));
    let mut read = stream(source, work, tally, readings, workers, encoding, progress).await?;
    for (tables, slots) in groups.values() {
        loaded.table(tables, slots, &mut read);
    }
    loaded.large_objects(manifest, &archived.0, &read);
    Ok(loaded)
}

/// Pairs the manifest's tables with the database's, which from here on are read as the manifest says. Gives the
/// slots of those that cannot be, too; what they hold cannot be told.
fn groups<'a>(manifest: &'a Manifest, contents: &mut Contents, major: u32) -> (Groups<'a>, Vec<usize>) {
    let named = contents.tables.iter().map(|table| (table.schema.clone(), table.name.clone()));
    let mut slots: HashMap<(String, String), usize> = named.zip(0..).collect();
    let (mut groups, mut alone) = (Groups::new(), Vec::new());
    for table in &manifest.tables {
        let Some(slot) = slots.remove(&(table.schema.clone(), table.name.clone())) else { continue };
        if !matches!(fit(table, contents, slot, major), Ok((_, None))) {
            alone.push(slot);
            continue;
        }
        let whole = table.load_into.as_ref().map_or((&table.schema, &table.name), |root| (&root.schema, &root.name));
        let group = groups.entry((whole.0.as_str(), whole.1.as_str())).or_default();
        group.0.push(table);
        group.1.push(slot);
    }
    // An extension fills its own tables.
    alone.extend(slots.into_values().filter(|slot| contents.tables[*slot].extension.is_none()));
    alone.sort_unstable();
    (groups, alone)
}

async fn is_filled(source: &Source, contents: &Contents, slot: usize) -> Result<bool> {
    let name = qualified(&contents.tables[slot].schema, &contents.tables[slot].name);
    let sql = format!("SELECT EXISTS (SELECT FROM ONLY {name}) AS filled");
    let rows =
        source.client().query_typed(&sql, &[]).await.during(Fault::Server, || format!("cannot look into {name}"))?;
    rows.first().map_or(Ok(false), |row| Row(row).flag("filled"))
}

impl Loaded {
    /// Finds the chunks of `tables` among what was read in `slots`.
    fn table(&mut self, tables: &[&Table], slots: &[usize], read: &mut Read) {
        let chunks: usize = tables.iter().map(|table| table.data.chunks.len()).sum();
        let mut found = ByTransaction::new(chunks + SPARE);
        slots.iter().filter_map(|slot| read.transactions.remove(slot)).for_each(|other| found.join(other));
        let rows: u64 = tables.iter().map(|table| table.data.rows).sum();
        let print = tables.iter().map(|table| number(&table.data)).fold(0, u128::wrapping_add);
        if (found.total.rows, found.total.fingerprint.value()) == (rows, print) {
            for table in tables {
                self.chunks.insert(table.number, (0..table.data.chunks.len()).collect());
            }
            return;
        }
        let mut open: HashMap<(u64, u128), Vec<(u32, usize)>> = HashMap::new();
        for table in tables {
            for (at, chunk) in table.data.chunks.iter().enumerate() {
                let print = parse_hex128(&chunk.fingerprint).unwrap_or(0);
                open.entry((chunk.rows, print)).or_default().push((table.number, at));
            }
        }
        let mut strange = if found.each.is_none() { found.total.rows } else { 0 };
        for wrote in found.each.into_iter().flat_map(HashMap::into_values) {
            match open.get_mut(&(wrote.rows, wrote.fingerprint.value())).and_then(Vec::pop) {
                Some((table, chunk)) => drop(self.chunks.entry(table).or_default().insert(chunk)),
                None => strange += wrote.rows,
            }
        }
        if let Some(first) = tables.first().filter(|_| strange > 0) {
            let name = match &first.load_into {
                Some(root) => qualified(&root.schema, &root.name),
                None => qualified(&first.schema, &first.name),
            };
            let words = format!("rows of {name} that are no chunk of the archive: {strange} of {}", found.total.rows);
            self.strange.push(words);
        }
    }

    /// All chunks of the large objects, or none.
    fn large_objects(&mut self, manifest: &Manifest, archived: &ByObject, read: &Read) {
        let longer = read.objects.iter().filter(|(oid, is)| archived.get(oid).is_none_or(|was| was.bytes < is.bytes));
        let strange: BTreeSet<u32> = longer.map(|(oid, _)| *oid).chain(read.strange.iter().copied()).collect();
        self.strange.extend(strange.iter().map(|oid| format!("contents of LARGE OBJECT {oid}")));
        if let Some(large) = manifest.large_objects.as_ref().filter(|_| read.objects == *archived) {
            self.chunks.insert(LARGE_OBJECTS, (0..large.data.chunks.len()).collect());
        }
    }
}

/// The archive's large objects, and the digest of each of their rows.
type Archived = (ByObject, Arc<HashSet<Fingerprint>>);

async fn archived_objects(archive: &Archive) -> Result<Archived> {
    let archive = archive.clone();
    let reading = move || {
        let none = Data::default();
        let data = archive.manifest().large_objects.as_ref().map_or(&none, |large| &large.data);
        let (mut objects, mut rows, mut buffers) = (ByObject::new(), HashSet::new(), Buffers::new());
        for chunk in &data.chunks {
            let content = archive.read_member_into(chunk.member, &mut buffers)?;
            let read = by_object::each_row(content, |row| {
                row.join(&mut objects);
                rows.insert(row.digest());
            });
            read.during(Fault::Damaged, || "the archive's large objects are malformed".into())?;
        }
        Ok((objects, Arc::new(rows)))
    };
    tokio::task::spawn_blocking(reading).await.expect("reading does not panic")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::manifest::{Chunk, hex128};
    use crate::copy::Summary;

    fn print(text: &str) -> Fingerprint {
        let mut print = Fingerprint::default();
        print.add_row(text.as_bytes());
        print
    }

    /// A table of three chunks of one row each, two of them alike.
    fn table() -> Table {
        let chunk = |text| Chunk { member: 0, rows: 1, fingerprint: hex128(print(text).value()) };
        let sum = [print("a"), print("b"), print("b")].map(Fingerprint::value).into_iter().fold(0, u128::wrapping_add);
        let json = serde_json::json!({ "number": 1, "schema": "s", "name": "t", "columns": [], "format": "binary",
            "data": { "rows": 3, "raw_bytes": 1, "fingerprint": hex128(sum), "chunks": [] } });
        let mut table: Table = serde_json::from_value(json).unwrap();
        table.data.chunks = ["a", "b", "b"].map(chunk).to_vec();
        table
    }

    /// What is found where each transaction wrote one of these rows.
    fn found(rows: &[&str]) -> (usize, Vec<String>) {
        let mut each = ByTransaction::new(3 + SPARE);
        for (transaction, row) in (0..).zip(rows) {
            let wrote = Summary { rows: 1, fingerprint: print(row) };
            let mut one = ByTransaction::new(1);
            one.total = wrote;
            one.each = Some(HashMap::from([(transaction, wrote)]));
            each.join(one);
        }
        let mut read = Read { transactions: HashMap::from([(0, each)]), ..Read::default() };
        let mut loaded = Loaded::default();
        loaded.table(&[&table()], &[0], &mut read);
        (loaded.chunks.get(&1).map_or(0, HashSet::len), loaded.strange)
    }

    #[test]
    fn the_chunks_that_are_there_are_found_and_nothing_else_is_taken_for_one() {
        assert_eq!(found(&[]), (0, vec![]));
        assert_eq!(found(&["b"]), (1, vec![]));
        assert_eq!(found(&["b", "a"]), (2, vec![]));
        assert_eq!(found(&["b", "a", "b"]), (3, vec![]));
        let strange = |rows, of| vec![format!("rows of s.t that are no chunk of the archive: {rows} of {of}")];
        assert_eq!(found(&["a", "a"]), (1, strange(1, 2)));
        assert_eq!(found(&["x"]), (0, strange(1, 1)));
        assert_eq!(found(&["a", "b", "b", "x"]), (3, strange(1, 4)));
        assert_eq!(found(&["a"; 20]), (0, strange(20, 20)), "too many transactions to be told apart");
    }
}
