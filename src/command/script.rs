//! From sorted objects to the script of entries: owners, comments, labels and privileges join their
//! objects, tables get their data, sequences their values, large objects their entries.
//!
//! Pure. The ids follow the order in which a restore runs: main pass, privileges, last pass.

use std::collections::HashMap;
use std::thread;

use crate::catalog::data::{LargeObject, SequenceValue};
use crate::catalog::statistics::Statistics;
use crate::catalog::{Catalog, Granted, Note};
use crate::command::statistics::{STATISTICS_DATA, statements as statistics};
use crate::error::{Error, Fault, Result};
use crate::object::{Body, Kind, Object, ObjectId, Oid, class};
use crate::order::{Ordered, sort};
use crate::sql::downgrade::variants;
use crate::sql::privileges::{Grantable, Privileges, roles, statements, without_maintain};
use crate::sql::{Entry, Pass, Script, Section, Variant, ident, literal, qualified};

/// What a script is made from, besides the catalog.
pub struct Parts<'a> {
    /// Tables whose rows are copied, in the manifest's order.
    pub tables: &'a [DataOf],
    /// Sequences with their values; numbers are not used.
    pub sequences: &'a [(DataOf, SequenceValue)],
    /// Large objects.
    pub large_objects: &'a [LargeObject],
    /// The manifest's number of the large objects' data.
    pub large_object_data: Option<u32>,
    /// Statistics to carry, tables before indexes.
    pub statistics: &'a [Statistics],
    /// Version of the source, as server_version_num.
    pub version: u32,
    /// Large objects go without their owners, too.
    pub no_owner: bool,
}

/// A relation whose contents are copied. Its definition may be an extension's.
#[derive(Debug, Clone)]
pub struct DataOf {
    /// Its row in pg_class.
    pub oid: Oid,
    /// Its number in the manifest.
    pub number: u32,
    /// Schema, unquoted.
    pub schema: String,
    /// Name, unquoted.
    pub name: String,
    /// The extension that made it.
    pub extension: Option<Oid>,
}

impl DataOf {
    /// What must exist before its contents can be loaded.
    fn maker(&self) -> ObjectId {
        match self.extension {
            Some(extension) => ObjectId::new(class::EXTENSION, extension),
            None => ObjectId::new(class::RELATION, self.oid),
        }
    }
}

/// A script and what the user must know of it.
pub struct Built {
    /// The script.
    pub script: Script,
    /// Loops that no rule knew, privileges that could not be read.
    pub warnings: Vec<String>,
}

struct Builder<'a> {
    entries: Vec<Entry>,
    /// What [`World::definition`] gives, by place, until it is an entry's.
    definitions: Vec<(String, Vec<Variant>)>,
    /// The entry of each object, by the object's place; 0: it has none (yet).
    entry_of: Vec<u32>,
    /// The entries of large objects.
    large: HashMap<ObjectId, u32>,
    notes: HashMap<ObjectId, Vec<&'a Note>>,
    warnings: Vec<String>,
}

/// Sorts the catalog's objects and writes every entry.
pub fn build(mut catalog: Catalog, parts: &Parts<'_>) -> Result<Built> {
    let Ordered { objects, depends, warnings } = sort(std::mem::take(&mut catalog.objects), &catalog.edges);
    let mut builder = Builder {
        entries: Vec::with_capacity(objects.len() * 2),
        definitions: Vec::new(),
        entry_of: vec![0; objects.len()],
        large: HashMap::new(),
        notes: HashMap::new(),
        warnings,
    };
    for note in &catalog.notes {
        builder.notes.entry(note.on).or_default().push(note);
    }
    let places: HashMap<ObjectId, usize> =
        objects.iter().enumerate().map(|(place, object)| (object.id, place)).collect();
    let mut inside: Vec<Vec<&Object>> = vec![Vec::new(); objects.len()];
    for object in &objects {
        if let Some(host) = object.inside.and_then(|host| places.get(&host)) {
            inside[*host].push(object);
        }
    }
    let partition_of = partitions(&objects);
    let world = World {
        objects: &objects,
        depends: &depends,
        places: &places,
        inside: &inside,
        partition_of: &partition_of,
        catalog: &catalog,
    };
    builder.definitions = world.definitions();
    builder.objects(&world, |object| object.pass == Pass::Main && object.section == Section::PreData);
    builder.data(&world, parts);
    builder.objects(&world, |object| object.pass == Pass::Main && object.section == Section::PostData);
    for granted in &catalog.granted {
        builder.privileges(granted, &world, parts.version >= 170000);
    }
    for pass in [Pass::Privileges, Pass::Last] {
        builder.objects(&world, |object| object.pass == pass);
    }
    builder.statistics(&world, parts);
    if builder.entries.len() > u32::MAX as usize {
        return Err(Error::new(Fault::Unsupported, "the schema has more entries than an archive can number"));
    }
    let built = Built { script: Script::of(builder.entries), warnings: builder.warnings };
    // Freeing the objects of a large schema takes as long as sorting them, and nobody has to wait for it. Where no
    // thread is to be had, they are freed here.
    let _ = thread::Builder::new().spawn(move || drop((objects, catalog)));
    Ok(built)
}

