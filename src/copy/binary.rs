//! The framing of COPY streams: finds row boundaries, counts rows and fingerprints them. Pure.
//!
//! A binary stream is a header, rows of a column count and length-prefixed fields, and a trailer; a
//! text stream is lines. Values are not looked into here. There is no resync mark in binary, so every
//! count and length is checked against its bound and the first wrong one is an error.
//!
//! Invariants: the result depends on the bytes only, not on how a stream was split; nothing is
//! allocated on the word of a length; bytes already walked are not walked again.
//! Source: PostgreSQL, "COPY", File Formats; `copyto.c` and `copyfromparse.c`.

use std::fmt;
use std::io::BufRead;

use super::{Fingerprint, Format, Unfit};

/// The header every server writes: signature, no flags, no extension.
pub const HEADER: [u8; 19] = *b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// The end of a binary stream: a column count of -1.
pub const TRAILER: [u8; 2] = [0xff, 0xff];
/// Largest row or field in bytes: PostgreSQL builds either in one allocation (`MaxAllocSize`).
pub const ROW_BYTES_MAX: usize = 0x3fff_ffff;
/// Most columns of a query's result (`MaxTupleAttributeNumber`).
pub const COLUMNS_MAX: u16 = 1664;

const SIGNATURE_BYTES: usize = 11;

/// What is wrong with a stream, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misframed {
    /// Bytes from the start of the stream to the wrong ones.
    pub offset: u64,
    /// The row they belong to, counted from 1; 0 in the header.
    pub row: u64,
    /// What is wrong there.
    pub problem: Problem,
}

/// The ways in which a stream can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// It does not begin with the signature of binary COPY.
    Signature,
    /// It needs a feature this format does not have.
    Flags(u32),
    /// The length of the header's extension is negative.
    Extension(i32),
    /// The header has an extension where it must be plain, which every known server's is.
    Extended,
    /// A row does not have as many columns as the table.
    Columns {
        /// As many as the row has.
        found: i32,
        /// As many as it should have.
        expected: u16,
    },
    /// A column count no table can have.
    ColumnCount(i16),
    /// A field length no value can have.
    FieldLength(i32),
    /// The row exceeds [`ROW_BYTES_MAX`].
    RowLength,
    /// A value that is not as its type is, or must not travel.
    Value {
        /// Its column, counted from 1.
        column: usize,
        /// What is wrong with it.
        unfit: Unfit,
    },
    /// A text line `\.`, which ends the data for a server that reads it.
    EndMark,
    /// Something follows the trailer.
    AfterTrailer,
    /// The stream ends in the middle of the header or of a row.
    Cut,
    /// The stream ends between two rows, but without a trailer.
    NoTrailer,
}

impl fmt::Display for Misframed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problem {
            Problem::Signature => f.write_str("it does not begin as binary COPY data does")?,
            Problem::Flags(flags) => write!(f, "unknown critical flags {flags:#010x} in the header")?,
            Problem::Extension(length) => write!(f, "a header extension of {length} bytes")?,
            Problem::Extended => f.write_str("an unknown extension of the header")?,
            Problem::Columns { found, expected } => write!(f, "{found} columns instead of {expected}")?,
            Problem::ColumnCount(count) => write!(f, "an impossible column count of {count}")?,
            Problem::FieldLength(length) => write!(f, "an impossible field length of {length}")?,
            Problem::RowLength => f.write_str("a row of more than 1 GiB")?,
            Problem::Value { column, unfit } => write!(f, "column {column}: {unfit}")?,
            Problem::EndMark => f.write_str("an end-of-data line among the rows")?,
            Problem::AfterTrailer => f.write_str("data after the trailer")?,
            Problem::Cut => f.write_str("the data ends too early")?,
            Problem::NoTrailer => f.write_str("the data ends without its trailer")?,
        }
        write!(f, " (row {}, byte {})", self.row, self.offset)
    }
}

impl std::error::Error for Misframed {}

