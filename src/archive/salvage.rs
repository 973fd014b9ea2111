//! Gets out of a damaged archive what is whole, and tells what is not.
//!
//! Owns which members may be believed: those whose frame is whole and that the manifest names, by checksum; and
//! where the manifest is lost, those of which the draft (rule F28) knows what they are. What comes out is an
//! [`Archive`] of these alone: whoever reads it needs to know nothing of damage. What rows a chunk holds is told by
//! a function that the caller hands in; a chunk whose rows cannot be counted is not whole.
//!
//! Invariants: nothing is kept that is not proved; memory is one member per thread and lists of members, whatever
//! the archive says.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use super::check::{ChunkContext, ChunkSummary, ReadChunk};
use super::manifest::{Chunk, Data, Manifest, Member, hex128, parse_hex128};
use super::member::path_for_table;
use super::reader::{self, Archive, Buffers, Trouble, read_verified};
use super::scan::{self, Scan};
use super::source::Source;
use super::validate::{self, is_chunk};
use super::{DRAFT_PATH, LARGE_OBJECTS_DIR, MAX_MANIFEST};
use crate::error::{Fault, Result};

/// What told which members belong to the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Guide {
    /// The manifest: every member is known by its checksum, every row is counted.
    Manifest,
    /// The draft of the manifest: what a member is, is known; not how many there were.
    Draft,
    /// Neither: members are known by their names alone.
    Nothing,
}

/// How much of a table's rows is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// All.
    Whole,
    /// Some chunks.
    Partial,
    /// None of those there were.
    Lost,
    /// What was found; nothing says how much there was.
    Unknown,
}

/// What became of the rows of a table, or of the large objects' bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rows {
    /// True name of the schema; none for large objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// True name of the table; `large objects` for these.
    pub name: String,
    /// How much is there.
    pub state: State,
    /// Rows in the chunks that are whole.
    pub rows: u64,
    /// Chunks that are whole.
    pub chunks: u64,
    /// Rows there were, where that is known.
    pub of_rows: Option<u64>,
    /// Chunks there were, where that is known.
    pub of_chunks: Option<u64>,
}

/// A member that does not come out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lost {
    /// Its path.
    pub path: String,
    /// Where its frame begins, or should.
    pub offset: u64,
    /// Why.
    pub reason: String,
}

/// Whole members that lie behind each other without damage between them: bytes that tar reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Stretch {
    /// Where it begins in the file.
    pub offset: u64,
    /// Its bytes.
    pub bytes: u64,
    /// Its members.
    pub members: u64,
}

/// What is whole in an archive, and what is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Salvage {
    /// What told which members belong.
    pub guide: Guide,
    /// Members that come out, the manifest excepted.
    pub members: u64,
    /// Members that do not.
    pub lost: Vec<Lost>,
    /// All tables that are known of, in the archive's order.
    pub tables: Vec<Rows>,
    /// The large objects, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub large_objects: Option<Rows>,
    /// What is whole, by place.
    pub stretches: Vec<Stretch>,
}

impl Salvage {
    /// Everything of which some rows are lost, or may be.
    pub fn incomplete(&self) -> impl Iterator<Item = &Rows> {
        self.tables.iter().chain(&self.large_objects).filter(|rows| rows.state != State::Whole)
    }
}

/// Reads a whole file, whatever its end is like, and keeps what is whole, with `jobs` threads. The archive is none
/// where nothing tells what members are. `progress` is told content bytes as they are read.
///
/// # Errors
/// Damaged where there is no whole member of an archive at all; Unsupported for a newer format; Disk where the
/// file cannot be read.
pub fn salvage(
    source: &Arc<Source>,
    jobs: usize,
    content: &ReadChunk<'_>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<(Option<Archive>, Salvage)> {
    reader::read_head(source)?;
    let named = manifest_by_footer(source)?;
    let mut scan = scan::scan(source, source.len(), progress)?;
    if scan.members.is_empty() {
        return Err(reader::not_an_archive(source));
    }
    let manifest = named.or_else(|| scan.manifest.take().filter(is_sound));
    let (mut kept, lost) = match manifest {
        Some(manifest) => named_by(source, manifest, &scan),
        None => match draft(source, &scan)? {
            Some(draft) => described_by(draft, &scan),
            None => return Ok((None, nothing_told(scan))),
        },
    };
    let read = read_rows(source, &kept.manifest, jobs, content)?;
    kept.lost = lost;
    kept.drop_bad(&read);
    let report = kept.report();
    Ok((Some(Archive::with_manifest(Arc::clone(source), kept.manifest)), report))
}

