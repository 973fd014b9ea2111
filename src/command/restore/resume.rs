//! `--resume`: what of the archive a restore that died has made already, and what is left.
//!
//! Nothing is noted in the target for this: the target itself is compared with the archive, as `verify --against`
//! compares them, in one snapshot and before anything is changed.
//!
//! - An entry is done where the target has it with the same text and owner; it is made where the target lacks it.
//!   No entry is half there, because each runs in one transaction. One that is there and different is refused by
//!   name, and so is everything that is not of the archive.
//! - A chunk of rows is done where the rows of one transaction have its count and fingerprint (`verify/loaded.rs`);
//!   the others are loaded. Rows that are no chunk's are refused by name. Nothing is emptied.
//! - Rows are not loaded where a trigger, a rule or a foreign key would act on them: those come after the rows,
//!   so a restore that died has none there.
//! - A sequence's value is set where nobody has used the sequence. Large objects are loaded again unless all of
//!   them are right. Refreshes are done again.
//! - The server may still be at work for the restore that died: its sessions are waited for, and then refused.
//!
//! Invariant: what is done is left exactly as it is.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use super::create::Creation;
use super::options::{Resumed, Resuming};
use super::preflight::Intent;
use crate::archive::Archive;
use crate::archive::manifest::Manifest;
use crate::command::dump::jobs::Contents;
use crate::command::dump::source::Source;
use crate::command::dump::watchdog::Watchdog;
use crate::command::dump::{self, Destination, DumpOptions};
use crate::command::finding::Findings;
use crate::command::selection::{Named, Pattern, Selection};
use crate::command::verify::How;
use crate::command::verify::loaded::{Loaded, loaded};
use crate::command::verify::schema::{Pair, Sides, pairs};
use crate::connect::Session;
use crate::error::{During, Error, Fault, Result};
use crate::object::Row;
use crate::progress::{Event, Progress};
use crate::sql::{Entry, Script, one_line};

/// What to do when a restore has died.
const HINT: &str = "to go on where it ended, run it again with --resume";

/// Things named in one refusal; the rest are counted.
const SHOWN: usize = 20;
/// How long the sessions of the restore that died may take to end.
const WAIT: Duration = Duration::from_secs(10);
const INTERVAL: Duration = Duration::from_millis(100);
const LOCK_WAIT: Duration = Duration::from_secs(60);

/// What is done already.
#[derive(Debug, Default)]
pub struct Done {
    /// The entries that are there.
    entries: HashSet<u32>,
    /// The chunks that are there, by the data's number.
    chunks: HashMap<u32, HashSet<usize>>,
}

impl Done {
    /// What is left of `chosen`. Rows stay, whatever is loaded of them.
    pub fn left<'e>(&self, chosen: &[&'e Entry]) -> Vec<&'e Entry> {
        chosen.iter().copied().filter(|entry| !self.entries.contains(&entry.id)).collect()
    }

    /// Those of `entries` that are no rows, or rows of which something is left.
    pub fn not_whole<'e>(&self, manifest: &Manifest, mut entries: Vec<&'e Entry>) -> Vec<&'e Entry> {
        entries.retain(|entry| !entry.data.is_some_and(|data| self.is_whole(manifest, data)));
        entries
    }

    /// Whether a chunk is loaded.
    pub fn has(&self, data: u32, chunk: usize) -> bool {
        self.chunks.get(&data).is_some_and(|chunks| chunks.contains(&chunk))
    }

    /// Whether all chunks are loaded, of data that has some.
    pub fn is_whole(&self, manifest: &Manifest, data: u32) -> bool {
        let table = manifest.tables.iter().find(|table| table.number == data).map(|table| &table.data);
        let found = table.or(manifest.large_objects.as_ref().map(|large| &large.data));
        let count = found.map_or(0, |data| data.chunks.len());
        self.chunks.get(&data).is_some_and(|chunks| chunks.len() == count)
    }

    /// In figures.
    pub fn summary(&self, manifest: &Manifest) -> Resumed {
        let rows = |number: u32, chunks: &HashSet<usize>| {
            let table = manifest.tables.iter().find(|table| table.number == number);
            let all = table.into_iter().flat_map(|table| table.data.chunks.iter().enumerate());
            all.filter(|(at, _)| chunks.contains(at)).map(|(_, chunk)| chunk.rows).sum::<u64>()
        };
        Resumed {
            entries: self.entries.len() as u64,
            chunks: self.chunks.values().map(|chunks| chunks.len() as u64).sum(),
            rows: self.chunks.iter().map(|(number, chunks)| rows(*number, chunks)).sum(),
        }
    }
}

