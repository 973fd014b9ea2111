//! Runs entries on one connection, many to a round trip.
//!
//! A batch goes to the server as one text, which the server runs as one transaction: that saves the round
//! trips and the commits, which are most of what a small statement costs. Where one statement of a batch is
//! refused, the server has undone all of it, and the batch is run again entry by entry: so every error still
//! belongs to one entry.
//!
//! Invariant: a batch holds at most [`BATCH_ENTRIES`] entries, because each may hold several locks until its
//! transaction ends.

use tokio_postgres::Client;

use crate::error::{Error, Fault, Result};
use crate::sql::Entry;
use crate::sql::script::Placement;

/// How many entries make a batch. A table with its constraints takes few locks; a server has at least 6400.
pub const BATCH_ENTRIES: usize = 100;
/// How many bytes of text make a batch, unless one entry has more.
const BATCH_BYTES: usize = 256 << 10;

/// Runs entries on one connection and remembers where it creates tables.
pub struct Runner<'a> {
    client: &'a Client,
    placement: Placement,
    no_owner: bool,
}

impl<'a> Runner<'a> {
    /// A runner for a fresh session; `no_owner` leaves objects with whoever creates them.
    pub fn new(client: &'a Client, no_owner: bool) -> Runner<'a> {
        Runner { client, placement: Placement::default(), no_owner }
    }

    /// Runs `entries` in order.
    ///
    /// # Errors
    /// The first that is refused; those before it are done.
    pub async fn run(&mut self, entries: &[&Entry]) -> Result<()> {
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

/// Names the entry and what to do.
fn refused(entry: &Entry, cause: tokio_postgres::Error) -> Error {
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
