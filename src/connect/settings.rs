//! Which database, as whom, how: command line, environment and `.env` files into one [`Settings`].
//!
//! Owns precedence and defaults; the syntax of strings is `conninfo.rs`'s, of files `dotenv.rs`'s.
//! Looks at the machine only through `outside.rs`. The levels are
//! flags > environment > `.env.local` > `.env`; each has PG* variables (the flags `-h -p -U -d`) and
//! may have a connection string (`-d`, DATABASE_URL). A level fills what the levels above left open:
//!
//! 1. Within a level the string goes first (as in libpq), and only one string is ever used.
//! 2. A string wins whole: below its level nobody fills host, port, user, password or database. The
//!    environment's PG* still complete the string of `-d`, as in libpq (PGPASSWORD!).
//! 3. A DATABASE_URL that names a host also settles the address and the port (5432 if it has none).
//! 4. PGHOST or PGHOSTADDR shut out the DATABASE_URL of a lower level: it belongs to another server.
//!    The flags do not: `-h` with a DATABASE_URL means the same database on another host.
//! 5. `host` and `hostaddr` come from the same level.
//!
//! Invariant: a password is never printed; it lives in [`Password`] only.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::conninfo::{self, Conninfo};
use super::dotenv::{DotEnv, FILE_NAMES};
use super::environment;
use super::outside::{Outside, SOCKET_DIRECTORIES};
use super::pgpass;
use crate::error::{Error, Fault, Result};

mod draft;
#[cfg(test)]
mod tests;

use draft::{Draft, Level};

/// How long one attempt to connect may take where nobody says otherwise. libpq waits for ever; a
/// backup at night must not.
const CONNECT_TIMEOUT_DEFAULT: Duration = Duration::from_secs(30);

/// A password. Shows itself to nobody but [`Password::expose`].
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Takes a password out of circulation.
    pub fn new(text: String) -> Password {
        Password(text)
    }

    /// The password itself, for the driver.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// The connection options of the command line.
#[derive(Default, Clone)]
pub struct Flags {
    /// `-d`: a URL, a keyword string or the plain name of a database.
    pub conn: Option<String>,
    /// `-h`.
    pub host: Option<String>,
    /// `-p`.
    pub port: Option<u16>,
    /// `-U`.
    pub user: Option<String>,
    /// `--env`: the label of the environment.
    pub environment: Option<String>,
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flags")
            .field("conn", &self.conn.as_ref().map(|_| "(hidden)"))
            .field("host", &self.host)
            .field("port", &self.port)
            .field("user", &self.user)
            .field("environment", &self.environment)
            .finish()
    }
}

/// Where the server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// The directory of a Unix socket.
    Socket(PathBuf),
    /// A name or an address.
    Name(String),
}

/// libpq's sslmode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SslMode {
    /// Plain only.
    Disable,
    /// Plain, then TLS if the server refuses.
    Allow,
    /// TLS, then plain if that fails.
    Prefer,
    /// TLS; the certificate is checked only where a root certificate is given.
    Require,
    /// TLS; the certificate must come from a trusted authority.
    VerifyCa,
    /// TLS; and it must be the host's.
    VerifyFull,
}

/// The authorities a server's certificate is checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Roots {
    /// `sslrootcert=system`: the machine's.
    System,
    /// A file in PEM.
    File(PathBuf),
}

/// Everything about TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// How much of it.
    pub mode: SslMode,
    /// `sslrootcert`; `~/.postgresql/root.crt` where that exists.
    pub roots: Option<Roots>,
    /// `sslcert` and `sslkey`, the client's own certificate, in PEM.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// `sslnegotiation=direct` (17+).
    pub direct: bool,
}

/// Whether the password exchange is tied to the TLS connection (SCRAM-SHA-256-PLUS).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelBinding {
    /// Never.
    Disable,
    /// Where possible.
    Prefer,
    /// Or no connection.
    Require,
}

