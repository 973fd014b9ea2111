//! What became of a connection that was lost in the middle of its work.
//!
//! A server that ends a session says why, but not to a client that is slow to read: then the connection is
//! closed without a word, and the driver knows no more than that. So the server is asked again, over
//! another connection. Owns the telling only; whether to go on is the caller's.
//!
//! Invariant: never takes longer than the limits on connecting and on the one question.

use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::types::Type;

use super::session::Session;

/// The limit on finding out.
const ASKING_MAX: Duration = Duration::from_secs(10);

impl Session {
    /// What became of this connection, as part of a sentence: the server's last words where they arrived, and
    /// what the server is doing now.
    pub async fn how_lost(&self) -> String {
        let words = self.why_lost().await;
        let now = timeout(ASKING_MAX, self.ask_again()).await;
        let now = now.unwrap_or_else(|_| "and the server does not answer any more".to_string());
        match words {
            Some(words) => format!("\"{words}\", {now}"),
            None => format!("closed without a word, {now}"),
        }
    }

    /// What a fresh connection finds.
    async fn ask_again(&self) -> String {
        let other = match self.another().await {
            Ok(other) => other,
            Err(error) => {
                let report = error.report();
                let because = report.lines().find_map(|line| line.trim_start().strip_prefix("because: "));
                return format!("and the server cannot be reached again: {}", because.unwrap_or(error.doing()));
            }
        };
        if other.server_started != self.server_started {
            return format!("and the server was started again at {} UTC", other.server_started);
        }
        let pid = self.backend_pid;
        let alive = "SELECT FROM pg_catalog.pg_stat_activity WHERE pid = $1";
        let rows = other.client.query_typed(alive, &[(&pid, Type::INT4)]).await;
        other.close().await;
        match rows {
            Ok(rows) if rows.is_empty() => format!(
                "and its server process {pid} has ended, while the server runs on (pg_terminate_backend, a crash, a lack \
                 of memory: the server's log says which)"
            ),
            Ok(_) => {
                format!("and its server process {pid} is still there: something between here and the server cut it")
            }
            Err(error) => format!("and the server does not answer: {error}"),
        }
    }
}
