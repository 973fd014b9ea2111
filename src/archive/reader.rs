//! Opens an archive and reads its members, each verified.
//!
//! Owns the way from the footer to the manifest to a member, and the words for a file that is no archive
//! or only a part of one. Content is bytes here; what rows they hold is `copy`'s business.
//!
//! Invariants: nothing is handed out whose checksums, path and size do not match the manifest; nothing is
//! allocated before its length fits the file and the limits; usable from several threads at once.

use std::collections::HashMap;
use std::io::{Read, Seek};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use super::finding::{Broken, Finding};
use super::footer::{END_FRAME, FOOTER_LEN, Footer, FooterTrouble, TAIL_LEN};
use super::manifest::{Head, Manifest, Member, hex64};
use super::member::Decoder;
use super::source::Source;
use super::validate::{self, max_stored, place};
use super::{HEAD_PATH, MANIFEST_PATH, MAX_CONTENT, MAX_HEAD, MAX_MANIFEST};
use crate::error::{Error, Fault, Result};

/// An open archive whose manifest is sound. Cheap to clone; clones share the file.
#[derive(Clone)]
pub struct Archive {
    source: Arc<Source>,
    manifest: Arc<Manifest>,
    paths: Arc<HashMap<String, usize>>,
}

/// Memory for reading members, kept between them. One per worker.
#[derive(Default)]
pub struct Buffers {
    pub(super) stored: Vec<u8>,
    pub(super) decoder: Decoder,
}

impl Buffers {
    /// Empty buffers.
    pub fn new() -> Buffers {
        Buffers::default()
    }
}

impl Archive {
    /// Opens an archive with two reads from its end.
    ///
    /// # Errors
    /// Damaged for what is no archive, a truncated or a damaged one (members are not read yet);
    /// Unsupported for a newer format; Disk or Usage where the file cannot be read.
    pub fn open(path: &Path) -> Result<Archive> {
        Archive::new(Arc::new(Source::open(path)?))
            .map_err(|error| Error::new(error.fault(), format!("cannot open {}", path.display())).caused_by(error))
    }

    /// Like [`open`](Archive::open), from anything that can seek.
    ///
    /// # Errors
    /// The same.
    pub fn from_reader(reader: impl Read + Seek + Send + 'static) -> Result<Archive> {
        Archive::new(Arc::new(Source::reader(reader)?))
    }

    /// Like [`open`](Archive::open), from bytes that are open already.
    ///
    /// # Errors
    /// The same.
    pub fn new(source: Arc<Source>) -> Result<Archive> {
        let (footer, end) = match read_footer(&source) {
            Ok(found) => found,
            Err(Trouble::Finding(finding)) => return Err(explain(&source, &finding)),
            Err(Trouble::Error(error)) => return Err(error),
        };
        if let Some(finding) = end {
            return Err(finding.into());
        }
        let manifest = read_manifest(&source, footer)?;
        if let Some(finding) = validate::layout(&manifest, footer.offset).into_iter().next() {
            return Err(finding.into());
        }
        Ok(Archive::with_manifest(source, manifest))
    }

    /// An archive whose members are those of this manifest, wherever the bytes have another.
    pub(super) fn with_manifest(source: Arc<Source>, manifest: Manifest) -> Archive {
        let paths = manifest.members.iter().enumerate().map(|(index, member)| (member.path.clone(), index)).collect();
        Archive { source, manifest: Arc::new(manifest), paths: Arc::new(paths) }
    }

    /// The head of a file that begins like an archive, whatever became of its rest; `None` for anything else.
    ///
    /// # Errors
    /// Unsupported for a newer format; Disk or Usage where the file cannot be read.
    pub fn head(path: &Path) -> Result<Option<Head>> {
        read_head(&Source::open(path)?)
    }

    /// What is in the archive.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    /// Length of the archive in bytes.
    pub fn stored_bytes(&self) -> u64 {
        self.source.len()
    }

    /// The index of the member with this path.
    pub fn find(&self, path: &str) -> Option<usize> {
        self.paths.get(path).copied()
    }

    /// The content of one member, verified.
    ///
    /// # Errors
    /// Damaged where the member is not what the manifest says; Disk where the file cannot be read.
    pub fn read_member(&self, index: usize) -> Result<Vec<u8>> {
        let mut buffers = Buffers::new();
        Ok(self.read_member_into(index, &mut buffers)?.to_vec())
    }

