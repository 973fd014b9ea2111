//! Runs the queries over all connections of the snapshot.
//!
//! A query about relations is divided: each connection reads everything about its own part of them, because a
//! server loads what it knows of a table (its relation cache) once for each connection, and that costs as
//! much as the queries do. The others go to whoever runs out of questions first: how long a server's process
//! takes for its part depends on what else the machine does. Several are always on their way, so that nobody
//! waits for the link, and a row becomes a value as soon as its query is answered, while the server works on others.
//!
//! Invariant: the answer is the same for any number of connections, but for the order within a kind.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::try_join_all;
use futures::stream::{FuturesUnordered, StreamExt};
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

/// A connection that has less than this to do is asked more: about what the server takes for one large query, or
/// for as many small ones.
const AHEAD: usize = 10;

/// A query, or the part of it that one connection is asked.
#[derive(Clone, Copy)]
struct Question<'a> {
    /// Its place among all.
    at: usize,
    /// As [`cost`] has it.
    cost: usize,
    stem: &'a str,
    sql: &'a str,
    oids: &'a [Oid],
    reader: Option<&'a Reader>,
}

/// What came back for a [`Question`]: objects where it has a reader, else the rows.
struct Answer {
    at: usize,
    objects: Vec<Object>,
    rows: Vec<tokio_postgres::Row>,
}

impl Question<'_> {
    /// The answer, and what it cost.
    async fn ask(self, client: &Client, major: u32) -> Result<(usize, Answer)> {
        let Question { at, cost, stem, sql, oids, reader } = self;
        let rows = query(client, sql, major, oids, stem).await?;
        let Some(reader) = reader else { return Ok((cost, Answer { at, rows, objects: Vec::new() })) };
        let mut objects = Vec::with_capacity(rows.len());
        for row in &rows {
            (reader.read)(&Row(row), &mut objects)?;
        }
        Ok((cost, Answer { at, objects, rows: Vec::new() }))
    }
}

/// Each client's own questions, which are about its part of the relations, and those that any may take. The largest
/// come first.
fn divide<'a>(
    clients: usize,
    readers: &[&'a Reader],
    relations: &'a [Oid],
    bulk: &[(&'a str, &'a str, &'a [Oid])],
) -> (Vec<Vec<Question<'a>>>, Vec<Question<'a>>) {
    let kinds = readers.iter().map(|reader| (reader.stem, reader.query, relations, Some(*reader)));
    let all = kinds.chain(bulk.iter().map(|(stem, sql, oids)| (*stem, *sql, *oids, None))).enumerate();
    let mut all: Vec<Question<'a>> =
        all.map(|(at, (stem, sql, oids, reader))| Question { at, cost: cost(stem), stem, sql, oids, reader }).collect();
    all.sort_by_key(|question| std::cmp::Reverse(question.cost));
    let is_divisible = |question: &Question<'_>| DIVISIBLE.contains(&question.stem) && question.oids.len() > 1;
    let (divisible, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(is_divisible);
    let mut own: Vec<Vec<_>> = (0..clients).map(|_| Vec::new()).collect();
    for whole in divisible {
        let parts = whole.oids.chunks(whole.oids.len().div_ceil(clients));
        for (own, oids) in own.iter_mut().zip(parts) {
            own.push(Question { oids, cost: whole.cost.div_ceil(clients), ..whole });
        }
    }
    (own, rest)
}

/// Asks one client its own questions, and then of the rest as long as there are any.
async fn run(
    client: &Client,
    major: u32,
    own: &[Question<'_>],
    rest: &[Question<'_>],
    next: &AtomicUsize,
) -> Result<Vec<Answer>> {
    let mut waiting: FuturesUnordered<_> = own.iter().map(|question| question.ask(client, major)).collect();
    let mut load: usize = own.iter().map(|question| question.cost).sum();
    let mut answers = Vec::new();
    loop {
        while load < AHEAD
            && let Some(question) = rest.get(next.fetch_add(1, Ordering::Relaxed))
        {
            load += question.cost;
            waiting.push(question.ask(client, major));
        }
        let Some(answered) = waiting.next().await else { return Ok(answers) };
        let (cost, answer) = answered?;
        load -= cost;
        answers.push(answer);
    }
}

/// Asks for the objects of all `readers`, and for the rows of each query of `bulk`, in its order.
pub(super) async fn share(
    clients: &[&Client],
    major: u32,
    readers: &[&Reader],
    relations: &[Oid],
    bulk: &[(&str, &str, &[Oid])],
) -> Result<(Vec<Object>, Vec<Vec<tokio_postgres::Row>>)> {
    let (own, rest) = divide(clients.len(), readers, relations, bulk);
    let next = AtomicUsize::new(0);
    let runs = clients.iter().zip(&own).map(|(client, own)| run(client, major, own, &rest, &next));
    let mut answers: Vec<Answer> = try_join_all(runs).await?.into_iter().flatten().collect();
    answers.sort_by_key(|answer| answer.at);
    // Objects are large and many: they are moved once.
    let mut objects = Vec::with_capacity(answers.iter().map(|answer| answer.objects.len()).sum());
    let mut rows: Vec<Vec<tokio_postgres::Row>> = bulk.iter().map(|_| Vec::new()).collect();
    for mut answer in answers {
        objects.append(&mut answer.objects);
        if let Some(rows) = answer.at.checked_sub(readers.len()).map(|at| &mut rows[at]) {
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
            let (own, rest) = divide(clients, &readers, &relations, bulk);
            assert_eq!(own.len(), clients);
            for (at, reader) in readers.iter().enumerate() {
                let of_this = own.iter().flatten().chain(&rest).filter(|question| question.at == at);
                let mut asked: Vec<Oid> = of_this.flat_map(|question| question.oids).copied().collect();
                asked.sort_unstable();
                assert_eq!(asked, relations, "{} over {clients}", reader.stem);
            }
            assert_eq!(rest.iter().filter(|question| question.at == readers.len()).count(), 1);
        }
    }

    #[test]
    fn a_query_without_relations_is_still_asked() {
        let readers: Vec<&Reader> = READERS.iter().collect();
        let (own, rest) = divide(3, &readers, &[], &[]);
        assert!(own.iter().all(Vec::is_empty));
        assert_eq!(rest.len(), readers.len());
    }
}