/// The manifest that the footer leads to, where both are whole.
fn manifest_by_footer(source: &Source) -> Result<Option<Manifest>> {
    let found = reader::read_footer(source).and_then(|(footer, _)| reader::read_manifest(source, footer));
    match found {
        Ok(manifest) => Ok(Some(manifest).filter(is_sound)),
        Err(Trouble::Finding(_)) => Ok(None),
        Err(Trouble::Error(error)) if error.fault() == Fault::Damaged => Ok(None),
        Err(Trouble::Error(error)) => Err(error),
    }
}

/// Whether a manifest agrees with itself: only such a one was ever written.
fn is_sound(manifest: &Manifest) -> bool {
    let end = manifest.members.last().map_or(0, |last| last.offset.saturating_add(last.stored_bytes));
    validate::layout(manifest, end).is_empty()
}

/// The draft in the file, where there is one and no other beside it.
fn draft(source: &Source, scan: &Scan) -> Result<Option<Manifest>> {
    let mut found = scan.members.iter().filter(|member| member.path == DRAFT_PATH);
    let Some(first) = found.next() else { return Ok(None) };
    if first.raw_bytes > MAX_MANIFEST || found.any(|other| other.raw_xxh3 != first.raw_xxh3) {
        return Ok(None);
    }
    let mut buffers = Buffers::new();
    let content = read_verified(source, first, &mut buffers)?;
    match Manifest::from_json(content) {
        Ok(mut draft) => {
            // What only a manifest can know.
            draft.members.clear();
            draft.tables.iter_mut().for_each(|table| table.data = unknown());
            draft.large_objects.iter_mut().for_each(|large| large.data = unknown());
            Ok(Some(draft).filter(|draft| validate::agreement(draft).is_empty()))
        }
        Err(error) if error.fault() == Fault::Damaged => Ok(None),
        Err(error) => Err(error),
    }
}

fn unknown() -> Data {
    Data { fingerprint: hex128(0), ..Data::default() }
}

/// The members that are kept, as a manifest of their own, and what the whole one said.
struct Kept {
    manifest: Manifest,
    guide: Guide,
    /// Rows and chunks of each table, then of the large objects, where they are known.
    expected: Vec<(u64, u64)>,
    lost: Vec<Lost>,
}

/// Keeps the members that the manifest names and that are somewhere in the file.
fn named_by(source: &Source, mut manifest: Manifest, scan: &Scan) -> (Kept, Vec<Lost>) {
    let mut found: HashMap<(&str, &str), &Member> = HashMap::new();
    for member in &scan.members {
        found.entry((&member.path, &member.stored_xxh3)).or_insert(member);
    }
    let (mut places, mut members, mut lost) = (HashMap::new(), Vec::new(), Vec::new());
    let mut buffers = Buffers::new();
    for (at, member) in std::mem::take(&mut manifest.members).into_iter().enumerate() {
        let whole = match found.get(&(member.path.as_str(), member.stored_xxh3.as_str())) {
            Some(there) if there.raw_xxh3 == member.raw_xxh3 => Some((*there).clone()),
            // The search does not see a frame that something damaged seems to hold.
            _ => read_verified(source, &member, &mut buffers).is_ok().then(|| member.clone()),
        };
        match whole {
            Some(there) => {
                places.insert(at, members.len());
                members.push(there);
            }
            None => lost.push(Lost {
                path: member.path,
                offset: member.offset,
                reason: "it is damaged or not there".to_string(),
            }),
        }
    }
    manifest.members = members;
    let mut expected = Vec::new();
    for data in data_of(&mut manifest) {
        expected.push((data.rows, data.chunks.len() as u64));
        data.chunks.retain_mut(|chunk| match places.get(&chunk.member) {
            Some(place) => {
                chunk.member = *place;
                true
            }
            None => false,
        });
    }
    (Kept { manifest, guide: Guide::Manifest, expected, lost: Vec::new() }, lost)
}

