//! One connection with its settings pinned, its notices kept and its end explained.
//!
//! Owns what is known of the server once a connection stands (which one, and how, is `open.rs`'s), cancelling
//! and closing. Begins no transaction that outlives a call; that is `snapshot.rs`'s.
//!
//! Poolers: session settings leak through a transaction pooler into other people's sessions, and an
//! empty search_path there is an outage. So the startup packet carries a marker; a server process that
//! does not show it was not started for us, but for a pooler. Where that gives each transaction another
//! one, [`Session::pooled`] is true, a Dump session pins nothing outside its transaction, and others are
//! refused. Where it gives a process for the session, cleaning up after it is the pooler's, as after anybody.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::{AsyncMessage, CancelToken, Client, Connection, SimpleQueryMessage, SimpleQueryRow};

use super::open::{self, Opened, Route};
use super::pins::{self, Purpose, Server};
use super::pooler;
use super::refusal::{Refusal, whole};
use super::running::Listed;
use super::settings::security::Method;
use super::settings::{Attributes, Settings};
use super::tls::{Agreed, Verified};
use super::wire::Ready;
use crate::error::{During, Error, Fault, Result};
use crate::spelling::travels_as_bytes;

/// The oldest server whose catalog pgsnap reads.
const MAJOR_MIN: u32 = 12;
/// The newest major version that pgsnap was tried with.
pub const MAJOR_TRIED_MAX: u32 = 18;

/// The limit on saying goodbye and on delivering a cancel request.
const PARTING_TIMEOUT: Duration = Duration::from_secs(10);

/// Notices kept until somebody takes them, and the length of each.
const NOTICES_MAX: usize = 200;
const NOTICE_CHARS_MAX: usize = 500;