/// Where each part came from, as messages name it: `-h`, `DATABASE_URL in .env`, `the default`.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    /// The host.
    pub host: String,
    /// The port.
    pub port: String,
    /// The user.
    pub user: String,
    /// The password; empty where there is none.
    pub password: String,
    /// The database.
    pub database: String,
}

/// A connection, fully decided. Debug output is free of passwords.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the server is.
    pub host: Host,
    /// The address to connect to instead of looking `host` up.
    pub hostaddr: Option<IpAddr>,
    /// The port, for sockets too.
    pub port: u16,
    /// The role.
    pub user: String,
    /// The role to become once connected (SET ROLE).
    pub role: Option<String>,
    /// The password, if any was found.
    pub password: Option<Password>,
    /// The database.
    pub database: String,
    /// TLS; sockets never use it.
    pub tls: Tls,
    /// `channel_binding`.
    pub channel_binding: ChannelBinding,
    /// `options`: switches for the server process.
    pub options: Option<String>,
    /// What the server shows for us in `pg_stat_activity`.
    pub application_name: String,
    /// The limit of one attempt, from the TCP connection to the session's settings; `None` for none.
    pub connect_timeout: Option<Duration>,
    /// The environment's label: `a-z0-9_-`, never empty.
    pub environment: String,
    /// Where the connection came from, for messages.
    pub origin: String,
    /// Where its parts came from.
    pub origins: Origins,
    /// What was ignored on the way here; free of secrets.
    pub warnings: Vec<String>,
}

impl Settings {
    /// Decides the connection. `env` is the process's environment; `files` the directory's `.env`
    /// files, [`DotEnv::default`] to leave them out.
    ///
    /// # Errors
    /// [`Fault::Usage`] or [`Fault::Unsupported`], naming the origin of the bad value, never the value.
    pub fn resolve(flags: &Flags, env: &dyn Fn(&str) -> Option<String>, files: &DotEnv) -> Result<Settings> {
        resolve_on(flags, files, &Outside::real(env))
    }

    /// The same server and user, another database.
    pub fn with_database(&self, name: &str) -> Settings {
        Settings { database: name.to_string(), ..self.clone() }
    }

    /// True for a socket or an address of this machine.
    pub fn is_local(&self) -> bool {
        match (&self.host, self.hostaddr) {
            (_, Some(address)) => address.is_loopback(),
            (Host::Socket(_), None) => true,
            (Host::Name(name), None) => {
                name.eq_ignore_ascii_case("localhost")
                    || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
            }
        }
    }

    /// The server in a message: `db.example:5432`, `[::1]:5432` or `the socket /tmp/.s.PGSQL.5432`.
    pub fn server(&self) -> String {
        match &self.host {
            Host::Socket(directory) => format!("the socket {}/.s.PGSQL.{}", directory.display(), self.port),
            Host::Name(name) if name.contains(':') => format!("[{name}]:{}", self.port),
            Host::Name(name) => format!("{name}:{}", self.port),
        }
    }
}

/// [`Settings::resolve`] on a given machine.
fn resolve_on(flags: &Flags, files: &DotEnv, outside: &Outside<'_>) -> Result<Settings> {
    let mut draft = Draft::collect(flags, files, outside)?;
    let port = draft.port()?;
    let (host, hostaddr, host_origin) = address(&mut draft, outside, port)?;
    let user = match draft.text("user") {
        Some(given) => given,
        None => match outside.user_name() {
            Some(name) => (name, "the operating system's user".to_string()),
            None => return Err(Error::new(Fault::Usage, "no user name to connect with").hint("give -U or PGUSER")),
        },
    };
    let database = draft.text("dbname").unwrap_or_else(|| (user.0.clone(), "the default, the user's name".into()));
    let tls = tls(&draft, outside, &host)?;
    let channel_binding = draft.choice(
        "channel_binding",
        ChannelBinding::Prefer,
        &[
            ("disable", ChannelBinding::Disable),
            ("prefer", ChannelBinding::Prefer),
            ("require", ChannelBinding::Require),
        ],
    )?;
    let mut settings = Settings {
        host,
        hostaddr,
        port,
        role: None,
        password: None,
        tls,
        channel_binding,
        options: draft.text("options").map(|(value, _)| value),
        application_name: draft.text("application_name").map_or_else(|| "pgsnap".into(), |(value, _)| value),
        connect_timeout: connect_timeout(&draft)?,
        environment: String::new(),
        origin: draft.origin(),
        origins: Origins {
            host: host_origin,
            port: draft.text("port").map_or_else(|| "the default".into(), |(_, origin)| origin),
            user: user.1,
            password: String::new(),
            database: database.1,
        },
        user: user.0,
        database: database.0,
        warnings: Vec::new(),
    };
    find_password(&mut settings, &mut draft, outside);
    settings.environment = label(flags, files, outside, &draft, &settings)?;
    settings.warnings = draft.warnings;
    Ok(settings)
}

