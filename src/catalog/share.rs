//! Runs the queries over all connections of the snapshot.
//!
//! A query about relations is divided: each connection reads everything about its own part of them, because a
//! server loads what it knows of a table (its relation cache) once for each connection, and that costs as
//! much as the queries do. The others go to whoever has the least to do. All of a connection's queries are
//! sent at once, and a row becomes a value as soon as its query is answered, while the server works on others.
//!
//! Invariant: the answer is the same for any number of connections, but for the order within a kind.

use futures::future::try_join_all;
use tokio_postgres::Client;

use super::query;
use crate::error::Result;
use crate::object::{Object, Oid, Reader, Row};

/// What the server takes for a query, relative to the others (measured on 5,000 tables), so that the
/// connections get even shares.
fn cost(stem: &str) -> usize {
    match stem {
        "table" => 60,
        "index" => 45,
        "constraint" => 15,
        "depend" | "foreign_key" | "privilege" | "alias" => 10,
        "sequence" | "view" => 8,
        "unknown" => 6,
        _ => 1,
    }
}

/// The kinds whose queries may be asked about a part of the relations: those that look at one relation at a
/// time, and that cost something. (Triggers do not: clones are found from their roots on other tables.)
const DIVISIBLE: &[&str] = &["table", "index", "constraint", "foreign_key", "sequence", "view"];

/// A query, or the part of it that one connection is asked.
struct Question<'a> {
    stem: &'a str,
    sql: &'a str,
    oids: &'a [Oid],
    reader: Option<&'a Reader>,
}

/// What came back for a [`Question`]: objects where it has a reader, else the rows.
#[derive(Default)]
struct Answer {
    objects: Vec<Object>,
    rows: Vec<tokio_postgres::Row>,
}

impl Question<'_> {
    async fn ask(&self, client: &Client, major: u32) -> Result<Answer> {
        let rows = query(client, self.sql, major, self.oids, self.stem).await?;
        let Some(reader) = self.reader else { return Ok(Answer { rows, ..Answer::default() }) };
        let mut objects = Vec::with_capacity(rows.len());
        for row in &rows {
            (reader.read)(&Row(row), &mut objects)?;
        }
        Ok(Answer { objects, ..Answer::default() })
    }
}

/// Each client's questions; of those about relations, each gets a part.
fn shares<'a>(
    clients: usize,
    readers: &[&'a Reader],
    relations: &'a [Oid],
    bulk: &[(&'a str, &'a str, &'a [Oid])],
) -> Vec<Vec<(usize, Question<'a>)>> {
    let kinds = readers.iter().map(|reader| (reader.stem, reader.query, relations, Some(*reader)));
    let all = kinds.chain(bulk.iter().map(|(stem, sql, oids)| (*stem, *sql, *oids, None)));
    let mut all: Vec<(usize, _)> = all.enumerate().collect();
    all.sort_by_key(|(_, (stem, ..))| std::cmp::Reverse(cost(stem)));
    let part = relations.len().div_ceil(clients).max(1);
    let mut shares: Vec<(usize, Vec<_>)> = (0..clients).map(|_| (0, Vec::new())).collect();
    for (at, (stem, sql, oids, reader)) in all {
        if DIVISIBLE.contains(&stem) && oids.len() > 1 {
            for ((load, share), oids) in shares.iter_mut().zip(oids.chunks(part)) {
                *load += cost(stem).div_ceil(clients);
                share.push((at, Question { stem, sql, oids, reader }));
            }
        } else {
            let (load, share) = shares.iter_mut().min_by_key(|(load, _)| *load).expect("there is a client");
            *load += cost(stem);
            share.push((at, Question { stem, sql, oids, reader }));
        }
    }
    shares.into_iter().map(|(_, share)| share).collect()
}

/// Asks for the objects of all `readers`, and for the rows of each query of `bulk`, in its order.
pub(super) async fn share(
    clients: &[&Client],
    major: u32,
    readers: &[&Reader],
    relations: &[Oid],
    bulk: &[(&str, &str, &[Oid])],
) -> Result<(Vec<Object>, Vec<Vec<tokio_postgres::Row>>)> {
    let shares = shares(clients.len(), readers, relations, bulk);
    let ask = async |at: usize, question: &Question<'_>, client: &Client| -> Result<(usize, Answer)> {
        Ok((at, question.ask(client, major).await?))
    };
    let runs = shares
        .iter()
        .zip(clients)
        .map(|(share, client)| try_join_all(share.iter().map(|(at, question)| ask(*at, question, client))));
    let mut answers: Vec<(usize, Answer)> = try_join_all(runs).await?.into_iter().flatten().collect();
    answers.sort_by_key(|(at, _)| *at);
    // Objects are large and many: they are moved once.
    let mut objects = Vec::with_capacity(answers.iter().map(|(_, answer)| answer.objects.len()).sum());
    let mut rows: Vec<Vec<tokio_postgres::Row>> = bulk.iter().map(|_| Vec::new()).collect();
    for (at, mut answer) in answers {
        objects.append(&mut answer.objects);
        if let Some(rows) = at.checked_sub(readers.len()).map(|at| &mut rows[at]) {
            rows.append(&mut answer.rows);
        }
    }
    Ok((objects, rows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::READERS;

    #[test]
    fn every_relation_is_asked_about_once_by_every_query() {
        let readers: Vec<&Reader> = READERS.iter().collect();
        let relations: Vec<Oid> = (1..=10).collect();
        let bulk: &[(&str, &str, &[Oid])] = &[("depend", "", &[])];
        for clients in 1..=12 {
            let shares = shares(clients, &readers, &relations, bulk);
            assert_eq!(shares.len(), clients);
            for (at, reader) in readers.iter().enumerate() {
                let of_this = shares.iter().flatten().filter(|(question, _)| *question == at);
                let mut asked: Vec<Oid> = of_this.flat_map(|(_, question)| question.oids).copied().collect();
                asked.sort_unstable();
                assert_eq!(asked, relations, "{} over {clients}", reader.stem);
            }
            assert_eq!(shares.iter().flatten().filter(|(at, _)| *at == readers.len()).count(), 1);
        }
    }

    #[test]
    fn a_query_without_relations_is_still_asked() {
        let readers: Vec<&Reader> = READERS.iter().collect();
        let shares = shares(3, &readers, &[], &[]);
        assert_eq!(shares.iter().flatten().count(), readers.len());
    }
}
