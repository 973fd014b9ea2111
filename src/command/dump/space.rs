//! Whether an archive will fit where it goes: free space against what is to be copied.
//!
//! Owns the guess. Its base is the size of tables on disk, which says little about an archive: dead rows are not
//! copied, TOAST is compressed already, zstd may halve the rest or leave a thousandth of it. So only what could
//! not fit by any luck is refused, and what is likely not to is warned of.

use std::path::{Path, PathBuf};

use super::destination::{DIRECTORY, Destination};
use crate::command::finding::{Finding, Findings};
use crate::command::size;
use crate::error::{Error, Fault};

/// An archive of tables that are mostly dead rows, or whose rows are alike, may be so many times smaller.
const SHRINKS_MOST: u64 = 100;
/// What is usual is between two and five.
const SHRINKS_USUALLY: u64 = 3;

/// What was found of the place.
pub fn space(destination: &Destination, bytes: u64) -> Findings {
    let Some(place) = place(destination) else { return Findings::default() };
    // Of a file system that does not tell nothing is known.
    match rustix::fs::statvfs(&place) {
        Ok(known) => judge(&place, known.f_bavail.saturating_mul(known.f_frsize), bytes),
        Err(_) => Findings::default(),
    }
}

/// The directory that an archive goes into, or the nearest one above it that is there.
fn place(destination: &Destination) -> Option<PathBuf> {
    let directory = match destination {
        Destination::Standard => return None,
        Destination::File(path) => path.parent().unwrap_or(Path::new("")),
        Destination::Directory(directory) => directory,
        Destination::Default => Path::new(DIRECTORY),
    };
    // A device or a pipe takes what it is given.
    if let Destination::File(path) = destination
        && path.exists()
        && !path.is_file()
    {
        return None;
    }
    let there = directory.ancestors().find(|path| path.is_dir());
    Some(there.map_or_else(|| PathBuf::from("."), Path::to_path_buf))
}

fn judge(place: &Path, free: u64, bytes: u64) -> Findings {
    let least = bytes / SHRINKS_MOST;
    let sizes = format!(
        "the tables to copy have {} on the server's disk, {} has {} free",
        size(bytes),
        place.display(),
        size(free)
    );
    let todo = "free some space, or choose another place with --dir or -f";
    if free < least {
        let text = format!(
            "the archive does not fit: {sizes}, which would be too little even if it were {SHRINKS_MOST} times smaller"
        );
        let error = Error::new(Fault::Disk, text).hint(format!("{todo}; --no-space-check tries it"));
        return Findings { errors: vec![error], others: Vec::new() };
    }
    if free < bytes / SHRINKS_USUALLY {
        let note = Finding::note(format!("the archive may not fit: {sizes}"), Some(todo));
        return Findings { errors: Vec::new(), others: vec![note] };
    }
    Findings::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_fit_is_refused() {
        const GB: u64 = 1 << 30;
        for (free, bytes, refused, told) in [
            (0, 0, false, false),
            (GB, 3 * GB, false, false),
            (GB, 4 * GB, false, true),
            (GB, 100 * GB, false, true),
            (GB, 102 * GB, true, false),
            (0, 50, false, true),
            (0, GB, true, false),
            (u64::MAX, u64::MAX, false, false),
        ] {
            let found = judge(Path::new("there"), free, bytes);
            assert_eq!((!found.errors.is_empty(), !found.others.is_empty()), (refused, told), "{free} for {bytes}");
        }
    }

    #[test]
    fn the_place_is_the_nearest_directory_that_is_there() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let there = home.path().to_path_buf();
        assert_eq!(place(&Destination::Directory(there.join("a/b"))), Some(there.clone()));
        assert_eq!(place(&Destination::File(there.join("x.tar.zst"))), Some(there));
        assert_eq!(place(&Destination::File("x.tar.zst".into())), Some(PathBuf::from(".")));
        assert_eq!(place(&Destination::File("/dev/null".into())), None);
        assert_eq!(place(&Destination::Standard), None);
    }
}
