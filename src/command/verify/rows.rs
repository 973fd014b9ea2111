//! Compares rows: streams the tables of a database in one snapshot, by the statements that a dump would use
//! for them as the manifest has them, and holds rows and fingerprints against the manifest's.
//!
//! Owns which table stands against which and what cannot be compared; the reading itself is the dump's.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinSet;

use super::difference::{Difference, How};
use crate::archive::Archive;
use crate::archive::manifest::{Column as StoredColumn, Data, Format as Stored, Manifest, Table, hex128};
use crate::command::dump::jobs::Contents;
use crate::command::dump::oversize;
use crate::command::dump::pump::{self, CHUNK_BYTES_MAX, Job, Reconnect, TRIES, is_lost};
use crate::command::dump::source::{Joined, Source};
use crate::command::tally::Tally;
use crate::connect::Snapshot;
use crate::copy::by_object::{self, ByObject};
use crate::copy::by_transaction::ByTransaction;
use crate::copy::{Fingerprint, Format, Pool, Summary, Tid};
use crate::error::{During, Error, Fault, Result};
use crate::progress::{Event, Progress};
use crate::sql::qualified;

/// What was read of a database.
pub struct Compared {
    /// Tables of the archive that were compared.
    pub tables: u64,
    /// Rows read from them.
    pub rows: u64,
    /// What is not the same.
    pub found: Vec<Difference>,
}

/// Tables that are compared as one: those loaded through one partition root, because a row may lie in another
/// partition than before.
#[derive(Default)]
struct Group<'a> {
    tables: Vec<&'a Table>,
    slots: Vec<usize>,
}

/// Streams what the archive has rows of and compares. `left_out` are labels of entries that a restore left out.
pub async fn compare(
    archive: &Archive,
    source: &Source,
    contents: &mut Contents,
    jobs: usize,
    left_out: &BTreeMap<String, String>,
    progress: &Arc<dyn Progress>,
) -> Result<Compared> {
    let manifest = archive.manifest();
    let mut found = Vec::new();
    let groups = groups(manifest, source, contents, left_out, &mut found);
    let large = contents.tables.len();
    let wanted: HashSet<usize> = groups.iter().flat_map(|group| group.slots.iter().copied()).chain([large]).collect();
    let mut work = contents.jobs();
    work.retain(|job| wanted.contains(&job.slot));
    let expected = contents.expected(&work);
    let tables = expected.iter().filter(|one| one.key != large).count() as u64;
    progress.on(Event::Planned { tables, bytes: expected.iter().map(|one| one.bytes).sum() });
    progress.on(Event::Phase("reading rows"));
    let encoding = Some(manifest.encoding.clone()).filter(|name| name != "UTF8");
    let workers = jobs.clamp(1, work.len().max(1));
    let tally = Tally::new(expected, progress);
    let readings = vec![Reading::Whole; large + 1];
    let read = stream(source, work, tally, readings, workers, encoding, progress).await?;
    let mut compared = Compared { tables: 0, rows: 0, found };
    for group in &groups {
        compared.tables += group.tables.len() as u64;
        compared.rows += group.slots.iter().map(|slot| read.slots[*slot].rows).sum::<u64>();
        compared.found.extend(group.compare(&read.slots));
    }
    for (name, reason) in &read.too_large {
        let known = manifest.skipped.iter().any(|one| one.kind == "ROW" && one.name == *name);
        let one = Difference::new(format!("ROW {name}"), How::NotComparable, reason.as_str());
        compared.found.extend((!known).then_some(one));
    }
    if source_has_large_objects(manifest, contents) {
        let archive = archive.clone();
        let objects = tokio::task::spawn_blocking(move || archived_objects(&archive, read.slots[large], read.objects));
        compared.found.extend(objects.await.expect("reading does not panic")?);
    }
    Ok(compared)
}

fn source_has_large_objects(manifest: &Manifest, contents: &Contents) -> bool {
    manifest.large_objects.is_some() || !contents.large_objects.is_empty()
}

