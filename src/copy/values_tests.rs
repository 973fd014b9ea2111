//! Tests of the walk inside values: generated type trees and values, damaged in every way.
//!
//! Expected bytes come from a second encoder that writes the wanted oids at once, never from the walker.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::copy::binary::{HEADER, TRAILER};
use crate::copy::cut::Cutter;
use crate::copy::{Fingerprint, Format, Summary};

/// A type, with the oids that its values embed.
#[derive(Debug, Clone)]
enum Tree {
    Scalar,
    Interval,
    Numeric,
    Array(Option<u16>, Box<Tree>),
    Composite(Vec<(Option<u16>, Tree)>),
    Range(Box<Tree>),
    Multirange(Box<Tree>),
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![Just(Tree::Scalar), Just(Tree::Interval), Just(Tree::Numeric)];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let oid = proptest::option::of(any::<u16>());
        let field = (oid.clone(), inner.clone());
        prop_oneof![
            (oid, inner.clone()).prop_map(|(oid, element)| Tree::Array(oid, Box::new(element))),
            proptest::collection::vec(field, 0..4).prop_map(Tree::Composite),
            inner.clone().prop_map(|bound| Tree::Range(Box::new(bound))),
            inner.prop_map(|bound| Tree::Multirange(Box::new(Tree::Range(Box::new(bound))))),
        ]
    })
}

/// The oid in the stream and the one wanted: far apart, so that none is another's.
fn swap(oid: Option<u16>) -> Option<Swap> {
    oid.map(|oid| Swap { from: 20_000 + u32::from(oid), to: oid_of_name("s", &oid.to_string()) })
}

fn add(shapes: &mut Shapes, tree: &Tree) -> ShapeId {
    let shape = match tree {
        Tree::Scalar => Shape::Opaque,
        Tree::Interval => Shape::Interval,
        Tree::Numeric => Shape::Numeric,
        Tree::Array(oid, element) => Shape::Array { oid: swap(*oid), element: add(shapes, element) },
        Tree::Composite(fields) => {
            Shape::Composite(fields.iter().map(|(oid, field)| (swap(*oid), add(shapes, field))).collect())
        }
        Tree::Range(bound) => Shape::Range(add(shapes, bound)),
        Tree::Multirange(range) => Shape::Multirange(add(shapes, range)),
    };
    shapes.add(shape)
}

fn inspector(trees: &[Tree]) -> Option<Arc<Inspector>> {
    let mut shapes = Shapes::default();
    let columns = trees.iter().map(|tree| add(&mut shapes, tree)).collect();
    Inspector::new(Arc::new(shapes), columns).map(Arc::new)
}

/// Small numbers out of a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// The same value as a server sends it and as it is wanted.
#[derive(Default)]
struct Pair {
    sent: Vec<u8>,
    wanted: Vec<u8>,
}

impl Pair {
    fn both(&mut self, bytes: &[u8]) {
        self.sent.extend(bytes);
        self.wanted.extend(bytes);
    }

    fn oid(&mut self, oid: Option<u16>) {
        let swap = swap(oid).unwrap_or(Swap { from: 23, to: 23 });
        self.sent.extend(swap.from.to_be_bytes());
        self.wanted.extend(swap.to.to_be_bytes());
    }

    fn field(&mut self, tree: &Tree, dice: &mut Dice) {
        if dice.roll(5) == 0 {
            return self.both(&[0xff; 4]);
        }
        let mut inner = Pair::default();
        inner.value(tree, dice);
        self.both(&(inner.sent.len() as i32).to_be_bytes());
        self.sent.extend(inner.sent);
        self.wanted.extend(inner.wanted);
    }

