//! What a restore passes over: what an older server cannot hold, what a role that is no superuser cannot do
//! (`limited.rs` has the rules), and with `--continue-on-error` what any server refuses. It is named, with all that needs it and is left out for that.
//!
//! What the archive knows of older servers (the variants of its entries) is decided before anything is
//! changed. What only the target can tell, because an expression or a name is new to it, is passed over when
//! it refuses it. Without the option nothing is passed over in a server of the same or a newer version.
//!
//! An entry that the target has already is refused and yet there: what needs it is tried, but rows are not
//! loaded into a table that this restore did not make.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use super::entries::refused;
use super::limited::may_be_left_out;
use crate::archive::manifest::Skipped;
use crate::command::finding::Finding;
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

impl Refused {
    /// As what was found beforehand.
    pub fn finding(&self) -> Finding {
        Finding::warning(format!("not restored: {}: {}", self.entry, self.reason), None)
    }
}

/// An error that was passed over.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Failed {
    /// The entry: `TABLE public.film`.
    pub entry: String,
    /// What the server said.
    pub error: String,
}

/// What became of an entry that is not as it should be.
enum Fate {
    /// Left out.
    Out(Refused),
    /// Left out, because the provider of the server keeps his own: what needs it is tried.
    Provided(Refused),
    /// It failed, so it is not there.
    Failed(String),
    /// It failed because it was there before.
    There(String),
}

#[derive(Default)]
struct State {
    /// By entry.
    fates: BTreeMap<u32, Fate>,
    failed: Vec<Failed>,
    /// What is there and yet not as it should be.
    notes: Vec<Refused>,
}

/// What is passed over and what was; shared by all connections.
pub struct PassedOver {
    older: bool,
    /// The role is no superuser.
    pub limited: bool,
    go_on: bool,
    target: u32,
    state: Mutex<State>,
    /// Why entries were made otherwise, by entry.
    rewritten: BTreeMap<u32, String>,
    progress: Arc<dyn Progress>,
}

impl PassedOver {
    /// Puts the definitions that `target` can read into `script`. Rows alone go into tables that are there,
    /// whoever made them: then (`data_only`) there is nothing to adapt. `go_on` passes over all errors.
    pub fn adapt(
        script: &mut Script,
        source: u32,
        target: u32,
        data_only: bool,
        go_on: bool,
        progress: &Arc<dyn Progress>,
    ) -> PassedOver {
        let older = target < source && !data_only;
        let mut passed = PassedOver {
            older,
            limited: false,
            go_on,
            target,
            state: Mutex::default(),
            rewritten: BTreeMap::new(),
            progress: Arc::clone(progress),
        };
        if !older {
            return passed;
        }
        let mut out: BTreeMap<u32, Refused> = BTreeMap::new();
        for entry in &mut script.entries {
            let lacking = |reason: String| Refused { entry: entry.label(), reason };
            if let Some(needed) = entry.depends.iter().chain(&entry.parent).find_map(|id| out.get(id)) {
                out.insert(entry.id, lacking(needs(&needed.entry)));
                continue;
            }
            let Some(variant) = variant_for(&entry.variants, target).cloned() else { continue };
            let reason = format!("PostgreSQL {target}: {}", variant.reason);
            match variant.definition {
                None => drop(out.insert(entry.id, lacking(reason))),
                Some(definition) => {
                    if !variant.reason.is_empty() {
                        passed.rewritten.insert(entry.id, reason);
                    }
                    entry.definition = definition;
                }
            }
        }
        passed.lock().fates = out.into_iter().map(|(id, one)| (id, Fate::Out(one))).collect();
        passed
    }

    /// Leaves an entry out, for which the provider keeps his own.
    pub fn leave_to_provider(&self, entry: &Entry, reason: &str) {
        let one = Refused { entry: entry.label(), reason: reason.to_string() };
        self.lock().fates.entry(entry.id).or_insert(Fate::Provided(one));
    }

    /// Notes that something is there and yet not as it should be.
    pub fn note(&self, what: &str, reason: String) {
        let one = Refused { entry: what.to_string(), reason };
        self.tell(&one);
        self.lock().notes.push(one);
    }

    /// Notes the privileges that the server silently (with a warning) did not give or take.
    pub fn note_privileges(&self, notices: Vec<String>) {
        let lost = |notice: &String| notice.contains("privileges were granted") || notice.contains("be revoked");
        for notice in notices.into_iter().filter(lost) {
            self.note("PRIVILEGES", notice);
        }
    }

    /// Whether an entry may stay with the role although the server refused its owner.
    pub fn keeps_owner(&self, code: Option<&str>) -> bool {
        self.limited && code == Some("42501")
    }

