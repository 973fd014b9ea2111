//! The source: the leader's snapshot, what is chosen and locked in it, and the workers that join it.
//!
//! Owns the order that makes a dump consistent: list, lock, and only then take the snapshot, in which
//! everything is listed again. A table that is new there is locked late, and so may have been changed in
//! between, unseen by the snapshot: then, and where an object was dropped while it was being read, the dump
//! begins anew with a fresh snapshot.

use std::collections::HashSet;
use std::sync::Arc;

use tokio_postgres::Client;

use super::DumpOptions;
use super::chosen::{Chosen, uncovered};
use super::pump::Reconnect;
use super::reference::References;
use super::surroundings::{self, surroundings};
use super::watchdog::Watchdog;
use crate::archive::manifest::Skipped;
use crate::catalog::{self, Catalog, Database, Listed};
use crate::connect::{Changed, Proof, Purpose, Session, Snapshot};
use crate::error::{Error, Fault, Result};
use crate::object::Oid;
use crate::progress::{Event, Progress};

/// How often a dump begins anew because tables were changed while it locked them.
const TRIES: usize = 10;

/// SQLSTATE of what PostgreSQL calls an internal error: the functions that deparse objects look into the
/// catalogs of now, and find no more what the snapshot shows ("cache lookup failed for …").
const DROPPED: &str = "XX000";

/// A database in one snapshot, its chosen relations locked.
pub struct Source {
    snapshot: Arc<Snapshot>,
    readers: Vec<Arc<Snapshot>>,
    /// The exported snapshot's name and what shows that one is in it.
    exported: Option<(String, Proof)>,
    watchdog: Arc<Watchdog>,
    /// Major version of the server.
    pub major: u32,
    /// Its full version number.
    pub version_num: u32,
    /// What the database is.
    pub database: Database,
    /// The relations chosen; of extensions, their configuration tables.
    pub relations: Vec<Listed>,
    /// Everything read from the catalogs, down to what is chosen.
    pub catalog: Catalog,
    /// The foreign keys of all tables, chosen or not.
    pub references: References,
    /// Relations whose contents stay behind.
    pub without_rows: HashSet<Oid>,
    /// On a standby unlogged tables cannot be read.
    pub standby: bool,
    /// What the user was warned of.
    pub warnings: Vec<String>,
    /// What could not be copied.
    pub skipped: Vec<Skipped>,
}

/// Locks what is `known` before this transaction has a snapshot, chooses in the snapshot, and locks what is
/// new in it. Returns a table that was changed in between, if one was.
async fn lock(
    snapshot: &Snapshot,
    known: &Chosen,
    database: &Database,
    options: &DumpOptions,
) -> Result<(Chosen, Option<Changed>)> {
    fn name(relation: &Listed) -> (&str, &str) {
        (&relation.schema, &relation.name)
    }
    let gone: HashSet<(String, String)> =
        snapshot.lock(&known.lockable().map(name).collect::<Vec<_>>()).await?.into_iter().collect();
    let chosen = Chosen::read(snapshot, database, &options.selection).await?;
    let is_gone = |relation: &&Listed| gone.contains(&(relation.schema.clone(), relation.name.clone()));
    let locked: HashSet<Oid> =
        known.lockable().filter(|relation| !is_gone(relation)).map(|relation| relation.oid).collect();
    let late = chosen.lockable().filter(|relation| !locked.contains(&relation.oid)).map(name);
    snapshot.lock(&late.collect::<Vec<_>>()).await?;
    let all: Vec<Oid> = chosen.lockable().map(|relation| relation.oid).collect();
    let changed = snapshot.changed(&all).await?.into_iter().next();
    Ok((chosen, changed))
}

/// What is read of what is locked.
struct Details {
    readers: Vec<Arc<Snapshot>>,
    exported: Option<(String, Proof)>,
    /// Why a pooler's connections cannot read beside the leader's.
    alone: Option<String>,
    catalog: Catalog,
}

