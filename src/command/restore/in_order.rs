//! Entries and rows one after the other on one connection: for one transaction, for an order of the user's own,
//! and for rows into tables whose foreign keys and triggers are in force.
//!
//! Invariant: the rows of a table come in one transaction, so that one that fails is empty as before.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::builds::Builds;
use super::entries::Runner;
use super::load::Loader;
use super::passed::PassedOver;
use super::rows_only::Triggers;
use super::target::targets;
use crate::connect::Session;
use crate::error::{During, Fault, Result};
use crate::sql::Entry;

/// What runs in order.
pub struct InOrder<'a> {
    /// Loads rows, inside a transaction.
    pub loader: Loader,
    /// Everything is one transaction.
    pub one_transaction: bool,
    /// Leave owners as they come.
    pub no_owner: bool,
    /// What is passed over.
    pub passed: &'a PassedOver,
    /// Data whose rows name each other: loaded in one statement.
    pub own: HashSet<u32>,
    /// What switches triggers off and on.
    pub triggers: Triggers,
    /// Entries that build an index over many rows: each goes to the server by itself, so that it can be told.
    pub large: HashSet<u32>,
    /// Where that is told.
    pub builds: &'a Builds,
}

impl InOrder<'_> {
    /// Runs `entries`. Returns the session, which may be another one after an error that was passed over.
    pub async fn run(&mut self, mut session: Session, mut entries: &[&Entry]) -> Result<Session> {
        let (no_owner, one_transaction, passed) = (self.no_owner, self.one_transaction, self.passed);
        let progress = Arc::clone(&self.loader.progress);
        let runner = || Runner::new(no_owner, one_transaction, passed, &progress);
        let mut running = runner();
        while let Some(first) = entries.first() {
            let large = self.large.contains(&first.id);
            let alike =
                |entry: &&&Entry| entry.data.is_some() == first.data.is_some() && !self.large.contains(&entry.id);
            let count = if large { 1 } else { entries.iter().take_while(alike).count() };
            let (now, later) = entries.split_at(count);
            entries = later;
            if first.data.is_none() {
                let _building = large.then(|| self.builds.begin(session.backend_pid, first));
                running.run(&session.client, now).await?;
                continue;
            }
            self.match_tables(&session, now).await?;
            for entry in now.iter().filter(|entry| !passed.leaves_out(entry)) {
                match self.table(&session, entry).await {
                    Ok(()) => self.loader.finished(entry),
                    Err(error) if one_transaction => return Err(error),
                    Err(error) => {
                        passed.pass_over_rows(entry, error)?;
                        entry.data.iter().for_each(|data| self.loader.tally.leave(*data as usize));
                        // After an error of COPY the connection is of no use.
                        session = session.another().await?;
                        running = runner();
                    }
                }
            }
        }
        Ok(session)
    }

    /// What the tables of these entries are in the target, now that they are there.
    async fn match_tables(&mut self, session: &Session, entries: &[&Entry]) -> Result<()> {
        let left = entries.iter().filter(|entry| !self.passed.leaves_out(entry));
        let wanted: HashSet<u32> = left.filter_map(|entry| entry.data).collect();
        let manifest = self.loader.archive.manifest();
        let tables: Vec<_> = manifest.tables.iter().filter(|table| wanted.contains(&table.number)).collect();
        let found = targets(session, manifest, &tables).await?;
        self.loader.targets.extend(found);
        Ok(())
    }

    async fn table(&self, session: &Session, entry: &Entry) -> Result<()> {
        let Some(data) = entry.data else { return Ok(()) };
        let chunks = self.loader.chunks(data);
        if chunks == 0 {
            return Ok(());
        }
        let (before, after) = self.triggers.round(data);
        let (begin, commit) = if self.one_transaction { ("", "") } else { ("BEGIN;", "COMMIT;") };
        let doing = || format!("cannot restore {}", entry.label());
        session.client.batch_execute(&format!("{begin}\n{before}")).await.during(Fault::Server, doing)?;
        if chunks > 1 && self.own.contains(&data) {
            self.loader.whole(session, data).await?;
        } else {
            let mut statements = HashMap::new();
            for chunk in 0..chunks {
                self.loader.chunk(session, data, chunk, &mut statements).await?;
            }
        }
        session.client.batch_execute(&format!("{after}\n{commit}")).await.during(Fault::Server, doing)
    }
}