    fn value(&mut self, tree: &Tree, dice: &mut Dice) {
        match tree {
            Tree::Scalar => {
                let length = dice.roll(9) as usize;
                self.both(&vec![0x78; length]);
            }
            Tree::Interval => self.both(&[dice.roll(100) as u8; 16]),
            Tree::Numeric => self.both(&[0, 1, 0, 0, [0, 0x40, 0xc0][dice.roll(3) as usize], 0, 0, 2, 0, 7]),
            Tree::Array(oid, element) => {
                let dimensions = dice.roll(3);
                self.both(&(dimensions as i32).to_be_bytes());
                self.both(&[0, 0, 0, 1]);
                self.oid(*oid);
                let sizes: Vec<u64> = (0..dimensions).map(|_| dice.roll(3)).collect();
                for size in &sizes {
                    self.both(&(*size as i32).to_be_bytes());
                    self.both(&1i32.to_be_bytes());
                }
                let elements = if sizes.is_empty() { 0 } else { sizes.iter().product() };
                (0..elements).for_each(|_| self.field(element, dice));
            }
            Tree::Composite(fields) => {
                self.both(&(fields.len() as i32).to_be_bytes());
                for (oid, field) in fields {
                    self.oid(*oid);
                    self.field(field, dice);
                }
            }
            Tree::Range(bound) => {
                let flags = [0, 2, 4, 6, 1, 8, 16, 24][dice.roll(8) as usize];
                self.both(&[flags]);
                let bounds = u8::from(flags & 41 == 0) + u8::from(flags & 81 == 0);
                (0..bounds).for_each(|_| self.field(bound, dice));
            }
            Tree::Multirange(range) => {
                let count = dice.roll(3);
                self.both(&(count as i32).to_be_bytes());
                (0..count).for_each(|_| self.field(range, dice));
            }
        }
    }
}

/// Rows of these columns, one by one, as sent and as wanted.
fn rows(trees: &[Tree], count: usize, seed: u64) -> Vec<Pair> {
    let mut dice = Dice(seed);
    let row = |dice: &mut Dice| {
        let mut row = Pair::default();
        row.both(&(trees.len() as i16).to_be_bytes());
        trees.iter().for_each(|tree| row.field(tree, dice));
        row
    };
    (0..count).map(|_| row(&mut dice)).collect()
}

proptest! {
    #[test]
    fn oids_are_replaced_and_nothing_else(trees in proptest::collection::vec(tree(), 1..4), seed in any::<u64>()) {
        let Some(inspector) = inspector(&trees) else { return Ok(()) };
        let rows = rows(&trees, 5, seed);
        let mut bytes: Vec<u8> = rows.iter().flat_map(|row| row.sent.clone()).collect();
        let mut seen = Vec::new();
        inspector.rows(&mut bytes, |row| seen.push(row.to_vec())).expect("well-formed");
        prop_assert_eq!(seen, rows.into_iter().map(|row| row.wanted).collect::<Vec<_>>());
    }

    #[test]
    fn a_cut_is_found_and_a_flip_is_found_or_seen(
        trees in proptest::collection::vec(tree(), 1..4), seed in any::<u64>(), at in any::<prop::sample::Index>(), flip in 1u8..,
    ) {
        let Some(inspector) = inspector(&trees) else { return Ok(()) };
        let row = rows(&trees, 1, seed).remove(0);
        let at = at.index(row.sent.len());
        let mut cut = row.sent[..at].to_vec();
        prop_assert!(at == 0 || inspector.rows(&mut cut, |_| ()).is_err());
        let mut flipped = row.sent.clone();
        flipped[at] ^= flip;
        let mut fingerprint = Fingerprint::default();
        if inspector.rows(&mut flipped, |row| fingerprint.add_row(row)).is_ok() {
            let mut whole = Fingerprint::default();
            whole.add_row(&row.wanted);
            prop_assert_ne!(fingerprint, whole);
        }
    }

    #[test]
    fn chunks_are_digested_after_the_change_however_they_arrive(
        trees in proptest::collection::vec(tree(), 1..3), seed in any::<u64>(), piece in 1usize..60, bytes_max in 40usize..400,
    ) {
        let rows = rows(&trees, 12, seed);
        let sent: Vec<u8> = rows.iter().flat_map(|row| row.sent.clone()).collect();
        let stream = [&HEADER[..], &sent, &TRAILER].concat();
        let mut cutter = Cutter::new(Format::Binary, trees.len() as u16, bytes_max).inspected(inspector(&trees));
        let (mut buffer, mut rest, mut found, mut sum) = (Vec::new(), Vec::new(), Vec::new(), Summary::default());
        let mut add = |buffer: &mut Vec<u8>, (_, summary): (u32, Summary)| {
            found.extend_from_slice(&buffer[HEADER.len()..buffer.len() - TRAILER.len()]);
            buffer.clear();
            sum.rows += summary.rows;
            sum.fingerprint += summary.fingerprint;
        };
        for piece in stream.chunks(piece) {
            let mut full = cutter.push(&mut buffer, piece).expect("well-formed");
            while full {
                let cut = cutter.cut(&mut buffer, &mut rest);
                add(&mut buffer, cut);
                full = cutter.push(&mut buffer, &rest).expect("well-formed");
            }
        }
        if let Some(cut) = cutter.finish(&mut buffer).expect("complete") {
            add(&mut buffer, cut);
        }
        let mut fingerprint = Fingerprint::default();
        rows.iter().for_each(|row| fingerprint.add_row(&row.wanted));
        prop_assert_eq!(found, rows.iter().flat_map(|row| row.wanted.clone()).collect::<Vec<_>>());
        prop_assert_eq!(sum, Summary { rows: 12, fingerprint });
    }
}