    /// The entries of `chosen` that the target can hold, as far as is known, and what is to be said: of
    /// those that it gets otherwise as warnings, of the others right away.
    pub fn keep<'a>(&self, chosen: Vec<&'a Entry>) -> (Vec<&'a Entry>, Vec<String>) {
        // Only what was asked for counts as refused.
        let ids: HashSet<u32> = chosen.iter().map(|entry| entry.id).collect();
        let mut state = self.lock();
        state.fates.retain(|id, _| ids.contains(id));
        for fate in state.fates.values() {
            if let Fate::Out(one) | Fate::Provided(one) = fate {
                self.tell(one);
            }
        }
        let kept: Vec<&Entry> = chosen.into_iter().filter(|entry| !state.fates.contains_key(&entry.id)).collect();
        let changed = |entry: &&Entry| {
            let reason = self.rewritten.get(&entry.id)?;
            Some(format!("restored otherwise: {}: {reason}", entry.label()))
        };
        let warnings = kept.iter().filter_map(changed).collect();
        (kept, warnings)
    }

    /// Those of `entries` that were neither left out nor failed so far.
    pub fn still<'a>(&self, mut entries: Vec<&'a Entry>) -> Vec<&'a Entry> {
        let state = self.lock();
        entries.retain(|entry| !state.fates.contains_key(&entry.id));
        entries
    }

    /// Whether `entry` must be left out, because something that it needs is not there. Then it is named, once.
    pub fn leaves_out(&self, entry: &Entry) -> bool {
        let mut state = self.lock();
        if state.fates.is_empty() {
            return false;
        }
        if state.fates.contains_key(&entry.id) {
            return true;
        }
        let reason = entry.depends.iter().chain(&entry.parent).find_map(|id| match state.fates.get(id)? {
            Fate::Out(one) => Some(needs(&one.entry)),
            Fate::Failed(label) => Some(needs(label)),
            Fate::Provided(_) => None,
            Fate::There(label) => entry.data.map(|_| format!("{label} was there before")),
        });
        let Some(reason) = reason else { return false };
        let one = Refused { entry: entry.label(), reason };
        self.tell(&one);
        state.fates.insert(entry.id, Fate::Out(one));
        true
    }

    /// Passes over what the target refused, if that may be; gives other errors back.
    ///
    /// # Errors
    /// The cause, with the entry's name.
    pub fn pass_over(&self, entry: &Entry, cause: tokio_postgres::Error) -> Result<(), Error> {
        let code = cause.code().map(|code| code.code().to_string()).unwrap_or_default();
        if self.older && unknown(&code) {
            let message = cause.as_db_error().map(|error| error.message().to_string()).unwrap_or_default();
            self.refuse(entry, &message);
            return Ok(());
        }
        let message = cause.as_db_error().map_or("", |error| error.message());
        if self.limited && code == "42501" && may_be_left_out(entry, message) {
            let one = Refused { entry: entry.label(), reason: format!("the role may not: {message}") };
            self.tell(&one);
            self.lock().fates.insert(entry.id, Fate::Out(one));
            return Ok(());
        }
        let lost = cause.as_db_error().is_none();
        let error = refused(entry, cause);
        if !self.go_on || lost {
            return Err(error);
        }
        let there = matches!(code.as_str(), "42710" | "42P07" | "42723" | "42P06");
        self.fail(entry, &error, Some(there));
        Ok(())
    }

    /// Passes over rows that the target refused: an older one may not be able to read them.
    ///
    /// # Errors
    /// The error, where it is not one to pass over.
    pub fn pass_over_rows(&self, entry: &Entry, error: Error) -> Result<(), Error> {
        match error.sqlstate() {
            Some(code) if self.older && unknown(code) => self.refuse(entry, &error.report()),
            Some(_) if self.go_on => self.fail(entry, &error, Some(false)),
            _ => return Err(error),
        }
        Ok(())
    }

    /// Whether an entry may stay although its owner could not be set.
    pub fn goes_on(&self) -> bool {
        self.go_on
    }

    /// Notes an error that was passed over. `there`: whether the entry is there nevertheless; `None`: it is, by us.
    pub fn fail(&self, entry: &Entry, error: &Error, there: Option<bool>) {
        let one = Failed { entry: entry.label(), error: error.report() };
        self.progress.on(Event::Warned(format!("error passed over: {}", one.error)));
        let mut state = self.lock();
        state.failed.push(one);
        match there {
            Some(true) => drop(state.fates.insert(entry.id, Fate::There(entry.label()))),
            Some(false) => drop(state.fates.insert(entry.id, Fate::Failed(entry.label()))),
            None => {}
        }
    }

    fn refuse(&self, entry: &Entry, message: &str) {
        let reason = format!("PostgreSQL {} refused it: {message}", self.target);
        let one = Refused { entry: entry.label(), reason };
        if self.lock().fates.insert(entry.id, Fate::Out(one.clone())).is_none() {
            self.tell(&one);
        }
    }

    /// Everything that was left out.
    pub fn refused(&self) -> Vec<Refused> {
        let out = |fate: &Fate| match fate {
            Fate::Out(one) | Fate::Provided(one) => Some(one.clone()),
            Fate::Failed(_) | Fate::There(_) => None,
        };
        let state = self.lock();
        state.fates.values().filter_map(out).chain(state.notes.iter().cloned()).collect()
    }

    /// Every error that was passed over, in the order in which they came.
    pub fn failed(&self) -> Vec<Failed> {
        self.lock().failed.clone()
    }

    fn tell(&self, one: &Refused) {
        self.progress.on(Event::Warned(one.finding().what));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an SQLSTATE is that of syntax, names, features or values that a server does not know; but for
/// lacking rights.
fn unknown(code: &str) -> bool {
    (code.starts_with("42") && code != "42501") || matches!(code, "0A000" | "22023" | "22P02" | "22P03")
}

fn needs(label: &str) -> String {
    format!("it needs {label}, which is not there")
}

/// How many of the things that an archive lacks have a warning of their own.
const LACKING_SHOWN: usize = 50;

/// What the dump could not copy, so that whoever restores it knows, too.
pub fn lacking(skipped: &[Skipped]) -> Vec<String> {
    let line = |one: &Skipped| format!("the archive lacks {} {}: {}", one.kind, one.name, one.reason);
    let mut lines: Vec<String> = skipped.iter().take(LACKING_SHOWN).map(line).collect();
    let more = skipped.len() - lines.len();
    lines.extend((more > 0).then(|| format!("the archive lacks {more} things more; pgsnap inspect lists all")));
    lines
}
