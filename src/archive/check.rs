//! Proves an archive offline: every rule of FORMAT.md that bytes can show, over every byte.
//!
//! Owns the order of the work and its report. All findings are reported, sorted by place; an error is only
//! what keeps the file from being read, or a newer format. What rows a chunk holds is told by a function
//! that the caller hands in.
//!
//! Invariant: memory is one member per thread and the manifest, whatever the archive says.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::HEAD_PATH;
use super::finding::{Broken, Finding};
use super::manifest::{Format, Head, Manifest, Member, Table, hex128, parse_hex64};
use super::reader::{self, Archive, Buffers, Trouble, read_verified};
use super::scan;
use super::source::Source;
use super::validate::{self, max_stored, place};
use crate::error::{Fault, Result};

/// What a chunk is, for the function that counts its rows.
#[derive(Debug, Clone, Copy)]
pub struct ChunkContext<'a> {
    /// Its table; none for large objects.
    pub table: Option<&'a Table>,
    /// How its rows travel.
    pub format: Format,
    /// Its member's path.
    pub path: &'a str,
}

/// What a chunk holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkSummary {
    /// Rows.
    pub rows: u64,
    /// Their order-independent digest.
    pub fingerprint: u128,
}

/// Whether the rows of a table are to be checked; none stands for large objects.
pub type Needed<'a> = dyn Fn(Option<&Table>) -> bool + Sync + 'a;

/// What was just read.
#[derive(Debug, Clone, Copy)]
pub struct Checked<'a> {
    /// The table whose chunk it is.
    pub table: Option<&'a Table>,
    /// Content bytes.
    pub raw_bytes: u64,
    /// Rows found in it, where it is a table's.
    pub rows: u64,
}

/// Takes what was just read, from any thread.
pub type Tell<'a> = dyn Fn(Checked<'_>) + Sync + 'a;

/// Reads a chunk's content: its rows, or what is wrong with it.
pub type ReadChunk<'a> = dyn Fn(ChunkContext<'_>, &[u8]) -> Result<ChunkSummary, String> + Sync + 'a;

/// What was checked and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Everything that is wrong, by place. Empty: the archive is sound.
    pub findings: Vec<Finding>,
    /// Whole members seen, the manifest excepted.
    pub members_checked: u64,
    /// Rows counted in chunks of tables.
    pub rows: u64,
    /// Content read, in bytes.
    pub raw_bytes: u64,
}

impl Report {
    /// True where nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Checks a whole archive with `jobs` threads. `progress` is told content bytes as they are checked, from
/// any thread; they add up to the manifest's `totals.raw_bytes` where the manifest is readable.
///
/// # Errors
/// Damaged for a file that is no archive at all; Unsupported for a newer format; Disk or Usage where the
/// file cannot be read. Everything else is a finding.
pub fn check(source: &Source, jobs: usize, content: &ReadChunk<'_>, progress: &Tell<'_>) -> Result<Report> {
    check_source(source, jobs, &|_| true, content, progress)
}

/// As [`check`], of an archive that is open, and without the chunks of tables that are not `needed`.
///
/// # Errors
/// As for [`check`].
pub fn check_archive(
    archive: &Archive,
    jobs: usize,
    needed: &Needed<'_>,
    content: &ReadChunk<'_>,
    progress: &Tell<'_>,
) -> Result<Report> {
    check_source(archive.source(), jobs, needed, content, progress)
}

pub(super) fn check_source(
    source: &Source,
    jobs: usize,
    needed: &Needed<'_>,
    content: &ReadChunk<'_>,
    progress: &Tell<'_>,
) -> Result<Report> {
    let mut findings = Vec::new();
    let (footer, end) = match reader::read_footer(source) {
        Ok(found) => found,
        Err(Trouble::Finding(finding)) => return check_by_scan(source, source.len(), vec![finding], progress),
        Err(Trouble::Error(error)) => return Err(error),
    };
    findings.extend(end);
    let manifest = match reader::read_manifest(source, footer) {
        Ok(manifest) => manifest,
        Err(Trouble::Finding(finding)) => {
            findings.push(finding);
            return check_by_scan(source, footer.offset, findings, progress);
        }
        Err(Trouble::Error(error)) => return Err(error),
    };
    findings.extend(validate::layout(&manifest, footer.offset));
    findings.extend(validate::sums(&manifest));
    let check = Check {
        source,
        manifest: &manifest,
        chunks: chunk_places(&manifest),
        end: footer.offset,
        needed,
        content,
        progress,
        report: Mutex::new(Report { findings, ..Report::default() }),
    };
    check.members(jobs)?;
    Ok(sorted(check.report.into_inner().unwrap_or_else(PoisonError::into_inner)))
}

/// Checks what can be checked where the way from the end is broken.
fn check_by_scan(source: &Source, end: u64, findings: Vec<Finding>, progress: &Tell<'_>) -> Result<Report> {
    let head = reader::read_head(source)?;
    let mut scan = scan::scan(source, end, &|raw_bytes| progress(Checked { table: None, raw_bytes, rows: 0 }))?;
    if scan.members.is_empty() && head.is_none() {
        return Err(reader::not_an_archive(source));
    }
    match scan.manifest.take() {
        Some(manifest) => {
            scan.findings.extend(validate::sums(&manifest));
            scan.compare(&manifest);
        }
        None => scan.duplicates(),
    }
    let last = scan.members.last().map_or("nothing".to_string(), place);
    let whole = format!("{} whole members were found up to byte {end}, the last is {last}", scan.members.len());
    let mut report = Report {
        findings,
        members_checked: scan.members.len() as u64,
        rows: 0,
        raw_bytes: scan.members.iter().map(|member| member.raw_bytes).fold(0, u64::saturating_add),
    };
    report.findings.extend(scan.findings);
    report.findings.push(Broken::new("F1", whole).at(end, "whole file"));
    Ok(sorted(report))
}

fn sorted(mut report: Report) -> Report {
    report
        .findings
        .sort_by(|a, b| (a.offset, a.rule, &a.place, &a.problem).cmp(&(b.offset, b.rule, &b.place, &b.problem)));
    report.findings.dedup();
    report
}

/// Which chunk a member is.
#[derive(Clone, Copy)]
struct ChunkPlace<'a> {
    context: ChunkContext<'a>,
    rows: u64,
    fingerprint: &'a str,
}

