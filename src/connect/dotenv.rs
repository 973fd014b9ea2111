//! `.env` files: dotenvy's syntax, read line by line and without touching the environment.
//!
//! Owns which files there are and their order, and three remedies for what dotenvy 0.15 does to other
//! people's files. It expands `$` in values silently (`PGPASSWORD=pa$$word` becomes `pa`), so `$` is escaped
//! first, except in single quotes, where dotenvy leaves it alone. One bad line, or one stray quote, must not
//! swallow the lines after it, so every line is parsed by itself. And dotenvy's errors contain the value, so
//! they are dropped and replaced by file, line number and key. A bad line is a warning; it becomes an error
//! only when its key is asked for.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::environment;
use crate::error::{Error, Fault, Result};

/// No `.env` file is longer; what is longer is something else.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// What the `.env` files say. The default value says nothing.
#[derive(Default)]
pub struct DotEnv {
    files: Vec<File>,
    /// Sentences about lines and files that could not be read; they contain no values.
    pub warnings: Vec<String>,
}

#[derive(Default)]
struct File {
    name: String,
    /// Values by key, with their lines, counted from 1.
    values: BTreeMap<String, (Value, usize)>,
}

enum Value {
    Good(String),
    /// The line exists but cannot be parsed.
    Bad,
}

impl DotEnv {
    /// Reads the files of `directory` in their order of precedence: for an environment NAME
    /// `.env.NAME.local`, `.env.local`, `.env.NAME`, `.env`; without one the second and the last. Known
    /// spellings of NAME are tried after the one given. Missing files are no news; unreadable ones and
    /// unreadable lines become [`DotEnv::warnings`].
    pub fn read(directory: &Path, environment: Option<&str>) -> DotEnv {
        let mut out = DotEnv::default();
        for name in names(environment) {
            match read_bounded(&directory.join(&name)) {
                Ok(Some(bytes)) => out.add(&name, &String::from_utf8_lossy(&bytes)),
                Ok(None) => {}
                Err(problem) => out.warnings.push(format!("cannot read {name}: {problem}")),
            }
        }
        out
    }

    /// Reads these files alone; of several the last counts most.
    ///
    /// # Errors
    /// [`Fault::Usage`] naming the file that cannot be read.
    pub fn read_only(paths: &[PathBuf]) -> Result<DotEnv> {
        let mut out = DotEnv::default();
        for path in paths.iter().rev() {
            let name = path.display().to_string();
            let bytes = match read_bounded(path) {
                Ok(Some(bytes)) => bytes,
                Ok(None) => return Err(Error::new(Fault::Usage, format!("there is no file {name} (--env-file)"))),
                Err(problem) => {
                    return Err(Error::new(Fault::Usage, format!("cannot read {name} (--env-file)")).caused_by(problem));
                }
            };
            out.add(&name, &String::from_utf8_lossy(&bytes));
        }
        Ok(out)
    }

