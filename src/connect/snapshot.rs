//! The transaction everything is read in: one snapshot, shared by proof and not by hope.
//!
//! Owns the leader's transaction, the table locks and the workers' joining. Which tables to lock and
//! when to start over is the caller's. The leader's order: [`Snapshot::begin`]; list the tables;
//! [`Snapshot::restart`]; [`Snapshot::lock`], which takes no snapshot, so that the snapshot of the next
//! query sees the tables as they stay; [`Snapshot::changed`] for what was locked later than that;
//! [`Snapshot::export`]. A worker: [`Snapshot::join`], then [`Snapshot::relock`] before it reads a table.
//!
//! Queries here are unnamed statements: behind a pooler the driver's names (`s0`, …) may be taken.
//!
//! Invariants: the strongest lock is ACCESS SHARE; no wait for a lock is without a bound; a joined
//! worker sees what the leader sees, on the same server, or there is no `Snapshot`.

use std::fmt::Write;
use std::time::{Duration, Instant};

use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::error::Severity;
use tokio_postgres::types::Type;

use super::session::Session;
use crate::error::{During, Error, Fault, Result};
use crate::spelling::Text;

/// The longest LOCK statement, in bytes; `pg_dump` flushes at the same length.
const LOCK_SQL_BYTES_MAX: usize = 100_000;

/// Time for the work of locking itself, on top of the time spent waiting for others.
const LOCK_WORK_MAX: Duration = Duration::from_secs(60);

/// SQLSTATE of a lock that was not granted in time.
const BUSY: &str = "55P03";

/// SQLSTATEs of a LOCK whose table, or its schema, is gone or has become something else.
const GONE: [&str; 3] = ["42P01", "3F000", "42809"];

/// SQLSTATE of one whom the server chose to end a deadlock.
const DEADLOCK: &str = "40P01";

/// Back to before a refused LOCK.
const GIVE_UP: &str = "ROLLBACK TO SAVEPOINT pgsnap_lock;RELEASE SAVEPOINT pgsnap_lock";

/// SQLSTATE of what a pooler says that knows no transactions.
const PROTOCOL: &str = "08P01";
const BY_STATEMENT: &str = "the pooler gives each statement another session; connect to the server itself, or through a pool \
     with pool_mode = transaction or session";

const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;";

/// The snapshot and the server it is of. `txid_current_snapshot()` is equal for leader and workers on
/// 12 to 18, primary and standby; snapshot names are not unique across servers, so the start time of
/// the server goes with it.
const PROOF: &str = "\
SELECT pg_catalog.txid_current_snapshot()::pg_catalog.text,
       pg_catalog.to_char(pg_catalog.pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')";

/// Tables that are no longer what the snapshot says: `relfilenode` and names are read in the snapshot,
/// `pg_relation_filenode()` and `to_regclass()` in the present. Another file means truncated or rewritten;
/// no file, dropped; and where the name leads elsewhere, COPY would read another table.
const CHANGED: &str = "\
SELECT c.oid, n.nspname::pg_catalog.text, c.relname::pg_catalog.text
FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS w(oid)
JOIN pg_catalog.pg_class c ON c.oid = w.oid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE (c.relfilenode <> 0 AND c.relfilenode IS DISTINCT FROM pg_catalog.pg_relation_filenode(c.oid))
   OR pg_catalog.to_regclass(pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname))::pg_catalog.oid
      IS DISTINCT FROM c.oid
ORDER BY 2, 3";

/// Who holds or waits for a lock that shuts out readers, of one relation or of any.
const BLOCKERS: &str = "\
SELECT l.pid, COALESCE(a.usename::pg_catalog.text, ''), COALESCE(a.application_name, ''), COALESCE(a.state, ''), l.granted,
       l.relation::pg_catalog.regclass::pg_catalog.text
FROM pg_catalog.pg_locks l
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid <> pg_catalog.pg_backend_pid()
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
  AND l.relation = COALESCE(pg_catalog.to_regclass($1)::pg_catalog.oid, l.relation)
