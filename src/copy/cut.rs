//! Cuts one COPY stream into chunks, each a complete COPY file. Pure: bytes in, bytes out.
//!
//! Owns where chunks end, and has an [`Inspector`] change rows on the way, before they are digested. Does not own the memory (the caller brings a buffer per chunk) and sends
//! nothing anywhere.
//!
//! Invariants: a chunk is at most `chunk_bytes_max` long unless it is a single row; the chunks of a
//! stream depend on its rows alone, so a stream that is read again gives the same chunks again.

use std::sync::Arc;

use super::binary::{HEADER, Misframed, Problem, TRAILER};
use super::{Fingerprint, Format, Inspector, Summary, Walker};

/// The state of cutting one stream.
#[derive(Debug)]
pub struct Cutter {
    walker: Walker,
    format: Format,
    chunk_bytes_max: usize,
    chunks: u32,
    /// What changes rows, and where in the buffer those begin that it has not seen.
    inspector: Option<(Arc<Inspector>, usize)>,
    /// Of the rows of this chunk that it has seen.
    fingerprint: Fingerprint,
    /// How many these are.
    inspected_rows: u64,
}

impl Cutter {
    /// A cutter at the start of a stream whose rows have `columns` columns.
    pub fn new(format: Format, columns: u16, chunk_bytes_max: usize) -> Cutter {
        Cutter {
            walker: Walker::new(format, Some(columns)),
            format,
            chunk_bytes_max,
            chunks: 0,
            inspector: None,
            fingerprint: Fingerprint::default(),
            inspected_rows: 0,
        }
    }

    /// The same, with rows (binary ones) changed by `inspector` before they are digested.
    pub fn inspected(mut self, inspector: Option<Arc<Inspector>>) -> Cutter {
        if let Some(inspector) = inspector {
            self.walker = self.walker.without_digest();
            self.inspector = Some((inspector, HEADER.len()));
        }
        self
    }

    /// Rows seen since the start of the stream.
    pub fn rows(&self) -> u64 {
        self.walker.rows()
    }

    /// Appends the next `piece` of the stream to the chunk in `buffer` and walks it. The first chunk
    /// begins in an empty buffer; after a [`cut`](Cutter::cut) the next one does.
    ///
    /// True: the chunk is full and must be cut before anything else.
    pub fn push(&mut self, buffer: &mut Vec<u8>, piece: &[u8]) -> Result<bool, Misframed> {
        if buffer.is_empty() && self.chunks > 0 {
            buffer.extend_from_slice(self.header());
        }
        buffer.extend_from_slice(piece);
        let limit = self.chunk_bytes_max.saturating_sub(self.trailer().len());
        let full = self.walker.advance_within(buffer, limit)?;
        // Chunks repeat the plain header, so a stream that begins otherwise would lose what it says.
        let plain = match self.walker.header_bytes() {
            Some(bytes) => bytes == self.header().len(),
            None => buffer.len() <= HEADER.len(),
        };
        if !plain {
            return Err(Misframed { offset: HEADER.len() as u64, row: 0, problem: Problem::Extended });
        }
        self.inspect(buffer)?;
        Ok(full)
    }

    /// Shows the inspector the rows that have become complete.
    fn inspect(&mut self, buffer: &mut [u8]) -> Result<(), Misframed> {
        let Some((inspector, seen)) = &mut self.inspector else { return Ok(()) };
        let complete = self.walker.complete_bytes();
        if complete <= *seen {
            return Ok(());
        }
        let mut rows = 0;
        let fingerprint = &mut self.fingerprint;
        let looked = inspector.rows(&mut buffer[*seen..complete], |row| {
            fingerprint.add_row(row);
            rows += 1;
        });
        looked.map_err(|at| Misframed {
            offset: self.walker.offset(*seen + at.offset),
            row: self.walker.rows() - self.walker.summary().rows + self.inspected_rows + at.row + 1,
            problem: Problem::Value { column: at.column + 1, unfit: at.unfit },
        })?;
        self.inspected_rows += rows;
        *seen = complete;
        Ok(())
    }

    /// Ends the chunk in `buffer` behind its last complete row and moves what follows into `rest`
    /// (cleared first), to be pushed into the next chunk's buffer. Returns the chunk's number and rows.
    pub fn cut(&mut self, buffer: &mut Vec<u8>, rest: &mut Vec<u8>) -> (u32, Summary) {
        let complete = self.walker.complete_bytes();
        rest.clear();
        rest.extend_from_slice(&buffer[complete..]);
        // The next buffer begins with a header of its own, which takes the place of as many bytes.
        self.walker.rebase(complete - self.header().len());
        buffer.truncate(complete);
        self.close(buffer)
    }

    /// Ends the stream: checks that it is complete and returns the last chunk, if it has any rows.
    pub fn finish(&mut self, buffer: &mut Vec<u8>) -> Result<Option<(u32, Summary)>, Misframed> {
        self.walker.finish(buffer)?;
        if self.walker.summary().rows == 0 {
            return Ok(None);
        }
        buffer.truncate(self.walker.complete_bytes());
        Ok(Some(self.close(buffer)))
    }

    fn close(&mut self, buffer: &mut Vec<u8>) -> (u32, Summary) {
        buffer.extend_from_slice(self.trailer());
        let part = self.chunks;
        self.chunks += 1;
        let mut summary = self.walker.take();
        if let Some((_, seen)) = &mut self.inspector {
            *seen = HEADER.len();
            self.inspected_rows = 0;
            summary.fingerprint = std::mem::take(&mut self.fingerprint);
        }
        (part, summary)
    }

    fn header(&self) -> &'static [u8] {
        match self.format {
            Format::Binary => &HEADER,
            Format::Text => &[],
        }
    }

    fn trailer(&self) -> &'static [u8] {
        match self.format {
            Format::Binary => &TRAILER,
            Format::Text => &[],
        }
    }
}
