//! Which server process a pooler gives: one for the whole session, or another for each transaction.
//!
//! A pooler does not tell, so it is tried: two connections take turns, and each must keep a process that the other
//! never gets. One that pools by transaction gives the process that was returned last, or the next in turn; either
//! shows. What is not proven counts as pooling by transaction.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::{Client, SimpleQueryMessage};

use super::open::{self, Opened, Route};
use super::session::{Log, drive};
use super::settings::Settings;

/// The limit on finding out: a pool that is exhausted makes the second connection wait.
const TRYING_MAX: Duration = Duration::from_secs(10);

/// One transaction that tells its server process.
const PROCESS: &str = "SELECT pg_catalog.pg_backend_pid()";

/// Whether the session of `client`, opened by `route`, keeps its server process to itself.
pub async fn keeps_process(settings: &Settings, route: &Route, client: &Client) -> bool {
    let known = settings.memory.keeps_process.get().filter(|(database, _)| *database == settings.database);
    if let Some((_, keeps)) = known {
        return *keeps;
    }
    let keeps = timeout(TRYING_MAX, take_turns(settings, route, client)).await.ok().flatten().unwrap_or(false);
    let _ = settings.memory.keeps_process.set((settings.database.clone(), keeps));
    keeps
}

/// `None` where the second connection does not come about.
async fn take_turns(settings: &Settings, route: &Route, client: &Client) -> Option<bool> {
    let Opened { client: other, connection, .. } = open::connect(settings, route).await.ok()?;
    let driver = drive(connection, Arc::new(Log::default()));
    let (mut ours, mut others) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        ours.push(process(client).await?);
        others.push(process(&other).await?);
        others.push(process(&other).await?);
        ours.push(process(client).await?);
    }
    drop(other);
    let _ = driver.await;
    let same = |list: &[String]| list.iter().all(|process| *process == list[0]);
    Some(same(&ours) && same(&others) && ours[0] != others[0])
}

async fn process(client: &Client) -> Option<String> {
    let answers = client.simple_query(PROCESS).await.ok()?;
    answers.iter().find_map(|answer| match answer {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_string),
        _ => None,
    })
}
