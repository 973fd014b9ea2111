//! A catalog row, read by column name.
//!
//! The queries cast every column to one of a few types, so that a kind's `read` is a plain list of
//! names. A missing column or another type is an error that names both.

use serde::de::DeserializeOwned;
use tokio_postgres::types::{FromSql, Type};

use super::Oid;
use crate::error::{During, Error, Fault, Result};
use crate::spelling::{Text, from_bytes};

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

    /// A text[] column of two dimensions, by its rows; NULL reads as empty.
    pub fn grid(&self, column: &str) -> Result<Vec<Vec<Option<String>>>> {
        Ok(self.get::<Option<Grid>>(column)?.map_or_else(Vec::new, |grid| grid.0))
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

/// An array of arrays of texts, as `array_send` writes it: the number of dimensions, a flag, the elements' type,
/// length and lower bound of each dimension, then each element with its length before it (-1: NULL).
struct Grid(Vec<Vec<Option<String>>>);

impl<'a> FromSql<'a> for Grid {
    fn from_sql(_: &Type, raw: &'a [u8]) -> std::result::Result<Grid, Box<dyn std::error::Error + Sync + Send>> {
        grid(raw).map(Grid).ok_or_else(|| "not an array of arrays".into())
    }

    fn accepts(kind: &Type) -> bool {
        *kind == Type::TEXT_ARRAY
    }
}

fn grid(mut raw: &[u8]) -> Option<Vec<Vec<Option<String>>>> {
    let dimensions = int(&mut raw)?;
    let (_flag, _element) = (int(&mut raw)?, int(&mut raw)?);
    if dimensions == 0 {
        return Some(Vec::new());
    }
    let mut side = || {
        let length = usize::try_from(int(&mut raw)?).ok()?;
        int(&mut raw).map(|_lower_bound| length)
    };
    let (rows, columns) = (side()?, side()?);
    if dimensions != 2 || rows.checked_mul(columns)?.checked_mul(4)? > raw.len() {
        return None;
    }
    let mut element = || match usize::try_from(int(&mut raw)?) {
        Ok(length) => {
            let (text, rest) = raw.split_at_checked(length)?;
            raw = rest;
            Some(Some(from_bytes(text)))
        }
        Err(_) => Some(None),
    };
    (0..rows).map(|_| (0..columns).map(|_| element()).collect()).collect()
}

fn int(raw: &mut &[u8]) -> Option<i32> {
    let (bytes, rest) = raw.split_first_chunk()?;
    *raw = rest;
    Some(i32::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(sides: &[i32], elements: &[Option<&str>]) -> Vec<u8> {
        let mut out: Vec<u8> = [sides.len() as i32, 1, 25].into_iter().flat_map(i32::to_be_bytes).collect();
        sides.iter().for_each(|side| out.extend([*side, 1].into_iter().flat_map(i32::to_be_bytes)));
        for element in elements {
            out.extend(element.map_or(-1, |text| text.len() as i32).to_be_bytes());
            out.extend(element.unwrap_or_default().bytes());
        }
        out
    }

    #[test]
    fn an_array_of_arrays_is_read_by_rows() {
        let text = |text: &str| Some(text.to_string());
        let whole = raw(&[2, 3], &[Some("a"), None, Some(""), Some("bb"), Some("c"), None]);
        let rows = vec![vec![text("a"), None, text("")], vec![text("bb"), text("c"), None]];
        assert_eq!(grid(&whole), Some(rows));
        assert_eq!(grid(&raw(&[], &[])), Some(Vec::new()));
        (0..whole.len()).for_each(|length| assert_eq!(grid(&whole[..length]), None, "cut at {length}"));
    }

    #[test]
    fn lengths_that_cannot_be_are_refused() {
        for sides in [&[1][..], &[1, 1, 1], &[i32::MAX, i32::MAX], &[-1, 1], &[2, 1]] {
            assert_eq!(grid(&raw(sides, &[Some("a")])), None, "{sides:?}");
        }
    }
}
