//! Appends members to any `Write` and ends the archive: manifest, end blocks, footer.
//!
//! Owns order, offsets and the list of members. It does no CPU work of note (workers encode) and never
//! seeks, so that an archive can go down a pipe. It does not publish: see `publish`.
//!
//! Invariants: after a failed write nothing more is written; what `finish` returns is an archive that
//! `reader` accepts.

use std::collections::HashSet;
use std::io::{self, Write};

use xxhash_rust::xxh3::xxh3_64;

use super::footer::{END_FRAME, Footer};
use super::manifest::{Manifest, Member, hex64};
use super::member::{Encoded, Encoder};
use super::validate;
use super::{HEAD_PATH, MANIFEST_PATH, MAX_MANIFEST};
use crate::error::{Error, Fault, Result};

/// Writes one archive.
pub struct Writer<W: Write> {
    out: W,
    offset: u64,
    members: Vec<Member>,
    paths: HashSet<String>,
    broken: bool,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// Length of the whole archive in bytes.
    pub stored_bytes: u64,
    /// The manifest as it was written, members and totals filled in.
    pub manifest: Manifest,
}

impl<W: Write> Writer<W> {
    /// Begins an archive. Nothing is written yet.
    pub fn new(out: W) -> Writer<W> {
        Writer { out, offset: 0, members: Vec::new(), paths: HashSet::new(), broken: false }
    }

    /// The path of a member that was appended; empty for an index that was not.
    pub fn path(&self, member: usize) -> &str {
        self.members.get(member).map_or("", |member| &member.path)
    }

    /// Bytes written so far.
    pub fn stored_bytes(&self) -> u64 {
        self.offset
    }

    /// Appends one member and returns its index in the manifest. The first must be `pgsnap.json`.
    ///
    /// # Errors
    /// Disk or Interrupted (a closed pipe) where writing fails, and then for every later call;
    /// Unsupported for a path that is there already or out of order, which is a mistake of the caller.
    pub fn append(&mut self, member: &Encoded) -> Result<usize> {
        let index = self.members.len();
        if (index == 0) != (member.path == HEAD_PATH) || member.path == MANIFEST_PATH {
            let text = format!("member {:?} cannot be number {index} of an archive [F8]", member.path);
            return Err(Error::new(Fault::Unsupported, text));
        }
        if !self.paths.insert(member.path.clone()) {
            return Err(Error::new(Fault::Unsupported, format!("two members have the path {:?} [F14]", member.path)));
        }
        let offset = self.offset;
        self.write(&member.bytes)?;
        self.members.push(Member {
            path: member.path.clone(),
            offset,
            stored_bytes: member.bytes.len() as u64,
            raw_bytes: member.raw_bytes,
            stored_xxh3: hex64(member.stored_xxh3),
            raw_xxh3: hex64(member.raw_xxh3),
        });
        Ok(index)
    }

    /// Ends the archive with `manifest`, whose members and totals are filled in here, compressed at
    /// `level`, and flushes. The output comes back to be published.
    ///
    /// # Errors
    /// As for [`append`](Writer::append); Unsupported where the manifest does not agree with itself or
    /// with the members, which is a mistake of the caller.
    pub fn finish(mut self, mut manifest: Manifest, level: i32) -> Result<(W, Finished)> {
        manifest.members = std::mem::take(&mut self.members);
        manifest.totals = validate::totals(&manifest);
        let mut findings = validate::layout(&manifest, self.offset);
        findings.extend(validate::sums(&manifest));
        if let Some(finding) = findings.first() {
            return Err(Error::new(Fault::Unsupported, format!("the archive would not be sound: {finding}")));
        }
        let json = manifest.to_json();
        if json.len() as u64 > MAX_MANIFEST {
            let text = format!("the manifest has {} bytes; the limit is {MAX_MANIFEST}", json.len());
            return Err(Error::new(Fault::Unsupported, text).hint("dump fewer tables into one archive"));
        }
        let encoded = Encoder::new(level)?.encode(MANIFEST_PATH, &json)?;
        let length = encoded.bytes.len() as u64;
        let footer = Footer { offset: self.offset, length, xxh3: xxh3_64(&encoded.bytes) };
        self.write(&encoded.bytes)?;
        self.write(&END_FRAME)?;
        self.write(&footer.to_bytes())?;
        self.out.flush().map_err(write_error)?;
        Ok((self.out, Finished { stored_bytes: self.offset, manifest }))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        if self.broken {
            return Err(Error::new(Fault::Disk, "writing the archive failed before"));
        }
        self.broken = true;
        self.out.write_all(bytes).map_err(write_error)?;
        self.broken = false;
        self.offset += bytes.len() as u64;
        Ok(())
    }
}

