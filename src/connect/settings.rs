//! Which database, as whom, how: command line, environment and `.env` files into one [`Settings`].
//!
//! Owns the rules of precedence (`draft.rs` applies them) and the defaults; the syntax of strings is
//! `conninfo.rs`'s, of files `dotenv.rs`'s and `service.rs`'s. Looks at the machine only through
//! `outside.rs`. The levels are flags > environment > the `.env` files in `dotenv.rs`'s order; each has
//! PG* variables (the flags `-h -p -U -d`) and may have a connection string (`-d`, DATABASE_URL,
//! POSTGRES_URL), a service (PGSERVICE) and families of variables (POSTGRES_*, DB_*). A level fills what the
//! levels above left open:
//!
//! 1. Within a level the string goes first, then the service (as in libpq), then PG*, then one family, and
//!    only one string is ever used.
//! 2. A string wins whole: below its level nobody fills host, port, user, password or database. The
//!    environment's PG* still complete the string of `-d`, as in libpq (PGPASSWORD!).
//! 3. A DATABASE_URL that names a host also settles the address and the port (5432 if it has none).
//! 4. PGHOST, PGHOSTADDR, a service or a family shut out the strings of lower levels: they belong to another
//!    server. The flags do not: `-h` with a DATABASE_URL means the same database on another host.
//! 5. `host` and `hostaddr` come from the same level; flags and environment count as one, as in libpq.
//! 6. A family is taken whole or not at all: only where nothing else named a server or a database, and it
//!    does.
//!
//! Invariant: a password is never printed; it lives in [`Password`] only.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::dotenv::DotEnv;
use super::draft::{Draft, Level};
use super::environment;
use super::hosts::{self, Host, Place};
use super::keywords;
use super::outside::{Outside, SOCKET_DIRECTORIES};
use super::pgpass;
use super::prompt::Prompt;
use super::provenance::{Origin, Source};
use crate::error::{Error, Fault, Result};

pub mod security;
#[cfg(test)]
mod tests;

use security::{ChannelBinding, Method, Tls};

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
    /// `-p`; a list where `-h` is one.
    pub port: Option<String>,
    /// `-U`.
    pub user: Option<String>,
    /// `--env`: the label of the environment.
    pub environment: Option<String>,
    /// `-w`, `-W` or neither.
    pub prompt: Prompt,
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flags")
            .field("conn", &self.conn.as_ref().map(|_| "(hidden)"))
            .field("host", &self.host)
            .field("port", &self.port)
            .field("user", &self.user)
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}

/// Which of several servers will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Attributes {
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    PreferStandby,
}

/// How TCP watches over a silent connection; `None` leaves a value to the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tcp {
    /// Whether the other side is asked at all.
    pub keepalives: bool,
    /// After how long a silence.
    pub idle: Option<Duration>,
    /// How often from then on.
    pub interval: Option<Duration>,
    /// How many questions may stay unanswered.
    pub count: Option<u32>,
    /// How long sent data may stay unconfirmed.
    pub user_timeout: Option<Duration>,
}

/// A connection, fully decided. Debug output is free of passwords.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The servers to try, in order; at least one. A session's settings have the one it is connected to.
    pub places: Vec<Place>,
    /// `load_balance_hosts=random`.
    pub shuffled: bool,
    /// Which of the servers will do.
    pub attributes: Attributes,
    /// The role.
    pub user: String,
    /// The role to become once connected (SET ROLE).
    pub role: Option<String>,
    /// The password for all servers, if one was given.
    pub password: Option<Password>,
    /// Whether a person may be asked for it.
    pub prompt: Prompt,
    /// The database.
    pub database: String,
    /// TLS; sockets never use it.
    pub tls: Tls,
    /// `channel_binding`.
    pub channel_binding: ChannelBinding,
    /// `require_auth`: how the server may ask; `None` for in any way.
    pub methods: Option<Vec<Method>>,
    /// `requirepeer`: whose the server behind a socket must be.
    pub peer: Option<String>,
    /// `options`: switches for the server process.
    pub options: Option<String>,
    /// What the server shows for us in `pg_stat_activity`.
    pub application_name: String,
    /// The limit of one attempt, from the TCP connection to the session's settings; `None` for none.
    pub connect_timeout: Option<Duration>,
    /// Keepalives.
    pub tcp: Tcp,
    /// The environment's label: `a-z0-9_-`, never empty.
    pub environment: String,
    /// Who gave the label; the default where it is a guess.
    pub labelled: Source,
    /// Where the connection came from, for messages.
    pub origin: String,
    /// Each value and where it came from.
    pub origins: Vec<Origin>,
    /// What was ignored on the way here; free of secrets.
    pub warnings: Vec<String>,
    /// The encoding in which sessions other than a dump's send and receive text, where that is an archive's
    /// whose text travels as bytes. Not a user's choice.
    pub text_encoding: Option<String>,
    /// What the first connection found out, for all others.
    pub(super) memory: Arc<Memory>,
}

