//! Runs entries on one connection, many to a round trip.
//!
//! A batch goes to the server as one text, which the server runs as one transaction: that saves the round
//! trips and the commits, which are most of what a small statement costs. Where one statement of a batch is
//! refused, the server has undone all of it, and the batch is run again entry by entry: so every error still
//! belongs to one entry.
//!
//! Invariant: a batch holds at most [`BATCH_ENTRIES`] entries, because each may hold several locks until its
//! transaction ends.

use std::sync::Arc;

use tokio_postgres::Client;

use super::older::{Older, passed_over};
use crate::error::{During, Error, Fault, Result};
use crate::progress::{Event, Progress};
use crate::sql::{Entry, Placement};

/// How many entries make a batch. A table with its constraints takes few locks; a server has at least 6400.
pub const BATCH_ENTRIES: usize = 100;
/// How many bytes of text make a batch, unless one entry has more.
const BATCH_BYTES: usize = 256 << 10;

/// Runs entries on one connection and remembers where it creates tables.
pub struct Runner<'a> {
    client: &'a Client,
    placement: Placement,
    no_owner: bool,
    older: &'a Older,
    progress: &'a Arc<dyn Progress>,
}

impl<'a> Runner<'a> {
    /// A runner for a fresh session; `no_owner` leaves objects with whoever creates them.
    pub fn new(client: &'a Client, no_owner: bool, older: &'a Older, progress: &'a Arc<dyn Progress>) -> Runner<'a> {
        Runner { client, placement: Placement::default(), no_owner, older, progress }
    }

    /// Runs `entries` in order.
    ///
    /// # Errors
    /// The first that is refused; those before it are done.
    pub async fn run(&mut self, entries: &[&Entry]) -> Result<()> {
        if self.older.is_active() {
            return self.one_by_one(entries).await;
        }
        entries.iter().for_each(|entry| self.tell(entry));
        let texts: Vec<String> = entries.iter().map(|entry| self.text(entry)).collect();
        let mut from = 0;
        while from < entries.len() {
            let mut to = from + 1;
            let mut bytes = texts[from].len();
            while to < entries.len() && to - from < BATCH_ENTRIES && bytes + texts[to].len() <= BATCH_BYTES {
                bytes += texts[to].len();
                to += 1;
            }
            self.batch(&entries[from..to], &texts[from..to]).await?;
            from = to;
        }
        Ok(())
    }

    /// Into an older server: an entry is not sent before it is known whether what it needs is there.
    async fn one_by_one(&mut self, entries: &[&Entry]) -> Result<()> {
        for entry in entries {
            if self.older.leaves_out(entry) {
                continue;
            }
            self.tell(entry);
            let text = self.text(entry);
            if let Err(cause) = self.client.batch_execute(&text).await {
                passed_over(self.older, entry, cause)?;
                // What it set went with it.
                self.placement = Placement::default();
                reset(self.client).await?;
            }
        }
        Ok(())
    }

    fn tell(&self, entry: &Entry) {
        self.progress.on(Event::Detail(format!("creating {}", entry.label())));
    }

    async fn batch(&self, entries: &[&Entry], texts: &[String]) -> Result<()> {
        match self.client.batch_execute(&texts.join("\n")).await {
            Ok(()) => return Ok(()),
            Err(cause) if entries.len() == 1 || cause.as_db_error().is_none() => {
                return Err(refused(entries[0], cause));
            }
            Err(_) => {}
        }
        for (entry, text) in entries.iter().zip(texts) {
            self.client.batch_execute(text).await.map_err(|cause| refused(entry, cause))?;
        }
        Ok(())
    }

    fn text(&mut self, entry: &Entry) -> String {
        let mut text = self.placement.before(entry);
        text.push_str(&entry.definition);
        if let Some(owner) = entry.owner_statement().filter(|_| !self.no_owner) {
            text.push('\n');
            text.push_str(&owner);
        }
        text
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
        _ => None,
    };
    let error = Error::new(Fault::Server, format!("cannot restore {}", entry.label())).caused_by(cause);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}
