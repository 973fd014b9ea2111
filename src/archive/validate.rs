//! Whether a manifest agrees with itself and with the length of its file.
//!
//! Pure, over the manifest alone. Layout findings make an archive unreadable, so `reader` refuses at the
//! first; sums are only reported by `check`. It never reads a member: `check` compares those.

use std::collections::HashSet;

use super::finding::{Broken, Finding};
use super::manifest::{Chunk, Data, Format, Manifest, Member, Totals, TypeKind, parse_hex64, parse_hex128};
use super::member::check_path;
use super::{DATA_DIR, HEAD_PATH, LARGE_OBJECTS_DIR, MANIFEST_PATH, MAX_CONTENT, MAX_TYPE_DEPTH};

/// More than zstd's worst case for content of this size, its tar header and padding.
pub(super) fn max_stored(raw_bytes: u64) -> u64 {
    raw_bytes.saturating_add(raw_bytes / 128).saturating_add(4096)
}

/// A table's or the large objects' rows with the names that belong to them.
pub(super) struct Part<'a> {
    /// For findings: `table public.users`.
    pub(super) name: String,
    pub(super) format: Format,
    pub(super) data: &'a Data,
    /// What its chunks' paths begin with (F9).
    pub(super) prefix: String,
    /// Index in the manifest's tables; none for large objects.
    pub(super) table: Option<usize>,
}

/// Everything in the manifest that has chunks.
pub(super) fn parts(manifest: &Manifest) -> Vec<Part<'_>> {
    let tables = manifest.tables.iter().enumerate().map(|(index, table)| Part {
        name: format!("table {:?}.{:?}", table.schema, table.name),
        format: table.format,
        data: &table.data,
        prefix: format!("{DATA_DIR}/{:05}-", table.number),
        table: Some(index),
    });
    let objects = manifest.large_objects.iter().map(|objects| Part {
        name: "large objects".to_string(),
        format: objects.format,
        data: &objects.data,
        prefix: format!("{LARGE_OBJECTS_DIR}/"),
        table: None,
    });
    tables.chain(objects).collect()
}

/// F6 to F9, F14 to F16: what must hold before a member may be read. `manifest_offset` is where the
/// manifest's frame begins, and with it the end of the members.
pub(super) fn layout(manifest: &Manifest, manifest_offset: u64) -> Vec<Finding> {
    let mut findings = Vec::new();
    if manifest.members.first().is_none_or(|first| first.path != HEAD_PATH) {
        findings.push(Broken::new("F8", format!("the first member is not {HEAD_PATH}")).at(0, "manifest"));
    }
    let mut expected = 0u64;
    let mut paths = HashSet::new();
    for member in &manifest.members {
        let mut report = |broken: Broken| findings.push(broken.at(member.offset, place(member)));
        if let Err(broken) = check_path(&member.path) {
            report(broken);
        }
        if member.path == MANIFEST_PATH || !paths.insert(member.path.as_str()) {
            report(Broken::new("F14", "a second member of this path"));
        }
        if member.raw_bytes > MAX_CONTENT || member.stored_bytes > max_stored(member.raw_bytes) {
            let (raw, stored) = (member.raw_bytes, member.stored_bytes);
            report(Broken::new("F7", format!("sizes of {stored} stored and {raw} raw bytes are impossible")));
        }
        if parse_hex64(&member.stored_xxh3).is_none() || parse_hex64(&member.raw_xxh3).is_none() {
            report(Broken::new("F15", "a checksum in the manifest is not 16 hex digits"));
        }
        let end = member.offset.checked_add(member.stored_bytes);
        if member.offset != expected || member.stored_bytes == 0 || end.is_none_or(|end| end > manifest_offset) {
            let problem = format!(
                "{} bytes at {} are not where the members go on, at {expected} before {manifest_offset}",
                member.stored_bytes, member.offset
            );
            report(Broken::new("F14", problem));
        }
        expected = end.unwrap_or(u64::MAX);
    }
    if expected != manifest_offset {
        let problem = format!("the members end at {expected}, but the manifest's frame begins at {manifest_offset}");
        findings.push(Broken::new("F14", problem).at(manifest_offset, "manifest"));
    }
    findings.extend(agreement(manifest));
    findings
}

