//! Writes a growing file to the disk while it grows, so that the sync at its end has little left to do.
//!
//! Without it everything waits in the system's memory until the end, where nothing else is left to do beside it,
//! and pushes out what the server's tables want to be in. What is on the disk gives its memory back, which the next
//! bytes take: a gigabyte of fresh memory costs more than to write it.
//!
//! Invariant: a failure of the disk is told by [`Flusher::end`]; the system tells it to one caller only, and the
//! sync at the end would not hear of it.

use std::fs::File;
use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

/// Bytes between two syncs.
const STEP_BYTES: u64 = 32 << 20;

/// What tells a thread to sync, and the thread.
type Thread = (SyncSender<()>, JoinHandle<io::Result<()>>);

/// Syncs one file from a thread of its own, which begins with the first step.
#[derive(Default)]
pub struct Flusher {
    behind: u64,
    thread: Option<Thread>,
}

impl Flusher {
    /// So many bytes were written to `file`, always the same. Does not wait for the disk: what comes while a sync
    /// runs is left to the next one.
    ///
    /// # Errors
    /// What an earlier sync said.
    pub fn wrote(&mut self, file: &File, bytes: usize) -> io::Result<()> {
        self.behind += bytes as u64;
        if self.behind < STEP_BYTES {
            return Ok(());
        }
        if self.thread.is_none() {
            // Where there is no second handle or no thread, all is left to the sync at the end.
            self.thread = file.try_clone().and_then(begin).ok();
        }
        match &self.thread {
            Some((_, thread)) if thread.is_finished() => return self.end(),
            Some((step, _)) if step.try_send(()).is_ok() => self.behind = 0,
            _ => {}
        }
        Ok(())
    }

    /// Waits for the sync that runs, if any.
    ///
    /// # Errors
    /// What any of them said.
    pub fn end(&mut self) -> io::Result<()> {
        let Some((step, thread)) = self.thread.take() else { return Ok(()) };
        drop(step);
        thread.join().unwrap_or_else(|_| Err(io::Error::other("the thread that syncs the file panicked")))
    }
}

fn begin(file: File) -> io::Result<Thread> {
    let (step, steps) = sync_channel(1);
    let thread = thread::Builder::new().spawn(move || {
        // The first failure ends it: what comes after cannot be trusted.
        steps.iter().try_for_each(|()| {
            file.sync_data()?;
            forget(&file);
            Ok(())
        })
    })?;
    Ok((step, thread))
}

/// Lets the system's memory of what is on the disk go. Only a hint: not everywhere is it known or heard.
fn forget(file: &File) {
    #[cfg(any(target_os = "linux", target_os = "freebsd"))]
    let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
    #[cfg(not(any(target_os = "linux", target_os = "freebsd")))]
    let _ = file;
}

#[cfg(test)]
mod tests {
    use std::os::fd::OwnedFd;
    use std::time::{Duration, Instant};

    use super::*;

    /// A file that takes bytes and cannot be synced.
    fn pipe() -> (File, io::PipeReader) {
        let (reader, writer) = io::pipe().unwrap();
        (File::from(OwnedFd::from(writer)), reader)
    }

    #[test]
    fn what_a_sync_said_is_told_at_the_end() {
        let (file, _reader) = pipe();
        let mut flusher = Flusher::default();
        flusher.wrote(&file, STEP_BYTES as usize).unwrap();
        assert_eq!(flusher.end().unwrap_err().kind(), io::ErrorKind::InvalidInput);
        assert!(flusher.end().is_ok(), "told once");
    }

    #[test]
    fn what_a_sync_said_ends_the_writing() {
        let (file, _reader) = pipe();
        let mut flusher = Flusher::default();
        let begin = Instant::now();
        while flusher.wrote(&file, STEP_BYTES as usize).is_ok() {
            assert!(begin.elapsed() < Duration::from_secs(60));
        }
    }

    #[test]
    fn a_file_is_synced_and_a_short_one_needs_no_thread() {
        let file = tempfile::tempfile().unwrap();
        let mut flusher = Flusher::default();
        flusher.wrote(&file, STEP_BYTES as usize - 1).unwrap();
        assert!(flusher.thread.is_none());
        flusher.wrote(&file, 1).unwrap();
        assert!(flusher.thread.is_some());
        flusher.end().unwrap();
    }
}
