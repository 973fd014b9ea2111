//! One member: a path and its content, as a tar entry in a zstd frame of its own, and back.
//!
//! Owns the rules on frames, tar headers and paths (FORMAT.md, "Frames", "Members"). Pure CPU: workers
//! encode, the writer decides on order and offsets. It does not know what content means.
//!
//! Invariants: equal path, content and level give equal bytes; nothing is allocated by a length that the
//! frame's own size makes impossible.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;
use zstd::zstd_safe::{self, CCtx, CParameter, DCtx, ResetDirective};

use super::finding::Broken;
use super::{DATA_DIR, MAX_CONTENT, MAX_PATH, level};
use crate::error::{Error, Fault, Result};

pub(super) const BLOCK: usize = 512;
/// What a member takes beside its content at most: tar header and padding.
pub const ROOM: usize = 2 * BLOCK;

/// What `chunk_path` may append to a directory: slash, 10 digits, dash, 10 digits, `.copy`.
const CHUNK_NAME_MAX: usize = 1 + 10 + 1 + 10 + 5;

/// Buffers above this are given back after the member that needed them (one giant row), not kept.
pub(super) const KEEP: usize = 32 << 20;

/// One member ready to append. It owns no offset: order is the writer's business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The member's path in the tar.
    pub path: String,
    /// The frame as it is stored.
    pub bytes: Vec<u8>,
    /// Bytes of the content.
    pub raw_bytes: u64,
    /// XXH3-64 of `bytes`.
    pub stored_xxh3: u64,
    /// XXH3-64 of the content.
    pub raw_xxh3: u64,
}

/// Turns content into members; keeps its zstd context and buffer between them. One per worker.
pub struct Encoder {
    context: CCtx<'static>,
    level: i32,
    spare: Vec<u8>,
}

impl Encoder {
    /// An encoder for one zstd level.
    ///
    /// # Errors
    /// Usage, where zstd has no such level.
    pub fn new(level: i32) -> Result<Encoder> {
        let levels = zstd::compression_level_range();
        if !levels.contains(&level) {
            let (low, high) = (levels.start(), levels.end());
            return Err(Error::new(
                Fault::Usage,
                format!("there is no compression level {level}; zstd has {low} to {high}"),
            ));
        }
        let mut context = CCtx::create();
        for parameter in [CParameter::ChecksumFlag(true), CParameter::ContentSizeFlag(true)] {
            context.set_parameter(parameter).map_err(compression_failed)?;
        }
        Ok(Encoder { context, level, spare: Vec::new() })
    }

    /// Takes the memory of a member that was written, for the next one. Without it each member allocates
    /// its own.
    pub fn give_back(&mut self, bytes: Vec<u8>) {
        if bytes.capacity() <= KEEP {
            self.spare = bytes;
        }
    }

    /// One member of this path and content (F2, F4, F5).
    ///
    /// # Errors
    /// Unsupported, where the content is above [`MAX_CONTENT`] or the path breaks rule F6.
    pub fn encode(&mut self, path: &str, content: &[u8]) -> Result<Encoded> {
        let mut memory = Vec::with_capacity(content.len() + ROOM);
        memory.extend_from_slice(content);
        self.encode_in_place(path, &mut memory)
    }

