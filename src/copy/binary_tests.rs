//! Tests of the walker and of the cutter: every stream, split and damaged in every way.
//!
//! Expected values come from the generated rows by a second, naive path, never from the walker.

use proptest::prelude::*;

use super::*;
use crate::copy::cut::Cutter;

type Row = Vec<Option<Vec<u8>>>;

/// A stream and the encoded rows in it.
fn encode(format: Format, rows: &[Row]) -> (Vec<u8>, Vec<Vec<u8>>) {
    let encoded: Vec<Vec<u8>> = rows.iter().map(|row| encode_row(format, row)).collect();
    let stream = match format {
        Format::Binary => [&HEADER[..], &encoded.concat(), &TRAILER].concat(),
        Format::Text => encoded.iter().flat_map(|row| [&row[..], b"\n"].concat()).collect(),
    };
    (stream, encoded)
}

fn encode_row(format: Format, row: &Row) -> Vec<u8> {
    match format {
        Format::Binary => {
            let mut bytes = (row.len() as i16).to_be_bytes().to_vec();
            for field in row {
                let length = field.as_ref().map_or(-1, |value| value.len() as i32);
                bytes.extend(length.to_be_bytes());
                bytes.extend(field.iter().flatten());
            }
            bytes
        }
        Format::Text => {
            let field = |value: &Option<Vec<u8>>| match value {
                None => b"\\N".to_vec(),
                Some(value) => value.iter().flat_map(|byte| format!("{byte:x}").into_bytes()).collect(),
            };
            row.iter().map(field).collect::<Vec<_>>().join(&b'\t')
        }
    }
}

fn expected(encoded: &[Vec<u8>]) -> Summary {
    let mut fingerprint = Fingerprint::default();
    encoded.iter().for_each(|row| fingerprint.add_row(row));
    Summary { rows: encoded.len() as u64, fingerprint }
}

fn format() -> impl Strategy<Value = Format> {
    prop_oneof![Just(Format::Binary), Just(Format::Text)]
}

/// Rows of one width, from 0 to 4 columns, with NULL and empty values.
fn rows() -> impl Strategy<Value = (u16, Vec<Row>)> {
    let value = proptest::option::of(proptest::collection::vec(any::<u8>(), 0..30));
    (0usize..5).prop_flat_map(move |columns| {
        let row = proptest::collection::vec(value.clone(), columns);
        (Just(columns as u16), proptest::collection::vec(row, 0..20))
    })
}

/// Feeds `stream` in pieces and collects the chunks, as the transfer does.
fn cut_up(
    format: Format,
    columns: u16,
    bytes_max: usize,
    stream: &[u8],
    pieces: &[usize],
) -> Result<Vec<(Vec<u8>, Summary)>, Misframed> {
    let mut cutter = Cutter::new(format, columns, bytes_max);
    let (mut buffer, mut rest, mut chunks) = (Vec::new(), Vec::new(), Vec::new());
    let (mut stream, mut sizes) = (stream, pieces.iter().cycle());
    while !stream.is_empty() {
        let (piece, later) = stream.split_at(sizes.next().map_or(1, |size| *size).min(stream.len()));
        stream = later;
        let mut full = cutter.push(&mut buffer, piece)?;
        while full {
            let (part, summary) = cutter.cut(&mut buffer, &mut rest);
            assert_eq!(part as usize, chunks.len());
            chunks.push((std::mem::take(&mut buffer), summary));
            full = cutter.push(&mut buffer, &rest)?;
        }
    }
    if let Some((_, summary)) = cutter.finish(&mut buffer)? {
        chunks.push((buffer, summary));
    }
    Ok(chunks)
}