/// How many rows, and their fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// The number of rows.
    pub rows: u64,
    /// The fingerprint of those rows.
    pub fingerprint: Fingerprint,
}

/// Walks a COPY stream in a buffer that its owner extends at the end and cuts at the front.
///
/// After an error the walker stays where the error is and must not be used on.
#[derive(Debug, Clone)]
pub struct Walker {
    format: Format,
    columns: Option<u16>,
    /// Bytes of the stream before the buffer, modulo the insertions of whoever rebased us.
    base: u64,
    /// Where the header (if any) and the complete rows end.
    complete: usize,
    /// Where the next unread count, length or line byte is, or will be once it has arrived.
    scan: usize,
    /// Fields of the row under way that are still to come; `None` between rows.
    fields_left: Option<u16>,
    /// Length of the header, once it is complete.
    header_bytes: Option<usize>,
    trailer: bool,
    /// Whether rows are digested, or only counted.
    digest: bool,
    /// Rows handed out by `take`.
    taken: u64,
    summary: Summary,
}

impl Walker {
    /// A walker at the start of a stream. With `expected_columns` every row must have that many;
    /// without, binary rows must all have as many as the first one.
    pub fn new(format: Format, expected_columns: Option<u16>) -> Walker {
        Walker {
            format,
            columns: expected_columns,
            base: 0,
            complete: 0,
            scan: 0,
            fields_left: None,
            header_bytes: (format == Format::Text).then_some(0),
            trailer: false,
            digest: true,
            taken: 0,
            summary: Summary::default(),
        }
    }

    /// The same, but it only counts: for rows that will be changed before they are digested.
    pub fn without_digest(self) -> Walker {
        Walker { digest: false, ..self }
    }

    /// Walks all rows that are complete in `buffer`: the buffer of the last call, with any number of
    /// bytes more at its end.
    pub fn advance(&mut self, buffer: &[u8]) -> Result<(), Misframed> {
        self.advance_within(buffer, usize::MAX).map(|_| ())
    }

    /// As [`advance`](Walker::advance), but stops in front of the first row that ends beyond `limit`
    /// bytes of the buffer and answers true, which it does even before that row is complete. A first
    /// row since the last [`take`](Walker::take) is walked however long it is.
    pub fn advance_within(&mut self, buffer: &[u8], limit: usize) -> Result<bool, Misframed> {
        if self.header_bytes.is_none() && !self.read_header(buffer)? {
            return Ok(false);
        }
        match self.format {
            Format::Binary => self.walk_binary(buffer, limit),
            Format::Text => self.walk_text(buffer, limit),
        }
    }

    /// Where the last complete row (or the header) ends in the buffer. The trailer is not counted.
    pub fn complete_bytes(&self) -> usize {
        self.complete
    }

    /// Length of the header once it has been seen; 0 for text.
    pub fn header_bytes(&self) -> Option<usize> {
        self.header_bytes
    }

    /// True where the whole buffer has been walked and no row is under way.
    pub fn at_boundary(&self, buffer: &[u8]) -> bool {
        self.header_bytes.is_some() && self.scan == buffer.len() && self.fields_left.is_none() && {
            self.trailer || self.scan == self.complete
        }
    }

    /// True once the trailer of a binary stream has been seen.
    pub fn trailer_seen(&self) -> bool {
        self.trailer
    }

    /// Rows walked since the last [`take`](Walker::take).
    pub fn summary(&self) -> Summary {
        self.summary
    }

    /// Hands out the rows walked since the last call and starts to count anew.
    pub fn take(&mut self) -> Summary {
        self.taken += self.summary.rows;
        std::mem::take(&mut self.summary)
    }

    /// Says that the first `bytes` of the buffer, complete rows all of them, are no longer there.
    ///
    /// # Panics
    /// Where `bytes` reaches beyond the complete rows.
    pub fn rebase(&mut self, bytes: usize) {
        assert!(bytes <= self.complete, "only complete rows can be cut off");
        self.base += bytes as u64;
        self.complete -= bytes;
        self.scan -= bytes;
    }