struct World<'a> {
    objects: &'a [Object],
    depends: &'a [Vec<usize>],
    places: &'a HashMap<ObjectId, usize>,
    /// What is inside each, by the host's place.
    inside: &'a [Vec<&'a Object>],
    partition_of: &'a HashMap<ObjectId, ObjectId>,
    catalog: &'a Catalog,
}

/// The table that each partition is attached to.
fn partitions(objects: &[Object]) -> HashMap<ObjectId, ObjectId> {
    let attached = objects.iter().filter(|object| object.kind == Kind::TableAttach);
    attached.filter_map(|object| Some((object.table?, *object.locks.first()?))).collect()
}

impl<'a> World<'a> {
    /// The object at `place`, and what is inside it.
    fn whole(&self, place: usize) -> impl Iterator<Item = &'a Object> {
        std::iter::once(&self.objects[place]).chain(self.inside[place].iter().copied())
    }

    /// The tables above the one that the attachment of an index locks: where it completes the parent's
    /// index, the server locks the parent's parent exclusively as well (`validatePartitionedIndex`).
    fn above(&self, object: &Object) -> Vec<ObjectId> {
        let start = if object.kind == Kind::IndexAttach { object.locks.first() } else { None };
        let up = |table: &ObjectId| self.partition_of.get(table).copied();
        // Bounded, because it is the server that says what is above what.
        std::iter::successors(start.copied(), up).skip(1).take(1000).collect()
    }

    fn object(&self, id: ObjectId) -> Option<&Object> {
        self.places.get(&id).map(|place| &self.objects[*place])
    }

    /// Whether the object at `place` is a key whose index is part of one of the parent's, which alone can drop it.
    fn is_attached(&self, place: usize) -> bool {
        let mut pieces = self.inside[place].iter();
        pieces.any(|piece| self.places.contains_key(&ObjectId::new(class::INDEX_ATTACH, piece.id.oid)))
    }

    /// The definitions of all that is written, by place. Two threads take turns, where there are two to be had: a
    /// table is written for the oldest and the newest server.
    fn definitions(&self) -> Vec<(String, Vec<Variant>)> {
        let one = |place: usize| match self.objects[place].is_written() {
            true => self.definition(place),
            false => Default::default(),
        };
        let places = 0..self.objects.len();
        let (even, odd) = (places.clone().step_by(2), places.clone().skip(1).step_by(2));
        thread::scope(|scope| {
            let other = thread::Builder::new().spawn_scoped(scope, move || odd.map(one).collect::<Vec<_>>());
            let Ok(other) = other else { return places.map(one).collect() };
            let even: Vec<_> = even.map(one).collect();
            let mut odd = other.join().expect("writing does not panic").into_iter();
            even.into_iter().flat_map(|one| std::iter::once(one).chain(odd.next())).collect()
        })
    }

    /// The definition of the object at `place`, given what ended up inside it.
    fn definition(&self, place: usize) -> (String, Vec<Variant>) {
        let object = &self.objects[place];
        let inside = |id: ObjectId| self.object(id).is_some_and(|piece| piece.inside == Some(object.id));
        let (mut text, written) = match &object.body {
            Body::Sql(text) => (text.clone(), Vec::new()),
            Body::Table(table) => variants(|target| table.write(&inside, target)),
            Body::View(view) => variants(|target| view.write(target)),
            Body::Domain(domain) => (domain.write(&inside), Vec::new()),
        };
        let mut older = object.variants.clone();
        older.extend(written);
        let mut also = String::new();
        for extension in self.catalog.on_extension.get(&object.id).into_iter().flatten() {
            let identity = if object.label == "CONSTRAINT" { continue } else { &object.identity };
            also.push_str(&format!("\nALTER {identity} DEPENDS ON EXTENSION {};", ident(extension)));
        }
        // A key's index may depend on an extension by itself.
        for piece in self.inside[place].iter().filter(|piece| piece.kind == Kind::Index) {
            for extension in self.catalog.on_extension.get(&piece.id).into_iter().flatten() {
                also.push_str(&format!("\nALTER {} DEPENDS ON EXTENSION {};", piece.identity, ident(extension)));
            }
        }
        text.push_str(&also);
        older.iter_mut().filter_map(|variant| variant.definition.as_mut()).for_each(|text| text.push_str(&also));
        (text, older)
    }

    /// The table an object follows in selection, as schema and name.
    fn table(&self, object: &Object) -> Option<(String, String)> {
        let relation = match object.kind {
            Kind::Table | Kind::View | Kind::MaterializedView => object,
            Kind::Sequence => object.table.and_then(|table| self.object(table)).unwrap_or(object),
            _ => self.object(object.table?)?,
        };
        Some((relation.schema.clone()?, relation.name.clone()))
    }
}

