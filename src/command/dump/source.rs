//! The source: the leader's snapshot, what is chosen and locked in it, and the workers that join it.
//!
//! Owns the order that makes a dump consistent: list, lock, look again for what was rewritten in between,
//! and begin anew with a fresh snapshot if anything was; only then is detail read.

use std::collections::HashSet;
use std::sync::Arc;

use tokio_postgres::Client;

use super::DumpOptions;
use super::pump::Reconnect;
use super::reference::References;
use crate::archive::manifest::Skipped;
use crate::catalog::{self, Catalog, Database, Listed};
use crate::command::selection::Selection;
use crate::connect::{Proof, Purpose, Session, Snapshot};
use crate::error::{During, Error, Fault, Result};
use crate::object::{Kind, Object, Oid, class};
use crate::progress::{Event, Progress};

/// How often a dump begins anew because tables were rewritten while it locked them.
const TRIES: usize = 10;

/// A database in one snapshot, its chosen relations locked.
pub struct Source {
    snapshot: Arc<Snapshot>,
    readers: Vec<Arc<Snapshot>>,
    proof: Option<Proof>,
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
    /// The exported snapshot's name.
    pub exported: Option<String>,
    /// On a standby unlogged tables cannot be read.
    pub standby: bool,
    /// What the user was warned of.
    pub warnings: Vec<String>,
    /// What could not be copied.
    pub skipped: Vec<Skipped>,
}

impl Source {
    /// Connects, takes the snapshot, chooses, locks and reads.
    pub async fn open(options: &DumpOptions, progress: &Arc<dyn Progress>) -> Result<Source> {
        for _ in 0..TRIES {
            let session = Session::open(&options.settings, Purpose::Dump).await?;
            let (major, version_num, standby) = (session.major, session.version_num, session.in_recovery);
            let snapshot = Arc::new(Snapshot::begin(session).await?);
            let client = &snapshot.session().client;
            let database = catalog::database(client, major).await?;
            let listed = catalog::list(client, major).await?;
            let relations = choose(&listed, &options.selection)?;
            let lockable: Vec<(&str, &str)> = relations
                .iter()
                .filter(|relation| matches!(relation.relkind, 'r' | 'p'))
                .map(|relation| (relation.schema.as_str(), relation.name.as_str()))
                .collect();
            snapshot.lock(&lockable, options.lock_wait).await?;
            let rewritten = snapshot.rewritten().await?;
            let chosen: HashSet<Oid> = relations.iter().map(|relation| relation.oid).collect();
            if let Some(table) = rewritten.iter().find(|table| chosen.contains(&table.oid)) {
                progress.on(Event::Warned(format!(
                    "{}.{} was rewritten while it was being locked; starting over",
                    table.schema, table.name
                )));
                continue;
            }
            let (exported, proof) = match options.jobs {
                0 | 1 => (None, None),
                _ => (Some(snapshot.export().await?), Some(snapshot.proof().await?)),
            };
            let detail: Vec<Oid> =
                relations.iter().filter(|relation| relation.extension.is_none()).map(|relation| relation.oid).collect();
            let readers = join(&snapshot, exported.as_deref(), proof.as_ref(), options.jobs).await?;
            let clients: Vec<&Client> =
                std::iter::once(client).chain(readers.iter().map(|reader| &reader.session().client)).collect();
            let mut catalog = catalog::read(&clients, major, &detail).await?;
            let references = References::of(&catalog.objects);
            reduce(&mut catalog, &relations, &options.selection);
            let mut source = Source {
                snapshot,
                readers,
                proof,
                major,
                version_num,
                database,
                relations,
                catalog,
                references,
                exported,
                standby,
                warnings: options.settings.warnings.clone(),
                skipped: Vec::new(),
            };
            source.name_unknown(options, progress);
            return Ok(source);
        }
        Err(Error::new(
            Fault::Server,
            format!("tables were rewritten (TRUNCATE, ALTER TABLE) {TRIES} times while they were being locked"),
        )
        .hint("run the dump while no such statements run, or leave these tables out"))
    }

