//! `pgsnap report`: a directory of archives as one page to look at.
//!
//! Owns what the page tells: the archives of each host, database and environment over time, the tables of the
//! newest, and what changed since the one before, by the tables' fingerprints. How it looks is `page`'s and
//! `picture`'s. The page stands alone: no script, nothing from a network. Only the two newest manifests of a group
//! are held at a time.

mod page;
mod picture;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::inspect::{InspectedTable, inspect};
use super::list::{About, Listed, State, list};
use crate::error::Result;

/// What the page tells.
struct Report {
    directory: PathBuf,
    now: DateTime<Utc>,
    groups: Vec<Group>,
    /// What is no whole archive.
    others: Vec<Listed>,
}

/// Archives of one host, database and environment.
struct Group {
    host: Option<String>,
    database: String,
    environment: String,
    /// Newest first; never empty.
    archives: Vec<(Listed, About)>,
    /// Tables of the newest, largest first, and what became of them since the archive before.
    tables: Vec<Compared>,
    /// Names of tables that the archive before had.
    gone: Vec<String>,
    /// False where there is no archive before.
    has_previous: bool,
}

/// A table beside what it was.
struct Compared {
    table: InspectedTable,
    change: Change,
    /// Rows that it had.
    rows_before: Option<u64>,
}

/// What became of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    /// There is nothing to compare with.
    Unknown,
    /// It has the same rows.
    Same,
    /// Its rows differ.
    Rows,
    /// Its columns, or how they travel, differ; so its rows cannot be compared.
    Columns,
    /// It was not there.
    New,
}

/// The page about a directory, as of `now`.
///
/// # Errors
/// Usage or Disk, where the directory cannot be read; what opening an archive may fail with, where one is spoilt
/// while it is looked at.
pub fn report(directory: &Path, now: DateTime<Utc>) -> Result<String> {
    let listing = list(directory, now)?;
    let mut others = Vec::new();
    let mut groups: BTreeMap<_, Vec<(Listed, About)>> = BTreeMap::new();
    for one in listing.archives {
        match one.about.clone().filter(|_| one.state == State::Complete) {
            Some(about) => {
                let group = (about.database.clone(), about.environment.clone(), about.host.clone());
                groups.entry(group).or_default().push((one, about));
            }
            None => others.push(one),
        }
    }
    let groups = groups.into_iter().map(|((database, environment, host), archives)| {
        let tables = |place: usize| match archives.get(place) {
            Some((one, _)) => inspect(&one.archive).map(|found| Some(found.tables)),
            None => Ok(None),
        };
        let (newest, before) = (tables(0)?.unwrap_or_default(), tables(1)?);
        let has_previous = before.is_some();
        let (tables, gone) = compare(newest, before);
        Ok(Group { host, database, environment, archives, tables, gone, has_previous })
    });
    let groups = groups.collect::<Result<Vec<_>>>()?;
    Ok(page::page(&Report { directory: directory.to_path_buf(), now, groups, others }))
}

/// The tables beside those before, largest first, and the names of those that are gone.
fn compare(newest: Vec<InspectedTable>, before: Option<Vec<InspectedTable>>) -> (Vec<Compared>, Vec<String>) {
    let known = before.is_some();
    let named = before.unwrap_or_default().into_iter().map(|table| (table.identity.clone(), table));
    let mut before: BTreeMap<String, InspectedTable> = named.collect();
    let mut tables = Vec::with_capacity(newest.len());
    for table in newest {
        let old = before.remove(&table.identity);
        let change = match &old {
            None if known => Change::New,
            None => Change::Unknown,
            Some(old) if shape(old) != shape(&table) => Change::Columns,
            Some(old) if old.fingerprint != table.fingerprint || old.rows != table.rows => Change::Rows,
            Some(_) => Change::Same,
        };
        tables.push(Compared { table, change, rows_before: old.map(|old| old.rows) });
    }
    let size = |one: &Compared| std::cmp::Reverse(one.table.stored_bytes);
    tables.sort_by(|a, b| (size(a), &a.table.identity).cmp(&(size(b), &b.table.identity)));
    (tables, before.into_keys().collect())
}

/// What must be equal before fingerprints can be compared.
fn shape(table: &InspectedTable) -> impl PartialEq + use<> {
    let columns = table.columns.iter().map(|column| (column.name.clone(), column.type_name.clone(), column.format));
    columns.collect::<Vec<_>>()
}
