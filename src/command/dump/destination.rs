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
/// How many archives of one database may begin within a second.
const SAME_SECOND_MAX: u32 = 100;

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
        let directory: &Path = match self {
            Destination::Standard => {
                use std::io::IsTerminal;
                if std::io::stdout().is_terminal() {
                    return Err(Error::new(Fault::Usage, "an archive is not for the terminal")
                        .hint("redirect it: pgsnap dump -f - > copy.tar.zst"));
                }
                return Ok(Target { output: Output::Standard, archive: None });
            }
            Destination::File(path) => {
                let output = publish::Output::create(path, true)?;
                return Ok(Target { output: Output::File(output), archive: Some(path.clone()) });
            }
            Destination::Directory(directory) => directory,
            Destination::Default => {
                make_directory(Path::new(DIRECTORY))?;
                Path::new(DIRECTORY)
            }
        };
        let mut number = 1;
        loop {
            let path = directory.join(name(settings, now, number));
            match publish::Output::create(&path, false) {
                Ok(output) => return Ok(Target { output: Output::File(output), archive: Some(path) }),
                // Somebody else's of the same second.
                Err(_) if number < SAME_SECOND_MAX && is_taken(&path) => number += 1,
                Err(error) => return Err(error),
            }
        }
    }
}

/// Makes the default directory, readable by its owner only.
fn make_directory(path: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.during(Fault::Disk, || format!("cannot make the directory {}", path.display()))
}

/// True where an archive has this name, or will have it.
fn is_taken(path: &Path) -> bool {
    path.symlink_metadata().is_ok() || publish::is_being_written(&sidecar::with_suffix(path, ".partial"))
}

/// `<database>_<environment>_20261123T130500Z.tar.zst`, the second of the same time `…Z_2.tar.zst`; the database's name
/// made fit for a file name.
fn name(settings: &Settings, now: DateTime<Utc>, number: u32) -> String {
    let fit = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '.') { c } else { '_' };
    let database: String = settings.database.chars().map(fit).collect();
    let database = database.trim_start_matches('.');
    let number = if number > 1 { format!("_{number}") } else { String::new() };
    format!("{database}_{}_{}{number}.tar.zst", settings.environment, now.format("%Y%m%dT%H%M%SZ"))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connect::{DotEnv, Flags};

    #[test]
    fn archives_of_one_second_have_names_of_their_own() {
        let flags = Flags { conn: Some("postgresql://someone@localhost/app".into()), ..Flags::default() };
        let settings = Settings::resolve(&flags, &|_| None, &DotEnv::default()).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let now = Utc::now();
        let open = || Destination::Directory(directory.path().into()).open(&settings, now).unwrap();
        let Target { output: Output::File(first), archive: Some(path) } = open() else { panic!("it is a file") };
        // One that is being written, one that is complete.
        let Target { output: Output::File(second), archive: Some(beside) } = open() else { panic!("it is a file") };
        first.publish().unwrap();
        let third = open().archive.unwrap();
        second.publish().unwrap();
        let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
        let (path, beside, third) = (name(&path), name(&beside), name(&third));
        let stem = path.strip_suffix("Z.tar.zst").expect("the time ends it");
        assert_eq!((beside, third), (format!("{stem}Z_2.tar.zst"), format!("{stem}Z_3.tar.zst")));
    }
}
