//! Reads a file from its start, frame by frame, where its end or its manifest cannot be trusted.
//!
//! Owns finding frames, and finding the next one after damage. It only says what is there; `check`
//! compares it with a manifest. Memory is bounded by the largest member.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;
use zstd::zstd_safe;

use super::finding::{Broken, Finding};
use super::footer::{END_FRAME, FOOTER_LEN, looks_like_footer};
use super::manifest::{Manifest, Member, hex64};
use super::member::check_frame_header;
use super::reader::Buffers;
use super::source::Source;
use super::validate::{max_stored, place};
use super::{MANIFEST_PATH, MAX_CONTENT, MAX_MANIFEST};
use crate::error::{Fault, Result};

/// zstd's block header, and the most a block can hold (RFC 8878, 3.1.1.2).
const BLOCK_HEADER: u64 = 3;
const BLOCK_MAX: u64 = 128 << 10;

/// What the search for a frame may cost over a whole file: block headers walked, and KiB decompressed, of what
/// looked like a frame and was none. Compressed bytes look like one every 4 GiB; a file made to do so must not take
/// for ever.
const SEARCH_COST: u64 = 4 << 20;

/// What lies in a file.
#[derive(Default)]
pub(super) struct Scan {
    pub(super) findings: Vec<Finding>,
    /// Whole members in the file's order, the manifest excepted.
    pub(super) members: Vec<Member>,
    /// A readable manifest, where there is one.
    pub(super) manifest: Option<Manifest>,
    /// What the search has cost.
    cost: u64,
}

/// Reads the frames of the first `end` bytes.
pub(super) fn scan(source: &Source, end: u64, progress: &(dyn Fn(u64) + Sync)) -> Result<Scan> {
    let mut scan = Scan::default();
    let mut buffers = Buffers::new();
    let mut last = "the start".to_string();
    let mut at = 0;
    while at < end {
        let start = peek(source, at, end)?;
        if start.starts_with(&END_FRAME) {
            at += END_FRAME.len() as u64;
            continue;
        }
        if looks_like_footer(&start) {
            if at + (FOOTER_LEN as u64) < end {
                let more = Broken::new("F1", "bytes follow the footer, or the footer is in the wrong place");
                scan.findings.push(more.at(at, "footer"));
            }
            at += FOOTER_LEN as u64;
            continue;
        }
        let frame = frame_length(source, at, end, &mut 0)?;
        let read = match frame {
            Ok(length) => scan.frame(source, at, length, &mut buffers)?.map(|path| (path, length)),
            Err(broken) => Err(broken),
        };
        match read {
            Ok((path, length)) => {
                progress(scan.members.last().map_or(0, |member| member.raw_bytes));
                last = format!("member {path:?}");
                at += length;
            }
            Err(broken) => {
                scan.findings.push(broken.at(at, format!("frame after {last}")));
                let length = frame_length(source, at, end, &mut scan.cost)?.ok();
                at = scan.resume(source, at, length, end, &mut buffers)?;
            }
        }
    }
    Ok(scan)
}

impl Scan {
    /// Reads one frame; its path, or what is wrong with it.
    fn frame(
        &mut self,
        source: &Source,
        at: u64,
        length: u64,
        buffers: &mut Buffers,
    ) -> Result<Result<String, Broken>> {
        source.read_into(at, length, &mut buffers.stored)?;
        let stored = &buffers.stored;
        let found = match buffers.decoder.open(stored, MAX_CONTENT.max(MAX_MANIFEST)) {
            Ok(found) => found,
            Err(broken) => return Ok(Err(broken)),
        };
        if found.path == MANIFEST_PATH {
            match Manifest::from_json(found.content) {
                Ok(manifest) => self.manifest = Some(manifest),
                Err(error) if error.fault() == Fault::Unsupported => return Err(error),
                Err(error) => self.findings.push(Broken::new("F13", error.doing()).at(at, MANIFEST_PATH)),
            }
        } else {
            self.members.push(Member {
                path: found.path.to_string(),
                offset: at,
                stored_bytes: length,
                raw_bytes: found.content.len() as u64,
                stored_xxh3: hex64(xxh3_64(stored)),
                raw_xxh3: hex64(xxh3_64(found.content)),
            });
        }
        Ok(Ok(found.path.to_string()))
    }

    /// Where to go on after a frame at `at` that cannot be read: behind it, where something begins there, or at
    /// the next whole frame.
    fn resume(
        &mut self,
        source: &Source,
        at: u64,
        length: Option<u64>,
        end: u64,
        buffers: &mut Buffers,
    ) -> Result<u64> {
        if let Some(length) = length
            && begins(source, at + length, end)?
        {
            return Ok(at + length);
        }
        let magic = zstd_safe::MAGICNUMBER.to_le_bytes();
        let (mut window, mut from) = (Vec::new(), at + 1);
        while from < end {
            let size = (end - from).min(1 << 20);
            source.read_into(from, size, &mut window)?;
            for (n, _) in window.windows(4).enumerate().filter(|(_, bytes)| *bytes == magic) {
                let candidate = from + n as u64;
                if self.is_frame(source, candidate, end, buffers)? {
                    return Ok(candidate);
                }
                if self.cost > SEARCH_COST {
                    let problem = "too much behind it looks like a frame and is none: the search ends here";
                    self.findings.push(Broken::new("F24", problem).at(candidate, "frame after damage"));
                    return Ok(end);
                }
            }
            // Three bytes again: a magic number may lie across two windows.
            from = if from + size < end { from + size - 3 } else { end };
        }
        Ok(end)
    }