proptest! {
    #[test]
    fn any_split_gives_the_same_rows(
        format in format(),
        (columns, rows) in rows(),
        pieces in proptest::collection::vec(0usize..40, 1..20),
        told in any::<bool>(),
        forget in any::<bool>(),
    ) {
        let (stream, encoded) = encode(format, &rows);
        let mut walker = Walker::new(format, told.then_some(columns));
        let (mut buffer, mut at) = (Vec::new(), 0);
        for size in pieces.iter().cycle().take_while(|_| pieces.iter().any(|size| *size > 0)) {
            let end = (at + size).min(stream.len());
            buffer.extend_from_slice(&stream[at..end]);
            at = end;
            walker.advance(&buffer).unwrap();
            if forget {
                let complete = walker.complete_bytes();
                buffer.drain(..complete);
                walker.rebase(complete);
            }
            if at == stream.len() {
                break;
            }
        }
        prop_assume!(at == stream.len());
        prop_assert_eq!(walker.finish(&buffer), Ok(()));
        prop_assert_eq!(walker.trailer_seen(), format == Format::Binary);
        prop_assert_eq!(walker.take(), expected(&encoded));
        prop_assert_eq!(summarise(format, Some(columns), &stream), Ok(expected(&encoded)));
    }

    #[test]
    fn chunks_are_whole_files_that_add_up_and_do_not_depend_on_the_split(
        format in format(),
        (columns, rows) in rows(),
        pieces in proptest::collection::vec(1usize..60, 1..20),
        bytes_max in 21usize..200,
    ) {
        let (stream, encoded) = encode(format, &rows);
        let chunks = cut_up(format, columns, bytes_max, &stream, &pieces).unwrap();
        prop_assert_eq!(&chunks, &cut_up(format, columns, bytes_max, &stream, &[stream.len().max(1)]).unwrap());
        let (mut whole, mut total) = (Vec::new(), Summary::default());
        let (head, tail) = if format == Format::Binary { (19, 2) } else { (0, 0) };
        for (bytes, summary) in &chunks {
            prop_assert_eq!(summarise(format, Some(columns), bytes), Ok(*summary));
            prop_assert!(summary.rows == 1 || bytes.len() <= bytes_max);
            prop_assert!(summary.rows > 0);
            whole.extend_from_slice(&bytes[head..bytes.len() - tail]);
            total.rows += summary.rows;
            total.fingerprint += summary.fingerprint;
        }
        prop_assert_eq!(&whole[..], &stream[head..stream.len() - tail]);
        prop_assert_eq!(total, expected(&encoded));
        // No chunk could have taken the next one's first row as well.
        let mut next = 0;
        for (bytes, summary) in &chunks {
            next += summary.rows as usize;
            let more = encoded.get(next).map_or(usize::MAX / 2, |row| row.len() + usize::from(format == Format::Text));
            prop_assert!(bytes.len() + more > bytes_max);
        }
    }

    #[test]
    fn a_cut_binary_stream_is_refused_wherever_it_is_cut((columns, rows) in rows(), cut in any::<prop::sample::Index>()) {
        let (stream, _) = encode(Format::Binary, &rows);
        let cut = &stream[..cut.index(stream.len())];
        prop_assert!(summarise(Format::Binary, Some(columns), cut).is_err());
        prop_assert!(summarise(Format::Binary, None, cut).is_err());
        prop_assert!(cut_up(Format::Binary, columns, 64, cut, &[7]).is_err());
    }

    #[test]
    fn a_cut_text_stream_is_refused_or_short((columns, rows) in rows(), cut in any::<prop::sample::Index>()) {
        let (stream, encoded) = encode(Format::Text, &rows);
        prop_assume!(!stream.is_empty());
        let cut = &stream[..cut.index(stream.len())];
        match summarise(Format::Text, Some(columns), cut) {
            Ok(summary) => prop_assert!(summary.rows < encoded.len() as u64 && (cut.is_empty() || cut.ends_with(b"\n"))),
            Err(found) => prop_assert_ne!(cut.last(), Some(&b'\n'), "{}", found),
        }
    }

    #[test]
    fn a_changed_byte_never_goes_unnoticed(
        format in format(),
        (columns, rows) in rows(),
        at in any::<prop::sample::Index>(),
        change in 1u8..,
    ) {
        let (mut stream, encoded) = encode(format, &rows);
        prop_assume!(!stream.is_empty());
        let at = at.index(stream.len());
        // The low half of the flags may say anything, by the rules of the format.
        prop_assume!(format == Format::Text || !(13..15).contains(&at));
        stream[at] ^= change;
        prop_assert_ne!(summarise(format, Some(columns), &stream), Ok(expected(&encoded)));
    }

    #[test]
    fn noise_never_panics(noise in proptest::collection::vec(any::<u8>(), 0..80), header in any::<bool>()) {
        let stream = if header { [&HEADER[..], &noise].concat() } else { noise };
        let _ = summarise(Format::Binary, None, &stream);
        let _ = summarise(Format::Text, Some(2), &stream);
        let _ = cut_up(Format::Binary, 2, 50, &stream, &[3]);
    }
}

fn binary(rows: &[u8]) -> Result<Summary, Misframed> {
    summarise(Format::Binary, Some(1), &[&HEADER[..], rows, &TRAILER].concat())
}

