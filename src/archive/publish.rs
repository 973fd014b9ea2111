//! Puts a file in place whole or not at all.
//!
//! Owns the `.partial` file, its mode, its lock, and the rename. Knows nothing of what is written.
//!
//! Invariants (F23): the final name only ever holds a complete file; nobody but the owner can read it; an
//! existing file is kept unless told otherwise; dropping an [`Output`] leaves nothing behind.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::flush::Flusher;
use super::writer::write_error;
use crate::error::{During, Error, Fault, Result};

/// A file that is being written under another name.
pub struct Output {
    file: File,
    path: PathBuf,
    /// None where the path is a device or a named pipe, which is written directly.
    partial: Option<PathBuf>,
    replace: bool,
    flusher: Flusher,
}

impl Output {
    /// Creates `<path>.partial` with mode 0600 and locks it. `replace` allows an existing `path` to be
    /// replaced, at the very end. A `.partial` left by a run that died is removed.
    ///
    /// # Errors
    /// Usage where `path` exists, its directory does not, or another run is writing it; Disk else.
    pub fn create(path: &Path, replace: bool) -> Result<Output> {
        let Some(name) = path.file_name() else {
            return Err(Error::new(Fault::Usage, format!("{} is not the name of a file", path.display())));
        };
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => {
                return Err(Error::new(Fault::Usage, format!("{} is a directory", path.display())));
            }
            Ok(meta) if is_stream(&meta) => {
                let file = OpenOptions::new().write(true).open(path);
                let file = file.during(Fault::Disk, || format!("cannot write {}", path.display()))?;
                return Ok(Output::new(file, path, None, replace));
            }
            _ => {}
        }
        if !replace && fs::symlink_metadata(path).is_ok() {
            return Err(already_there(path));
        }
        let mut partial_name = OsString::from(name);
        partial_name.push(".partial");
        let partial = path.with_file_name(partial_name);
        let file = create_partial(&partial)?;
        own(&file);
        Ok(Output::new(file, path, Some(partial), replace))
    }

    fn new(file: File, path: &Path, partial: Option<PathBuf>, replace: bool) -> Output {
        Output { file, path: path.to_path_buf(), partial, replace, flusher: Flusher::default() }
    }

    /// Makes the file durable and gives it its final name.
    ///
    /// # Errors
    /// Disk; Usage where the final name was taken meanwhile. The final name is then as it was before.
    pub fn publish(mut self) -> Result<()> {
        let cannot = |path: &Path| format!("cannot publish {}", path.display());
        let Some(partial) = self.partial.clone() else {
            return self.file.flush().map_err(write_error);
        };
        // A full disk can show itself as late as here.
        self.file.flush().and_then(|()| self.flusher.end()).and_then(|()| self.file.sync_all()).map_err(write_error)?;
        match rename(&partial, &self.path, self.replace) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(already_there(&self.path)),
            renamed => renamed.during(Fault::Disk, || cannot(&self.path))?,
        }
        self.partial = None;
        sync_directory(&self.path)
            .during(Fault::Disk, || format!("cannot sync the directory of {}", self.path.display()))
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        if self.partial.is_some() {
            self.flusher.wrote(&self.file, count)?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if let Some(partial) = &self.partial {
            // Nothing can be done about a failure here, and the name says that the file is not whole.
            let _ = fs::remove_file(partial);
        }
    }
}

/// Writes a whole small file beside an archive, replacing one that is there; durable and private like the
/// archive itself.
///
/// # Errors
/// As for [`Output`].
pub fn write_sidecar(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut output = Output::create(path, true)?;
    output.write_all(bytes).map_err(write_error)?;
    output.publish()
}

fn already_there(path: &Path) -> Error {
    Error::new(Fault::Usage, format!("{} exists already", path.display())).hint("choose another name or remove it")
}

/// Creates and locks the partial file. The lock tells a run that is alive from one that died.
fn create_partial(partial: &Path) -> Result<File> {
    let cannot = || format!("cannot create {}", partial.display());
    for _ in 0..8 {
        match create_new(partial) {
            Ok(file) => {
                // Whoever looks whether it is alive holds the lock for an instant. Some network file systems have
                // no locks; then a stale file is told by people.
                let _ = file.lock();
                if same_file(&file, partial) {
                    return Ok(file);
                }
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => remove_stale(partial)?,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let directory = directory(partial);
                return Err(Error::new(Fault::Usage, format!("there is no directory {}", directory.display()))
                    .hint(format!("mkdir -p {}", directory.display())));
            }
            Err(error) => return Err(Error::new(Fault::Disk, cannot()).caused_by(error)),
        }
    }
    Err(in_use(partial))
}

fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Mode 0600 whatever the umask took away. It was created with at most that, so a file system that knows
/// no modes or refuses to change them makes it no less private: failing is no failure.
fn own(file: &File) {
    #[cfg(unix)]
    let _ = file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600));
    #[cfg(not(unix))]
    let _ = file;
}

/// True where a running program still writes this partial file, or that cannot be told.
pub fn is_being_written(partial: &Path) -> bool {
    File::open(partial).is_ok_and(|file| file.try_lock_shared().is_err())
}

