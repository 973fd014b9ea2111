//! What a dump takes: patterns matched by the server, then pg_dump's rules for relations and objects
//! (`selectDumpable…` in pg_dump.c), and what they leave dangling.
//!
//! Reads only to match the patterns; the rest is pure. Whole kinds and sections are left out later, of the
//! finished script.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use tokio_postgres::Client;

use crate::catalog::matching::{self, Matched};
use crate::catalog::{Catalog, Lacking, Listed};
use crate::command::selection::{Named, Pattern, Selection, enough};
use crate::error::Result;
use crate::object::{Kind, Object, ObjectId, Oid, class};
use crate::sql::qualified;

/// Dangling references that are named one by one.
const DANGLING_NAMED: usize = 20;

/// The patterns of a selection, matched.
pub struct Choice {
    schemas: Option<HashSet<String>>,
    not_schemas: HashSet<String>,
    tables: Option<HashSet<Oid>>,
    not_tables: HashSet<Oid>,
    /// Relations whose contents stay behind.
    pub not_data: HashSet<Oid>,
    extensions: Option<HashSet<Oid>>,
    not_extensions: HashSet<Oid>,
    partial: bool,
}

impl Choice {
    /// Matches the patterns, and tells of those without a match.
    pub async fn read(
        client: &Client,
        database: &str,
        listed: &[Listed],
        selection: &Selection,
    ) -> Result<(Choice, Vec<String>)> {
        let conditions = |lists: &[&[Pattern]], named: Named| {
            lists.iter().flat_map(|list| list.iter()).map(|pattern| pattern.condition(named, database)).collect()
        };
        let (schemas, not_schemas) = (&selection.schemas, &selection.not_schemas);
        let all: Result<Vec<String>> = conditions(&[schemas, not_schemas], Named::Schema);
        let mut named = matching::schemas(client, &all?).await?.into_iter();
        let (schemas, mut unmatched) = included(schemas, &mut named, Named::Schema, selection)?;
        let not_schemas = named.flat_map(|matched| matched.names).collect();

        let (extensions, not_extensions) = (&selection.extensions, &selection.not_extensions);
        let all: Result<Vec<String>> = conditions(&[extensions, not_extensions], Named::Extension);
        let mut named = matching::extensions(client, &all?).await?.into_iter();
        let (extensions, more) = included(extensions, &mut named, Named::Extension, selection)?;
        unmatched.extend(more);
        let not_extensions = named.flat_map(|matched| matched.oids).collect();

        let lists = [&selection.tables[..], &selection.not_tables, &selection.not_data];
        let all: Result<Vec<String>> = conditions(&lists, Named::Table);
        let known: HashSet<Oid> = listed.iter().map(|relation| relation.oid).collect();
        let mut named = matching::tables(client, &all?).await?;
        for (matched, pattern) in named.iter_mut().zip(lists.iter().flat_map(|list| list.iter())) {
            matched.oids.retain(|oid| known.contains(oid));
            if pattern.children {
                matching::add_children(client, &mut matched.oids).await?;
            }
        }
        let mut named = named.into_iter();
        let (tables, more) = included(&selection.tables, &mut named, Named::Table, selection)?;
        unmatched.extend(more);
        let not_tables = named.by_ref().take(selection.not_tables.len()).flat_map(|matched| matched.oids).collect();
        let choice = Choice {
            schemas: schemas.map(|matched| matched.names),
            not_schemas,
            tables: tables.map(|matched| matched.oids),
            not_tables,
            not_data: named.flat_map(|matched| matched.oids).collect(),
            extensions: extensions.map(|matched| matched.oids),
            not_extensions,
            partial: selection.is_partial(),
        };
        Ok((choice, unmatched))
    }

    fn schema(&self, name: &str) -> bool {
        self.tables.is_none()
            && self.schemas.as_ref().is_none_or(|schemas| schemas.contains(name))
            && !self.not_schemas.contains(name)
    }

    fn extension(&self, oid: Oid) -> bool {
        let named = match &self.extensions {
            Some(extensions) => extensions.contains(&oid),
            None => !self.partial,
        };
        named && !self.not_extensions.contains(&oid)
    }

