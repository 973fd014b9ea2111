//! What a dump has to reckon with round the database: room for its locks, a standby's replay, a pooler.
//!
//! Owns three questions, one query for each. None keeps a dump from beginning, because none is certain.

use std::sync::Arc;

use crate::command::finding::Finding;
use crate::connect::{STANDBY_HINT, Session};
use crate::error::{During, Fault, Result};
use crate::object::Row;
use crate::progress::{Event, Progress};

/// How many locks the server has room for.
const LOCKS: &str = "
SELECT pg_catalog.current_setting('max_locks_per_transaction')::int8
       * (pg_catalog.current_setting('max_connections')::int8
          + pg_catalog.current_setting('max_prepared_transactions')::int8) AS room";

const STANDBY: &str = "
SELECT pg_catalog.current_setting('max_standby_streaming_delay') AS streaming,
       pg_catalog.current_setting('max_standby_archive_delay') AS archive,
       pg_catalog.current_setting('hot_standby_feedback') AS feedback";

/// What the session's server is like for a dump that locks so many tables.
///
/// # Errors
/// Where the server cannot be asked.
pub async fn surroundings(session: &Session, tables: usize) -> Result<Vec<Finding>> {
    let doing = "what a dump locks";
    let mut found: Vec<Finding> = room(session, doing, tables as u64).await?.into_iter().collect();
    if session.in_recovery {
        found.push(standby(session).await?);
    }
    if session.pooler && !session.pooled {
        found.push(Finding::note(
            "a connection pooler stands before the server and gives each connection a session of its own (pool_mode = \
             session): the pool needs room for the connections of -j and two more",
            None,
        ));
    }
    Ok(found)
}

/// What a server lacks in room for so many locks at a time; `what` takes them.
///
/// # Errors
/// Where the server cannot be asked.
pub async fn room(session: &Session, what: &str, wanted: u64) -> Result<Option<Finding>> {
    let rows = session.client.query_typed(LOCKS, &[]).await;
    let rows = rows.during(Fault::Server, || "cannot ask how many locks there may be".into())?;
    let room = rows.first().map_or(Ok(i64::MAX), |row| Row(row).long("room"))?;
    let text = format!("{what}: {wanted}; the server promises room for {room} locks, and may end it for lack of more");
    let todo = "raise max_locks_per_transaction, which takes a restart";
    Ok((wanted > u64::try_from(room).unwrap_or(0)).then(|| Finding::note(text, Some(todo))))
}

async fn standby(session: &Session) -> Result<Finding> {
    let rows = session.client.query_typed(STANDBY, &[]).await;
    let rows = rows.during(Fault::Server, || "cannot ask for the standby's settings".into())?;
    let text = |column: &str| rows.first().map_or(Ok(String::new()), |row| Row(row).text(column));
    let (streaming, archive, feedback) = (text("streaming")?, text("archive")?, text("feedback")?);
    let settings = format!(
        "max_standby_streaming_delay = {streaming}, max_standby_archive_delay = {archive}, hot_standby_feedback = {feedback}"
    );
    Ok(match streaming == "-1" && archive == "-1" {
        true => Finding::note(format!("the server is a standby whose replay waits for a dump ({settings})"), None),
        false => Finding::note(
            format!(
                "the server is a standby that ends a dump which its replay has waited for long enough ({settings})"
            ),
            Some(STANDBY_HINT),
        ),
    })
}

/// Tells a dump's user: what there is something to do about as a warning.
pub fn tell(found: &[Finding], progress: &Arc<dyn Progress>) {
    for one in found {
        progress.on(match one.todo {
            Some(_) => Event::Warned(one.words()),
            None => Event::Detail(one.words()),
        });
    }
}
