//! Rows that no COPY can carry: found, named, and left out, so that the rest of the table is copied.
//!
//! A row must fit one message of less than 1 GiB, in the format in which it travels; the server refuses one
//! that does not and ends the COPY. How many rows came before tells which one it was; that this row alone is
//! refused too proves it. The unit is then read again without it. Nothing is left out on a guess.
//!
//! Works behind a savepoint, so that the leader's transaction survives the refusal.

use std::sync::atomic::Ordering;

use super::pump::{Job, Part};
use crate::connect::Snapshot;
use crate::copy::{Tid, copy_nowhere, copy_row_sql, row_sql};
use crate::error::{During, Error, Fault, Result};
use crate::sql::one_line;

/// TOAST below this cannot hold a row that is too large: compression makes values up to 255 times smaller.
const TOAST_BYTES_MIN: u64 = 1 << 20;

/// Rows of one unit that are left out at most; each costs a reading of the unit.
const ROWS_MAX: usize = 100;

const SAVEPOINT: &str = "SAVEPOINT pgsnap_unit";
const RELEASE: &str = "RELEASE SAVEPOINT pgsnap_unit";
const ROLLBACK: &str = "ROLLBACK TO SAVEPOINT pgsnap_unit; RELEASE SAVEPOINT pgsnap_unit";

/// Whether rows of the job can be too large.
pub fn possible(job: &Job) -> bool {
    match &job.part {
        Part::Table { relation, .. } => relation.condition.is_none() && relation.can_have_large_rows(TOAST_BYTES_MIN),
        Part::Query(_) => false,
    }
}

/// Sets the savepoint.
pub async fn begin(session: &Snapshot) -> Result<()> {
    session.session().client.batch_execute(SAVEPOINT).await.during(Fault::Server, || "cannot set a savepoint".into())
}

/// Removes it where all went well.
pub async fn end(session: &Snapshot) -> Result<()> {
    session.session().client.batch_execute(RELEASE).await.during(Fault::Server, || "cannot release a savepoint".into())
}

/// Whether the server refused because something became too large: its limit of a message, of an
/// allocation, or of its memory.
fn is_too_large(error: &Error) -> bool {
    match error.sqlstate() {
        Some("54000" | "53200") => true,
        // An internal error, whose text is never translated.
        Some("XX000") => error.report().contains("invalid memory alloc request size"),
        _ => false,
    }
}

/// The row over which a unit failed, where it is one that no COPY can carry, with the server's reason; the
/// error again otherwise. `without` are the rows that were left out already.
pub async fn find(
    session: &Snapshot,
    job: &Job,
    without: &[Tid],
    error: Error,
    encoding: Option<&str>,
) -> Result<(Tid, String)> {
    let Part::Table { relation, unit } = &job.part else { return Err(error) };
    if !possible(job) || !is_too_large(&error) || without.len() >= ROWS_MAX {
        return Err(error);
    }
    let client = &session.session().client;
    let doing = || format!("cannot find the row of {} that is too large", job.table);
    client.batch_execute(ROLLBACK).await.during(Fault::Server, doing)?;
    let sql = row_sql(relation, unit, without, job.rows_seen.load(Ordering::Relaxed));
    let rows = client.query_typed(&sql, &[]).await.during(Fault::Server, doing)?;
    let Some(tid) = rows.first().and_then(|row| row.try_get::<_, &str>(0).ok()?.parse::<Tid>().ok()) else {
        return Err(error);
    };
    begin(session).await?;
    let alone = copy_nowhere(client, &job.table, &copy_row_sql(relation, tid), encoding).await;
    client.batch_execute(ROLLBACK).await.during(Fault::Server, doing)?;
    match alone {
        Err(refused) if is_too_large(&refused) => Ok((tid, one_line(&reason(&refused)))),
        _ => Err(error),
    }
}

fn reason(refused: &Error) -> String {
    let server = refused.report().lines().skip(1).map(str::trim).collect::<Vec<_>>().join("; ");
    format!("no COPY can carry it ({server})")
}