    /// Whether a relation is taken for its own sake.
    fn relation(&self, relation: &Listed) -> bool {
        let asked = self.tables.as_ref().is_some_and(|tables| tables.contains(&relation.oid));
        let left_out = self.not_tables.contains(&relation.oid);
        match relation.extension {
            None if self.tables.is_some() => asked && !left_out,
            None => self.schema(&relation.schema) && !left_out,
            // Rows of a configuration table go with its extension, or where they are asked for.
            Some(extension) => {
                let schema = self.schemas.is_some() && self.schema(&relation.schema);
                relation.config.is_some()
                    && (self.extension(extension) || asked || schema)
                    && !left_out
                    && !self.not_schemas.contains(&relation.schema)
            }
        }
    }

    /// The relations taken, sequences with the tables that own them.
    pub fn relations(&self, listed: &[Listed]) -> Vec<Listed> {
        let tables: HashSet<Oid> =
            listed.iter().filter(|relation| self.relation(relation)).map(|relation| relation.oid).collect();
        let wanted = |relation: &&Listed| {
            let with_owner = relation.owner_table.is_some_and(|table| tables.contains(&table));
            let copied = relation.extension.is_none() || relation.config.is_some();
            copied && if relation.identity { with_owner } else { with_owner || tables.contains(&relation.oid) }
        };
        listed.iter().filter(wanted).cloned().collect()
    }

    /// Leaves in the catalog what is taken, and tells what that leaves dangling.
    pub fn reduce(
        &self,
        catalog: &mut Catalog,
        relations: &[Listed],
        listed: &[Listed],
        selection: &Selection,
    ) -> Vec<String> {
        let keep = self.objects(relations, catalog, selection);
        let dangling = if selection.takes_schema() { dangling(catalog, &keep, listed) } else { Vec::new() };
        let members = |extension: Option<Oid>| {
            !selection.data_only
                && match extension {
                    // Of initdb's own: taken whatever is selected, as pg_dump does.
                    Some(extension) if extension < 16384 => true,
                    Some(extension) => self.extension(extension),
                    None => !self.partial,
                }
        };
        catalog.lacking.retain(|lacking| self.wants(lacking, selection));
        catalog.keep(&keep, members, !self.partial && selection.takes_data());
        if selection.no_owner {
            catalog.objects.iter_mut().for_each(|object| object.owner = None);
        }
        dangling
    }

    /// Whether something that cannot be copied would be taken.
    pub fn wants(&self, lacking: &Lacking, selection: &Selection) -> bool {
        match &lacking.schema {
            Some(schema) => self.schema(schema),
            None => !(self.partial || selection.no_subscriptions && lacking.kind == "SUBSCRIPTION"),
        }
    }

    /// The objects that go with the chosen relations, schemas and extensions.
    fn objects(&self, relations: &[Listed], catalog: &Catalog, selection: &Selection) -> HashSet<ObjectId> {
        let chosen: HashSet<Oid> = relations.iter().map(|relation| relation.oid).collect();
        let own_relation = |object: &Object| object.id.class == class::RELATION && object.kind != Kind::Index;
        let wants = |object: &&Object| {
            // Only a restore that creates the database uses them, whatever part it restores.
            if matches!(object.kind, Kind::Database | Kind::DatabaseProperties) {
                return true;
            }
            let is_data = object.kind == Kind::Refresh;
            if is_data && (selection.schema_only || object.table.is_some_and(|view| self.not_data.contains(&view.oid)))
            {
                return false;
            }
            if selection.data_only && !is_data {
                return false;
            }
            if own_relation(object) {
                return chosen.contains(&object.id.oid);
            }
            let in_schema = object.schema.as_deref().is_none_or(|schema| self.schema(schema));
            let on_table = object.table.is_none_or(|table| chosen.contains(&table.oid));
            match object.kind {
                Kind::Extension => self.extension(object.id.oid),
                Kind::Schema => self.schema(&object.name),
                Kind::PublicationTable => !self.partial && on_table,
                Kind::PublicationSchema => !self.partial && in_schema,
                Kind::Statistics => in_schema && on_table,
                _ if object.table.is_some() => on_table,
                _ if object.schema.is_some() => in_schema,
                _ => !self.partial,
            }
        };
        catalog.objects.iter().filter(wants).map(|object| object.id).collect()
    }
}

