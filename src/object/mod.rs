//! Objects: what is in a catalog, one file per kind.
//!
//! A kind's file holds its query (from `db/catalog/<stem>.sql`), reads its rows and writes its SQL. No
//! I/O here. Owner, comment, label and privileges are written once, for all kinds, in [`common`].
//!
//! Conventions for a kind:
//! * its query returns `oid`, `schema` (text or NULL), `name`, `owner` (text or NULL) and what it needs,
//!   every column cast to text, bool, int4, int8, oid, text[] or oid[]; no `$1` means it reads the
//!   whole database, `$1` is the oids of the wanted relations (which are locked before);
//! * lines that belong to some server versions end in `-- 14+`, `-- <17` or `-- 13-15`;
//! * everything is qualified with `pg_catalog.`, operators excepted: search_path is empty;
//! * it ends in ORDER BY names, never oids, so that equal schemas give equal bytes.
//! * objects of extensions need no exclusion: the catalog leaves members out for all kinds.

pub mod common;
pub mod kind;
pub mod row;

pub mod access_method;
pub mod aggregate;
pub mod cast;
pub mod collation;
pub mod column;
pub mod constraint;
pub mod conversion;
pub mod database;
pub mod default_privileges;
pub mod domain;
pub mod event_trigger;
pub mod extension;
pub mod foreign_data_wrapper;
pub mod foreign_key;
pub mod foreign_server;
pub mod function;
pub mod index;
pub mod language;
pub mod operator;
pub mod operator_class;
pub mod operator_family;
pub mod policy;
pub mod publication;
pub mod publication_schema;
pub mod publication_table;
pub mod range;
pub mod rule;
pub mod schema;
pub mod sequence;
pub mod statistics;
pub mod subscription;
pub mod table;
pub mod text_search_configuration;
pub mod text_search_dictionary;
pub mod text_search_parser;
pub mod text_search_template;
pub mod transform;
pub mod trigger;
pub mod type_base;
pub mod type_composite;
pub mod type_enum;
pub mod user_mapping;
pub mod view;

pub use kind::{Kind, READERS, Reader};
pub use row::Row;

use crate::error::Result;
use crate::sql::downgrade::{Written, variants};
pub use crate::sql::{Feature, Pass, Section, Variant};
use crate::sql::{ident, qualified};

/// A PostgreSQL object identifier. Means something within one database at one time only, so it never
/// reaches an archive.
pub type Oid = u32;

/// The identity of a catalog row: the catalog's oid and the row's. Oids alone collide across catalogs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct ObjectId {
    /// The catalog (`tableoid`); the constants of [`class`]. 0 for rows that no dependency can name.
    pub class: Oid,
    /// The row.
    pub oid: Oid,
}

impl ObjectId {
    /// The row `oid` of the catalog `class`.
    pub const fn new(class: Oid, oid: Oid) -> ObjectId {
        ObjectId { class, oid }
    }
}

/// The catalogs' own oids. They are fixed in the server's headers (`CATALOG(pg_class,1259,…)`).
#[allow(missing_docs)]
pub mod class {
    use super::Oid;
    pub const DEFAULT_PRIVILEGES: Oid = 826;
    pub const TYPE: Oid = 1247;
    pub const DATABASE: Oid = 1262;
    pub const FUNCTION: Oid = 1255;
    pub const RELATION: Oid = 1259;
    pub const FOREIGN_SERVER: Oid = 1417;
    pub const USER_MAPPING: Oid = 1418;
    pub const FOREIGN_DATA_WRAPPER: Oid = 2328;
    pub const ACCESS_METHOD: Oid = 2601;
    pub const ACCESS_METHOD_OPERATOR: Oid = 2602;
    pub const ACCESS_METHOD_FUNCTION: Oid = 2603;
    pub const ATTRIBUTE_DEFAULT: Oid = 2604;
    pub const CAST: Oid = 2605;
    pub const CONSTRAINT: Oid = 2606;
    pub const CONVERSION: Oid = 2607;
    pub const LANGUAGE: Oid = 2612;
    pub const LARGE_OBJECT: Oid = 2613;
    pub const SCHEMA: Oid = 2615;
    pub const OPERATOR_CLASS: Oid = 2616;
    pub const OPERATOR: Oid = 2617;
    pub const REWRITE: Oid = 2618;
    pub const TRIGGER: Oid = 2620;
    pub const OPERATOR_FAMILY: Oid = 2753;
    pub const EXTENSION: Oid = 3079;
    pub const POLICY: Oid = 3256;
    pub const STATISTICS: Oid = 3381;
    pub const COLLATION: Oid = 3456;
    pub const EVENT_TRIGGER: Oid = 3466;
    pub const TRANSFORM: Oid = 3576;
    pub const TEXT_SEARCH_DICTIONARY: Oid = 3600;
    pub const TEXT_SEARCH_PARSER: Oid = 3601;
    pub const TEXT_SEARCH_CONFIGURATION: Oid = 3602;
    pub const TEXT_SEARCH_TEMPLATE: Oid = 3764;
    pub const SUBSCRIPTION: Oid = 6100;
    pub const PUBLICATION: Oid = 6104;
    pub const PUBLICATION_TABLE: Oid = 6106;
    pub const PUBLICATION_SCHEMA: Oid = 6237;
    /// Not catalogs: entries of a relation that have no row of their own (attach, owned by, row
    /// security, refresh). The relation's oid identifies them.
    pub const ATTACH: Oid = 1;
    pub const OWNED_BY: Oid = 2;
    pub const ROW_SECURITY: Oid = 3;
    pub const REFRESH: Oid = 4;
    pub const SHELL: Oid = 5;
    pub const INDEX_ATTACH: Oid = 6;
    pub const NO_DEFAULT: Oid = 7;
    /// A property of the database, by its place.
    pub const DATABASE_PROPERTY: Oid = 8;
}