/// Pairs the manifest's tables with the database's, which from here on are read as the manifest says.
fn groups<'a>(
    manifest: &'a Manifest,
    source: &Source,
    contents: &mut Contents,
    left_out: &BTreeMap<String, String>,
    found: &mut Vec<Difference>,
) -> Vec<Group<'a>> {
    let slots: HashMap<(String, String), usize> = contents
        .tables
        .iter()
        .enumerate()
        .map(|(slot, table)| ((table.schema.clone(), table.name.clone()), slot))
        .collect();
    let mut known = HashSet::new();
    let mut groups: BTreeMap<(&str, &str), Group<'a>> = BTreeMap::new();
    for table in &manifest.tables {
        let place = place(table);
        let slot = slots.get(&(table.schema.clone(), table.name.clone())).copied();
        let fit = match slot {
            None => Err(absent(table, source, left_out)),
            Some(slot) => {
                known.insert(slot);
                fit(table, contents, slot, source.major)
            }
        };
        match fit {
            Err((how, why)) => found.push(Difference::new(place, how, why)),
            Ok((slot, more)) => {
                found.extend(more.map(|why| Difference::new(place, How::Different, why)));
                let whole = table.load_into.as_ref().map_or((&table.schema, &table.name), |at| (&at.schema, &at.name));
                let group = groups.entry((whole.0, whole.1)).or_default();
                group.tables.push(table);
                group.slots.push(slot);
            }
        }
    }
    let extra = contents.tables.iter().enumerate().filter(|(slot, _)| !known.contains(slot));
    found.extend(extra.map(|(_, table)| {
        let place = format!("rows of {}", qualified(&table.schema, &table.name));
        Difference::new(place, How::Extra, "the archive has no rows of this table")
    }));
    groups.into_values().collect()
}

fn place(table: &Table) -> String {
    format!("rows of {}", qualified(&table.schema, &table.name))
}

/// Why a table of the archive is not among those that are read.
fn absent(table: &Table, source: &Source, left_out: &BTreeMap<String, String>) -> (How, String) {
    let labels = ["TABLE", "TABLE DATA"].map(|kind| format!("{kind} {}.{}", table.schema, table.name));
    if let Some(reason) = labels.iter().find_map(|label| left_out.get(label)) {
        return (How::NotComparable, reason.clone());
    }
    let same = |(schema, name): (&String, &String)| *schema == table.schema && *name == table.name;
    match source.relations.iter().find(|relation| same((&relation.schema, &relation.name))) {
        Some(relation) if relation.relkind == 'r' => {
            (How::NotComparable, "its rows cannot be read here: it is unlogged, and this is a standby".into())
        }
        Some(_) => (How::Missing, "it is no longer an ordinary table".into()),
        None => (How::Missing, "there is no such table".into()),
    }
}

/// Makes the table in `slot` be read as the manifest has it: the slot, and what is different all the same.
pub(super) fn fit(
    table: &Table,
    contents: &mut Contents,
    slot: usize,
    major: u32,
) -> Result<(usize, Option<String>), (How, String)> {
    let travel = contents.travel(slot);
    let live: HashMap<&str, &StoredColumn> =
        travel.columns.iter().map(|column| (column.name.as_str(), column)).collect();
    let mut columns = Vec::new();
    let mut wrong = Vec::new();
    for StoredColumn { name, type_name, as_text, .. } in &table.columns {
        match live.get(name.as_str()) {
            None => wrong.push(format!("the column {name} is not there")),
            Some(column) if column.type_name != *type_name => {
                wrong.push(format!("the column {name} is {}, in the archive {type_name}", column.type_name));
            }
            // Its types are numbered as in the database, for what is to be replaced in its values.
            Some(column) => columns.push(StoredColumn { as_text: *as_text, ..(*column).clone() }),
        }
    }
    if !wrong.is_empty() {
        return Err((How::Different, wrong.join("; ")));
    }
    if contents.condition(slot) != table.condition.as_deref() {
        return Err((How::NotComparable, "the extension chooses other rows of it than the archive has".into()));
    }
    let format = match table.format {
        Stored::Binary => Format::Binary,
        Stored::Text => Format::Text,
    };
    // Before 14 a table is text because of oids in its values; to be only read, they can be replaced there too.
    if let Some(reason) = travel.reason.as_ref().filter(|_| format == Format::Binary && major >= 14) {
        return Err((
            How::NotComparable,
            format!("in the archive its rows are binary, here they must be text: {reason}"),
        ));
    }
    let known: HashSet<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let more: Vec<&str> =
        travel.columns.iter().map(|column| column.name.as_str()).filter(|name| !known.contains(name)).collect();
    let more = (!more.is_empty()).then(|| format!("the archive has no column {}", more.join(", ")));
    contents.read_as(slot, columns, format);
    Ok((slot, more))
}

