//! Collects what each level says about a connection, by the rules at the head of `settings.rs`.
//!
//! Owns precedence only: values stay text here, and are checked when they are taken out. Every value
//! keeps where it came from, because "wrong password" is of little use without "PGPASSWORD in .env".

use super::*;

/// PG* variables and their keywords. PGSERVICE is looked at apart.
const VARIABLES: &[(&str, &str)] = &[
    ("PGHOST", "host"),
    ("PGHOSTADDR", "hostaddr"),
    ("PGPORT", "port"),
    ("PGUSER", "user"),
    ("PGPASSWORD", "password"),
    ("PGDATABASE", "dbname"),
    ("PGSSLMODE", "sslmode"),
    ("PGSSLROOTCERT", "sslrootcert"),
    ("PGSSLCERT", "sslcert"),
    ("PGSSLKEY", "sslkey"),
    ("PGSSLNEGOTIATION", "sslnegotiation"),
    ("PGCHANNELBINDING", "channel_binding"),
    ("PGOPTIONS", "options"),
    ("PGAPPNAME", "application_name"),
    ("PGCONNECT_TIMEOUT", "connect_timeout"),
    ("PGPASSFILE", "passfile"),
];

/// The keywords that say which database it is, and as whom.
const TARGET: [&str; 6] = ["host", "hostaddr", "port", "user", "password", "dbname"];

/// Where a value comes from; a lesser one counts more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Flags,
    Environment,
    EnvLocal,
    Env,
    Default,
}

struct Given {
    value: String,
    origin: String,
    level: Level,
}

pub(super) struct Draft {
    given: BTreeMap<&'static str, Given>,
    /// The level of the one connection string, and its name.
    string: Option<(Level, String)>,
    pub warnings: Vec<String>,
}

impl Draft {
    pub fn collect(flags: &Flags, files: &DotEnv, outside: &Outside<'_>) -> Result<Draft> {
        let mut draft = Draft { given: BTreeMap::new(), string: None, warnings: files.warnings.clone() };
        draft.add_flags(flags)?;
        let variable = |name: &str| Ok((outside.env)(name).filter(|value| !value.is_empty()));
        draft.add_level(Level::Environment, &variable)?;
        for (file, level) in [(0, Level::EnvLocal), (1, Level::Env)] {
            let variable =
                |name: &str| Ok(files.get(file, name)?.filter(|value| !value.is_empty()).map(str::to_string));
            draft.add_level(level, &variable)?;
        }
        Ok(draft)
    }

    fn add_flags(&mut self, flags: &Flags) -> Result<()> {
        match &flags.conn {
            Some(text) if conninfo::is_connection_string(text) => self.add_string(Level::Flags, "-d", text)?,
            Some(name) => self.fill("dbname", name.clone(), "-d", Level::Flags)?,
            None => {}
        }
        let port = flags.port.map(|port| port.to_string());
        let given = [("host", &flags.host, "-h"), ("port", &port, "-p"), ("user", &flags.user, "-U")];
        for (keyword, value, origin) in given {
            if let Some(value) = value {
                self.fill(keyword, value.clone(), origin, Level::Flags)?;
            }
        }
        Ok(())
    }

    /// One level of DATABASE_URL and PG* variables.
    fn add_level(&mut self, level: Level, variable: &dyn Fn(&str) -> Result<Option<String>>) -> Result<()> {
        if self.string.is_none() {
            match self.variable_host() {
                None => {
                    if let Some(text) = variable("DATABASE_URL")? {
                        self.add_string(level, "DATABASE_URL", &text)?;
                    }
                }
                // Not even parsed: it may be anything, and it is not ours.
                Some(origin) => {
                    if !matches!(variable("DATABASE_URL"), Ok(None)) {
                        let name = named("DATABASE_URL", level);
                        self.warnings.push(format!("ignored {name}: {origin} comes first and names another server"));
                    }
                }
            }
        }
        for (name, keyword) in VARIABLES {
            let open = !self.given.contains_key(keyword) && (!TARGET.contains(keyword) || self.target_open(level));
            if open && let Some(value) = variable(name)? {
                self.fill(keyword, value, name, level)?;
            }
        }
        Ok(())
    }

