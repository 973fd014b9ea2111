//! What the parts that only compute reach, in memory: the most that whole runs could.
//!
//! Prints MB/s and rows/s of the walker and the cutter for narrow rows (24 bytes, the worst case: all framing),
//! rows of an everyday table and wide rows (all digest), in both formats; MB/s of members made and read back, by
//! zstd level; and how long it takes to order 20,000 objects. Measures no server and no disk.
//!
//! `cargo bench --bench memory`

use std::hint::black_box;
use std::time::Instant;

use pgsnap::archive::member::{Decoder, Encoder};
use pgsnap::copy::binary::{HEADER, TRAILER};
use pgsnap::copy::cut::Cutter;
use pgsnap::copy::{Format, summarise};
use pgsnap::object::{Edge, Kind, Object, ObjectId, class};
use pgsnap::order;

const CONTENT_BYTES: usize = 64 << 20;
const ROUNDS: u32 = 8;
const MEMBER_BYTES: usize = 8 << 20;
const OBJECTS: u32 = 20_000;

fn main() {
    println!("{:<34} {:>9} {:>12}", "", "MB/s", "rows/s");
    for (name, fields) in [
        ("narrow, 24 B", &[4, 10][..]),
        ("everyday, 9 fields", &[4, 8, 8, 16, 0, 20, 1, 8, 30]),
        ("wide, 8 KiB", &[8, 8182]),
    ] {
        for format in [Format::Binary, Format::Text] {
            let row = row(format, fields);
            let content = content(format, &row);
            let columns = fields.len() as u16;
            report(&format!("walk  {} {name}", format.keyword()), &content, &row, || {
                black_box(summarise(format, Some(columns), &content).expect("well-formed"));
            });
            report(&format!("cut   {} {name}", format.keyword()), &content, &row, || {
                cut(format, columns, &content, &row)
            });
        }
    }
    members();
    ordering();
}

/// Members of words, half of which are new each time, and of noise.
fn members() {
    let mut noise = 1u64;
    let mut next = move || {
        noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        noise >> 16
    };
    let words: Vec<u8> = (0..MEMBER_BYTES / 16)
        .flat_map(|_| format!("word{:03} {:07x} ", next() % 999, next() % 0xfff_ffff).into_bytes())
        .collect();
    let random: Vec<u8> = (0..MEMBER_BYTES / 4).flat_map(|_| (next() as u32).to_le_bytes()).collect();
    for (name, content) in [("words", &words), ("noise", &random)] {
        for level in [-1, 1, 2, 3, 6] {
            let mut encoder = Encoder::new(level).expect("a level");
            let encoded = encoder.encode("data/x.copy", content).expect("a member");
            let share = encoded.bytes.len() * 100 / content.len();
            report(&format!("encode {name}, level {level}: {share} %"), content, content, || {
                let member = encoder.encode("data/x.copy", content).expect("a member");
                encoder.give_back(black_box(member).bytes);
            });
            let mut decoder = Decoder::new();
            report(&format!("decode {name}, level {level}"), content, content, || {
                black_box(decoder.decode(&encoded.bytes, MEMBER_BYTES as u64 * 2).expect("a member"));
            });
        }
    }
}

/// Tables with an index each, and each table after the one before in the alphabet backwards.
fn ordering() {
    let id = |n| ObjectId::new(class::RELATION, n);
    let objects: Vec<Object> = (1..=OBJECTS)
        .map(|n| {
            let kind = if n % 2 == 1 { Kind::Table } else { Kind::Index };
            Object::new(kind, id(n), format!("o{:05}", OBJECTS - n)).sql(String::new())
        })
        .collect();
    let edge = |from, to| Edge { from: id(from), to: id(to), by_query: false };
    let edges: Vec<Edge> = (2..=OBJECTS).map(|n| if n % 2 == 0 { edge(n, n - 1) } else { edge(n, n - 2) }).collect();
    let start = Instant::now();
    let ordered = order::sort(objects, &edges);
    assert_eq!(ordered.objects.len(), OBJECTS as usize);
    println!("order of {OBJECTS} objects: {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
}

fn row(format: Format, fields: &[usize]) -> Vec<u8> {
    match format {
        Format::Binary => {
            let mut row = (fields.len() as i16).to_be_bytes().to_vec();
            for length in fields {
                row.extend((*length as i32).to_be_bytes());
                row.extend(vec![b'x'; *length]);
            }
            row
        }
        Format::Text => {
            let mut row = fields.iter().map(|length| vec![b'x'; *length]).collect::<Vec<_>>().join(&b'\t');
            row.push(b'\n');
            row
        }
    }
}

fn content(format: Format, row: &[u8]) -> Vec<u8> {
    let rows = row.repeat(CONTENT_BYTES / row.len());
    match format {
        Format::Binary => [&HEADER[..], &rows, &TRAILER].concat(),
        Format::Text => rows,
    }
}

/// One message per row, as a server sends them, into chunks of the usual size.
fn cut(format: Format, columns: u16, content: &[u8], row: &[u8]) {
    let mut cutter = Cutter::new(format, columns, 16 << 20);
    let (mut buffer, mut rest) = (Vec::with_capacity(17 << 20), Vec::new());
    for piece in content.chunks(row.len()) {
        let mut full = cutter.push(&mut buffer, piece).expect("well-formed");
        while full {
            black_box(cutter.cut(&mut buffer, &mut rest));
            buffer.clear();
            full = cutter.push(&mut buffer, &rest).expect("well-formed");
        }
    }
    black_box(cutter.finish(&mut buffer).expect("complete"));
}

fn report(name: &str, content: &[u8], row: &[u8], mut work: impl FnMut()) {
    work();
    let start = Instant::now();
    (0..ROUNDS).for_each(|_| work());
    let seconds = start.elapsed().as_secs_f64() / f64::from(ROUNDS);
    let rows = (content.len() / row.len()) as f64;
    println!("{name:<34} {:>9.0} {:>12.0}", content.len() as f64 / seconds / 1e6, rows / seconds);
}
