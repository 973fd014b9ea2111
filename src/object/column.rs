//! Columns: of tables, foreign tables, views and materialized views, inside the relation's row.
//!
//! Owns the clauses of a column and its properties that are set by ALTER afterwards. Defaults are
//! objects of their own ([`default_object`]), because a default may have to wait (a serial's sequence).

use serde::Deserialize;

use super::*;
use crate::error::{During, Error, Fault};
use crate::object::common::collate;
use crate::sql::quote::options;

/// One column as the catalog tells it: of tables as texts in this order ([`Column::read`]), of views as JSON.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs)] // the names are those of pg_attribute
pub struct Column {
    pub number: i32,
    pub name: String,
    #[serde(rename = "type")]
    pub type_name: String,
    pub collation: Option<String>,
    #[serde(default)]
    pub local: bool,
    pub default: Option<String>,
    pub default_oid: Option<Oid>,
    pub generated: Option<char>,
    pub identity: Option<char>,
    #[serde(default)]
    pub not_null: bool,
    pub not_null_name: Option<String>,
    #[serde(default)]
    pub not_null_no_inherit: bool,
    pub not_null_local: Option<bool>,
    pub not_null_valid: Option<bool>,
    pub not_null_oid: Option<Oid>,
    #[serde(default)]
    pub not_null_commented: bool,
    pub statistics: Option<i32>,
    pub storage: Option<char>,
    pub compression: Option<char>,
    pub options: Option<Vec<String>>,
    pub server_options: Option<String>,
    #[serde(default)]
    pub inherited: Vec<Inherited>,
}

fn needed<T>(field: Option<T>) -> Result<T> {
    field.ok_or_else(|| Error::new(Fault::Server, "the server told of a column without its number, name or type"))
}

fn number<T: std::str::FromStr<Err = std::num::ParseIntError>>(field: Option<String>) -> Result<Option<T>> {
    let parsed = field.map(|text| text.parse()).transpose();
    parsed.during(Fault::Server, || "cannot read a number of a column".into())
}

fn json<T: serde::de::DeserializeOwned>(field: Option<String>) -> Result<Option<T>> {
    let parsed = field.map(|text| serde_json::from_str(&text)).transpose();
    parsed.during(Fault::Server, || "cannot read what the server says of a column".into())
}

/// What a parent says of the column of the same name.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs)]
pub struct Inherited {
    #[serde(default)]
    pub not_null: bool,
    pub not_null_valid: Option<bool>,
    pub default: Option<String>,
    pub generated: Option<char>,
}

impl Column {
    /// A column of a table: texts in the order of the fields, as `table.sql` tells them. What is missing is NULL.
    pub fn read(fields: Vec<Option<String>>) -> Result<Column> {
        let mut fields = fields.into_iter();
        let mut next = || fields.next().flatten();
        let truth = |text: Option<String>| text.map(|text| text == "true");
        let letter = |text: Option<String>| text.and_then(|text| text.chars().next());
        Ok(Column {
            number: needed(number(next())?)?,
            name: needed(next())?,
            type_name: needed(next())?,
            collation: next(),
            local: truth(next()).unwrap_or(false),
            default: next(),
            default_oid: number(next())?,
            generated: letter(next()),
            identity: letter(next()),
            not_null: truth(next()).unwrap_or(false),
            not_null_name: next(),
            not_null_no_inherit: truth(next()).unwrap_or(false),
            not_null_local: truth(next()),
            not_null_valid: truth(next()),
            not_null_oid: number(next())?,
            not_null_commented: truth(next()).unwrap_or(false),
            statistics: number(next())?,
            storage: letter(next()),
            compression: letter(next()),
            options: json(next())?,
            server_options: next(),
            inherited: json(next())?.unwrap_or_default(),
        })
    }

    /// The name and type, with COLLATE where it is not the type's.
    pub fn head(&self) -> String {
        format!("{} {}", ident(&self.name), self.type_name)
    }

    /// ` COLLATE s.c` or nothing.
    pub fn collate(&self) -> String {
        collate(self.collation.as_deref())
    }

