//! The last bytes of an archive: the frame of tar end blocks and the skippable frame that leads to the
//! manifest (FORMAT.md, "The end").
//!
//! Pure functions over bytes. It does not look at the file around them; `reader` compares the numbers
//! with the file's length. Both parts have a fixed size, so that opening an archive costs two reads.

use xxhash_rust::xxh3::xxh3_64;

use super::finding::Broken;
use crate::error::{Error, Fault, Result};

/// F3: a zstd frame of 1024 zero bytes: header (checksum, single segment, two-byte size), one RLE block,
/// checksum. A constant, so that no bit of it can change unnoticed, whatever zstd writes elsewhere.
pub(super) const END_FRAME: [u8; 15] =
    [0x28, 0xb5, 0x2f, 0xfd, 0x64, 0x00, 0x03, 0x03, 0x20, 0x00, 0x00, 0xcd, 0xac, 0x85, 0xf0];

/// F10: the skippable frame's magic (one of 0x184D2A50 to 0x184D2A5F) and the size of what follows.
const SKIPPABLE: [u8; 8] = [0x5e, 0x2a, 0x4d, 0x18, 44, 0, 0, 0];
const MAGIC: &[u8; 8] = b"PGSNAPIX";
const VERSION: u32 = 1;

/// The whole footer in bytes.
pub(super) const FOOTER_LEN: usize = 52;

/// End frame and footer in bytes.
pub(super) const TAIL_LEN: usize = END_FRAME.len() + FOOTER_LEN;

/// Where the manifest's frame lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Footer {
    pub(super) offset: u64,
    pub(super) length: u64,
    pub(super) xxh3: u64,
}

impl Footer {
    /// F10.
    pub(super) fn to_bytes(self) -> [u8; FOOTER_LEN] {
        let mut bytes = [0; FOOTER_LEN];
        bytes[..8].copy_from_slice(&SKIPPABLE);
        bytes[8..16].copy_from_slice(MAGIC);
        bytes[16..20].copy_from_slice(&VERSION.to_le_bytes());
        bytes[20..28].copy_from_slice(&self.offset.to_le_bytes());
        bytes[28..36].copy_from_slice(&self.length.to_le_bytes());
        bytes[36..44].copy_from_slice(&self.xxh3.to_le_bytes());
        let sum = xxh3_64(&bytes[..44]);
        bytes[44..].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// F10, and F11 as far as the numbers tell: the manifest's frame ends where the end frame begins.
    ///
    /// `file_len` is the length of the file that ends with these bytes.
    pub(super) fn parse(bytes: &[u8; FOOTER_LEN], file_len: u64) -> Result<Footer, FooterTrouble> {
        if bytes[..8] != SKIPPABLE || &bytes[8..16] != MAGIC {
            return Err(Broken::new("F10", "there is no footer at the end of the file").into());
        }
        if xxh3_64(&bytes[..44]) != number(&bytes[44..]) {
            return Err(Broken::new("F10", "the footer's checksum does not match").into());
        }
        let version = u32::from_le_bytes(bytes[16..20].try_into().expect("four bytes"));
        if version != VERSION {
            return Err(FooterTrouble::Newer(version));
        }
        let footer =
            Footer { offset: number(&bytes[20..28]), length: number(&bytes[28..36]), xxh3: number(&bytes[36..44]) };
        let end = footer.offset.checked_add(footer.length).and_then(|end| end.checked_add(TAIL_LEN as u64));
        if footer.length == 0 || end != Some(file_len) {
            let problem = format!(
                "the footer says that the manifest has {} bytes at {}, which does not fit a file of {file_len} bytes",
                footer.length, footer.offset
            );
            return Err(Broken::new("F11", problem).into());
        }
        Ok(footer)
    }
}

/// True where `bytes` begin like a footer; for the scan of a damaged file.
pub(super) fn looks_like_footer(bytes: &[u8]) -> bool {
    bytes.len() >= 16 && bytes[..8] == SKIPPABLE && &bytes[8..16] == MAGIC
}

/// Why a footer cannot be used.
#[derive(Debug)]
pub(super) enum FooterTrouble {
    /// Not a footer, or a damaged one.
    Broken(Broken),
    /// Intact, of a version this program does not know.
    Newer(u32),
}

impl From<Broken> for FooterTrouble {
    fn from(broken: Broken) -> FooterTrouble {
        FooterTrouble::Broken(broken)
    }
}

impl FooterTrouble {
    /// The newer version as an error.
    pub(super) fn newer(version: u32) -> Error {
        Error::new(
            Fault::Unsupported,
            format!("the archive's footer has version {version}; this pgsnap knows {VERSION}"),
        )
        .hint("use a newer pgsnap")
    }
}

fn number(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(bytes.try_into().expect("eight bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f3_the_end_frame_is_the_tar_end_blocks() {
        assert_eq!(zstd::decode_all(&END_FRAME[..]).unwrap(), vec![0; 1024]);
    }

    #[test]
    fn f10_footer_is_byte_exact() {
        let footer = Footer { offset: 0x0102, length: 0x30, xxh3: 0xaabb };
        let bytes = footer.to_bytes();
        assert_eq!(&bytes[..20], b"\x5e\x2a\x4d\x18\x2c\0\0\0PGSNAPIX\x01\0\0\0");
        assert_eq!(bytes[20..28], [2, 1, 0, 0, 0, 0, 0, 0]);
        assert_eq!(bytes[36..38], [0xbb, 0xaa]);
        assert_eq!(Footer::parse(&bytes, 0x0102 + 0x30 + TAIL_LEN as u64).unwrap(), footer);
    }

    #[test]
    fn f10_every_changed_bit_is_noticed() {
        let footer = Footer { offset: 1000, length: 500, xxh3: 7 };
        let len = 1500 + TAIL_LEN as u64;
        for bit in 0..FOOTER_LEN * 8 {
            let mut bytes = footer.to_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(matches!(Footer::parse(&bytes, len), Err(FooterTrouble::Broken(_))), "bit {bit}");
        }
    }

    #[test]
    fn f10_a_newer_footer_is_named() {
        let mut bytes = Footer { offset: 1000, length: 500, xxh3: 7 }.to_bytes();
        bytes[16] = 2;
        let sum = xxh3_64(&bytes[..44]).to_le_bytes();
        bytes[44..].copy_from_slice(&sum);
        assert!(matches!(Footer::parse(&bytes, 1567), Err(FooterTrouble::Newer(2))));
    }

    #[test]
    fn f11_huge_numbers_do_not_overflow() {
        for (offset, length) in [(u64::MAX, 1), (1, u64::MAX), (u64::MAX, u64::MAX), (0, 0), (10, 5000)] {
            let bytes = Footer { offset, length, xxh3: 7 }.to_bytes();
            assert!(matches!(Footer::parse(&bytes, 1567), Err(FooterTrouble::Broken(Broken { rule: "F11", .. }))));
        }
    }
}
