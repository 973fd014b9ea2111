//! A small archive for this module's tests, sound or made to lie. Its "rows" are lines of text.

use std::io::Write;

use xxhash_rust::xxh3::xxh3_128;

use super::check::{ChunkContext, ChunkSummary};
use super::footer::{END_FRAME, Footer};
use super::manifest::{Chunk, Column, Data, Format, Head, LargeObjects, Manifest, Member, Table, hex64, hex128};
use super::member::{Encoded, Encoder, chunk_path, path_for_table};
use super::writer::{Finished, Writer};
use super::{DRAFT_PATH, HEAD_PATH, LARGE_OBJECTS_DIR, MANIFEST_PATH, validate};
use crate::error::Result;

/// Path and content of every member, in order.
pub(super) fn members() -> Vec<(String, Vec<u8>)> {
    let users = path_for_table(1, "public", "users");
    let notes = path_for_table(2, "Größe", "no/tes");
    let head = Head::from(&described());
    let many: String = (0..40).map(|n| format!("row {n}\n")).collect();
    vec![
        (HEAD_PATH.to_string(), head.to_json()),
        ("schema/pre-data.sql".to_string(), b"CREATE TABLE users ();\n".to_vec()),
        (chunk_path(&users, 0, 0, "copy"), many.into_bytes()),
        (chunk_path(&users, 1024, 1, "copy"), b"x\ny\n".to_vec()),
        (chunk_path(&notes, 0, 0, "txt"), vec![]),
        (chunk_path(LARGE_OBJECTS_DIR, 0, 0, "copy"), b"page\n".to_vec()),
        ("README.txt".to_string(), vec![b'.'; 512]),
    ]
}

/// The same with the draft of the manifest (F28) behind the head.
pub(super) fn members_and_draft() -> Vec<(String, Vec<u8>)> {
    let mut members = members();
    let mut draft = manifest(&[]);
    draft.finished = String::new();
    members.insert(1, (DRAFT_PATH.to_string(), draft.to_json()));
    members
}

fn described() -> Manifest {
    Manifest {
        database: "shop".to_string(),
        environment: "dev".to_string(),
        server_version: "18.1".to_string(),
        server_version_num: 180_001,
        encoding: "UTF8".to_string(),
        started: "2026-11-23T13:05:00Z".to_string(),
        finished: "2026-11-23T13:06:00Z".to_string(),
        ..Manifest::default()
    }
}

/// What the fixture's chunks hold: lines.
pub(super) fn summary(_: ChunkContext<'_>, content: &[u8]) -> Result<ChunkSummary, String> {
    if !content.is_empty() && !content.ends_with(b"\n") {
        return Err("the last row is cut".to_string());
    }
    let rows = content.split_inclusive(|&byte| byte == b'\n');
    let (count, fingerprint) = rows.fold((0, 0u128), |(n, sum), row| (n + 1, sum.wrapping_add(xxh3_128(row))));
    Ok(ChunkSummary { rows: count, fingerprint })
}

fn data(members: &[(String, Vec<u8>)], dir: &str) -> Data {
    let mut data = Data::default();
    let mut sum = 0u128;
    for (member, (_, content)) in members.iter().enumerate().filter(|(_, (path, _))| path.starts_with(dir)) {
        let context = ChunkContext { table: None, format: Format::Binary, path: "" };
        let found = summary(context, content).unwrap_or(ChunkSummary { rows: 0, fingerprint: 0 });
        sum = sum.wrapping_add(found.fingerprint);
        data.rows += found.rows;
        data.raw_bytes += content.len() as u64;
        data.chunks.push(Chunk { member, rows: found.rows, fingerprint: hex128(found.fingerprint) });
    }
    data.fingerprint = hex128(sum);
    data
}

/// The manifest of these members, as the writer takes it.
pub(super) fn manifest(members: &[(String, Vec<u8>)]) -> Manifest {
    let table = |number, schema: &str, name: &str, format| Table {
        number,
        schema: schema.to_string(),
        name: name.to_string(),
        columns: vec![Column::plain("a", "text")],
        format,
        data: data(members, &path_for_table(number, schema, name)),
        ..Table::default()
    };
    Manifest {
        tables: vec![table(1, "public", "users", Format::Binary), table(2, "Größe", "no/tes", Format::Text)],
        large_objects: Some(LargeObjects { count: 1, format: Format::Binary, data: data(members, LARGE_OBJECTS_DIR) }),
        ..described()
    }
}

pub(super) fn encode(members: &[(String, Vec<u8>)]) -> Vec<Encoded> {
    let mut encoder = Encoder::new(1).unwrap();
    members.iter().map(|(path, content)| encoder.encode(path, content).unwrap()).collect()
}

/// Writes an archive of these members.
pub(super) fn write<W: Write>(out: W, members: Vec<(String, Vec<u8>)>) -> Result<(W, Finished)> {
    let mut writer = Writer::new(out);
    for encoded in encode(&members) {
        writer.append(&encoded)?;
    }
    writer.finish(manifest(&members), 1)
}