impl<'a> Builder<'a> {
    fn push(&mut self, mut entry: Entry) -> u32 {
        entry.id = self.entries.len() as u32 + 1;
        let id = entry.id;
        self.entries.push(entry);
        id
    }

    /// The entries of those objects that `wanted` takes.
    fn objects(&mut self, world: &World<'a>, wanted: impl Fn(&Object) -> bool) {
        for (place, object) in world.objects.iter().enumerate() {
            if wanted(object) && object.inside.is_none() && !object.dormant {
                self.object(place, world);
            }
        }
    }

    /// The entry of the object at `place`, and of the notes on it and on what is inside it.
    fn object(&mut self, place: usize, world: &World<'a>) {
        let object = &world.objects[place];
        let mut entry = Entry::blank(object.label, object.schema.clone(), &object.name, object.section, object.pass);
        entry.table = world.table(object);
        if !object.is_written() {
            return self.notes_on_all(place, None, &entry, world);
        }
        (entry.definition, entry.variants) = std::mem::take(&mut self.definitions[place]);
        entry.drop = match &object.drop {
            _ if world.is_attached(place) => String::new(),
            Some(drop) => drop.clone(),
            None => format!("DROP {};", object.identity),
        };
        entry.owner = object.owner.clone();
        entry.owned = object.owner.iter().map(|_| object.identity.clone()).collect();
        entry.depends = world.depends[place].iter().filter_map(|need| self.entry_at(*need)).collect();
        entry.depends.sort_unstable();
        entry.roles = object.roles.clone();
        entry.roles.sort_unstable();
        entry.roles.dedup();
        entry.tablespace = object.tablespace.clone();
        entry.access_method = object.access_method.clone();
        entry.version = object.version.clone();
        if object.kind != Kind::Index && object.section == Section::PostData {
            let tables = object.table.iter().chain(&object.locks).copied().chain(world.above(object));
            entry.locks = tables.filter_map(|table| self.entry(table, world)).collect();
            entry.locks.sort_unstable();
            entry.locks.dedup();
        }
        let like = self.is_noted(place, world).then(|| entry.clone());
        let id = self.push(entry);
        self.entry_of[place] = id;
        if let Some(like) = like {
            self.notes_on_all(place, Some(id), &like, world);
        }
    }

    /// The entry of the object at `place`, if it has one by now.
    fn entry_at(&self, place: usize) -> Option<u32> {
        Some(self.entry_of[place]).filter(|id| *id > 0)
    }

