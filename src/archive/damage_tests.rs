//! Damage and lies of every kind against `check`: nothing passes, and the finding names the place.

use std::io::{Cursor, Write};
use std::process::{Command, Stdio};

use proptest::prelude::*;

use super::check::{Report, check, check_source};
use super::fixture::{self, summary};
use super::manifest::Manifest;
use super::member::Encoded;
use super::source::Source;
use super::*;
use crate::error::{Fault, Result};

fn check_bytes(bytes: &[u8]) -> Result<Report> {
    check_source(&Source::reader(Cursor::new(bytes.to_vec())).unwrap(), 1, &|_| true, &summary, &|_| {})
}

fn rules(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.rule).collect()
}

/// True where neither `check` nor opening and reading everything accepts these bytes.
fn is_refused(bytes: &[u8]) -> bool {
    let checked = check_bytes(bytes).is_ok_and(|report| report.is_sound());
    let read = Archive::from_reader(Cursor::new(bytes.to_vec()))
        .is_ok_and(|archive| (0..archive.manifest().members.len()).all(|index| archive.read_member(index).is_ok()));
    !checked && !read
}

#[test]
fn a_sound_archive_has_no_findings() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.tar.zst");
    std::fs::write(&path, fixture::archive()).unwrap();
    for jobs in [0, 1, 3, 100] {
        let seen = std::sync::atomic::AtomicU64::new(0);
        let progress = |checked: crate::archive::check::Checked<'_>| {
            let bytes = checked.raw_bytes;
            seen.fetch_add(bytes, std::sync::atomic::Ordering::Relaxed);
        };
        let report = check(&Source::open(&path).unwrap(), jobs, &summary, &progress).unwrap();
        assert_eq!(report.findings, []);
        assert_eq!((report.members_checked, report.rows), (7, 42));
        assert_eq!(report.raw_bytes, Archive::open(&path).unwrap().manifest().totals.raw_bytes);
        assert_eq!(seen.into_inner(), report.raw_bytes);
    }
}

#[test]
fn f1_to_f15_every_changed_byte_is_found() {
    let whole = fixture::archive();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        assert!(is_refused(&bytes), "byte {at}");
        bytes[at] = !whole[at];
        assert!(check_bytes(&bytes).is_ok_and(|report| !report.is_sound()), "byte {at}");
    }
}

#[test]
fn f10_truncation_at_every_length_is_found() {
    let whole = fixture::archive();
    let head = fixture::encode(&fixture::members())[0].bytes.len();
    for len in 0..whole.len() {
        assert!(is_refused(&whole[..len]), "{len} bytes");
        if len >= head {
            let report = check_bytes(&whole[..len]).unwrap();
            assert!(rules(&report).contains(&"F10"), "{len}: {report:?}");
        }
    }
}

#[test]
fn f1_what_follows_the_footer_is_found() {
    let whole = fixture::archive();
    for more in [&b"\0"[..], &[0; 10240], &whole] {
        assert!(is_refused(&[&whole, more].concat()));
    }
    let report = check_bytes(&[&whole[..], b"more"].concat()).unwrap();
    assert!(report.findings.iter().any(|finding| finding.rule == "F1" && finding.place == "footer"), "{report:?}");
}

#[test]
fn f15_findings_name_every_damaged_member() {
    let mut bytes = fixture::archive();
    let members = Archive::from_reader(Cursor::new(bytes.clone())).unwrap().manifest().members.clone();
    for member in [&members[1], &members[3], &members[5]] {
        bytes[(member.offset + member.stored_bytes / 2) as usize] ^= 0x40;
    }
    let report = check_bytes(&bytes).unwrap();
    let places: Vec<_> = report.findings.iter().map(|finding| finding.place.clone()).collect();
    let expected = [1, 3, 5].map(|index: usize| format!("member {:?}", members[index].path));
    assert_eq!(places, expected);
    assert_eq!(report.members_checked, 4);
}