impl Group<'_> {
    fn compare(&self, read: &[Summary]) -> Option<Difference> {
        let mut live = Summary::default();
        for slot in &self.slots {
            live.rows += read[*slot].rows;
            live.fingerprint += read[*slot].fingerprint;
        }
        let archived: u64 = self.tables.iter().map(|table| table.data.rows).sum();
        let print = self.tables.iter().map(|table| number(&table.data)).fold(0, u128::wrapping_add);
        if archived == live.rows && print == live.fingerprint.value() {
            return None;
        }
        let first = self.tables.first()?;
        let place = match &first.load_into {
            Some(root) => format!("rows of the partitions of {}", qualified(&root.schema, &root.name)),
            None => place(first),
        };
        let shape = |table: &Table| table.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
        if archived == live.rows && self.tables.iter().any(|table| shape(table) != shape(first)) {
            let why = "its partitions have their columns in different orders, and rows may have moved";
            return Some(Difference::new(place, How::NotComparable, why).rows(archived, live.rows));
        }
        let detail = if archived == live.rows { "as many rows, but not the same ones" } else { "" };
        Some(Difference::new(place, How::Different, detail).rows(archived, live.rows))
    }
}

/// A table's fingerprint; validated when the archive was checked.
pub(super) fn number(data: &Data) -> u128 {
    crate::archive::manifest::parse_hex128(&data.fingerprint).unwrap_or(0)
}

/// How the rows of a slot are looked at.
#[derive(Debug, Clone)]
pub(super) enum Reading {
    /// By their sum.
    Whole,
    /// By their transaction, which is their last column, of so many at most.
    ByTransaction(usize),
    /// Large objects' rows: which are none of these.
    Among(Arc<HashSet<Fingerprint>>),
}

/// What each slot amounted to, and each large object.
#[derive(Default)]
pub(super) struct Read {
    /// The sums, of those that are read whole.
    pub slots: Vec<Summary>,
    /// The large objects.
    pub objects: ByObject,
    /// What transactions wrote, by slot.
    pub transactions: HashMap<usize, ByTransaction>,
    /// Large objects with rows that are none of the known ones.
    pub strange: BTreeSet<u32>,
    /// Rows that no COPY can carry, with the reason.
    pub too_large: Vec<(String, String)>,
}

/// What the workers share.
struct Work {
    jobs: Mutex<VecDeque<Job>>,
    /// Jobs whose tables somebody wants for himself, so that only the leader can read them.
    refused: Mutex<Vec<Job>>,
    read: Mutex<Read>,
    /// By slot; the last is that of the large objects.
    readings: Vec<Reading>,
    tally: Tally,
    encoding: Option<String>,
    pool: Pool,
    progress: Arc<dyn Progress>,
}

/// A poisoned lock only means that a thread died between two whole updates.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs all jobs over connections in the snapshot.
pub(super) async fn stream(
    source: &Source,
    jobs: Vec<Job>,
    tally: Tally,
    readings: Vec<Reading>,
    workers: usize,
    encoding: Option<String>,
    progress: &Arc<dyn Progress>,
) -> Result<Read> {
    let work = Arc::new(Work {
        jobs: Mutex::new(jobs.into()),
        refused: Mutex::default(),
        read: Mutex::new(Read { slots: vec![Summary::default(); readings.len()], ..Read::default() }),
        readings,
        tally,
        encoding,
        pool: Pool::new(workers, CHUNK_BYTES_MAX),
        progress: Arc::clone(progress),
    });
    let joined = Arc::new(Joined::of(source));
    let mut running = JoinSet::new();
    for reader in source.readers(workers) {
        running.spawn(worker(Arc::clone(&work), reader, Arc::clone(&joined)));
    }
    while let Some(ended) = running.join_next().await {
        match ended {
            Ok(done) => done?,
            Err(lost) if lost.is_panic() => std::panic::resume_unwind(lost.into_panic()),
            Err(_) => {}
        }
    }
    drop(running);
    // The leader has had these locks all along.
    let leader = source.leader();
    let refused = std::mem::take(&mut *lock(&work.refused));
    for job in &refused {
        read(&work, &leader, job).await?;
    }
    let work = Arc::into_inner(work).expect("the workers have ended");
    Ok(work.read.into_inner().unwrap_or_else(PoisonError::into_inner))
}

async fn worker(work: Arc<Work>, mut session: Arc<Snapshot>, joined: Arc<Joined>) -> Result<()> {
    let mut locks = HashMap::new();
    loop {
        let next = lock(&work.jobs).pop_front();
        let Some(job) = next else { return Ok(()) };
        let mut tries = 1;
        loop {
            let done = match pump::relock(&session, &job, &mut locks).await {
                Ok(_) if locks.get(&job.slot) == Some(&false) => {
                    lock(&work.refused).push(job);
                    break;
                }
                Ok(_) => read(&work, &session, &job).await,
                Err(error) => Err(error),
            };
            // What was read of a job that failed half-way does not count.
            let Err(error) = done else { break };
            if !is_lost(&error) {
                return Err(error);
            }
            let text = pump::lost(&session, &job).await;
            if tries == TRIES {
                return Err(Error::new(Fault::Connect, text).caused_by(error));
            }
            tries += 1;
            session = joined.reconnect().await.map_err(|cause| Error::new(Fault::Connect, &text).caused_by(cause))?;
            work.progress.on(Event::Warned(format!("{text}; trying again")));
            locks.clear();
        }
    }
}

