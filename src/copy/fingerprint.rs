//! A table's fingerprint: the wrapping sum of one 128-bit digest per row.
//!
//! A sum does not care for the order of rows nor for the chunks they travel in, and unlike an
//! exclusive-or it notices a row that occurs twice. It is evidence against accidents (lost, doubled,
//! altered rows), not against somebody who crafts rows to collide.
//!
//! Fingerprints compare only between streams of the same format, columns and encoding.

use std::fmt;
use std::ops::AddAssign;
use std::str::FromStr;

use xxhash_rust::xxh3::xxh3_128;

/// The order-independent digest of a set of rows. The default is that of no rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Fingerprint(u128);

impl Fingerprint {
    /// Adds one row: in binary the tuple from its column count to its last field, in text the line
    /// without its newline. The digest is XXH3-128 with seed 0.
    #[inline]
    pub fn add_row(&mut self, row: &[u8]) {
        self.0 = self.0.wrapping_add(xxh3_128(row));
    }

    /// The sum as a number.
    pub fn value(self) -> u128 {
        self.0
    }
}

impl AddAssign for Fingerprint {
    /// Joins the rows of two chunks.
    fn add_assign(&mut self, other: Fingerprint) {
        self.0 = self.0.wrapping_add(other.0);
    }
}

impl fmt::Display for Fingerprint {
    /// 32 lower-case hexadecimal digits, the form that manifests hold.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// The text is not 32 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAFingerprint;

impl fmt::Display for NotAFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a fingerprint: 32 lower-case hexadecimal digits expected")
    }
}

impl std::error::Error for NotAFingerprint {}

impl FromStr for Fingerprint {
    type Err = NotAFingerprint;

    /// Accepts exactly what `Display` writes, so that equal fingerprints are equal as text too.
    fn from_str(text: &str) -> Result<Fingerprint, NotAFingerprint> {
        let digits = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() != 32 || !text.bytes().all(digits) {
            return Err(NotAFingerprint);
        }
        u128::from_str_radix(text, 16).map(Fingerprint).map_err(|_| NotAFingerprint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: &[&[u8]]) -> Fingerprint {
        let mut sum = Fingerprint::default();
        rows.iter().for_each(|row| sum.add_row(row));
        sum
    }

    #[test]
    fn order_and_chunking_do_not_matter_but_multiplicity_does() {
        let whole = of(&[b"a", b"b", b"b"]);
        assert_eq!(whole, of(&[b"b", b"a", b"b"]));
        let mut parts = of(&[b"b"]);
        parts += of(&[b"a", b"b"]);
        assert_eq!(whole, parts);
        assert_ne!(whole, of(&[b"a", b"b"]));
        assert_ne!(of(&[b"ab", b"c"]), of(&[b"a", b"bc"]));
    }

    #[test]
    fn the_digest_is_pinned_because_archives_hold_it() {
        assert_eq!(of(&[b""]).to_string(), "99aa06d3014798d86001c324468d497f");
        assert_eq!(of(&[]).to_string(), "0".repeat(32));
    }

    #[test]
    fn text_form_returns_and_nothing_else_is_accepted() {
        let print = of(&[b"x"]);
        assert_eq!(print.to_string().parse(), Ok(print));
        for bad in ["", "0", &"g".repeat(32), &"A".repeat(32), &"+".repeat(32), &"0".repeat(33)] {
            assert_eq!(bad.parse::<Fingerprint>(), Err(NotAFingerprint), "{bad}");
        }
    }
}