/// F9, F16 and F25: whether tables, chunks, members and types belong together, wherever the members lie.
pub(super) fn agreement(manifest: &Manifest) -> Vec<Finding> {
    let mut findings = Vec::new();
    chunks(manifest, &mut findings);
    findings.extend(types(manifest).map(|problem| Broken::new("F25", problem).at(0, "manifest")));
    findings
}

/// F25: types are made of types before them, a bounded number of times, and columns are of such types.
fn types(manifest: &Manifest) -> Option<String> {
    let mut depths: Vec<usize> = Vec::with_capacity(manifest.types.len());
    for (at, one) in manifest.types.iter().enumerate() {
        let mut depth = 1;
        for part in &one.parts {
            let Some(below) = depths.get(part.type_index) else {
                return Some(format!("type {at} is made of type {}, which is not before it", part.type_index));
            };
            depth = depth.max(below + 1);
        }
        let parts = match one.kind {
            TypeKind::Base | TypeKind::Enum => one.parts.is_empty(),
            TypeKind::Composite => true,
            TypeKind::Domain | TypeKind::Array | TypeKind::Range | TypeKind::Multirange => one.parts.len() == 1,
        };
        if !parts || depth > MAX_TYPE_DEPTH {
            return Some(format!("type {at} has {} parts and is {depth} deep", one.parts.len()));
        }
        depths.push(depth);
    }
    let columns = manifest.tables.iter().flat_map(|table| &table.columns);
    let wrong = columns.filter_map(|column| column.type_index).find(|index| *index >= depths.len())?;
    Some(format!("a column is of type {wrong}, which does not exist"))
}

/// F9 and F16: chunks and members belong together one to one.
fn chunks(manifest: &Manifest, findings: &mut Vec<Finding>) {
    let mut used = vec![false; manifest.members.len()];
    let (mut numbers, mut names) = (HashSet::new(), HashSet::new());
    for table in &manifest.tables {
        if !numbers.insert(table.number) || !names.insert((&table.schema, &table.name)) {
            let problem = format!("table {:?}.{:?}, number {}, is there twice", table.schema, table.name, table.number);
            findings.push(Broken::new("F16", problem).at(0, "manifest"));
        }
    }
    for part in parts(manifest) {
        let mut report = |rule, problem: String| findings.push(Broken::new(rule, problem).at(0, part.name.clone()));
        if parse_hex128(&part.data.fingerprint).is_none() {
            report("F15", "its fingerprint is not 32 hex digits".to_string());
        }
        for Chunk { member, fingerprint, .. } in &part.data.chunks {
            if parse_hex128(fingerprint).is_none() {
                report("F15", format!("the fingerprint of its chunk in member {member} is not 32 hex digits"));
            }
            let Some(path) = manifest.members.get(*member).map(|member| &member.path) else {
                report("F16", format!("a chunk lies in member {member}, which does not exist"));
                continue;
            };
            if std::mem::replace(&mut used[*member], true) {
                report("F16", format!("the chunk {path} is used twice"));
            }
            let fits = path.strip_prefix(&part.prefix).and_then(|rest| rest.strip_suffix(part.format.ext()));
            if fits.is_none_or(|rest| !rest.ends_with('.')) {
                report("F9", format!("{path} is not the path of one of its chunks"));
            }
        }
    }
    for (member, used) in manifest.members.iter().zip(used) {
        if !used && is_chunk(&member.path) {
            findings.push(Broken::new("F16", "a chunk that belongs to no table").at(member.offset, place(member)));
        }
    }
}

