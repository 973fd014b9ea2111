//! Service files: `~/.pg_service.conf` and the system's `pg_service.conf`.
//!
//! Owns their syntax and where they are looked for, both libpq's (`parseServiceInfo` and
//! `parseServiceFile` in fe-connect.c): the first section of the name counts, the rest of the file is not
//! looked at, blanks round the equals sign belong to the words. Which values win is `draft.rs`'s.
//!
//! Invariant: no error contains anything of a line but a keyword that libpq has.

use std::path::{Path, PathBuf};

use super::keywords;
use super::outside::Outside;
use crate::error::{Error, Fault, Result};

/// libpq's limit on a line, its end included.
const LINE_BYTES_MAX: usize = 1023;

/// Where distributions keep the system's file, for programs that were built for them.
const SYSTEM_DIRECTORIES: [&str; 3] = ["/etc/postgresql-common", "/etc/sysconfig/pgsql", "/etc/postgresql"];

/// A line of a service: keyword, value, line number.
pub type Entry = (&'static str, String, usize);

/// The lines of the service `name`, and the file they are in. `file` is `servicefile` or PGSERVICEFILE.
///
/// # Errors
/// [`Fault::Usage`] where the service, or a file that was named, cannot be found or read.
pub fn read(name: &str, file: Option<&str>, outside: &Outside<'_>) -> Result<(PathBuf, Vec<Entry>)> {
    let own = match file {
        Some(file) => Some(PathBuf::from(file)),
        None => outside.home_file(".pg_service.conf").filter(|path| (outside.exists)(path)),
    };
    if let Some(path) = own {
        let text = (outside.text_file)(&path).map_err(|cause| {
            Error::new(Fault::Usage, format!("cannot read the service file {}", path.display())).caused_by(cause)
        })?;
        if let Some(entries) = section(&text, name, &path)? {
            return Ok((path, entries));
        }
    }
    let directories = match (outside.env)("PGSYSCONFDIR") {
        Some(directory) => vec![PathBuf::from(directory)],
        None => SYSTEM_DIRECTORIES.iter().map(PathBuf::from).collect(),
    };
    for path in directories.iter().map(|directory| directory.join("pg_service.conf")) {
        if let Ok(text) = (outside.text_file)(&path)
            && let Some(entries) = section(&text, name, &path)?
        {
            return Ok((path, entries));
        }
    }
    Err(Error::new(Fault::Usage, format!("the service \"{}\" is not defined", name.escape_debug())).hint(
        "it must be a section [name] of ~/.pg_service.conf, of PGSERVICEFILE, or of PGSYSCONFDIR/pg_service.conf",
    ))
}

/// The entries of a section; `None` where the file has none of this name.
fn section(text: &str, name: &str, path: &Path) -> Result<Option<Vec<Entry>>> {
    let bad = |line: usize, what: &str| {
        Err(Error::new(Fault::Usage, format!("the service file {} is wrong in line {line}: {what}", path.display())))
    };
    let mut found: Option<Vec<Entry>> = None;
    for (at, line) in text.lines().enumerate() {
        let number = at + 1;
        if line.len() > LINE_BYTES_MAX {
            return bad(number, "it is too long");
        }
        let line = line.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\x0b');
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(head) = line.strip_prefix('[') {
            if found.is_some() {
                break;
            }
            let ours = head.strip_prefix(name).is_some_and(|rest| rest.starts_with(']'));
            found = ours.then(Vec::new);
            continue;
        }
        let Some(entries) = &mut found else { continue };
        if line.starts_with("ldap") {
            return Err(Error::new(Fault::Unsupported, format!("the service file {} refers to LDAP", path.display())));
        }
        let Some((key, value)) = line.split_once('=') else { return bad(number, "it has no '='") };
        if key.starts_with("service") {
            return bad(number, "a service cannot refer to another");
        }
        match keywords::find(key) {
            Ok(Some(keyword)) => entries.push((keyword, value.to_string(), number)),
            Ok(None) => {}
            Err(Some(error)) => return Err(error.hint(format!("it is in {} line {number}", path.display()))),
            Err(None) => return bad(number, "it sets nothing that libpq knows"),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# comment\n[other]\nhost=wrong\n\n  [prod]  \nhost=db.example\nport = 1\n[prod]\nhost=second\n\
                        [good]\r\nhost=h\r\noptions=-c a=b\n[bad]\nnonsense\n[nested]\nservice=prod\n[odd]\ntOpSeCrEt=1\n";

    fn shown(name: &str) -> String {
        match section(FILE, name, Path::new("/f")) {
            Ok(None) => "none".into(),
            Ok(Some(entries)) => {
                entries.iter().map(|(key, value, line)| format!("{key}={value}@{line}")).collect::<Vec<_>>().join(" ")
            }
            Err(error) => error.report(),
        }
    }

    #[test]
    fn the_first_section_of_the_name_counts() {
        assert_eq!(shown("good"), "host=h@11 options=-c a=b@12");
        assert_eq!(shown("missing"), "none");
        assert_eq!(shown("other"), "host=wrong@3");
        // A blank before the equals sign is part of the word, as with libpq.
        assert!(shown("prod").contains("line 7"), "{}", shown("prod"));
        assert!(shown("bad").contains("line 14: it has no '='"), "{}", shown("bad"));
        assert!(shown("nested").contains("line 16"), "{}", shown("nested"));
        assert!(shown("odd").contains("line 18") && !shown("odd").contains("tOpSeCrEt"), "{}", shown("odd"));
    }
}
