//! Collects what each level says about a connection, by the rules at the head of `settings.rs`.
//!
//! Owns precedence only: values stay text here, and are checked when they are taken out. Every value
//! keeps where it came from, because "wrong password" is of little use without "PGPASSWORD in .env".

use std::collections::BTreeMap;

use super::conninfo::{self, Conninfo};
use super::dotenv::DotEnv;
use super::keywords;
use super::outside::Outside;
use super::provenance::{Origin, Source};
use super::service;
use super::settings::Flags;
use crate::error::{Error, Fault, Result};

/// The keywords that say which database it is, and as whom.
const TARGET: [&str; 6] = ["host", "hostaddr", "port", "user", "password", "dbname"];

/// The variables that hold a connection string; the first that is set counts.
const STRINGS: [&str; 2] = ["DATABASE_URL", "POSTGRES_URL"];

/// Variables that other programs share among themselves: each family is taken whole or not at all.
const FAMILIES: [&[(&str, &str)]; 2] = [
    &[
        ("POSTGRES_HOST", "host"),
        ("POSTGRES_PORT", "port"),
        ("POSTGRES_USER", "user"),
        ("POSTGRES_PASSWORD", "password"),
        ("POSTGRES_DB", "dbname"),
        ("POSTGRES_DATABASE", "dbname"),
    ],
    &[
        ("DB_HOST", "host"),
        ("DB_PORT", "port"),
        ("DB_USER", "user"),
        ("DB_USERNAME", "user"),
        ("DB_PASSWORD", "password"),
        ("DB_NAME", "dbname"),
        ("DB_DATABASE", "dbname"),
    ],
];

/// What else tells which product the family `DB_` is about.
const PRODUCT: [&str; 7] =
    ["DB_CONNECTION", "DB_ENGINE", "DB_DIALECT", "DB_TYPE", "DB_CLIENT", "DB_ADAPTER", "DB_DRIVER"];

/// Where a value comes from; a lesser one counts more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Flags,
    Environment,
    /// A `.env` file, by its place in [`DotEnv`].
    File(usize),
    Default,
}

struct Given {
    value: String,
    source: Source,
    level: Level,
}

type Variable<'a> = &'a dyn Fn(&str) -> Result<Option<(String, Source)>>;

/// The values, and how they came together.
pub struct Draft {
    given: BTreeMap<&'static str, Given>,
    /// The level of the one connection string, and where it is.
    string: Option<(Level, Source)>,
    /// Which family is in use.
    family: Option<usize>,
    /// Sentences about what was ignored.
    pub warnings: Vec<String>,
}

impl Draft {
    /// Goes through the levels.
    pub fn collect(flags: &Flags, files: &DotEnv, outside: &Outside<'_>) -> Result<Draft> {
        let mut draft = Draft { given: BTreeMap::new(), string: None, family: None, warnings: files.warnings.clone() };
        draft.add_flags(flags)?;
        draft.add_service(Level::Flags, outside)?;
        let variable = |name: &str| {
            let value = (outside.env)(name).filter(|value| !value.is_empty());
            Ok(value.map(|value| (value, Source::Variable { name: name.into() })))
        };
        draft.add_level(Level::Environment, &variable, outside)?;
        if draft.text("sslmode").is_none()
            && let Some((value, source)) = variable("PGREQUIRESSL")?
            && value.starts_with('1')
        {
            draft.fill("sslmode", "require".into(), source, Level::Environment)?;
        }
        for file in 0..files.len() {
            let variable = |name: &str| {
                let found = files.get(file, name)?.filter(|(value, _)| !value.is_empty());
                Ok(found.map(|(value, line)| {
                    let source = Source::EnvFile { name: name.into(), file: files.name(file).into(), line };
                    (value.to_string(), source)
                }))
            };
            draft.add_level(Level::File(file), &variable, outside)?;
        }
        Ok(draft)
    }

    fn add_flags(&mut self, flags: &Flags) -> Result<()> {
        let flag = |name| Source::Flag { name };
        match &flags.conn {
            Some(text) if conninfo::is_connection_string(text) => self.add_string(Level::Flags, flag("-d"), text)?,
            Some(name) if !name.is_empty() => self.fill("dbname", name.clone(), flag("-d"), Level::Flags)?,
            _ => {}
        }
        let given = [("host", &flags.host, "-h"), ("port", &flags.port, "-p"), ("user", &flags.user, "-U")];
        for (keyword, value, name) in given {
            if let Some(value) = value.as_ref().filter(|value| !value.is_empty()) {
                self.fill(keyword, value.clone(), flag(name), Level::Flags)?;
            }
        }
        Ok(())
    }

