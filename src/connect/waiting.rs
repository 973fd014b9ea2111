//! Who waits for a lock that sessions of ours hold.
//!
//! Owns the question and the words for the answer. How long is too long, and what to do then, is the
//! caller's. Locks of relations only: `CREATE INDEX CONCURRENTLY` and its like wait for old transactions,
//! this one too, but keep nobody else waiting. Sessions only: how long a standby's replay waits is for its
//! `max_standby_streaming_delay` to say.

use tokio_postgres::types::Type;

use super::session::Session;
use super::snapshot::plain;
use crate::error::{During, Fault, Result};
use crate::spelling::Text;

/// The first words of a statement that are shown: `ALTER TABLE`. More of it may hold what is nobody's business.
const WORDS: usize = 2;

/// `pg_blocking_pids` names who holds the lock and who stands before in the queue. Another's statement is seen by
/// superusers and members of pg_read_all_stats only.
const WAITING: &str = "\
SELECT l.pid, l.relation::pg_catalog.oid, n.nspname::pg_catalog.text, c.relname::pg_catalog.text, l.mode,
       COALESCE(a.usename::pg_catalog.text, ''), COALESCE(a.application_name, ''), COALESCE(a.query, '')
FROM pg_catalog.pg_locks l
JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid AND a.usesysid IS NOT NULL
LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT l.granted AND l.locktype = 'relation' AND l.pid <> ALL ($1)
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
  AND pg_catalog.pg_blocking_pids(l.pid) && $1
ORDER BY l.pid";

/// A session that waits for one of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its process and the relation that it waits for: together they tell one wait from the next.
    pub wait: (i32, u32),
    /// Who it is, what it runs and what for, as part of a sentence.
    pub words: String,
}

impl Session {
    /// Who waits for relations that one of `holders`, server processes in this database, has locked.
    pub async fn waiting_for(&self, holders: &[i32]) -> Result<Vec<Waiting>> {
        let doing = || "cannot look for sessions that wait".to_string();
        let rows =
            self.client.query_typed(WAITING, &[(&holders, Type::INT4_ARRAY)]).await.during(Fault::Server, doing)?;
        rows.iter().map(read).collect::<std::result::Result<_, tokio_postgres::Error>>().during(Fault::Server, doing)
    }
}

fn read(row: &tokio_postgres::Row) -> std::result::Result<Waiting, tokio_postgres::Error> {
    let text = |at| row.try_get::<_, Option<Text>>(at).map(|text| plain(&text.map(|text| text.0).unwrap_or_default()));
    let (pid, relation): (i32, u32) = (row.try_get(0)?, row.try_get(1)?);
    // One that was made in a transaction that is not over has no name for us.
    let name = match text(3)? {
        name if name.is_empty() => format!("relation {relation}"),
        name => format!("{}.{name}", text(2)?),
    };
    let words = format!(
        "process {pid} (user {}, application \"{}\") waits with {} for {} on {name}",
        text(5)?,
        text(6)?,
        kind(&text(7)?),
        text(4)?
    );
    Ok(Waiting { wait: (pid, relation), words })
}

/// What kind of statement it is: its first words, in capitals.
fn kind(query: &str) -> String {
    let letters = |word: &&str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic());
    let words: Vec<&str> = query.split_whitespace().take_while(letters).take(WORDS).collect();
    if words.is_empty() { "a statement".into() } else { words.join(" ").to_ascii_uppercase() }
}

#[cfg(test)]
mod tests {
    use super::kind;

    #[test]
    fn a_statement_is_told_by_its_first_words_and_nothing_else_of_it_is_shown() {
        assert_eq!(kind("alter  table film add x int"), "ALTER TABLE");
        assert_eq!(kind("TRUNCATE \"secret\""), "TRUNCATE");
        assert_eq!(kind("/* x */ DROP TABLE a"), "a statement");
        assert_eq!(kind("<insufficient privilege>"), "a statement");
        assert_eq!(kind(""), "a statement");
    }
}