/// Writes the fixture with a manifest that was changed before.
pub(super) fn write_spoiled<W: Write>(out: W, spoil: fn(&mut Manifest)) -> Result<(W, Finished)> {
    let members = members();
    let mut writer = Writer::new(out);
    for encoded in encode(&members) {
        writer.append(&encoded)?;
    }
    let mut manifest = manifest(&members);
    spoil(&mut manifest);
    writer.finish(manifest, 1)
}

/// The sound archive.
pub(super) fn archive() -> Vec<u8> {
    write(Vec::new(), members()).unwrap().0
}

/// Frames and a manifest put together without asking whether they agree.
pub(super) fn assemble(frames: &[Vec<u8>], manifest: &Manifest) -> Vec<u8> {
    let mut bytes = frames.concat();
    let offset = bytes.len() as u64;
    let encoded = Encoder::new(1).unwrap().encode(MANIFEST_PATH, &manifest.to_json()).unwrap();
    let footer = Footer { offset, length: encoded.bytes.len() as u64, xxh3: encoded.stored_xxh3 };
    bytes.extend(encoded.bytes);
    bytes.extend(END_FRAME);
    bytes.extend(footer.to_bytes());
    bytes
}

/// The complete manifest of these frames, members and totals filled in.
pub(super) fn complete(members: &[(String, Vec<u8>)], frames: &[Encoded]) -> Manifest {
    let mut manifest = manifest(members);
    let mut offset = 0;
    for frame in frames {
        let stored_bytes = frame.bytes.len() as u64;
        manifest.members.push(Member {
            path: frame.path.clone(),
            offset,
            stored_bytes,
            raw_bytes: frame.raw_bytes,
            stored_xxh3: hex64(frame.stored_xxh3),
            raw_xxh3: hex64(frame.raw_xxh3),
        });
        offset += stored_bytes;
    }
    manifest.totals = validate::totals(&manifest);
    manifest
}

/// The fixture with a manifest that lies although every checksum of the way to it is right.
pub(super) fn lying(lie: fn(&mut Manifest)) -> Vec<u8> {
    let members = members();
    let frames = encode(&members);
    let mut manifest = complete(&members, &frames);
    lie(&mut manifest);
    assemble(&frames.into_iter().map(|frame| frame.bytes).collect::<Vec<_>>(), &manifest)
}

type Lie = (&'static str, fn(&mut Manifest));

/// Mistakes a caller of the writer can make, each with the first rule it breaks.
pub(super) const SPOILERS: &[Lie] = &[
    ("F16", |manifest| manifest.tables[0].data.chunks[0].member = 999),
    ("F16", |manifest| manifest.tables[0].data.chunks[1].member = manifest.tables[0].data.chunks[0].member),
    ("F16", |manifest| drop(manifest.tables.pop())),
    ("F16", |manifest| manifest.large_objects = None),
    ("F16", |manifest| manifest.tables[1].number = 1),
    ("F9", |manifest| manifest.tables[0].format = Format::Text),
    ("F9", |manifest| manifest.tables[1].data.chunks[0].member = 6),
    ("F15", |manifest| manifest.tables[0].data.fingerprint = "12".to_string()),
    ("F15", |manifest| manifest.tables[0].data.chunks[0].fingerprint.make_ascii_uppercase()),
    ("F17", |manifest| manifest.tables[0].data.rows += 1),
    ("F17", |manifest| manifest.tables[0].data.chunks[0].rows = u64::MAX),
    ("F17", |manifest| manifest.tables[0].data.raw_bytes -= 1),
    ("F17", |manifest| manifest.tables[0].data.fingerprint = hex128(7)),
];

/// Further lies of a complete manifest.
pub(super) const LIES: &[Lie] = &[
    ("F6", |manifest| manifest.members[1].path = "../up".to_string()),
    ("F6", |manifest| manifest.members[1].path = "/etc/passwd".to_string()),
    ("F6", |manifest| manifest.members[1].path = "a\\b".to_string()),
    ("F6", |manifest| manifest.members[1].path = "a\u{1b}[m".to_string()),
    ("F6", |manifest| manifest.members[1].path = "a".repeat(101)),
    ("F6", |manifest| manifest.members[1].path = String::new()),
    ("F7", |manifest| manifest.members[1].stored_bytes = u64::MAX),
    ("F7", |manifest| manifest.members[1].raw_bytes = u64::MAX),
    ("F8", |manifest| manifest.members[0].path = "head.json".to_string()),
    ("F8", |manifest| manifest.members.clear()),
    ("F14", |manifest| manifest.members[1].offset += 1),
    ("F14", |manifest| manifest.members[1].offset = u64::MAX),
    ("F14", |manifest| manifest.members[2].offset = manifest.members[1].offset),
    ("F14", |manifest| manifest.members[1].stored_bytes -= 1),
    ("F14", |manifest| drop(manifest.members.pop())),
    ("F14", |manifest| manifest.members[6].path = manifest.members[1].path.clone()),
    ("F14", |manifest| manifest.members[6].path = MANIFEST_PATH.to_string()),
    ("F15", |manifest| manifest.members[1].raw_xxh3 = "g".repeat(16)),
    ("F18", |manifest| manifest.totals.rows += 1),
    ("F18", |manifest| manifest.totals.stored_bytes += 1),
];
