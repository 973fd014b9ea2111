//! Nobody waits for a dump longer than is allowed.
//!
//! ACCESS SHARE hurts nobody by itself; but an ALTER TABLE that waits for it keeps everybody out who comes after
//! it. So another connection looks who waits for the dump's sessions, and when a wait has lasted too long the
//! dump gives up. Owns the patience and the end; the question is `connect/waiting.rs`'s.
//!
//! Invariant: where nobody watches although somebody should, a warning says so.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::connect::{Canceller, Purpose, Session, Settings};
use crate::error::{Error, Fault, Result};
use crate::progress::{Event, Progress};

/// How often it looks.
const INTERVAL: Duration = Duration::from_secs(1);

/// One of the dump's sessions.
struct Holder {
    pid: i32,
    canceller: Canceller,
}

/// Watches over those who wait for a dump.
pub struct Watchdog {
    settings: Settings,
    /// `None`: for ever.
    limit: Option<Duration>,
    holders: Mutex<Vec<Holder>>,
    first: Notify,
    /// Why the dump was given up; set before anything is ended, so that it counts more than what follows from it.
    given_up: Mutex<Option<Error>>,
    progress: Arc<dyn Progress>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watchdog {
    /// For sessions of these settings, which may keep others waiting for up to `limit`.
    pub fn new(settings: &Settings, limit: Option<Duration>, progress: &Arc<dyn Progress>) -> Arc<Watchdog> {
        Arc::new(Watchdog {
            settings: settings.clone(),
            limit,
            holders: Mutex::default(),
            first: Notify::new(),
            given_up: Mutex::default(),
            progress: Arc::clone(progress),
        })
    }

    /// Watches this session from now on; `pid` is its server process. Behind a pooler, where there is one session only,
    /// each transaction has another.
    pub fn add(&self, session: &Session, pid: i32) {
        let mut holders = lock(&self.holders);
        if session.pooled {
            holders.clear();
        }
        holders.push(Holder { pid, canceller: session.canceller() });
        self.first.notify_one();
    }

    /// Does `work`, unless somebody has to wait for it too long: then it is dropped, with all of its sessions.
    ///
    /// # Errors
    /// The work's; [`Fault::Server`] naming who waited.
    pub async fn over<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let result = tokio::select! {
            biased;
            () = self.until_given_up() => None,
            result = work => Some(result),
        };
        match (lock(&self.given_up).take(), result) {
            (Some(error), None | Some(Err(_))) => Err(error),
            (_, Some(result)) => result,
            (None, None) => unreachable!("it is given up for a reason"),
        }
    }

    async fn until_given_up(&self) {
        let Some(limit) = self.limit else { return std::future::pending().await };
        self.first.notified().await;
        loop {
            let session = match Session::open(&self.settings, Purpose::Dump).await {
                Ok(session) => session,
                Err(error) => {
                    let (text, _) = error.finding();
                    let text = format!("nobody watches who waits for this dump's locks (--max-blocking): {text}");
                    self.progress.on(Event::Warned(text));
                    return std::future::pending().await;
                }
            };
            if self.look(&session, limit).await {
                return;
            }
        }
    }

    /// Looks until it is given up, which is true, or the connection is of no more use.
    async fn look(&self, session: &Session, limit: Duration) -> bool {
        // When each wait was first seen; or rather the look before, since when it may have lasted.
        let mut since = HashMap::new();
        let mut last = Instant::now();
        loop {
            let now = Instant::now();
            let holders: Vec<i32> = lock(&self.holders).iter().map(|holder| holder.pid).collect();
            let Ok(waiting) = session.waiting_for(&holders).await else {
                // Not at once, should the next connection fare no better.
                tokio::time::sleep(INTERVAL).await;
                return false;
            };
            since = waiting.iter().map(|one| (one.wait, since.remove(&one.wait).unwrap_or(last))).collect();
            let over: Vec<&str> = waiting
                .iter()
                .filter(|one| now.duration_since(since[&one.wait]) >= limit)
                .map(|one| one.words.as_str())
                .collect();
            if !over.is_empty() {
                self.give_up(limit, &over).await;
                return true;
            }
            last = now;
            let soonest = since.values().map(|first| *first + limit).min();
            let next = now + INTERVAL.min(limit / 4).max(Duration::from_millis(1));
            tokio::time::sleep_until(soonest.map_or(next, |soonest| soonest.min(next))).await;
        }
    }

    /// Ends what the sessions do: one that waits for a lock itself would not notice, before 14, that nobody is
    /// there any more, and keep its own.
    async fn give_up(&self, limit: Duration, who: &[&str]) {
        let text = format!(
            "given up, because this dump has kept others waiting for {:.1} s: {}",
            limit.as_secs_f64(),
            who.join("; ")
        );
        *lock(&self.given_up) = Some(Error::new(Fault::Server, text).hint(
            "its locks are released; dump while no such statement runs, or let others wait longer with --max-blocking \
             (0: for ever)",
        ));
        let cancellers: Vec<Canceller> = lock(&self.holders).iter().map(|holder| holder.canceller.clone()).collect();
        futures::future::join_all(cancellers.iter().map(Canceller::cancel)).await;
    }
}
