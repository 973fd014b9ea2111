//! One connection with its settings pinned, its notices kept and its end explained.
//!
//! Owns connecting (addresses, TLS attempts, the limit on all of it), what is known of the server
//! afterwards, cancelling and closing. Begins no transaction that outlives a call; that is
//! `snapshot.rs`'s.
//!
//! Poolers: session settings leak through a transaction pooler into other people's sessions, and an
//! empty search_path there is an outage. So the startup packet carries a marker; a server process that
//! does not show it was not started for us. Then [`Session::pooled`] is true, a Dump session pins
//! nothing outside its transaction, and others clean up when dropped.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use postgres_openssl::MakeTlsConnector;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::config::{ChannelBinding as DriverBinding, SslMode as DriverMode, SslNegotiation};
use tokio_postgres::{AsyncMessage, CancelToken, Client, Config, Connection, SimpleQueryMessage, SimpleQueryRow};

use super::pins::{self, Purpose, Server};
use super::refusal::{Refusal, whole};
use super::settings::{ChannelBinding, Host, Settings};
use super::tls;
use crate::error::{During, Error, Fault, Result};

/// The oldest server whose catalog pgsnap reads, and the newest it was tried with.
const MAJOR_MIN: u32 = 12;
const MAJOR_TRIED_MAX: u32 = 18;

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
       EXISTS (SELECT FROM pg_catalog.pg_settings WHERE name = 'restrict_nonsystem_relation_kind')
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
    /// True behind a pooler: the server process is not this session's alone.
    pub pooled: bool,
    /// What the session was opened for.
    pub purpose: Purpose,
    /// What it was opened with.
    pub settings: Arc<Settings>,
    /// What the user should know about this connection.
    pub warnings: Vec<String>,
    pins: Vec<(&'static str, &'static str)>,
    address: Option<IpAddr>,
    connector: MakeTlsConnector,
    log: Arc<Log>,
    driver: Option<JoinHandle<()>>,
}

impl Session {
    /// Connects, learns about the server and pins the settings.
    ///
    /// # Errors
    /// [`Fault::Connect`] with what to change; [`Fault::Unsupported`] for servers before 12.
    pub async fn open(settings: &Settings, purpose: Purpose) -> Result<Session> {
        let settings = Arc::new(settings.clone());
        let connector = tls::connector(&settings)?;
        open_at(settings, purpose, connector, None).await
    }

    /// Another session like this one, with the same address of the server: a name may have several.
    pub async fn another(&self) -> Result<Session> {
        open_at(self.settings.clone(), self.purpose, self.connector.clone(), self.address).await
    }

