//! The archive that a command is given: a file, or standard input.
//!
//! Standard input is spooled to a temporary file without a name, so that all of it is known before anything is done,
//! and nothing is left behind however the process ends.

use std::io::Seek;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::of_archive;
use crate::archive::{Archive, Source};
use crate::error::{During, Error, Fault, Result};

/// An archive's bytes, open.
pub struct Input {
    path: Option<PathBuf>,
    source: Arc<Source>,
}

impl Input {
    /// The archive at `path`; `None` reads standard input to its end.
    ///
    /// # Errors
    /// Disk or Usage, where the file cannot be opened; Disk, where standard input cannot be spooled.
    pub fn open(path: Option<&Path>) -> Result<Input> {
        let source = path.map_or_else(spooled, Source::open)?;
        Ok(Input { path: path.map(Path::to_path_buf), source: Arc::new(source) })
    }

    /// The path as it was given; none for standard input.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The bytes.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// The archive, where its end is whole.
    ///
    /// # Errors
    /// As [`Archive::open`].
    pub fn archive(&self) -> Result<Archive> {
        let cannot = |error: Error| match &self.path {
            Some(path) => Error::new(error.fault(), format!("cannot open {}", path.display())).caused_by(error),
            None => of_archive(None, error),
        };
        Archive::new(Arc::clone(&self.source)).map_err(cannot)
    }
}

fn spooled() -> Result<Source> {
    let doing = || "cannot spool the archive from standard input".to_string();
    let mut spool = tempfile::tempfile().during(Fault::Disk, doing)?;
    std::io::copy(&mut std::io::stdin().lock(), &mut spool).during(Fault::Disk, doing)?;
    spool.rewind().during(Fault::Disk, doing)?;
    Source::file(spool)
}