/// Removes a partial file that no running program holds locked.
///
/// # Errors
/// Usage where one does, or it is no file; Disk else.
pub fn remove_stale(partial: &Path) -> Result<()> {
    let cannot = || format!("cannot remove the stale {}", partial.display());
    match fs::symlink_metadata(partial) {
        Ok(meta) if meta.is_file() => {}
        Ok(_) => return Err(Error::new(Fault::Usage, format!("{} is in the way", partial.display()))),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Error::new(Fault::Disk, cannot()).caused_by(error)),
    }
    let file = match File::open(partial) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Error::new(Fault::Disk, cannot()).caused_by(error)),
    };
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(in_use(partial)),
        Err(TryLockError::Error(error)) => return Err(Error::new(Fault::Disk, cannot()).caused_by(error)),
    }
    // Another run may have replaced the stale file between opening and locking; then its own is there now.
    if same_file(&file, partial) {
        match fs::remove_file(partial) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(Error::new(Fault::Disk, cannot()).caused_by(error));
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(unix)]
fn same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |meta: fs::Metadata| (meta.dev(), meta.ino());
    matches!((file.metadata().map(id), fs::symlink_metadata(path).map(id)), (Ok(a), Ok(b)) if a == b)
}

#[cfg(not(unix))]
fn same_file(_: &File, _: &Path) -> bool {
    true
}

fn in_use(partial: &Path) -> Error {
    Error::new(Fault::Usage, format!("another pgsnap is writing {}", partial.display()))
        .hint("wait for it, or choose another name")
}

/// Gives a file its final name. Without `replace` an existing file stays, even one made meanwhile: a hard
/// link, unlike a rename, never overwrites.
fn rename(partial: &Path, path: &Path, replace: bool) -> io::Result<()> {
    if replace {
        return fs::rename(partial, path);
    }
    match fs::hard_link(partial, path) {
        // The file is in place under its name; a second name that stays is untidy, not a failure.
        Ok(()) => {
            let _ = fs::remove_file(partial);
            Ok(())
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
        // A file system without hard links.
        Err(_) if fs::symlink_metadata(path).is_ok() => Err(ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(partial, path),
    }
}

/// Makes the new name durable.
fn sync_directory(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    match File::open(directory(path)).and_then(|directory| directory.sync_all()) {
        // Some file systems cannot sync a directory and need not.
        Err(error) if !matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => return Err(error),
        _ => {}
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// True for a device or a named pipe: nothing to rename, nothing to keep.
fn is_stream(meta: &fs::Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        meta.file_type().is_char_device() || meta.file_type().is_fifo()
    }
    #[cfg(not(unix))]
    {
        let _ = meta;
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(directory).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn f23_published_by_rename_with_mode_0600() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.tar.zst");
        let mut output = Output::create(&path, false).unwrap();
        output.write_all(b"whole").unwrap();
        assert_eq!(names(dir.path()), ["a.tar.zst.partial"]);
        output.publish().unwrap();
        assert_eq!(names(dir.path()), ["a.tar.zst"]);
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn f23_dropping_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut output = Output::create(&dir.path().join("a"), false).unwrap();
        output.write_all(b"half").unwrap();
        drop(output);
        assert!(names(dir.path()).is_empty());
    }

    #[test]
    fn f23_an_existing_file_stays_unless_told() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, b"old").unwrap();
        assert_eq!(Output::create(&path, false).err().unwrap().fault(), Fault::Usage);
        let mut output = Output::create(&path, true).unwrap();
        output.write_all(b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        output.publish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn f23_a_file_made_meanwhile_is_not_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let output = Output::create(&path, false).unwrap();
        fs::write(&path, b"other").unwrap();
        assert_eq!(output.publish().unwrap_err().fault(), Fault::Usage);
        assert_eq!(fs::read(&path).unwrap(), b"other");
        assert_eq!(names(dir.path()), ["a"]);
    }

    #[test]
    fn f23_a_dead_runs_partial_is_replaced_and_a_living_ones_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(dir.path().join("a.partial"), b"left over").unwrap();
        let mut alive = Output::create(&path, false).unwrap();
        alive.write_all(b"new").unwrap();
        let error = Output::create(&path, false).err().unwrap();
        assert!(error.report().contains("another pgsnap"), "{error}");
        alive.publish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn a_missing_directory_is_told_with_a_hint() {
        let dir = tempfile::tempdir().unwrap();
        let error = Output::create(&dir.path().join("no/such/a"), false).err().unwrap();
        assert!(error.report().contains("mkdir -p"), "{error}");
        assert_eq!(Output::create(dir.path(), false).err().unwrap().fault(), Fault::Usage);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_device_is_a_disk_fault() {
        let mut output = Output::create(Path::new("/dev/full"), false).unwrap();
        let error = output.write_all(b"x").map_err(write_error).unwrap_err();
        assert_eq!(error.fault(), Fault::Disk);
        assert!(error.report().contains("free some space"), "{error}");
    }

    #[test]
    fn a_sidecar_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.json");
        write_sidecar(&path, b"1").unwrap();
        write_sidecar(&path, b"2").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"2");
        assert_eq!(names(dir.path()), ["a.json"]);
    }
}