    /// Like [`encode`](Encoder::encode), in the memory of the content, which becomes the whole tar member: zstd
    /// is an eighth faster on what lies in one piece, and finds more in it. [`ROOM`] bytes of free capacity save
    /// a new allocation.
    ///
    /// # Errors
    /// As there. The content is then as it was, or the member's.
    pub fn encode_in_place(&mut self, path: &str, content: &mut Vec<u8>) -> Result<Encoded> {
        let refuse =
            |broken: Broken| Error::new(Fault::Unsupported, format!("cannot store {path:?}: {}", broken.problem));
        check_path(path).map_err(refuse)?;
        let raw_bytes = content.len() as u64;
        if raw_bytes > MAX_CONTENT {
            return Err(refuse(Broken::new("F7", format!("{raw_bytes} bytes are above the limit of {MAX_CONTENT}"))));
        }
        let raw_xxh3 = xxh3_64(content);
        self.context.reset(ResetDirective::SessionOnly).map_err(compression_failed)?;
        let mut bytes = std::mem::take(&mut self.spare);
        level::set(&mut self.context, self.level, content, &mut bytes).map_err(compression_failed)?;
        let member = into_member(path, content);
        bytes.clear();
        bytes.reserve(zstd_safe::compress_bound(member.len()));
        self.context.compress2(&mut bytes, member).map_err(compression_failed)?;
        let stored_xxh3 = xxh3_64(&bytes);
        Ok(Encoded { path: path.to_string(), bytes, raw_bytes, stored_xxh3, raw_xxh3 })
    }
}

/// Puts the tar header before the content and the padding behind it (F4, F5).
fn into_member<'a>(path: &str, content: &'a mut Vec<u8>) -> &'a [u8] {
    let length = content.len();
    content.resize(BLOCK + length + padding(length as u64), 0);
    content.copy_within(..length, BLOCK);
    content[..BLOCK].copy_from_slice(&header(path, length as u64));
    content
}

fn compression_failed(code: usize) -> Error {
    Error::new(Fault::Unsupported, format!("zstd cannot compress: {}", zstd_safe::get_error_name(code)))
}

/// A member read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The member's path in the tar.
    pub path: String,
    /// Its content.
    pub content: Vec<u8>,
}

/// A member read back into a decoder's buffer.
#[derive(Debug, PartialEq, Eq)]
pub struct Content<'a> {
    /// The member's path in the tar.
    pub path: &'a str,
    /// Its content.
    pub content: &'a [u8],
}

/// Reads one frame that must be one whole member. `limit` bounds its content in bytes.
///
/// # Errors
/// Damaged, where the frame breaks any of rules F2 to F7.
pub fn decode(frame: &[u8], limit: u64) -> Result<Decoded> {
    let mut decoder = Decoder::new();
    let Content { path, content } = decoder.decode(frame, limit)?;
    let (path, len) = (path.to_string(), content.len());
    let mut content = decoder.raw;
    content.drain(..BLOCK);
    content.truncate(len);
    Ok(Decoded { path, content })
}

/// Reads members; keeps its zstd context and buffer between them. One per worker.
pub struct Decoder {
    context: DCtx<'static>,
    raw: Vec<u8>,
}

impl Default for Decoder {
    fn default() -> Decoder {
        Decoder::new()
    }
}

impl Decoder {
    /// A decoder with an empty buffer.
    pub fn new() -> Decoder {
        Decoder { context: DCtx::create(), raw: Vec::new() }
    }

    /// Like [`decode`], without a copy: the content lies in the decoder until its next use.
    ///
    /// # Errors
    /// Damaged, where the frame breaks any of rules F2 to F7.
    pub fn decode(&mut self, frame: &[u8], limit: u64) -> Result<Content<'_>> {
        Ok(self.open(frame, limit)?)
    }

    /// The memory of what was decoded last, whose content has this length, and where in it that is.
    pub(super) fn take(&mut self, length: usize) -> (Vec<u8>, Range<usize>) {
        (std::mem::take(&mut self.raw), BLOCK..BLOCK + length)
    }

    pub(super) fn open(&mut self, frame: &[u8], limit: u64) -> Result<Content<'_>, Broken> {
        let total = frame_content_size(frame, limit)?;
        if self.raw.capacity() > KEEP && total <= KEEP {
            self.raw = Vec::new();
        }
        self.raw.clear();
        if self.raw.try_reserve_exact(total).is_err() {
            return Err(Broken::new("F7", format!("no memory for {total} bytes")));
        }
        let got = self.context.decompress(&mut self.raw, frame).map_err(|code| {
            Broken::new("F2", format!("the frame cannot be decompressed: {}", zstd_safe::get_error_name(code)))
        })?;
        if got != total {
            return Err(Broken::new("F2", format!("the frame holds {got} bytes instead of {total}")));
        }
        let (path, size) = read_header(&self.raw)?;
        let end = BLOCK + usize::try_from(size).unwrap_or(usize::MAX - BLOCK);
        if size > limit || end + padding(size) != total {
            let problem = format!("the tar header tells {size} bytes, which does not fit a frame of {total}");
            return Err(Broken::new("F4", problem));
        }
        if self.raw[end..].iter().any(|&byte| byte != 0) {
            return Err(Broken::new("F4", "the padding after the content is not zero"));
        }
        Ok(Content { path, content: &self.raw[BLOCK..end] })
    }
}

