//! A catalog row, read by column name.
//!
//! The queries cast every column to one of a few types, so that a kind's `read` is a plain list of
//! names. A missing column or another type is an error that names both.

use serde::de::DeserializeOwned;
use tokio_postgres::types::FromSql;

use super::Oid;
use crate::error::{During, Error, Fault, Result};
use crate::spelling::Text;

/// One row of a catalog query.
pub struct Row<'a>(pub &'a tokio_postgres::Row);

impl Row<'_> {
    fn get<'b, T: FromSql<'b>>(&'b self, column: &str) -> Result<T> {
        self.0.try_get(column).during(Fault::Server, || format!("cannot read the catalog column {column:?}"))
    }

    /// A text column that is never NULL.
    pub fn text(&self, column: &str) -> Result<String> {
        Ok(self.get::<Text>(column)?.0)
    }

    /// A text column.
    pub fn opt_text(&self, column: &str) -> Result<Option<String>> {
        Ok(self.get::<Option<Text>>(column)?.map(|text| text.0))
    }

    /// A boolean column that is never NULL.
    pub fn flag(&self, column: &str) -> Result<bool> {
        self.get(column)
    }

    /// An oid column that is never NULL.
    pub fn oid(&self, column: &str) -> Result<Oid> {
        self.get(column)
    }

    /// An oid column.
    pub fn opt_oid(&self, column: &str) -> Result<Option<Oid>> {
        self.get(column)
    }

    /// An int4 column that is never NULL.
    pub fn int(&self, column: &str) -> Result<i32> {
        self.get(column)
    }

    /// An int4 column.
    pub fn opt_int(&self, column: &str) -> Result<Option<i32>> {
        self.get(column)
    }

    /// An int8 column that is never NULL.
    pub fn long(&self, column: &str) -> Result<i64> {
        self.get(column)
    }

    /// A text[] column; NULL reads as empty.
    pub fn texts(&self, column: &str) -> Result<Vec<String>> {
        Ok(self.opt_texts(column)?.unwrap_or_default())
    }

    /// A text[] column that tells NULL from empty.
    pub fn opt_texts(&self, column: &str) -> Result<Option<Vec<String>>> {
        let texts = self.get::<Option<Vec<Text>>>(column)?;
        Ok(texts.map(|texts| texts.into_iter().map(|text| text.0).collect()))
    }

    /// An oid[] column; NULL reads as empty.
    pub fn oids(&self, column: &str) -> Result<Vec<Oid>> {
        Ok(self.get::<Option<Vec<Oid>>>(column)?.unwrap_or_default())
    }

    /// A text column that holds one letter, such as a `"char"` cast to text.
    pub fn letter(&self, column: &str) -> Result<char> {
        let text = self.text(column)?;
        text.chars().next().ok_or_else(|| Error::new(Fault::Server, format!("the catalog column {column:?} is empty")))
    }

    /// A text column that holds JSON, such as the columns of a table; NULL reads as the default.
    pub fn json<T: DeserializeOwned + Default>(&self, column: &str) -> Result<T> {
        match self.opt_text(column)? {
            None => Ok(T::default()),
            Some(text) => serde_json::from_str(&text)
                .during(Fault::Server, || format!("cannot read the catalog column {column:?}")),
        }
    }
}