/// What is found out once for all connections of the process: which server it is, the password that a
/// person typed, how a pooler pools.
#[derive(Debug, Default)]
pub struct Memory {
    pub(super) place: OnceLock<Place>,
    pub(super) typed: OnceLock<Password>,
    /// Of a database behind a pooler: whether a session keeps its server process.
    pub(super) keeps_process: OnceLock<(String, bool)>,
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

    /// The server: the one connected to, else the first to try.
    pub fn place(&self) -> &Place {
        self.memory.place.get().unwrap_or(&self.places[0])
    }

    /// Its host.
    pub fn host(&self) -> &Host {
        &self.place().host
    }

    /// True for a socket or an address of this machine.
    pub fn is_local(&self) -> bool {
        self.place().is_local()
    }

    /// The server in a message: `db.example:5432`, `[::1]:5432` or `the socket /tmp/.s.PGSQL.5432`.
    pub fn server(&self) -> String {
        self.place().server()
    }

    /// Where a value came from, for messages.
    pub fn source(&self, keyword: &str) -> String {
        let found = self.origins.iter().find(|origin| origin.keyword == keyword);
        found.map_or_else(|| Source::DEFAULT.to_string(), |origin| origin.source.to_string())
    }

    /// The password for a server: typed, given, or from the password file.
    pub(super) fn password_for<'a>(&'a self, place: &'a Place) -> Option<&'a Password> {
        let given = self.memory.typed.get().or(self.password.as_ref());
        given.or(place.filed.as_ref()).filter(|password| !password.expose().is_empty())
    }
}

/// [`Settings::resolve`] on a given machine.
fn resolve_on(flags: &Flags, files: &DotEnv, outside: &Outside<'_>) -> Result<Settings> {
    let mut draft = Draft::collect(flags, files, outside)?;
    refuse_unsupported(&draft)?;
    let mut warnings = std::mem::take(&mut draft.warnings);
    let (host, address, port) = (draft.text("host"), draft.text("hostaddr"), draft.text("port"));
    let places = hosts::places(&host, &address, &port, outside, &mut warnings)?;
    let (user, user_source) = match draft.text("user") {
        Some(given) => given,
        None => match outside.user_name() {
            Some(name) => (name, Source::Default { why: "the operating system's user" }),
            None => return Err(Error::new(Fault::Usage, "no user name to connect with").hint("give -U or PGUSER")),
        },
    };
    let database = draft.text("dbname");
    let (database, database_source) =
        database.unwrap_or_else(|| (user.clone(), Source::Default { why: "the user's name" }));
    let application_name = draft.text("application_name").or(draft.text("fallback_application_name"));
    let mut settings = Settings {
        places,
        shuffled: draft.choice("load_balance_hosts", false, &[("disable", false), ("random", true)])?,
        attributes: attributes(&draft)?,
        role: None,
        password: draft.text("password").map(|(value, _)| Password::new(value)),
        prompt: flags.prompt,
        tls: security::tls(&draft, outside)?,
        channel_binding: security::channel_binding(&draft)?,
        methods: security::methods(&draft)?,
        peer: draft.text("requirepeer").map(|(value, _)| value),
        options: draft.text("options").map(|(value, _)| value),
        application_name: application_name.map_or_else(|| "pgsnap".into(), |(value, _)| value),
        connect_timeout: connect_timeout(&draft)?,
        tcp: tcp(&draft)?,
        environment: String::new(),
        labelled: Source::DEFAULT,
        origin: draft.source().to_string(),
        origins: draft.origins(),
        user,
        database,
        warnings,
        text_encoding: None,
        memory: Arc::default(),
    };
    add_defaults(&mut settings, &user_source, &database_source);
    look_up_password(&mut settings, &draft, outside);
    settings.origins.sort_by_key(|origin| keywords::all().position(|keyword| keyword == origin.keyword));
    (settings.environment, settings.labelled) = label(flags, files, outside, &draft, &settings)?;
    settings.warnings.extend(other_file(flags, files, &draft));
    Ok(settings)
}