    fn add_string(&mut self, level: Level, name: &str, text: &str) -> Result<()> {
        let origin = named(name, level);
        let Conninfo { values, warnings } = conninfo::parse(text).map_err(|error| {
            Error::new(error.fault(), format!("cannot use the connection string of {origin}")).caused_by(error)
        })?;
        self.warnings.extend(warnings.into_iter().map(|warning| format!("{origin}: {warning}")));
        let settles_server = level != Level::Flags && values.get("host").is_some_and(|host| !host.is_empty());
        for (keyword, value) in values {
            self.fill(keyword, value, name, level)?;
        }
        if settles_server {
            self.fill("hostaddr", String::new(), name, level)?;
            self.fill("port", String::new(), name, level)?;
        }
        self.string = Some((level, origin));
        Ok(())
    }

    /// Stores a value that is still open. An empty one asks for the default.
    fn fill(&mut self, keyword: &'static str, value: String, name: &str, level: Level) -> Result<()> {
        let origin = named(name, level);
        if value.contains('\0') {
            return Err(Error::new(Fault::Usage, format!("{origin} contains a zero byte")));
        }
        if matches!(keyword, "host" | "hostaddr" | "port") && value.contains(',') {
            return Err(
                Error::new(Fault::Unsupported, format!("{origin} names several hosts")).hint("name the one to use")
            );
        }
        // Rule 5: an address of one level and a name of another would be two servers.
        let partner = match keyword {
            "host" => self.given.get("hostaddr"),
            "hostaddr" => self.given.get("host"),
            _ => None,
        };
        if partner.is_none_or(|partner| partner.level == level) {
            self.given.entry(keyword).or_insert(Given { value, origin, level });
        }
        Ok(())
    }

    /// Rule 2.
    fn target_open(&self, level: Level) -> bool {
        match &self.string {
            None => true,
            Some((Level::Flags, _)) => level == Level::Environment,
            Some((string, _)) => level == *string,
        }
    }

    /// Rule 4: the origin of a host that shuts out the strings of lower levels.
    fn variable_host(&self) -> Option<String> {
        let host = self.given.get("host").or_else(|| self.given.get("hostaddr"))?;
        (host.level > Level::Flags).then(|| host.origin.clone())
    }

    /// A value that is not empty, and its origin.
    pub fn text(&self, keyword: &str) -> Option<(String, String)> {
        let given = self.given.get(keyword).filter(|given| !given.value.is_empty())?;
        Some((given.value.clone(), given.origin.clone()))
    }

    pub fn port(&self) -> Result<u16> {
        let Some((value, origin)) = self.text("port") else { return Ok(5432) };
        match value.trim().parse::<u16>() {
            Ok(port) if port > 0 => Ok(port),
            _ => Err(Error::new(Fault::Usage, format!("the port of {origin} is not between 1 and 65535"))),
        }
    }

    pub fn choice<T: Copy>(&self, keyword: &str, default: T, choices: &[(&str, T)]) -> Result<T> {
        let Some((value, origin)) = self.text(keyword) else { return Ok(default) };
        match choices.iter().find(|(name, _)| *name == value) {
            Some((_, choice)) => Ok(*choice),
            None => {
                let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
                let hint = format!("one of {}", names.join(", "));
                Err(Error::new(Fault::Usage, format!("the {keyword} of {origin} is not known")).hint(hint))
            }
        }
    }

    /// A service names the server in a file pgsnap does not read; where nothing else names one, going
    /// on would reach another server.
    pub fn refuse_service(&self, outside: &Outside<'_>) -> Result<()> {
        match (outside.env)("PGSERVICE").filter(|name| !name.is_empty()) {
            Some(_) => Err(Error::new(Fault::Unsupported, "PGSERVICE is set, but service files are not supported")
                .hint("give -h or -d, or unset PGSERVICE")),
            None => Ok(()),
        }
    }

    /// The level of the server: of the host, else of the string, else of the database.
    pub fn level(&self) -> Level {
        let level = |keyword| self.given.get(keyword).map(|given: &Given| given.level);
        let string = self.string.as_ref().map(|(level, _)| *level);
        level("host").or(level("hostaddr")).or(string).or(level("dbname")).unwrap_or(Level::Default)
    }

    /// The same as messages name it.
    pub fn origin(&self) -> String {
        let origin = |keyword| self.given.get(keyword).map(|given: &Given| given.origin.clone());
        let string = self.string.as_ref().map(|(_, origin)| origin.clone());
        origin("host").or(origin("hostaddr")).or(string).or(origin("dbname")).unwrap_or_else(|| "the default".into())
    }
}

/// A variable or option with its place.
fn named(name: &str, level: Level) -> String {
    match level {
        Level::Flags | Level::Default => name.to_string(),
        Level::Environment => format!("{name} in the environment"),
        Level::EnvLocal => format!("{name} in {}", FILE_NAMES[0]),
        Level::Env => format!("{name} in {}", FILE_NAMES[1]),
    }
}