/// Keeps the members that the draft can place: chunks of its tables by their paths, and all others.
fn described_by(mut draft: Manifest, scan: &Scan) -> (Kept, Vec<Lost>) {
    let (members, mut lost) = unique(scan);
    let large = draft.tables.len();
    let mut parts: HashMap<String, (usize, &str)> = HashMap::new();
    for (at, table) in draft.tables.iter().enumerate() {
        parts.insert(path_for_table(table.number, &table.schema, &table.name), (at, table.format.ext()));
    }
    if let Some(objects) = &draft.large_objects {
        parts.insert(LARGE_OBJECTS_DIR.to_string(), (large, objects.format.ext()));
    }
    let mut kept = Vec::new();
    let mut chunks: Vec<Vec<Chunk>> = vec![Vec::new(); large + 1];
    for member in members {
        if is_chunk(&member.path) {
            let part = member.path.rsplit_once('/').and_then(|(dir, name)| {
                let (at, ext) = parts.get(dir)?;
                name.strip_suffix(ext)?.ends_with('.').then_some(*at)
            });
            let Some(at) = part else {
                lost.push(lost_one(&member, "no table is known that it is a chunk of"));
                continue;
            };
            chunks[at].push(Chunk { member: kept.len(), rows: 0, fingerprint: hex128(0) });
        }
        kept.push(member);
    }
    for (data, mut chunks) in data_of(&mut draft).into_iter().zip(chunks) {
        // As one stream would have loaded them: by block, by part.
        chunks.sort_by(|a, b| kept[a.member].path.cmp(&kept[b.member].path));
        data.chunks = chunks;
    }
    draft.members = kept;
    (Kept { manifest: draft, guide: Guide::Draft, expected: Vec::new(), lost: Vec::new() }, lost)
}

/// The members by path; where two of a path differ, nothing tells which one is right.
fn unique(scan: &Scan) -> (Vec<Member>, Vec<Lost>) {
    let mut first: HashMap<&str, &Member> = HashMap::new();
    let mut doubtful = HashSet::new();
    for member in &scan.members {
        let before = *first.entry(&member.path).or_insert(member);
        if before.raw_xxh3 != member.raw_xxh3 {
            doubtful.insert(member.path.as_str());
        }
    }
    let (mut members, mut lost) = (Vec::new(), Vec::new());
    for member in &scan.members {
        if doubtful.contains(member.path.as_str()) {
            lost.push(lost_one(member, "two members of this path differ"));
        } else if first[member.path.as_str()].offset == member.offset {
            members.push(member.clone());
        }
    }
    (members, lost)
}

fn lost_one(member: &Member, reason: &str) -> Lost {
    Lost { path: member.path.clone(), offset: member.offset, reason: reason.to_string() }
}

/// The report where neither manifest nor draft is whole.
fn nothing_told(scan: Scan) -> Salvage {
    let (members, lost) = unique(&scan);
    Salvage {
        guide: Guide::Nothing,
        members: members.len() as u64,
        lost,
        tables: Vec::new(),
        large_objects: None,
        stretches: stretches(&members),
    }
}

/// The data of each table, then of the large objects.
fn data_of(manifest: &mut Manifest) -> Vec<&mut Data> {
    let tables = manifest.tables.iter_mut().map(|table| &mut table.data);
    tables.chain(manifest.large_objects.iter_mut().map(|large| &mut large.data)).collect()
}

/// What each chunk turned out to hold, by member.
type Read = HashMap<usize, Result<ChunkSummary, String>>;

/// Reads every chunk that is kept and counts its rows.
fn read_rows(source: &Source, manifest: &Manifest, jobs: usize, content: &ReadChunk<'_>) -> Result<Read> {
    let mut chunks = Vec::new();
    for part in validate::parts(manifest) {
        let table = part.table.map(|index| &manifest.tables[index]);
        for chunk in &part.data.chunks {
            let member = &manifest.members[chunk.member];
            chunks.push((chunk.member, ChunkContext { table, format: part.format, path: &member.path }));
        }
    }
    let (next, read) = (AtomicUsize::new(0), Mutex::new(Read::new()));
    let work = || -> Result<()> {
        let mut buffers = Buffers::new();
        while let Some((index, context)) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
            let one = match read_verified(source, &manifest.members[*index], &mut buffers) {
                Ok(bytes) => content(*context, bytes),
                Err(Trouble::Finding(finding)) => Err(finding.problem),
                Err(Trouble::Error(error)) => return Err(error),
            };
            read.lock().unwrap_or_else(PoisonError::into_inner).insert(*index, one);
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs.clamp(1, chunks.len().max(1))).map(|_| scope.spawn(work)).collect();
        let results: Vec<_> = threads.into_iter().map(|thread| thread.join()).collect();
        results.into_iter().try_for_each(|joined| joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })?;
    Ok(read.into_inner().unwrap_or_else(PoisonError::into_inner))
}