/// Adds to what was given what was found without.
fn add_defaults(settings: &mut Settings, user: &Source, database: &Source) {
    let host = match settings.host() {
        Host::Socket(directory) => directory.display().to_string(),
        Host::Name(name) => name.clone(),
    };
    let defaults = [
        ("host", host, &Source::DEFAULT),
        ("port", settings.place().port.to_string(), &Source::DEFAULT),
        ("user", settings.user.clone(), user),
        ("dbname", settings.database.clone(), database),
        ("sslmode", settings.tls.mode.name().to_string(), &Source::DEFAULT),
    ];
    for (keyword, value, source) in defaults {
        let given = |name: &str| settings.origins.iter().any(|origin| origin.keyword == name);
        let addressed = keyword == "host" && given("hostaddr");
        if !addressed && !given(keyword) {
            settings.origins.push(Origin { keyword, value: Some(value), source: source.clone() });
        }
    }
}

/// A warning where `--env` names an environment and the connection comes from a file of none, or of another
/// machine's: somebody may believe to be elsewhere.
fn other_file(flags: &Flags, files: &DotEnv, draft: &Draft) -> Option<String> {
    let (environment, Level::File(file)) = (flags.environment.as_ref()?, draft.level()) else { return None };
    let own = |name: &str| {
        let spellings = environment::spellings(environment);
        spellings.iter().any(|known| name == format!(".env.{known}") || name == format!(".env.{known}.local"))
    };
    let name = files.name(file);
    if own(name) || !name.starts_with(".env") {
        return None;
    }
    Some(match (0..files.len()).map(|file| files.name(file)).find(|name| own(name)) {
        Some(other) => format!("--env {environment}: the connection came from {name}, not from {other}"),
        None => format!("--env {environment}: there is no .env.{environment}; the connection came from {name}"),
    })
}

/// What would make another connection than was asked for.
fn refuse_unsupported(draft: &Draft) -> Result<()> {
    let refuse = |what: &str| Err(Error::new(Fault::Unsupported, format!("{what} is not supported")));
    if draft.choice("gssencmode", false, &[("disable", false), ("prefer", false), ("require", true)])? {
        return refuse("gssencmode=require (GSSAPI encryption)");
    }
    if let Some((value, _)) = draft.text("replication")
        && !["false", "off", "no", "0"].contains(&value.to_ascii_lowercase().as_str())
    {
        return refuse("a replication connection (replication)");
    }
    // Protocol 3.0 is what every server from 12 to 18 speaks; 3.2 only brings longer cancel keys.
    let versions = [("3.0", 0), ("3.2", 2), ("latest", 9)];
    let oldest = draft.choice("min_protocol_version", 0, &versions)?;
    let newest = draft.choice("max_protocol_version", 9, &versions)?;
    if newest < oldest {
        return Err(Error::new(Fault::Usage, "max_protocol_version is below min_protocol_version"));
    }
    if oldest > 0 {
        return refuse("min_protocol_version above 3.0");
    }
    Ok(())
}

fn attributes(draft: &Draft) -> Result<Attributes> {
    draft.choice(
        "target_session_attrs",
        Attributes::Any,
        &[
            ("any", Attributes::Any),
            ("read-write", Attributes::ReadWrite),
            ("read-only", Attributes::ReadOnly),
            ("primary", Attributes::Primary),
            ("standby", Attributes::Standby),
            ("prefer-standby", Attributes::PreferStandby),
        ],
    )
}

