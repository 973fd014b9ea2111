//! What a dump would find before its first row: the same questions, without a lock on any table and without a file.
//!
//! Owns the order. Each question is its own module's, and a dump asks it by the same function. Everything is found,
//! not the first of it; where one thing cannot be asked, that is a finding too.

use std::time::Duration;

use super::chosen::{Chosen, uncovered};
use super::destination::Destination;
use super::jobs::column_types;
use super::losses::{Readable, as_text, losses};
use super::space::space;
use super::surroundings::surroundings;
use super::travel::{Planner, Travel};
use crate::catalog::{self, data};
use crate::command::finding::Finding;
use crate::command::selection::Selection;
use crate::connect::{Session, Snapshot};
use crate::error::Result;

/// How long the server may wait for somebody who alters a table, in order to tell its size.
const WAIT: Duration = Duration::from_secs(10);

/// Everything that a dump of `selection` into `destination` would find.
///
/// # Errors
/// None: what cannot be asked is a finding.
pub async fn outlook(session: Session, selection: &Selection, destination: &Destination) -> Vec<Finding> {
    let mut found = Vec::new();
    match Snapshot::begin(session, WAIT).await {
        Err(error) => found.push(Finding::error(&error)),
        Ok(snapshot) => {
            if let Err(error) = look(&snapshot, selection, destination, &mut found).await {
                found.push(Finding::error(&snapshot.explain(error).await));
            }
            if let Ok(session) = snapshot.finish().await {
                session.close().await;
            }
        }
    }
    found
}

async fn look(
    snapshot: &Snapshot,
    selection: &Selection,
    destination: &Destination,
    found: &mut Vec<Finding>,
) -> Result<()> {
    let (session, client) = (snapshot.session(), &snapshot.session().client);
    let database = catalog::database(client, session.major).await?;
    let chosen = Chosen::read(snapshot, &database, selection).await?;
    found.extend(surroundings(session, chosen.lockable().count()).await?);
    found.extend(chosen.unmatched.iter().map(|text| Finding::note(text, None)));
    let Chosen { relations, choice, skipped, found: limits, .. } = chosen;
    found.extend(limits.all());
    found.extend(skipped.iter().map(Finding::skipped));
    let lacking = catalog::lacking(client, session.major).await?;
    let lacking = lacking.into_iter().filter(|one| choice.wants(one, selection)).collect();
    found.extend(uncovered(session.major, lacking).iter().map(Finding::skipped));
    if !selection.takes_data() {
        return Ok(());
    }
    let readable = Readable::of(&relations, &choice.not_data, session.in_recovery);
    found.extend(readable.unreadable.iter().map(Finding::skipped));
    let details = data::tables(client, session.major, &readable.tables).await?;
    let types = column_types(client, session.major, &details).await?;
    let mut planner = Planner::new(&types, session.major);
    let travels: Vec<Travel> = details.iter().map(|detail| planner.travel(detail)).collect();
    let (lost, warnings) = losses(&details, &travels);
    found.extend(lost.iter().map(Finding::skipped));
    found.extend(warnings.iter().map(|text| Finding::note(text, None)));
    found.extend(as_text(&details, &travels));
    let mut bytes: u64 = details.iter().map(|detail| detail.heap_bytes + detail.toast_bytes).sum();
    if !selection.is_partial() {
        bytes += data::large_object_bytes(client, session.major).await?;
    }
    found.extend(space(destination, bytes).all());
    Ok(())
}
