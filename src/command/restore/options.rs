//! What a restore is asked to do, and what it tells when it is done. Plain data.

use std::path::PathBuf;

use super::guard::Production;
use super::passed::{Failed, Refused};
use super::plan::Plan;
use super::statistics::Statistics;
use crate::archive::Archive;
use crate::command::salvage::Salvaged;
use crate::command::selection::Selection;
use crate::connect::Settings;
use crate::sql::RoleMap;

/// What to restore and where to.
pub struct RestoreOptions {
    /// The archive; `None` reads it from standard input.
    pub archive: Option<PathBuf>,
    /// The same, where it is open already.
    pub opened: Option<Archive>,
    /// Where it is damaged, restore what is whole, and pass over errors of the server.
    pub salvage: bool,
    /// The target; with `create` a database to connect to meanwhile.
    pub settings: Settings,
    /// Connections.
    pub jobs: usize,
    /// What to take.
    pub selection: Selection,
    /// The lines of a table of contents: entries to take, in their order.
    pub list: Option<String>,
    /// Drop first what is restored; or, with `create`, the database.
    pub clean: Option<Missing>,
    /// Other names for roles.
    pub owners: RoleMap,
    /// Create the database.
    pub create: bool,
    /// Whether a restore that died is gone on with.
    pub resume: Resuming,
    /// Join what is in the target already.
    pub into_existing: bool,
    /// What to do where the target may be production.
    pub production: Production,
    /// Change nothing, give the plan.
    pub dry_run: bool,
    /// Everything in one transaction.
    pub single_transaction: bool,
    /// Prove the archive before anything is changed. Without, a member is checked when its turn comes, and a
    /// damaged one ends the restore half-way.
    pub verify: bool,
    /// Pass over errors of the server.
    pub continue_on_error: bool,
    /// Switch triggers off while rows are loaded into tables that are there.
    pub disable_triggers: bool,
    /// What to do about statistics.
    pub statistics: Statistics,
    /// Bytes that index builds may take together; `None` leaves each what the server gives.
    pub memory: Option<u64>,
}

impl RestoreOptions {
    /// All of an archive into an empty database.
    pub fn new(archive: PathBuf, settings: Settings) -> RestoreOptions {
        RestoreOptions::of(Some(archive), settings)
    }

    /// As [`new`](RestoreOptions::new), of an archive that may come from elsewhere.
    pub fn of(archive: Option<PathBuf>, settings: Settings) -> RestoreOptions {
        RestoreOptions {
            archive,
            opened: None,
            salvage: false,
            settings,
            jobs: 2,
            selection: Selection::default(),
            list: None,
            clean: None,
            owners: RoleMap::default(),
            create: false,
            resume: Resuming::Never,
            into_existing: false,
            production: Production::Refuse,
            dry_run: false,
            single_transaction: false,
            verify: true,
            continue_on_error: false,
            disable_triggers: false,
            statistics: Statistics::default(),
            memory: None,
        }
    }
}

/// Whether a restore that died is gone on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resuming {
    /// Now: the target may hold a part of the archive already.
    Now,
    /// The target must be empty; where this one fails, that it can be resumed is told.
    Later,
    /// The target must be empty, and nobody is to resume this one.
    Never,
}

/// What was there when a restore was resumed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Resumed {
    /// Entries without rows.
    pub entries: u64,
    /// Chunks of rows, with those of large objects.
    pub chunks: u64,
    /// Rows of tables.
    pub rows: u64,
}

/// What is to be dropped and is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// An error.
    Fails,
    /// Passed over: `--if-exists`.
    Passes,
}

/// What was restored.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct RestoreSummary {
    /// Version of this summary's shape.
    pub version: u32,
    /// The target database.
    pub database: String,
    /// Entries run.
    pub entries: u64,
    /// Tables loaded.
    pub tables: u64,
    /// Rows loaded, as the server counted them.
    pub rows: u64,
    /// Objects that the archive itself lacks, as its dump said.
    pub skipped: u64,
    /// What was left out, because an older target cannot hold it, or because what it needs failed.
    pub refused: Vec<Refused>,
    /// Errors that were passed over.
    pub failed: Vec<Failed>,
    /// What the user should know.
    pub warnings: Vec<String>,
    /// What was there already, of a restore that was resumed; the counts above are without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resumed: Option<Resumed>,
    /// What would have been done, of a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// What came out of a damaged archive, and what did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salvage: Option<Salvaged>,
    /// Seconds taken.
    pub seconds: f64,
}