    /// Like [`read_member`](Archive::read_member), without allocating where the buffers suffice. The
    /// content lies in the buffers until their next use.
    ///
    /// # Errors
    /// The same.
    pub fn read_member_into<'a>(&self, index: usize, buffers: &'a mut Buffers) -> Result<&'a [u8]> {
        Ok(read_verified(&self.source, self.member(index)?, buffers)?)
    }

    /// Like [`read_member`](Archive::read_member), without a copy: the memory leaves the buffers, with the place of
    /// the content in it.
    ///
    /// # Errors
    /// The same.
    pub fn take_member(&self, index: usize, buffers: &mut Buffers) -> Result<(Vec<u8>, Range<usize>)> {
        let length = self.read_member_into(index, buffers)?.len();
        Ok(buffers.decoder.take(length))
    }

    /// The frame of one member as it is stored, its checksum verified; to be copied elsewhere.
    ///
    /// # Errors
    /// As for [`read_member`](Archive::read_member).
    pub fn read_stored(&self, index: usize) -> Result<Vec<u8>> {
        let mut stored = Vec::new();
        read_frame(&self.source, self.member(index)?, &mut stored)?;
        Ok(stored)
    }

    fn member(&self, index: usize) -> Result<&Member> {
        let found = self.manifest.members.get(index);
        found.ok_or_else(|| Error::new(Fault::Damaged, format!("the archive has no member number {index}")))
    }
}

/// A finding that `check` reports, or an error that ends the work.
#[derive(Debug)]
pub(super) enum Trouble {
    Finding(Finding),
    Error(Error),
}

impl From<Finding> for Trouble {
    fn from(finding: Finding) -> Trouble {
        Trouble::Finding(finding)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Trouble {
        Trouble::Error(error)
    }
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Error {
        match trouble {
            Trouble::Finding(finding) => finding.into(),
            Trouble::Error(error) => error,
        }
    }
}

/// F3, F10, F11: the footer, and what is wrong with the end frame before it.
pub(super) fn read_footer(source: &Source) -> Result<(Footer, Option<Finding>), Trouble> {
    let len = source.len();
    let Some(at) = len.checked_sub(TAIL_LEN as u64) else {
        return Err(Broken::new("F10", "there is no footer at the end of the file").at(len, "end of the file").into());
    };
    let mut tail = [0; TAIL_LEN];
    source.read_at(at, &mut tail)?;
    let (end, footer) = tail.split_at(END_FRAME.len());
    let footer: &[u8; FOOTER_LEN] = footer.try_into().expect("the rest of the tail");
    let footer = Footer::parse(footer, len).map_err(|trouble| match trouble {
        FooterTrouble::Broken(broken) => broken.at(len - FOOTER_LEN as u64, "footer").into(),
        FooterTrouble::Newer(version) => Trouble::Error(FooterTrouble::newer(version)),
    })?;
    let broken = Broken::new("F3", "the frame of tar end blocks is not the constant it must be");
    Ok((footer, (end != END_FRAME).then(|| broken.at(at, "end frame"))))
}

/// F12, F13, F19: the manifest; not yet whether it agrees with itself.
pub(super) fn read_manifest(source: &Source, footer: Footer) -> Result<Manifest, Trouble> {
    let at = |broken: Broken| Trouble::from(broken.at(footer.offset, MANIFEST_PATH));
    if footer.length > max_stored(MAX_MANIFEST) {
        return Err(at(Broken::new("F7", format!("a manifest of {} stored bytes is above the limit", footer.length))));
    }
    let mut buffers = Buffers::new();
    source.read_into(footer.offset, footer.length, &mut buffers.stored)?;
    if xxh3_64(&buffers.stored) != footer.xxh3 {
        return Err(at(Broken::new("F12", "the manifest's stored bytes do not match the footer's checksum")));
    }
    let found = buffers.decoder.open(&buffers.stored, MAX_MANIFEST).map_err(at)?;
    if found.path != MANIFEST_PATH {
        return Err(at(Broken::new("F11", format!("the footer leads to member {:?}", found.path))));
    }
    Manifest::from_json(found.content).map_err(|error| match error.fault() {
        Fault::Damaged => at(Broken::new("F13", error.doing())),
        _ => Trouble::Error(error),
    })
}

/// F15 of the stored bytes: reads one frame.
fn read_frame(source: &Source, member: &Member, stored: &mut Vec<u8>) -> Result<(), Trouble> {
    let limit = max_stored(member.raw_bytes.min(MAX_CONTENT));
    if member.stored_bytes > limit {
        let problem = format!("{} stored bytes are above the limit of {limit}", member.stored_bytes);
        return Err(Broken::new("F7", problem).at(member.offset, place(member)).into());
    }
    source.read_into(member.offset, member.stored_bytes, stored)?;
    if hex64(xxh3_64(stored)) != member.stored_xxh3 {
        let problem = "its stored bytes do not match the manifest's checksum";
        return Err(Broken::new("F15", problem).at(member.offset, place(member)).into());
    }
    Ok(())
}

/// F2 to F7, F14, F15 of one member: its content, verified.
pub(super) fn read_verified<'a>(
    source: &Source,
    member: &Member,
    buffers: &'a mut Buffers,
) -> Result<&'a [u8], Trouble> {
    let at = |broken: Broken| Trouble::from(broken.at(member.offset, place(member)));
    let Buffers { stored, decoder } = buffers;
    match read_frame(source, member, stored) {
        Ok(()) => {}
        Err(Trouble::Finding(mut finding)) if finding.rule == "F15" => {
            // Another whole member at this place tells more than a checksum does.
            if let Ok(other) = decoder.open(stored, member.raw_bytes.min(MAX_CONTENT))
                && other.path != member.path
            {
                finding.problem = format!("{}: member {:?} lies there", finding.problem, other.path);
            }
            return Err(finding.into());
        }
        Err(trouble) => return Err(trouble),
    }
    let found = decoder.open(stored, member.raw_bytes.min(MAX_CONTENT)).map_err(at)?;
    if found.path != member.path {
        return Err(at(Broken::new("F14", format!("its tar header has the path {:?}", found.path))));
    }
    if found.content.len() as u64 != member.raw_bytes {
        let problem = format!("it holds {} bytes, the manifest says {}", found.content.len(), member.raw_bytes);
        return Err(at(Broken::new("F14", problem)));
    }
    if hex64(xxh3_64(found.content)) != member.raw_xxh3 {
        return Err(at(Broken::new("F15", "its content does not match the manifest's checksum")));
    }
    Ok(found.content)
}

