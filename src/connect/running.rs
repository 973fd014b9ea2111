//! The sessions of this process, so that a signal can end what the servers do for them.
//!
//! A server before 14, and later ones on some systems, notices only at the end of a statement that nobody is there any
//! more: it would wait for a lock, or build an index, long after the process. One list for the process, as signals are
//! the process's, too.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::session::Canceller;

/// By number, in the order in which they came.
static SESSIONS: Mutex<BTreeMap<u64, Canceller>> = Mutex::new(BTreeMap::new());

/// A session's place in the list, until it is dropped.
pub(super) struct Listed(u64);

impl Listed {
    pub(super) fn new(canceller: Canceller) -> Listed {
        let mut sessions = SESSIONS.lock().unwrap_or_else(PoisonError::into_inner);
        let number = sessions.last_key_value().map_or(0, |(last, _)| last + 1);
        sessions.insert(number, canceller);
        Listed(number)
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        SESSIONS.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// The sessions that were open at one time.
pub struct Running(Vec<Canceller>);

impl Running {
    /// Those that are open now.
    pub fn now() -> Running {
        Running(SESSIONS.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect())
    }

    /// Asks their servers to give up what they are doing, within a limit. To be called when nobody is left who would
    /// go on after the refusal.
    pub async fn cancel(self) {
        // A server that cannot be told gives up by itself, sooner or later.
        futures::future::join_all(self.0.iter().map(Canceller::cancel)).await;
    }
}