    /// Something that can cancel the running statement while this session is busy.
    pub fn canceller(&self) -> Canceller {
        Canceller { token: self.client.cancel_token(), connector: self.connector.clone() }
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
        pins::statements(&self.pins, true) + &self.role("LOCAL")
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

impl Drop for Session {
    /// Leaves a pooler's server process as it was found, also when an error ended the work. The request
    /// is only queued here; the driver's task sends it before it says goodbye.
    fn drop(&mut self) {
        if self.pooled && self.purpose != Purpose::Dump {
            let _ = self.client.batch_execute("ROLLBACK; RESET ALL").now_or_never();
        }
    }
}

/// Cancels statements of one session from anywhere.
#[derive(Clone)]
pub struct Canceller {
    token: CancelToken,
    connector: MakeTlsConnector,
}

impl Canceller {
    /// Asks the server to cancel the session's running statement; returns before it does.
    pub async fn cancel(&self) -> Result<()> {
        let asking = self.token.cancel_query(self.connector.clone());
        match timeout(PARTING_TIMEOUT, asking).await {
            Ok(done) => done.during(Fault::Connect, || "cannot cancel the running statement".into()),
            Err(_) => Err(Error::new(Fault::Connect, "cannot cancel the running statement: no answer")),
        }
    }
}

/// What arrives beside the answers.
#[derive(Default)]
struct Log {
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
fn drive<S, T>(mut connection: Connection<S, T>, log: Arc<Log>) -> JoinHandle<()>
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

/// One way to connect.
#[derive(Clone, Copy)]
struct Route {
    address: Option<IpAddr>,
    mode: DriverMode,
    /// Whether the startup packet carries the marker.
    marked: bool,
}

async fn open_at(
    settings: Arc<Settings>,
    purpose: Purpose,
    connector: MakeTlsConnector,
    address: Option<IpAddr>,
) -> Result<Session> {
    let limit = settings.connect_timeout;
    let addresses = match address {
        Some(address) => vec![Some(address)],
        None => match bounded(limit, addresses(&settings)).await {
            Ok(addresses) => addresses,
            Err(refusal) => return Err(refusal.into_error(&settings, None)),
        },
    };
    let mut last = None;
    for address in addresses {
        // What the attempt before the last met; kept outside, so that the limit cannot lose it.
        let mut before = None;
        match bounded(limit, open_address(&settings, purpose, &connector, address, &mut before)).await {
            Ok(session) => return Ok(session),
            Err(refusal) => {
                let stop = refusal.is_final();
                last = Some(refusal.into_error(&settings, before));
                if stop {
                    break;
                }
            }
        }
    }
    Err(last.unwrap_or_else(|| {
        Refusal::Lookup(std::io::Error::other("the host has no address")).into_error(&settings, None)
    }))
}

async fn bounded<T>(
    limit: Option<Duration>,
    work: impl Future<Output = std::result::Result<T, Refusal>>,
) -> std::result::Result<T, Refusal> {
    match limit {
        None => work.await,
        Some(limit) => timeout(limit, work).await.unwrap_or(Err(Refusal::TimedOut(limit))),
    }
}

/// The addresses to try, in the resolver's order; `None` for a socket.
async fn addresses(settings: &Settings) -> std::result::Result<Vec<Option<IpAddr>>, Refusal> {
    let Host::Name(name) = &settings.host else { return Ok(vec![None]) };
    if let Some(address) = settings.hostaddr {
        return Ok(vec![Some(address)]);
    }
    let found = tokio::net::lookup_host((name.as_str(), settings.port)).await.map_err(Refusal::Lookup)?;
    let mut addresses: Vec<Option<IpAddr>> = Vec::new();
    for address in found.map(|address| Some(address.ip())) {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    Ok(addresses)
}

/// Tries one address in all ways that make sense.
async fn open_address(
    settings: &Arc<Settings>,
    purpose: Purpose,
    connector: &MakeTlsConnector,
    address: Option<IpAddr>,
    before: &mut Option<Refusal>,
) -> std::result::Result<Session, Refusal> {
    let modes = tls::attempts(settings);
    for (at, &mode) in modes.iter().enumerate() {
        let mut route = Route { address, mode, marked: true };
        let mut result = open_route(settings, purpose, connector, route).await;
        if result.as_ref().is_err_and(Refusal::wants_bare_startup) {
            route.marked = false;
            result = open_route(settings, purpose, connector, route).await;
        }
        match result {
            Err(refusal) if at + 1 < modes.len() && refusal.wants_other_tls(mode) => *before = Some(refusal),
            result => return result,
        }
    }
    Err(Refusal::Unfit(Error::new(Fault::Connect, "no way to connect")))
}

/// A value no other session has at this time.
fn new_marker() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("{:x}-{:x}-{:x}", std::process::id(), now.as_nanos(), COUNT.fetch_add(1, Ordering::Relaxed))
}

async fn open_route(
    settings: &Arc<Settings>,
    purpose: Purpose,
    connector: &MakeTlsConnector,
    route: Route,
) -> std::result::Result<Session, Refusal> {
    let marker = route.marked.then(new_marker);
    let config = config(settings, route, marker.as_deref());
    let (client, connection) = config.connect(connector.clone()).await?;
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
        let text = format!("{} runs PostgreSQL {}, which is too old", settings.server(), text(row, 1)?);
        return Err(Error::new(Fault::Unsupported, text)
            .hint(format!("pgsnap reads versions {MAJOR_MIN} and later"))
            .into());
    }
    let is_superuser = text(row, 3)? == "on";
    let server = Server { major, superuser: is_superuser, restricts_relation_kinds: text(row, 9)? == "t" };
    let mut session = Session {
        version_num,
        major,
        version: text(row, 1)?.to_string(),
        encoding: text(row, 2)?.to_string(),
        is_superuser,
        in_recovery: text(row, 4)? == "t",
        backend_pid: number(row, 5)?,
        server_started: text(row, 6)?.to_string(),
        database_oid: number(row, 7)?,
        pooled: marker.is_none() || row.try_get(8)? != marker.as_deref(),
        purpose,
        settings: settings.clone(),
        warnings: Vec::new(),
        pins: pins::pins(purpose, &server),
        address: route.address,
        connector: connector.clone(),
        client,
        log,
        driver: Some(driver),
    };
    session.warn();
    session.pin().await?;
    Ok(session)
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

impl Session {
    fn warn(&mut self) {
        if self.major > MAJOR_TRIED_MAX {
            let text =
                format!("PostgreSQL {} is newer than {MAJOR_TRIED_MAX}, the newest pgsnap was tried with", self.major);
            self.warnings.push(text);
        }
        if self.pooled {
            let text = match self.purpose {
                Purpose::Dump => "everything is read in one transaction",
                _ => "session settings may reach other users of its connections for the time of the work",
            };
            let text = format!("{} is a connection pooler: {text}; better connect directly", self.settings.server());
            self.warnings.push(text);
        }
    }

    /// After the pins: some of them the role that connected may set and the other not.
    fn role(&self, scope: &str) -> String {
        let role = self.settings.role.as_ref();
        role.map(|role| format!("SET {scope} ROLE '{}';", role.replace('\'', "''"))).unwrap_or_default()
    }

    async fn pin(&self) -> std::result::Result<(), Refusal> {
        if self.pooled && self.purpose == Purpose::Dump {
            return Ok(());
        }
        let sql = pins::statements(&self.pins, false) + &self.role("SESSION");
        // So that the server gives up a statement nobody waits for any more: a lock, an index. Not every
        // system can, and then it refuses.
        let watch = async {
            if self.major >= 14 && !self.pooled {
                let _ = self.client.batch_execute("SET client_connection_check_interval TO '2s'").await;
            }
        };
        let (done, ()) = tokio::join!(self.client.batch_execute(&sql), watch);
        Ok(done.during(Fault::Server, || "cannot pin the session's settings".into())?)
    }
}

fn config(settings: &Settings, route: Route, marker: Option<&str>) -> Config {
    let mut config = Config::new();
    match &settings.host {
        Host::Socket(directory) => {
            config.host_path(directory);
        }
        Host::Name(name) => {
            config.host(name);
            config.hostaddr(route.address.expect("a named host is connected to by address"));
        }
    }
    config.port(settings.port).user(&settings.user).dbname(&settings.database);
    if let Some(password) = &settings.password {
        config.password(password.expose());
    }
    let marker = marker.map(|marker| format!("-c pgsnap.session={marker}"));
    let options = [settings.options.clone(), marker].into_iter().flatten().collect::<Vec<_>>().join(" ");
    if !options.is_empty() {
        config.options(&options);
    }
    config.application_name(&settings.application_name);
    config.ssl_mode(route.mode);
    if settings.tls.direct {
        config.ssl_negotiation(SslNegotiation::Direct);
    }
    config.channel_binding(match settings.channel_binding {
        ChannelBinding::Disable => DriverBinding::Disable,
        ChannelBinding::Prefer => DriverBinding::Prefer,
        ChannelBinding::Require => DriverBinding::Require,
    });
    // A leader is silent for hours while workers copy: firewalls forget such connections, and a dead
    // server must be noticed.
    config.keepalives_idle(Duration::from_secs(60));
    config.keepalives_interval(Duration::from_secs(15));
    config.keepalives_retries(8);
    config
}
