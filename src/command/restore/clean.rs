//! `--clean`: removes from the target what the archive is about to make, in exactly the reverse order.
//!
//! Owns the order and what may be missing; the statements are the entries' own. Only a verified archive gets
//! here. An error stops the restore unless errors are passed over; what was dropped before it stays dropped.
//!
//! Pitfall: a type with I/O functions takes them along (CASCADE), so their own DROP finds nothing.

use std::collections::HashSet;
use std::sync::Arc;

use tokio_postgres::Client;

use super::entries::{BATCH_ENTRIES, execute};
use super::passed::PassedOver;
use crate::error::{Error, Fault, Result};
use crate::progress::{Event, Progress};
use crate::sql::Entry;
use crate::sql::drops::if_exists;

/// Large objects are dropped a thousand to an entry, each with a lock: so a batch is of few statements.
const BATCH_STATEMENTS: usize = 1000;

/// How to drop.
pub struct Clean<'a> {
    /// `--if-exists`: what is missing is no error.
    pub if_exists: bool,
    /// Everything is one transaction.
    pub one_transaction: bool,
    /// Which errors are passed over.
    pub passed: &'a PassedOver,
    /// Where events go.
    pub progress: &'a Arc<dyn Progress>,
}

impl Clean<'_> {
    /// Drops what `entries` make, the last first.
    pub async fn run(&self, client: &Client, entries: &[&Entry]) -> Result<()> {
        let drops = self.statements(entries);
        let (mut from, mut to) = (0, 0);
        while from < drops.len() {
            let mut statements = 0;
            while to < drops.len() && to - from < BATCH_ENTRIES && (to == from || statements < BATCH_STATEMENTS) {
                self.progress.on(Event::Detail(format!("dropping {}", drops[to].0.label())));
                statements += drops[to].1.matches(";\n").count() + 1;
                to += 1;
            }
            self.batch(client, &drops[from..to]).await?;
            from = to;
        }
        Ok(())
    }

    fn statements<'e>(&self, entries: &[&'e Entry]) -> Vec<(&'e Entry, String, bool)> {
        let cascading = entries.iter().filter(|entry| entry.drop.ends_with(" CASCADE;"));
        let taken_along: HashSet<u32> = cascading.flat_map(|entry| entry.depends.iter().copied()).collect();
        let one = |entry: &&'e Entry| {
            let may_lack = self.if_exists || taken_along.contains(&entry.id);
            (*entry, if may_lack { if_exists(entry) } else { entry.drop.clone() }, may_lack)
        };
        entries.iter().rev().filter(|entry| !entry.drop.is_empty()).map(one).collect()
    }

    async fn batch(&self, client: &Client, drops: &[(&Entry, String, bool)]) -> Result<()> {
        let text: Vec<&str> = drops.iter().map(|(_, text, _)| text.as_str()).collect();
        if execute(client, &text.join("\n"), self.one_transaction).await.is_ok() {
            return Ok(());
        }
        // All of it was undone: again one by one, so that the error belongs to one entry.
        for (entry, text, may_lack) in drops {
            let Err(cause) = execute(client, text, self.one_transaction).await else { continue };
            let code = cause.code().map(|code| code.code().to_string()).unwrap_or_default();
            let missing = matches!(code.as_str(), "42704" | "42P01" | "3F000" | "42883" | "42703");
            if missing && *may_lack {
                continue;
            }
            let lost = cause.as_db_error().is_none();
            let error = Error::new(Fault::Server, format!("cannot drop {}", entry.label())).caused_by(cause);
            let error = match code.as_str() {
                _ if missing => error.hint("--if-exists passes over what the target does not have"),
                "2BP01" => error.hint("the target has objects of its own that need it: drop them first"),
                "42501" => error.hint("connect as the owner of the objects or as a superuser"),
                _ => error,
            };
            if lost || !self.passed.goes_on() {
                return Err(error);
            }
            self.passed.fail(entry, &error, None);
        }
        Ok(())
    }
}
