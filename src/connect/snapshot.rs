//! The transaction everything is read in: one snapshot, shared by proof and not by hope.
//!
//! Owns the leader's transaction, the table locks and the workers' joining. Which tables to lock and
//! when to start over is the caller's. The leader's order: [`Snapshot::begin`]; list the tables;
//! [`Snapshot::lock`]; [`Snapshot::rewritten`], and if one of the tables is in there,
//! [`Snapshot::restart`]; [`Snapshot::export`]. A worker: [`Snapshot::join`], then
//! [`Snapshot::relock`] before it reads a table.
//!
//! Queries here are unnamed statements: behind a pooler the driver's names (`s0`, …) may be taken.
//!
//! Invariants: the strongest lock is ACCESS SHARE; no wait for a lock is without a bound; a joined
//! worker sees what the leader sees, on the same server, or there is no `Snapshot`.

use std::fmt::Write;
use std::time::{Duration, Instant};

use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::types::Type;

use super::session::Session;
use crate::error::{During, Error, Fault, Result};

/// The longest LOCK statement, in bytes; `pg_dump` flushes at the same length.
const LOCK_SQL_BYTES_MAX: usize = 100_000;

/// Time for the work of locking itself, on top of the time spent waiting for others.
const LOCK_WORK_MAX: Duration = Duration::from_secs(60);

const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;";

/// The snapshot and the server it is of. `txid_current_snapshot()` is equal for leader and workers on
/// 12 to 18, primary and standby; snapshot names are not unique across servers, so the start time of
/// the server goes with it.
const PROOF: &str = "\
SELECT pg_catalog.txid_current_snapshot()::pg_catalog.text,
       pg_catalog.to_char(pg_catalog.pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')";

/// Tables whose file is another one than the snapshot says, or which are gone: `relfilenode` is read
/// in the snapshot, `pg_relation_filenode()` in the present.
const REWRITTEN: &str = "\
SELECT c.oid, n.nspname::pg_catalog.text, c.relname::pg_catalog.text
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND c.oid >= 16384 AND c.relfilenode <> 0
  AND c.relfilenode IS DISTINCT FROM pg_catalog.pg_relation_filenode(c.oid)
ORDER BY 2, 3";

/// Who holds or waits for a lock that shuts out readers of a table.
const BLOCKERS: &str = "\
SELECT l.pid, COALESCE(a.usename::pg_catalog.text, ''), COALESCE(a.application_name, ''), COALESCE(a.state, ''), l.granted
FROM pg_catalog.pg_locks l
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid <> pg_catalog.pg_backend_pid()
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
  AND l.relation = pg_catalog.to_regclass($1)::pg_catalog.oid
ORDER BY l.granted DESC, l.pid
LIMIT 3";

/// What a worker must show to be in the leader's snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    snapshot: String,
    server_started: String,
}

/// A table that was truncated, rewritten or dropped after the snapshot was taken: in the snapshot it
/// looks empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewritten {
    /// Its oid.
    pub oid: u32,
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
}

/// A session inside the transaction.
pub struct Snapshot {
    session: Session,
}

impl Snapshot {
    /// Begins the leader's transaction. The snapshot itself is taken by the first query after it.
    pub async fn begin(session: Session) -> Result<Snapshot> {
        let sql = format!("{BEGIN}{}", local_settings(&session));
        session.client.batch_execute(&sql).await.during(Fault::Server, || "cannot begin the snapshot".into())?;
        Ok(Snapshot { session })
    }

    /// Joins an exported snapshot and proves it.
    ///
    /// # Errors
    /// [`Fault::Server`] where the snapshot is gone, [`Fault::Connect`] where this session is on another
    /// server than the leader.
    pub async fn join(session: Session, id: &str, proof: &Proof) -> Result<Snapshot> {
        let sql = format!("{BEGIN}SET TRANSACTION SNAPSHOT {};{}", literal(id), local_settings(&session));
        session.client.batch_execute(&sql).await.map_err(|error| {
            Error::new(Fault::Server, "a worker cannot join the snapshot")
                .hint("has the leader's connection ended, or do several servers answer at this address?")
                .caused_by(error)
        })?;
        let snapshot = Snapshot { session };
        if snapshot.proof().await? != *proof {
            return Err(Error::new(
                Fault::Connect,
                "a worker reached another server or another snapshot than the leader",
            )
            .hint("connect to the server itself rather than to a load balancer, or use one job (-j 1)"));
        }
        Ok(snapshot)
    }