    /// One level of connection strings, services and variables.
    fn add_level(&mut self, level: Level, variable: Variable<'_>, outside: &Outside<'_>) -> Result<()> {
        let set = |name: &&str| !matches!(variable(name), Ok(None));
        if self.string.is_none()
            && let Some(name) = STRINGS.into_iter().find(set)
        {
            match self.other_server() {
                None => {
                    if let Some((text, source)) = variable(name)? {
                        self.add_string(level, source, &text)?;
                    }
                }
                // Not even parsed: it may be anything, and it is not ours.
                Some(first) => {
                    let ignored =
                        variable(name).ok().flatten().map_or(name.to_string(), |(_, source)| source.to_string());
                    self.warnings.push(format!("ignored {ignored}: {first} comes first and names another server"));
                }
            }
        }
        if !self.given.contains_key("service")
            && self.target_open(level)
            && let Some((name, source)) = variable("PGSERVICE")?
        {
            match self.string.as_ref().filter(|(level, _)| *level > Level::Flags) {
                Some((_, string)) => {
                    self.warnings.push(format!("ignored {source}: {string} comes first and names another server"));
                }
                None => {
                    if let Some((file, source)) = variable("PGSERVICEFILE")? {
                        self.fill("servicefile", file, source, level)?;
                    }
                    self.fill("service", name, source, level)?;
                    self.add_service(level, outside)?;
                }
            }
        }
        for (name, keyword) in keywords::variables() {
            let open = !self.given.contains_key(keyword) && (!TARGET.contains(&keyword) || self.target_open(level));
            if open && let Some((value, source)) = variable(name)? {
                self.fill(keyword, value, source, level)?;
            }
        }
        self.add_family(level, variable)
    }

    fn add_string(&mut self, level: Level, source: Source, text: &str) -> Result<()> {
        let Conninfo { values, warnings } = conninfo::parse(text).map_err(|error| {
            Error::new(error.fault(), format!("cannot use the connection string of {source}")).caused_by(error)
        })?;
        self.warnings.extend(warnings.into_iter().map(|warning| format!("{source}: {warning}")));
        let settles_server = level != Level::Flags && values.get("host").is_some_and(|host| !host.is_empty());
        for (keyword, value) in values {
            self.fill(keyword, value, source.clone(), level)?;
        }
        if settles_server {
            self.fill("hostaddr", String::new(), source.clone(), level)?;
            self.fill("port", String::new(), source.clone(), level)?;
        }
        self.string = Some((level, source));
        Ok(())
    }

    /// What the service says that this level, or a higher one, names.
    fn add_service(&mut self, level: Level, outside: &Outside<'_>) -> Result<()> {
        let Some((name, source)) = self.text("service") else { return Ok(()) };
        let file = match self.text("servicefile") {
            Some((file, _)) => Some(file),
            None => (outside.env)("PGSERVICEFILE").filter(|file| !file.is_empty()),
        };
        let (path, entries) = service::read(&name, file.as_deref(), outside)
            .map_err(|error| Error::new(error.fault(), format!("cannot use {source}")).caused_by(error))?;
        for (keyword, value, line) in entries {
            let source = Source::Service { name: name.clone(), file: path.display().to_string(), line };
            // A file may say the same twice; as with libpq the first counts, as everywhere here.
            self.fill(keyword, value, source, level)?;
        }
        Ok(())
    }

    /// The first family of this level that names a server or a database, unless something else did.
    fn add_family(&mut self, level: Level, variable: Variable<'_>) -> Result<()> {
        if self.string.is_some() || self.given.contains_key("service") {
            return Ok(());
        }
        for (at, family) in FAMILIES.iter().enumerate() {
            let set = |name: &str| !matches!(variable(name), Ok(None));
            let names_one = family.iter().any(|(name, keyword)| matches!(*keyword, "host" | "dbname") && set(name));
            let ours = match self.family {
                Some(used) => used == at,
                None => names_one && self.other_server().is_none() && self.is_postgres(at, variable)?,
            };
            if ours {
                self.family = Some(at);
                for (name, keyword) in *family {
                    if !self.given.contains_key(keyword)
                        && let Some((value, source)) = variable(name)?
                    {
                        self.fill(keyword, value, source, level)?;
                    }
                }
                break;
            }
        }
        Ok(())
    }

