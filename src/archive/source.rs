//! Positional reads of an archive's bytes, from several threads.
//!
//! Owns the file handle of a reader. Knows nothing of the format. A file is read without a lock; anything
//! else that can seek is read behind one.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::member::KEEP;
use crate::error::{Error, Fault, Result};

pub(super) trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// Where an archive's bytes come from, and how many there are.
pub struct Source {
    input: Input,
    len: u64,
}

enum Input {
    #[cfg(unix)]
    File(File),
    Shared(Mutex<Box<dyn ReadSeek>>),
}

impl Source {
    /// A file.
    ///
    /// # Errors
    /// Disk where it cannot be opened, Usage where it is no file.
    pub fn open(path: &Path) -> Result<Source> {
        let cannot = |error: io::Error| {
            Error::new(Fault::Disk, format!("cannot open the archive {}", path.display())).caused_by(error)
        };
        let file = File::open(path).map_err(cannot)?;
        let meta = file.metadata().map_err(cannot)?;
        if !meta.is_file() {
            return Err(Error::new(Fault::Usage, format!("{} is not a file", path.display()))
                .hint("an archive is read from its end, so it cannot be a pipe or a directory"));
        }
        Source::file(file)
    }

    /// A file that is open, from its begin.
    ///
    /// # Errors
    /// Disk where its length cannot be told.
    pub fn file(file: File) -> Result<Source> {
        #[cfg(unix)]
        return Ok(Source { len: file.metadata().map_err(read_error)?.len(), input: Input::File(file) });
        #[cfg(not(unix))]
        return Source::reader(file);
    }

    /// Anything that can seek.
    ///
    /// # Errors
    /// Disk where its length cannot be told.
    pub fn reader(mut reader: impl Read + Seek + Send + 'static) -> Result<Source> {
        let len = reader.seek(SeekFrom::End(0)).map_err(read_error)?;
        Ok(Source { input: Input::Shared(Mutex::new(Box::new(reader))), len })
    }

    /// Length in bytes when it was opened.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Fills `buffer` from `offset` on.
    pub(super) fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        match &self.input {
            #[cfg(unix)]
            Input::File(file) => std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset),
            Input::Shared(reader) => {
                let mut reader = reader.lock().unwrap_or_else(PoisonError::into_inner);
                reader.seek(SeekFrom::Start(offset)).and_then(|_| reader.read_exact(buffer))
            }
        }
        .map_err(read_error)
    }

    /// Replaces `buffer` with `length` bytes from `offset` on. The range must lie inside the file, which
    /// bounds what is allocated.
    pub(super) fn read_into(&self, offset: u64, length: u64, buffer: &mut Vec<u8>) -> Result<()> {
        let inside = offset.checked_add(length).is_some_and(|end| end <= self.len);
        let Some(length) = usize::try_from(length).ok().filter(|_| inside) else {
            return Err(Error::new(Fault::Damaged, format!("the archive has no {length} bytes at {offset}")));
        };
        // Kept between members as it is, so that it need not be zeroed again; one giant row is given back.
        if buffer.capacity() > KEEP && length <= KEEP {
            *buffer = Vec::new();
        }
        buffer.truncate(length);
        buffer
            .try_reserve_exact(length - buffer.len())
            .map_err(|_| Error::new(Fault::Unsupported, format!("no memory for a member of {length} stored bytes")))?;
        buffer.resize(length, 0);
        self.read_at(offset, buffer)
    }
}

fn read_error(error: io::Error) -> Error {
    // The range was inside the file when it was opened, so somebody is shortening it.
    let fault = if error.kind() == io::ErrorKind::UnexpectedEof { Fault::Damaged } else { Fault::Disk };
    Error::new(fault, "cannot read the archive").caused_by(error)
}