    /// The session, for queries in the snapshot.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Locks tables, given as (schema, name), in ACCESS SHARE mode, waiting for all of them together no
    /// longer than `wait`. Does not by itself fix the snapshot.
    ///
    /// # Errors
    /// [`Fault::Server`] naming the first table that is refused, and who holds it. The locks taken so far
    /// stay until the transaction ends; the transaction stays usable.
    pub async fn lock(&self, tables: &[(&str, &str)], wait: Duration) -> Result<()> {
        let start = Instant::now();
        for batch in batches(tables) {
            let left = wait.saturating_sub(start.elapsed()).max(Duration::from_millis(1));
            let sql = format!(
                "SAVEPOINT pgsnap_lock;SET LOCAL lock_timeout = {};SET LOCAL statement_timeout = {};\
                 LOCK TABLE {} IN ACCESS SHARE MODE;\
                 SET LOCAL lock_timeout = 0;SET LOCAL statement_timeout = 0;RELEASE SAVEPOINT pgsnap_lock",
                milliseconds(left),
                milliseconds(left + LOCK_WORK_MAX),
                batch.iter().map(qualified).collect::<Vec<_>>().join(", "),
            );
            if let Err(error) = self.session.client.batch_execute(&sql).await {
                if error.as_db_error().is_none() {
                    return Err(error).during(Fault::Connect, || "cannot lock the tables".into());
                }
                self.lock_one_by_one(batch, Some(wait)).await?;
            }
        }
        Ok(())
    }

    /// Locks tables again in a worker, without waiting: a wait here could be for somebody who waits for
    /// the leader, a deadlock no server sees.
    ///
    /// # Errors
    /// [`Fault::Server`] naming the table: somebody wants it for himself, and the copy must end.
    pub async fn relock(&self, tables: &[(&str, &str)]) -> Result<()> {
        for batch in batches(tables) {
            let names = batch.iter().map(qualified).collect::<Vec<_>>().join(", ");
            let sql = format!(
                "SAVEPOINT pgsnap_lock;LOCK TABLE {names} IN ACCESS SHARE MODE NOWAIT;RELEASE SAVEPOINT pgsnap_lock"
            );
            if let Err(error) = self.session.client.batch_execute(&sql).await {
                if error.as_db_error().is_none() {
                    return Err(error).during(Fault::Connect, || "cannot lock the tables".into());
                }
                self.lock_one_by_one(batch, None).await?;
            }
        }
        Ok(())
    }

    /// After a refusal, which names no table: tries each without waiting, and names the one that is
    /// refused. If none is any more, all are locked now, and all is well.
    async fn lock_one_by_one(&self, batch: &[(&str, &str)], waited: Option<Duration>) -> Result<()> {
        let client = &self.session.client;
        let back = "ROLLBACK TO SAVEPOINT pgsnap_lock";
        let lost = || "cannot lock the tables".to_string();
        client.batch_execute(back).await.during(Fault::Server, lost)?;
        for table in batch {
            let sql = format!("LOCK TABLE {} IN ACCESS SHARE MODE NOWAIT", qualified(table));
            let Err(error) = client.batch_execute(&sql).await else { continue };
            let busy = error.code().is_some_and(|code| code.code() == "55P03");
            let waited = match waited.filter(|_| busy) {
                Some(waited) => format!(" within {:.1} s", waited.as_secs_f64()),
                None => String::new(),
            };
            let doing = format!("cannot lock table {} for reading{waited}", shown(table));
            let mut failure = Error::new(Fault::Server, doing).caused_by(error);
            client.batch_execute(&format!("{back};RELEASE SAVEPOINT pgsnap_lock")).await.during(Fault::Server, lost)?;
            if busy {
                failure = failure.hint(self.blockers(table).await);
            }
            return Err(failure);
        }
        client.batch_execute("RELEASE SAVEPOINT pgsnap_lock").await.during(Fault::Server, lost)
    }

    /// Who is in the way, as far as the server tells us.
    async fn blockers(&self, table: &(&str, &str)) -> String {
        let Ok(rows) = self.session.client.query_typed(BLOCKERS, &[(&qualified(table), Type::TEXT)]).await else {
            return "another session holds it; try again when that is done".into();
        };
        let mut who = Vec::new();
        for row in &rows {
            let pid: i32 = row.try_get(0).unwrap_or_default();
            let word = |at| plain(row.try_get::<_, &str>(at).unwrap_or_default());
            let verb = if row.try_get(4).unwrap_or(true) { "holds" } else { "waits for" };
            let (user, application, state) = (word(1), word(2), word(3));
            who.push(format!("process {pid} (user {user}, application \"{application}\", {state}) {verb} it"));
        }
        match who.is_empty() {
            true => "another session held it; try again".into(),
            false => format!("{}; try again when that is done", who.join(", ")),
        }
    }

    /// The tables whose rows this snapshot can no longer see, ordered by name. VACUUM FULL and CLUSTER
    /// show up too, though they do no harm.
    pub async fn rewritten(&self) -> Result<Vec<Rewritten>> {
        let doing = || "cannot look for rewritten tables".to_string();
        let rows = self.session.client.query_typed(REWRITTEN, &[]).await.during(Fault::Server, doing)?;
        let read = |row: &tokio_postgres::Row| {
            Ok(Rewritten { oid: row.try_get(0)?, schema: row.try_get(1)?, name: row.try_get(2)? })
        };
        rows.iter().map(read).collect::<std::result::Result<_, tokio_postgres::Error>>().during(Fault::Server, doing)
    }