/// The file without its manifest's checksum: the scan still finds the damaged member and its neighbours.
#[test]
fn f2_the_scan_goes_on_after_damage() {
    let whole = fixture::archive();
    let members = Archive::from_reader(Cursor::new(whole.clone())).unwrap().manifest().members.clone();
    let cut = whole.len() - 40;
    for at in members[2].offset..members[3].offset {
        let mut bytes = whole[..cut].to_vec();
        bytes[at as usize] ^= 0xff;
        let report = check_bytes(&bytes).unwrap();
        let near = format!("after member {:?}", members[1].path);
        let named = |finding: &Finding| finding.place.contains(&near) && finding.offset == members[2].offset;
        assert!(report.findings.iter().any(named), "byte {at}: {report:#?}");
        assert!(report.findings.iter().any(|finding| finding.place == format!("member {:?}", members[2].path)));
        assert_eq!(report.members_checked, 6, "byte {at}: {report:#?}");
    }
}

/// A member taken out, put in twice or moved, the tail left as it is.
#[test]
fn f14_deleted_duplicated_and_swapped_frames_are_named() {
    let frames: Vec<Vec<u8>> = fixture::encode(&fixture::members()).into_iter().map(|it| it.bytes).collect();
    let tail = fixture::archive()[frames.concat().len()..].to_vec();
    let spliced = |frames: &[Vec<u8>]| [frames.concat(), tail.clone()].concat();
    let problem = |bytes: &[u8], word: &str| {
        let report = check_bytes(bytes).unwrap();
        assert!(report.findings.iter().any(|it| it.problem.contains(word)), "{word}: {report:#?}");
        assert!(is_refused(bytes));
    };
    for index in 0..frames.len() {
        let mut some = frames.clone();
        some.remove(index);
        problem(&spliced(&some), "no whole frame has it");
        some.insert(index, frames[index].clone());
        some.push(frames[index].clone());
        problem(&spliced(&some), "it is there twice");
    }
    for index in 1..frames.len() {
        let mut some = frames.clone();
        some.swap(index - 1, index);
        assert!(is_refused(&spliced(&some)));
    }
    // Two frames of one size change places: only checksums tell, and the finding tells what lies there.
    let mut members = fixture::members();
    members[1].1 = vec![b'a'; 100];
    members.push(("schema/pre-xxxx.sql".to_string(), vec![b'a'; 100]));
    let frames = fixture::encode(&members);
    assert_eq!(frames[1].bytes.len(), frames[7].bytes.len());
    let manifest = fixture::complete(&members, &frames);
    let mut frames: Vec<Vec<u8>> = frames.into_iter().map(|it| it.bytes).collect();
    frames.swap(1, 7);
    problem(&fixture::assemble(&frames, &manifest), "\"schema/pre-xxxx.sql\" lies there");
}

#[test]
fn f6_to_f18_every_lie_of_the_manifest_is_found() {
    for (rule, lie) in fixture::SPOILERS.iter().chain(fixture::LIES) {
        let report = check_bytes(&fixture::lying(*lie)).unwrap();
        assert!(rules(&report).contains(rule), "{rule}: {report:#?}");
    }
}

#[test]
fn f20_a_head_of_another_archive_is_found() {
    let lie: fn(&mut Manifest) = |manifest| manifest.database = "other".to_string();
    let report = check_bytes(&fixture::lying(lie)).unwrap();
    assert_eq!(rules(&report), ["F20"]);
}

#[test]
fn f21_rows_are_counted_and_fingerprinted() {
    let consistent: [fn(&mut Manifest); 2] = [
        |manifest| {
            manifest.tables[0].data.chunks[1].rows += 1;
            manifest.tables[0].data.rows += 1;
            manifest.totals.rows += 1;
        },
        |manifest| {
            let chunks = &mut manifest.tables[0].data.chunks;
            let first = std::mem::take(&mut chunks[0].fingerprint);
            chunks[0].fingerprint = std::mem::replace(&mut chunks[1].fingerprint, first);
        },
    ];
    let reports = consistent.map(|lie| check_bytes(&fixture::lying(lie)).unwrap());
    assert_eq!(rules(&reports[0]), ["F21"]);
    assert_eq!(rules(&reports[1]), ["F21", "F21"]);
    let mut members = fixture::members();
    members[3].1.pop();
    let (bytes, _) = fixture::write(Vec::new(), members).unwrap();
    let report = check_bytes(&bytes).unwrap();
    assert_eq!(report.findings[0].problem, "the last row is cut");
}