/// The host, its address and where it came from.
fn address(draft: &mut Draft, outside: &Outside<'_>, port: u16) -> Result<(Host, Option<IpAddr>, String)> {
    let hostaddr = match draft.text("hostaddr") {
        None => None,
        Some((value, origin)) => match value.parse::<IpAddr>() {
            Ok(address) => Some((address, origin)),
            Err(_) => return Err(Error::new(Fault::Usage, format!("{origin} is not a numeric address"))),
        },
    };
    let address = hostaddr.as_ref().map(|(address, _)| *address);
    match (draft.text("host"), hostaddr) {
        (Some((host, origin)), _) if host.starts_with('@') => {
            Err(Error::new(Fault::Unsupported, format!("{origin} names an abstract socket, which is not supported")))
        }
        (Some((host, origin)), _) if host.starts_with('/') => Ok((Host::Socket(host.into()), None, origin)),
        (Some((host, origin)), _) => Ok((Host::Name(host), address, origin)),
        (None, Some((address, origin))) => Ok((Host::Name(address.to_string()), Some(address), origin)),
        (None, None) => {
            draft.refuse_service(outside)?;
            let host = match outside.socket_directory(port) {
                Some(directory) => Host::Socket(directory),
                None => Host::Name("localhost".into()),
            };
            Ok((host, None, "the default".into()))
        }
    }
}

fn tls(draft: &Draft, outside: &Outside<'_>, host: &Host) -> Result<Tls> {
    // Where TLS is out of the question, so are complaints about its files (libpq).
    if matches!(host, Host::Socket(_)) || draft.text("sslmode").is_some_and(|(mode, _)| mode == "disable") {
        return Ok(Tls { mode: SslMode::Disable, roots: None, identity: None, direct: false });
    }
    let home = |name| outside.home_file(name).filter(|path| (outside.exists)(path));
    let roots = match draft.text("sslrootcert") {
        Some((value, _)) if value == "system" => Some(Roots::System),
        Some((value, origin)) => match PathBuf::from(value) {
            path if (outside.exists)(&path) => Some(Roots::File(path)),
            path => return Err(missing(&path, &origin)),
        },
        None => home(".postgresql/root.crt").map(Roots::File),
    };
    let default = if roots == Some(Roots::System) { SslMode::VerifyFull } else { SslMode::Prefer };
    let mode = draft.choice(
        "sslmode",
        default,
        &[
            ("disable", SslMode::Disable),
            ("allow", SslMode::Allow),
            ("prefer", SslMode::Prefer),
            ("require", SslMode::Require),
            // node-postgres' name for what libpq calls require.
            ("no-verify", SslMode::Require),
            ("verify-ca", SslMode::VerifyCa),
            ("verify-full", SslMode::VerifyFull),
        ],
    )?;
    if roots == Some(Roots::System) && mode != SslMode::VerifyFull {
        return Err(Error::new(Fault::Usage, "sslrootcert=system needs sslmode=verify-full")
            .hint("any certificate of a public authority would pass otherwise"));
    }
    if roots.is_none() && matches!(mode, SslMode::VerifyCa | SslMode::VerifyFull) {
        return Err(Error::new(Fault::Usage, "sslmode verify-ca and verify-full need a root certificate")
            .hint("give sslrootcert (PGSSLROOTCERT), put it into ~/.postgresql/root.crt, or use sslrootcert=system"));
    }
    let direct = draft.choice("sslnegotiation", false, &[("postgres", false), ("direct", true)])?;
    if direct && matches!(mode, SslMode::Allow | SslMode::Prefer) {
        return Err(Error::new(Fault::Usage, "sslnegotiation=direct needs sslmode=require or stricter"));
    }
    let file = |keyword, default| match draft.text(keyword) {
        Some((value, origin)) => match PathBuf::from(value) {
            path if (outside.exists)(&path) => Ok(Some(path)),
            path => Err(missing(&path, &origin)),
        },
        None => Ok(home(default)),
    };
    let certificate = file("sslcert", ".postgresql/postgresql.crt")?;
    let identity = match certificate {
        Some(certificate) => file("sslkey", ".postgresql/postgresql.key")?.map(|key| (certificate, key)),
        None => None,
    };
    Ok(Tls { mode, roots, identity, direct })
}

