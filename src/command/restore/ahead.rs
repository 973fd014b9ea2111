//! Chunks that are read before a connection asks for them, so that the server need not wait for the disk and for
//! what decompresses.
//!
//! Invariant: no more than a given number of them are held, those that are being read included; what nobody takes
//! is dropped with the [`Ahead`].

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use tokio::task::JoinHandle;

use crate::error::Result;

/// A chunk that is being read.
pub struct Reading(JoinHandle<Result<Bytes>>);

impl Reading {
    /// Begins to read on a thread that may wait.
    pub fn begin(read: impl FnOnce() -> Result<Bytes> + Send + 'static) -> Reading {
        Reading(tokio::task::spawn_blocking(read))
    }

    /// What was read.
    pub async fn content(self) -> Result<Bytes> {
        self.0.await.expect("reading does not panic")
    }
}

/// What is read ahead, by data and chunk.
pub struct Ahead {
    most: usize,
    readings: Mutex<HashMap<(u32, usize), Reading>>,
}

impl Ahead {
    /// So many chunks at most; with 0 nothing is read ahead.
    pub fn new(most: usize) -> Ahead {
        Ahead { most, readings: Mutex::default() }
    }

    /// How many chunks it holds at most.
    pub fn room(&self) -> usize {
        self.most
    }

    /// Begins a reading, where there is room and it has not begun.
    pub fn begin(&self, key: (u32, usize), read: impl FnOnce() -> Option<Reading>) {
        let mut readings = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        if readings.len() < self.most
            && !readings.contains_key(&key)
            && let Some(reading) = read()
        {
            readings.insert(key, reading);
        }
    }

    /// A reading that has begun.
    pub fn take(&self, key: (u32, usize)) -> Option<Reading> {
        self.readings.lock().unwrap_or_else(PoisonError::into_inner).remove(&key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(content: &'static [u8]) -> Option<Reading> {
        Some(Reading::begin(move || Ok(Bytes::from_static(content))))
    }

    #[tokio::test]
    async fn so_many_are_read_and_each_is_taken_once() {
        let ahead = Ahead::new(2);
        ahead.begin((1, 0), || reading(b"a"));
        ahead.begin((1, 0), || panic!("it has begun"));
        ahead.begin((1, 1), || reading(b"b"));
        ahead.begin((1, 2), || panic!("there is no room"));
        assert_eq!(ahead.take((1, 0)).unwrap().content().await.unwrap(), "a");
        assert!(ahead.take((1, 0)).is_none());
        ahead.begin((1, 2), || None);
        assert!(ahead.take((1, 2)).is_none());
        ahead.begin((1, 2), || reading(b"c"));
        assert_eq!(ahead.take((1, 2)).unwrap().content().await.unwrap(), "c");
    }

    #[tokio::test]
    async fn a_failure_comes_with_the_content() {
        use crate::error::{Error, Fault};
        let ahead = Ahead::new(1);
        ahead.begin((1, 0), || Some(Reading::begin(|| Err(Error::new(Fault::Damaged, "no")))));
        assert!(ahead.take((1, 0)).unwrap().content().await.is_err());
    }
}