/// F2 and F7 of a frame's header: how many bytes it will give, before anything is allocated.
fn frame_content_size(frame: &[u8], limit: u64) -> Result<usize, Broken> {
    check_frame_header(frame)?;
    match zstd_safe::find_frame_compressed_size(frame) {
        Ok(size) if size == frame.len() => {}
        Ok(size) => return Err(Broken::new("F2", format!("the frame has {size} bytes instead of {}", frame.len()))),
        Err(code) => {
            return Err(Broken::new("F2", format!("the frame is not whole: {}", zstd_safe::get_error_name(code))));
        }
    }
    let Ok(Some(total)) = zstd_safe::get_frame_content_size(frame) else {
        return Err(Broken::new("F2", "the frame does not tell how much it holds"));
    };
    let most = limit.saturating_add(padding(limit) as u64).saturating_add(BLOCK as u64);
    // A block holds at most 128 KiB and takes at least four bytes, so more than this cannot be in it.
    let possible = (frame.len() as u64 / 4 + 1).saturating_mul(128 << 10);
    if total > most || total > possible {
        return Err(Broken::new(
            "F7",
            format!("a frame of {} bytes claims to hold {total}; the limit is {}", frame.len(), most.min(possible)),
        ));
    }
    if total < BLOCK as u64 || !total.is_multiple_of(BLOCK as u64) {
        return Err(Broken::new("F4", format!("{total} bytes are not a tar member")));
    }
    usize::try_from(total).map_err(|_| Broken::new("F7", format!("no memory for {total} bytes")))
}

/// F2 of the first five bytes: zstd's magic, size and checksum present, no dictionary, no reserved bit.
pub(super) fn check_frame_header(frame: &[u8]) -> Result<(), Broken> {
    if frame.len() < 5 || frame[..4] != zstd_safe::MAGICNUMBER.to_le_bytes() {
        return Err(Broken::new("F2", "no zstd frame begins here"));
    }
    let descriptor = frame[4];
    let has_size = descriptor & 0b1110_0000 != 0;
    if descriptor & 0b0001_1111 != 0b0000_0100 || !has_size {
        return Err(Broken::new("F2", format!("a frame header of {descriptor:#04x} is not one pgsnap writes")));
    }
    Ok(())
}