    /// The same from names and texts, first the one that counts most.
    pub fn from_texts(files: &[(&str, &str)]) -> DotEnv {
        let mut out = DotEnv::default();
        for (name, text) in files {
            out.add(name, text);
        }
        out
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// True where there is none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The name of file number `file`, counted from the one that counts most.
    pub fn name(&self, file: usize) -> &str {
        &self.files[file].name
    }

    /// The value of `key` in file number `file`, and its line. Of several lines the last counts, as in a
    /// shell.
    ///
    /// # Errors
    /// [`Fault::Usage`] where the line that sets it cannot be parsed.
    pub fn get(&self, file: usize, key: &str) -> Result<Option<(&str, usize)>> {
        match self.files[file].values.get(key) {
            None => Ok(None),
            Some((Value::Good(value), line)) => Ok(Some((value, *line))),
            Some((Value::Bad, line)) => {
                Err(Error::new(Fault::Usage, format!("cannot read {key} in {} line {line}", self.files[file].name))
                    .hint("put a value with blanks, '#', quotes or backslashes into single quotes: KEY='value'"))
            }
        }
    }

    fn add(&mut self, name: &str, text: &str) {
        let mut file = File { name: name.to_string(), values: BTreeMap::new() };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines: Vec<&str> = text.lines().collect();
        let mut at = 0;
        while at < lines.len() {
            let number = at + 1;
            let (entry, taken) = one_entry(&lines[at..]);
            at += taken;
            match entry {
                Entry::Nothing => {}
                Entry::Pair(key, value) => {
                    file.values.insert(key, (Value::Good(value), number));
                }
                Entry::Bad => {
                    let key = key_of(lines[number - 1]);
                    self.warnings.push(match &key {
                        Some(key) => format!("cannot read {name} line {number} ({key}); it is ignored"),
                        None => format!("cannot read {name} line {number}; it is ignored"),
                    });
                    if let Some(key) = key {
                        file.values.insert(key, (Value::Bad, number));
                    }
                }
            }
        }
        self.files.push(file);
    }
}

/// The files' names, first the one that counts most. Of an environment only what can be part of a file's
/// name is used: it must not lead into another directory.
fn names(environment: Option<&str>) -> Vec<String> {
    let spellings = environment.map(environment::spellings).unwrap_or_default();
    let spellings: Vec<&String> =
        spellings.iter().filter(|name| !name.contains(['/', '\0']) && !name.is_empty()).collect();
    let local = spellings.iter().map(|name| format!(".env.{name}.local"));
    let shared = spellings.iter().map(|name| format!(".env.{name}"));
    let mut names: Vec<String> = Vec::new();
    for name in local.chain([".env.local".to_string()]).chain(shared).chain([".env".to_string()]) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The file's bytes; `None` where there is no such file (a directory `.env` is Python's, not ours).
fn read_bounded(path: &Path) -> std::result::Result<Option<Vec<u8>>, String> {
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    if !metadata.is_file() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    match bytes.len() as u64 > FILE_BYTES_MAX {
        true => Err("it is longer than 1 MiB".into()),
        false => Ok(Some(bytes)),
    }
}

enum Entry {
    Nothing,
    Pair(String, String),
    Bad,
}

/// Parses the entry at the head of `lines` and says how many lines it took: several where a quoted
/// value spans lines, one where the quote never ends (then it is that line's fault alone).
fn one_entry(lines: &[&str]) -> (Entry, usize) {
    let mut scan = Scan::default();
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        scan.line(line, &mut text);
        if !scan.in_quotes() {
            return (parse(&text), at + 1);
        }
        text.push('\n');
    }
    (Entry::Bad, 1)
}

fn parse(text: &str) -> Entry {
    // The newline matters: without it dotenvy takes a blank at the end for an unfinished line.
    let text = format!("{}\n", text.trim_end());
    match dotenvy::from_read_iter(text.as_bytes()).next() {
        None => Entry::Nothing,
        Some(Ok((key, value))) => Entry::Pair(key, value),
        Some(Err(_)) => Entry::Bad,
    }
}

/// Follows quotes and backslashes as dotenvy's value parser does, and escapes `$` on the way.
#[derive(Default)]
struct Scan {
    single: bool,
    double: bool,
    escaped: bool,
    comment: bool,
    blank: bool,
}

impl Scan {
    fn in_quotes(&self) -> bool {
        self.single || self.double
    }

    fn line(&mut self, line: &str, out: &mut String) {
        let start = !self.in_quotes();
        self.comment = start && line.trim_start().starts_with('#');
        self.escaped = false;
        self.blank = false;
        for c in line.chars() {
            if self.comment {
                break;
            }
            let escaped = std::mem::take(&mut self.escaped);
            let blank = std::mem::replace(&mut self.blank, c.is_whitespace());
            match c {
                _ if self.single => self.single = c != '\'',
                _ if escaped => {}
                '\\' => self.escaped = true,
                '$' => out.push('\\'),
                '"' => self.double = !self.double,
                '\'' if !self.double => self.single = true,
                '#' if blank && !self.double => self.comment = true,
                _ => {}
            }
            if !self.comment {
                out.push(c);
            }
        }
    }
}