/// Reads a job, but for rows that no COPY can carry: the archive cannot have those.
async fn read(work: &Work, session: &Snapshot, job: &Job) -> Result<()> {
    let guarded = oversize::possible(job);
    let mut without: Vec<Tid> = Vec::new();
    loop {
        if guarded {
            oversize::begin(session).await?;
        }
        match read_but(work, session, job, &without).await {
            Ok(()) if guarded => return oversize::end(session).await,
            Ok(()) => return Ok(()),
            Err(error) => {
                let (tid, reason) = oversize::find(session, job, &without, error, work.encoding.as_deref()).await?;
                lock(&work.read).too_large.push((format!("{} at ctid {tid}", job.table), reason));
                without.push(tid);
            }
        }
    }
}

async fn read_but(work: &Work, session: &Snapshot, job: &Job, without: &[Tid]) -> Result<()> {
    work.tally.begin(job.slot);
    let reading = &work.readings[job.slot];
    let large = job.slot + 1 == work.readings.len();
    let (mut objects, mut strange) = (ByObject::new(), BTreeSet::new());
    let mut transactions = ByTransaction::new(if let Reading::ByTransaction(most) = reading { *most } else { 0 });
    let mut sum = Summary::default();
    pump::read(session, job, without, work.encoding.as_deref(), &work.pool, |chunk| {
        sum.rows += chunk.rows;
        sum.fingerprint += chunk.fingerprint;
        work.tally.copied(job.slot, chunk.bytes.len() as u64, chunk.rows);
        let counted = match reading {
            Reading::ByTransaction(_) => transactions.add_chunk(job.format, &chunk.bytes),
            Reading::Whole if large => by_object::add_chunk(&chunk.bytes, &mut objects),
            Reading::Whole => Ok(()),
            Reading::Among(known) => by_object::each_row(&chunk.bytes, |row| {
                row.join(&mut objects);
                if !row.is_zero() && !known.contains(&row.digest()) {
                    strange.insert(row.oid);
                }
            }),
        };
        async move { counted.during(Fault::Server, || "the server's rows are malformed".into()) }
    })
    .await?;
    let mut read = lock(&work.read);
    let slot = &mut read.slots[job.slot];
    slot.rows += sum.rows;
    slot.fingerprint += sum.fingerprint;
    // A large one may come in several jobs.
    objects.into_iter().for_each(|(oid, rows)| read.objects.entry(oid).or_default().add(rows));
    read.strange.extend(strange);
    if let Reading::ByTransaction(most) = reading {
        read.transactions.entry(job.slot).or_insert_with(|| ByTransaction::new(*most)).join(transactions);
    }
    work.tally.part_done(job.slot, sum.rows);
    Ok(())
}

/// Compares large objects' contents; where the whole differs, reads the archive's to name them.
fn archived_objects(archive: &Archive, live: Summary, objects: ByObject) -> Result<Vec<Difference>> {
    let none = Data::default();
    let data = archive.manifest().large_objects.as_ref().map_or(&none, |large| &large.data);
    if data.rows == live.rows && (data.rows == 0 || data.fingerprint == hex128(live.fingerprint.value())) {
        return Ok(Vec::new());
    }
    let mut archived = ByObject::new();
    let mut buffers = crate::archive::Buffers::new();
    for chunk in &data.chunks {
        let content = archive.read_member_into(chunk.member, &mut buffers)?;
        let doing = || "the archive's large objects are malformed".to_string();
        by_object::add_chunk(content, &mut archived).during(Fault::Damaged, doing)?;
    }
    let place = |oid: &u32| format!("contents of LARGE OBJECT {oid}");
    let differs = |(oid, was): (&u32, &by_object::Object)| match objects.get(oid) {
        None => Some(Difference::new(place(oid), How::Missing, "it is empty or not there")),
        Some(is) if is != was => Some(Difference::new(place(oid), How::Different, "")),
        Some(_) => None,
    };
    let extra = objects.keys().filter(|oid| !archived.contains_key(oid));
    let extra = extra.map(|oid| Difference::new(place(oid), How::Extra, "the archive has it empty or not at all"));
    Ok(archived.iter().filter_map(differs).chain(extra).collect())
}