/// By member, the chunk it is.
fn chunk_places(manifest: &Manifest) -> Vec<Option<ChunkPlace<'_>>> {
    let mut places = vec![None; manifest.members.len()];
    for part in validate::parts(manifest) {
        let table = part.table.map(|index| &manifest.tables[index]);
        for chunk in &part.data.chunks {
            if let Some(member) = manifest.members.get(chunk.member) {
                let context = ChunkContext { table, format: part.format, path: &member.path };
                places[chunk.member] = Some(ChunkPlace { context, rows: chunk.rows, fingerprint: &chunk.fingerprint });
            }
        }
    }
    places
}

/// The work shared by the threads.
struct Check<'a> {
    source: &'a Source,
    manifest: &'a Manifest,
    chunks: Vec<Option<ChunkPlace<'a>>>,
    /// Where the manifest's frame begins.
    end: u64,
    needed: &'a Needed<'a>,
    content: &'a ReadChunk<'a>,
    progress: &'a Tell<'a>,
    report: Mutex<Report>,
}

impl Check<'_> {
    /// All members; threads take the next one as they come.
    fn members(&self, jobs: usize) -> Result<()> {
        let count = self.manifest.members.len();
        let next = AtomicUsize::new(0);
        let work = || -> Result<()> {
            let mut buffers = Buffers::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(member) = self.manifest.members.get(index) else { return Ok(()) };
                let done = self.member(index, member, &mut buffers);
                if done.is_err() {
                    next.store(count, Ordering::Relaxed);
                }
                let rows = done?;
                let table = self.chunks[index].and_then(|chunk| chunk.context.table);
                (self.progress)(Checked { table, raw_bytes: member.raw_bytes, rows });
            }
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..jobs.clamp(1, count.max(1))).map(|_| scope.spawn(work)).collect();
            let results: Vec<_> = threads.into_iter().map(|thread| thread.join()).collect();
            results.into_iter().try_for_each(|joined| joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })
    }

    /// Checks a member; how many rows of a table it has.
    fn member(&self, index: usize, member: &Member, buffers: &mut Buffers) -> Result<u64> {
        let needed = self.chunks[index].is_none_or(|chunk| (self.needed)(chunk.context.table));
        if !needed || !self.is_readable(member) {
            return Ok(0);
        }
        let content = match read_verified(self.source, member, buffers) {
            Ok(content) => content,
            Err(Trouble::Finding(finding)) => {
                self.report().findings.push(finding);
                return Ok(0);
            }
            Err(Trouble::Error(error)) => return Err(error),
        };
        let mut findings = Vec::new();
        let mut rows = 0;
        if member.path == HEAD_PATH {
            findings.extend(self.head(content)?);
        }
        if let Some(chunk) = self.chunks[index] {
            match (self.content)(chunk.context, content) {
                Ok(found) => {
                    rows = if chunk.context.table.is_some() { found.rows } else { 0 };
                    findings.extend(compare(chunk, found));
                }
                Err(problem) => findings.push(Broken::new("F21", problem)),
            }
        }
        let mut report = self.report();
        report.members_checked += 1;
        report.rows = report.rows.saturating_add(rows);
        report.raw_bytes = report.raw_bytes.saturating_add(member.raw_bytes);
        report.findings.extend(findings.into_iter().map(|broken| broken.at(member.offset, place(member))));
        Ok(rows)
    }

    /// False where the layout's findings already say why the member cannot be read.
    fn is_readable(&self, member: &Member) -> bool {
        member.stored_bytes > 0
            && member.offset.checked_add(member.stored_bytes).is_some_and(|end| end <= self.end)
            && member.stored_bytes <= max_stored(member.raw_bytes)
            && [&member.stored_xxh3, &member.raw_xxh3].into_iter().all(|hex| parse_hex64(hex).is_some())
    }

    /// F20.
    fn head(&self, content: &[u8]) -> Result<Option<Broken>> {
        match Head::from_json(content) {
            Ok(head) if head == Head::from(self.manifest) => Ok(None),
            Ok(_) => Ok(Some(Broken::new("F20", "it does not say what the manifest says"))),
            Err(error) if error.fault() == Fault::Damaged => Ok(Some(Broken::new("F13", error.doing()))),
            Err(error) => Err(error),
        }
    }

    fn report(&self) -> std::sync::MutexGuard<'_, Report> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// F21.
fn compare(chunk: ChunkPlace<'_>, found: ChunkSummary) -> Vec<Broken> {
    let mut findings = Vec::new();
    if found.rows != chunk.rows {
        findings.push(Broken::new("F21", format!("it has {} rows, the manifest says {}", found.rows, chunk.rows)));
    }
    if hex128(found.fingerprint) != chunk.fingerprint {
        findings.push(Broken::new("F21", "its rows do not have the fingerprint that the manifest says"));
    }
    findings
}