ORDER BY l.granted DESC, l.pid
LIMIT 3";

/// What a worker must show to be in the leader's snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    snapshot: String,
    server_started: String,
}

/// A table that was truncated, rewritten, renamed or dropped after the snapshot was taken: in the snapshot
/// it looks empty, or its name leads to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
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
    wait: Duration,
}

impl Snapshot {
    /// Begins the leader's transaction, in which no lock is waited for longer than `wait`. The snapshot
    /// itself is taken by the first query after it.
    pub async fn begin(session: Session, wait: Duration) -> Result<Snapshot> {
        let sql = format!("{BEGIN}{}", local_settings(&session, wait));
        let Err(cause) = session.client.batch_execute(&sql).await else { return Ok(Snapshot { session, wait }) };
        let by_statement = session.pooled && has_code(&cause, &[PROTOCOL]);
        let error = Error::new(Fault::Server, "cannot begin the snapshot").caused_by(cause);
        Err(if by_statement { error.hint(BY_STATEMENT) } else { error })
    }

    /// Joins an exported snapshot and proves it.
    ///
    /// # Errors
    /// [`Fault::Server`] where the snapshot is gone, [`Fault::Connect`] where this session is on another
    /// server than the leader.
    pub async fn join(session: Session, wait: Duration, id: &str, proof: &Proof) -> Result<Snapshot> {
        let sql = format!("{BEGIN}SET TRANSACTION SNAPSHOT {};{}", literal(id), local_settings(&session, wait));
        session.client.batch_execute(&sql).await.map_err(|error| {
            Error::new(Fault::Server, "a worker cannot join the snapshot")
                .hint("has the leader's connection ended, or do several servers answer at this address?")
                .caused_by(error)
        })?;
        let snapshot = Snapshot { session, wait };
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

    /// The server process, which behind a pooler is another in each transaction. Fixes the snapshot then.
    pub async fn backend_pid(&self) -> Result<i32> {
        if !self.session.pooled {
            return Ok(self.session.backend_pid);
        }
        let doing = || "cannot learn of the server process".to_string();
        let sql = "SELECT pg_catalog.pg_backend_pid()";
        let row = self.session.client.query_typed_one(sql, &[]).await.during(Fault::Server, doing)?;
        row.try_get(0).during(Fault::Server, doing)
    }

    /// The longest wait for a lock.
    pub fn wait(&self) -> Duration {
        self.wait
    }

    /// Locks tables, given as (schema, name), in ACCESS SHARE mode, waiting for all of them together no
    /// longer than the limit. Returns those that were not there to be locked. Does not by itself fix the
    /// snapshot.
    ///
    /// # Errors
    /// [`Fault::Server`] naming the first table that is refused, and who holds it. The locks taken so far
    /// stay until the transaction ends; the transaction stays usable.
    pub async fn lock(&self, tables: &[(&str, &str)]) -> Result<Vec<(String, String)>> {
        let start = Instant::now();
        let mut open: Vec<&[(&str, &str)]> = batches(tables);
        open.reverse();
        let mut gone = Vec::new();
        let owned = |(schema, name): &(&str, &str)| (schema.to_string(), name.to_string());
        while let Some(batch) = open.pop() {
            let left = self.wait.saturating_sub(start.elapsed()).max(Duration::from_millis(1));
            let sql = format!(
                "SAVEPOINT pgsnap_lock;SET LOCAL lock_timeout = {};SET LOCAL statement_timeout = {};\
                 LOCK TABLE {} IN ACCESS SHARE MODE;\
                 SET LOCAL lock_timeout = {};SET LOCAL statement_timeout = 0;RELEASE SAVEPOINT pgsnap_lock",
                milliseconds(left),
                milliseconds(left + LOCK_WORK_MAX),
                batch.iter().map(qualified).collect::<Vec<_>>().join(", "),
                milliseconds(self.wait),
            );
            let Err(error) = self.session.client.batch_execute(&sql).await else { continue };
            let lost = || "cannot lock the tables".to_string();
            if ends_session(&error) {
                return Err(error).during(Fault::Connect, lost);
            }
            if has_code(&error, &[DEADLOCK]) && start.elapsed() < self.wait {
                self.session.client.batch_execute(GIVE_UP).await.during(Fault::Server, lost)?;
                open.push(batch);
                continue;
            }
            if !has_code(&error, &GONE) {
                gone.extend(self.lock_one_by_one(batch).await?.iter().map(owned));
                continue;
            }
            // The server does not say which of them in a form to rely on: halves until it is a single one.
            self.session.client.batch_execute(GIVE_UP).await.during(Fault::Server, lost)?;
            if batch.len() > 1 {
                let (first, second) = batch.split_at(batch.len() / 2);
                open.extend([second, first]);
            } else {
                gone.extend(batch.iter().map(owned));
            }
        }
        Ok(gone)
    }

    /// Locks a table again in a worker, without waiting: a wait here could be for somebody who waits for
    /// the leader, a deadlock no server sees. False where somebody wants it for himself.
    pub async fn relock(&self, schema: &str, name: &str) -> Result<bool> {
        let sql = format!(
            "SAVEPOINT pgsnap_lock;LOCK TABLE {} IN ACCESS SHARE MODE NOWAIT;RELEASE SAVEPOINT pgsnap_lock",
            qualified(&(schema, name))
        );
        let Err(error) = self.session.client.batch_execute(&sql).await else { return Ok(true) };
        let doing = || format!("cannot lock table {} for reading", shown(&(schema, name)));
        if ends_session(&error) {
            return Err(error).during(Fault::Connect, doing);
        }
        if !has_code(&error, &[BUSY]) {
            return Err(error).during(Fault::Server, doing);
        }
        self.session.client.batch_execute(GIVE_UP).await.during(Fault::Server, doing)?;
        Ok(false)
    }

    /// After a refusal, which names no table: tries each without waiting, and names the one that is
    /// refused. If none is any more, all are locked now but for those that are gone, which it returns.
    async fn lock_one_by_one<'a>(&self, batch: &[(&'a str, &'a str)]) -> Result<Vec<(&'a str, &'a str)>> {
        let client = &self.session.client;
        let back = "ROLLBACK TO SAVEPOINT pgsnap_lock";
        let lost = || "cannot lock the tables".to_string();
        client.batch_execute(back).await.during(Fault::Server, lost)?;
        let (mut open, mut gone) = (batch.to_vec(), Vec::new());
        let mut at = 0;
        while let Some(table) = open.get(at) {
            let sql = format!("LOCK TABLE {} IN ACCESS SHARE MODE NOWAIT", qualified(table));
            let Err(error) = client.batch_execute(&sql).await else {
                at += 1;
                continue;
            };
            if has_code(&error, &GONE) {
                // Takes the locks of those before it along.
                client.batch_execute(back).await.during(Fault::Server, lost)?;
                gone.push(open.remove(at));
                at = 0;
                continue;
            }
            let busy = has_code(&error, &[BUSY]);
            let waited = if busy { format!(" within {:.1} s", self.wait.as_secs_f64()) } else { String::new() };
            let doing = format!("cannot lock table {} for reading{waited}", shown(table));
            let failure = Error::new(Fault::Server, doing).caused_by(error);
            client.batch_execute(GIVE_UP).await.during(Fault::Server, lost)?;
            return Err(if busy { failure.hint(self.blockers(table).await) } else { failure });
        }
        client.batch_execute("RELEASE SAVEPOINT pgsnap_lock").await.during(Fault::Server, lost)?;
        Ok(gone)
    }