/// The content is told which table and which format it belongs to.
#[test]
fn f21_the_context_names_the_table() {
    let source = Source::reader(Cursor::new(fixture::archive())).unwrap();
    let seen = std::sync::Mutex::new(Vec::new());
    let content = |context: ChunkContext<'_>, bytes: &[u8]| {
        let table = context.table.map(|table| table.name.clone());
        seen.lock().unwrap().push((context.path.to_string(), table, context.format));
        summary(context, bytes)
    };
    check_source(&source, 1, &|_| true, &content, &|_| {}).unwrap();
    let seen = seen.into_inner().unwrap();
    let names: Vec<_> = seen.iter().map(|(_, table, format)| (table.as_deref(), *format)).collect();
    let (users, notes) = (Some("users"), Some("no/tes"));
    let binary = Format::Binary;
    assert_eq!(names, [(users, binary), (users, binary), (notes, Format::Text), (None, binary)]);
}

/// One member whose frame is given, in an otherwise sound archive.
fn with_frame(frame: Vec<u8>) -> Vec<u8> {
    let members = fixture::members();
    let mut frames: Vec<Encoded> = fixture::encode(&members);
    frames[1].stored_xxh3 = xxhash_rust::xxh3::xxh3_64(&frame);
    frames[1].bytes = frame;
    let manifest = fixture::complete(&members, &frames);
    fixture::assemble(&frames.into_iter().map(|it| it.bytes).collect::<Vec<_>>(), &manifest)
}

#[test]
fn f2_to_f5_a_frame_that_is_not_a_member_is_found_although_checksums_match() {
    let frame = fixture::encode(&fixture::members())[1].bytes.clone();
    let raw = zstd::decode_all(&frame[..]).unwrap();
    let sound = |raw: &[u8]| {
        let mut compressor = zstd::bulk::Compressor::new(1).unwrap();
        compressor.include_checksum(true).unwrap();
        compressor.compress(raw).unwrap()
    };
    let changed = |at: usize| {
        let mut raw = raw.clone();
        raw[at] ^= 1;
        sound(&raw)
    };
    assert!(check_bytes(&with_frame(sound(&raw))).unwrap().is_sound());
    let cases = [
        ("F2", zstd::bulk::compress(&raw, 1).unwrap()),
        ("F2", zstd::encode_all(&raw[..], 1).unwrap()),
        ("F2", [&frame[..], &frame[..]].concat()),
        ("F2", frame[..frame.len() - 1].to_vec()),
        ("F2", b"\x50\x2a\x4d\x18\x04\0\0\0abcd".to_vec()),
        ("F4", sound(&raw[..600])),
        ("F4", sound(&raw[..512])),
        ("F7", sound(&[&raw[..], &[0; 512]].concat())),
        ("F4", changed(raw.len() - 1)),
        ("F5", changed(100 + 4)),
        ("F5", changed(108 + 6)),
        ("F5", changed(136 + 3)),
        ("F5", changed(148 + 3)),
        ("F5", changed(156)),
        ("F5", changed(160)),
        ("F5", changed(270)),
        ("F5", changed(511)),
        ("F14", changed_path(&raw)),
        ("F15", changed(520)),
    ];
    for (n, (rule, frame)) in cases.into_iter().enumerate() {
        let report = check_bytes(&with_frame(frame)).unwrap();
        assert_eq!(rules(&report), [rule], "case {n}: {report:?}");
        assert_eq!(report.findings[0].place, "member \"schema/pre-data.sql\"");
    }

    fn changed_path(raw: &[u8]) -> Vec<u8> {
        Encoder::new(1).unwrap().encode("schema/pre-dat_.sql", &raw[512..535]).unwrap().bytes
    }
}

