//! `pgsnap restore`: an archive back into a database.
//!
//! Owns the order of the phases: open and check the manifest, preflight, create or clean, pre-data, then rows
//! and post-data as dependencies allow, privileges, and what runs last. Nothing is changed before everything
//! that can be checked has been: the target, and every byte of the archive that will be loaded.

mod ahead;
mod beside;
mod budget;
mod builds;
mod chosen;
mod clean;
mod create;
mod effects;
mod entries;
mod expected;
mod guard;
mod in_order;
mod limited;
mod list;
mod load;
mod opened;
mod options;
mod passed;
mod plan;
mod preflight;
mod resume;
mod rights;
mod rows_only;
mod scan;
mod schedule;
mod statistics;
mod target;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::try_join_all;
use tokio::sync::Notify;

use crate::archive::manifest::Manifest;
use crate::archive::{Archive, Table};
use crate::command::finding::{Finding, Findings};
use crate::command::of_archive;
use crate::command::selection::Names;
use crate::command::statistics::STATISTICS_DATA;
use crate::command::tally::Tally;
use crate::command::verify::prove;
use crate::connect::{Purpose, Session, Settings};
use crate::error::{During, Fault, Result};
use crate::progress::{Event, Progress};
use crate::spelling::travels_as_bytes;
use crate::sql::{Entry, Pass, Script, Section};
use ahead::Ahead;
use budget::Budget;
use builds::Builds;
use chosen::{amount, choose, makers, plan_loads};
use clean::Clean;
use create::Creation;
use entries::Runner;
pub use guard::Production;
use in_order::InOrder;
use limited::Limited;
pub use list::{Contents, Line, contents};
use load::{Loader, Plan};
use opened::Opened;
pub use opened::read_script;
pub use options::{Missing, RestoreOptions, RestoreSummary, Resumed, Resuming};
use passed::PassedOver;
pub use passed::{Failed, Refused};
pub use plan::{Phase, Plan as DryRun, Step};
use resume::{Done, Resume};
use rows_only::{References, Triggers};
use schedule::{Load, Schedule};
pub use statistics::Statistics;
use target::{Target, targets};

/// Restores an archive.
///
/// # Errors
/// The first thing that fails, with its object, SQLSTATE and hint. The target then holds a part, but for
/// `single_transaction`.
pub async fn restore(mut options: RestoreOptions, progress: Arc<dyn Progress>) -> Result<RestoreSummary> {
    let started = std::time::Instant::now();
    let Opened { archive, mut script, salvaged } = opened::open(&options, &progress).await?;
    let manifest = archive.manifest();
    suit(&mut options, manifest, salvaged.is_some());
    let purpose = if options.create { Purpose::Maintenance } else { Purpose::Restore };
    let session = Session::open(&options.settings, purpose).await?;
    let guarded = guard::of(&session.settings, manifest, &options).await?;
    progress.on(Event::Phase("checking the target"));
    let names = Names::of(&options.selection)?;
    let mut warnings = options.settings.warnings.clone();
    warnings.extend(session.warnings.iter().cloned());
    warnings.extend(names.check(&script.entries, options.selection.strict_names)?);
    let go_on = options.continue_on_error || salvaged.is_some();
    let (passed, limited) = adapt(&mut script, &session, manifest, &options, go_on, &progress).await?;
    let mut chosen = choose(&script, &options.selection, &names);
    let mut reordered = false;
    if let Some(text) = &options.list {
        let picked = list::pick(chosen, text, script.entries.len())?;
        warnings.extend(picked.ignored);
        (chosen, reordered) = (picked.entries, picked.reordered);
    }
    let creation = match options.create {
        true => Some(Creation::of(&script, &options, &session).await?),
        false => None,
    };
    let (chosen, otherwise) = passed.keep(chosen);
    limited.iter().for_each(|limited| limited.tell(&chosen, &passed));
    let (carried, chosen): (Vec<_>, Vec<_>) = chosen.into_iter().partition(|entry| entry.kind == STATISTICS_DATA);
    let (creation, limited) = (creation.as_ref(), limited.as_ref());
    let intent = preflight::Intent { manifest, entries: &chosen, creation, options: &options, limited };
    let mut found = preflight::check(&session, &intent, guarded).await?;
    found.tell(otherwise.into_iter().chain(passed::lacking(&manifest.skipped)));
    warnings.extend(found.others.iter().map(Finding::words));
    let resume = Resume { archive: &archive, script: &script, intent: &intent, progress: &progress };
    let done = resume.done(&session, &mut found).await?;
    let left = done.left(&chosen);
    let intent = preflight::Intent { entries: &left, ..intent };
    let refused = passed.refused();
    found.others.extend(refused.iter().map(Refused::finding));
    let plan = checked(&session, &archive, &intent, found, &done, &progress).await?;
    if plan.is_some() {
        return Ok(RestoreSummary { version: 1, plan, refused, warnings, salvage: salvaged, ..Default::default() });
    }
    warnings.iter().for_each(|text| progress.on(Event::Warned(text.clone())));
    let (session, settings) = ready(session, creation, &options, &passed, &progress).await?;
    options.settings = settings;
    let passed = Arc::new(passed);
    let work = Work {
        archive: &archive,
        options: &options,
        passed,
        progress: &progress,
        reordered,
        done,
        told: Mutex::new(warnings),
    };
    let finished = work.finish(session, &left, &chosen, &carried, creation).await;
    let (loads, failed) = finished.map_err(|error| resume::hinted(error, options.resume))?;
    failed.into_iter().for_each(|text| work.warn(text));
    let seconds = started.elapsed().as_secs_f64();
    Ok(RestoreSummary { salvage: salvaged, seconds, ..work.summary(left, &loads) })
}