/// What patterns that name what to take matched, together; `None` where there are none.
fn included(
    patterns: &[Pattern],
    matched: &mut impl Iterator<Item = Matched>,
    named: Named,
    selection: &Selection,
) -> Result<(Option<Matched>, Vec<String>)> {
    let each: Vec<Matched> = matched.take(patterns.len()).collect();
    let some: Vec<(&str, bool)> = patterns
        .iter()
        .zip(&each)
        .map(|(pattern, matched)| (pattern.text.as_str(), !matched.oids.is_empty()))
        .collect();
    let unmatched = match selection.lenient_names {
        true => Vec::new(),
        false => enough(named, selection.strict_names, &some)?,
    };
    let all = |mut all: Matched, one: Matched| {
        all.oids.extend(one.oids);
        all.names.extend(one.names);
        all
    };
    Ok((each.into_iter().reduce(all), unmatched))
}

/// What is taken and needs something that is not: each pair once, the first by name, then a count. Schemas
/// are told once each.
fn dangling(catalog: &Catalog, keep: &HashSet<ObjectId>, listed: &[Listed]) -> Vec<String> {
    let by_hand = catalog.objects.iter().flat_map(|object| object.depends.iter().map(|to| (object.id, *to)));
    let edges = catalog.edges.iter().chain(&catalog.outside).map(|edge| (edge.from, edge.to));
    let leads_out = |(from, to): &(ObjectId, ObjectId)| keep.contains(from) && !keep.contains(to);
    let mut leading_out = edges.chain(by_hand).filter(leads_out).peekable();
    // As in most dumps: nothing is left out.
    if leading_out.peek().is_none() {
        return Vec::new();
    }
    let objects: HashMap<ObjectId, &Object> = catalog.objects.iter().map(|object| (object.id, object)).collect();
    let relations: HashMap<Oid, &Listed> = listed.iter().map(|relation| (relation.oid, relation)).collect();
    let (mut pairs, mut schemas) = (BTreeSet::new(), BTreeMap::<String, BTreeSet<String>>::new());
    for (from, to) in leading_out {
        let host = |id: ObjectId| objects.get(&id).map(|object| object.inside.unwrap_or(id));
        let Some(from) = host(from).and_then(|id| objects.get(&id)).map(|object| name(object)) else { continue };
        let top = objects.get(&to).map(|object| object.table.filter(|_| !relation_like(object)).unwrap_or(to));
        match top.and_then(|id| objects.get(&id)) {
            Some(object) if keep.contains(&object.id) || object.dormant => {}
            Some(object) if object.kind == Kind::Schema => {
                if object.name != "public" {
                    schemas.entry(name(object)).or_default().insert(from);
                }
            }
            Some(object) => {
                pairs.insert((from, name(object)));
            }
            None => {
                let id = top.unwrap_or(to);
                let relation = Some(id).filter(|id| id.class == class::RELATION && !keep.contains(id));
                if let Some(relation) = relation.and_then(|id| relations.get(&id.oid)) {
                    pairs.insert((from, relation_name(relation)));
                }
            }
        }
    }
    let needs = |(from, to): &(String, String)| format!("{from} needs {to}, which is left out");
    let mut out: Vec<String> = schemas
        .iter()
        .map(|(schema, inside)| match inside.len() {
            1 => format!("{} needs {schema}, which is left out", inside.first().expect("there is one")),
            count => format!("{count} objects need {schema}, which is left out"),
        })
        .chain(pairs.iter().map(needs))
        .collect();
    if out.len() > DANGLING_NAMED {
        let more = out.len() - DANGLING_NAMED;
        out.truncate(DANGLING_NAMED);
        out.push(format!("{more} more such references to what is left out"));
    }
    out
}

fn relation_like(object: &Object) -> bool {
    matches!(object.kind, Kind::Table | Kind::View | Kind::MaterializedView | Kind::Sequence)
}

fn name(object: &Object) -> String {
    if object.identity.is_empty() {
        format!("{} {}", object.label, object.qualified())
    } else {
        object.identity.clone()
    }
}

fn relation_name(relation: &Listed) -> String {
    let word = match relation.relkind {
        'S' => "SEQUENCE",
        'v' => "VIEW",
        'm' => "MATERIALIZED VIEW",
        'f' => "FOREIGN TABLE",
        _ => "TABLE",
    };
    format!("{word} {}", qualified(&relation.schema, &relation.name))
}
