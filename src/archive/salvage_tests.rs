//! What comes out of a damaged archive: everything that is whole, and nothing else.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use proptest::prelude::*;

use super::fixture::{self, summary};
use super::salvage::{Guide, Salvage, State, salvage};
use super::source::Source;
use super::*;
use crate::error::{Fault, Result};

type Salvaged = Result<(Option<Archive>, Salvage)>;

fn salvaged(bytes: &[u8]) -> Salvaged {
    let source = Arc::new(Source::reader(Cursor::new(bytes.to_vec())).unwrap());
    salvage(&source, 2, &summary, &|_| {})
}

fn whole() -> (Vec<u8>, Vec<Member>) {
    let bytes = fixture::write(Vec::new(), fixture::members_and_draft()).unwrap().0;
    let archive = Archive::from_reader(Cursor::new(bytes.clone())).unwrap();
    let members = archive.manifest().members.clone();
    (bytes, members)
}

/// What is in an archive: every member's content by its path. It must be the sound one's.
#[track_caller]
fn subset(archive: &Archive) -> BTreeMap<String, Vec<u8>> {
    let sound: BTreeMap<String, Vec<u8>> = fixture::members_and_draft().into_iter().collect();
    let members = &archive.manifest().members;
    let read = |index: usize| (members[index].path.clone(), archive.read_member(index).unwrap());
    let read: BTreeMap<String, Vec<u8>> = (0..members.len()).map(read).collect();
    for (path, content) in &read {
        assert_eq!(sound.get(path), Some(content), "{path}");
    }
    read
}

fn states(report: &Salvage) -> Vec<(State, u64, Option<u64>)> {
    report.tables.iter().chain(&report.large_objects).map(|rows| (rows.state, rows.rows, rows.of_rows)).collect()
}

#[test]
fn all_of_a_sound_archive_comes_out() {
    let (bytes, members) = whole();
    let (archive, report) = salvaged(&bytes).unwrap();
    let archive = archive.unwrap();
    assert_eq!((report.guide, report.members, report.lost.len()), (Guide::Manifest, 8, 0));
    assert_eq!((subset(&archive).len(), report.incomplete().count()), (8, 0));
    assert_eq!(archive.manifest().members, members);
    assert_eq!(report.stretches.len(), 1);
}

#[test]
fn f15_a_damaged_chunk_costs_its_rows_and_no_others() {
    let (whole, members) = whole();
    for (damaged, member) in members.iter().enumerate() {
        let mut bytes = whole.clone();
        bytes[(member.offset + member.stored_bytes / 2) as usize] ^= 0x10;
        let (archive, report) = salvaged(&bytes).unwrap();
        let left = subset(&archive.unwrap());
        assert_eq!((left.len(), report.guide), (7, Guide::Manifest), "{}", member.path);
        assert_eq!(report.lost.iter().map(|lost| &lost.path).collect::<Vec<_>>(), [&member.path]);
        let users = match damaged {
            3 => (State::Partial, 2, Some(42)),
            4 => (State::Partial, 40, Some(42)),
            _ => (State::Whole, 42, Some(42)),
        };
        assert_eq!(states(&report)[0], users);
    }
}

/// Without its end the archive is what the draft tells and the whole frames hold.
#[test]
fn f28_a_truncated_archive_gives_its_whole_members_at_every_length() {
    let (whole, members) = whole();
    let draft = members[1].offset + members[1].stored_bytes;
    for len in 0..whole.len() - 52 {
        let there = members.iter().filter(|member| member.offset + member.stored_bytes <= len as u64).count();
        let (archive, report) = match salvaged(&whole[..len]) {
            Ok(found) => found,
            Err(error) => {
                assert!(there == 0 && error.fault() == Fault::Damaged, "{len}: {error}");
                continue;
            }
        };
        assert_eq!(report.members as usize, there, "{len}");
        if (len as u64) < draft {
            assert!(archive.is_none() && report.guide == Guide::Nothing);
            continue;
        }
        let archive = archive.unwrap();
        assert_eq!(subset(&archive).len(), there, "{len}");
        let rows: u64 = archive.manifest().totals.rows;
        let expected = if there > 4 { 42 } else { 40 * u64::from(there > 3) };
        assert_eq!(rows, expected, "{len}");
        if report.guide == Guide::Draft {
            assert!(states(&report).iter().all(|(state, _, of)| (*state, *of) == (State::Unknown, None)), "{len}");
        }
    }
}