/// Everything worth knowing about the server, read before any setting is changed. SET LOCAL and
/// qualified names, because the role's search_path is not to be trusted.
const GREETING: &str = "\
BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY;
SET LOCAL search_path = '';
SELECT pg_catalog.current_setting('server_version_num'),
       pg_catalog.current_setting('server_version'),
       pg_catalog.current_setting('server_encoding'),
       pg_catalog.current_setting('is_superuser'),
       pg_catalog.pg_is_in_recovery(),
       pg_catalog.pg_backend_pid(),
       pg_catalog.to_char(pg_catalog.pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'),
       d.oid,
       pg_catalog.current_setting('pgsnap.session', true),
       EXISTS (SELECT FROM pg_catalog.pg_settings WHERE name = 'restrict_nonsystem_relation_kind'),
       pg_catalog.current_setting('default_transaction_read_only')
FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database();
COMMIT";

/// A connection, ready for its purpose.
pub struct Session {
    /// The driver's client.
    pub client: Client,
    /// `server_version_num`: 150018 for 15.18.
    pub version_num: u32,
    /// The major version: 15.
    pub major: u32,
    /// `server_version`, with the distribution's suffix.
    pub version: String,
    /// The database's encoding, as PostgreSQL spells it.
    pub encoding: String,
    /// Whether the role is a superuser.
    pub is_superuser: bool,
    /// True on a standby.
    pub in_recovery: bool,
    /// The server process.
    pub backend_pid: i32,
    /// When the server started, UTC; with [`Session::database_oid`] it tells servers and databases apart.
    pub server_started: String,
    /// The database's oid.
    pub database_oid: u32,
    /// True behind a pooler, whatever it pools.
    pub pooler: bool,
    /// True behind a pooler of transactions: the server process is not this session's alone.
    pub pooled: bool,
    /// What the session was opened for.
    pub purpose: Purpose,
    /// What it was opened with.
    pub settings: Arc<Settings>,
    /// What the user should know about this connection.
    pub warnings: Vec<String>,
    /// The terms of TLS; `None` without.
    pub agreed: Option<Agreed>,
    /// How the server asked who we are.
    pub method: Option<Method>,
    pins: Vec<(&'static str, &'static str)>,
    route: Route,
    log: Arc<Log>,
    driver: Option<JoinHandle<()>>,
    /// A signal ends what the server does for it. A pooler sees to that himself when his client has gone, and
    /// PgBouncer 1.18 falls over a cancel request that comes then.
    _listed: Option<Listed>,
}

impl Session {
    /// Connects, learns about the server and pins the settings.
    ///
    /// # Errors
    /// [`Fault::Connect`] with what to change; [`Fault::Unsupported`] for servers before 12.
    pub async fn open(settings: &Settings, purpose: Purpose) -> Result<Session> {
        open::open(Arc::new(settings.clone()), purpose).await
    }

    /// Another session like this one, with the same address of the server: a name may have several.
    pub async fn another(&self) -> Result<Session> {
        open::open(self.settings.clone(), self.purpose).await
    }

    /// Something that can cancel the running statement while this session is busy.
    pub fn canceller(&self) -> Canceller {
        Canceller::of(&self.client, &self.settings, &self.route)
    }

    /// Asks the server to cancel the running statement; returns before it does.
    pub async fn cancel(&self) -> Result<()> {
        self.canceller().cancel().await
    }

    /// The notices since the last call, oldest first, one line each.
    pub fn take_notices(&self) -> Vec<String> {
        self.log.take()
    }

    /// Why the connection ended, where the server or the network gave a reason; `None` while it stands.
    /// Statements only get to know that it ended, and may know it a moment before the reason is here.
    pub async fn why_lost(&self) -> Option<String> {
        if !self.client.is_closed() {
            return None;
        }
        let mut end = self.log.end.subscribe();
        let ended = timeout(PARTING_TIMEOUT, end.wait_for(Option::is_some)).await.ok()?.ok()?;
        ended.clone().flatten()
    }

    /// The pinned settings as `SET LOCAL …;` statements, for transactions behind a pooler.
    pub fn local_settings(&self) -> String {
        pins::statements(&self.pins, true) + &self.own_encoding("LOCAL") + &self.role("LOCAL")
    }

    /// The encoding of text that travels as bytes: a dump's is the database's, a restore's the archive's.
    fn own_encoding(&self, scope: &str) -> String {
        let encoding = match self.purpose {
            Purpose::Dump => Some(&self.encoding).filter(|encoding| travels_as_bytes(encoding)),
            Purpose::Restore | Purpose::Maintenance => self.settings.text_encoding.as_ref(),
        };
        let set = |encoding: &String| format!("SET {scope} client_encoding TO '{}';", encoding.replace('\'', "''"));
        encoding.map(set).unwrap_or_default()
    }

    /// Ends the session and waits, within a limit, until the server has been told.
    pub async fn close(mut self) {
        let driver = self.driver.take();
        drop(self);
        if let Some(mut driver) = driver
            && timeout(PARTING_TIMEOUT, &mut driver).await.is_err()
        {
            driver.abort();
        }
    }
}

/// Cancels statements of one session from anywhere.
#[derive(Clone)]
pub struct Canceller {
    token: CancelToken,
    settings: Arc<Settings>,
    route: Route,
}

impl Canceller {
    fn of(client: &Client, settings: &Arc<Settings>, route: &Route) -> Canceller {
        Canceller { token: client.cancel_token(), settings: settings.clone(), route: route.clone() }
    }

    /// Asks the server to cancel the session's running statement; returns before it does.
    pub async fn cancel(&self) -> Result<()> {
        let failed = || "cannot cancel the running statement".to_string();
        let asking = async {
            let wire = open::wire(&self.settings, &self.route).await;
            let wire = wire.map_err(|refusal| refusal.into_error(&self.settings, &self.route.place, None))?;
            self.token.cancel_query_raw(wire, Ready).await.during(Fault::Connect, failed)
        };
        match timeout(PARTING_TIMEOUT, asking).await {
            Ok(done) => done.during(Fault::Connect, failed),
            Err(_) => Err(Error::new(Fault::Connect, "cannot cancel the running statement: no answer")),
        }
    }
}

/// What arrives beside the answers.
#[derive(Default)]
pub(super) struct Log {
    notices: Mutex<(VecDeque<String>, usize)>,
    /// Set once, when the connection has ended: with the reason, if there was one.
    end: watch::Sender<Option<Option<String>>>,
}

/// A poisoned lock only means that a thread died between two whole updates.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Log {
    fn note(&self, text: String) {
        let mut notices = lock(&self.notices);
        if notices.0.len() == NOTICES_MAX {
            notices.0.pop_front();
            notices.1 += 1;
        }
        notices.0.push_back(text);
    }

    fn take(&self) -> Vec<String> {
        let (kept, dropped) = std::mem::take(&mut *lock(&self.notices));
        let note = (dropped > 0).then(|| format!("{dropped} earlier notices were dropped"));
        note.into_iter().chain(kept).collect()
    }
}