/// libpq's rule: zero or less waits for ever.
fn connect_timeout(draft: &Draft) -> Result<Option<Duration>> {
    match draft.number("connect_timeout")? {
        None => Ok(Some(CONNECT_TIMEOUT_DEFAULT)),
        Some(seconds) => Ok(u64::try_from(seconds).ok().filter(|seconds| *seconds > 0).map(Duration::from_secs)),
    }
}

/// A leader is silent for hours while workers copy: firewalls forget such connections, and a dead server must
/// be noticed. So the defaults are shorter than the system's two hours.
fn tcp(draft: &Draft) -> Result<Tcp> {
    let positive = |keyword: &str| -> Result<Option<u64>> {
        Ok(draft.number(keyword)?.map(|number| u64::try_from(number).unwrap_or(0)))
    };
    let seconds = |keyword: &str, default| -> Result<Option<Duration>> {
        Ok(Some(Duration::from_secs(positive(keyword)?.unwrap_or(default))).filter(|time| !time.is_zero()))
    };
    let count = positive("keepalives_count")?.unwrap_or(8);
    Ok(Tcp {
        keepalives: draft.number("keepalives")? != Some(0),
        idle: seconds("keepalives_idle", 60)?,
        interval: seconds("keepalives_interval", 15)?,
        count: u32::try_from(count).ok().filter(|count| *count > 0),
        user_timeout: positive("tcp_user_timeout")?.filter(|time| *time > 0).map(Duration::from_millis),
    })
}

/// The password file, where no password was given.
fn look_up_password(settings: &mut Settings, draft: &Draft, outside: &Outside<'_>) {
    if settings.password.is_some() {
        return;
    }
    let path = match draft.text("passfile") {
        Some((path, _)) => Some(path.into()),
        None => outside.home_file(".pgpass"),
    };
    let Some(path) = path else { return };
    let text = match (outside.password_file)(&path) {
        Ok(Some(text)) => text,
        Ok(None) => return,
        Err(warning) => return settings.warnings.push(warning),
    };
    for place in &mut settings.places {
        let host = match &place.host {
            Host::Socket(directory) => directory.to_string_lossy().into_owned(),
            Host::Name(name) => name.clone(),
        };
        let hosts = match SOCKET_DIRECTORIES.contains(&host.as_str()) {
            true => vec![host.as_str(), "localhost"],
            false => vec![host.as_str()],
        };
        if let Some((password, line)) = pgpass::find(&text, &hosts, place.port, &settings.database, &settings.user) {
            place.filed = Some(password);
            let source = Source::PasswordFile { file: path.display().to_string(), line };
            if !settings.origins.iter().any(|origin| origin.keyword == "password") {
                settings.origins.push(Origin { keyword: "password", value: None, source });
            }
        }
    }
}

/// The environment's label and who gave it: `--env`, a variable, a guess.
fn label(
    flags: &Flags,
    files: &DotEnv,
    outside: &Outside<'_>,
    draft: &Draft,
    settings: &Settings,
) -> Result<(String, Source)> {
    if let Some(text) = &flags.environment {
        let label = environment::normalise(text)
            .ok_or_else(|| Error::new(Fault::Usage, "--env needs letters, digits, '_' or '-'"))?;
        return Ok((label, Source::Flag { name: "--env" }));
    }
    let from = draft.level();
    for variable in environment::VARIABLES {
        let name = variable.to_string();
        if let Some(label) = (outside.env)(variable).as_deref().and_then(environment::normalise) {
            return Ok((label, Source::Variable { name }));
        }
        for file in 0..files.len() {
            if Level::File(file) <= from
                && let Some((label, line)) = files.get(file, variable)?
                && let Some(label) = environment::normalise(label)
            {
                return Ok((label, Source::EnvFile { name, file: files.name(file).to_string(), line }));
            }
        }
    }
    let from_env_local = matches!(from, Level::File(file) if files.name(file) == ".env.local");
    Ok((environment::guess(from_env_local, settings.is_local()).to_string(), Source::DEFAULT))
}
