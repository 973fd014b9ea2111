//! Where an archive goes: a file of a given name, a file named by database, environment and time in a
//! directory, or standard output.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::archive::publish;
use crate::command::sidecar;
use crate::connect::Settings;
use crate::error::{During, Error, Fault, Result};

/// The default directory.
pub const DIRECTORY: &str = "db/backups";

/// Where the archive goes.
#[derive(Debug, Clone, PartialEq)]
pub enum Destination {
    /// `-f -`.
    Standard,
    /// `-f FILE`.
    File(PathBuf),
    /// `--dir`, `PGSNAP_DIR` or the default: `<database>_<environment>_<UTC time>.tar.zst` in it.
    Directory(PathBuf),
    /// `db/backups`, which is made where it is missing.
    Default,
}

/// An open output.
pub enum Output {
    /// Standard output.
    Standard,
    /// A file that is not published yet.
    File(publish::Output),
}

/// An open output and the name it will have.
pub struct Target {
    /// What to write to.
    pub output: Output,
    /// The final path.
    pub archive: Option<PathBuf>,
}

impl Destination {
    /// Opens the output, before anything else is done, so that a bad path fails at once.
    ///
    /// # Errors
    /// Usage or Disk, where the directory is missing or cannot be written, or the file exists.
    pub fn open(&self, settings: &Settings, now: DateTime<Utc>) -> Result<Target> {
        let path = match self {
            Destination::Standard => {
                use std::io::IsTerminal;
                if std::io::stdout().is_terminal() {
                    return Err(Error::new(Fault::Usage, "an archive is not for the terminal")
                        .hint("redirect it: pgsnap dump -f - > copy.tar.zst"));
                }
                return Ok(Target { output: Output::Standard, archive: None });
            }
            Destination::File(path) => path.clone(),
            Destination::Directory(directory) => directory.join(name(settings, now)),
            Destination::Default => {
                make_directory(Path::new(DIRECTORY))?;
                Path::new(DIRECTORY).join(name(settings, now))
            }
        };
        let output = publish::Output::create(&path, matches!(self, Destination::File(_)))?;
        Ok(Target { output: Output::File(output), archive: Some(path) })
    }
}

/// Makes the default directory, readable by its owner only.
fn make_directory(path: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.during(Fault::Disk, || format!("cannot make the directory {}", path.display()))
}

/// `<database>_<environment>_20261123T130500Z.tar.zst`; the database's name made fit for a file name.
fn name(settings: &Settings, now: DateTime<Utc>) -> String {
    let fit = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '.') { c } else { '_' };
    let database: String = settings.database.chars().map(fit).collect();
    let database = database.trim_start_matches('.');
    format!("{database}_{}_{}.tar.zst", settings.environment, now.format("%Y%m%dT%H%M%SZ"))
}

/// Removes what stands under `<archive>.partial` when the dump is given up while another thread still
/// holds the file: a signal does not wait for what is being compressed.
pub struct Unfinished {
    partial: Option<PathBuf>,
}

impl Unfinished {
    /// For an output that [`Destination::open`] has opened, so the partial file is ours.
    pub fn of(target: &Target) -> Unfinished {
        let partial = target.archive.as_ref().map(|archive| sidecar::with_suffix(archive, ".partial"));
        Unfinished { partial }
    }

    /// From here on the file is somebody else's business.
    pub fn disarm(mut self) {
        self.partial = None;
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(partial) = &self.partial {
            // Often it is gone already, and its name says what it is.
            let _ = std::fs::remove_file(partial);
        }
    }
}
