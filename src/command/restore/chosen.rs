//! What of an archive is restored: the entries that are chosen, and the rows that are to be loaded for them.
//!
//! Pure. What the target makes of it is for others.

use std::collections::{HashMap, HashSet};

use super::load::LARGE_OBJECTS;
use super::resume::Done;
use super::schedule::Load;
use crate::archive::manifest::{Data, Manifest};
use crate::command::selection::{Names, Selection};
use crate::sql::{Entry, Script};

/// The entries that the selection takes, in order. Comments, labels and privileges follow their object.
pub fn choose<'a>(script: &'a Script, selection: &Selection, names: &Names) -> Vec<&'a Entry> {
    let mut taken: HashSet<u32> = HashSet::new();
    let wanted = |entry: &&Entry| {
        let wanted = !script.is_of_database(entry)
            && selection.takes_kind(entry)
            && match entry.parent {
                Some(parent) => taken.contains(&parent),
                None => names.take(entry),
            };
        if wanted {
            taken.insert(entry.id);
        }
        wanted
    };
    script.entries.iter().filter(wanted).collect()
}

/// The rows of these entries, but for the chunks that are there.
pub fn plan_loads(manifest: &Manifest, loads: &[&Entry], done: &Done) -> Vec<Load> {
    let by_number: HashMap<u32, &Data> = manifest.tables.iter().map(|table| (table.number, &table.data)).collect();
    let large = manifest.large_objects.as_ref().map(|large| &large.data);
    let data = |number: u32| if number == LARGE_OBJECTS { large } else { by_number.get(&number).copied() };
    let planned = |entry: &&Entry| {
        let number = entry.data?;
        let data = data(number)?;
        let chunks: Vec<usize> = (0..data.chunks.len()).filter(|chunk| !done.has(number, *chunk)).collect();
        let left = || chunks.iter().map(|chunk| &data.chunks[*chunk]);
        let left_bytes = left().filter_map(|chunk| manifest.members.get(chunk.member)).map(|member| member.raw_bytes);
        Some(Load {
            entry: entry.id,
            data: number,
            rows: data.rows,
            bytes: data.raw_bytes,
            left_rows: left().map(|chunk| chunk.rows).sum(),
            left_bytes: left_bytes.sum(),
            is_whole: chunks.is_empty() && !data.chunks.is_empty(),
            chunks,
        })
    };
    loads.iter().filter_map(planned).collect()
}

/// What is to be loaded: tables, their rows, and bytes with those of large objects. A table of which all is there
/// does not count.
pub fn amount(loads: &[Load]) -> (u64, u64, u64) {
    let of_tables = || loads.iter().filter(|load| load.data != LARGE_OBJECTS);
    let tables = of_tables().filter(|load| !load.is_whole).count() as u64;
    let rows = of_tables().map(|load| load.left_rows).sum();
    (tables, rows, loads.iter().map(|load| load.left_bytes).sum())
}

/// The entry that makes the table of each data entry.
pub fn makers(loads: &[&Entry]) -> HashMap<u32, u32> {
    loads.iter().filter_map(|entry| Some((entry.id, *entry.depends.first()?))).collect()
}
