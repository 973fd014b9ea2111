//! Runs entries on one connection, many to a round trip.
//!
//! A batch goes to the server as one text, which the server runs as one transaction: that saves the round
//! trips and the commits, which are most of what a small statement costs. Where one statement of a batch is
//! refused, the server has undone all of it, and the batch is run again entry by entry: so every error still
//! belongs to one entry. Inside one large transaction a savepoint does the same.
//!
//! Invariant: a batch holds at most [`BATCH_ENTRIES`] entries, because each may hold several locks until its
//! transaction ends.

use std::sync::Arc;

use tokio_postgres::Client;

use super::passed::PassedOver;
use crate::error::{During, Error, Fault, Result};
use crate::progress::{Event, Progress};
use crate::sql::{Entry, Placement};

/// How many entries make a batch. A table with its constraints takes few locks; a server has at least 6400.
/// With many more, the connections wait for each other's locks and drown each other in cache invalidations:
/// 5,000 tables took two connections 35 s in batches of 25, 44 s in those of 100 and 47 s in those of 400.
pub const BATCH_ENTRIES: usize = 50;
/// How many bytes of text make a batch, unless one entry has more.
const BATCH_BYTES: usize = 256 << 10;

/// Runs entries and remembers where it creates tables.
pub struct Runner<'a> {
    placement: Placement,
    /// Leave objects with whoever creates them.
    no_owner: bool,
    /// Everything is one transaction.
    one_transaction: bool,
    passed: &'a PassedOver,
    progress: &'a Arc<dyn Progress>,
}

impl<'a> Runner<'a> {
    /// A runner for a fresh session.
    pub fn new(
        no_owner: bool,
        one_transaction: bool,
        passed: &'a PassedOver,
        progress: &'a Arc<dyn Progress>,
    ) -> Runner<'a> {
        Runner { placement: Placement::default(), no_owner, one_transaction, passed, progress }
    }

    /// Runs `entries` in order.
    ///
    /// # Errors
    /// The first that is refused and not passed over; those before it are done.
    pub async fn run(&mut self, client: &Client, mut entries: &[&Entry]) -> Result<()> {
        while !entries.is_empty() {
            let before = self.placement.clone();
            let (mut batch, mut text, mut taken) = (Vec::new(), String::new(), 0);
            for entry in entries {
                let full = batch.len() >= BATCH_ENTRIES || text.len() + entry.definition.len() > BATCH_BYTES;
                if full && !batch.is_empty() {
                    break;
                }
                taken += 1;
                if !self.passed.leaves_out(entry) {
                    self.progress.on(Event::Detail(format!("creating {}", entry.label())));
                    text.push_str(&self.text(entry, !self.no_owner));
                    text.push('\n');
                    batch.push(*entry);
                }
            }
            entries = &entries[taken..];
            self.batch(client, &batch, &text, before).await?;
        }
        Ok(())
    }

    async fn batch(&mut self, client: &Client, batch: &[&Entry], text: &str, before: Placement) -> Result<()> {
        if batch.is_empty() {
            return Ok(());
        }
        let Err(cause) = execute(client, text, self.one_transaction).await else { return Ok(()) };
        // What it set went with it.
        self.placement = before;
        if batch.len() == 1 || cause.as_db_error().is_none() {
            return self.refused(client, batch[0], cause).await;
        }
        for entry in batch {
            if self.passed.leaves_out(entry) {
                continue;
            }
            let before = self.placement.clone();
            let text = self.text(entry, !self.no_owner);
            if let Err(cause) = execute(client, &text, self.one_transaction).await {
                self.placement = before;
                self.refused(client, entry, cause).await?;
            }
        }
        Ok(())
    }

    /// Passes over an entry that was refused, if that may be. One whose owner alone was refused stays.
    async fn refused(&mut self, client: &Client, entry: &Entry, cause: tokio_postgres::Error) -> Result<()> {
        let stays = self.passed.keeps_owner(cause.code().map(|code| code.code()));
        if (stays || self.passed.goes_on()) && !self.no_owner && entry.owner_statement().is_some() {
            let before = self.placement.clone();
            let text = self.text(entry, false);
            match execute(client, &text, self.one_transaction).await {
                Ok(()) if stays => {
                    let message = cause.as_db_error().map_or("", |error| error.message());
                    self.passed.note(&entry.label(), format!("its owner is not set: {message}"));
                    return Ok(());
                }
                Ok(()) => {
                    self.passed.fail(entry, &refused(entry, cause), None);
                    return Ok(());
                }
                Err(_) => self.placement = before,
            }
        }
        self.passed.pass_over(entry, cause)
    }

    fn text(&mut self, entry: &Entry, with_owner: bool) -> String {
        let mut text = self.placement.before(entry);
        text.push_str(&entry.definition);
        if let Some(owner) = entry.owner_statement().filter(|_| with_owner) {
            text.push('\n');
            text.push_str(&owner);
        }
        text
    }
}

/// Runs statements so that they are done or undone together; inside a transaction, that goes on after a refusal.
pub async fn execute(client: &Client, text: &str, in_transaction: bool) -> Result<(), tokio_postgres::Error> {
    if !in_transaction {
        return client.batch_execute(text).await;
    }
    let text = format!("SAVEPOINT pgsnap;\n{text}\nRELEASE SAVEPOINT pgsnap;");
    match client.batch_execute(&text).await {
        Err(cause) if cause.as_db_error().is_some() => {
            client.batch_execute("ROLLBACK TO SAVEPOINT pgsnap; RELEASE SAVEPOINT pgsnap").await?;
            Err(cause)
        }
        other => other,
    }
}

/// Puts back what entries set for where tables go.
pub async fn reset(client: &Client) -> Result<()> {
    let sql = "SET default_tablespace = ''; SET default_table_access_method = heap";
    client.batch_execute(sql).await.during(Fault::Server, || "cannot reset the session".into())
}

/// Names the entry and what to do.
pub fn refused(entry: &Entry, cause: tokio_postgres::Error) -> Error {
    let hint = match cause.code().map(|code| code.code()) {
        Some("42704") => Some("create on the target what the message names, or leave the object out"),
        Some("42501") => Some("restore as the database's owner or a superuser, or with --no-owner and --no-privileges"),
        Some("42710" | "42P07" | "42723" | "42P06") => {
            Some("the target already has an object of this name; restore into an empty database")
        }
        Some("53200") => Some("raise max_locks_per_transaction on the target, or restore without -1"),
        _ => None,
    };
    let error = Error::new(Fault::Server, format!("cannot restore {}", entry.label())).caused_by(cause);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}
