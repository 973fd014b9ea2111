//! The sidecar of an archive, `<archive>.json`: what a dump says of it for people and monitors, and what later
//! commands found out.
//!
//! Owns its path, and how one field of it is read and put. What the fields mean is for those who put them. A
//! sidecar may be missing, and proves nothing by itself: whoever reads a field looks whether it is of this archive.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::archive::publish::write_sidecar;
use crate::error::{During, Error, Fault, Result};

/// The longest sidecar that is read, in bytes.
const LONGEST: u64 = 64 << 20;

/// The sidecar's path: the archive's with `.json` behind it.
pub fn path(archive: &Path) -> PathBuf {
    with_suffix(archive, ".json")
}

/// A path with something behind its last name.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(suffix);
    PathBuf::from(path)
}

/// A field of the sidecar of `archive`, where there is one of this shape.
pub(super) fn get<T: DeserializeOwned>(archive: &Path, field: &str) -> Option<T> {
    serde_json::from_value(fields(&path(archive)).ok()??.remove(field)?).ok()
}

/// Puts a field into the sidecar of `archive`, whole or not at all, in the place of an earlier one; the others stay.
///
/// # Errors
/// Disk, where the sidecar cannot be read or written, or is not the JSON object it should be.
pub(super) fn put(archive: &Path, field: &str, value: &impl Serialize) -> Result<()> {
    let path = path(archive);
    let cannot = || format!("cannot record the {field} in {}", path.display());
    let mut fields = match fields(&path) {
        Ok(fields) => fields.unwrap_or_default(),
        Err(error) => return Err(error).during(Fault::Disk, cannot),
    };
    fields.insert(field.into(), serde_json::to_value(value).expect("fields are plain data"));
    let mut json = serde_json::to_vec_pretty(&fields).expect("it was JSON");
    json.push(b'\n');
    write_sidecar(&path, &json)
}

/// The fields of a sidecar, where there is one.
fn fields(path: &Path) -> Result<Option<serde_json::Map<String, serde_json::Value>>> {
    let doing = || format!("cannot read {}", path.display());
    let length = match std::fs::metadata(path) {
        Ok(meta) => meta.len(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).during(Fault::Disk, doing),
    };
    if length > LONGEST {
        return Err(Error::new(Fault::Disk, format!("{} is too long for a sidecar", path.display())));
    }
    let bytes = std::fs::read(path).during(Fault::Disk, doing)?;
    serde_json::from_slice(&bytes).map(Some).during(Fault::Disk, doing)
}
