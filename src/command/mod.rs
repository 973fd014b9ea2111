//! The commands: plain options in, a summary out. Here, and only here, the stages meet.

pub mod check;
pub mod dump;
pub mod finding;
pub mod input;
pub mod inspect;
pub mod list;
mod provided;
pub mod prune;
pub mod report;
pub mod restore;
mod rights;
pub mod salvage;
pub mod script;
pub mod selection;
pub mod sidecar;
mod staging;
pub mod standalone;
pub mod statistics;
mod tally;
mod types;
pub mod verify;

use std::path::Path;
use std::sync::LazyLock;

use crate::archive::FORMAT;
use crate::error::{Error, Fault};

/// The program's version and that of the archives it writes: `0.1.0 (archive format 1.2)`.
pub fn version() -> &'static str {
    static VERSION: LazyLock<String> =
        LazyLock::new(|| format!("{} (archive format {}.{})", env!("CARGO_PKG_VERSION"), FORMAT.major, FORMAT.minor));
    &VERSION
}

/// `12 MB`, as `pg_size_pretty` would say it.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["bytes", "kB", "MB", "GB", "TB", "PB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 10240.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.0} {}", UNITS[unit])
}

/// Names the archive in an error that is about it and does not: a member alone does not tell which file.
fn of_archive(path: Option<&Path>, error: Error) -> Error {
    let name = path.map_or_else(|| "the archive from standard input".to_string(), |path| path.display().to_string());
    if !matches!(error.fault(), Fault::Damaged | Fault::Unsupported) || error.report().contains(&name) {
        return error;
    }
    Error::new(error.fault(), format!("cannot read {name}")).caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_like_pg_size_pretty() {
        for (bytes, text) in
            [(0, "0 bytes"), (10239, "10239 bytes"), (10240, "10 kB"), (20 << 20, "20 MB"), (3 << 40, "3072 GB")]
        {
            assert_eq!(size(bytes), text);
        }
    }
}