/// What is resumed.
pub struct Resume<'a> {
    /// The archive.
    pub archive: &'a Archive,
    /// Its script, as this target gets it.
    pub script: &'a Script,
    /// What is to be there in the end.
    pub intent: &'a Intent<'a>,
    /// Where events go.
    pub progress: &'a Arc<dyn Progress>,
}

impl Resume<'_> {
    /// What is done already: nothing, unless that is asked for. `session` is any to the server; a target that the
    /// checks before `found` unfit is not looked at, and a refusal joins what they found.
    ///
    /// # Errors
    /// What keeps the target from being read.
    pub async fn done(&self, session: &Session, found: &mut Findings) -> Result<Done> {
        let missing = self.intent.creation.is_some_and(|creation| !creation.there);
        if self.intent.options.resume != Resuming::Now || missing || !found.errors.is_empty() {
            return Ok(Done::default());
        }
        match self.compare(session).await {
            Err(error) if error.fault() == Fault::Usage => {
                found.errors.push(error);
                Ok(Done::default())
            }
            compared => compared,
        }
    }

    /// Compares the target with the archive. [`Fault::Usage`] names what is not of the archive, and sessions that are
    /// still at work.
    async fn compare(&self, session: &Session) -> Result<Done> {
        let options = self.intent.options;
        if options.selection.data_only {
            let text = "rows alone cannot be resumed: what is in the tables may be anybody's";
            return Err(Error::new(Fault::Usage, text));
        }
        let mut target = self.intent.creation.map_or_else(|| options.settings.clone(), Creation::settings);
        target.text_encoding = None;
        quiet(session, &target.database, self.progress).await?;
        let options = DumpOptions {
            settings: target,
            // Not opened: nothing is written.
            destination: Destination::Standard,
            jobs: options.jobs,
            level: 0,
            selection: self.seen()?,
            lock_wait: LOCK_WAIT,
            max_blocking: None,
            statistics: false,
            check_space: false,
        };
        let watchdog = Watchdog::new(&options.settings, None, self.progress);
        watchdog.over(self.compare_with(&options, &watchdog)).await
    }

    /// What is seen of the target: everything, but for kinds that are not restored and what the provider keeps, which
    /// the role could not read.
    fn seen(&self) -> Result<Selection> {
        let provided = self.intent.limited.iter().flat_map(|limited| &limited.provided);
        let literally = |name: &String| format!("\"{}\"", name.replace('"', "\"\""));
        let not_schemas = provided.map(|name| Pattern::parse(&literally(name), Named::Schema, false));
        Ok(Selection {
            lenient_names: true,
            schemas: Vec::new(),
            not_schemas: not_schemas.collect::<Result<_>>()?,
            tables: Vec::new(),
            not_tables: Vec::new(),
            not_data: Vec::new(),
            extensions: Vec::new(),
            not_extensions: Vec::new(),
            sections: Vec::new(),
            schema_only: false,
            ..self.intent.options.selection.clone()
        })
    }

    async fn compare_with(&self, options: &DumpOptions, watchdog: &Arc<Watchdog>) -> Result<Done> {
        self.progress.on(Event::Phase("comparing the target with the archive"));
        let mut source = Source::open(options, watchdog, self.progress).await?;
        let mut contents = match Contents::read(&mut source, options).await {
            Ok(contents) => contents,
            Err(error) => return Err(source.explain(error).await),
        };
        let live = dump::script(&mut source, &contents, options, self.progress)?;
        let sides = Sides {
            archive: self.script,
            archive_major: self.archive.manifest().server_version_num / 10000,
            live: &live,
            live_major: source.major,
            same_database: self.intent.creation.is_some(),
            left_out: &BTreeMap::new(),
            any_owner: true,
        };
        let (mut done, strange) = self.judge(&sides, shells(&source).await?);
        let database = &options.settings.database;
        refuse(database, strange)?;
        let Loaded { chunks, strange } =
            loaded(self.archive, &source, &mut contents, options.jobs, self.progress).await?;
        source.confirm().await?;
        done.chunks = chunks;
        refuse(database, strange.into_iter().chain(self.in_force(&done)).collect())?;
        Ok(done)
    }

    /// The entries that are there, and what must not be.
    fn judge(&self, sides: &Sides<'_>, shells: HashSet<(String, String)>) -> (Done, Vec<String>) {
        let entry = |id: u32| &self.script.entries[id as usize - 1];
        let live = |id: u32| &sides.live.entries[id as usize - 1];
        let (mut there, mut lacking, mut strange) = (BTreeSet::new(), Vec::new(), Vec::new());
        let mut extra: Vec<Pair> = Vec::new();
        for pair in pairs(sides) {
            let how = pair.found.as_ref().map(|found| found.how);
            match (pair.archive, pair.live, how) {
                (Some(id), _, None | Some(How::Rewritten)) => drop(there.insert(id)),
                (Some(id), None, _) => lacking.push(id),
                (Some(id), Some(other), _) if self.runs_again(entry(id), live(other), how) => {}
                (None, Some(_), Some(How::NotComparable)) => {}
                (None, _, _) => extra.push(pair),
                _ => strange.extend(pair.found.map(|found| words(&found.place, &found.detail, "differs"))),
            }
        }
        // Until it is attached, a part of a partitioned index is dropped by itself, and so is told otherwise.
        for pair in extra {
            let Some(other) = pair.live.map(live) else { continue };
            let same = |id: &u32| {
                let entry = entry(*id);
                let name = |entry: &Entry| (entry.kind.clone(), entry.schema.clone(), entry.name.clone());
                name(entry) == name(other) && entry.definition == other.definition
            };
            match lacking.iter().position(same) {
                Some(at) => drop(there.insert(lacking.remove(at))),
                None if self.may_be_there(other) || sides.live.is_of_database(other) => {}
                None => strange.extend(pair.found.map(|found| words(&found.place, "", "is not in the archive"))),
            }
        }
        // Of a type that is not defined yet a dump sees nothing.
        let shell = |entry: &Entry| {
            let name = (entry.schema.clone().unwrap_or_default(), entry.name.clone());
            entry.kind == "SHELL TYPE" && shells.contains(&name)
        };
        there.extend(lacking.iter().copied().filter(|id| shell(entry(*id))));
        let partly = lacking.iter().filter(|id| there.contains(id) && !shell(entry(**id)));
        strange.extend(partly.map(|id| format!("a part of {} is missing", entry(*id).label())));
        // What a refresh saw is not known.
        let entries = there.into_iter().filter(|id| entry(*id).kind != "MATERIALIZED VIEW DATA").collect();
        (Done { entries, chunks: HashMap::new() }, strange)
    }

    /// Whether an entry that the target has otherwise is simply run: nothing is lost by it.
    fn runs_again(&self, entry: &Entry, live: &Entry, how: Option<How>) -> bool {
        let of_public = entry.schema.is_none() && entry.name == "public";
        match entry.kind.as_str() {
            // One that nobody has used.
            "SEQUENCE SET" => live.definition.trim_end().ends_with(", false);"),
            // Before its own entry ran it is initdb's.
            "SCHEMA" => of_public,
            "ACL" if self.intent.limited.is_some() || how == Some(How::NotComparable) || of_public => true,
            "DATABASE" => false,
            // Settings, comment and privileges of the database.
            _ => self.script.is_of_database(entry),
        }
    }

    /// What an empty target may hold, too, or must, because the archive is of a part.
    fn may_be_there(&self, live: &Entry) -> bool {
        let schema = if live.kind == "SCHEMA" { Some(&live.name) } else { live.schema.as_ref() };
        let provided =
            self.intent.limited.is_some_and(|limited| schema.is_some_and(|name| limited.provided.contains(name)));
        let entries = &self.script.entries;
        let expected = |name: &String| {
            entries.iter().any(|entry| entry.schema.as_ref() == Some(name))
                && !entries.iter().any(|entry| entry.kind == "SCHEMA" && entry.name == *name)
        };
        let bare = matches!(live.kind.as_str(), "SCHEMA" | "ACL" | "COMMENT") && live.schema.is_none();
        let of_initdb = bare && live.name == "public";
        provided || live.kind == "EXTENSION" || of_initdb || (bare && expected(&live.name))
    }

    /// What would act on rows that are still to be loaded.
    fn in_force(&self, done: &Done) -> Vec<String> {
        let left = |data: u32| {
            let manifest = self.archive.manifest();
            let table = manifest.tables.iter().find(|table| table.number == data);
            table.is_some_and(|table| (0..table.data.chunks.len()).any(|chunk| !done.has(data, chunk)))
        };
        let loads = self.intent.entries.iter().filter(|entry| entry.data.is_some_and(left));
        let tables: HashMap<u32, &Entry> = loads.filter_map(|load| Some((*load.depends.first()?, *load))).collect();
        let acting = self.script.entries.iter().filter(|entry| {
            let acts = matches!(entry.kind.as_str(), "TRIGGER" | "RULE" | "FK CONSTRAINT");
            acts && done.entries.contains(&entry.id)
        });
        let one = |entry: &Entry| {
            let load = entry.depends.iter().find_map(|id| tables.get(id))?;
            Some(format!(
                "{} is there, and would act on rows of {}.{} that are not",
                entry.label(),
                load.schema.as_deref().unwrap_or(""),
                load.name
            ))
        };
        acting.filter_map(one).collect()
    }
}

