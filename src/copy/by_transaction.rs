//! Digests of a table's rows, transaction by transaction. Pure.
//!
//! A row carries the transaction that wrote it (`xmin`), which stays with it however often it is frozen. Rows
//! that came in one COPY are told from all others by that. Here each row has it as its last field, in decimal;
//! it is no part of the row's digest, which therefore is the same as without.

use std::collections::HashMap;

use super::binary::{HEADER, TRAILER, Walker};
use super::{Fingerprint, Format, Misframed, Summary};

/// What each transaction wrote of a table, for so many transactions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByTransaction {
    /// All rows.
    pub total: Summary,
    /// By transaction; `None` once there are more than asked for.
    pub each: Option<HashMap<u64, Summary>>,
    most: usize,
}

impl ByTransaction {
    /// Nothing yet; of more than `most` transactions only the total is kept.
    pub fn new(most: usize) -> ByTransaction {
        ByTransaction { total: Summary::default(), each: Some(HashMap::new()), most }
    }

    /// Joins what was read elsewhere.
    pub fn join(&mut self, other: ByTransaction) {
        match other.each {
            Some(each) => each.into_iter().for_each(|(transaction, found)| self.add(transaction, found)),
            None => {
                add(&mut self.total, other.total);
                self.each = None;
            }
        }
    }

    fn add(&mut self, transaction: u64, found: Summary) {
        add(&mut self.total, found);
        let Some(each) = &mut self.each else { return };
        add(each.entry(transaction).or_default(), found);
        if each.len() > self.most {
            self.each = None;
        }
    }

    /// Adds the rows of one chunk, a complete COPY file whose rows end in their transaction.
    ///
    /// # Errors
    /// Where it is not that.
    pub fn add_chunk(&mut self, format: Format, chunk: &[u8]) -> Result<(), Misframed> {
        // Proves the framing, so that what follows may rely on it.
        let mut walker = Walker::new(format, None);
        walker.advance(chunk)?;
        walker.finish(chunk)?;
        let mut row = Vec::new();
        let mut one = |transaction: &[u8], row: &[u8]| {
            let digits = std::str::from_utf8(transaction).ok().and_then(|digits| digits.parse().ok());
            let mut found = Summary { rows: 1, fingerprint: Fingerprint::default() };
            found.fingerprint.add_row(row);
            // What is no number is a transaction that wrote no chunk.
            self.add(digits.unwrap_or(u64::MAX), found);
        };
        if format == Format::Text {
            for line in chunk.split_inclusive(|byte| *byte == b'\n') {
                let line = line.strip_suffix(b"\n").unwrap_or(line);
                match line.iter().rposition(|byte| *byte == b'\t') {
                    Some(at) => one(&line[at + 1..], &line[..at]),
                    None => one(line, &[]),
                }
            }
            return Ok(());
        }
        let mut rest = &chunk[HEADER.len()..chunk.len() - TRAILER.len()];
        while !rest.is_empty() {
            let fields = u16::from_be_bytes([rest[0], rest[1]]);
            let (mut last, mut end) = (2, 2);
            for _ in 0..fields {
                let length = i32::from_be_bytes(rest[end..end + 4].try_into().expect("four bytes"));
                last = end;
                end += 4 + usize::try_from(length).unwrap_or(0);
            }
            row.clear();
            row.extend_from_slice(&fields.saturating_sub(1).to_be_bytes());
            row.extend_from_slice(&rest[2..last]);
            one(rest.get(last + 4..end).unwrap_or_default(), &row);
            rest = &rest[end..];
        }
        Ok(())
    }
}

fn add(sum: &mut Summary, other: Summary) {
    sum.rows += other.rows;
    sum.fingerprint += other.fingerprint;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::copy::summarise;

    fn binary(rows: &[&[&[u8]]]) -> Vec<u8> {
        let mut chunk = HEADER.to_vec();
        for row in rows {
            chunk.extend((row.len() as i16).to_be_bytes());
            for field in *row {
                chunk.extend((field.len() as i32).to_be_bytes());
                chunk.extend_from_slice(field);
            }
        }
        chunk.extend(TRAILER);
        chunk
    }

    fn of(format: Format, chunk: &[u8], most: usize) -> ByTransaction {
        let mut found = ByTransaction::new(most);
        found.add_chunk(format, chunk).unwrap();
        found
    }

    #[test]
    fn rows_are_told_apart_by_their_transaction_and_digested_without() {
        let with = binary(&[&[b"a", b"7"], &[b"b", b"8"], &[b"c", b"7"]]);
        let found = of(Format::Binary, &with, 2);
        let plain = |rows: &[&[&[u8]]]| summarise(Format::Binary, Some(1), &binary(rows)).unwrap();
        assert_eq!(found.total, plain(&[&[b"a"], &[b"b"], &[b"c"]]));
        let each = found.each.unwrap();
        assert_eq!((each[&7], each[&8]), (plain(&[&[b"c"], &[b"a"]]), plain(&[&[b"b"]])));
        let found = of(Format::Text, b"a\tx\t7\nb\ty\t8\nc\t\t7\n", 2);
        let plain = |lines: &[u8]| summarise(Format::Text, Some(2), lines).unwrap();
        assert_eq!(found.total, plain(b"a\tx\nb\ty\nc\t\n"));
        assert_eq!(found.each.unwrap()[&7], plain(b"a\tx\nc\t\n"));
    }

    #[test]
    fn rows_without_columns_have_their_transaction_alone() {
        let found = of(Format::Binary, &binary(&[&[b"7"], &[b"7"]]), 1);
        assert_eq!(found.total, summarise(Format::Binary, Some(0), &binary(&[&[], &[]])).unwrap());
        let found = of(Format::Text, b"7\n7\n", 1);
        assert_eq!(found.total, summarise(Format::Text, Some(0), b"\n\n").unwrap());
    }

    #[test]
    fn of_too_many_transactions_the_total_is_kept() {
        let chunk = binary(&[&[b"a", b"7"], &[b"b", b"8"]]);
        let mut found = of(Format::Binary, &chunk, 1);
        assert_eq!((found.each.clone(), found.total.rows), (None, 2));
        found.join(of(Format::Binary, &chunk, 2));
        assert_eq!((found.each, found.total.rows), (None, 4));
        let mut found = of(Format::Binary, &chunk, 2);
        found.join(of(Format::Binary, &chunk, 2));
        assert_eq!(found.each.unwrap()[&8].rows, 2);
        for cut in 0..chunk.len() {
            assert!(ByTransaction::new(9).add_chunk(Format::Binary, &chunk[..cut]).is_err(), "{cut}");
        }
    }
}
