//! The kinds of objects: their names, queries, order and sections, in one table.
//!
//! A kind has one stem everywhere: `db/catalog/<stem>.sql`, `src/object/<stem>.rs`,
//! `db/fixture/<stem>.sql`. The priorities are pg_dump's (`dbObjectTypePriority` in pg_dump_sort.c).

use super::*;
use crate::sql::Section;

/// A kind of object; where one catalog row yields several entries, each has a kind of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // each is the SQL name of the kind
pub enum Kind {
    Database,
    DatabaseProperties,
    Schema,
    Language,
    Collation,
    Transform,
    Extension,
    ShellType,
    BaseType,
    CompositeType,
    Domain,
    Enum,
    Range,
    Cast,
    Function,
    Aggregate,
    AccessMethod,
    Operator,
    OperatorClass,
    OperatorFamily,
    Conversion,
    TextSearchParser,
    TextSearchTemplate,
    TextSearchDictionary,
    TextSearchConfiguration,
    ForeignDataWrapper,
    ForeignServer,
    UserMapping,
    Table,
    View,
    Sequence,
    MaterializedView,
    SequenceOwnedBy,
    TableAttach,
    ColumnDefault,
    Constraint,
    DomainConstraint,
    NotNull,
    Index,
    IndexAttach,
    Statistics,
    Rule,
    Trigger,
    ForeignKey,
    Policy,
    RowSecurity,
    Publication,
    PublicationTable,
    PublicationSchema,
    Subscription,
    DefaultPrivileges,
    EventTrigger,
    Refresh,
}