/// Two damaged frames with a whole one between them, and no end.
#[test]
fn f2_a_frame_between_damaged_ones_is_found() {
    let (whole, members) = whole();
    let mut bytes = whole[..whole.len() - 52].to_vec();
    for member in [&members[2], &members[4]] {
        bytes[member.offset as usize] ^= 1;
    }
    let (archive, report) = salvaged(&bytes).unwrap();
    assert_eq!(report.guide, Guide::Manifest, "the manifest is found without the footer");
    assert!(subset(&archive.unwrap()).contains_key(&members[3].path));
    assert_eq!(report.lost.len(), 2);
}

#[test]
fn f14_members_are_found_wherever_they_lie() {
    let (whole, members) = whole();
    let frame = |at: usize| {
        whole[members[at].offset as usize..(members[at].offset + members[at].stored_bytes) as usize].to_vec()
    };
    let end = members.last().map(|last| last.offset + last.stored_bytes).unwrap() as usize;
    let tail = whole[end..].to_vec();
    let frames: Vec<Vec<u8>> = (0..members.len()).map(frame).collect();
    for first in 0..frames.len() {
        for second in 0..frames.len() {
            let mut some = frames.clone();
            some.swap(first, second);
            let (archive, report) = salvaged(&[some.concat(), tail.clone()].concat()).unwrap();
            assert_eq!((subset(&archive.unwrap()).len(), report.lost.len()), (8, 0), "{first} {second}");
        }
        let twice = [&frames[..], &frames[first..=first]].concat().concat();
        let (archive, report) = salvaged(&[&twice[..], &tail].concat()).unwrap();
        assert_eq!((subset(&archive.unwrap()).len(), report.lost.len()), (8, 0), "{first}");
        let (archive, report) = salvaged(&twice).unwrap();
        assert_eq!((subset(&archive.unwrap()).len(), report.guide), (8, Guide::Draft), "equal ones are one");
    }
}

/// Nothing tells which of two is right.
#[test]
fn f14_without_a_manifest_two_that_differ_are_both_left() {
    let members = fixture::members_and_draft();
    let mut other = members.clone();
    other[3].1 = b"other\n".to_vec();
    let bytes: Vec<u8> = fixture::encode(&members).into_iter().flat_map(|frame| frame.bytes).collect();
    let both = [&bytes[..], &fixture::encode(&other)[3].bytes].concat();
    let (archive, report) = salvaged(&both).unwrap();
    let left = subset(&archive.unwrap());
    assert!(!left.contains_key(&members[3].0) && left.len() == 7);
    assert_eq!(report.lost.len(), 2);
    // Two drafts that differ tell nothing.
    let draft = fixture::encode(&[(DRAFT_PATH.to_string(), b"{}\n".to_vec())]).swap_remove(0).bytes;
    let (archive, report) = salvaged(&[&bytes[..], &draft].concat()).unwrap();
    assert!(archive.is_none() && report.guide == Guide::Nothing);
}

/// Whole frames that belong to nothing known, or whose rows cannot be read.
#[test]
fn f16_f21_what_is_no_chunk_of_a_table_is_not_kept() {
    let mut members = fixture::members_and_draft();
    members[3].1.pop();
    members.push(("data/00009-public.other/0000000000.copy".to_string(), b"x\n".to_vec()));
    members.push(("data/00001-public.users/0000000009.txt".to_string(), b"x\n".to_vec()));
    let bytes: Vec<u8> = fixture::encode(&members).into_iter().flat_map(|frame| frame.bytes).collect();
    let (archive, report) = salvaged(&bytes).unwrap();
    assert_eq!(archive.unwrap().manifest().totals.rows, 2);
    let reasons: Vec<&str> = report.lost.iter().map(|lost| lost.reason.as_str()).collect();
    let stray = "no table is known that it is a chunk of";
    assert_eq!(reasons, ["the last row is cut", stray, stray]);
}