/// An error that ended a restore half-way, with the way to go on.
pub fn hinted(error: Error, resume: Resuming) -> Error {
    if resume == Resuming::Never { error } else { error.also_hint(HINT) }
}

fn words(place: &str, detail: &str, what: &str) -> String {
    let detail: String = detail.lines().map(|line| format!("\n    {line}")).collect();
    format!("{place} {what}{detail}")
}

fn refuse(database: &str, strange: Vec<String>) -> Result<()> {
    if strange.is_empty() {
        return Ok(());
    }
    let mut text =
        format!("the target database {:?} holds what no restore of this archive has left:", one_line(database));
    strange.iter().take(SHOWN).for_each(|one| text.push_str(&format!("\n  {one}")));
    if strange.len() > SHOWN {
        text.push_str(&format!("\n  and {} more", strange.len() - SHOWN));
    }
    let hint = "nothing was changed; restore into a new database (createdb), or drop what is there first (--clean \
                --if-exists)";
    Err(Error::new(Fault::Usage, text).hint(hint))
}

/// Types that are named and not defined.
async fn shells(source: &Source) -> Result<HashSet<(String, String)>> {
    let sql = "SELECT n.nspname::text AS schema, t.typname::text AS name FROM pg_catalog.pg_type t
               JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE NOT t.typisdefined";
    let rows = source.client().query_typed(sql, &[]).await;
    let rows = rows.during(Fault::Server, || "cannot look for types that are not defined".into())?;
    rows.iter().map(|row| Ok((Row(row).text("schema")?, Row(row).text("name")?))).collect()
}