    /// The entry of an object, if it has one by now.
    fn entry(&self, object: ObjectId, world: &World<'_>) -> Option<u32> {
        if object.class == class::LARGE_OBJECT {
            return self.large.get(&object).copied();
        }
        self.entry_at(*world.places.get(&object)?)
    }

    /// Whether there is a note on the object at `place` or on what is inside it.
    fn is_noted(&self, place: usize, world: &World<'_>) -> bool {
        world.whole(place).any(|object| self.notes.contains_key(&object.id))
    }

    /// The notes on the object at `place` and on what is inside it, as entries that follow `parent`.
    fn notes_on_all(&mut self, place: usize, parent: Option<u32>, like: &Entry, world: &World<'a>) {
        for object in world.whole(place) {
            self.notes_on(object, parent, like);
        }
    }

    /// Comments and labels as entries that follow `parent`.
    fn notes_on(&mut self, object: &Object, parent: Option<u32>, like: &Entry) {
        for note in self.notes.remove(&object.id).unwrap_or_default() {
            let on = match note.column {
                0 => object.identity.clone(),
                number => match object.columns.iter().find(|(column, _)| *column == number) {
                    Some((_, column)) => format!("COLUMN {}.{column}", object.qualified()),
                    None => continue,
                },
            };
            // What is inside may be lost without its host: then what was said of it is, too.
            let lost = object.inside.and_then(|_| object.variants.iter().find(|variant| variant.definition.is_none()));
            let id = self.note(note, &on, parent, like);
            self.entries[id as usize - 1].variants.extend(lost.cloned());
        }
    }

    fn note(&mut self, note: &Note, on: &str, parent: Option<u32>, like: &Entry) -> u32 {
        let (kind, definition) = match &note.provider {
            None => ("COMMENT", format!("COMMENT ON {on} IS {};", literal(&note.text))),
            Some(provider) => (
                "SECURITY LABEL",
                format!("SECURITY LABEL FOR {} ON {on} IS {};", ident(provider), literal(&note.text)),
            ),
        };
        let mut entry = Entry::blank(kind, like.schema.clone(), &like.name, like.section, like.pass);
        entry.definition = definition;
        entry.depends = parent.into_iter().collect();
        entry.parent = parent;
        entry.table = like.table.clone();
        entry.locks = like.locks.clone();
        self.push(entry)
    }

    /// Rows, sequence values and large objects, between the two halves of the schema.
    fn data(&mut self, world: &World<'a>, parts: &Parts<'_>) {
        for table in parts.tables {
            let mut entry = self.contents("TABLE DATA", table, world);
            entry.data = Some(table.number);
            self.push(entry);
        }
        for (sequence, value) in parts.sequences {
            let mut entry = self.contents("SEQUENCE SET", sequence, world);
            let name = literal(&qualified(&sequence.schema, &sequence.name));
            entry.definition = format!("SELECT pg_catalog.setval({name}, {}, {});", value.last_value, value.is_called);
            self.push(entry);
        }
        self.large_objects(parts);
    }

    /// An entry for what is in a relation, after the entry that makes it.
    fn contents(&self, kind: &str, of: &DataOf, world: &World<'a>) -> Entry {
        let mut entry = Entry::blank(kind, Some(of.schema.clone()), &of.name, Section::Data, Pass::Main);
        let object = world.object(ObjectId::new(class::RELATION, of.oid));
        entry.table = object.and_then(|object| world.table(object)).or(Some((of.schema.clone(), of.name.clone())));
        entry.depends = self.entry(of.maker(), world).into_iter().collect();
        entry
    }

