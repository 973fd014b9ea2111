//! What the manifest says of columns and their types (rules F25 to F27). Pure.
//!
//! Types are described by name and once each; columns and other types refer to them by index.

use serde::{Deserialize, Serialize};

/// One column of a table's rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// True name.
    pub name: String,
    /// Type as `format_type` writes it; for eyes.
    pub type_name: String,
    /// The same as an index in the manifest's types; none in archives of format 1.0.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_index: Option<usize>,
    /// Its type modifier, -1 for none.
    #[serde(default = "no_modifier", skip_serializing_if = "is_no_modifier")]
    pub modifier: i32,
    /// In binary chunks: it is text, to be read by the type's input function.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub as_text: bool,
    /// Why it does not travel as its plain bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Column {
    /// A column that travels plainly and whose type is not described.
    pub fn plain(name: impl Into<String>, type_name: impl Into<String>) -> Column {
        Column {
            name: name.into(),
            type_name: type_name.into(),
            type_index: None,
            modifier: -1,
            as_text: false,
            reason: None,
        }
    }
}

/// A type and what it is made of. What is in its values follows from that, whatever its oid is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Type {
    /// True name of its schema.
    pub schema: String,
    /// True name.
    pub name: String,
    /// What it is.
    pub kind: TypeKind,
    /// Its parts in order: a composite's attributes, else the one it is made of, if any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<TypePart>,
}

/// The kinds of types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)] // PostgreSQL's own words
pub enum TypeKind {
    Base,
    Enum,
    Domain,
    Composite,
    Array,
    Range,
    Multirange,
}

/// A part of a type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypePart {
    /// The attribute's true name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Index in the manifest's types, before the whole's.
    #[serde(rename = "type")]
    pub type_index: usize,
    /// Its type modifier, -1 for none.
    #[serde(default = "no_modifier", skip_serializing_if = "is_no_modifier")]
    pub modifier: i32,
}

fn no_modifier() -> i32 {
    -1
}

fn is_no_modifier(modifier: &i32) -> bool {
    *modifier == -1
}