    /// What no query covers is named, counted and in the exit code.
    fn name_unknown(&mut self, options: &DumpOptions, progress: &Arc<dyn Progress>) {
        if self.major > 18 {
            let text = format!(
                "PostgreSQL {} is newer than this version of pgsnap knows; what it added is named where it is seen",
                self.major
            );
            self.warn(text, progress);
        }
        if options.selection.is_partial() {
            return;
        }
        for lacking in std::mem::take(&mut self.catalog.lacking) {
            self.skip(&lacking.kind, &lacking.name, &lacking.reason, progress);
        }
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

    /// The leader must have held the snapshot to the end, or what the workers read was not protected.
    pub async fn confirm(&self) -> Result<()> {
        let lost = || "the connection that holds the snapshot was lost".to_string();
        self.client().batch_execute("SELECT 1").await.during(Fault::Connect, lost)
    }
}

/// How a connection gets into the snapshot.
pub struct Joined {
    leader: Arc<Snapshot>,
    exported: Option<(String, Proof)>,
}

impl Joined {
    /// The way into the snapshot of `source`.
    pub fn of(source: &Source) -> Joined {
        let exported = source.exported.clone().zip(source.proof.clone());
        Joined { leader: Arc::clone(&source.snapshot), exported }
    }
}

impl Reconnect for Joined {
    async fn reconnect(&self) -> Result<Arc<Snapshot>> {
        let Some((name, proof)) = &self.exported else {
            return Err(Error::new(Fault::Connect, "the connection that holds the snapshot was lost"));
        };
        another(&self.leader, name, proof).await
    }
}

/// A connection beside the leader's, proven to be in its snapshot.
async fn another(leader: &Snapshot, name: &str, proof: &Proof) -> Result<Arc<Snapshot>> {
    let session = leader.session().another().await?;
    Ok(Arc::new(Snapshot::join(session, name, proof).await?))
}

/// `jobs` connections in the leader's snapshot, where it was exported.
async fn join(leader: &Snapshot, name: Option<&str>, proof: Option<&Proof>, jobs: usize) -> Result<Vec<Arc<Snapshot>>> {
    let Some((name, proof)) = name.zip(proof) else { return Ok(Vec::new()) };
    futures::future::try_join_all((0..jobs).map(|_| another(leader, name, proof))).await
}

/// The relations that the selection takes, extensions' configuration tables among them.
fn choose(listed: &[Listed], selection: &Selection) -> Result<Vec<Listed>> {
    let schemas = listed.iter().map(|relation| relation.schema.as_str());
    let names = listed.iter().map(|relation| (relation.schema.as_str(), relation.name.as_str()));
    selection.check(schemas, names)?;
    let is_copied = |relation: &&Listed| match (&relation.extension, &relation.config) {
        (None, _) => true,
        (Some(_), Some(_)) => true,
        (Some(_), None) => false,
    };
    let directly = |relation: &Listed| match relation.extension {
        None => selection.wants_table(&relation.schema, &relation.name),
        // Its extension is taken only by a whole dump.
        Some(_) => !selection.is_partial() || selection.wants_table(&relation.schema, &relation.name),
    };
    let tables: HashSet<Oid> =
        listed.iter().filter(|relation| directly(relation)).map(|relation| relation.oid).collect();
    let wanted = |relation: &&Listed| {
        tables.contains(&relation.oid) || relation.owner_table.is_some_and(|table| tables.contains(&table))
    };
    Ok(listed.iter().filter(is_copied).filter(wanted).cloned().collect())
}

/// Leaves in the catalog what the selection takes.
fn reduce(catalog: &mut Catalog, relations: &[Listed], selection: &Selection) {
    let keep = wanted(relations, catalog, selection);
    let whole = !selection.is_partial();
    catalog.keep(|object| keep.contains(&object.id), whole && !selection.data_only, whole && !selection.schema_only);
    if selection.no_owner {
        catalog.objects.iter_mut().for_each(|object| object.owner = None);
    }
    if selection.no_privileges {
        catalog.granted.clear();
        catalog.objects.retain(|object| object.kind != Kind::DefaultPrivileges);
    }
}

/// The objects that go with the chosen relations and schemas.
fn wanted(relations: &[Listed], catalog: &Catalog, selection: &Selection) -> HashSet<crate::object::ObjectId> {
    let chosen: HashSet<Oid> = relations.iter().map(|relation| relation.oid).collect();
    let own_relation = |object: &Object| object.id.class == class::RELATION && object.kind != Kind::Index;
    let wants = |object: &&Object| {
        let is_data = object.kind == Kind::Refresh;
        if (selection.schema_only && is_data) || (selection.data_only && !is_data) {
            return false;
        }
        if own_relation(object) {
            return chosen.contains(&object.id.oid);
        }
        if let Some(table) = object.table {
            return chosen.contains(&table.oid);
        }
        if !selection.is_partial() {
            return true;
        }
        match (&object.schema, object.kind) {
            (Some(schema), _) => selection.wants_schema(schema),
            (None, Kind::Schema) => selection.wants_schema(&object.name),
            (None, _) => false,
        }
    };
    catalog.objects.iter().filter(wants).map(|object| object.id).collect()
}
