//! A database for one proof: made under a random name, dropped whatever happens.
//!
//! Owns its making and dropping, subscriptions included, which a database cannot be dropped with. It begins
//! with the archive's encoding and locale as far as the server has them, and nobody but its owner may
//! connect, because what is restored into it may be confidential.

use tokio_postgres::error::SqlState;

use crate::archive::manifest::Manifest;
use crate::connect::{Purpose, Session, Settings};
use crate::error::{During, Error, Fault, Result};
use crate::sql::{Script, ident, literal, variant_for};

/// What every name begins with.
const PREFIX: &str = "pgsnap_verify_";

/// A name that no database has.
///
/// # Errors
/// Disk, where the system has no random numbers.
pub fn name() -> Result<String> {
    let mut bytes = [0; 8];
    openssl::rand::rand_bytes(&mut bytes).during(Fault::Disk, || "the system has no random numbers".into())?;
    Ok(bytes.iter().fold(PREFIX.to_string(), |name, byte| format!("{name}{byte:02x}")))
}

fn create(name: &str, encoding: &str, collate: &str, ctype: &str) -> String {
    let [encoding, collate, ctype] = [encoding, collate, ctype].map(literal);
    let name = ident(name);
    format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING {encoding} LC_COLLATE {collate} LC_CTYPE {ctype}")
}

/// The archive's own way to make its database, under another name; where it has none, by its encoding and
/// locale.
fn like_source(name: &str, manifest: &Manifest, script: &Script, target: u32) -> String {
    let start = format!("CREATE DATABASE {} WITH TEMPLATE = template0 ", ident(&manifest.database));
    let entry = script.entries.iter().find(|entry| entry.kind == "DATABASE");
    let definition = entry.and_then(|entry| match variant_for(&entry.variants, target) {
        Some(variant) => variant.definition.as_ref(),
        None => Some(&entry.definition),
    });
    match definition.and_then(|definition| definition.strip_prefix(&start)) {
        Some(rest) => format!("CREATE DATABASE {} WITH TEMPLATE = template0 {rest}", ident(name)),
        None => create(name, &manifest.encoding, &manifest.collate, &manifest.ctype),
    }
}

/// The scratch database.
pub struct Scratch {
    name: String,
    settings: Settings,
    maintenance: Session,
}

impl Scratch {
    /// Creates it on the server of `settings`. Returns what is worth a warning, too.
    ///
    /// # Errors
    /// Where the server refuses; then there is no such database.
    pub async fn create(
        settings: &Settings,
        name: &str,
        manifest: &Manifest,
        script: &Script,
    ) -> Result<(Scratch, Option<String>)> {
        let maintenance = Session::open(settings, Purpose::Maintenance).await?;
        let doing = || format!("cannot create the scratch database {name}");
        let mut warning = None;
        if let Err(cause) =
            maintenance.client.batch_execute(&like_source(name, manifest, script, maintenance.major)).await
        {
            let locale = [SqlState::WRONG_OBJECT_TYPE, SqlState::INVALID_PARAMETER_VALUE];
            if !cause.code().is_some_and(|code| locale.contains(code)) {
                return Err(Error::new(Fault::Server, doing())
                    .caused_by(cause)
                    .hint("the role needs CREATEDB, and the connection a database to start from, such as postgres"));
            }
            let plain = create(name, &manifest.encoding, "C", "C");
            maintenance.client.batch_execute(&plain).await.during(Fault::Server, doing)?;
            warning = Some(format!(
                "the server has no locale {:?} for {}: the scratch database has the locale C",
                manifest.collate, manifest.encoding
            ));
        }
        let scratch = Scratch { name: name.to_string(), settings: settings.clone(), maintenance };
        let sql = format!("REVOKE ALL ON DATABASE {} FROM PUBLIC", ident(name));
        if let Err(cause) = scratch.maintenance.client.batch_execute(&sql).await {
            scratch.drop().await?;
            return Err(Error::new(Fault::Server, doing()).caused_by(cause));
        }
        Ok((scratch, warning))
    }

    /// How to connect to it.
    pub fn settings(&self) -> Settings {
        self.settings.with_database(&self.name)
    }

    /// Makes the schemas that a partial archive expects to find.
    pub async fn make_schemas(&self, schemas: impl Iterator<Item = &str>) -> Result<()> {
        let sql: String = schemas.map(|schema| format!("CREATE SCHEMA IF NOT EXISTS {};", ident(schema))).collect();
        if sql.is_empty() {
            return Ok(());
        }
        let session = Session::open(&self.settings(), Purpose::Restore).await?;
        let made = session.client.batch_execute(&sql).await;
        made.during(Fault::Server, || "cannot make the schemas that the archive expects".into())
    }

    /// Drops it, with whatever is still connected to it.
    ///
    /// # Errors
    /// Naming the database, which is then still there.
    pub async fn drop(self) -> Result<()> {
        let name = &self.name;
        let dropped = match self.try_drop(&self.maintenance).await {
            Ok(()) => Ok(()),
            // That connection may have idled for hours.
            Err(_) => match Session::open(&self.settings, Purpose::Maintenance).await {
                Ok(session) => self.try_drop(&session).await,
                Err(error) => Err(error),
            },
        };
        dropped.map_err(|error| {
            Error::new(error.fault(), format!("the scratch database {name} could not be dropped"))
                .caused_by(error)
                .hint(format!("drop it: DROP DATABASE {};", ident(name)))
        })
    }

    async fn try_drop(&self, session: &Session) -> Result<()> {
        let doing = || format!("cannot drop {}", self.name);
        let name = literal(&self.name);
        // Asked here, because connecting to a database that has none would only take time.
        let sql = format!(
            "SELECT 1 FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON d.oid = s.subdbid \
             WHERE d.datname = {name}"
        );
        // Not everybody may ask; then dropping tells.
        if session.client.query_typed(&sql, &[]).await.is_ok_and(|rows| !rows.is_empty()) {
            self.drop_subscriptions().await?;
        }
        let force = if session.major >= 13 { " WITH (FORCE)" } else { "" };
        if session.major < 13 {
            let sql = format!(
                "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname = {name}"
            );
            session.client.batch_execute(&sql).await.during(Fault::Server, doing)?;
        }
        let sql = format!("DROP DATABASE IF EXISTS {}{force}", ident(&self.name));
        session.client.batch_execute(&sql).await.during(Fault::Server, doing)
    }

    async fn drop_subscriptions(&self) -> Result<()> {
        let doing = || format!("cannot drop the subscriptions of {}", self.name);
        let session = Session::open(&self.settings(), Purpose::Maintenance).await?;
        let sql = "SELECT s.subname::text FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d \
                   ON d.oid = s.subdbid WHERE d.datname = pg_catalog.current_database()";
        for row in session.client.query_typed(sql, &[]).await.during(Fault::Server, doing)? {
            let name: &str = row.try_get(0).during(Fault::Server, doing)?;
            let name = ident(name);
            // Without its slot: that belongs to the publisher, which has another subscriber.
            for sql in [
                format!("ALTER SUBSCRIPTION {name} DISABLE"),
                format!("ALTER SUBSCRIPTION {name} SET (slot_name = NONE)"),
                format!("DROP SUBSCRIPTION {name}"),
            ] {
                session.client.batch_execute(&sql).await.during(Fault::Server, doing)?;
            }
        }
        Ok(())
    }
}
