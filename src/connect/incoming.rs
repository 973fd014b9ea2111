//! Rows on their way in: many small messages become few.
//!
//! A server sends each row of a COPY as a message of its own, and the driver spends more on a message than a
//! short row is worth. What a COPY says lies in the bytes and not in their messages, so those that have
//! arrived together go on as one. The rest passes as it is. It also reads further than the driver, which
//! has 8 KiB at a time.
//!
//! Invariants: nothing waits for what has not arrived; messages that are not of a COPY, and the bytes of
//! those that are, keep their order.

use tokio::io::ReadBuf;

/// Bytes read at a time. More brings nothing: a server sends 8 KiB at a time, and a socket holds about 200.
const HELD_BYTES: usize = 64 << 10;

/// CopyData.
const COPY_DATA: u8 = b'd';
/// Its kind, and its length without its kind.
const HEADER: usize = 5;

/// What was read and not handed on.
#[derive(Debug, Default)]
pub struct Incoming {
    held: Vec<u8>,
    start: usize,
    end: usize,
    /// Bytes that pass as they are, to the end of a message.
    pass: usize,
    /// No messages are known any more: everything passes, for the driver to complain.
    lost: bool,
}

impl Incoming {
    /// Where to read to. What has been read is told by [`Incoming::filled`].
    pub fn room(&mut self) -> &mut [u8] {
        self.held.resize(HELD_BYTES, 0);
        self.held.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        &mut self.held[self.end..]
    }

    /// So many bytes are in the room; 0 is the end of the stream.
    pub fn filled(&mut self, count: usize) {
        self.end += count;
        self.lost |= count == 0;
    }

    /// Hands on as much as there is and fits.
    pub fn give(&mut self, out: &mut ReadBuf<'_>) {
        while self.start < self.end && out.remaining() > 0 {
            if self.lost {
                self.pass = self.end - self.start;
            }
            if self.pass > 0 {
                let count = self.pass.min(self.end - self.start).min(out.remaining());
                out.put_slice(&self.held[self.start..self.start + count]);
                self.start += count;
                self.pass -= count;
                continue;
            }
            let Some((kind, size)) = message(&self.held[self.start..self.end]) else {
                // The header is not whole yet, or none.
                self.lost = self.end - self.start >= HEADER;
                if self.lost { continue } else { return }
            };
            if kind != COPY_DATA || !self.join(out) {
                self.pass = size;
            }
        }
    }

    /// Hands on the messages of a COPY that are here and fit as one; false where these are not two.
    fn join(&mut self, out: &mut ReadBuf<'_>) -> bool {
        let (mut at, mut bytes, mut count) = (self.start, 0, 0);
        while let Some((COPY_DATA, size)) = message(&self.held[at..self.end])
            && at + size <= self.end
            && bytes + size <= out.remaining()
        {
            (at, bytes, count) = (at + size, bytes + size - HEADER, count + 1);
        }
        if count < 2 {
            return false;
        }
        out.put_slice(&[COPY_DATA]);
        // No more than is held.
        out.put_slice(&(bytes as u32 + 4).to_be_bytes());
        while self.start < at {
            let (_, size) = message(&self.held[self.start..at]).expect("seen before");
            out.put_slice(&self.held[self.start + HEADER..self.start + size]);
            self.start += size;
        }
        true
    }
}

/// The kind and whole size of the message that begins here.
#[inline]
fn message(bytes: &[u8]) -> Option<(u8, usize)> {
    let (&[kind, a, b, c, d], _) = bytes.split_first_chunk::<HEADER>()?;
    let length = u32::from_be_bytes([a, b, c, d]) as usize;
    (length >= 4).then_some((kind, length + 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(messages: &[(u8, Vec<u8>)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (kind, content) in messages {
            bytes.push(*kind);
            bytes.extend((content.len() as u32 + 4).to_be_bytes());
            bytes.extend(content);
        }
        bytes
    }

    fn read(mut bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
        let mut messages = Vec::new();
        while let Some((kind, size)) = message(bytes) {
            messages.push((kind, bytes[HEADER..size].to_vec()));
            bytes = &bytes[size..];
        }
        assert!(bytes.is_empty());
        messages
    }

    /// Everything, read in pieces of `arriving` bytes and handed on in pieces of `taken`.
    fn through(mut bytes: &[u8], arriving: usize, taken: usize) -> Vec<u8> {
        let (mut incoming, mut all, mut memory) = (Incoming::default(), Vec::new(), vec![0; taken]);
        loop {
            let mut out = ReadBuf::new(&mut memory);
            incoming.give(&mut out);
            if out.filled().is_empty() {
                let room = incoming.room();
                let count = room.len().min(arriving).min(bytes.len());
                room[..count].copy_from_slice(&bytes[..count]);
                incoming.filled(count);
                bytes = &bytes[count..];
                if count == 0 && incoming.start == incoming.end {
                    return all;
                }
            }
            all.extend_from_slice(out.filled());
        }
    }

    /// With the rows of neighbouring messages put together.
    fn joined(messages: Vec<(u8, Vec<u8>)>) -> Vec<(u8, Vec<u8>)> {
        let mut out: Vec<(u8, Vec<u8>)> = Vec::new();
        for (kind, content) in messages {
            match out.last_mut() {
                Some((COPY_DATA, rows)) if kind == COPY_DATA => rows.extend(content),
                _ => out.push((kind, content)),
            }
        }
        out
    }

    #[test]
    fn a_thousand_rows_become_a_few_messages() {
        let rows: Vec<(u8, Vec<u8>)> = (0..1000u32).map(|n| (COPY_DATA, n.to_be_bytes().to_vec())).collect();
        let out = read(&through(&written(&rows), 1 << 20, 8 << 10));
        assert!(out.len() < 5, "{}", out.len());
        assert_eq!(joined(out), joined(rows));
    }

    #[test]
    fn what_is_no_message_passes_as_it_is() {
        for wrong in [&b"d\0\0\0\x03xyz"[..], b"H\0\0\0\0", b"d\0\0", b"d\0\0\0\x0912", b"\0\0\0\0\0\0"] {
            let bytes = [&written(&[(b'C', vec![1, 2]), (COPY_DATA, vec![3])])[..], wrong].concat();
            for arriving in [1, 7, 100] {
                assert_eq!(through(&bytes, arriving, 1), bytes);
            }
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_changes_its_place(
            messages in prop::collection::vec(
                (prop_oneof![4 => Just(COPY_DATA), 1 => any::<u8>()], prop::collection::vec(any::<u8>(), 0..40)), 0..60),
            giant in 0usize..200_000, arriving in 1usize..3000, taken in 1usize..3000
        ) {
            let mut messages = messages;
            messages.push((COPY_DATA, vec![7; giant]));
            messages.push((b'c', Vec::new()));
            let out = read(&through(&written(&messages), arriving, taken));
            prop_assert_eq!(joined(out), joined(messages));
        }
    }
}
