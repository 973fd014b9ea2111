//! The bodies of the fuzz targets: what reads bytes of others, and what must hold whatever they are.
//!
//! Each takes any bytes. It may refuse them, but neither panic nor take memory that they do not justify; where
//! there are two ways to the same answer, both are gone and compared. `fuzz_targets/` gives them to libFuzzer,
//! `tests/it/fuzz.rs` replays the corpus and a bounded number of its mutations on every run of the tests.

use std::io::Cursor;
use std::sync::Arc;

use pgsnap::archive::check::{ChunkSummary, check_archive};
use pgsnap::archive::member::decode;
use pgsnap::archive::salvage::salvage;
use pgsnap::archive::{Archive, Encoder, HEAD_PATH, Head, MANIFEST_PATH, MAX_CONTENT, Manifest, Source};
use pgsnap::connect::{DotEnv, Flags, Settings};
use pgsnap::copy::{Format, Inspector, Shape, Shapes, Summary, Swap, Walker, summarise};
use xxhash_rust::xxh3::xxh3_64;

/// A target's name, which is that of its corpus, and its body.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: &[Target] = &[
    ("archive", archive),
    ("frame", frame),
    ("manifest", manifest),
    ("copy_binary", copy_binary),
    ("copy_text", copy_text),
    ("values", values),
    ("conninfo", conninfo),
    ("dotenv", dotenv),
];

/// A whole file: opened, checked, every member read.
pub fn archive(bytes: &[u8]) {
    salvaged(bytes);
    let Ok(archive) = Archive::from_reader(Cursor::new(bytes.to_vec())) else { return };
    read_all(&archive);
}

/// What is taken out of a damaged archive can be read, and agrees with itself.
fn salvaged(bytes: &[u8]) {
    let source = Arc::new(Source::reader(Cursor::new(bytes.to_vec())).expect("memory can be read"));
    let Ok((Some(archive), report)) = salvage(&source, 1, &content, &|_| {}) else { return };
    let members = archive.manifest().members.len();
    assert_eq!(report.members, members as u64);
    assert!((0..members).all(|index| archive.read_member(index).is_ok()), "what is whole can be read");
    let rows: u64 = report.tables.iter().map(|table| table.rows).sum();
    assert_eq!(rows, archive.manifest().totals.rows);
}

/// Any content is rows, or none.
fn content(_: pgsnap::archive::ChunkContext<'_>, bytes: &[u8]) -> Result<ChunkSummary, String> {
    let summary = summarise(Format::Binary, None, bytes).map_err(|error| error.to_string())?;
    Ok(ChunkSummary { rows: summary.rows, fingerprint: summary.fingerprint.value() })
}

/// Everything that reading an archive does. What `check` finds sound can be read.
fn read_all(archive: &Archive) {
    let sound = check_archive(archive, 1, &|_| true, &content, &|_| {}).is_ok_and(|report| report.is_sound());
    let members = archive.manifest().members.len();
    let read = (0..members).filter(|index| archive.read_member(*index).is_ok()).count();
    assert!(!sound || read == members, "sound, but only {read} of {members} members can be read");
}

/// One zstd frame with a tar member in it.
pub fn frame(bytes: &[u8]) {
    if let Ok(found) = decode(bytes, MAX_CONTENT) {
        assert!(!found.path.starts_with('/') && found.path.split('/').all(|part| !matches!(part, "" | "." | "..")));
        assert!(found.content.len() / (128 << 10) <= bytes.len() / 4 + 1, "more content than such a frame can hold");
    }
}

/// A manifest, alone and at its place in a file whose checksums are right.
pub fn manifest(bytes: &[u8]) {
    let _ = Head::from_json(bytes);
    if let Ok(found) = Manifest::from_json(bytes) {
        let again = Manifest::from_json(&found.to_json()).expect("what was read can be written and read");
        assert_eq!(again, found);
    }
    if let Some(file) = around(bytes)
        && let Ok(archive) = Archive::from_reader(Cursor::new(file))
    {
        read_all(&archive);
    }
}

