//! What the defaults of a connection depend on outside the command line: sockets, the operating
//! system's user, files in the home directory.
//!
//! Owns the only reads of the machine that `settings.rs` needs, gathered in one value so that tests
//! can put another machine in its place. Deliberately not a trait: it is a record of functions.

use std::path::{Path, PathBuf};

use super::pgpass;

/// Where PostgreSQL puts its socket: Debian and Red Hat, the same without the link, upstream.
pub const SOCKET_DIRECTORIES: [&str; 3] = ["/var/run/postgresql", "/run/postgresql", "/tmp"];

/// The machine, as far as the defaults need it.
pub struct Outside<'a> {
    /// The process's environment.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// Whether a path exists.
    pub exists: &'a dyn Fn(&Path) -> bool,
    /// The name of the operating system's user.
    pub user: &'a dyn Fn() -> Option<String>,
    /// A text file.
    pub text_file: &'a dyn Fn(&Path) -> std::io::Result<String>,
    /// A password file's text, or a warning why it is not used.
    pub password_file: &'a dyn Fn(&Path) -> Result<Option<String>, String>,
}

impl<'a> Outside<'a> {
    /// This machine.
    pub fn real(env: &'a dyn Fn(&str) -> Option<String>) -> Outside<'a> {
        Outside {
            env,
            exists: &Path::exists,
            user: &|| account(None).map(|(name, _)| name),
            text_file: &|path| std::fs::read_to_string(path),
            password_file: &pgpass::read,
        }
    }

    /// The first default directory with a server's socket for `port`.
    pub fn socket_directory(&self, port: u16) -> Option<PathBuf> {
        let directories = SOCKET_DIRECTORIES.iter().map(PathBuf::from);
        directories.into_iter().find(|directory| (self.exists)(&directory.join(format!(".s.PGSQL.{port}"))))
    }

    /// The operating system's user: the account the process runs as, as libpq has it, and where that
    /// has no entry in `/etc/passwd`, what the shell says.
    pub fn user_name(&self) -> Option<String> {
        let variable = |name| (self.env)(name).filter(|value| !value.is_empty());
        (self.user)().or_else(|| variable("USER")).or_else(|| variable("LOGNAME"))
    }

    /// A file of libpq's in the home directory, whether it exists or not.
    pub fn home_file(&self, name: &str) -> Option<PathBuf> {
        let home = (self.env)("HOME").filter(|home| !home.is_empty());
        let home = home.or_else(|| account(None).map(|(_, home)| home).filter(|home| !home.is_empty()))?;
        Some(Path::new(&home).join(name))
    }
}

/// An account's name and home from `/etc/passwd`; without a number that of this process, which is the owner
/// of `/proc/self`. Systems without these files fall back to the shell's word.
pub fn account(uid: Option<u32>) -> Option<(String, String)> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let uid = match uid {
            Some(uid) => uid.to_string(),
            None => std::fs::metadata("/proc/self").ok()?.uid().to_string(),
        };
        let passwd = std::fs::read_to_string("/etc/passwd").ok()?;
        passwd.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let [name, _, number, _, _, home, ..] = fields[..] else { return None };
            (number == uid && !name.is_empty()).then(|| (name.to_string(), home.to_string()))
        })
    }
    #[cfg(not(unix))]
    None
}