/// Makes the options what this archive allows.
fn suit(options: &mut RestoreOptions, manifest: &Manifest, salvaged: bool) {
    if salvaged {
        // What is left of it was just proved; statistics of all rows are not those of some.
        options.verify = false;
        options.statistics = options.statistics.of_some();
    }
    // An archive of rows alone can only be restored as such.
    options.selection.data_only |= manifest.options.iter().any(|option| option == "--data-only");
    options.settings.text_encoding = Some(manifest.encoding.clone()).filter(|encoding| travels_as_bytes(encoding));
}

/// Makes the script what was asked for, and what the target's version and the session's role can run, as far as
/// that is known.
async fn adapt(
    script: &mut Script,
    session: &Session,
    manifest: &Manifest,
    options: &RestoreOptions,
    go_on: bool,
    progress: &Arc<dyn Progress>,
) -> Result<(PassedOver, Option<Limited>)> {
    for entry in &mut script.entries {
        options.selection.strip(entry);
        options.owners.apply(entry);
    }
    let source = manifest.server_version_num / 10000;
    let rows_alone = options.selection.data_only;
    let mut passed = PassedOver::adapt(script, source, session.major, rows_alone, go_on, progress);
    let mut limited = Limited::read(session).await?;
    limited.iter_mut().for_each(|limited| limited.adapt(script, &mut passed));
    Ok((passed, limited))
}

/// Looks at the archive and its values, too, once the target will do. For a dry run gives the plan, whatever was found.
async fn checked(
    session: &Session,
    archive: &Archive,
    intent: &preflight::Intent<'_>,
    mut found: Findings,
    done: &Done,
    progress: &Arc<dyn Progress>,
) -> Result<Option<DryRun>> {
    let options = intent.options;
    if !options.dry_run {
        found.pass(progress)?;
    }
    let data = intent.entries.iter().filter_map(|entry| entry.data);
    let data: HashSet<u32> = data.filter(|number| !done.is_whole(archive.manifest(), *number)).collect();
    let looked = async {
        if options.verify {
            prove_needed(archive, &data, options.jobs, progress).await?;
        }
        scan::check(session, archive, &data, options.jobs).await
    };
    let looked = looked.await.map_err(|error| of_archive(options.archive.as_deref(), error));
    if !options.dry_run {
        return looked.map(|()| None);
    }
    found.errors.extend(looked.err());
    Ok(Some(DryRun::of(intent, done, session.settings.server(), found)))
}

/// Proves the archive, but for the rows of tables that are not loaded.
async fn prove_needed(archive: &Archive, data: &HashSet<u32>, jobs: usize, progress: &Arc<dyn Progress>) -> Result<()> {
    let (archive, data, told) = (archive.clone(), data.clone(), Arc::clone(progress));
    let work = move || {
        let needed = |table: Option<&Table>| data.contains(&table.map_or(load::LARGE_OBJECTS, |table| table.number));
        prove(&archive, jobs, &needed, &told)
    };
    tokio::task::spawn_blocking(work).await.expect("verifying does not panic")
}

