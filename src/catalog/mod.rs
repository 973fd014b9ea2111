//! The catalog: runs every query in the snapshot and returns plain values.
//!
//! A fixed number of set-based queries, sent without waiting for each other, whatever the number of
//! objects. `list` comes first and deparses nothing, so that the caller can choose and lock; `read` asks
//! for detail of what is locked. Decides nothing about order and writes no SQL.
//!
//! Invariant: everything here runs on the leader's connection, inside its snapshot.

mod alias;
pub mod data;
pub mod matching;
mod resolve;
mod share;
pub mod statistics;
pub mod types;

use std::collections::{BTreeMap, HashMap, HashSet};

use tokio_postgres::Client;
use tokio_postgres::types::Type;

use crate::error::{During, Error, Fault, Result};
use crate::object::{Edge, Kind, Object, ObjectId, Oid, READERS, Reader, Row, class, subscription};
use alias::Alias;
pub use resolve::resolve;

/// A relation as listed before anything is locked.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its row in pg_class.
    pub oid: Oid,
    /// Schema, unquoted.
    pub schema: String,
    /// Name, unquoted.
    pub name: String,
    /// r, p, f, v, m, S, or a letter of a newer server.
    pub relkind: char,
    /// p permanent, u unlogged, t temporary.
    pub persistence: char,
    /// The extension that made it.
    pub extension: Option<Oid>,
    /// It is a configuration table of its extension: its rows that meet the condition (`WHERE …` or
    /// empty) are copied although it is not.
    pub config: Option<String>,
    /// For a sequence: the table whose column owns it.
    pub owner_table: Option<Oid>,
    /// For a sequence: it is part of that column (an identity), not only owned by it.
    pub identity: bool,
}

/// The database that is read.
#[derive(Debug, Clone)]
#[allow(missing_docs)] // as in pg_database
pub struct Database {
    pub oid: Oid,
    pub name: String,
    pub owner: String,
    pub encoding: String,
    pub collate: String,
    pub ctype: String,
    pub server_version: String,
    pub system_identifier: Option<String>,
}

/// A comment or security label on an object or one of its columns.
#[derive(Debug, Clone)]
pub struct Note {
    /// The object.
    pub on: ObjectId,
    /// The column's number, or 0.
    pub column: i32,
    /// A label's provider; `None` for a comment.
    pub provider: Option<String>,
    /// The text.
    pub text: String,
}

/// Privileges that are not what a fresh object has.
#[derive(Debug, Clone)]
pub struct Granted {
    /// The object; it may be one that is not copied (a function of an extension).
    pub on: ObjectId,
    /// table, column, sequence, function, schema, usage or large_object.
    pub kind: String,
    /// As GRANT … ON names it.
    pub identity: String,
    /// For a column: its quoted name.
    pub column: Option<String>,
    /// The owner's name.
    pub owner: String,
    /// The stored items.
    pub current: Vec<String>,
    /// What the target starts from.
    pub base: Vec<String>,
    /// The object itself is not copied: an extension's, or built in.
    pub member: bool,
    /// The extension that made the object.
    pub extension: Option<Oid>,
}

/// Something that no query covers, or that this role may not see.
#[derive(Debug, Clone)]
pub struct Lacking {
    /// The kind, or the catalog of an unknown one.
    pub kind: String,
    /// The schema it lives in, if it does.
    pub schema: Option<String>,
    /// Its name.
    pub name: String,
    /// Why it is lacking.
    pub reason: String,
}

/// Everything read from the catalogs.
#[derive(Default)]
pub struct Catalog {
    /// In the order of the queries; not yet sorted.
    pub objects: Vec<Object>,
    /// What needs what, aliases followed.
    pub edges: Vec<Edge>,
    /// What needs a relation that was not read.
    pub outside: Vec<Edge>,
    /// Comments and labels.
    pub notes: Vec<Note>,
    /// Privileges.
    pub granted: Vec<Granted>,
    /// Objects that depend on an extension in the sense of ALTER … DEPENDS ON EXTENSION.
    pub on_extension: BTreeMap<ObjectId, Vec<String>>,
    /// What is there but cannot be copied, or not whole.
    pub lacking: Vec<Lacking>,
}