    /// Who is in the way, as far as the server tells us.
    async fn blockers(&self, table: &(&str, &str)) -> String {
        let Ok(rows) = self.session.client.query_typed(BLOCKERS, &[(&Text(qualified(table)), Type::TEXT)]).await else {
            return "another session holds it; try again when that is done".into();
        };
        match who(&rows, "it") {
            Some(who) => format!("{who}; try again when that is done"),
            None => "another session held it; try again".into(),
        }
    }

    /// The same error with more of its cause. Where the connection was lost: how. Where a lock was waited for
    /// in vain while something else than a table was read: who is in the way; the transaction ends then,
    /// spoilt by the error as it is.
    pub async fn explain(&self, error: Error) -> Error {
        if self.session.client.is_closed() {
            let doing = format!("the connection that holds the snapshot was lost: {}", self.session.how_lost().await);
            return self.hint_at_replay(Error::new(Fault::Connect, doing).caused_by(error));
        }
        if error.sqlstate() != Some(BUSY) || error.has_hint() {
            return self.hint_at_replay(error);
        }
        let client = &self.session.client;
        let none: Option<&str> = None;
        let rows = match client.batch_execute("ROLLBACK").await {
            Ok(()) => client.query_typed(BLOCKERS, &[(&none, Type::TEXT)]).await.unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        let waited =
            format!("no lock is waited for longer than {:.1} s (--lock-wait-timeout)", self.wait.as_secs_f64());
        error.hint(match who(&rows, "") {
            Some(who) => format!("{waited}: {who}"),
            None => waited,
        })
    }

    /// Of `tables`, those that this snapshot can no longer read as it shows them, ordered by name. VACUUM
    /// FULL and CLUSTER show up too, though they do no harm.
    pub async fn changed(&self, tables: &[u32]) -> Result<Vec<Changed>> {
        let doing = || "cannot look for changed tables".to_string();
        let rows = self.session.client.query_typed(CHANGED, &[(&tables, Type::OID_ARRAY)]).await;
        let read = |row: &tokio_postgres::Row| {
            let text = |at| row.try_get::<_, Text>(at).map(|text| text.0);
            Ok(Changed { oid: row.try_get(0)?, schema: text(1)?, name: text(2)? })
        };
        let rows = rows.during(Fault::Server, doing)?;
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
        let wait = self.wait;
        Snapshot::begin(self.finish().await?, wait).await
    }

    /// Ends the transaction; nothing was written, so nothing can be lost.
    pub async fn finish(self) -> Result<Session> {
        let ended = self.session.client.batch_execute("ROLLBACK").await;
        ended.during(Fault::Server, || "cannot end the snapshot".into())?;
        Ok(self.session)
    }
}

/// The bound on locks; and behind a pooler, where the session is not ours alone, all of its settings. Plain
/// SET statements: they take no snapshot, which `SET TRANSACTION SNAPSHOT` would not allow before it.
fn local_settings(session: &Session, wait: Duration) -> String {
    let pins = if session.pooled { session.local_settings() } else { String::new() };
    format!("{pins}SET LOCAL lock_timeout = {};", milliseconds(wait))
}

/// True where no more can be asked on this connection: it is closed, or the server just said its last words.
fn ends_session(error: &tokio_postgres::Error) -> bool {
    let fatal = |severity| matches!(severity, Severity::Fatal | Severity::Panic);
    error.as_db_error().is_none_or(|answer| answer.parsed_severity().is_some_and(fatal))
}

fn has_code(error: &tokio_postgres::Error, codes: &[&str]) -> bool {
    error.code().is_some_and(|code| codes.contains(&code.code()))
}

/// Who the rows of [`BLOCKERS`] name; `what` stands for the relation, the empty string for its name.
fn who(rows: &[tokio_postgres::Row], what: &str) -> Option<String> {
    let mut all = Vec::new();
    for row in rows {
        let pid: i32 = row.try_get(0).unwrap_or_default();
        let word = |at| row.try_get::<_, Text>(at).map(|text| plain(&text.0)).unwrap_or_default();
        let verb = if row.try_get(4).unwrap_or(true) { "holds" } else { "waits for" };
        let (user, application, state) = (word(1), word(2), word(3));
        let what = if what.is_empty() { word(5) } else { what.to_string() };
        all.push(format!("process {pid} (user {user}, application \"{application}\", {state}) {verb} {what}"));
    }
    (!all.is_empty()).then(|| all.join(", "))
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

/// Text of the server on one line.
pub(super) fn plain(text: &str) -> String {
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