/// The head of a file, where it begins like an archive. Errors only where reading fails or the format is
/// newer.
pub(super) fn read_head(source: &Source) -> Result<Option<Head>> {
    let mut buffers = Buffers::new();
    source.read_into(0, source.len().min(max_stored(MAX_HEAD)), &mut buffers.stored)?;
    let Ok(length) = zstd::zstd_safe::find_frame_compressed_size(&buffers.stored) else { return Ok(None) };
    let Some(frame) = buffers.stored.get(..length) else { return Ok(None) };
    match buffers.decoder.open(frame, MAX_HEAD) {
        Ok(found) if found.path == HEAD_PATH => match Head::from_json(found.content) {
            Ok(head) => Ok(Some(head)),
            Err(error) if error.fault() == Fault::Unsupported => Err(error),
            Err(_) => Ok(None),
        },
        _ => Ok(None),
    }
}

/// What a file without a usable footer is: nothing of ours, or the beginning of an archive.
fn explain(source: &Source, finding: &Finding) -> Error {
    match read_head(source) {
        Err(error) => error,
        Ok(None) => not_an_archive(source),
        Ok(Some(head)) => Error::new(
            Fault::Damaged,
            format!(
                "the archive of database {:?}, begun {:?}, is truncated or damaged at its end: {} [{}]",
                head.database, head.started, finding.problem, finding.rule
            ),
        )
        .hint("`pgsnap verify` tells which members are whole; a dump or a copy of it may still be running"),
    }
}