/// Makes the database where it is to be made. Returns a connection to the target and its settings.
async fn ready(
    session: Session,
    creation: Option<&Creation<'_>>,
    options: &RestoreOptions,
    passed: &PassedOver,
    progress: &Arc<dyn Progress>,
) -> Result<(Session, Settings)> {
    let Some(creation) = creation else { return Ok((session, options.settings.clone())) };
    progress.on(Event::Phase("creating the database"));
    if let Some(missing) = options.clean {
        creation.drop(&session, missing == Missing::Passes).await?;
    }
    creation.make(&session, passed, progress).await?;
    let settings = creation.settings();
    // Only now, so that what was set for the database holds.
    Ok((Session::open(&settings, Purpose::Restore).await?, settings))
}

/// Makes all commits durable, and finishes a database that was created. The commits so far did not wait for the
/// disk; this one does, as the server is set up to, and a log is written in order: with it all others are safe.
/// A commit that wrote nothing to the log would not wait (`RecordTransactionCommit`), hence the message.
async fn settle(session: &Session, creation: Option<&Creation<'_>>, work: &Work<'_>) -> Result<()> {
    let sql =
        "SET synchronous_commit TO DEFAULT; SELECT pg_catalog.pg_logical_emit_message(true, 'pgsnap', 'restored')";
    let settled = session.client.batch_execute(sql).await;
    settled.during(Fault::Server, || "cannot make the restored database durable".into())?;
    match creation {
        Some(creation) => creation.finish(&work.passed, work.progress).await,
        None => Ok(()),
    }
}

/// What the phases share.
struct Work<'a> {
    archive: &'a Archive,
    options: &'a RestoreOptions,
    passed: Arc<PassedOver>,
    progress: &'a Arc<dyn Progress>,
    /// The entries are not in the archive's order.
    reordered: bool,
    /// What is there already.
    done: Done,
    /// What the user was warned of.
    told: Mutex<Vec<String>>,
}