/// How a kind's rows become objects.
pub type Read = fn(&Row<'_>, &mut Vec<Object>) -> Result<()>;

/// One catalog query and its reader, under the stem of its kind.
pub struct Reader {
    /// The stem of the kind.
    pub stem: &'static str,
    /// The query, with its version tags.
    pub query: &'static str,
    /// Turns a row into objects.
    pub read: Read,
}

macro_rules! readers {
    ($($module:ident),* $(,)?) => {
        &[$(Reader { stem: stringify!($module), query: $module::QUERY, read: $module::read }),*]
    };
}

/// Every query, in the order in which they run.
pub const READERS: &[Reader] = readers![
    database,
    schema,
    extension,
    table,
    sequence,
    view,
    // types and functions
    type_base,
    type_composite,
    domain,
    type_enum,
    range,
    function,
    aggregate,
    language,
    operator,
    access_method,
    operator_class,
    operator_family,
    collation,
    conversion,
    cast,
    transform,
    // what hangs on tables
    index,
    constraint,
    foreign_key,
    trigger,
    rule,
    policy,
    statistics,
    // the rest
    text_search_parser,
    text_search_template,
    text_search_dictionary,
    text_search_configuration,
    foreign_data_wrapper,
    foreign_server,
    user_mapping,
    default_privileges,
    event_trigger,
    publication,
    publication_table,
    publication_schema,
    subscription,
];

impl Kind {
    /// pg_dump's place for the kind before dependencies are considered, low first.
    pub fn priority(self) -> u8 {
        match self {
            Kind::Database | Kind::DatabaseProperties => 0,
            Kind::Schema => 1,
            Kind::Language => 2,
            Kind::Collation => 3,
            Kind::Transform => 4,
            Kind::Extension => 5,
            Kind::ShellType | Kind::BaseType | Kind::CompositeType | Kind::Domain | Kind::Enum | Kind::Range => 6,
            Kind::Cast => 7,
            Kind::Function => 8,
            Kind::Aggregate => 9,
            Kind::AccessMethod => 10,
            Kind::Operator => 11,
            Kind::OperatorClass | Kind::OperatorFamily => 12,
            Kind::Conversion => 13,
            Kind::TextSearchParser => 14,
            Kind::TextSearchTemplate => 15,
            Kind::TextSearchDictionary => 16,
            Kind::TextSearchConfiguration => 17,
            Kind::ForeignDataWrapper => 18,
            Kind::ForeignServer | Kind::UserMapping => 19,
            Kind::Table | Kind::View | Kind::Sequence | Kind::MaterializedView | Kind::SequenceOwnedBy => 20,
            Kind::TableAttach => 21,
            Kind::ColumnDefault => 23,
            Kind::Constraint | Kind::DomainConstraint | Kind::NotNull => 31,
            Kind::Index => 32,
            Kind::IndexAttach => 33,
            Kind::Statistics => 34,
            Kind::Rule => 35,
            Kind::Trigger => 36,
            Kind::ForeignKey => 37,
            Kind::Policy | Kind::RowSecurity => 38,
            Kind::Publication => 39,
            Kind::PublicationTable => 40,
            Kind::PublicationSchema => 41,
            Kind::Subscription => 42,
            Kind::DefaultPrivileges => 44,
            Kind::EventTrigger => 45,
            Kind::Refresh => 46,
        }
    }

    /// The section the kind's entries belong to unless a loop repair moves one.
    pub fn section(self) -> Section {
        if self.priority() < 24 { Section::PreData } else { Section::PostData }
    }

    /// The word an entry shows, as pg_dump's listing does. Objects whose statement has another word
    /// (a procedure, a foreign table) override it.
    pub fn label(self) -> &'static str {
        match self {
            Kind::Database => "DATABASE",
            Kind::DatabaseProperties => "DATABASE PROPERTIES",
            Kind::Schema => "SCHEMA",
            Kind::Language => "PROCEDURAL LANGUAGE",
            Kind::Collation => "COLLATION",
            Kind::Transform => "TRANSFORM",
            Kind::Extension => "EXTENSION",
            Kind::ShellType => "SHELL TYPE",
            Kind::BaseType | Kind::CompositeType | Kind::Enum | Kind::Range => "TYPE",
            Kind::Domain => "DOMAIN",
            Kind::Cast => "CAST",
            Kind::Function => "FUNCTION",
            Kind::Aggregate => "AGGREGATE",
            Kind::AccessMethod => "ACCESS METHOD",
            Kind::Operator => "OPERATOR",
            Kind::OperatorClass => "OPERATOR CLASS",
            Kind::OperatorFamily => "OPERATOR FAMILY",
            Kind::Conversion => "CONVERSION",
            Kind::TextSearchParser => "TEXT SEARCH PARSER",
            Kind::TextSearchTemplate => "TEXT SEARCH TEMPLATE",
            Kind::TextSearchDictionary => "TEXT SEARCH DICTIONARY",
            Kind::TextSearchConfiguration => "TEXT SEARCH CONFIGURATION",
            Kind::ForeignDataWrapper => "FOREIGN DATA WRAPPER",
            Kind::ForeignServer => "SERVER",
            Kind::UserMapping => "USER MAPPING",
            Kind::Table => "TABLE",
            Kind::View => "VIEW",
            Kind::Sequence => "SEQUENCE",
            Kind::MaterializedView => "MATERIALIZED VIEW",
            Kind::SequenceOwnedBy => "SEQUENCE OWNED BY",
            Kind::TableAttach => "TABLE ATTACH",
            Kind::ColumnDefault => "DEFAULT",
            Kind::Constraint | Kind::NotNull => "CONSTRAINT",
            Kind::DomainConstraint => "CHECK CONSTRAINT",
            Kind::Index => "INDEX",
            Kind::IndexAttach => "INDEX ATTACH",
            Kind::Statistics => "STATISTICS",
            Kind::Rule => "RULE",
            Kind::Trigger => "TRIGGER",
            Kind::ForeignKey => "FK CONSTRAINT",
            Kind::Policy => "POLICY",
            Kind::RowSecurity => "ROW SECURITY",
            Kind::Publication => "PUBLICATION",
            Kind::PublicationTable => "PUBLICATION TABLE",
            Kind::PublicationSchema => "PUBLICATION TABLES IN SCHEMA",
            Kind::Subscription => "SUBSCRIPTION",
            Kind::DefaultPrivileges => "DEFAULT ACL",
            Kind::EventTrigger => "EVENT TRIGGER",
            Kind::Refresh => "MATERIALIZED VIEW DATA",
        }
    }
}
