//! What pgsnap sends: statements in the server's own bytes.
//!
//! The driver takes statements as strings. Those that spell bytes which are not UTF-8 (`spelling.rs`) get them
//! back here, on the way to the server: in the text of Query and Parse messages, and nowhere else. Rows pass
//! as they are, uncopied. Pure: bytes in, bytes out.
//!
//! Invariant: knows the messages' frames from the first byte after the startup, so it never sees text where
//! there are rows.

use crate::spelling;

/// Follows the frames of what is sent.
pub struct Outgoing {
    state: State,
    started: bool,
}

/// Bytes of a message's type and length.
const HEADER: usize = 5;

enum State {
    /// In a message's type and length; the first packet of a connection has no type.
    Header(Vec<u8>),
    /// In a message that passes; so many bytes are to come.
    Passing(usize),
    /// In a message with a statement: its type, what is there of it, and its whole length.
    Statement(u8, Vec<u8>, usize),
}

/// What to do with the first bytes of some that are to be sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Send so many as they are, then tell [`Outgoing::passed`] how many went.
    Pass(usize),
    /// So many are taken; send this in their place (it may be nothing yet).
    Instead(usize, Vec<u8>),
}

impl Default for Outgoing {
    fn default() -> Outgoing {
        Outgoing { state: State::Header(Vec::with_capacity(HEADER)), started: false }
    }
}

impl Outgoing {
    /// What to do with `bytes`, which are not empty.
    pub fn step(&mut self, bytes: &[u8]) -> Step {
        match &mut self.state {
            State::Passing(left) => Step::Pass(bytes.len().min(*left)),
            State::Header(header) => {
                let whole = if self.started { HEADER } else { HEADER - 1 };
                let taken = bytes.len().min(whole - header.len());
                header.extend_from_slice(&bytes[..taken]);
                let Some(length) = header.last_chunk::<4>().filter(|_| header.len() == whole) else {
                    return Step::Instead(taken, Vec::new());
                };
                let left = (u32::from_be_bytes(*length) as usize).saturating_sub(4);
                let kind = header[0];
                if self.started && matches!(kind, b'Q' | b'P') && left > 0 {
                    self.state = State::Statement(kind, Vec::new(), left);
                    return Step::Instead(taken, Vec::new());
                }
                self.started = true;
                let header = std::mem::take(header);
                self.state = State::after(left);
                Step::Instead(taken, header)
            }
            State::Statement(kind, body, length) => {
                let taken = bytes.len().min(*length - body.len());
                body.extend_from_slice(&bytes[..taken]);
                if body.len() < *length {
                    return Step::Instead(taken, Vec::new());
                }
                let message = respell(*kind, body);
                self.state = State::after(0);
                Step::Instead(taken, message)
            }
        }
    }

    /// Tells that so many bytes went as they were.
    pub fn passed(&mut self, count: usize) {
        if let State::Passing(left) = &mut self.state {
            self.state = State::after(left.saturating_sub(count));
        }
    }
}

impl State {
    /// What follows where so many bytes of a message are to come.
    fn after(left: usize) -> State {
        if left == 0 { State::Header(Vec::with_capacity(HEADER)) } else { State::Passing(left) }
    }
}

/// A whole message with its statement in the server's bytes. Parse holds a name, the statement and the types
/// of parameters, which are numbers; Query the statement only.
fn respell(kind: u8, body: &[u8]) -> Vec<u8> {
    let end = |from: usize| body[from..].iter().position(|byte| *byte == 0).map_or(body.len(), |at| from + at);
    let start = if kind == b'P' { (end(0) + 1).min(body.len()) } else { 0 };
    let stop = end(start);
    let statement = spelling::bytes_of(&body[start..stop]);
    let length = 4 + start + statement.len() + (body.len() - stop);
    let mut message = Vec::with_capacity(1 + length);
    message.push(kind);
    // Never longer than what came, whose length fitted.
    message.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    message.extend_from_slice(&body[..start]);
    message.extend_from_slice(&statement);
    message.extend_from_slice(&body[stop..]);
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        [&[kind][..], &(body.len() as u32 + 4).to_be_bytes(), body].concat()
    }

    /// Sends `bytes` in pieces of the given sizes.
    fn send(bytes: &[u8], sizes: &[usize]) -> Vec<u8> {
        let mut outgoing = Outgoing::default();
        let mut sizes = sizes.iter().copied().cycle();
        let (mut sent, mut at) = (Vec::new(), 0);
        while at < bytes.len() {
            let piece = &bytes[at..bytes.len().min(at + sizes.next().unwrap_or(1).max(1))];
            match outgoing.step(piece) {
                Step::Pass(count) => {
                    sent.extend_from_slice(&piece[..count]);
                    outgoing.passed(count);
                    at += count;
                }
                Step::Instead(count, instead) => {
                    sent.extend(instead);
                    at += count;
                }
            }
        }
        sent
    }

    proptest! {
        #[test]
        fn statements_get_their_bytes_and_rows_pass(sizes in prop::collection::vec(1usize..40, 1..9), row: Vec<u8>) {
            let spelled = "SELECT \u{10FFE9}\u{10FF80}";
            let raw: &[u8] = b"SELECT \xe9\x80";
            let startup = [&20u32.to_be_bytes()[..], &[0, 3, 0, 0], b"user\0me\0\0\0\0\0"].concat();
            let numbers = [0, 1, 0xF4, 0x8F, 0xBE, 0x80];
            let rows = [&row[..], spelled.as_bytes()].concat();
            let sent = [
                message(b'Q', &[spelled.as_bytes(), &[0]].concat()),
                message(b'P', &[b"s1\0", spelled.as_bytes(), &[0], &numbers].concat()),
                message(b'd', &rows),
                message(b'S', &[]),
            ].concat();
            let wanted = [
                message(b'Q', &[raw, &[0]].concat()),
                message(b'P', &[b"s1\0", raw, &[0], &numbers].concat()),
                message(b'd', &rows),
                message(b'S', &[]),
            ].concat();
            prop_assert_eq!(send(&[startup.clone(), sent].concat(), &sizes), [startup, wanted].concat());
        }
    }
}
