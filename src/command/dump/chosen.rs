//! The relations that a snapshot shows, which of them are chosen, and which of those the role may read.
//!
//! Nothing is locked for it and no detail read. What the role may not read is an error, but for what a provider of
//! the server keeps to himself, which is left out and named.

use std::collections::{HashMap, HashSet};

use super::choose::Choice;
use crate::archive::manifest::Skipped;
use crate::catalog::{self, Catalog, Database, Lacking, Listed};
use crate::command::finding::Findings;
use crate::command::rights::{self, Wanted};
use crate::command::selection::Selection;
use crate::connect::{MAJOR_TRIED_MAX, Snapshot};
use crate::error::Result;
use crate::object::{Object, ObjectId, Oid, class};

/// What is to be dumped of the relations.
pub struct Chosen {
    /// All of them.
    pub listed: Vec<Listed>,
    /// Those that are taken.
    pub relations: Vec<Listed>,
    /// By which patterns.
    pub choice: Choice,
    /// Patterns without a match.
    pub unmatched: Vec<String>,
    /// What keeps the dump from being whole.
    pub found: Findings,
    /// What is left out by rule.
    pub skipped: Vec<Skipped>,
    /// The relations among that.
    withheld: HashSet<Oid>,
    /// The schemas that these are in.
    homes: HashSet<String>,
}

impl Chosen {
    /// Lists, matches the patterns and asks for rights.
    pub async fn read(snapshot: &Snapshot, database: &Database, selection: &Selection) -> Result<Chosen> {
        let client = &snapshot.session().client;
        let listed = catalog::list(client, snapshot.session().major).await?;
        let (choice, unmatched) = Choice::read(client, &database.name, &listed, selection).await?;
        let relations = choice.relations(&listed);
        let mut chosen = Chosen {
            listed,
            relations,
            choice,
            unmatched,
            found: Findings::default(),
            skipped: Vec::new(),
            withheld: HashSet::new(),
            homes: HashSet::new(),
        };
        chosen.limit(snapshot, selection).await?;
        Ok(chosen)
    }

    /// Takes out what may not be read by rule, and notes what may not otherwise.
    async fn limit(&mut self, snapshot: &Snapshot, selection: &Selection) -> Result<()> {
        let copied = |relation: &&Listed| {
            let data = selection.takes_data() && !self.choice.not_data.contains(&relation.oid);
            matches!(relation.relkind, 'r' | 'S') && data
        };
        let rows: HashSet<Oid> = self.relations.iter().filter(copied).map(|relation| relation.oid).collect();
        let locked = self.lockable().map(|relation| relation.oid);
        let read: HashSet<Oid> = locked.chain(rows.iter().copied()).collect();
        let large_objects = selection.takes_data() && !selection.is_partial();
        let wanted = Wanted { relations: &read.into_iter().collect::<Vec<_>>(), rows: &rows, large_objects };
        let limits = rights::limits(snapshot.session(), &wanted).await?;
        self.found.errors.extend(limits.errors);
        let extensions: HashMap<Oid, bool> =
            self.relations.iter().map(|relation| (relation.oid, relation.extension.is_some())).collect();
        for one in limits.withheld {
            // Of an extension's table only rows would have been copied.
            let kind = if extensions.get(&one.oid) == Some(&true) { "TABLE DATA" } else { one.kind };
            self.skipped.push(Skipped { kind: kind.into(), name: one.name, reason: one.reason });
            match one.rows_only {
                true => drop(self.choice.not_data.insert(one.oid)),
                false => {
                    self.withheld.insert(one.oid);
                    self.homes.insert(one.schema);
                }
            }
        }
        let withheld = &self.withheld;
        let gone = |oid: &Oid| withheld.contains(oid);
        self.relations.retain(|relation| !gone(&relation.oid) && !relation.owner_table.as_ref().is_some_and(gone));
        Ok(())
    }

    /// Those that LOCK TABLE takes.
    pub fn lockable(&self) -> impl Iterator<Item = &Listed> {
        self.relations.iter().filter(|relation| matches!(relation.relkind, 'r' | 'p'))
    }

    /// Leaves in the catalog what is taken, and tells what that leaves dangling.
    pub fn reduce(&mut self, catalog: &mut Catalog, selection: &Selection) -> Vec<String> {
        self.withhold(catalog);
        self.choice.reduce(catalog, &self.relations, &self.listed, selection)
    }

    /// What a provider makes of what may not be read cannot be made without it, so it goes, too.
    fn withhold(&mut self, catalog: &mut Catalog) {
        if self.withheld.is_empty() {
            return;
        }
        let objects: HashMap<ObjectId, &Object> = catalog.objects.iter().map(|object| (object.id, object)).collect();
        let mut gone: HashSet<ObjectId> =
            self.withheld.iter().map(|oid| ObjectId::new(class::RELATION, *oid)).collect();
        loop {
            let before = gone.len();
            let needs = catalog.edges.iter().chain(&catalog.outside).filter(|edge| gone.contains(&edge.to));
            let provided = |id: &ObjectId| {
                let schema = objects.get(id).and_then(|object| object.schema.as_ref());
                schema.is_some_and(|schema| self.homes.contains(schema))
            };
            let more: Vec<ObjectId> = needs.map(|edge| edge.from).filter(provided).collect();
            gone.extend(more);
            if gone.len() == before {
                break;
            }
        }
        let (out, kept) =
            std::mem::take(&mut catalog.objects).into_iter().partition(|object| gone.contains(&object.id));
        catalog.objects = kept;
        let out: Vec<Object> = out;
        for object in out.iter().filter(|object| object.is_written()) {
            let reason = "its schema is the provider's, and it needs what the role may not read".to_string();
            self.skipped.push(Skipped { kind: object.label.into(), name: object.qualified(), reason });
        }
        self.relations.retain(|relation| !gone.contains(&ObjectId::new(class::RELATION, relation.oid)));
    }
}

/// What no query covers, to be named, counted and in the exit code.
pub fn uncovered(major: u32, lacking: Vec<Lacking>) -> Vec<Skipped> {
    let one = |one: Lacking| Skipped { kind: one.kind, name: one.name, reason: one.reason };
    newer(major).into_iter().chain(lacking.into_iter().map(one)).collect()
}

/// What cannot be seen on a server newer than any that is known: new kinds of objects show in dependencies, new
/// columns of catalogs do not.
fn newer(major: u32) -> Option<Skipped> {
    (major > MAJOR_TRIED_MAX).then(|| Skipped {
        kind: "SERVER".into(),
        name: format!("PostgreSQL {major}"),
        reason: format!(
            "it is newer than {MAJOR_TRIED_MAX}, the newest that this version of pgsnap knows; what it added to objects \
             of known kinds is not copied"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_server_is_named_among_what_is_not_copied() {
        assert!(newer(MAJOR_TRIED_MAX).is_none());
        let skipped = newer(MAJOR_TRIED_MAX + 1).expect("it is newer");
        assert_eq!((skipped.kind.as_str(), skipped.name.as_str()), ("SERVER", "PostgreSQL 19"));
    }
}