/// The key of a line that cannot be parsed, if it starts like an assignment.
fn key_of(line: &str) -> Option<String> {
    let line = line.trim_start();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (key, _) = line.split_once('=')?;
    let key = key.trim();
    let fits =
        !key.is_empty() && key.len() <= 64 && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
    fits.then(|| key.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(text: &str, key: &str) -> Option<String> {
        DotEnv::from_texts(&[(".env", text)]).get(0, key).expect("a readable line").map(|(value, _)| value.to_string())
    }

    #[test]
    fn values_are_literal() {
        for (line, expected) in [
            ("K=plain", "plain"),
            ("export K=plain", "plain"),
            ("  K = plain  ", "plain"),
            ("K=pa$$w0rd", "pa$$w0rd"),
            ("K=$HOME/x", "$HOME/x"),
            ("K=${HOME}", "${HOME}"),
            ("K=\"pa$HOME\"", "pa$HOME"),
            ("K='pa$HOME'", "pa$HOME"),
            (r"K=a\$b", "a$b"),
            (r#"K="a\$b""#, "a$b"),
            (r#"K="a\"$b""#, "a\"$b"),
            ("K='two words'", "two words"),
            ("K=\"two words\" # and a comment", "two words"),
            ("K=x # don't mind", "x"),
            ("K=x#y", "x#y"),
            ("K=a'b c'$d", "ab c$d"),
            ("K=", ""),
            ("K=\"a\nb\"", "a\nb"),
            ("K=postgres://u:p%40$x@h/db?a=b&c=d", "postgres://u:p%40$x@h/db?a=b&c=d"),
            ("\u{feff}K=bom", "bom"),
            ("K=first\nK=last", "last"),
            ("K=crlf\r\nL=x", "crlf"),
        ] {
            assert_eq!(value(line, "K").as_deref(), Some(expected), "{line}");
        }
    }

    #[test]
    fn a_bad_line_hurts_only_who_asks_for_it_and_shows_no_value() {
        let text = "# don't\nA=1\nNAME=O'tOpSeCrEt\nMSG=two tOpSeCrEt words\nDIR=C:\\tOpSeCrEt\n=x\nB=2\n";
        let files = DotEnv::from_texts(&[(".env", text)]);
        assert_eq!(files.get(0, "A").unwrap(), Some(("1", 2)));
        assert_eq!(files.get(0, "B").unwrap(), Some(("2", 7)));
        assert_eq!(
            files.warnings,
            [
                "cannot read .env line 3 (NAME); it is ignored",
                "cannot read .env line 4 (MSG); it is ignored",
                "cannot read .env line 5 (DIR); it is ignored",
                "cannot read .env line 6; it is ignored",
            ]
        );
        let error = files.get(0, "MSG").unwrap_err();
        assert_eq!(error.fault(), Fault::Usage);
        assert!(error.report().starts_with("cannot read MSG in .env line 4\n"), "{error}");
        assert!(!error.report().contains("tOpSeCrEt"));
    }

    #[test]
    fn files_are_read_from_a_directory_and_directories_are_not_files() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join(".env"), "K=shared\n").unwrap();
        std::fs::create_dir(directory.path().join(".env.local")).unwrap();
        let files = DotEnv::read(directory.path(), None);
        assert_eq!((files.len(), files.name(0)), (1, ".env"));
        assert_eq!(files.get(0, "K").unwrap(), Some(("shared", 1)));
        assert_eq!(files.warnings, Vec::<String>::new());
    }

    #[test]
    fn an_environment_has_files_of_its_own_under_each_spelling() {
        assert_eq!(names(None), [".env.local", ".env"]);
        assert_eq!(
            names(Some("prod")),
            [".env.prod.local", ".env.production.local", ".env.local", ".env.prod", ".env.production", ".env"]
        );
        assert_eq!(names(Some("qa")), [".env.qa.local", ".env.local", ".env.qa", ".env"]);
        assert_eq!(names(Some("../x")), [".env.local", ".env"]);
        let local = names(Some("local"));
        assert_eq!(local.iter().filter(|name| *name == ".env.local").count(), 1);
    }

    #[test]
    fn of_files_named_one_by_one_the_last_counts_most_and_all_must_be_there() {
        let directory = tempfile::tempdir().unwrap();
        let paths = ["a", "b"].map(|name| directory.path().join(name));
        std::fs::write(&paths[0], "K=first\nL=only\n").unwrap();
        assert!(DotEnv::read_only(&paths).is_err());
        std::fs::write(&paths[1], "\nK=second\n").unwrap();
        let files = DotEnv::read_only(&paths).unwrap();
        assert_eq!(files.get(0, "K").unwrap(), Some(("second", 2)));
        assert_eq!(files.get(1, "L").unwrap(), Some(("only", 2)));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "([A-Z]{1,2}=)?[a-z=$#'\"\\\\ \n{}é]*") {
            DotEnv::from_texts(&[(".env", &text)]);
        }

        #[test]
        fn single_quotes_keep_everything_but_quotes_and_backslashes(secret in "[ -&(-\\[\\]-~]*") {
            let text = format!("A=1\nPGPASSWORD='{secret}'\nB=2");
            let files = DotEnv::from_texts(&[(".env", &text)]);
            prop_assert_eq!(files.get(0, "PGPASSWORD").unwrap(), Some((secret.as_str(), 2)));
            prop_assert_eq!(files.get(0, "B").unwrap(), Some(("2", 3)));
        }
    }
}