impl Work<'_> {
    /// Makes and loads what is `left` of `chosen`, and then the statistics. Returns the data entries that were loaded,
    /// and what is worth a warning.
    async fn finish<'e>(
        &self,
        session: Session,
        left: &[&'e Entry],
        chosen: &[&Entry],
        carried: &[&Entry],
        creation: Option<&Creation<'_>>,
    ) -> Result<(Vec<&'e Entry>, Vec<String>)> {
        let major = session.major;
        let (session, loads) = self.transaction(session, left).await?;
        // Of all that is there, whoever made it.
        let all = self.passed.still(chosen.to_vec());
        let failed = statistics::run(carried, &all, major, self.options, self.progress).await?;
        settle(&session, creation, self).await?;
        Ok((loads, failed))
    }

    fn summary(&self, left: Vec<&Entry>, loads: &[&Entry]) -> RestoreSummary {
        let manifest = self.archive.manifest();
        let (tables, rows, _) = amount(&plan_loads(manifest, loads, &self.done));
        RestoreSummary {
            version: 1,
            database: self.options.settings.database.clone(),
            entries: self.passed.still(self.done.not_whole(manifest, left)).len() as u64,
            tables,
            rows,
            resumed: (self.options.resume == Resuming::Now).then(|| self.done.summary(manifest)),
            skipped: manifest.skipped.len() as u64,
            refused: self.passed.refused(),
            failed: self.passed.failed(),
            warnings: std::mem::take(&mut *self.told.lock().unwrap_or_else(PoisonError::into_inner)),
            ..Default::default()
        }
    }

    /// Warns while the work goes on.
    fn warn(&self, text: String) {
        self.progress.on(Event::Warned(text.clone()));
        self.told.lock().unwrap_or_else(PoisonError::into_inner).push(text);
    }

    /// Everything that changes the target but for statistics, in one transaction where that is wanted. Returns
    /// a connection and the data entries that were loaded.
    async fn transaction<'e>(&self, session: Session, chosen: &[&'e Entry]) -> Result<(Session, Vec<&'e Entry>)> {
        if self.options.single_transaction {
            session.client.batch_execute("BEGIN").await.during(Fault::Server, || "cannot begin".into())?;
        }
        if let Some(missing) = self.options.clean.filter(|_| !self.options.create) {
            self.progress.on(Event::Phase("dropping what was there"));
            let clean = Clean {
                if_exists: missing == Missing::Passes,
                one_transaction: self.options.single_transaction,
                passed: &self.passed,
                progress: self.progress,
            };
            clean.run(&session.client, chosen).await?;
        }
        let (session, loads) = self.phases(session, chosen).await?;
        if self.options.single_transaction {
            let cannot = || "cannot commit; nothing was restored".to_string();
            session.client.batch_execute("COMMIT").await.during(Fault::Server, cannot)?;
        }
        Ok((session, self.passed.still(loads)))
    }

    async fn phases<'e>(&self, session: Session, chosen: &[&'e Entry]) -> Result<(Session, Vec<&'e Entry>)> {
        let main: Vec<&Entry> = chosen.iter().copied().filter(|entry| entry.pass == Pass::Main).collect();
        let loads: Vec<&Entry> = main.iter().copied().filter(|entry| entry.data.is_some()).collect();
        let resumed = self.options.resume == Resuming::Now;
        let no_tables = main.iter().all(|entry| entry.section != Section::PreData);
        let rows_only = !loads.is_empty() && no_tables && !resumed;
        let references = match rows_only {
            true => Some(self.references(&session, &loads).await?),
            false => None,
        };
        let in_force = references.as_ref().is_some_and(|references| references.any);
        let triggers = rows_only && self.options.disable_triggers;
        let session = if self.options.single_transaction || self.reordered || triggers || in_force {
            self.in_order(session, main, &loads, references.unwrap_or_default()).await?
        } else {
            self.in_parallel(&session, &main, &loads).await?;
            session
        };
        self.progress.on(Event::Phase("privileges and refreshes"));
        for pass in [Pass::Privileges, Pass::Last] {
            let entries: Vec<&Entry> = chosen.iter().copied().filter(|entry| entry.pass == pass).collect();
            self.serial(&session, &entries).await?;
            self.passed.note_privileges(session.take_notices());
        }
        Ok((session, loads))
    }

    /// The foreign keys that are in force while rows are loaded; none where triggers are off.
    async fn references(&self, session: &Session, loads: &[&Entry]) -> Result<References> {
        if self.options.disable_triggers {
            return Ok(References::default());
        }
        let deferred = self.options.single_transaction;
        let references = References::read(session, self.archive.manifest(), loads, deferred).await?;
        if !references.circular.is_empty() {
            let names: Vec<String> = references.circular.iter().map(|at| loads[*at].label()).collect();
            self.warn(format!(
                "there are circular foreign keys among {}: rows may be refused; --disable-triggers loads them",
                names.join(", ")
            ));
        }
        if deferred {
            let sql = "SET CONSTRAINTS ALL DEFERRED";
            session.client.batch_execute(sql).await.during(Fault::Server, || "cannot defer constraints".into())?;
        }
        Ok(references)
    }

    fn loader(&self, targets: HashMap<u32, Target>, tally: Tally, in_transaction: bool) -> Loader {
        // In one transaction all goes one after the other, and nothing is handed out.
        let ahead = Ahead::new(if in_transaction { 0 } else { self.options.jobs });
        let (archive, progress) = (self.archive.clone(), Arc::clone(self.progress));
        Loader { archive, targets, in_transaction, progress, tally, ahead, buffers: Arc::default() }
    }

    /// One after the other on one connection.
    async fn in_order(
        &self,
        session: Session,
        mut main: Vec<&Entry>,
        loads: &[&Entry],
        references: References,
    ) -> Result<Session> {
        if !self.reordered && !references.order.is_empty() {
            let mut order = references.order.iter().map(|at| loads[*at]);
            let slots = main.iter_mut().filter(|entry| entry.data.is_some());
            slots.zip(&mut order).for_each(|(slot, load)| *slot = load);
        }
        let planned = plan_loads(self.archive.manifest(), loads, &self.done);
        let tally = load::announce(self.archive.manifest(), &planned, "restoring in order", self.progress);
        let triggers = match self.options.disable_triggers {
            true => Triggers::read(&session, self.archive.manifest(), loads).await?,
            false => Triggers::default(),
        };
        let post_data: Vec<&Entry> = main.iter().copied().filter(|entry| entry.section == Section::PostData).collect();
        let large = Schedule::new(planned, &post_data, &makers(loads)).large();
        let builds = Builds::new(self.progress);
        // The connection that builds cannot tell how far it is. Where there is no other, nobody does; a pooler
        // may let a second one wait for the end of the first.
        let watching = match self.progress.is_watched() && !large.is_empty() && !session.pooler {
            true => session.another().await.ok(),
            false => None,
        };
        let mut in_order = InOrder {
            large,
            builds: &builds,
            loader: self.loader(HashMap::new(), tally, true),
            one_transaction: self.options.single_transaction,
            no_owner: self.options.selection.no_owner,
            passed: &self.passed,
            own: references.own.iter().filter_map(|at| loads[*at].data).collect(),
            triggers,
        };
        if let Some(bytes) = self.options.memory {
            budget::set(&session, bytes).await?;
        }
        let ran = builds.over(watching.as_ref(), in_order.run(session, &main)).await;
        let session = ran.map_err(|error| of_archive(self.options.archive.as_deref(), error))?;
        entries::reset(&session.client).await?;
        Ok(session)
    }

    /// On as many connections as there may be.
    async fn in_parallel(&self, session: &Session, main: &[&Entry], loads: &[&Entry]) -> Result<()> {
        let part = |section: Section| main.iter().copied().filter(move |entry| entry.section == section);
        self.progress.on(Event::Phase("creating tables and types"));
        let pre_data: Vec<&Entry> = part(Section::PreData).collect();
        let connect = || Session::open(&self.options.settings, Purpose::Restore);
        let sessions = try_join_all((0..self.options.jobs.max(1)).map(|_| connect())).await?;
        beside::run(&sessions, &pre_data, self.options.selection.no_owner, &self.passed, self.progress).await?;
        let statements: Vec<&Entry> = part(Section::Data).filter(|entry| entry.data.is_none()).collect();
        self.serial(session, &statements).await?;
        let loads: Vec<&Entry> = loads.iter().copied().filter(|entry| !self.passed.leaves_out(entry)).collect();
        let planned = plan_loads(self.archive.manifest(), &loads, &self.done);
        let tally = load::announce(self.archive.manifest(), &planned, "loading rows", self.progress);
        tally.tell_empty();
        let numbers: HashSet<u32> = loads.iter().filter_map(|entry| entry.data).collect();
        let manifest = self.archive.manifest();
        let tables: Vec<_> = manifest.tables.iter().filter(|table| numbers.contains(&table.number)).collect();
        let loader = self.loader(targets(session, manifest, &tables).await?, tally, false);
        let post_data: Vec<&Entry> = part(Section::PostData).collect();
        let builds = Arc::new(Builds::new(self.progress));
        let finished = self.load_and_finish(loader, planned, &loads, &post_data, sessions, Arc::clone(&builds));
        builds.over(Some(session), finished).await.map_err(|error| of_archive(self.options.archive.as_deref(), error))
    }

    /// Runs entries in order on one connection.
    async fn serial(&self, session: &Session, entries: &[&Entry]) -> Result<()> {
        let (no_owner, one_transaction) = (self.options.selection.no_owner, self.options.single_transaction);
        let mut runner = Runner::new(no_owner, one_transaction, &self.passed, self.progress);
        runner.run(&session.client, entries).await?;
        entries::reset(&session.client).await
    }

    /// Rows and post-data over all of `sessions`.
    async fn load_and_finish(
        &self,
        loader: Loader,
        planned: Vec<Load>,
        loads: &[&Entry],
        post_data: &[&Entry],
        sessions: Vec<Session>,
        builds: Arc<Builds>,
    ) -> Result<()> {
        let work = post_data.len() + planned.iter().map(|load| load.chunks.len()).sum::<usize>();
        if work == 0 {
            return Ok(());
        }
        let schedule = Schedule::new(planned, post_data, &makers(loads));
        let memory = self.options.memory;
        let scarce = budget::vectors(&sessions[0], memory, &schedule, post_data, self.progress).await?;
        scarce.into_iter().for_each(|text| self.warn(text));
        let plan = Arc::new(Plan {
            loader,
            schedule: Mutex::new(schedule),
            budget: memory.map(|bytes| Budget::new(bytes, sessions.len())),
            entries: post_data.iter().map(|entry| (*entry).clone()).collect(),
            no_owner: self.options.selection.no_owner,
            changed: Notify::new(),
            builds,
            data: loads.iter().filter_map(|entry| Some((entry.data?, (*entry).clone()))).collect(),
            passed: Arc::clone(&self.passed),
        });
        load::run(plan, sessions).await
    }
}