#[test]
fn errors_name_row_and_byte() {
    let one = [0, 1, 0, 0, 0, 1, b'x'];
    let cases: [(&[u8], u64, u64, Problem); 6] = [
        (&[0, 2, 0, 0], 2, 26, Problem::Columns { found: 2, expected: 1 }),
        (&[0x80, 0], 2, 26, Problem::Columns { found: -32768, expected: 1 }),
        (&[0, 1, 0x40, 0, 0, 0], 2, 28, Problem::FieldLength(0x4000_0000)),
        (&[0, 1, 0xff, 0xff, 0xff, 0xfe], 2, 28, Problem::FieldLength(-2)),
        (&[0, 1, 0x3f, 0xff, 0xff, 0xff], 2, 26, Problem::RowLength),
        (&[0xff, 0xff], 2, 28, Problem::AfterTrailer),
    ];
    for (tail, row, offset, problem) in cases {
        assert_eq!(binary(&[&one[..], tail].concat()), Err(Misframed { offset, row, problem }));
    }
    assert_eq!(binary(&one).unwrap().rows, 1);
    let text = |content| summarise(Format::Text, Some(2), content).unwrap_err();
    assert_eq!(text(b"a\tb\n\\.\n"), Misframed { offset: 4, row: 2, problem: Problem::EndMark });
    let problem = Problem::Columns { found: 1, expected: 2 };
    assert_eq!(text(b"a\tb\nc\n"), Misframed { offset: 4, row: 2, problem });
    assert_eq!(text(b"a\tb\nc\td").problem, Problem::Cut);
    assert_eq!(text(b"a\n").to_string(), "1 columns instead of 2 (row 1, byte 0)");
}

#[test]
fn rebasing_keeps_offsets_and_row_numbers_those_of_the_stream() {
    let (mut stream, _) = encode(Format::Binary, &vec![vec![Some(vec![7; 10])]; 30]);
    let at = 19 + 25 * 16;
    stream[at + 1] = 9;
    let expected = Misframed { offset: at as u64, row: 26, problem: Problem::Columns { found: 9, expected: 1 } };
    assert_eq!(cut_up(Format::Binary, 1, 100, &stream, &[5]), Err(expected));
}

#[test]
fn header_rules_are_those_of_the_server() {
    let with = |flags: u32, extension: &[u8]| {
        let length = extension.len() as u32;
        [&HEADER[..11], &flags.to_be_bytes(), &length.to_be_bytes(), extension, &TRAILER].concat()
    };
    let look = |stream: &[u8]| summarise(Format::Binary, None, stream).map_err(|error| error.problem);
    assert_eq!(look(&with(0xffff, b"whatever")), Ok(Summary::default()));
    assert_eq!(look(&with(1 << 16, b"")), Err(Problem::Flags(1 << 16)));
    assert_eq!(look(&with(1 << 31, b"")), Err(Problem::Flags(1 << 31)));
    assert_eq!(look(b"PGCOPY\n\xff\n\0"), Err(Problem::Signature));
    assert_eq!(look(&HEADER), Err(Problem::NoTrailer));
    let mut negative = HEADER;
    negative[15] = 0x80;
    assert_eq!(look(&negative), Err(Problem::Extension(i32::MIN)));
    // Chunks repeat the plain header: the cutter takes no other.
    let error = cut_up(Format::Binary, 1, 100, &with(0, b"x"), &[4]).unwrap_err();
    assert_eq!(error.problem, Problem::Extended);
}

#[test]
fn a_row_beyond_the_limit_is_known_before_it_has_arrived() {
    let mut walker = Walker::new(Format::Binary, Some(1));
    let small = [0, 1, 0, 0, 0, 1, b'x'];
    let giant_begins = [0, 1, 0x3f, 0, 0, 0, 1, 2, 3];
    let buffer = [&HEADER[..], &small, &giant_begins].concat();
    assert_eq!(walker.advance_within(&buffer, 1000), Ok(true));
    assert_eq!((walker.complete_bytes(), walker.take().rows), (26, 1));
    // As the first row of its chunk it is waited for.
    assert_eq!(walker.advance_within(&buffer, 1000), Ok(false));
}

#[test]
fn rows_without_columns_count() {
    let stream = [&HEADER[..], &[0; 6], &TRAILER].concat();
    assert_eq!(summarise(Format::Binary, Some(0), &stream).unwrap().rows, 3);
    assert_eq!(summarise(Format::Text, Some(0), b"\n\n").unwrap().rows, 2);
    assert!(summarise(Format::Text, Some(0), b"x\n").is_err());
}