/// The error for a file that does not begin as an archive does.
pub(super) fn not_an_archive(source: &Source) -> Error {
    if source.len() == 0 {
        return Error::new(Fault::Damaged, "not a pgsnap archive: the file is empty");
    }
    let error = Error::new(Fault::Damaged, "not a pgsnap archive");
    let mut magic = [0; 5];
    match source.read_at(0, &mut magic) {
        Ok(()) if &magic == b"PGDMP" => error.hint("this is pg_dump's custom format; pg_restore reads it"),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::archive::fixture;

    fn open(bytes: &[u8]) -> Result<Archive> {
        Archive::from_reader(Cursor::new(bytes.to_vec()))
    }

    #[test]
    fn every_member_comes_back() {
        let archive = open(&fixture::archive()).unwrap();
        let mut buffers = Buffers::new();
        for (path, content) in fixture::members() {
            let index = archive.find(&path).unwrap();
            assert_eq!(archive.read_member(index).unwrap(), content);
            assert_eq!(archive.read_member_into(index, &mut buffers).unwrap(), content);
            let stored = archive.read_stored(index).unwrap();
            assert_eq!(crate::archive::member::decode(&stored, 1 << 20).unwrap().content, content);
        }
        assert_eq!(archive.find("nowhere"), None);
        assert!(archive.read_member(1000).is_err());
    }

    #[test]
    fn one_archive_serves_several_threads() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.tar.zst");
        std::fs::write(&path, fixture::archive()).unwrap();
        let archive = Archive::open(&path).unwrap();
        std::thread::scope(|scope| {
            for shift in 0..4 {
                let archive = archive.clone();
                scope.spawn(move || {
                    let members = fixture::members();
                    for n in 0..200 {
                        let (path, content) = &members[(n + shift) % members.len()];
                        assert_eq!(archive.read_member(archive.find(path).unwrap()).unwrap(), *content);
                    }
                });
            }
        });
    }

    #[test]
    fn f10_truncation_at_every_length_is_refused() {
        let whole = fixture::archive();
        for len in 0..whole.len() {
            let error = open(&whole[..len]).err().unwrap_or_else(|| panic!("{len} bytes were accepted"));
            assert_eq!(error.fault(), Fault::Damaged, "{len}");
        }
    }

    #[test]
    fn f10_a_truncated_archive_is_told_from_something_else() {
        let whole = fixture::archive();
        let error = open(&whole[..whole.len() - 1]).err().unwrap();
        assert!(error.report().contains("truncated") && error.report().contains("shop"), "{error}");
        let zstd = zstd::encode_all(&b"something else"[..], 1).unwrap();
        for (other, word) in
            [(&b""[..], "empty"), (b"PGDMP\x01", "pg_restore"), (&[7; 5000], "not a pgsnap"), (&zstd, "not a pgsnap")]
        {
            assert!(open(other).err().unwrap().report().contains(word));
        }
    }

    #[test]
    fn f19_newer_formats_are_refused_with_and_without_a_footer() {
        let newer = |manifest: &mut Manifest| manifest.format.major = 2;
        let error = open(&fixture::lying(newer)).err().unwrap();
        assert_eq!(error.fault(), Fault::Unsupported, "{error}");
        let mut members = fixture::members();
        members[0].1 = br#"{"format":{"major":3,"minor":0}}"#.to_vec();
        let frames = fixture::encode(&members);
        let error = open(&frames[0].bytes).err().unwrap();
        assert!(error.report().contains("format 3.0"), "{error}");
    }

    #[test]
    fn f14_to_f16_a_lying_manifest_is_refused() {
        for (rule, lie) in fixture::SPOILERS.iter().chain(fixture::LIES) {
            let archive = open(&fixture::lying(*lie));
            match *rule {
                "F17" | "F18" => assert!(archive.is_ok(), "sums are for check"),
                rule => {
                    let error = archive.err().unwrap_or_else(|| panic!("{rule} was accepted"));
                    assert!(error.report().contains(&format!("[{rule}]")), "{rule}: {error}");
                }
            }
        }
    }

    #[test]
    fn f15_a_member_is_verified_when_it_is_read() {
        let whole = fixture::archive();
        let offset = open(&whole).unwrap().manifest().members[2].offset as usize;
        let mut bytes = whole.clone();
        bytes[offset + 20] ^= 1;
        let archive = open(&bytes).unwrap();
        assert!(archive.read_member(2).unwrap_err().report().contains("[F15]"));
        assert!(archive.read_stored(2).is_err());
        assert!(archive.read_member(1).is_ok());
    }
}