    /// Checks that the stream may end with `buffer`: at a row boundary, and in binary behind the trailer.
    pub fn finish(&self, buffer: &[u8]) -> Result<(), Misframed> {
        if !self.at_boundary(buffer) {
            return Err(self.fault(buffer.len(), Problem::Cut));
        }
        match self.format {
            Format::Binary if !self.trailer => Err(self.fault(buffer.len(), Problem::NoTrailer)),
            _ => Ok(()),
        }
    }

    /// How far into the stream a place in the buffer is.
    pub fn offset(&self, at: usize) -> u64 {
        self.base + at as u64
    }

    /// Rows walked from the start of the stream.
    pub fn rows(&self) -> u64 {
        self.taken + self.summary.rows
    }

    fn fault(&self, at: usize, problem: Problem) -> Misframed {
        let row = if self.header_bytes.is_none() { 0 } else { self.taken + self.summary.rows + 1 };
        Misframed { offset: self.base + at as u64, row, problem }
    }

    /// True once the header is complete. Flags below bit 16 and the extension are for readers who know
    /// them; all others, servers included, skip them.
    fn read_header(&mut self, buffer: &[u8]) -> Result<bool, Misframed> {
        let known = buffer.len().min(SIGNATURE_BYTES);
        if buffer[..known] != HEADER[..known] {
            return Err(self.fault(0, Problem::Signature));
        }
        let Some(flags) = read_u32(buffer, SIGNATURE_BYTES) else { return Ok(false) };
        if flags >> 16 != 0 {
            return Err(self.fault(SIGNATURE_BYTES, Problem::Flags(flags)));
        }
        let Some(extension) = read_u32(buffer, SIGNATURE_BYTES + 4) else { return Ok(false) };
        if extension > i32::MAX as u32 {
            return Err(self.fault(SIGNATURE_BYTES + 4, Problem::Extension(extension as i32)));
        }
        let end = HEADER.len() + extension as usize;
        if buffer.len() < end {
            return Ok(false);
        }
        self.header_bytes = Some(end);
        self.complete = end;
        self.scan = end;
        Ok(true)
    }

    /// The hot loop: the state lives in locals and is written back at the exits only.
    fn walk_binary(&mut self, buffer: &[u8], limit: usize) -> Result<bool, Misframed> {
        let (mut start, mut scan, mut left) = (self.complete, self.scan, self.fields_left);
        let mut summary = self.summary;
        let outcome = loop {
            let mut fields = match left {
                Some(fields) => fields,
                None if self.trailer => {
                    break if scan < buffer.len() { Err((scan, Problem::AfterTrailer)) } else { Ok(false) };
                }
                None => {
                    let Some(count) = buffer.get(scan..).and_then(|rest| rest.first_chunk()) else { break Ok(false) };
                    let count = i16::from_be_bytes(*count);
                    if count == -1 {
                        self.trailer = true;
                        scan += 2;
                        continue;
                    }
                    match self.check_columns(count) {
                        Ok(fields) => {
                            scan += 2;
                            fields
                        }
                        Err(problem) => break Err((scan, problem)),
                    }
                }
            };
            let stopped = walk_fields(buffer, &mut scan, &mut fields);
            left = Some(fields);
            if let Err(length) = stopped {
                break Err((scan, Problem::FieldLength(length)));
            }
            if scan - start > ROW_BYTES_MAX {
                break Err((start, Problem::RowLength));
            }
            if scan > limit && summary.rows > 0 {
                (scan, left) = (start, None);
                break Ok(true);
            }
            if fields > 0 || scan > buffer.len() {
                break Ok(false);
            }
            if self.digest {
                summary.fingerprint.add_row(&buffer[start..scan]);
            }
            summary.rows += 1;
            (start, left) = (scan, None);
        };
        (self.complete, self.scan, self.fields_left, self.summary) = (start, scan, left, summary);
        outcome.map_err(|(at, problem)| self.fault(at, problem))
    }

