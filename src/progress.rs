//! Progress as events out: the engine reports what happened and never draws.
//!
//! Owns the closed set of events and the sink that drops them. `terminal` draws them; tests record
//! them. A sink is called from any task and must not block.

/// One thing that happened. Byte counts are raw (uncompressed) bytes.
#[derive(Debug, Clone)]
pub enum Event {
    /// A phase of the work began: "reading the catalog", "copying", "building indexes".
    Phase(&'static str),
    /// How much there is to copy or check.
    Planned {
        /// Tables (or members, for verify).
        tables: u64,
        /// Estimated raw bytes.
        bytes: u64,
    },
    /// Rows of one table moved.
    Copied {
        /// Raw bytes since the last such event.
        bytes: u64,
        /// Rows since then; 0 where only bytes are counted.
        rows: u64,
    },
    /// A table is complete.
    TableFinished {
        /// Schema-qualified, as SQL writes it.
        table: String,
        /// Rows.
        rows: u64,
    },
    /// A detail for `-v`: one entry run, one table planned.
    Detail(String),
    /// Something the user must know although the work goes on.
    Warned(String),
}

/// Where events go.
pub trait Progress: Send + Sync {
    /// Takes one event; called from any task, must not block.
    fn on(&self, event: Event);
}

/// Drops every event.
pub struct Silent;

impl Progress for Silent {
    fn on(&self, _: Event) {}
}