/// A failed write as an error with the right fault: the reader of a pipe may just have left.
pub(super) fn write_error(error: io::Error) -> Error {
    let kind = error.kind();
    let fault = if kind == io::ErrorKind::BrokenPipe { Fault::Interrupted } else { Fault::Disk };
    let failed = Error::new(fault, "cannot write the archive").caused_by(error);
    match kind {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            failed.hint("free some space, or write the archive elsewhere")
        }
        io::ErrorKind::FileTooLarge => failed.hint("this file system has a limit on file sizes; write elsewhere"),
        _ => failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::fixture;
    use crate::archive::reader::Archive;

    /// Takes `left` bytes, then fails.
    struct FailAfter {
        left: usize,
        kind: io::ErrorKind,
    }

    impl Write for FailAfter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let n = bytes.len().min(self.left);
            self.left -= n;
            if n == 0 && !bytes.is_empty() { Err(self.kind.into()) } else { Ok(n) }
        }

        fn flush(&mut self) -> io::Result<()> {
            if self.left == 0 { Err(self.kind.into()) } else { Ok(()) }
        }
    }

    #[test]
    fn a_write_that_fails_anywhere_fails_the_archive() {
        let whole = fixture::archive().len();
        for left in (0..=whole).step_by(7) {
            for (kind, fault) in
                [(io::ErrorKind::StorageFull, Fault::Disk), (io::ErrorKind::BrokenPipe, Fault::Interrupted)]
            {
                match fixture::write(FailAfter { left, kind }, fixture::members()) {
                    Err(error) => assert_eq!(error.fault(), fault, "{left}"),
                    Ok(_) => panic!("wrote {whole} bytes although {left} fit"),
                }
            }
        }
    }

    #[test]
    fn after_a_failed_write_every_append_fails() {
        let mut writer = Writer::new(FailAfter { left: 20, kind: io::ErrorKind::StorageFull });
        let mut encoder = Encoder::new(1).unwrap();
        assert!(writer.append(&encoder.encode(HEAD_PATH, b"{}").unwrap()).is_err());
        writer.out.left = 1 << 20;
        assert!(writer.append(&encoder.encode("README.txt", b"x").unwrap()).is_err());
        assert!(writer.finish(Manifest::default(), 1).is_err());
    }

    #[test]
    fn f8_f14_order_and_unique_paths_are_guarded() {
        let mut encoder = Encoder::new(1).unwrap();
        let mut writer = Writer::new(Vec::new());
        assert!(writer.append(&encoder.encode("README.txt", b"x").unwrap()).is_err());
        assert_eq!(writer.append(&encoder.encode(HEAD_PATH, b"{}").unwrap()).unwrap(), 0);
        assert!(writer.append(&encoder.encode(HEAD_PATH, b"{}").unwrap()).is_err());
        assert!(writer.append(&encoder.encode(MANIFEST_PATH, b"{}").unwrap()).is_err());
        assert_eq!(writer.append(&encoder.encode("README.txt", b"x").unwrap()).unwrap(), 1);
        assert!(writer.append(&encoder.encode("README.txt", b"y").unwrap()).is_err());
    }

    #[test]
    fn f16_f17_an_unsound_manifest_is_not_written() {
        for spoil in fixture::SPOILERS {
            let error = fixture::write_spoiled(Vec::new(), spoil.1).map(|_| ()).unwrap_err();
            assert!(error.report().contains(spoil.0), "{}: {error}", spoil.0);
        }
    }

    #[test]
    fn equal_input_gives_equal_archives() {
        assert_eq!(fixture::archive(), fixture::archive());
    }

    #[test]
    fn finished_tells_the_length_and_the_manifest() {
        let (bytes, finished) = fixture::write(Vec::new(), fixture::members()).unwrap();
        assert_eq!(finished.stored_bytes, bytes.len() as u64);
        let archive = Archive::from_reader(io::Cursor::new(bytes)).unwrap();
        assert_eq!(*archive.manifest(), finished.manifest);
    }
}
