//! Tables on their way, told as events: when one begins, what moved of it, when it is complete.
//!
//! Invariant: the events of one table come in this order, whichever thread tells of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::progress::{Event, Progress};

/// What large objects are called among tables, which have their schema before the name.
pub const LARGE_OBJECTS_NAME: &str = "large objects";

/// Something with contents to move.
pub struct Expected {
    /// How it is known to the caller.
    pub key: usize,
    /// Its name.
    pub name: String,
    /// Estimated raw bytes.
    pub bytes: u64,
    /// After how many parts it is complete.
    pub parts: usize,
}

/// Counts what moved.
pub struct Tally {
    tables: HashMap<usize, Counted>,
    progress: Arc<dyn Progress>,
}

struct Counted {
    name: Arc<str>,
    bytes: u64,
    state: Mutex<State>,
}

struct State {
    begun: bool,
    ended: bool,
    left: usize,
    rows: u64,
}

impl Tally {
    /// For what is expected; of anything else only the bytes and rows are told.
    pub fn new(expected: impl IntoIterator<Item = Expected>, progress: &Arc<dyn Progress>) -> Tally {
        let counted = |one: Expected| {
            let state = Mutex::new(State { begun: false, ended: false, left: one.parts, rows: 0 });
            (one.key, Counted { name: one.name.into(), bytes: one.bytes, state })
        };
        Tally { tables: expected.into_iter().map(counted).collect(), progress: Arc::clone(progress) }
    }

    /// Tells that those are complete that have no parts.
    pub fn tell_empty(&self) {
        let is_empty = |one: &Counted| one.state.lock().unwrap_or_else(PoisonError::into_inner).left == 0;
        let mut empty: Vec<usize> = self.tables.iter().filter(|(_, one)| is_empty(one)).map(|(key, _)| *key).collect();
        empty.sort_unstable();
        empty.into_iter().for_each(|key| self.part_done(key, 0));
    }

    /// Tells that the work at it begins, if it has not begun.
    pub fn begin(&self, key: usize) {
        self.with(key, |_, _| {});
    }

    /// Tells that so much of it moved, for the first time or again.
    pub fn copied(&self, key: usize, bytes: u64, rows: u64) {
        let mut table = None;
        self.with(key, |one, _| {
            table = Some(Arc::clone(&one.name));
            self.progress.on(Event::Copied { table: table.clone(), bytes, rows });
        });
        if table.is_none() {
            self.progress.on(Event::Copied { table, bytes, rows });
        }
    }

    /// Takes note that one of its parts is done, which had so many rows; the last one completes it.
    pub fn part_done(&self, key: usize, rows: u64) {
        self.with(key, |one, state| {
            state.rows += rows;
            state.left = state.left.saturating_sub(1);
            if state.left == 0 {
                self.end(one, state);
            }
        });
    }

    /// Tells that it is complete, with so many rows.
    pub fn finish(&self, key: usize, rows: u64) {
        self.with(key, |one, state| {
            state.rows = rows;
            self.end(one, state);
        });
    }

    /// Tells that nothing more of it moves.
    pub fn leave(&self, key: usize) {
        self.with(key, |one, _| self.progress.on(Event::TableLeft { table: Arc::clone(&one.name) }));
    }

    fn end(&self, one: &Counted, state: &mut State) {
        if std::mem::replace(&mut state.ended, true) {
            return;
        }
        let table = Arc::clone(&one.name);
        self.progress.on(match &*table {
            LARGE_OBJECTS_NAME => Event::TableLeft { table },
            _ => Event::TableFinished { table, rows: state.rows },
        });
    }

    fn with(&self, key: usize, tell: impl FnOnce(&Counted, &mut State)) {
        let Some(one) = self.tables.get(&key) else { return };
        let mut state = one.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.begun {
            state.begun = true;
            self.progress.on(Event::TableBegan { table: Arc::clone(&one.name), bytes: one.bytes });
        }
        tell(one, &mut state);
    }
}
