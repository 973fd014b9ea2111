//! Text that is not UTF-8, spelled within strings.
//!
//! A name in an SQL_ASCII database may be any bytes, and text in some other encodings does not come back the
//! same from a pass through UTF-8. Where that can happen, text is read and sent as the server's own bytes.
//! Within pgsnap it is a `String` all the same: bytes that are not UTF-8 stand as characters of a private
//! plane, U+10FF80 + (byte - 0x80), and so do the bytes of such a character itself. Every sequence of bytes has
//! one spelling and comes back from it. Pure.

use std::borrow::Cow;
use std::fmt::Write;

use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

/// The first character of the plane's last 128, which stands for byte 0x80.
const FIRST: u32 = 0x10_FF80;

/// What these characters begin with in UTF-8; their third byte is 0xBE or 0xBF.
const LEAD: [u8; 2] = [0xF4, 0x8F];

/// True for databases whose text travels as the server's own bytes. Of the others conversion to UTF-8 gives
/// each character back, or is refused by the server.
pub fn travels_as_bytes(encoding: &str) -> bool {
    ["SQL_ASCII", "MULE_INTERNAL", "JOHAB"].contains(&encoding) || encoding.starts_with("EUC_")
}

/// The encoding in which an archive of such a database holds its scripts.
pub fn script_encoding(encoding: &str) -> &str {
    if travels_as_bytes(encoding) { encoding } else { "UTF8" }
}

/// A text column of a row, spelled; or a parameter.
#[derive(Debug)]
pub struct Text(pub String);

impl ToSql for Text {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        out.extend_from_slice(&to_bytes(&self.0));
        Ok(IsNull::No)
    }

    fn accepts(kind: &Type) -> bool {
        <&str as ToSql>::accepts(kind)
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Text {
    fn from_sql(_: &Type, raw: &'a [u8]) -> std::result::Result<Text, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Text(from_bytes(raw)))
    }

    fn accepts(kind: &Type) -> bool {
        <&str as FromSql>::accepts(kind)
    }
}

/// The string that spells these bytes.
pub fn from_bytes(mut bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    while !bytes.is_empty() {
        let (valid, rest) = match std::str::from_utf8(bytes) {
            Ok(valid) => (valid, &[][..]),
            Err(error) => {
                let (valid, rest) = bytes.split_at(error.valid_up_to());
                (std::str::from_utf8(valid).unwrap_or_default(), rest)
            }
        };
        if valid.is_ascii() {
            // As nearly everything is.
            out.push_str(valid);
        } else {
            for c in valid.chars() {
                if (c as u32) < FIRST {
                    out.push(c);
                } else {
                    out.extend(c.encode_utf8(&mut [0; 4]).bytes().map(spelled));
                }
            }
        }
        bytes = match rest.split_first() {
            Some((byte, rest)) => {
                out.push(spelled(*byte));
                rest
            }
            None => rest,
        };
    }
    out
}

fn spelled(byte: u8) -> char {
    char::from_u32(FIRST + u32::from(byte) - 0x80).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The bytes that a string spells.
pub fn to_bytes(text: &str) -> Cow<'_, [u8]> {
    bytes_of(text.as_bytes())
}

/// The same for text that is UTF-8 but not a string.
pub fn bytes_of(mut text: &[u8]) -> Cow<'_, [u8]> {
    // A byte at a time until the first of the two: most scripts are long and have none.
    let next = |text: &[u8]| {
        let mut from = 0;
        loop {
            let at = from + text[from..].iter().position(|byte| *byte == LEAD[0])?;
            if text.get(at + 1) == Some(&LEAD[1]) && text.get(at + 2).is_some_and(|byte| *byte >= 0xBE) {
                return Some(at);
            }
            from = at + 1;
        }
    };
    let Some(mut at) = next(text) else { return Cow::Borrowed(text) };
    let mut out = Vec::with_capacity(text.len());
    loop {
        out.extend_from_slice(&text[..at]);
        let Some(low) = text.get(at + 3) else {
            out.extend_from_slice(&text[at..]);
            return Cow::Owned(out);
        };
        out.push(0x80 | (text[at + 2] & 1) << 6 | (low & 0x3F));
        text = &text[at + 4..];
        match next(text) {
            Some(found) => at = found,
            None => {
                out.extend_from_slice(text);
                return Cow::Owned(out);
            }
        }
    }
}

/// The string for eyes: bytes that are not UTF-8 as `\xe9`.
pub fn shown(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| (c as u32) < FIRST) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match (c as u32).checked_sub(FIRST) {
            Some(byte) => {
                let _ = write!(out, "\\x{:02x}", byte + 0x80);
            }
            None => out.push(c),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_utf8_stays_as_it_is_and_the_rest_is_shown_in_hexadecimal() {
        let text = from_bytes(b"caf\xc3\xa9 \xe9\xff");
        assert_eq!(text, "café \u{10FFE9}\u{10FFFF}");
        assert_eq!(shown(&text), "café \\xe9\\xff");
        assert_eq!(to_bytes(&text), &b"caf\xc3\xa9 \xe9\xff"[..]);
        assert_eq!(shown("café"), "café");
        assert!(matches!(to_bytes("café \u{10FF7F}"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_character_of_the_plane_itself_comes_back() {
        let itself = "\u{10FF80}\u{10FFFF}";
        let text = from_bytes(itself.as_bytes());
        assert_eq!(text.chars().count(), 8);
        assert_eq!(to_bytes(&text), itself.as_bytes());
    }

    proptest! {
        #[test]
        fn all_bytes_come_back(bytes: Vec<u8>) {
            let text = from_bytes(&bytes);
            prop_assert_eq!(to_bytes(&text).into_owned(), bytes);
        }

        #[test]
        fn all_text_comes_back(text: String) {
            prop_assert_eq!(to_bytes(&from_bytes(text.as_bytes())).into_owned(), text.into_bytes());
        }
    }
}