/// A file with one member and this manifest, whatever it says, sealed as FORMAT.md wants it (F3, F10).
fn around(manifest: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = Encoder::new(1).ok()?;
    let mut file = encoder.encode(HEAD_PATH, b"{}\n").ok()?.bytes;
    let offset = file.len() as u64;
    let frame = encoder.encode(MANIFEST_PATH, manifest).ok()?;
    file.extend(&frame.bytes);
    file.extend([0x28, 0xb5, 0x2f, 0xfd, 0x64, 0x00, 0x03, 0x03, 0x20, 0x00, 0x00, 0xcd, 0xac, 0x85, 0xf0]);
    let mut footer = [&[0x5e, 0x2a, 0x4d, 0x18, 44, 0, 0, 0][..], b"PGSNAPIX", &1u32.to_le_bytes()].concat();
    for number in [offset, frame.bytes.len() as u64, frame.stored_xxh3] {
        footer.extend(number.to_le_bytes());
    }
    let sum = xxh3_64(&footer);
    footer.extend(sum.to_le_bytes());
    file.extend(footer);
    Some(file)
}

/// Rows in COPY's binary format. The first byte says how many columns are expected and where a read ends.
pub fn copy_binary(bytes: &[u8]) {
    walk(Format::Binary, bytes);
}

/// Rows in COPY's text format.
pub fn copy_text(bytes: &[u8]) {
    walk(Format::Text, bytes);
}

/// Whole, and as it arrives: in two pieces. Both must tell the same.
fn walk(format: Format, bytes: &[u8]) {
    let Some((first, rows)) = bytes.split_first() else { return };
    let columns = (first % 4 != 0).then_some(u16::from(first % 4));
    let whole = summarise(format, columns, rows);
    let pieces = || -> Result<Summary, pgsnap::copy::Misframed> {
        let mut walker = Walker::new(format, columns);
        walker.advance(&rows[..usize::from(*first).min(rows.len())])?;
        walker.advance(rows)?;
        walker.finish(rows)?;
        Ok(walker.summary())
    };
    match (whole, pieces()) {
        (Ok(whole), Ok(pieces)) => {
            assert_eq!((whole.rows, whole.fingerprint.value()), (pieces.rows, pieces.fingerprint.value()));
        }
        (whole, pieces) => assert_eq!(whole.is_ok(), pieces.is_ok(), "whole: {whole:?}, in pieces: {pieces:?}"),
    }
}

/// Values with types inside: an array, a composite with an array in it, ranges, an interval, a numeric.
pub fn values(bytes: &[u8]) {
    let mut shapes = Shapes::default();
    let opaque = shapes.add(Shape::Opaque);
    let interval = shapes.add(Shape::Interval);
    let numeric = shapes.add(Shape::Numeric);
    let swap = Some(Swap { from: 23, to: 0x8000_0017 });
    let array = shapes.add(Shape::Array { oid: swap, element: opaque });
    let composite = shapes.add(Shape::Composite(vec![(swap, opaque), (None, array), (None, interval)]));
    let range = shapes.add(Shape::Range(numeric));
    let multirange = shapes.add(Shape::Multirange(range));
    let shapes = Arc::new(shapes);
    for columns in [vec![array], vec![composite, opaque], vec![range, multirange], vec![interval, numeric]] {
        let inspector = Inspector::new(Arc::clone(&shapes), columns).expect("there is something to look at");
        let mut rows = bytes.to_vec();
        let mut seen = 0;
        let walked = inspector.rows(&mut rows, |row| seen += row.len());
        assert!(seen <= bytes.len() && rows.len() == bytes.len());
        match walked {
            Ok(()) => assert_eq!(seen, bytes.len(), "every byte belongs to a row"),
            Err(at) => assert!(at.offset <= bytes.len(), "{at:?} is outside"),
        }
    }
}

/// What `-d` may hold.
pub fn conninfo(bytes: &[u8]) {
    let flags = Flags { conn: Some(String::from_utf8_lossy(bytes).into_owned()), ..Flags::default() };
    told_without_secret(Settings::resolve(&flags, &|_| None, &DotEnv::default()), bytes);
}

/// A `.env` file, and what is made of it.
pub fn dotenv(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let files = DotEnv::from_texts(&[(".env", &text)]);
    told_without_secret(Settings::resolve(&Flags::default(), &|_| None, &files), bytes);
}

/// No error repeats a password: `hunter2` is the one in the corpus.
fn told_without_secret(settings: pgsnap::error::Result<Settings>, bytes: &[u8]) {
    let secret = b"hunter2";
    let once = bytes.windows(secret.len()).filter(|part| part == secret).count() == 1;
    let Err(error) = settings else { return };
    let as_password = ["password=hunter2", ":hunter2@", "PGPASSWORD=hunter2"];
    let text = String::from_utf8_lossy(bytes);
    if once && as_password.iter().any(|way| text.contains(way)) {
        assert!(!error.report().contains("hunter2"), "an error tells the password: {error}");
    }
}