impl Kept {
    /// Drops the chunks whose rows are not what they should be, and makes sums and members agree again.
    fn drop_bad(&mut self, read: &Read) {
        let (guide, lost) = (self.guide, &mut self.lost);
        let members = std::mem::take(&mut self.manifest.members);
        let mut bad = HashSet::new();
        for data in data_of(&mut self.manifest) {
            data.chunks.retain_mut(|chunk| {
                let reason = match read.get(&chunk.member) {
                    Some(Ok(found)) => {
                        let fingerprint = hex128(found.fingerprint);
                        let same = found.rows == chunk.rows && fingerprint == chunk.fingerprint;
                        if same || guide == Guide::Draft {
                            (chunk.rows, chunk.fingerprint) = (found.rows, fingerprint);
                            return true;
                        }
                        "its rows are not those that the manifest tells"
                    }
                    Some(Err(problem)) => problem,
                    None => "it was not read",
                };
                lost.push(lost_one(&members[chunk.member], reason));
                bad.insert(chunk.member);
                false
            });
            let sum = |sum: u128, chunk: &Chunk| sum.wrapping_add(parse_hex128(&chunk.fingerprint).unwrap_or(0));
            data.fingerprint = hex128(data.chunks.iter().fold(0, sum));
            data.rows = data.chunks.iter().map(|chunk| chunk.rows).fold(0, u64::saturating_add);
            let bytes = data.chunks.iter().map(|chunk| members[chunk.member].raw_bytes);
            data.raw_bytes = bytes.fold(0, u64::saturating_add);
        }
        // In the file's order, as in any archive: what is whole behind what is damaged may lie elsewhere.
        let mut order: Vec<usize> = (0..members.len()).filter(|at| !bad.contains(at)).collect();
        order.sort_by_key(|at| members[*at].offset);
        let places: HashMap<usize, usize> = order.iter().enumerate().map(|(new, old)| (*old, new)).collect();
        for data in data_of(&mut self.manifest) {
            data.chunks.iter_mut().for_each(|chunk| chunk.member = places[&chunk.member]);
        }
        self.manifest.members = order.into_iter().map(|at| members[at].clone()).collect();
        self.manifest.totals = validate::totals(&self.manifest);
        self.lost.sort_by(|a, b| (a.offset, &a.path).cmp(&(b.offset, &b.path)));
    }

    fn report(&self) -> Salvage {
        let manifest = &self.manifest;
        let state = |at: usize, schema: Option<&String>, name: &str, data: &Data| {
            let expected = self.expected.get(at);
            let chunks = data.chunks.len() as u64;
            Rows {
                schema: schema.cloned(),
                name: name.to_string(),
                state: match expected {
                    None => State::Unknown,
                    Some((_, all)) if chunks == *all => State::Whole,
                    Some(_) if chunks == 0 => State::Lost,
                    Some(_) => State::Partial,
                },
                rows: data.rows,
                chunks,
                of_rows: expected.map(|(rows, _)| *rows),
                of_chunks: expected.map(|(_, chunks)| *chunks),
            }
        };
        let tables = manifest.tables.iter().enumerate();
        let tables: Vec<Rows> =
            tables.map(|(at, table)| state(at, Some(&table.schema), &table.name, &table.data)).collect();
        let large = manifest.large_objects.as_ref();
        Salvage {
            guide: self.guide,
            members: manifest.members.len() as u64,
            lost: self.lost.clone(),
            large_objects: large.map(|large| state(tables.len(), None, "large objects", &large.data)),
            tables,
            stretches: stretches(&manifest.members),
        }
    }
}

/// Members of the file's order, joined where nothing lies between.
fn stretches(members: &[Member]) -> Vec<Stretch> {
    let mut out: Vec<Stretch> = Vec::new();
    for member in members {
        match out.last_mut() {
            Some(last) if last.offset + last.bytes == member.offset => {
                last.bytes += member.stored_bytes;
                last.members += 1;
            }
            _ => out.push(Stretch { offset: member.offset, bytes: member.stored_bytes, members: 1 }),
        }
    }
    out
}