    /// Up to 1000 large objects of one owner make an entry.
    fn large_objects(&mut self, parts: &Parts<'_>) {
        let mut made = Vec::new();
        for same_owner in parts.large_objects.chunk_by(|a, b| a.owner == b.owner) {
            for group in same_owner.chunks(1000) {
                let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
                let name =
                    if first.oid == last.oid { first.oid.to_string() } else { format!("{}..{}", first.oid, last.oid) };
                let mut entry = Entry::blank("LARGE OBJECT", None, &name, Section::Data, Pass::Main);
                let create = |object: &LargeObject| format!("SELECT pg_catalog.lo_create({});", object.oid);
                entry.definition = group.iter().map(create).collect::<Vec<_>>().join("\n");
                let unlink = |object: &LargeObject| format!("SELECT pg_catalog.lo_unlink({});", object.oid);
                entry.drop = group.iter().map(unlink).collect::<Vec<_>>().join("\n");
                entry.owner = Some(first.owner.clone()).filter(|_| !parts.no_owner);
                entry.owned = group.iter().map(|object| format!("LARGE OBJECT {}", object.oid)).collect();
                let id = self.push(entry.clone());
                made.push(id);
                for object in group {
                    let row = ObjectId::new(class::LARGE_OBJECT, object.oid);
                    self.large.insert(row, id);
                    for note in self.notes.remove(&row).unwrap_or_default() {
                        self.note(note, &format!("LARGE OBJECT {}", object.oid), Some(id), &entry);
                    }
                }
            }
        }
        if let Some(number) = parts.large_object_data {
            let mut entry = Entry::blank("LARGE OBJECT DATA", None, "large objects", Section::Data, Pass::Main);
            entry.data = Some(number);
            entry.depends = made;
            self.push(entry);
        }
    }

    /// At the very end: an index counts its table anew, a refresh fills what they are about.
    fn statistics(&mut self, world: &World<'a>, parts: &Parts<'_>) {
        for of in parts.statistics {
            let made = |oid: Oid| self.entry(ObjectId::new(class::RELATION, oid), world);
            let Some(table) = made(of.table) else { continue };
            let like = &self.entries[table as usize - 1];
            let section = if of.is_index || of.is_materialized { Section::PostData } else { Section::Data };
            let mut entry = Entry::blank(STATISTICS_DATA, Some(of.schema.clone()), &of.name, section, Pass::Last);
            entry.table = like.table.clone();
            entry.depends = vec![made(of.oid).unwrap_or(table)];
            entry.definition = statistics(of, parts.version);
            self.push(entry);
        }
    }

    fn privileges(&mut self, granted: &Granted, world: &World<'_>, maintain: bool) {
        let parent = self.entry(granted.on, world);
        let grantable = match granted.kind.as_str() {
            "table" => Grantable::Table { maintain },
            "column" => Grantable::Column,
            "sequence" => Grantable::Sequence,
            "function" => Grantable::Function,
            "schema" => Grantable::Schema,
            "database" => Grantable::Database,
            "large_object" => Grantable::LargeObject,
            _ => Grantable::Usage,
        };
        let privileges = Privileges {
            grantable,
            on: &granted.identity,
            column: granted.column.as_deref(),
            owner: &granted.owner,
            current: &granted.current,
            base: &granted.base,
            prefix: "",
        };
        let Some(statements) = statements(&privileges) else {
            self.warnings.push(format!("the privileges on {} cannot be read", granted.identity));
            return;
        };
        if statements.is_empty() {
            return;
        }
        let older = if maintain && granted.kind == "table" { without_maintain(&privileges) } else { None };
        let like = parent.map(|id| &self.entries[id as usize - 1]);
        let (schema, section) = like.map_or((None, Section::PreData), |like| (like.schema.clone(), like.section));
        let name = like.map_or(&granted.identity, |like| &like.name);
        let mut entry = Entry::blank("ACL", schema, name, section, Pass::Privileges);
        entry.table = like.and_then(|like| like.table.clone());
        entry.definition = statements.join("\n");
        entry.variants = older.into_iter().collect();
        entry.depends = parent.into_iter().collect();
        entry.parent = parent;
        entry.roles = roles(&granted.current).chain(roles(&granted.base)).collect();
        // Without owners (-O) the owner need not be there, unless a statement is about just him.
        let him = ident(&granted.owner);
        let named = [format!(" TO {him}"), format!(" FROM {him}")];
        if !named.iter().any(|words| entry.definition.contains(words)) {
            entry.roles.retain(|role| *role != granted.owner);
        }
        entry.roles.sort_unstable();
        entry.roles.dedup();
        self.push(entry);
    }
}
