//! Progress as events out: the engine reports what happened and never draws.
//!
//! Owns the closed set of events and the sink that drops them. `terminal` draws them; tests record
//! them. A sink is called from any task and must not block.

use std::sync::Arc;

/// One thing that happened. Byte counts are raw (uncompressed) bytes.
#[derive(Debug, Clone)]
pub enum Event {
    /// A phase of the work began: "reading the catalog", "copying", "building indexes".
    Phase(&'static str),
    /// How much there is to copy or check. What was told of tables before is over.
    Planned {
        /// Tables.
        tables: u64,
        /// Estimated raw bytes.
        bytes: u64,
    },
    /// A table's first rows are on their way.
    TableBegan {
        /// Schema-qualified, as SQL writes it; or what is no table and has contents all the same.
        table: Arc<str>,
        /// Estimated raw bytes.
        bytes: u64,
    },
    /// Something moved.
    Copied {
        /// Of which table that has begun; none for what belongs to no table.
        table: Option<Arc<str>>,
        /// Raw bytes since the last such event.
        bytes: u64,
        /// Rows since then.
        rows: u64,
    },
    /// A table is complete.
    TableFinished {
        /// As it began.
        table: Arc<str>,
        /// Rows.
        rows: u64,
    },
    /// A table that began is no longer worked at, and is not to be counted among those that are complete.
    TableLeft {
        /// As it began.
        table: Arc<str>,
    },
    /// What is being built now: all of it, from time to time while there is something.
    Building(Vec<Build>),
    /// A detail for `-v`: one entry run, one table planned.
    Detail(String),
    /// Something the user must know although the work goes on.
    Warned(String),
}

/// An index or a constraint that is being made over rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    /// What: kind and name.
    pub entry: String,
    /// The server's word for what it does (`pg_stat_progress_create_index`); empty where that is not known.
    pub phase: String,
    /// How much of this phase is done.
    pub done: u64,
    /// Of how much; 0 where that is not known.
    pub total: u64,
    /// What `done` and `total` count: `blocks` or `tuples`.
    pub unit: &'static str,
    /// Seconds since it began.
    pub seconds: u64,
}

/// Where events go.
pub trait Progress: Send + Sync {
    /// Takes one event; called from any task, must not block.
    fn on(&self, event: Event);

    /// Whether somebody looks at it while it happens, so that it may cost a query now and then.
    fn is_watched(&self) -> bool {
        false
    }
}

/// Drops every event.
pub struct Silent;

impl Progress for Silent {
    fn on(&self, _: Event) {}
}
