//! When a standby's replay ends what a snapshot reads.
//!
//! Owns telling such an end from others, and what to change. Whether to begin anew is the caller's: the snapshot
//! itself is lost, so nothing can be tried again within it.

use super::snapshot::Snapshot;
use crate::error::Error;

/// SQLSTATEs with which a standby cancels what is in the way of replay (`ProcessRecoveryConflictInterrupt`).
const REPLAY: [&str; 2] = ["40001", "40P01"];
const GAVE_UP: &str = "the standby gave up this snapshot in order to go on replaying (VACUUM, or a statement that locks or \
     drops a table on the primary)";

/// What lets a dump of a standby come to its end.
pub const STANDBY_HINT: &str = "on the standby raise max_standby_streaming_delay (and max_standby_archive_delay) above the \
     time of a dump, or to -1, and set hot_standby_feedback = on; or dump from the primary";

impl Snapshot {
    /// True where a standby had to replay something that this snapshot or its locks stood in the way of. Nothing else
    /// can fail so in a transaction that only reads.
    pub fn is_replay(&self, error: &Error) -> bool {
        let cancelled = error.sqlstate().is_some_and(|code| REPLAY.contains(&code));
        self.session().in_recovery && (cancelled || error.doing().contains("conflict with recovery"))
    }

    /// The same error, and what to change on a standby where that is the cause.
    pub fn hint_at_replay(&self, error: Error) -> Error {
        if self.is_replay(&error) { error.hint(format!("{GAVE_UP}; {STANDBY_HINT}")) } else { error }
    }
}
