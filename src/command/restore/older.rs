//! Restoring into an older server: what it cannot hold is left out and named, with all that needs it.
//!
//! What the archive knows (the variants of its entries) is decided before anything is changed. What only the
//! target can tell, because an expression or a name is new to it, is passed over when it refuses it. Into
//! a server of the same or a newer version nothing is passed over.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::Error;
use crate::progress::{Event, Progress};
use crate::sql::{Entry, Script, variant_for};

/// An entry that was left out.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Refused {
    /// What it is: `TABLE public.film`.
    pub entry: String,
    /// Why.
    pub reason: String,
}

/// What an older target makes necessary; shared by all connections.
pub struct Older {
    active: bool,
    target: u32,
    /// By entry.
    refused: Mutex<BTreeMap<u32, Refused>>,
    /// Why entries were made otherwise, by entry.
    rewritten: BTreeMap<u32, String>,
    progress: Arc<dyn Progress>,
}

impl Older {
    /// Puts the definitions that `target` can read into `script`. Rows alone go into tables that are there,
    /// whoever made them: then (`data_only`) there is nothing to adapt.
    pub fn adapt(
        script: &mut Script,
        source: u32,
        target: u32,
        data_only: bool,
        progress: &Arc<dyn Progress>,
    ) -> Older {
        let active = target < source && !data_only;
        let mut older = Older {
            active,
            target,
            refused: Mutex::default(),
            rewritten: BTreeMap::new(),
            progress: Arc::clone(progress),
        };
        if !active {
            return older;
        }
        let mut refused: BTreeMap<u32, Refused> = BTreeMap::new();
        for entry in &mut script.entries {
            let lacking = |reason: String| Refused { entry: entry.label(), reason };
            if let Some(needed) = entry.depends.iter().chain(&entry.parent).find_map(|id| refused.get(id)) {
                refused.insert(entry.id, lacking(needs(needed)));
                continue;
            }
            let Some(variant) = variant_for(&entry.variants, target).cloned() else { continue };
            let reason = format!("PostgreSQL {target}: {}", variant.reason);
            match variant.definition {
                None => drop(refused.insert(entry.id, lacking(reason))),
                Some(definition) => {
                    older.rewritten.insert(entry.id, reason);
                    entry.definition = definition;
                }
            }
        }
        older.refused = Mutex::new(refused);
        older
    }

    /// The entries of `chosen` that the target can hold, as far as is known, and what is to be said: of
    /// those that it gets otherwise as warnings, of the others right away.
    pub fn keep<'a>(&self, chosen: Vec<&'a Entry>) -> (Vec<&'a Entry>, Vec<String>) {
        // Only what was asked for counts as refused.
        let ids: std::collections::HashSet<u32> = chosen.iter().map(|entry| entry.id).collect();
        let mut refused = self.lock();
        refused.retain(|id, _| ids.contains(id));
        refused.values().for_each(|one| self.tell(one));
        let kept: Vec<&Entry> = chosen.into_iter().filter(|entry| !refused.contains_key(&entry.id)).collect();
        let changed = |entry: &&Entry| {
            let reason = self.rewritten.get(&entry.id).filter(|reason| !reason.is_empty())?;
            Some(format!("restored otherwise: {}: {reason}", entry.label()))
        };
        let warnings = kept.iter().filter_map(changed).collect();
        (kept, warnings)
    }

    /// Those of `entries` that were not left out so far.
    pub fn still<'a>(&self, mut entries: Vec<&'a Entry>) -> Vec<&'a Entry> {
        let refused = self.lock();
        entries.retain(|entry| !refused.contains_key(&entry.id));
        entries
    }

    /// Whether the target is older, so that entries may have to be left out.
    pub fn is_active(&self) -> bool {
        self.active
    }

    /// Whether `entry` must be left out, because something that it needs was. Then it is named.
    pub fn leaves_out(&self, entry: &Entry) -> bool {
        if !self.active {
            return false;
        }
        let mut refused = self.lock();
        let found = entry.depends.iter().chain(&entry.parent).find_map(|id| refused.get(id)).map(needs);
        let Some(reason) = found else { return refused.contains_key(&entry.id) };
        let one = Refused { entry: entry.label(), reason };
        self.tell(&one);
        refused.insert(entry.id, one);
        true
    }

    /// Passes over what an older target refused because it does not know it; gives other errors back.
    pub fn pass_over(&self, entry: &Entry, cause: tokio_postgres::Error) -> Result<(), tokio_postgres::Error> {
        if !self.active || !unknown(cause.code().map(|code| code.code()).unwrap_or_default()) {
            return Err(cause);
        }
        let message = cause.as_db_error().map(|error| error.message().to_string()).unwrap_or_default();
        self.refuse(entry, &message);
        Ok(())
    }

    /// Passes over rows that an older target cannot read: a type may have got its binary form later.
    pub fn pass_over_rows(&self, entry: &Entry, error: Error) -> Result<(), Error> {
        if !self.active || !error.sqlstate().is_some_and(unknown) {
            return Err(error);
        }
        self.refuse(entry, &error.report());
        Ok(())
    }

    fn refuse(&self, entry: &Entry, message: &str) {
        let reason = format!("PostgreSQL {} refused it: {message}", self.target);
        let one = Refused { entry: entry.label(), reason };
        if self.lock().insert(entry.id, one.clone()).is_none() {
            self.tell(&one);
        }
    }

    /// Everything that was left out.
    pub fn refused(&self) -> Vec<Refused> {
        self.lock().values().cloned().collect()
    }

    fn tell(&self, one: &Refused) {
        self.progress.on(Event::Warned(format!("not restored: {}: {}", one.entry, one.reason)));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<u32, Refused>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an SQLSTATE is that of syntax, names, features or values that a server does not know; but for
/// lacking rights.
fn unknown(code: &str) -> bool {
    (code.starts_with("42") && code != "42501") || matches!(code, "0A000" | "22023" | "22P02" | "22P03")
}

fn needs(what: &Refused) -> String {
    format!("it needs {}, which is not there", what.entry)
}

/// What to do with an error that is not passed over.
pub fn passed_over(older: &Older, entry: &Entry, cause: tokio_postgres::Error) -> Result<(), Error> {
    older.pass_over(entry, cause).map_err(|cause| super::entries::refused(entry, cause))
}
