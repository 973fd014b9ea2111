//! The memory of chunks in flight: a fixed number of reused buffers.
//!
//! A buffer belongs to whoever holds it, from the first row to the written frame, and returns by being
//! dropped. Who finds none waits, which is what makes the server wait for a slow disk.
//!
//! Invariants: never more than `buffers` exist at once; a buffer that one giant row made larger than
//! usual is freed, not kept.

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The usual upper bound of a chunk in bytes.
pub const CHUNK_BYTES_MAX: usize = 16 << 20;

/// A shared set of buffers. Clones share it.
#[derive(Debug, Clone)]
pub struct Pool(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    permits: Arc<Semaphore>,
    free: Mutex<Vec<Vec<u8>>>,
    chunk_bytes_max: usize,
}

/// One buffer of a [`Pool`]; goes back when dropped.
#[derive(Debug)]
pub struct Buffer {
    bytes: Vec<u8>,
    shared: Arc<Shared>,
    // Dropped after our own `drop`, hence after the bytes are back.
    _permit: OwnedSemaphorePermit,
}

impl Pool {
    /// A pool of at most `buffers` (at least 1) buffers for chunks of up to `chunk_bytes_max` bytes
    /// (usually [`CHUNK_BYTES_MAX`]). Memory grows to about their product, plus giant rows.
    ///
    /// No transfer holds more than one buffer while it waits for another to be free, so any number
    /// works as long as the receivers of chunks let go of theirs; jobs × 2 keeps everybody busy.
    pub fn new(buffers: usize, chunk_bytes_max: usize) -> Pool {
        let permits = Arc::new(Semaphore::new(buffers.max(1)));
        Pool(Arc::new(Shared { permits, free: Mutex::default(), chunk_bytes_max }))
    }

    /// An empty buffer, as soon as there is one.
    pub async fn take(&self) -> Buffer {
        let permit = Arc::clone(&self.0.permits).acquire_owned().await.expect("the semaphore is never closed");
        let bytes = self.0.free.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        Buffer { bytes, shared: Arc::clone(&self.0), _permit: permit }
    }

    /// The bound of a chunk in bytes; only a chunk of a single row may be longer.
    pub fn chunk_bytes_max(&self) -> usize {
        self.0.chunk_bytes_max
    }
}

impl Buffer {
    /// The bytes, to be filled or changed.
    pub fn bytes_mut(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.bytes);
        if bytes.capacity() > 2 * self.shared.chunk_bytes_max {
            return;
        }
        bytes.clear();
        self.shared.free.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[test]
    fn buffers_are_bounded_reused_and_given_back_empty() {
        let pool = Pool::new(1, 100);
        let mut first = pool.take().now_or_never().expect("the only buffer is free");
        assert!(pool.clone().take().now_or_never().is_none());
        first.bytes_mut().extend_from_slice(&[1; 90]);
        let place = first.as_ptr();
        drop(first);
        let mut second = pool.take().now_or_never().expect("it came back");
        assert!(second.is_empty());
        second.bytes_mut().push(1);
        assert_eq!(second.as_ptr(), place);
        second.bytes_mut().resize(300, 0);
        drop(second);
        assert_eq!(pool.take().now_or_never().expect("free").bytes.capacity(), 0);
    }
}
