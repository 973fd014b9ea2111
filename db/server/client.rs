//! Talking to a throwaway server through PostgreSQL's own clients: addresses, SQL, databases.
//!
//! Deliberately not through pgsnap's connection code: what judges pgsnap must not lean on it. Clients
//! run with an emptied environment, so that nothing of the developer's (`PG*`, `.psqlrc`) leaks in.

use super::{Clients, PASSWORD, SUPERUSER, Server, tail};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

impl Server {
    /// The address of a database as a URL, through the socket.
    pub fn url(&self, database: &str) -> String {
        let (database, host) = (percent(database), percent(&self.directory().to_string_lossy()));
        format!("postgresql://{SUPERUSER}@/{database}?host={host}&port={}", self.port())
    }

    /// The same as a keyword string (`host='…' port=…`).
    pub fn conninfo(&self, database: &str) -> String {
        let host = keyword(&self.directory().to_string_lossy());
        format!("host={host} port={} user={SUPERUSER} dbname={}", self.port(), keyword(database))
    }

    /// The address over TCP, password included; `None` without [`super::Options::tcp`].
    pub fn tcp_url(&self, database: &str) -> Option<String> {
        let (database, password) = (percent(database), percent(PASSWORD));
        self.tcp.then(|| format!("postgresql://{SUPERUSER}:{password}@127.0.0.1:{}/{database}", self.port()))
    }

    /// Makes a database from `template0`.
    pub fn create_database(&self, name: &str) -> Result<(), String> {
        self.psql("postgres", &format!("CREATE DATABASE {} TEMPLATE template0", identifier(name))).map(drop)
    }

    /// Makes an empty database with the encoding and locale of another, which may be on another server.
    pub fn create_database_like(&self, name: &str, server: &Server, like: &str) -> Result<(), String> {
        let clause = server.psql(
            "postgres",
            &format!(
                "SELECT format('ENCODING %L LC_COLLATE %L LC_CTYPE %L', pg_encoding_to_char(encoding), \
                 datcollate, datctype) FROM pg_database WHERE datname = {}",
                literal(like)
            ),
        )?;
        let name = identifier(name);
        self.psql("postgres", &format!("CREATE DATABASE {name} TEMPLATE template0 {clause}")).map(drop)
    }

    /// Drops a database, whoever is connected to it. No error where there is none.
    pub fn drop_database(&self, name: &str) -> Result<(), String> {
        self.drop_subscriptions(name)?;
        // DROP DATABASE … WITH (FORCE) exists since 13; this does the same on 12.
        let sql = format!(
            "UPDATE pg_database SET datallowconn = false WHERE datname = {0};\n\
             SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = {0};\n\
             DROP DATABASE IF EXISTS {1}",
            literal(name),
            identifier(name)
        );
        self.psql("postgres", &sql).map(drop)
    }

    /// A database with subscriptions cannot be dropped; theirs have no slot on any publisher.
    fn drop_subscriptions(&self, name: &str) -> Result<(), String> {
        let count = "SELECT count(*) FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = ";
        if self.psql("postgres", &format!("{count}{}", literal(name)))?.trim() == "0" {
            return Ok(());
        }
        let sql = "DO $$ DECLARE one text; BEGIN
            FOR one IN SELECT quote_ident(s.subname) FROM pg_subscription s
                       JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = current_database() LOOP
                EXECUTE 'ALTER SUBSCRIPTION ' || one || ' DISABLE';
                EXECUTE 'ALTER SUBSCRIPTION ' || one || ' SET (slot_name = NONE)';
                EXECUTE 'DROP SUBSCRIPTION ' || one;
            END LOOP; END $$";
        self.psql(name, sql).map(drop)
    }

    /// Makes a role that cannot log in, unless it is there. Roles belong to the whole server and are
    /// in no dump of a database.
    pub fn create_role(&self, name: &str) -> Result<(), String> {
        let sql = format!(
            "DO $$ BEGIN CREATE ROLE {}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$",
            identifier(name)
        );
        self.psql("postgres", &sql).map(drop)
    }

    /// Runs SQL (any number of statements, psql's commands too) and returns what it prints, unaligned
    /// and without headers. Stops at the first error and returns it.
    pub fn psql(&self, database: &str, sql: &str) -> Result<String, String> {
        let out = self.feed(database, sql.as_bytes(), true)?;
        String::from_utf8(out.0).map(|text| text.trim_end_matches('\n').to_string()).map_err(|error| error.to_string())
    }

    /// Loads a script as `psql -f` does, and stops at the first error.
    pub fn load(&self, database: &str, script: &Path) -> Result<(), String> {
        let sql = std::fs::read(script).map_err(|error| format!("cannot read {}: {error}", script.display()))?;
        self.feed(database, &sql, true).map(drop).map_err(|error| format!("{}: {error}", script.display()))
    }

    /// Runs a script to its end, whatever fails, as `pg_dump | psql` does. Returns the error lines.
    pub fn load_anyway(&self, database: &str, script: &[u8]) -> Result<Vec<String>, String> {
        let (_, errors) = self.feed(database, script, false)?;
        Ok(errors.lines().filter(|line| line.contains("ERROR:")).map(str::to_string).collect())
    }

    /// What `pg_dump ARGS` prints for a database.
    pub fn pg_dump(&self, database: &str, args: &[&str]) -> Result<Vec<u8>, String> {
        let mut pg_dump = scrubbed(&Clients::get()?.pg_dump);
        let output = pg_dump.args(args).arg("-d").arg(self.conninfo(database)).output();
        let output = output.map_err(|error| format!("cannot run pg_dump: {error}"))?;
        if !output.status.success() {
            return Err(format!("pg_dump {args:?}: {}", String::from_utf8_lossy(&output.stderr).trim()));
        }
        Ok(output.stdout)
    }

    /// psql with a script on its standard input; both its outputs.
    fn feed(&self, database: &str, script: &[u8], stop: bool) -> Result<(Vec<u8>, String), String> {
        let mut psql = scrubbed(&Clients::get()?.psql);
        psql.args(["-X", "-q", "-A", "-t", "-v", if stop { "ON_ERROR_STOP=1" } else { "ON_ERROR_STOP=0" }]);
        psql.args(["-f", "-", "-d"]).arg(self.conninfo(database));
        psql.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = psql.spawn().map_err(|error| format!("cannot run psql: {error}"))?;
        let stdin = child.stdin.take();
        let output = thread::scope(|scope| {
            // Beside the reading, so that neither side waits for the other with a full pipe. A psql
            // that stopped early closes its end, which its status tells better than a write error.
            scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(script)));
            child.wait_with_output()
        });
        let output = output.map_err(|error| format!("psql was lost: {error}"))?;
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        if stop && !output.status.success() {
            return Err(tail(&errors, 12));
        }
        Ok((output.stdout, errors))
    }
}

/// A client that sees nothing of the developer's settings.
fn scrubbed(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C").env("HOME", "/nonexistent");
    command
}

/// An SQL identifier, always quoted.
pub fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// An SQL string literal (standard_conforming_strings is on, as it is by default).
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A value in a keyword string: quoted, with `\` and `'` escaped.
fn keyword(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// Percent-encodes all that is not unreserved in RFC 3986; a slash stays, for readable socket paths,
/// unless the text could be taken for something else with it.
fn percent(text: &str) -> String {
    let path = text.starts_with('/');
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || (path && byte == b'/');
    text.bytes().map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
