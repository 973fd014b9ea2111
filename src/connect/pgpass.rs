//! The password file, `~/.pgpass` or PGPASSFILE.
//!
//! Owns its syntax, its permission rule and what its host field means for sockets, all as in libpq
//! (`passwordFromFile` in fe-connect.c). Deliberately never creates or changes the file.
//!
//! Invariant: no warning contains anything from inside the file.

use std::io::Read;
use std::path::Path;

use super::settings::Password;

/// No password file is longer.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// The password of the first line that matches, and the line's number; `*` in a line matches anything. `hosts`
/// are the names the server goes by (a socket in a default directory also goes by `localhost`).
pub fn find(text: &str, hosts: &[&str], port: u16, database: &str, user: &str) -> Option<(Password, usize)> {
    let port = port.to_string();
    text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')).find_map(|(at, line)| {
        let fields = split(line)?;
        let matches = |at: usize, value: &str| fields[at] == "*" || unescape(fields[at]) == value;
        let host_matches = hosts.iter().any(|host| matches(0, host));
        let rest_matches = matches(1, &port) && matches(2, database) && matches(3, user);
        (host_matches && rest_matches).then(|| (Password::new(unescape(fields[4])), at + 1))
    })
}

/// The five fields, still escaped. The password is the rest of the line up to an unescaped colon.
fn split(line: &str) -> Option<[&str; 5]> {
    let mut fields = [""; 5];
    let mut rest = line;
    for (at, field) in fields.iter_mut().enumerate() {
        let mut escaped = false;
        let end = rest.find(|c: char| {
            let colon = c == ':' && !escaped;
            escaped = c == '\\' && !escaped;
            colon
        });
        match end {
            Some(end) => (*field, rest) = (&rest[..end], &rest[end + 1..]),
            None if at == 4 => *field = rest,
            None => return None,
        }
    }
    Some(fields)
}

fn unescape(field: &str) -> String {
    let mut out = String::with_capacity(field.len());
    let mut chars = field.chars();
    while let Some(c) = chars.next() {
        out.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    out
}

/// The file's text, or a warning why it is not used. No file is no news.
pub fn read(path: &Path) -> Result<Option<String>, String> {
    let shown = path.display();
    let Ok(metadata) = std::fs::metadata(path) else { return Ok(None) };
    if !metadata.is_file() {
        return Err(format!("ignored the password file {shown}: it is not a plain file"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(format!("ignored the password file {shown}: others may read it; chmod 0600 it"));
        }
    }
    let mut text = String::new();
    match std::fs::File::open(path).and_then(|file| file.take(FILE_BYTES_MAX).read_to_string(&mut text)) {
        Ok(_) => Ok(Some(text)),
        Err(error) => Err(format!("ignored the password file {shown}: {}", error.kind())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# comment\n\nbroken\nh:5432:db:u:one\n*:5433:*:u:two\nlocalhost:*:*:*:three\n\
                        a\\:b:1:d\\\\x:u:p\\:w\\\\\n/my/dir:*:*:*:four:ignored\nh2:*:*:*:\n";

    fn password(hosts: &[&str], port: u16, database: &str, user: &str) -> Option<String> {
        find(FILE, hosts, port, database, user).map(|(password, _)| password.expose().to_string())
    }

    #[test]
    fn the_first_matching_line_counts() {
        assert_eq!(password(&["h"], 5432, "db", "u").as_deref(), Some("one"));
        assert_eq!(password(&["h"], 5433, "db", "u").as_deref(), Some("two"));
        assert_eq!(password(&["h"], 5432, "other", "u"), None);
        assert_eq!(password(&["/run/postgresql", "localhost"], 1, "d", "x").as_deref(), Some("three"));
        assert_eq!(password(&["a:b"], 1, "d\\x", "u").as_deref(), Some("p:w\\"));
        assert_eq!(password(&["/my/dir"], 1, "d", "x").as_deref(), Some("four"));
        assert_eq!(password(&["h2"], 1, "d", "x").as_deref(), Some(""));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_others_can_read_is_not_used() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pgpass");
        assert_eq!(read(&path), Ok(None));
        std::fs::write(&path, FILE).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
        assert!(read(&path).unwrap_err().contains("chmod 0600"));
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        assert_eq!(read(&path).unwrap().as_deref(), Some(FILE));
    }
}