/// True for the path of a chunk (F9).
pub(super) fn is_chunk(path: &str) -> bool {
    [DATA_DIR, LARGE_OBJECTS_DIR].iter().any(|dir| path.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/')))
}

/// F17 and F18: sums.
pub(super) fn sums(manifest: &Manifest) -> Vec<Finding> {
    let mut findings = Vec::new();
    for part in parts(manifest) {
        let first = part.data.chunks.first().and_then(|chunk| manifest.members.get(chunk.member));
        let offset = first.map_or(0, |member| member.offset);
        let mut report = |rule, problem| findings.push(Broken::new(rule, problem).at(offset, part.name.clone()));
        let chunks = &part.data.chunks;
        let rows: u128 = chunks.iter().map(|chunk| u128::from(chunk.rows)).sum();
        if rows != u128::from(part.data.rows) {
            report("F17", format!("the manifest says {} rows, its chunks have {rows}", part.data.rows));
        }
        let fingerprint =
            chunks.iter().fold(0, |sum: u128, chunk| sum.wrapping_add(parse_hex128(&chunk.fingerprint).unwrap_or(0)));
        if parse_hex128(&part.data.fingerprint) != Some(fingerprint) {
            report("F17", "its fingerprint is not the sum of its chunks' fingerprints".to_string());
        }
        let members = chunks.iter().filter_map(|chunk| manifest.members.get(chunk.member));
        let raw_bytes: u128 = members.map(|member| u128::from(member.raw_bytes)).sum();
        if raw_bytes != u128::from(part.data.raw_bytes) {
            report("F17", format!("the manifest says {} bytes, its chunks have {raw_bytes}", part.data.raw_bytes));
        }
    }
    let found = totals(manifest);
    if found != manifest.totals {
        let problem = format!("the totals {:?} are not the sums {found:?}", manifest.totals);
        findings.push(Broken::new("F18", problem).at(0, "manifest"));
    }
    findings
}

/// F18: the sums over a manifest. Saturating: an honest archive stays far below.
pub(super) fn totals(manifest: &Manifest) -> Totals {
    let members = &manifest.members;
    let sum = |value: fn(&Member) -> u64| members.iter().map(value).fold(0, u64::saturating_add);
    Totals {
        tables: manifest.tables.len() as u64,
        rows: manifest.tables.iter().map(|table| table.data.rows).fold(0, u64::saturating_add),
        raw_bytes: sum(|member| member.raw_bytes),
        stored_bytes: sum(|member| member.stored_bytes),
        members: members.len() as u64,
    }
}

/// How findings name a member.
pub(super) fn place(member: &Member) -> String {
    format!("member {:?}", member.path)
}

#[cfg(test)]
mod tests {
    use super::super::manifest::{Column, Table, Type, TypePart};
    use super::*;

    fn one(kind: TypeKind, parts: &[usize]) -> Type {
        let part = |index: &usize| TypePart { name: None, type_index: *index, modifier: -1 };
        Type { schema: "s".into(), name: "t".into(), kind, parts: parts.iter().map(part).collect() }
    }

    fn wrong(list: Vec<Type>, column: Option<usize>) -> bool {
        let column = Column { type_index: column, ..Column::plain("a", "t") };
        let tables = vec![Table { columns: vec![column], ..Table::default() }];
        types(&Manifest { types: list, tables, ..Manifest::default() }).is_some()
    }

    #[test]
    fn f25_types_are_made_of_types_before_them_and_end() {
        let base = || one(TypeKind::Base, &[]);
        assert!(!wrong(vec![base(), one(TypeKind::Array, &[0]), one(TypeKind::Composite, &[0, 1, 1])], Some(2)));
        assert!(!wrong(Vec::new(), None));
        assert!(wrong(vec![base()], Some(1)), "no such type");
        assert!(wrong(vec![one(TypeKind::Array, &[0])], None), "made of itself");
        assert!(wrong(vec![one(TypeKind::Composite, &[1]), base()], None), "made of a later one");
        assert!(wrong(vec![base(), one(TypeKind::Range, &[0, 0])], None), "two subtypes");
        assert!(wrong(vec![base(), one(TypeKind::Enum, &[0])], None), "an enum of parts");
        let nested = |depth: usize| {
            let above = (0..depth - 1).map(|below| one(TypeKind::Domain, &[below]));
            std::iter::once(base()).chain(above).collect::<Vec<_>>()
        };
        assert!(!wrong(nested(MAX_TYPE_DEPTH), None));
        assert!(wrong(nested(MAX_TYPE_DEPTH + 1), None));
    }
}