    fn check_columns(&mut self, count: i16) -> Result<u16, Problem> {
        match self.columns {
            Some(expected) if i32::from(count) == i32::from(expected) => Ok(expected),
            Some(expected) => Err(Problem::Columns { found: count.into(), expected }),
            None => {
                let fields = u16::try_from(count).ok().filter(|fields| *fields <= COLUMNS_MAX);
                self.columns = fields;
                fields.ok_or(Problem::ColumnCount(count))
            }
        }
    }

    fn walk_text(&mut self, buffer: &[u8], limit: usize) -> Result<bool, Misframed> {
        loop {
            let mut rest = buffer.get(self.scan..).unwrap_or_default();
            // Reading a slice cannot fail; of the standard library's ways to find a byte it is the fast one.
            let walked = rest.skip_until(b'\n').unwrap_or(0);
            let end = self.scan + walked;
            if end - self.complete > ROW_BYTES_MAX {
                return Err(self.fault(self.complete, Problem::RowLength));
            }
            if end > limit && self.summary.rows > 0 {
                self.scan = self.complete;
                return Ok(true);
            }
            self.scan = end;
            if walked == 0 || buffer[end - 1] != b'\n' {
                return Ok(false);
            }
            let line = &buffer[self.complete..end - 1];
            self.check_line(line).map_err(|problem| self.fault(self.complete, problem))?;
            self.summary.fingerprint.add_row(line);
            self.summary.rows += 1;
            self.complete = end;
        }
    }

    /// Tabs and newlines inside values are escaped, whatever the encoding, so tabs count columns.
    fn check_line(&self, line: &[u8]) -> Result<(), Problem> {
        if line == b"\\." {
            return Err(Problem::EndMark);
        }
        let Some(expected) = self.columns else { return Ok(()) };
        // Counted in bytes, a chunk at a time, because that vectorises sixteen wide and `count` does not.
        let tabs: usize = line
            .chunks(255)
            .map(|chunk| usize::from(chunk.iter().fold(0u8, |tabs, byte| tabs + u8::from(*byte == b'\t'))))
            .sum();
        let found = if expected == 0 && line.is_empty() { 0 } else { tabs + 1 };
        match found == usize::from(expected) {
            true => Ok(()),
            false => Err(Problem::Columns { found: i32::try_from(found).unwrap_or(i32::MAX), expected }),
        }
    }
}

/// Walks up to `fields` fields from `scan` on. Ends early where a length has not arrived; fails with a
/// length that cannot be. `scan` may end beyond the buffer: that much of the last field is missing.
#[inline(always)]
fn walk_fields(buffer: &[u8], scan: &mut usize, fields: &mut u16) -> Result<(), i32> {
    while *fields > 0 {
        let Some(length) = read_u32(buffer, *scan) else { return Ok(()) };
        match length {
            u32::MAX => *scan += 4,
            0..=0x3fff_ffff => *scan += 4 + length as usize,
            _ => return Err(length as i32),
        }
        *fields -= 1;
    }
    Ok(())
}

#[inline(always)]
fn read_u32(buffer: &[u8], at: usize) -> Option<u32> {
    buffer.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

/// Walks one complete COPY file (a chunk's content) and tells what it holds.
///
/// Refuses whatever is not exactly one file: a cut row, a missing trailer, bytes behind it, a wrong
/// column count. Text has no trailer, so a text file cut between two lines is only found by its rows.
pub fn summarise(format: Format, columns: Option<u16>, content: &[u8]) -> Result<Summary, Misframed> {
    let mut walker = Walker::new(format, columns);
    walker.advance(content)?;
    walker.finish(content)?;
    Ok(walker.take())
}

#[cfg(test)]
#[path = "binary_tests.rs"]
mod tests;