/// `from` needs `to` to exist before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// The one that needs.
    pub from: ObjectId,
    /// The one that is needed.
    pub to: ObjectId,
    /// The query of a view needs it, not the view's columns: a dummy view goes without.
    pub by_query: bool,
}

/// What an object's definition is made of.
#[derive(Debug, Clone)]
pub enum Body {
    /// Finished text.
    Sql(String),
    /// Composed when order has decided which defaults and checks stay inline.
    Table(Box<table::Table>),
    /// Composed when order has decided whether it starts as a dummy.
    View(Box<view::View>),
    /// Composed when order has decided which checks stay inline.
    Domain(Box<domain::Domain>),
}

/// One object as read: what it is called, what it needs, how it is made.
#[derive(Debug, Clone)]
pub struct Object {
    /// Its catalog row.
    pub id: ObjectId,
    /// Its kind.
    pub kind: Kind,
    /// The entry's word; the kind's label unless the statement has another (`PROCEDURE`).
    pub label: &'static str,
    /// The schema it lives in, unquoted.
    pub schema: Option<String>,
    /// Its name, unquoted; the second sort key.
    pub name: String,
    /// Sort keys after schema and name, for kinds whose names are not unique (argument types, table).
    pub tie: Vec<String>,
    /// Its owner, where the kind has one that a restore sets with ALTER … OWNER TO.
    pub owner: Option<String>,
    /// What ALTER, COMMENT ON, SECURITY LABEL ON and DROP call it, with the kind's word:
    /// `TABLE public.film`, `TRIGGER t ON public.film`.
    pub identity: String,
    /// The statement that removes it; `None`: `DROP identity;`, empty: its host's removal is enough.
    pub drop: Option<String>,
    /// The definition.
    pub body: Body,
    /// Its section; order may move it.
    pub section: Section,
    /// The pass in which it runs.
    pub pass: Pass,
    /// Defined inside this object's statement (a column default, a check) unless order splits it off.
    pub inside: Option<ObjectId>,
    /// Never written unless a loop repair asks for it (the shell of a base type).
    pub dormant: bool,
    /// The table it belongs to: it is wanted when the table is, and locks it when it runs.
    pub table: Option<ObjectId>,
    /// Its statement reaches the table's children and partitions: it waits for their rows and locks them.
    pub reaches_children: bool,
    /// Dependencies that pg_depend does not record.
    pub depends: Vec<ObjectId>,
    /// Tables it locks besides `table` (the other side of a foreign key).
    pub locks: Vec<ObjectId>,
    /// Columns by number with their quoted names, for comments, labels and privileges on columns.
    pub columns: Vec<(i32, String)>,
    /// Tablespace to create it in; empty means the database's default.
    pub tablespace: Option<String>,
    /// Table access method to create it with.
    pub access_method: Option<String>,
    /// An extension's version.
    pub version: Option<String>,
    /// What stands for it on older servers.
    pub variants: Vec<Variant>,
    /// The roles that its definition names.
    pub roles: Vec<String>,
}

impl Object {
    /// An object of `kind` from the four columns every query returns. The definition is empty.
    pub fn from_row(kind: Kind, class: Oid, row: &Row<'_>) -> Result<Object> {
        let mut object = Object::new(kind, ObjectId::new(class, row.oid("oid")?), row.text("name")?);
        object.schema = row.opt_text("schema")?;
        object.owner = row.opt_text("owner")?;
        object.identity = format!("{} {}", kind.label(), object.qualified());
        Ok(object)
    }

    /// An object with nothing but an id and a name.
    pub fn new(kind: Kind, id: ObjectId, name: impl Into<String>) -> Object {
        Object {
            id,
            kind,
            label: kind.label(),
            schema: None,
            name: name.into(),
            tie: Vec::new(),
            owner: None,
            identity: String::new(),
            drop: None,
            body: Body::Sql(String::new()),
            section: kind.section(),
            pass: Pass::Main,
            inside: None,
            dormant: false,
            table: None,
            reaches_children: matches!(kind, Kind::Trigger | Kind::ForeignKey | Kind::NotNull),
            depends: Vec::new(),
            locks: Vec::new(),
            columns: Vec::new(),
            tablespace: None,
            access_method: None,
            version: None,
            variants: Vec::new(),
            roles: Vec::new(),
        }
    }

    /// The name as SQL writes it, with its schema where it has one.
    pub fn qualified(&self) -> String {
        match &self.schema {
            Some(schema) => qualified(schema, &self.name),
            None => ident(&self.name),
        }
    }

    /// Sets the definition to what `write` gives for the newest server, and its variants for older ones.
    pub fn written(mut self, write: impl Fn(u32) -> Written) -> Object {
        let (text, older) = variants(write);
        self.variants.extend(older);
        self.sql(text)
    }

    /// Notes constructs that a server must have to hold it at all.
    pub fn needs(&mut self, constructs: impl IntoIterator<Item = (bool, Feature)>) {
        self.variants.extend(constructs.into_iter().filter(|(used, _)| *used).map(|(_, feature)| feature.refused()));
    }

    /// Sets the definition to finished text.
    pub fn sql(mut self, text: impl Into<String>) -> Object {
        self.body = Body::Sql(text.into());
        self
    }
}

impl Object {
    /// Whether the object has an entry of its own.
    pub fn is_written(&self) -> bool {
        let empty = matches!(&self.body, Body::Sql(text) if text.is_empty()) && self.owner.is_none();
        self.inside.is_none() && !self.dormant && !empty
    }
}