/// Zero bytes after content of this size, up to the next multiple of 512.
pub(super) fn padding(size: u64) -> usize {
    ((BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64) as usize
}

/// F5: the one tar header that a path and a size have.
fn header(path: &str, size: u64) -> [u8; BLOCK] {
    let mut header = tar::Header::new_ustar();
    let name = &mut header.as_ustar_mut().expect("made as ustar").name;
    name[..path.len()].copy_from_slice(path.as_bytes());
    header.set_entry_type(tar::EntryType::Regular);
    header.set_mode(0o600);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(size);
    header.set_cksum();
    *header.as_bytes()
}

/// F5 backwards: the path and size of a header that must be exactly what `header` makes of them.
fn read_header(raw: &[u8]) -> Result<(&str, u64), Broken> {
    let name = &raw[..MAX_PATH];
    let name = &name[..name.iter().position(|&byte| byte == 0).unwrap_or(MAX_PATH)];
    let path = std::str::from_utf8(name).map_err(|_| Broken::new("F6", "the path in the tar header is not ASCII"))?;
    check_path(path)?;
    let found = tar::Header::from_byte_slice(&raw[..BLOCK]);
    let size = found.entry_size().map_err(|_| Broken::new("F5", "the tar header's size is not a number"))?;
    if size > MAX_CONTENT {
        return Err(Broken::new("F7", format!("the tar header tells {size} bytes; the limit is {MAX_CONTENT}")));
    }
    let expected = header(path, size);
    match (0..BLOCK).find(|&at| expected[at] != raw[at]) {
        None => Ok((path, size)),
        Some(at) => Err(Broken::new("F5", format!("the tar header's {} is not what pgsnap writes", field(at)))),
    }
}

/// The name of the ustar field that holds byte `at`.
fn field(at: usize) -> &'static str {
    const FIELDS: [(usize, &str); 15] = [
        (100, "name"),
        (108, "mode"),
        (116, "uid"),
        (124, "gid"),
        (136, "size"),
        (148, "mtime"),
        (156, "checksum"),
        (157, "type"),
        (257, "link name"),
        (263, "magic"),
        (265, "version"),
        (297, "user name"),
        (329, "group name"),
        (345, "device number"),
        (500, "prefix"),
    ];
    FIELDS.iter().find(|(end, _)| at < *end).map_or("padding", |(_, name)| name)
}

/// F6: a relative path of at most 100 bytes from letters, digits and `_ - . /`, with no empty, `.` or
/// `..` part: safe to unpack anywhere.
pub(super) fn check_path(path: &str) -> Result<(), Broken> {
    if path.is_empty() || path.len() > MAX_PATH {
        return Err(Broken::new("F6", format!("a path of {} bytes; 1 to {MAX_PATH} are allowed", path.len())));
    }
    if !path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte)) {
        return Err(Broken::new("F6", format!("the path {path:?} has a character that is not allowed")));
    }
    if path.split('/').any(|part| part.is_empty() || part == "." || part == "..") {
        return Err(Broken::new("F6", format!("the path {path:?} is absolute or leads elsewhere")));
    }
    Ok(())
}

/// The directory of a table's chunks (F9): `data/00007-public.users`. Characters that are not safe in
/// every file system become `_`, and the whole is cut so that any chunk's path fits a tar header; the
/// number keeps it unique, the manifest holds the true name.
pub fn path_for_table(number: u32, schema: &str, table: &str) -> String {
    let mut path = format!("{DATA_DIR}/{number:05}-{}.{}", safe(schema), safe(table));
    path.truncate(MAX_PATH - CHUNK_NAME_MAX);
    path
}

fn safe(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' }).collect()
}