impl Details {
    async fn read(
        snapshot: &Snapshot,
        chosen: &Chosen,
        options: &DumpOptions,
        watchdog: &Arc<Watchdog>,
    ) -> Result<Details> {
        let mut exported = match options.jobs {
            0 | 1 => None,
            // A pool has no more connections than others leave, and may not have them all on one server.
            _ if snapshot.session().pooled => None,
            _ => Some((snapshot.export().await?, snapshot.proof().await?)),
        };
        let of_extensions = |relation: &&Listed| relation.extension.is_none();
        let relations: Vec<Oid> = chosen.relations.iter().filter(of_extensions).map(|relation| relation.oid).collect();
        let mut alone = None;
        let readers = match join(snapshot, exported.as_ref(), options.jobs, watchdog).await {
            Ok(readers) => readers,
            Err(error) if snapshot.session().pooler => {
                exported = None;
                alone = Some(format!("everything is read over one connection: {}", error.finding().0));
                Vec::new()
            }
            Err(error) => return Err(error),
        };
        let workers = readers.iter().map(|reader| &reader.session().client);
        let clients: Vec<&Client> = std::iter::once(&snapshot.session().client).chain(workers).collect();
        let catalog = catalog::read(&clients, snapshot.session().major, &relations).await?;
        Ok(Details { readers, exported, alone, catalog })
    }
}

impl Source {
    /// Connects, takes the snapshot, chooses, locks and reads. All of it is to be done over by `watchdog`, which gets
    /// to know of each session.
    pub async fn open(options: &DumpOptions, watchdog: &Arc<Watchdog>, progress: &Arc<dyn Progress>) -> Result<Source> {
        let session = Session::open(&options.settings, Purpose::Dump).await?;
        if !session.pooled {
            watchdog.add(&session, session.backend_pid);
        }
        let mut snapshot = Snapshot::begin(session, options.lock_wait).await?;
        let database = catalog::database(&snapshot.session().client, snapshot.session().major).await?;
        let mut known = Chosen::read(&snapshot, &database, &options.selection).await?;
        known.found.pass(progress)?;
        let beforehand = surroundings(snapshot.session(), known.lockable().count()).await?;
        surroundings::tell(&beforehand, progress);
        let mut last = None;
        for _ in 0..TRIES {
            snapshot = snapshot.restart().await?;
            let locked = lock(&snapshot, &known, &database, options).await;
            let (mut chosen, changed) = match locked {
                Ok(locked) => locked,
                Err(error) => return Err(snapshot.explain(error).await),
            };
            let why = match changed {
                Some(table) => format!("{}.{} was changed while it was being locked", table.schema, table.name),
                None => {
                    chosen.found.pass(progress)?;
                    if snapshot.session().pooled {
                        watchdog.add(snapshot.session(), snapshot.backend_pid().await?);
                    }
                    match Details::read(&snapshot, &chosen, options, watchdog).await {
                        Ok(details) => {
                            return Ok(Source::of(snapshot, database, chosen, details, options, watchdog, progress));
                        }
                        Err(error) if snapshot.is_replay(&error) && !snapshot.session().client.is_closed() => {
                            last = Some(snapshot.hint_at_replay(error));
                            "the standby cancelled it in order to replay".to_string()
                        }
                        Err(error) if error.sqlstate() == Some(DROPPED) => {
                            last = Some(error);
                            "an object was dropped while it was being read".to_string()
                        }
                        Err(error) => return Err(snapshot.explain(error).await),
                    }
                }
            };
            progress.on(Event::Warned(format!("{why}; starting over")));
            known = chosen;
        }
        let text = format!(
            "the dump began {TRIES} times, and each time objects were changed (TRUNCATE, ALTER, DROP) while it locked and \
             read them"
        );
        let error =
            Error::new(Fault::Server, text).hint("run it while no such statements run, or leave these objects out");
        Err(match last {
            Some(cause) => error.caused_by(cause),
            None => error,
        })
    }

    fn of(
        snapshot: Snapshot,
        database: Database,
        chosen: Chosen,
        details: Details,
        options: &DumpOptions,
        watchdog: &Arc<Watchdog>,
        progress: &Arc<dyn Progress>,
    ) -> Source {
        let mut chosen = chosen;
        let Details { readers, exported, alone, mut catalog } = details;
        let references = References::of(&catalog.objects);
        let dangling = chosen.reduce(&mut catalog, &options.selection);
        let session = snapshot.session();
        let mut source = Source {
            major: session.major,
            version_num: session.version_num,
            standby: session.in_recovery,
            snapshot: Arc::new(snapshot),
            readers,
            exported,
            watchdog: Arc::clone(watchdog),
            database,
            relations: chosen.relations,
            catalog,
            references,
            without_rows: chosen.choice.not_data,
            warnings: options.settings.warnings.clone(),
            skipped: Vec::new(),
        };
        let connected = source.snapshot.session().warnings.clone();
        connected
            .into_iter()
            .chain(alone)
            .chain(chosen.unmatched)
            .chain(dangling)
            .for_each(|text| source.warn(text, progress));
        let uncovered = uncovered(source.major, std::mem::take(&mut source.catalog.lacking));
        for one in uncovered.into_iter().chain(chosen.skipped) {
            source.skip(&one.kind, &one.name, &one.reason, progress);
        }
        source
    }

