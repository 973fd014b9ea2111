//! How fast the walker and the cutter are in memory: the most that copying could reach.
//!
//! Prints MB/s and rows/s for narrow rows (24 bytes, the worst case: all framing), rows of an everyday
//! table and wide rows (all digest), in both formats. Measures no server and no disk.

use std::hint::black_box;
use std::time::Instant;

use pgsnap::copy::binary::{HEADER, TRAILER};
use pgsnap::copy::cut::Cutter;
use pgsnap::copy::{Format, summarise};

const CONTENT_BYTES: usize = 64 << 20;
const ROUNDS: u32 = 8;

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