    /// A generation expression that every parent having the column repeats: the child inherits it, and
    /// would be refused if it gave it again.
    pub fn inherits_generation(&self) -> bool {
        let mut parents = self.inherited.iter().filter(|parent| parent.generated.is_some()).peekable();
        self.generated.is_some() && parents.peek().is_some() && parents.all(|parent| parent.default == self.default)
    }

    /// A parent would hand down a default that this column does not have: it needs `DEFAULT NULL`.
    pub fn refuses_default(&self) -> bool {
        let gives = |parent: &Inherited| {
            parent.generated.is_none() && parent.default.as_deref().is_some_and(|text| text != "NULL")
        };
        self.default.is_none() && self.generated.is_none() && self.inherited.iter().any(gives)
    }

    /// The ALTER statements for properties that have no place in CREATE; `alter` is `ALTER TABLE ONLY s.t`.
    pub fn properties(&self, alter: &str) -> Vec<Property> {
        let mut out: Vec<Property> = Vec::new();
        let column = ident(&self.name);
        if let Some(target) = self.statistics {
            out.push(format!("{alter} ALTER COLUMN {column} SET STATISTICS {target};").into());
        }
        let storage = match self.storage {
            Some('p') => Some("PLAIN"),
            Some('e') => Some("EXTERNAL"),
            Some('m') => Some("MAIN"),
            Some('x') => Some("EXTENDED"),
            _ => None,
        };
        if let Some(storage) = storage {
            out.push(format!("{alter} ALTER COLUMN {column} SET STORAGE {storage};").into());
        }
        let compression = match self.compression {
            Some('p') => Some("pglz"),
            Some('l') => Some("lz4"),
            _ => None,
        };
        if let Some(compression) = compression {
            let text = format!("{alter} ALTER COLUMN {column} SET COMPRESSION {compression};");
            out.push(Property { text, since: Some(Feature::Compression) });
        }
        if let Some(items) = &self.options {
            out.push(format!("{alter} ALTER COLUMN {column} SET ({});", options(items, "")).into());
        }
        if let Some(text) = &self.server_options {
            out.push(format!("{alter} ALTER COLUMN {column} OPTIONS (\n    {text}\n);").into());
        }
        out
    }
}

/// A statement that follows CREATE, and the construct that it is about where older servers lack it.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Property {
    pub text: String,
    pub since: Option<Feature>,
}

impl From<String> for Property {
    fn from(text: String) -> Property {
        Property { text, since: None }
    }
}

impl Property {
    /// The statement, if a server of `target` knows it.
    pub fn write(&self, target: u32, written: &mut Written) -> Option<String> {
        if let Some(feature) = self.since.filter(|feature| !feature.is_in(target)) {
            written.lacks(feature, "");
            return None;
        }
        Some(self.text.clone())
    }
}

/// The default of `column` as an object of its own: inside the relation's statement, or, where the
/// column is not written there, an ALTER after it.
pub fn default_object(relation: &Object, column: &Column, alter: &str, inside: bool) -> Option<Object> {
    let (oid, expression) = match (&column.default, column.default_oid) {
        (Some(expression), Some(oid)) if column.generated.is_none() => {
            (ObjectId::new(class::ATTRIBUTE_DEFAULT, oid), expression.as_str())
        }
        // Two relations may have a column of the same number; both go into the synthetic id.
        _ if column.refuses_default() && !inside => {
            (ObjectId::new(class::NO_DEFAULT.wrapping_add((column.number as u32) << 12), relation.id.oid), "NULL")
        }
        _ => return None,
    };
    let mut object = Object::new(Kind::ColumnDefault, oid, &relation.name);
    object.schema = relation.schema.clone();
    object.tie = vec![format!("{:05}", column.number)];
    object.table = Some(relation.id);
    object.identity = format!("COLUMN {}.{}", relation.qualified(), ident(&column.name));
    object.drop = Some(format!("{alter} ALTER COLUMN {} DROP DEFAULT;", ident(&column.name)));
    if inside {
        object.inside = Some(relation.id)
    } else {
        object.depends.push(relation.id)
    }
    Some(object.sql(format!("{alter} ALTER COLUMN {} SET DEFAULT {expression};", ident(&column.name))))
}