/// Waits until no session of the restore that died is left, which could go on to build an index and commit it.
async fn quiet(session: &Session, database: &str, progress: &Arc<dyn Progress>) -> Result<()> {
    let sql = format!(
        "SELECT pid::text AS pid, COALESCE(state, '') AS state, COALESCE(query, '') AS query
         FROM pg_catalog.pg_stat_activity WHERE datname = {} AND pid <> pg_catalog.pg_backend_pid()
         AND application_name = pg_catalog.current_setting('application_name') AND usename = SESSION_USER ORDER BY pid",
        crate::sql::literal(database)
    );
    let started = tokio::time::Instant::now();
    let mut told = false;
    loop {
        let rows = session.client.query_typed(&sql, &[]).await;
        let rows = rows.during(Fault::Server, || "cannot ask who is connected to the target".into())?;
        let Some(row) = rows.first().map(Row) else { return Ok(()) };
        let pids = rows.iter().map(|row| Row(row).text("pid")).collect::<Result<Vec<_>>>()?.join(", ");
        if started.elapsed() >= WAIT {
            let (state, query) = (row.text("state")?, one_line(&row.text("query")?));
            let query: String = query.chars().take(200).collect();
            let text =
                format!("another restore is still at work in the target: sessions {pids}; the first, {state}: {query}");
            let hint = "wait until they have ended, or end them: SELECT pg_terminate_backend(PID)";
            return Err(Error::new(Fault::Usage, text).hint(hint));
        }
        if !std::mem::replace(&mut told, true) {
            progress.on(Event::Detail(format!("waiting for the sessions of the restore before: {pids}")));
        }
        tokio::time::sleep(INTERVAL).await;
    }
}