/// The catalogs whose rows some query reads, or which hold parts of such objects.
const COVERED: &[Oid] = &[
    class::DEFAULT_PRIVILEGES,
    class::TYPE,
    class::DATABASE,
    class::FUNCTION,
    class::RELATION,
    class::FOREIGN_SERVER,
    class::USER_MAPPING,
    class::FOREIGN_DATA_WRAPPER,
    class::ACCESS_METHOD,
    class::ACCESS_METHOD_OPERATOR,
    class::ACCESS_METHOD_FUNCTION,
    class::ATTRIBUTE_DEFAULT,
    class::CAST,
    class::CONSTRAINT,
    class::CONVERSION,
    class::LANGUAGE,
    class::LARGE_OBJECT,
    class::SCHEMA,
    class::OPERATOR_CLASS,
    class::OPERATOR,
    class::REWRITE,
    class::TRIGGER,
    class::OPERATOR_FAMILY,
    class::EXTENSION,
    class::POLICY,
    class::STATISTICS,
    class::COLLATION,
    class::EVENT_TRIGGER,
    class::TRANSFORM,
    class::TEXT_SEARCH_DICTIONARY,
    class::TEXT_SEARCH_PARSER,
    class::TEXT_SEARCH_CONFIGURATION,
    class::TEXT_SEARCH_TEMPLATE,
    class::SUBSCRIPTION,
    class::PUBLICATION,
    class::PUBLICATION_TABLE,
    class::PUBLICATION_SCHEMA,
];

/// Runs one query, with `oids` as `$1` where it has one, in one round trip.
pub(crate) async fn query(
    client: &Client,
    sql: &str,
    major: u32,
    oids: &[Oid],
    what: &str,
) -> Result<Vec<tokio_postgres::Row>> {
    let sql = resolve(sql, major);
    let rows = if sql.contains("$1") {
        client.query_typed(&sql, &[(&oids, Type::OID_ARRAY)]).await
    } else {
        client.query_typed(&sql, &[]).await
    };
    rows.during(Fault::Server, || format!("cannot read the catalog ({what})"))
}

/// What the database is.
pub async fn database(client: &Client, major: u32) -> Result<Database> {
    let rows = query(client, include_str!("../../db/catalog/origin.sql"), major, &[], "origin").await?;
    let row =
        Row(rows.first().ok_or_else(|| Error::new(Fault::Server, "the server does not list the current database"))?);
    Ok(Database {
        oid: row.oid("oid")?,
        name: row.text("name")?,
        owner: row.text("owner")?,
        encoding: row.text("encoding")?,
        collate: row.text("collate")?,
        ctype: row.text("ctype")?,
        server_version: row.text("server_version")?,
        system_identifier: row.opt_text("system_identifier")?,
    })
}

/// Every relation a user can have made, before anything is locked.
pub async fn list(client: &Client, major: u32) -> Result<Vec<Listed>> {
    let rows = query(client, include_str!("../../db/catalog/relation.sql"), major, &[], "relation").await?;
    rows.iter()
        .map(|row| {
            let row = Row(row);
            Ok(Listed {
                oid: row.oid("oid")?,
                schema: row.text("schema")?,
                name: row.text("name")?,
                relkind: row.letter("relkind")?,
                persistence: row.letter("persistence")?,
                extension: row.opt_oid("extension_oid")?,
                config: row.opt_text("config_condition")?,
                owner_table: row.opt_oid("owner_table_oid")?,
                identity: row.flag("identity")?,
            })
        })
        .collect()
}

/// The queries that read all kinds at once.
const BULK: [(&str, &str); 7] = [
    ("alias", include_str!("../../db/catalog/alias.sql")),
    ("depend", include_str!("../../db/catalog/depend.sql")),
    ("comment", include_str!("../../db/catalog/comment.sql")),
    ("label", include_str!("../../db/catalog/label.sql")),
    ("privilege", include_str!("../../db/catalog/privilege.sql")),
    ("unknown", include_str!("../../db/catalog/unknown.sql")),
    ("unreadable", include_str!("../../db/catalog/unreadable.sql")),
];