fn missing(path: &std::path::Path, origin: &str) -> Error {
    Error::new(Fault::Usage, format!("{} does not exist ({origin})", path.display()))
}

/// libpq's rule: zero or less waits for ever.
fn connect_timeout(draft: &Draft) -> Result<Option<Duration>> {
    let Some((value, origin)) = draft.text("connect_timeout") else { return Ok(Some(CONNECT_TIMEOUT_DEFAULT)) };
    match value.trim().parse::<i64>() {
        Ok(seconds) if (1..=i64::from(i32::MAX)).contains(&seconds) => {
            Ok(Some(Duration::from_secs(seconds.unsigned_abs())))
        }
        Ok(seconds) if seconds <= 0 => Ok(None),
        _ => Err(Error::new(Fault::Usage, format!("{origin} is not a number of seconds"))),
    }
}

fn find_password(settings: &mut Settings, draft: &mut Draft, outside: &Outside<'_>) {
    if let Some((value, origin)) = draft.text("password") {
        (settings.password, settings.origins.password) = (Some(Password::new(value)), origin);
        return;
    }
    let path = match draft.text("passfile") {
        Some((path, _)) => PathBuf::from(path),
        None => match outside.home_file(".pgpass") {
            Some(path) => path,
            None => return,
        },
    };
    let text = match (outside.password_file)(&path) {
        Ok(Some(text)) => text,
        Ok(None) => return,
        Err(warning) => return draft.warnings.push(warning),
    };
    let host = match &settings.host {
        Host::Socket(directory) => directory.to_string_lossy().into_owned(),
        Host::Name(name) => name.clone(),
    };
    let hosts = match SOCKET_DIRECTORIES.contains(&host.as_str()) {
        true => vec![host.as_str(), "localhost"],
        false => vec![host.as_str()],
    };
    settings.password = pgpass::find(&text, &hosts, settings.port, &settings.database, &settings.user);
    if settings.password.is_some() {
        settings.origins.password = path.display().to_string();
    }
}

/// The environment's label: `--env`, a variable, a guess.
fn label(flags: &Flags, files: &DotEnv, outside: &Outside<'_>, draft: &Draft, settings: &Settings) -> Result<String> {
    if let Some(text) = &flags.environment {
        return environment::normalise(text)
            .ok_or_else(|| Error::new(Fault::Usage, "--env needs letters, digits, '_' or '-'"));
    }
    let from = draft.level();
    for variable in environment::VARIABLES {
        if let Some(label) = (outside.env)(variable).as_deref().and_then(environment::normalise) {
            return Ok(label);
        }
        for (file, level) in [(0, Level::EnvLocal), (1, Level::Env)] {
            if level <= from
                && let Some(label) = files.get(file, variable)?.and_then(environment::normalise)
            {
                return Ok(label);
            }
        }
    }
    Ok(environment::guess(from == Level::EnvLocal, settings.is_local()).to_string())
}
