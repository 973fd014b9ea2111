//! What is whole in a damaged archive, for `verify --salvage` and `restore --salvage`.
//!
//! Joins what `archive` finds with what only the whole program knows: whether the schema can be made from it, and
//! what a person can do by hand.

use std::path::Path;
use std::sync::Arc;

use super::input::Input;
use super::of_archive;
use super::standalone::{ENTRIES, POST_DATA, PRE_DATA};
use super::verify::read_chunk;
use crate::archive::Archive;
pub use crate::archive::salvage::{Guide, Lost, Rows, State};
use crate::archive::salvage::{Salvage, salvage as salvage_source};
use crate::error::Result;
use crate::progress::{Event, Progress};
use crate::sql::{one_line, qualified};

/// Stretches that a hint names; the rest are counted.
const STRETCHES_SHOWN: usize = 4;

/// What comes out of a damaged archive, and what does not.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Salvaged {
    /// Whether the entries of the schema are whole, so that a restore can make the tables.
    pub schema: bool,
    /// Members and rows.
    #[serde(flatten)]
    pub found: Salvage,
}

/// What is there of a table: `partial: public.film: 7 of 9 rows, 1 of 2 chunks`.
pub fn line(rows: &Rows) -> String {
    let name = match &rows.schema {
        Some(schema) => one_line(&qualified(schema, &rows.name)),
        None => rows.name.clone(),
    };
    let of = |there: u64, all: Option<u64>, word: &str| {
        let plural = if all.unwrap_or(there) == 1 { "" } else { "s" };
        let all = all.filter(|all| *all != there).map_or_else(String::new, |all| format!(" of {all}"));
        format!("{there}{all} {word}{plural}")
    };
    let (there, chunks) = (of(rows.rows, rows.of_rows, "row"), of(rows.chunks, rows.of_chunks, "chunk"));
    match rows.state {
        State::Whole => format!("whole: {name}: {there}"),
        State::Partial => format!("partial: {name}: {there}, {chunks}"),
        State::Lost => format!("lost: {name}: {there}, {chunks}"),
        State::Unknown => format!("unknown: {name}: {there}, {chunks}; how many there were is not known"),
    }
}

/// Looks for what is whole, with `jobs` threads. The archive is none where nothing tells what its members are.
///
/// # Errors
/// Where nothing of an archive is whole, it is of a newer format, or the file cannot be read.
pub fn salvage(input: &Input, jobs: usize, progress: &Arc<dyn Progress>) -> Result<(Option<Archive>, Salvaged)> {
    progress.on(Event::Phase("looking for what is whole"));
    let told = |bytes| progress.on(Event::Copied { table: None, bytes, rows: 0 });
    let named = |error| of_archive(input.path(), error);
    let (archive, found) = salvage_source(input.source(), jobs, &read_chunk, &told).map_err(named)?;
    let schema = archive.as_ref().is_some_and(|archive| archive.find(ENTRIES).is_some());
    Ok((archive, Salvaged { schema, found }))
}

impl Salvaged {
    /// A line for each table whose rows are not all known to be there, and for each member that is lost.
    pub fn losses(&self) -> Vec<String> {
        let rows = self.found.incomplete().map(line);
        let lost = self.found.lost.iter();
        let lost = lost.map(|one| format!("lost: member {:?} (at byte {}): {}", one.path, one.offset, one.reason));
        rows.chain(lost).collect()
    }

    /// How a person gets at what is whole without pgsnap.
    pub fn by_hand(&self, path: Option<&Path>) -> String {
        let name = path.filter(|path| *path != Path::new("-"));
        let name = name.map_or_else(|| "ARCHIVE".to_string(), |path| shell_word(&path.display().to_string()));
        let stretches = &self.found.stretches;
        let unpack = stretches.iter().take(STRETCHES_SHOWN).map(|stretch| {
            let (from, bytes) = (stretch.offset + 1, stretch.bytes);
            format!("tail -c +{from} {name} | head -c {bytes} | zstd -dc | tar -xf -; ")
        });
        let more = match stretches.len().saturating_sub(STRETCHES_SHOWN) {
            0 => String::new(),
            count => format!("and {count} more, which verify --salvage --json has; "),
        };
        let unpack = unpack.collect::<String>();
        format!(
            "by hand: {unpack}{more}then psql runs what there is of {PRE_DATA}, \\copy loads the files below data/, \
             and {POST_DATA} comes last"
        )
    }
}

/// A word as a shell reads it.
fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,@".contains(c);
    if text.chars().all(plain) { text.to_string() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}
