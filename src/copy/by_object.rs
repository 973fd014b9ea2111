//! Digests of large objects' rows, object by object. Pure.
//!
//! Large objects travel as binary rows of (oid, offset, bytes). The whole has one fingerprint, which tells
//! that something differs; this tells what.

use std::collections::BTreeMap;

use super::binary::{HEADER, TRAILER, Walker};
use super::{Format, Misframed, Summary};

/// What each large object amounts to, by its oid.
pub type ByObject = BTreeMap<u32, Summary>;

/// Columns of a large object's row.
pub const COLUMNS: u16 = 3;

/// Adds the rows of one chunk, a complete binary COPY file.
///
/// # Errors
/// Where it is not that.
pub fn add_chunk(chunk: &[u8], objects: &mut ByObject) -> Result<(), Misframed> {
    // Proves the framing, so that what follows may rely on it.
    let mut walker = Walker::new(Format::Binary, Some(COLUMNS));
    walker.advance(chunk)?;
    walker.finish(chunk)?;
    let mut rest = &chunk[HEADER.len()..chunk.len() - TRAILER.len()];
    while !rest.is_empty() {
        let mut end = 2;
        let mut oid = 0;
        for column in 0..COLUMNS {
            let length = i32::from_be_bytes(rest[end..end + 4].try_into().expect("four bytes"));
            let field = &rest[end + 4..end + 4 + usize::try_from(length).unwrap_or(0)];
            if column == 0 {
                oid = field.try_into().map(u32::from_be_bytes).unwrap_or(0);
            }
            end += 4 + field.len();
        }
        let summary = objects.entry(oid).or_default();
        summary.rows += 1;
        summary.fingerprint.add_row(&rest[..end]);
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
        let chunk = [&HEADER[..], &row(7, 0, b"a"), &row(8, 0, b""), &row(7, 1, b"b"), &TRAILER].concat();
        let mut objects = ByObject::new();
        add_chunk(&chunk, &mut objects).unwrap();
        assert_eq!(objects.iter().map(|(oid, found)| (*oid, found.rows)).collect::<Vec<_>>(), [(7, 2), (8, 1)]);
        let mut whole = objects[&7].fingerprint;
        whole += objects[&8].fingerprint;
        assert_eq!(whole, super::super::summarise(Format::Binary, Some(3), &chunk).unwrap().fingerprint);
        for cut in 0..chunk.len() {
            assert!(add_chunk(&chunk[..cut], &mut ByObject::new()).is_err(), "{cut}");
        }
    }
}