/// Reads every object; of relations and what hangs on them, those in `relations`. All of `clients` must be in
/// the snapshot; they share the work.
pub async fn read(clients: &[&Client], major: u32, relations: &[Oid]) -> Result<Catalog> {
    // Asked before: a refused query would end the transaction that the whole dump lives in.
    let readable = query(clients[0], subscription::READABLE, major, &[], "subscription").await?;
    let subscriptions = readable.first().map_or(Ok(false), |row| Row(row).flag("readable"))?;
    let readers: Vec<&Reader> =
        READERS.iter().filter(|reader| subscriptions || reader.stem != "subscription").collect();
    let bulk = BULK.map(|(stem, sql)| (stem, sql, COVERED));
    let (mut objects, rows) = share::share(clients, major, &readers, relations, &bulk).await?;
    let rows: [_; BULK.len()] = rows.try_into().expect("one answer for each query");
    let [alias, depend, comments, labels, granted, unknown, unreadable] = rows;
    let alias = Alias::read(&alias)?;
    objects.retain(|object| !alias.is_member(object));
    let mut catalog = Catalog {
        objects,
        edges: Vec::new(),
        outside: Vec::new(),
        notes: notes(&comments, false)?,
        granted: granted.iter().map(|row| read_granted(&Row(row))).collect::<Result<_>>()?,
        on_extension: BTreeMap::new(),
        lacking: lacks(&unknown, &unreadable)?,
    };
    catalog.notes.extend(notes(&labels, true)?);
    // Comments on the columns of a composite type hang on its relation.
    for note in catalog.notes.iter_mut().filter(|note| note.column > 0) {
        note.on = alias.composite(note.on);
    }
    for granted in &mut catalog.granted {
        granted.extension = Some(alias.follow(granted.on)).filter(|id| id.class == class::EXTENSION).map(|id| id.oid);
    }
    catalog.read_edges(&depend, &alias)?;
    catalog.order_refreshes();
    Ok(catalog)
}

/// What is there but cannot be copied, or not whole, without reading anything else.
pub async fn lacking(client: &Client, major: u32) -> Result<Vec<Lacking>> {
    let of = |name: &str| BULK.iter().find(|(stem, _)| *stem == name).expect("it is one of them").1;
    let unknown = query(client, of("unknown"), major, COVERED, "unknown").await?;
    lacks(&unknown, &query(client, of("unreadable"), major, &[], "unreadable").await?)
}

fn notes(rows: &[tokio_postgres::Row], labels: bool) -> Result<Vec<Note>> {
    rows.iter()
        .map(|row| {
            let row = Row(row);
            Ok(Note {
                on: ObjectId::new(row.oid("class")?, row.oid("oid")?),
                column: row.int("sub")?,
                provider: if labels { Some(row.text("provider")?) } else { None },
                text: row.text(if labels { "label" } else { "comment" })?,
            })
        })
        .collect()
}

fn lacks(unknown: &[tokio_postgres::Row], unreadable: &[tokio_postgres::Row]) -> Result<Vec<Lacking>> {
    let newer = |row: &tokio_postgres::Row| {
        let reason = "this kind of object is not known to this version of pgsnap".to_string();
        let row = Row(row);
        Ok(Lacking { kind: row.text("catalog")?, schema: row.opt_text("schema")?, name: row.text("name")?, reason })
    };
    let hidden = |row: &tokio_postgres::Row| {
        let row = Row(row);
        Ok(Lacking { kind: row.text("kind")?, schema: None, name: row.text("name")?, reason: row.text("missing")? })
    };
    unknown.iter().map(newer).chain(unreadable.iter().map(hidden)).collect()
}

fn read_granted(row: &Row<'_>) -> Result<Granted> {
    Ok(Granted {
        on: ObjectId::new(row.oid("class")?, row.oid("oid")?),
        kind: row.text("kind")?,
        identity: row.text("identity")?,
        column: row.opt_text("column_name")?,
        owner: row.text("owner")?,
        current: row.texts("current")?,
        base: row.texts("base")?,
        member: row.flag("member")?,
        extension: None,
    })
}

