//! Values that would mean something else in the target: found before anything is changed.
//!
//! Binary values are bits, and some bits changed their meaning: the largest and the smallest interval are
//! infinite from 17 on; infinite numerics exist from 14 on; money counts the smallest unit of the database's
//! `lc_monetary`. Reads the chunks of the tables concerned once more, and only where the two servers differ.
//!
//! What travels as text is not looked into: there the server refuses what it does not know.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::task::JoinSet;

use crate::archive::Archive;
use crate::archive::manifest::{Format as Stored, Manifest, Table, Type};
use crate::catalog::types::money_digits;
use crate::command::types::{Inspection, Wanted};
use crate::connect::Session;
use crate::copy::binary::{HEADER, TRAILER};
use crate::copy::{Inspector, UnfitAt};
use crate::error::{During, Error, Fault, Result};
use crate::sql::qualified;

/// Checks the rows of the data with these numbers against the target's version and locale.
///
/// # Errors
/// Unsupported, naming for each table the first row and column that cannot travel.
pub async fn check(session: &Session, archive: &Archive, data: &HashSet<u32>, jobs: usize) -> Result<()> {
    let manifest = archive.manifest();
    let tables: Vec<&Table> = manifest.tables.iter().filter(|table| data.contains(&table.number)).collect();
    money(session, manifest, &tables).await?;
    let (from, to) = (manifest.server_version_num / 10000, session.major);
    let Some(wanted) = wanted(from, to) else { return Ok(()) };
    let inspection = Inspection::new(&manifest.types, &wanted);
    let mut left = tables.into_iter().filter(|table| table.format == Stored::Binary);
    let mut running = JoinSet::new();
    let mut found: Vec<(u32, String)> = Vec::new();
    loop {
        while running.len() < jobs.max(1) {
            let Some(table) = left.next() else { break };
            let Some(inspector) = inspection.of(&table.columns) else { continue };
            let (archive, table) = (archive.clone(), table.clone());
            running.spawn_blocking(move || scan(&archive, &table, &inspector).map(|text| (table.number, text)));
        }
        let Some(ended) = running.join_next().await else { break };
        let (number, text) = ended.expect("scanning does not panic")?;
        found.extend(text.map(|text| (number, text)));
    }
    if found.is_empty() {
        return Ok(());
    }
    found.sort();
    let lines: String = found.iter().map(|(_, text)| format!("\n  {text}")).collect();
    let text = format!("values of PostgreSQL {from} that PostgreSQL {to} would not keep:{lines}");
    Err(Error::new(Fault::Unsupported, text).hint(
        "change them in the source and dump again, or restore without the rows of these tables (--exclude-table-data)",
    ))
}

/// What to look for from one version to another.
fn wanted(from: u32, to: u32) -> Option<Wanted<'static>> {
    let intervals = (from >= 17) != (to >= 17);
    let numerics = from >= 14 && to < 14;
    (intervals || numerics).then_some(Wanted { oid: &|_| None, intervals, numerics })
}

/// The first value of a table that cannot travel, in words.
fn scan(archive: &Archive, table: &Table, inspector: &Arc<Inspector>) -> Result<Option<String>> {
    let name = qualified(&table.schema, &table.name);
    let mut before = 0;
    for chunk in &table.data.chunks {
        let mut content = archive.read_member(chunk.member)?;
        if let Err(at) = inspect(inspector, &mut content) {
            let column = table.columns.get(at.column).map_or("", |column| column.name.as_str());
            let row = before + at.row + 1;
            return Ok(Some(format!("{name}, row {row} of the archive, column {column:?}: {}", at.unfit)));
        }
        before += chunk.rows;
    }
    Ok(None)
}

/// Walks the rows of a binary chunk, changing what is to be changed.
pub fn inspect(inspector: &Inspector, content: &mut [u8]) -> Result<(), UnfitAt> {
    let end = content.len().saturating_sub(TRAILER.len());
    match content.get_mut(HEADER.len()..end) {
        Some(rows) => inspector.rows(rows, |_| ()),
        None => Ok(()),
    }
}

/// Money is a count of smallest units, whose size is the locale's.
async fn money(session: &Session, manifest: &Manifest, tables: &[&Table]) -> Result<()> {
    let Some(digits) = manifest.money_digits else { return Ok(()) };
    let holds = with_money(&manifest.types);
    let of = |table: &&Table| {
        let column = table.columns.iter().find(|column| column.type_index.is_some_and(|index| holds[index]))?;
        Some(format!("{}.{}", qualified(&table.schema, &table.name), column.name))
    };
    let Some(one) = tables.iter().find_map(of) else { return Ok(()) };
    let doing = || "cannot find out how many digits money has in the target".to_string();
    session.client.batch_execute("BEGIN").await.during(Fault::Server, doing)?;
    let there = money_digits(&session.client).await?;
    session.client.batch_execute("COMMIT").await.during(Fault::Server, doing)?;
    agree(digits, there, &one)
}

fn agree(here: i32, there: i32, column: &str) -> Result<()> {
    if here == there {
        return Ok(());
    }
    let text = format!(
        "{column} holds money, which has {here} digits behind the point in the archive and {there} in the target: \
         every amount would be another"
    );
    Err(Error::new(Fault::Unsupported, text)
        .hint("give the target database the lc_monetary of the source: ALTER DATABASE … SET lc_monetary"))
}

/// For each type, whether money is in it.
fn with_money(types: &[Type]) -> Vec<bool> {
    let mut holds: Vec<bool> = Vec::with_capacity(types.len());
    for one in types {
        let own = one.schema == "pg_catalog" && one.name == "money";
        let below = one.parts.iter().any(|part| holds.get(part.type_index) == Some(&true));
        holds.push(own || below);
    }
    holds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pairs_that_differ_are_scanned() {
        let scanned = |from, to| wanted(from, to).map(|wanted| (wanted.intervals, wanted.numerics));
        assert_eq!(scanned(18, 17), None);
        assert_eq!(scanned(16, 14), None);
        assert_eq!(scanned(12, 13), None);
        assert_eq!(scanned(18, 16), Some((true, false)));
        assert_eq!(scanned(16, 17), Some((true, false)));
        assert_eq!(scanned(15, 13), Some((false, true)));
        assert_eq!(scanned(17, 12), Some((true, true)));
    }

    #[test]
    fn money_of_other_digits_is_refused_by_name() {
        assert!(agree(2, 2, "shop.price.amount").is_ok());
        let error = agree(2, 0, "shop.price.amount").unwrap_err();
        assert!(error.report().contains("shop.price.amount") && error.fault() == Fault::Unsupported, "{error}");
    }
}