/// A manifest or a draft that lies is not followed, whatever its checksums say.
#[test]
fn f28_lies_are_not_followed() {
    for (rule, lie) in fixture::SPOILERS.iter().chain(fixture::LIES) {
        let (archive, report) = salvaged(&fixture::lying(*lie)).unwrap();
        match *rule {
            "F17" | "F18" => {
                let archive = archive.unwrap();
                assert!(validate::sums(archive.manifest()).is_empty(), "{rule}");
            }
            // It names a member less, and its end is believed to be where that was.
            "F14" if report.members == 6 => drop(subset(&archive.unwrap())),
            _ => assert!(archive.is_none() && report.guide == Guide::Nothing, "{rule}: {report:?}"),
        }
    }
    let mut members = fixture::members_and_draft();
    let mut draft = Manifest::from_json(&members[1].1).unwrap();
    draft.tables[1].number = 1;
    members[1].1 = draft.to_json();
    let bytes: Vec<u8> = fixture::encode(&members).into_iter().flat_map(|frame| frame.bytes).collect();
    assert_eq!(salvaged(&bytes).unwrap().1.guide, Guide::Nothing);
}

#[test]
fn f19_a_newer_archive_is_unsupported() {
    let newer: fn(&mut Manifest) = |manifest| manifest.format.major = 2;
    assert_eq!(salvaged(&fixture::lying(newer)).err().unwrap().fault(), Fault::Unsupported);
}

/// Headers that look like frames and share one long chain of blocks: the search gives up, and says so.
#[test]
fn f24_the_search_is_bounded() {
    let (whole, _) = whole();
    let mut bytes = whole[..whole.len() - 52].to_vec();
    let chain = 12 * 2000 + 3 * 40_000;
    for n in 0..2000 {
        // A raw block that skips all further headers, into blocks of nothing that never end.
        let size = 12 * (2000 - n - 1) as u32;
        bytes.extend([0x28, 0xb5, 0x2f, 0xfd, 0x64, 0, 1, 0, 0]);
        bytes.truncate(bytes.len() - 2);
        bytes.extend(&(size << 3).to_le_bytes()[..3]);
        bytes.extend([0; 2]);
    }
    bytes.extend(vec![0; chain]);
    bytes.extend([6, 0, 0]);
    let (archive, report) = salvaged(&bytes).unwrap();
    assert_eq!((subset(&archive.unwrap()).len(), report.guide), (8, Guide::Manifest));
    let source = Source::reader(Cursor::new(bytes)).unwrap();
    let checked = check(&source, 1, &summary, &|_| {}).unwrap();
    assert!(checked.findings.iter().any(|finding| finding.rule == "F24"), "{checked:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happens to a stretch of the file, what comes out is a part of what was in it, and every member that
    /// it does not touch comes out.
    #[test]
    fn what_is_untouched_comes_out(
        at in any::<prop::sample::Index>(),
        cut in 0usize..300,
        put in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let (whole, members) = whole();
        let at = at.index(whole.len());
        let end = (at + cut).min(whole.len());
        let bytes = [&whole[..at], &put[..], &whole[end..]].concat();
        let spared = |member: &&Member| {
            let from = member.offset as usize;
            from + member.stored_bytes as usize <= at || from >= end
        };
        match salvaged(&bytes) {
            Ok((Some(archive), _)) => {
                let left = subset(&archive);
                for member in members.iter().filter(spared) {
                    prop_assert!(left.contains_key(&member.path), "{} is lost", member.path);
                }
            }
            // Neither the draft nor the manifest is whole.
            Ok((None, _)) => prop_assert!(!spared(&&members[1])),
            Err(error) => prop_assert_eq!(error.fault(), Fault::Damaged),
        }
    }
}