/// A frame or a footer may claim any length: it is refused by the rule, before anything is allocated.
#[test]
fn f7_f24_impossible_lengths_are_refused() {
    // Content size 2^62 in a frame of RLE blocks' shape.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0xe4];
    frame.extend((1u64 << 62).to_le_bytes());
    frame.extend([0x03, 0x20, 0x00, 0x00, 0, 0, 0, 0]);
    assert_eq!(rules(&check_bytes(&with_frame(frame.clone())).unwrap()), ["F7"]);
    // A content size within the limit that so few bytes cannot hold.
    frame[5..13].copy_from_slice(&(1u64 << 30).to_le_bytes());
    let error = member::decode(&frame, MAX_CONTENT).unwrap_err();
    assert!(error.report().contains("[F7]"), "{error}");
    for (offset, length) in [(0, u64::MAX), (u64::MAX, 1), (u64::MAX / 2, u64::MAX / 2)] {
        let footer = footer::Footer { offset, length, xxh3: 0 };
        let bytes = [fixture::archive(), footer.to_bytes().to_vec()].concat();
        assert!(is_refused(&bytes));
    }
}

#[test]
fn what_is_no_archive_is_an_error_not_a_finding() {
    for bytes in [&b""[..], b"x", &[0; 4096], &zstd::encode_all(&[1; 9000][..], 1).unwrap()] {
        let error = check_bytes(bytes).unwrap_err();
        assert_eq!(error.fault(), Fault::Damaged);
        assert!(error.report().contains("not a pgsnap archive"), "{error}");
    }
}

#[test]
fn f19_a_newer_archive_is_unsupported_not_damaged() {
    let newer: fn(&mut Manifest) = |manifest| manifest.format.major = 2;
    assert_eq!(check_bytes(&fixture::lying(newer)).unwrap_err().fault(), Fault::Unsupported);
    let needs: fn(&mut Manifest) = |manifest| manifest.features.push("sparse".to_string());
    assert!(check_bytes(&fixture::lying(needs)).unwrap_err().report().contains("sparse"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a stretch of the file is replaced by, cut or doubled: no panic, and never sound.
    #[test]
    fn random_damage_is_found(
        at in any::<prop::sample::Index>(),
        cut in 0usize..300,
        put in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let whole = fixture::archive();
        let at = at.index(whole.len());
        let end = (at + cut).min(whole.len());
        let bytes = [&whole[..at], &put[..], &whole[end..]].concat();
        prop_assert!(bytes == whole || is_refused(&bytes));
    }

    /// Any bytes at all, behind a sound head or alone.
    #[test]
    fn random_bytes_are_no_archive(put in prop::collection::vec(any::<u8>(), 0..4000), with_head in any::<bool>()) {
        let head = if with_head { fixture::encode(&fixture::members()).swap_remove(0).bytes } else { Vec::new() };
        prop_assert!(is_refused(&[head, put].concat()));
    }
}

/// True where the program runs; else says so, visibly.
fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !found {
        // Not `eprintln!`, whose output the test harness swallows.
        let _ = writeln!(std::io::stderr(), "NOT TESTED: {program} is not on PATH");
    }
    found
}

/// The promise of no lock-in: stock tools list, test and unpack an archive (F1 to F5).
#[test]
fn f1_tar_and_zstd_read_an_archive() {
    if !has("zstd") || !has("tar") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.tar.zst");
    std::fs::write(&path, fixture::archive()).unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).arg(&path).current_dir(dir.path()).output().unwrap();
        assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(program == "zstd" || output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    run("zstd", &["-q", "-t"]);
    let members = fixture::members();
    let expected: Vec<&str> = members.iter().map(|(path, _)| path.as_str()).chain([MANIFEST_PATH]).collect();
    assert_eq!(run("tar", &["--zstd", "-tf"]).lines().collect::<Vec<_>>(), expected);
    run("tar", &["--zstd", "-xf"]);
    for (path, content) in &members {
        assert_eq!(std::fs::read(dir.path().join(path)).unwrap(), *content, "{path}");
    }
}
