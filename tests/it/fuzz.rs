//! Does what reads bytes of others hold for the corpus of the fuzz targets, and for bounded mutations of it?
//!
//! The same bodies as under libFuzzer (`fuzz/`), on stable Rust. Mutations are seeded: a failure names target,
//! file and number, and comes again.

use super::support::repository;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::panic::catch_unwind;
use std::path::PathBuf;

#[path = "../../fuzz/targets.rs"]
mod targets;

/// Mutations of each file; `PGSNAP_RUNS` for more.
const MUTATIONS: u64 = 400;

/// xorshift64*: enough to mutate with, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

fn corpus(target: &str) -> Vec<PathBuf> {
    let folder = repository().join("fuzz/corpus").join(target);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    assert!(!files.is_empty(), "no corpus for {target}");
    files
}

/// One to eight changes: a byte, a stretch cut, doubled, or set to what lengths trip over.
fn mutated(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(8) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(16)).min(bytes.len());
        match random.below(5) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            3 => {
                let edge: [&[u8]; 6] = [&[0xff; 4], &[0x7f, 0xff, 0xff, 0xff], &[0; 4], &[0x80, 0, 0, 0], b"\\", b"\n"];
                bytes.splice(at..end, edge[random.below(6)].iter().copied());
            }
            _ => bytes.insert(at, random.next() as u8),
        }
    }
    bytes
}

#[test]
fn the_corpus_and_its_mutations() {
    let mutations = std::env::var("PGSNAP_RUNS").map_or(MUTATIONS, |runs| runs.parse().expect("a number of runs"));
    let (mut runs, mut failed) = (0, Vec::new());
    for (target, body) in targets::TARGETS {
        for file in corpus(target) {
            let bytes = fs::read(&file).expect("it is there");
            let mut random = Random(xxhash_rust::xxh3::xxh3_64(&bytes) | 1);
            for number in 0..=mutations {
                let input = if number == 0 { bytes.clone() } else { mutated(&bytes, &mut random) };
                runs += 1;
                if catch_unwind(|| body(&input)).is_err() {
                    failed.push(format!("{target} {} mutation {number}: {}", file.display(), input.escape_ascii()));
                    break;
                }
            }
        }
    }
    let _ =
        writeln!(std::io::stderr(), "fuzz: {} targets, {runs} inputs, {} failed", targets::TARGETS.len(), failed.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn every_target_is_one_of_libfuzzers() {
    let listed: BTreeSet<String> = targets::TARGETS.iter().map(|(name, _)| (*name).to_string()).collect();
    let entries = fs::read_dir(repository().join("fuzz/fuzz_targets")).expect("it is there");
    let files = entries.map(|entry| entry.expect("an entry").path());
    let files: BTreeSet<String> =
        files.map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned()).collect();
    assert_eq!(listed, files);
}