    /// `DB_*` may be anybody's; where a variable says whose, it must be PostgreSQL.
    fn is_postgres(&mut self, family: usize, variable: Variable<'_>) -> Result<bool> {
        if FAMILIES[family][0].0 != "DB_HOST" {
            return Ok(true);
        }
        for name in PRODUCT {
            if let Some((value, source)) = variable(name)? {
                let value = value.to_ascii_lowercase();
                if !value.contains("postgres") && !value.contains("pgsql") && value != "pg" {
                    self.warnings.push(format!("ignored DB_HOST and its like: {source} does not name PostgreSQL"));
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Stores a value that is still open. An empty one asks for the default.
    fn fill(&mut self, keyword: &'static str, value: String, source: Source, level: Level) -> Result<()> {
        if value.contains('\0') {
            return Err(Error::new(Fault::Usage, format!("{source} contains a zero byte")));
        }
        // Rule 5: an address of one level and a name of another would be two servers.
        let partner = match keyword {
            "host" => self.given.get("hostaddr"),
            "hostaddr" => self.given.get("host"),
            _ => None,
        };
        let libpqs = |level: Level| level <= Level::Environment;
        if partner.is_none_or(|partner| partner.level == level || libpqs(partner.level) && libpqs(level)) {
            self.given.entry(keyword).or_insert(Given { value, source, level });
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

    /// Rule 4: where a server is named that shuts out the strings of lower levels.
    fn other_server(&self) -> Option<String> {
        let host = self.given.get("host").or_else(|| self.given.get("hostaddr"));
        let host = host.or_else(|| self.given.get("dbname").filter(|_| self.family.is_some()));
        let service = self.given.get("service");
        let found = host.filter(|host| host.level > Level::Flags).or(service)?;
        Some(found.source.to_string())
    }

    /// A value that is not empty, and where it is from.
    pub fn text(&self, keyword: &str) -> Option<(String, Source)> {
        let given = self.given.get(keyword).filter(|given| !given.value.is_empty())?;
        Some((given.value.clone(), given.source.clone()))
    }

    /// A whole number, by C's rules for blanks.
    pub fn number(&self, keyword: &str) -> Result<Option<i64>> {
        let Some((value, source)) = self.text(keyword) else { return Ok(None) };
        let number = value.trim().parse::<i64>().ok().filter(|number| i32::try_from(*number).is_ok());
        match number {
            Some(number) => Ok(Some(number)),
            None => Err(Error::new(Fault::Usage, format!("the {keyword} of {source} is not a whole number"))),
        }
    }

    /// One of a few words.
    pub fn choice<T: Copy>(&self, keyword: &str, default: T, choices: &[(&str, T)]) -> Result<T> {
        let Some((value, source)) = self.text(keyword) else { return Ok(default) };
        match choices.iter().find(|(name, _)| *name == value) {
            Some((_, choice)) => Ok(*choice),
            None => {
                let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
                let hint = format!("one of {}", names.join(", "));
                Err(Error::new(Fault::Usage, format!("the {keyword} of {source} is not known")).hint(hint))
            }
        }
    }

    /// The level of the server: of the host, else of the string, else of the database.
    pub fn level(&self) -> Level {
        let level = |keyword| self.given.get(keyword).map(|given: &Given| given.level);
        let string = self.string.as_ref().map(|(level, _)| *level);
        level("host").or(level("hostaddr")).or(string).or(level("dbname")).unwrap_or(Level::Default)
    }

    /// Where the same is.
    pub fn source(&self) -> Source {
        let source = |keyword| self.given.get(keyword).map(|given: &Given| given.source.clone());
        let string = self.string.as_ref().map(|(_, source)| source.clone());
        source("host").or(source("hostaddr")).or(string).or(source("dbname")).unwrap_or(Source::DEFAULT)
    }

    /// All that was given, in libpq's order of keywords; no secrets.
    pub fn origins(&self) -> Vec<Origin> {
        let origin = |keyword: &&'static str| {
            let given = self.given.get(keyword).filter(|given| !given.value.is_empty())?;
            let value = (!keywords::is_secret(keyword)).then(|| given.value.clone());
            Some(Origin { keyword, value, source: given.source.clone() })
        };
        keywords::all().collect::<Vec<_>>().iter().filter_map(origin).collect()
    }
}