impl Catalog {
    fn read_edges(&mut self, rows: &[tokio_postgres::Row], alias: &Alias) -> Result<()> {
        let known: HashSet<ObjectId> = self.objects.iter().map(|object| object.id).collect();
        // An object that exists under its own id is itself, unless its constraint makes it.
        let real =
            |id: ObjectId| if known.contains(&id) && id.class != class::RELATION { id } else { alias.follow(id) };
        for row in rows {
            let row = Row(row);
            let from = ObjectId::new(row.oid("class")?, row.oid("oid")?);
            if let Some(extension) = row.opt_text("extension")? {
                if known.contains(&from) {
                    self.on_extension.entry(from).or_default().push(extension);
                }
                if row.oid("needed_oid")? < 16384 {
                    continue;
                }
            }
            let to = real(ObjectId::new(row.oid("needed_class")?, row.oid("needed_oid")?));
            let by_query = from.class == class::REWRITE;
            let from = real(from);
            if from != to && known.contains(&from) {
                let edge = Edge { from, to, by_query };
                if known.contains(&to) {
                    self.edges.push(edge);
                } else if to.class == class::RELATION {
                    self.outside.push(edge);
                }
            }
        }
        for object in &mut self.objects {
            for id in &mut object.depends {
                *id = alias.follow_unless(*id, &known);
            }
        }
        self.edges.sort_unstable();
        self.edges.dedup();
        Ok(())
    }

    /// A refresh needs the refreshes of what it reads, through views; where one of those is not
    /// populated it could not run, so it goes (pg_dump's `buildMatViewRefreshDependencies`).
    fn order_refreshes(&mut self) {
        let views: HashMap<ObjectId, Kind> = self
            .objects
            .iter()
            .filter(|object| matches!(object.kind, Kind::View | Kind::MaterializedView))
            .map(|object| (object.id, object.kind))
            .collect();
        let mut reads: HashMap<ObjectId, Vec<ObjectId>> = HashMap::new();
        for edge in self.edges.iter().filter(|edge| edge.by_query && views.contains_key(&edge.to)) {
            reads.entry(edge.from).or_default().push(edge.to);
        }
        let below = |start: ObjectId| {
            let (mut found, mut seen, mut stack) = (Vec::new(), HashSet::from([start]), vec![start]);
            while let Some(at) = stack.pop() {
                for next in reads.get(&at).into_iter().flatten().filter(|next| seen.insert(**next)) {
                    if views[next] == Kind::MaterializedView { found.push(*next) } else { stack.push(*next) }
                }
            }
            found
        };
        let refresh_of = |view: ObjectId| ObjectId::new(class::REFRESH, view.oid);
        loop {
            let filled: HashSet<ObjectId> =
                self.objects.iter().filter(|object| object.kind == Kind::Refresh).map(|object| object.id).collect();
            let before = self.objects.len();
            self.objects.retain(|object| {
                object.kind != Kind::Refresh
                    || object
                        .table
                        .is_none_or(|view| below(view).iter().all(|read| filled.contains(&refresh_of(*read))))
            });
            if self.objects.len() == before {
                break;
            }
        }
        for object in self.objects.iter_mut().filter(|object| object.kind == Kind::Refresh) {
            let view = object.table.expect("a refresh has its view");
            object.depends.extend(below(view).into_iter().map(refresh_of));
        }
    }

    /// Leaves only the objects that are `wanted`, with the edges, notes and privileges among them.
    /// `member` tells whether privileges on what is not copied itself are kept, by its extension; `None` is
    /// the server.
    pub fn keep(&mut self, wanted: &HashSet<ObjectId>, member: impl Fn(Option<Oid>) -> bool, large_objects: bool) {
        let mut left_out = HashSet::new();
        self.objects.retain(|object| wanted.contains(&object.id) || !left_out.insert(object.id));
        let kept = |id: &ObjectId| wanted.contains(id) || (large_objects && id.class == class::LARGE_OBJECT);
        self.edges.retain(|edge| wanted.contains(&edge.from) && wanted.contains(&edge.to));
        self.notes.retain(|note| kept(&note.on));
        self.granted.retain(|granted| {
            kept(&granted.on) || (granted.member && !left_out.contains(&granted.on) && member(granted.extension))
        });
    }
}