/// A server's text as one printable line.
fn one_line(severity: &str, message: &str) -> String {
    let text = format!("{severity}: {message}");
    text.chars().take(NOTICE_CHARS_MAX).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Drives the connection until it ends.
pub(super) fn drive<S, T>(mut connection: Connection<S, T>, log: Arc<Log>) -> JoinHandle<()>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    tokio::spawn(async move {
        let mut reason = None;
        while let Some(message) = std::future::poll_fn(|cx| connection.poll_message(cx)).await {
            match message {
                Ok(AsyncMessage::Notice(notice)) => log.note(one_line(notice.severity(), notice.message())),
                Ok(_) => {}
                Err(error) => {
                    reason = Some(match error.as_db_error() {
                        Some(answer) => one_line(answer.severity(), answer.message()),
                        None => whole(&error),
                    });
                    break;
                }
            }
        }
        log.end.send_replace(Some(reason));
    })
}

/// A value no other session has at this time.
pub(super) fn new_marker() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("{:x}-{:x}-{:x}", std::process::id(), now.as_nanos(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Makes a session of a route, if the server will do.
pub(super) async fn start(
    settings: &Arc<Settings>,
    purpose: Purpose,
    route: &Route,
    wanted: Attributes,
) -> std::result::Result<Session, Refusal> {
    let Opened { client, connection, agreed, seen } = open::connect(settings, route).await?;
    let log = Arc::new(Log::default());
    let driver = drive(connection, log.clone());
    let answers = client.simple_query(GREETING).await?;
    let row = answers.iter().find_map(|answer| match answer {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let row = row.ok_or_else(|| unfit("it does not know its own database"))?;
    let version_num: u32 = number(row, 0)?;
    let major = version_num / 10_000;
    if major < MAJOR_MIN {
        let text = format!("{} runs PostgreSQL {}, which is too old", route.place.server(), text(row, 1)?);
        return Err(Error::new(Fault::Unsupported, text)
            .hint(format!("pgsnap reads versions {MAJOR_MIN} and later"))
            .into());
    }
    let in_recovery = text(row, 4)? == "t";
    check_attributes(wanted, in_recovery, in_recovery || text(row, 10)? == "on")?;
    let is_superuser = text(row, 3)? == "on";
    let pooler = route.marker.is_none() || row.try_get(8)? != route.marker.as_deref();
    let pooled = pooler && !pooler::keeps_process(settings, route, &client).await;
    if pooled && purpose != Purpose::Dump {
        return Err(needs_a_session(route).into());
    }
    let server = Server { major, superuser: is_superuser, restricts_relation_kinds: text(row, 9)? == "t" };
    let mut session = Session {
        version_num,
        major,
        version: text(row, 1)?.to_string(),
        encoding: text(row, 2)?.to_string(),
        is_superuser,
        in_recovery,
        backend_pid: number(row, 5)?,
        server_started: text(row, 6)?.to_string(),
        database_oid: number(row, 7)?,
        pooler,
        pooled,
        agreed,
        method: seen.method.get().copied(),
        purpose,
        settings: settings.clone(),
        warnings: Vec::new(),
        pins: pins::pins(purpose, &server),
        route: route.clone(),
        _listed: (!pooler).then(|| Listed::new(Canceller::of(&client, settings, route))),
        client,
        log,
        driver: Some(driver),
    };
    session.warn();
    session.pin().await?;
    Ok(session)
}

/// libpq's target_session_attrs.
fn check_attributes(wanted: Attributes, in_recovery: bool, read_only: bool) -> std::result::Result<(), Refusal> {
    let problem = match wanted {
        Attributes::ReadWrite if read_only => "its sessions are read-only",
        Attributes::ReadOnly if !read_only => "its sessions are not read-only",
        Attributes::Primary if in_recovery => "it is a standby",
        Attributes::Standby if !in_recovery => "it is not a standby",
        _ => return Ok(()),
    };
    Err(Refusal::Unsuitable(format!("{problem} (target_session_attrs)")))
}

/// Settings, temporary objects and several batches belong together.
fn needs_a_session(route: &Route) -> Error {
    let text = format!(
        "{} is a connection pooler that gives each transaction another session, and writing needs one that stays",
        route.place.server()
    );
    Error::new(Fault::Unsupported, text).hint(
        "connect to the server itself, or through a pool with pool_mode = session that has room for all jobs (-j)",
    )
}

fn unfit(what: &str) -> Error {
    Error::new(Fault::Unsupported, format!("the server does not answer as PostgreSQL does: {what}"))
}

fn text(row: &SimpleQueryRow, column: usize) -> std::result::Result<&str, Refusal> {
    Ok(row.try_get(column)?.ok_or_else(|| unfit("a setting has no value"))?)
}

fn number<T: std::str::FromStr>(row: &SimpleQueryRow, column: usize) -> std::result::Result<T, Refusal> {
    Ok(text(row, column)?.parse().map_err(|_| unfit("a number is none"))?)
}

/// What reads a database names a newer server among what it may not copy.
fn newer(major: u32, purpose: Purpose) -> Option<String> {
    (major > MAJOR_TRIED_MAX && purpose != Purpose::Dump)
        .then(|| format!("PostgreSQL {major} is newer than {MAJOR_TRIED_MAX}, the newest pgsnap was tried with"))
}

impl Session {
    fn warn(&mut self) {
        self.warnings.extend(newer(self.major, self.purpose));
        let named = self.settings.origins.iter().find(|origin| origin.keyword == "sslrootcert");
        if let Some(named) =
            named.filter(|_| self.agreed.as_ref().is_some_and(|agreed| agreed.verified == Verified::No))
        {
            let text = format!("the server's certificate is not checked: the file of {} does not exist", named.source);
            self.warnings.push(text);
        }
        if self.pooled {
            let text = format!(
                "{} is a connection pooler: everything is read over one connection, in one transaction; connect to the \
                 server itself for more (-j)",
                self.settings.server()
            );
            self.warnings.push(text);
        }
    }

    /// After the pins: some of them the role that connected may set and the other not.
    fn role(&self, scope: &str) -> String {
        let role = self.settings.role.as_ref();
        role.map(|role| format!("SET {scope} ROLE '{}';", role.replace('\'', "''"))).unwrap_or_default()
    }

    async fn pin(&self) -> std::result::Result<(), Refusal> {
        if self.pooled {
            return Ok(());
        }
        let sql = pins::statements(&self.pins, false) + &self.own_encoding("SESSION") + &self.role("SESSION");
        // So that the server gives up a statement nobody waits for any more: a lock, an index. Not every
        // system can, and then it refuses.
        let watch = async {
            if self.major >= 14 {
                let _ = self.client.batch_execute("SET client_connection_check_interval TO '2s'").await;
            }
        };
        let (done, ()) = tokio::join!(self.client.batch_execute(&sql), watch);
        Ok(done.during(Fault::Server, || "cannot pin the session's settings".into())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_server_is_told_of_once() {
        assert_eq!(newer(MAJOR_TRIED_MAX, Purpose::Restore), None);
        assert!(newer(MAJOR_TRIED_MAX + 1, Purpose::Restore).is_some());
        assert_eq!(newer(MAJOR_TRIED_MAX + 1, Purpose::Dump), None, "it is among what is not copied");
    }
}
