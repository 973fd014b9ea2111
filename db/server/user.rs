//! Who a throwaway server runs as, and what that user can reach.
//!
//! PostgreSQL refuses to run as root, and containers run everything as root. std can do all that is
//! needed (`Command::uid`, `chown`): no sudo, no setpriv. The user must be in `/etc/passwd`, or initdb
//! ends with "could not look up effective user ID" (tried on 12 to 18).

use super::{Binaries, fetch};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// A user without privileges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub uid: u32,
    /// Its primary group's id.
    pub gid: u32,
}

impl User {
    /// Hands a directory and what is directly in it to the user.
    pub fn give(&self, directory: &Path) -> Result<(), String> {
        let inside =
            fs::read_dir(directory).map_err(|error| format!("cannot list {}: {error}", directory.display()))?;
        for path in inside.flatten().map(|entry| entry.path()).chain([directory.to_path_buf()]) {
            let given = chown(&path, Some(self.uid), Some(self.gid));
            given.map_err(|error| format!("cannot give {} away: {error}", path.display()))?;
        }
        Ok(())
    }
}

/// The user to run a server as: `None` is ourselves. As root: who called sudo, else `postgres`, else
/// `nobody`.
pub fn unprivileged() -> Result<Option<User>, String> {
    if effective_uid()? != 0 {
        return Ok(None);
    }
    let passwd = fs::read_to_string("/etc/passwd").map_err(|error| format!("cannot read /etc/passwd: {error}"))?;
    let sudo = env::var("SUDO_UID").ok();
    choose(&passwd, sudo.as_deref()).map(Some).ok_or_else(|| {
        "PostgreSQL does not run as root, and /etc/passwd has neither a user postgres nor nobody: make one".to_string()
    })
}

/// Picks from the text of `/etc/passwd` (name:password:uid:gid:…).
pub fn choose(passwd: &str, sudo_uid: Option<&str>) -> Option<User> {
    let user = |field: usize, value: &str| {
        passwd.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let (uid, gid) = (fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?);
            (fields.get(field) == Some(&value) && uid != 0).then_some(User { uid, gid })
        })
    };
    sudo_uid.and_then(|uid| user(2, uid)).or_else(|| user(0, "postgres")).or_else(|| user(0, "nobody"))
}

/// Our effective user id, which std does not tell: it owns what we create.
fn effective_uid() -> Result<u32, String> {
    let probe = tempfile::tempfile().and_then(|file| file.metadata());
    probe.map(|metadata| metadata.uid()).map_err(|error| format!("cannot make a temporary file: {error}"))
}

/// True where every directory on the way to `path` (itself included) lets everybody through.
pub fn traversable(path: &Path) -> bool {
    path.ancestors().all(|directory| fs::metadata(directory).is_ok_and(|metadata| metadata.mode() & 0o001 != 0))
}

/// Binaries that `user` can run: these, or a copy in `/var/tmp` where they lie below a closed
/// directory such as root's home.
pub fn reachable(binaries: &Binaries, user: Option<&User>) -> Result<Binaries, String> {
    if user.is_none() || traversable(&binaries.bin) {
        return Ok(binaries.clone());
    }
    let store = own_store(Path::new("/var/tmp"))?;
    let bin =
        fs::canonicalize(&binaries.bin).map_err(|error| format!("cannot read {}: {error}", binaries.bin.display()))?;
    // What belongs together: a fetched package whole (its libraries may lie beside its prefix), else
    // the prefix above bin.
    let whole = fetch::package_of(&bin).or_else(|| bin.parent().map(Path::to_path_buf)).unwrap_or_else(|| bin.clone());
    let name = format!("{}-{}", binaries.version, whole.to_string_lossy().replace('/', "-"));
    let copied = fetch::once(&store, &name, |into| {
        let mut copy = Command::new("cp");
        fetch::run(copy.arg("-R").arg("-p").arg(whole.join(".")).arg(into)).map(drop)
    })?;
    let inside = bin.strip_prefix(&whole).unwrap_or(Path::new("bin"));
    Ok(Binaries { bin: copied.join(inside), ..binaries.clone() })
}

/// `pgsnap-pg-UID` in a directory everybody may write to: ours alone, or an error.
fn own_store(parent: &Path) -> Result<PathBuf, String> {
    let uid = effective_uid()?;
    let store = parent.join(format!("pgsnap-pg-{uid}"));
    // It may be there already; what counts is checked next.
    let _ = fs::create_dir(&store);
    let found = fs::symlink_metadata(&store).map_err(|error| format!("cannot make {}: {error}", store.display()))?;
    if !found.is_dir() || found.uid() != uid {
        return Err(format!("{} belongs to somebody else", store.display()));
    }
    let opened = fs::set_permissions(&store, fs::Permissions::from_mode(0o755));
    opened.map_err(|error| format!("cannot open {}: {error}", store.display()))?;
    Ok(store)
}
