//! `--create`: makes the database itself, on the connection to another one, and gives it what belongs to it.
//!
//! Owner, comment, labels and settings come before anything is restored into it, so that settings hold as they
//! did in the source; privileges, the connection limit and its being a template come last, because they could
//! shut the restore out. The name is always that of the source, as in pg_restore.

use std::sync::Arc;

use super::entries::{Runner, refused};
use super::options::{RestoreOptions, Resuming};
use super::passed::PassedOver;
use crate::connect::{Purpose, Session, Settings};
use crate::error::{During, Error, Fault, Result};
use crate::progress::{Event, Progress};
use crate::sql::{Entry, Pass, Script, ident, literal, variant_for};

/// The database to make, and the connection from which to make it.
pub struct Creation<'a> {
    /// Its entries: itself, its comment, labels, settings, privileges.
    pub entries: Vec<&'a Entry>,
    /// Where to connect while it is not there, and when it is finished.
    pub maintenance: Settings,
    /// Leave it with whoever creates it.
    pub no_owner: bool,
    /// It is there, made by a restore that is resumed.
    pub there: bool,
}

impl<'a> Creation<'a> {
    /// From the archive's script; `session` is one to the server.
    ///
    /// # Errors
    /// Where an older version wrote the archive, without such entries; where the server cannot be asked.
    pub async fn of(script: &'a Script, options: &RestoreOptions, session: &Session) -> Result<Creation<'a>> {
        let mut entries: Vec<&Entry> = Vec::new();
        for entry in script.entries.iter().filter(|entry| script.is_of_database(entry)) {
            if options.selection.takes_kind(entry) {
                entries.push(entry);
            }
        }
        if entries.iter().all(|entry| entry.kind != "DATABASE") {
            return Err(Error::new(Fault::Usage, "the archive does not say how to create the database")
                .hint("create it (createdb) and restore without -C"));
        }
        let (maintenance, no_owner) = (options.settings.clone(), options.selection.no_owner);
        let mut creation = Creation { entries, maintenance, no_owner, there: false };
        if options.resume == Resuming::Now {
            let sql = format!("SELECT 1 FROM pg_catalog.pg_database WHERE datname = {}", literal(creation.name()));
            let rows = session.client.query_typed(&sql, &[]).await;
            let rows = rows.during(Fault::Server, || "cannot look for the database on the target".into())?;
            creation.there = !rows.is_empty();
        }
        Ok(creation)
    }

    /// How to connect to it.
    pub fn settings(&self) -> Settings {
        self.maintenance.with_database(self.name())
    }

    fn itself(&self) -> &'a Entry {
        self.entries.iter().find(|entry| entry.kind == "DATABASE").expect("checked when it was made")
    }

    /// The name of the database.
    pub fn name(&self) -> &'a str {
        &self.itself().name
    }

    /// Drops the database first, where it is there. `if_exists`: or where it is not.
    pub async fn drop(&self, session: &Session, if_exists: bool) -> Result<()> {
        let name = self.name();
        let doing = || format!("cannot drop the database {name:?}");
        let known = format!("SELECT datistemplate FROM pg_catalog.pg_database WHERE datname = {}", literal(name));
        let rows = session.client.query_typed(&known, &[]).await.during(Fault::Server, doing)?;
        if rows.first().is_some_and(|row| row.get(0)) {
            let sql = format!("ALTER DATABASE {} IS_TEMPLATE = false", ident(name));
            session.client.batch_execute(&sql).await.during(Fault::Server, doing)?;
        }
        let word = if if_exists { "IF EXISTS " } else { "" };
        let dropped = session.client.batch_execute(&format!("DROP DATABASE {word}{}", ident(name))).await;
        dropped.map_err(|cause| {
            let code = cause.code().map(|code| code.code().to_string()).unwrap_or_default();
            let error = Error::new(Fault::Server, doing()).caused_by(cause);
            match code.as_str() {
                "3D000" => error.hint("--if-exists passes over a database that is not there"),
                "55006" => error.hint("end the sessions that are connected to it, and connect with -d to another one"),
                _ => error,
            }
        })
    }

    /// Creates the database where it is not there, and gives it what belongs to it.
    pub async fn make(&self, session: &Session, passed: &PassedOver, progress: &Arc<dyn Progress>) -> Result<()> {
        if !self.there {
            self.create(session, progress).await?;
        }
        let entry = self.itself();
        if let Some(owner) = entry.owner_statement().filter(|_| !self.no_owner) {
            session.client.batch_execute(&owner).await.map_err(|cause| refused(entry, cause))?;
        }
        let wanted = |entry: &&Entry| entry.pass == Pass::Main && entry.kind != "DATABASE";
        self.run(session, wanted, passed, progress).await
    }

    async fn create(&self, session: &Session, progress: &Arc<dyn Progress>) -> Result<()> {
        let entry = self.itself();
        let variant = variant_for(&entry.variants, session.major);
        if let Some(variant) = variant.filter(|variant| !variant.reason.is_empty()) {
            let (label, major) = (entry.label(), session.major);
            progress.on(Event::Warned(format!("restored otherwise: {label}: PostgreSQL {major}: {}", variant.reason)));
        }
        let definition = variant.and_then(|variant| variant.definition.as_ref()).unwrap_or(&entry.definition);
        let mut sql = definition.trim_end().trim_end_matches(';').to_string();
        if let Some(space) = &entry.tablespace {
            sql.push_str(&format!(" TABLESPACE = {}", ident(space)));
        }
        // By itself: it cannot run in a transaction.
        session.client.batch_execute(&sql).await.map_err(|cause| {
            let code = cause.code().map(|code| code.code().to_string()).unwrap_or_default();
            match code.as_str() {
                "42P04" => {
                    refused(entry, cause).hint("-c drops it first; without -C its contents are restored into it")
                }
                "22023" | "42809" | "42704" | "42601" => {
                    refused(entry, cause).hint("create it with a locale that this server has, and restore without -C")
                }
                _ => refused(entry, cause),
            }
        })
    }

    /// What comes when everything else is there.
    pub async fn finish(&self, passed: &PassedOver, progress: &Arc<dyn Progress>) -> Result<()> {
        let session = Session::open(&self.maintenance, Purpose::Maintenance).await?;
        self.run(&session, |entry| entry.pass != Pass::Main, passed, progress).await
    }

    async fn run(
        &self,
        session: &Session,
        wanted: impl Fn(&&Entry) -> bool,
        passed: &PassedOver,
        progress: &Arc<dyn Progress>,
    ) -> Result<()> {
        let entries: Vec<&Entry> = self.entries.iter().copied().filter(wanted).collect();
        Runner::new(self.no_owner, false, passed, progress).run(&session.client, &entries).await
    }
}
