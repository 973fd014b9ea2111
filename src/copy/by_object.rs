//! Digests of large objects' rows, object by object. Pure.
//!
//! Large objects travel as binary rows of (oid, offset, bytes). The whole has one fingerprint, which tells
//! that something differs; this tells what.

use std::collections::BTreeMap;

use super::binary::{HEADER, TRAILER, Walker};
use super::{Fingerprint, Format, Misframed};

/// What each large object amounts to, by its oid.
pub type ByObject = BTreeMap<u32, Object>;

/// A large object's content. Rows of zeros do not count but for the length: whether a hole is stored, and
/// whether a role can see that, differs where the content does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Object {
    /// Where its last row ends.
    pub bytes: u64,
    /// Of its rows that are not all zeros.
    pub fingerprint: Fingerprint,
}

impl Object {
    /// Joins other rows of the same object.
    pub fn add(&mut self, other: Object) {
        self.bytes = self.bytes.max(other.bytes);
        self.fingerprint += other.fingerprint;
    }
}

/// Columns of a large object's row.
pub const COLUMNS: u16 = 3;

/// A row of a large object.
#[derive(Debug, Clone, Copy)]
pub struct LargeObjectRow<'a> {
    /// The object.
    pub oid: u32,
    /// Where its data begins.
    pub place: u64,
    /// The data.
    pub data: &'a [u8],
    /// All of the row, as digests take it.
    pub whole: &'a [u8],
}

impl LargeObjectRow<'_> {
    /// Nothing but zeros, as a hole reads.
    pub fn is_zero(&self) -> bool {
        self.data.iter().all(|byte| *byte == 0)
    }

    /// Its digest alone.
    pub fn digest(&self) -> Fingerprint {
        let mut digest = Fingerprint::default();
        digest.add_row(self.whole);
        digest
    }

    /// Adds it to its object.
    pub fn join(&self, objects: &mut ByObject) {
        let mut row = Object { bytes: self.place.saturating_add(self.data.len() as u64), ..Object::default() };
        if !self.is_zero() {
            row.fingerprint = self.digest();
        }
        objects.entry(self.oid).or_default().add(row);
    }
}

/// Adds the rows of one chunk, a complete binary COPY file.
///
/// # Errors
/// Where it is not that.
pub fn add_chunk(chunk: &[u8], objects: &mut ByObject) -> Result<(), Misframed> {
    each_row(chunk, |row| row.join(objects))
}

/// Gives the rows of one chunk, a complete binary COPY file, to `each`.
///
/// # Errors
/// Where it is not that.
pub fn each_row(chunk: &[u8], mut each: impl FnMut(LargeObjectRow<'_>)) -> Result<(), Misframed> {
    // Proves the framing, so that what follows may rely on it.
    let mut walker = Walker::new(Format::Binary, Some(COLUMNS));
    walker.advance(chunk)?;
    walker.finish(chunk)?;
    let mut rest = &chunk[HEADER.len()..chunk.len() - TRAILER.len()];
    while !rest.is_empty() {
        let mut end = 2;
        let mut fields = [&[][..]; COLUMNS as usize];
        for field in &mut fields {
            let length = i32::from_be_bytes(rest[end..end + 4].try_into().expect("four bytes"));
            *field = &rest[end + 4..end + 4 + usize::try_from(length).unwrap_or(0)];
            end += 4 + field.len();
        }
        let [oid, place, data] = fields;
        let oid = oid.try_into().map_or(0, u32::from_be_bytes);
        let place = place.try_into().map_or(0, u64::from_be_bytes);
        each(LargeObjectRow { oid, place, data, whole: &rest[..end] });
        rest = &rest[end..];
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_told_apart_by_their_object() {
        let row = |oid: u32, place: i64, data: &[u8]| {
            let mut row = vec![0, 3];
            for field in [&oid.to_be_bytes()[..], &place.to_be_bytes(), data] {
                row.extend((field.len() as i32).to_be_bytes());
                row.extend(field);
            }
            row
        };
        let of = |rows: &[Vec<u8>]| {
            let chunk = [&HEADER[..], &rows.concat(), &TRAILER].concat();
            let mut objects = ByObject::new();
            add_chunk(&chunk, &mut objects).unwrap();
            (objects, chunk)
        };
        let (objects, chunk) = of(&[row(7, 0, b"a"), row(8, 0, b""), row(7, 1, b"b")]);
        assert_eq!(objects.iter().map(|(oid, found)| (*oid, found.bytes)).collect::<Vec<_>>(), [(7, 2), (8, 0)]);
        assert_eq!(of(&[row(7, 1, b"b"), row(7, 0, b"a")]).0[&7], objects[&7]);
        assert_ne!(of(&[row(7, 0, b"b"), row(7, 1, b"a")]).0[&7], objects[&7]);
        assert_eq!(of(&[row(7, 0, &[0; 4]), row(7, 4, b"b")]).0, of(&[row(7, 4, b"b")]).0, "a hole");
        assert_ne!(of(&[row(7, 0, b"b"), row(7, 1, &[0])]).0, of(&[row(7, 0, b"b")]).0, "the length");
        for cut in 0..chunk.len() {
            assert!(add_chunk(&chunk[..cut], &mut ByObject::new()).is_err(), "{cut}");
        }
    }
}
