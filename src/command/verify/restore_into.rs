//! `pgsnap verify --restore-into`: restores into a scratch database, compares, and drops it.
//!
//! Owns the order and the promise that the database goes: after success, after any error and after a signal.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::Arc;

use super::against::{AgainstOptions, LiveReport, compare};
use super::scratch::Scratch;
use crate::archive::Archive;
use crate::command::restore::{Production, RestoreOptions, Statistics, read_script, restore};
use crate::command::selection::Selection;
use crate::error::{Error, Fault, Result};
use crate::progress::{Event, Progress};
use crate::sql::Script;

/// A scratch restore.
pub struct RestoreIntoOptions {
    /// The name of the database to make, from [`name`](super::scratch_name).
    pub scratch: String,
    /// Leave objects with whoever restores them.
    pub no_owner: bool,
    /// Leave privileges out.
    pub no_privileges: bool,
    /// The server, with a database to start from; and how to read the copy.
    pub against: AgainstOptions,
}

/// Restores an archive into a scratch database and compares. `stop` ends it early.
///
/// # Errors
/// What a restore and a comparison fail with; that of the signal after `stop`. The database is gone all the same, or
/// the error names it.
pub async fn restore_into(
    archive: &Archive,
    options: RestoreIntoOptions,
    stop: impl Future<Output = Fault>,
    progress: &Arc<dyn Progress>,
) -> Result<LiveReport> {
    if archive.manifest().options.iter().any(|option| option == "--data-only") {
        return Err(Error::new(Fault::Usage, "the archive has rows only, so it cannot be restored by itself"));
    }
    let script = read_script(archive)?;
    let mut stop = pin!(stop);
    progress.on(Event::Detail(format!("the scratch database is {}", options.scratch)));
    // Creating is not broken off: the server would go on with it, and nobody would drop what it made.
    let (server, name) = (options.against.settings.clone(), options.scratch.clone());
    let mut create = pin!(Scratch::create(&server, &name, archive.manifest(), &script));
    let (created, stopped) = tokio::select! {
        created = &mut create => (created, None),
        signal = &mut stop => (create.await, Some(signal)),
    };
    let (scratch, warning) = created?;
    warning.into_iter().for_each(|text| progress.on(Event::Warned(text)));
    let done = match stopped {
        Some(signal) => Err(interrupted(signal)),
        None => tokio::select! {
            done = prove(archive, &script, options, &scratch, progress) => done,
            signal = &mut stop => Err(interrupted(signal)),
        },
    };
    progress.on(Event::Phase("dropping the scratch database"));
    match (done, scratch.drop().await) {
        (done, Ok(())) => done,
        (Ok(_), Err(error)) => Err(error),
        (Err(error), Err(left)) => Err(Error::new(error.fault(), left.doing()).caused_by(error)),
    }
}

fn interrupted(signal: Fault) -> Error {
    Error::new(signal, "interrupted; the scratch database was dropped")
}

async fn prove(
    archive: &Archive,
    script: &Script,
    options: RestoreIntoOptions,
    scratch: &Scratch,
    progress: &Arc<dyn Progress>,
) -> Result<LiveReport> {
    let RestoreIntoOptions { mut against, no_owner, no_privileges, .. } = options;
    if against.selection.is_partial() {
        scratch.make_schemas(expected_schemas(script).into_iter()).await?;
    }
    let wanted = RestoreOptions {
        jobs: against.jobs,
        selection: Selection { no_owner, no_privileges, ..Selection::default() },
        statistics: Statistics::Nothing,
        // A database of ours, made for this.
        production: Production::Allow,
        // It has just been.
        verify: false,
        opened: Some(archive.clone()),
        ..RestoreOptions::of(None, scratch.settings())
    };
    let restored = restore(wanted, Arc::clone(progress)).await?;
    let left_out: BTreeMap<String, String> = restored.refused.into_iter().map(|one| (one.entry, one.reason)).collect();
    against.settings = scratch.settings();
    compare(archive, against, &left_out, progress).await
}

/// The schemas that entries live in and none makes.
fn expected_schemas(script: &Script) -> BTreeSet<&str> {
    let made: BTreeSet<&str> =
        script.entries.iter().filter(|entry| entry.kind == "SCHEMA").map(|entry| entry.name.as_str()).collect();
    let named = script.entries.iter().filter_map(|entry| entry.schema.as_deref());
    named.filter(|schema| !made.contains(schema) && *schema != "public" && !schema.starts_with("pg_")).collect()
}