/// The path of one chunk in `dir` (F9): named by its first heap block (or its place in the stream), and
/// by a part number from 1 on where one block range takes several chunks. `ext` is `copy` or `txt`.
pub fn chunk_path(dir: &str, first_block: u64, part: u32, ext: &str) -> String {
    match part {
        0 => format!("{dir}/{first_block:010}.{ext}"),
        part => format!("{dir}/{first_block:010}-{part:03}.{ext}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn round_trip(path: &str, content: &[u8]) {
        let encoded = Encoder::new(3).unwrap().encode(path, content).unwrap();
        let decoded = decode(&encoded.bytes, content.len() as u64).unwrap();
        assert_eq!((decoded.path.as_str(), &decoded.content[..]), (path, content));
        assert_eq!(encoded.raw_bytes, content.len() as u64);
        assert_eq!(encoded.stored_xxh3, xxh3_64(&encoded.bytes));
        assert_eq!(encoded.raw_xxh3, xxh3_64(content));
    }

    #[test]
    fn f4_sizes_around_a_block_come_back() {
        for size in [0, 1, 511, 512, 513, 1024, 100_000] {
            round_trip("a/b.copy", &vec![7; size]);
        }
    }

    #[test]
    fn f5_the_tar_header_is_byte_exact() {
        let bytes = header("data/x", 5);
        let mut expected = [0; BLOCK];
        let fields: [(usize, &[u8]); 9] = [
            (0, b"data/x"),
            (100, b"0000600"),
            (108, b"0000000"),
            (116, b"0000000"),
            (124, b"00000000005"),
            (136, b"00000000000"),
            (148, b"0007033"),
            (156, b"0"),
            (257, b"ustar\x0000"),
        ];
        for (at, text) in fields {
            expected[at..at + text.len()].copy_from_slice(text);
        }
        assert_eq!(bytes, expected);
    }

    #[test]
    fn f22_equal_content_gives_equal_frames_whatever_came_before() {
        let content: Vec<u8> = (0..300_000u32).flat_map(|n| (n % 977).to_le_bytes()).collect();
        let fresh = Encoder::new(3).unwrap().encode("a", &content).unwrap();
        let mut used = Encoder::new(3).unwrap();
        used.encode("b", &vec![9; 5_000_000]).unwrap();
        used.encode("c", b"").unwrap();
        assert_eq!(used.encode("a", &content).unwrap(), fresh);
    }

    #[test]
    fn a_failed_encode_does_not_spoil_the_next() {
        let mut encoder = Encoder::new(1).unwrap();
        assert!(encoder.encode("../a", b"x").is_err());
        assert_eq!(encoder.encode("a", b"x").unwrap(), Encoder::new(1).unwrap().encode("a", b"x").unwrap());
    }

    #[test]
    fn levels_are_zstds() {
        for level in [-7, 0, 1, 19, 22] {
            assert!(Encoder::new(level).is_ok(), "{level}");
        }
        assert_eq!(Encoder::new(23).err().unwrap().fault(), Fault::Usage);
    }

    #[test]
    fn f6_only_paths_that_are_safe_to_unpack() {
        for path in ["pgsnap.json", "data/00001-public.a/0000000000.copy", "a..b", &"a".repeat(100)] {
            assert!(check_path(path).is_ok(), "{path}");
        }
        let long = "a".repeat(101);
        for path in
            ["", "/a", "../a", "a/../b", "a/..", "./a", "a//b", "a/", "a\\b", "a\nb", "a b", "é", "C:a", "\0", &long]
        {
            assert!(check_path(path).is_err(), "{path:?}");
        }
    }

    #[test]
    fn f7_content_above_the_limit_is_refused_before_it_is_read() {
        let encoded = Encoder::new(1).unwrap().encode("a", &[0; 4096]).unwrap();
        assert!(decode(&encoded.bytes, 4095).is_err());
        assert!(decode(&encoded.bytes, 3000).unwrap_err().report().contains("[F7]"));
        assert!(decode(&encoded.bytes, 4096).is_ok());
    }

    #[test]
    fn f9_names_are_safe_numbered_and_short() {
        assert_eq!(path_for_table(7, "public", "users"), "data/00007-public.users");
        assert_eq!(path_for_table(123456, "a b", "../é\0\\C:"), "data/123456-a_b.______C_");
        assert_eq!(chunk_path("d", 1024, 0, "copy"), "d/0000001024.copy");
        assert_eq!(chunk_path("d", 1024, 2, "txt"), "d/0000001024-002.txt");
        let dir = path_for_table(u32::MAX, &"s".repeat(63), &"t".repeat(63));
        assert!(check_path(&chunk_path(&dir, u64::from(u32::MAX), u32::MAX, "copy")).is_ok());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn f9_any_name_gives_a_safe_path(number: u32, schema: String, table: String, block: u32, part: u32) {
            let path = chunk_path(&path_for_table(number, &schema, &table), u64::from(block), part, "copy");
            prop_assert!(check_path(&path).is_ok(), "{}", path);
        }

        #[test]
        fn f4_any_content_comes_back(content in prop::collection::vec(any::<u8>(), 0..5000)) {
            round_trip("data/x.copy", &content);
        }

        #[test]
        fn any_bytes_are_decoded_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let frame = [&zstd_safe::MAGICNUMBER.to_le_bytes()[..], &[0x64], &bytes].concat();
            prop_assert!(decode(&frame, 1 << 20).is_err());
        }
    }
}