    /// Exports the snapshot. The name is good until this transaction ends.
    pub async fn export(&self) -> Result<String> {
        let doing = || "cannot export the snapshot".to_string();
        let sql = "SELECT pg_catalog.pg_export_snapshot()";
        let row = self.session.client.query_typed_one(sql, &[]).await.during(Fault::Server, doing)?;
        row.try_get(0).during(Fault::Server, doing)
    }

    /// What workers compare with. Fixes the snapshot if nothing has yet.
    pub async fn proof(&self) -> Result<Proof> {
        let doing = || "cannot identify the snapshot".to_string();
        let answers = self.session.client.simple_query(PROOF).await.during(Fault::Server, doing)?;
        for answer in &answers {
            if let SimpleQueryMessage::Row(row) = answer {
                let get = |at| row.try_get(at).during(Fault::Server, doing);
                if let (Some(snapshot), Some(started)) = (get(0)?, get(1)?) {
                    return Ok(Proof { snapshot: snapshot.into(), server_started: started.into() });
                }
            }
        }
        Err(Error::new(Fault::Server, doing()))
    }

    /// Ends the transaction and begins another with a new snapshot.
    pub async fn restart(self) -> Result<Snapshot> {
        Snapshot::begin(self.finish().await?).await
    }

    /// Ends the transaction; nothing was written, so nothing can be lost.
    pub async fn finish(self) -> Result<Session> {
        let ended = self.session.client.batch_execute("ROLLBACK").await;
        ended.during(Fault::Server, || "cannot end the snapshot".into())?;
        Ok(self.session)
    }
}

/// Behind a pooler the session is not ours alone, so its settings are the transaction's. Plain SET
/// statements: they take no snapshot, which `SET TRANSACTION SNAPSHOT` would not allow before it.
fn local_settings(session: &Session) -> String {
    if session.pooled { session.local_settings() } else { String::new() }
}

/// Runs of tables whose LOCK statement stays within the limit; one over-long name makes its own.
fn batches<'a>(tables: &'a [(&'a str, &'a str)]) -> Vec<&'a [(&'a str, &'a str)]> {
    let mut out = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (at, table) in tables.iter().enumerate() {
        let length = qualified(table).len() + 2;
        if at > start && bytes + length > LOCK_SQL_BYTES_MAX {
            out.push(&tables[start..at]);
            (start, bytes) = (at, 0);
        }
        bytes += length;
    }
    if start < tables.len() {
        out.push(&tables[start..]);
    }
    out
}

/// A limit PostgreSQL takes: at least a millisecond (0 would mean none), at most what fits its setting.
fn milliseconds(limit: Duration) -> i32 {
    i32::try_from(limit.as_millis()).unwrap_or(i32::MAX).max(1)
}

/// `"schema"."name"`, always quoted: over-quoting is harmless.
fn qualified((schema, name): &(&str, &str)) -> String {
    let mut out = String::with_capacity(schema.len() + name.len() + 5);
    let _ = write!(out, "\"{}\".\"{}\"", schema.replace('"', "\"\""), name.replace('"', "\"\""));
    out
}

/// A string constant under standard_conforming_strings.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A table's name for people, on one line.
fn shown(table: &(&str, &str)) -> String {
    plain(&qualified(table))
}

fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_statements_stay_short_and_lose_no_table() {
        let name = "n".repeat(63);
        let names: Vec<String> = (0..5000).map(|at| format!("{at}{name}")).collect();
        let tables: Vec<(&str, &str)> = names.iter().map(|name| ("public", name.as_str())).collect();
        let batches = batches(&tables);
        assert!(batches.len() > 3);
        assert_eq!(batches.concat(), tables);
        for batch in batches {
            assert!(batch.iter().map(|table| qualified(table).len() + 2).sum::<usize>() <= LOCK_SQL_BYTES_MAX);
        }
        assert!(super::batches(&[]).is_empty());
        let huge = "x".repeat(2 * LOCK_SQL_BYTES_MAX);
        assert_eq!(super::batches(&[("a", "b"), ("a", huge.as_str()), ("a", "c")]).len(), 3);
    }

    #[test]
    fn names_are_quoted_and_shown_on_one_line() {
        assert_eq!(qualified(&("we\"ird", "a.b")), "\"we\"\"ird\".\"a.b\"");
        assert_eq!(shown(&("s", "a\nb")), "\"s\".\"a?b\"");
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(milliseconds(Duration::ZERO), 1);
        assert_eq!(milliseconds(Duration::MAX), i32::MAX);
    }
}