    /// The exported snapshot's name.
    pub fn exported(&self) -> Option<&str> {
        self.exported.as_ref().map(|(name, _)| name.as_str())
    }

    /// As [`Snapshot::explain`].
    pub async fn explain(&self, error: Error) -> Error {
        self.snapshot.explain(error).await
    }

    /// Remembers a warning and shows it.
    pub fn warn(&mut self, text: String, progress: &Arc<dyn Progress>) {
        progress.on(Event::Warned(text.clone()));
        self.warnings.push(text);
    }

    /// Remembers something that cannot be copied and shows it.
    pub fn skip(&mut self, kind: &str, name: &str, reason: &str, progress: &Arc<dyn Progress>) {
        progress.on(Event::Warned(format!("not copied: {kind} {name}: {reason}")));
        self.skipped.push(Skipped { kind: kind.into(), name: name.into(), reason: reason.into() });
    }

    /// The connection that took the snapshot and holds the locks.
    pub fn leader(&self) -> Arc<Snapshot> {
        Arc::clone(&self.snapshot)
    }

    /// The leader's connection, inside the snapshot.
    pub fn client(&self) -> &tokio_postgres::Client {
        &self.snapshot.session().client
    }

    /// Up to `count` connections that read in the snapshot; a single one is the leader itself.
    pub fn readers(&self, count: usize) -> Vec<Arc<Snapshot>> {
        if count <= 1 || self.readers.is_empty() {
            return vec![Arc::clone(&self.snapshot)];
        }
        self.readers.iter().take(count).cloned().collect()
    }

    /// The leader must have held the snapshot to the end, or what the workers read was not protected. Nothing can be
    /// read afterwards.
    pub async fn confirm(&self) -> Result<()> {
        // A pooler would close a server's session that somebody left within a transaction.
        let sql = if self.snapshot.session().pooled { "SELECT 1; ROLLBACK" } else { "SELECT 1" };
        let Err(error) = self.client().batch_execute(sql).await else { return Ok(()) };
        let how = self.snapshot.session().how_lost().await;
        let text = format!("the connection that holds the snapshot was lost: {how}");
        Err(self.snapshot.hint_at_replay(Error::new(Fault::Connect, text).caused_by(error)))
    }
}

/// How a connection gets into the snapshot.
pub struct Joined {
    leader: Arc<Snapshot>,
    exported: Option<(String, Proof)>,
    watchdog: Arc<Watchdog>,
}

impl Joined {
    /// The way into the snapshot of `source`.
    pub fn of(source: &Source) -> Joined {
        Joined {
            leader: Arc::clone(&source.snapshot),
            exported: source.exported.clone(),
            watchdog: Arc::clone(&source.watchdog),
        }
    }
}

impl Reconnect for Joined {
    async fn reconnect(&self) -> Result<Arc<Snapshot>> {
        let Some((name, proof)) = &self.exported else {
            return Err(Error::new(Fault::Connect, "the snapshot ended with the only connection"));
        };
        another(&self.leader, name, proof, &self.watchdog).await
    }
}

/// A connection beside the leader's, proven to be in its snapshot.
async fn another(leader: &Snapshot, name: &str, proof: &Proof, watchdog: &Watchdog) -> Result<Arc<Snapshot>> {
    let session = leader.session().another().await?;
    let joined = Snapshot::join(session, leader.wait(), name, proof).await?;
    watchdog.add(joined.session(), joined.backend_pid().await?);
    Ok(Arc::new(joined))
}

/// `jobs` connections in the leader's snapshot, where it was exported.
async fn join(
    leader: &Snapshot,
    exported: Option<&(String, Proof)>,
    jobs: usize,
    watchdog: &Watchdog,
) -> Result<Vec<Arc<Snapshot>>> {
    let Some((name, proof)) = exported else { return Ok(Vec::new()) };
    futures::future::try_join_all((0..jobs).map(|_| another(leader, name, proof, watchdog))).await
}