fn one(tree: &Tree, value: &[u8]) -> Result<(), UnfitAt> {
    let row = [&1i16.to_be_bytes()[..], &(value.len() as i32).to_be_bytes(), value].concat();
    let mut rows = [&[0, 1, 0xff, 0xff, 0xff, 0xff][..], &row].concat();
    inspector(std::slice::from_ref(tree)).expect("something to look at").rows(&mut rows, |_| ())
}

#[test]
fn values_of_another_meaning_are_found_wherever_they_are() {
    let largest = [&i64::MAX.to_be_bytes()[..], &i32::MAX.to_be_bytes(), &i32::MAX.to_be_bytes()].concat();
    let smallest = [&i64::MIN.to_be_bytes()[..], &i32::MIN.to_be_bytes(), &i32::MIN.to_be_bytes()].concat();
    for value in [&largest, &smallest] {
        assert_eq!(one(&Tree::Interval, value), Err(UnfitAt { offset: 8, row: 1, column: 0, unfit: Unfit::Interval }));
        let array = [
            &1i32.to_be_bytes()[..],
            &0i32.to_be_bytes(),
            &1186u32.to_be_bytes(),
            &1i32.to_be_bytes(),
            &1i32.to_be_bytes(),
            &16i32.to_be_bytes(),
            value,
        ];
        let found = one(&Tree::Array(None, Box::new(Tree::Interval)), &array.concat());
        assert_eq!(found.map_err(|at| at.unfit), Err(Unfit::Interval));
    }
    let mut almost = largest.clone();
    almost[15] = 0xfe;
    assert_eq!(one(&Tree::Interval, &almost), Ok(()));
    for (sign, unfit) in [(0xd0, true), (0xf0, true), (0xc0, false), (0x40, false), (0, false)] {
        let found = one(&Tree::Numeric, &[0, 0, 0, 0, sign, 0, 0, 0]);
        assert_eq!(found.is_err(), unfit, "{sign:x}");
    }
}

#[test]
fn another_types_oid_is_never_passed_over() {
    let array = [&[0; 8][..], &30_000u32.to_be_bytes()].concat();
    let found = one(&Tree::Array(Some(1), Box::new(Tree::Scalar)), &array).unwrap_err();
    assert_eq!(found.unfit, Unfit::TypeOid { found: 30_000, expected: 20_001 });
    assert!(found.unfit.to_string().contains("30000"), "{}", found.unfit);
}

#[test]
fn numbers_of_names_are_pinned_because_archives_hold_them() {
    assert_eq!(oid_of_name("public", "mood"), 2_640_067_831);
    assert_ne!(oid_of_name("a", "bc"), oid_of_name("ab", "c"));
}