    /// Whether a whole frame lies at `at`: something follows it, or it is a member although what follows is
    /// damaged, too.
    fn is_frame(&mut self, source: &Source, at: u64, end: u64, buffers: &mut Buffers) -> Result<bool> {
        if peek(source, at, end)?.starts_with(&END_FRAME) {
            return Ok(true);
        }
        let Ok(length) = frame_length(source, at, end, &mut self.cost)? else { return Ok(false) };
        if begins(source, at + length, end)? {
            return Ok(true);
        }
        source.read_into(at, length, &mut buffers.stored)?;
        let claimed = zstd_safe::get_frame_content_size(&buffers.stored).ok().flatten().unwrap_or(0);
        self.cost = self.cost.saturating_add(claimed.min(MAX_CONTENT.max(MAX_MANIFEST)) >> 10);
        Ok(buffers.decoder.open(&buffers.stored, MAX_CONTENT.max(MAX_MANIFEST)).is_ok())
    }

    /// F14: what the manifest names and what is there.
    pub(super) fn compare(&mut self, manifest: &Manifest) {
        let mut named: HashMap<&str, (&Member, bool)> = HashMap::new();
        for member in &manifest.members {
            named.insert(&member.path, (member, false));
        }
        let mut last = 0;
        for found in &self.members {
            let problem = match named.get_mut(found.path.as_str()) {
                None => "the manifest does not name it",
                Some((_, true)) => "it is there twice",
                Some((named, seen)) => {
                    *seen = true;
                    if named.stored_xxh3 != found.stored_xxh3 || named.raw_xxh3 != found.raw_xxh3 {
                        "it does not match the manifest's checksums"
                    } else if named.offset < last {
                        "it is not in the manifest's order"
                    } else {
                        last = named.offset;
                        continue;
                    }
                }
            };
            self.findings.push(Broken::new("F14", problem).at(found.offset, place(found)));
        }
        for member in manifest.members.iter().filter(|member| named.get(member.path.as_str()).is_some_and(|it| !it.1)) {
            self.findings.push(Broken::new("F14", "no whole frame has it").at(member.offset, place(member)));
        }
    }

    /// F14 without a manifest: a path that is there twice.
    pub(super) fn duplicates(&mut self) {
        let mut seen = HashMap::new();
        for found in &self.members {
            if let Some(first) = seen.insert(found.path.as_str(), found.offset) {
                let problem = format!("it is there twice, first at byte {first}");
                self.findings.push(Broken::new("F14", problem).at(found.offset, place(found)));
            }
        }
    }
}

/// Up to eighteen bytes, the longest frame header, from `at` on.
fn peek(source: &Source, at: u64, end: u64) -> Result<Vec<u8>> {
    let mut start = vec![0; end.saturating_sub(at).min(18) as usize];
    source.read_at(at, &mut start)?;
    Ok(start)
}

/// Walks the block headers of the frame at `at`, without reading its blocks; `cost` counts them.
fn frame_length(source: &Source, at: u64, end: u64, cost: &mut u64) -> Result<Result<u64, Broken>> {
    let start = peek(source, at, end)?;
    if let Err(broken) = check_frame_header(&start) {
        return Ok(Err(broken));
    }
    let cut = || Ok(Err(Broken::new("F2", "the file ends inside this frame")));
    // Descriptor, window (absent in a single segment), content size (RFC 8878, 3.1.1.1); check_frame_header
    // saw that there is no dictionary and that there is a checksum.
    let single = start[4] & 0x20 != 0;
    let size_field = [u64::from(single), 2, 4, 8][usize::from(start[4] >> 6)];
    let mut next = at + 5 + u64::from(!single) + size_field;
    loop {
        if next + BLOCK_HEADER > end {
            return cut();
        }
        *cost += 1;
        let mut header = [0; 4];
        source.read_at(next, &mut header[..BLOCK_HEADER as usize])?;
        let header = u32::from_le_bytes(header);
        let (last, kind, size) = (header & 1 == 1, header >> 1 & 3, u64::from(header >> 3));
        if kind == 3 || size > BLOCK_MAX {
            return Ok(Err(Broken::new("F2", format!("its block at byte {next} is not a zstd block"))));
        }
        next += BLOCK_HEADER + if kind == 1 { 1 } else { size };
        if next - at > max_stored(MAX_CONTENT.max(MAX_MANIFEST)) {
            return Ok(Err(Broken::new("F7", "it is longer than the largest member")));
        }
        if last {
            let length = next + 4 - at;
            return if at + length > end { cut() } else { Ok(Ok(length)) };
        }
    }
}

/// True where a frame, the footer or the end lies at `at`.
fn begins(source: &Source, at: u64, end: u64) -> Result<bool> {
    let start = peek(source, at, end)?;
    Ok(at >= end || looks_like_footer(&start) || check_frame_header(&start).is_ok())
}
