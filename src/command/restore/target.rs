//! The tables that rows are loaded into, matched with the archive's: by the names of columns and by their
//! types' trees.
//!
//! Binary rows carry no types: a server that expects others of the same width takes them without a word
//! (`timestamp` as `timestamptz`), and swaps the attributes of a composite whose order is another. So
//! whatever differs is refused here, by name, before a row is loaded.
//!
//! Two queries for all tables. Archives of format 1.0 do not describe types and are not matched.

use std::collections::HashMap;
use std::sync::Arc;

use crate::archive::manifest::{Format as Stored, Manifest, Table};
use crate::catalog::types::{TargetTable, target_tables};
use crate::command::staging::{Staging, destination, is_needed, staging};
use crate::command::types::{Comparison, Inspection, Wanted};
use crate::connect::Session;
use crate::copy::Inspector;
use crate::error::{Error, Fault, Result};

/// Differences named in one error; the rest are counted.
const DIFFERENCES_SHOWN: usize = 20;

/// How the rows of one table are loaded.
#[derive(Default)]
pub struct Target {
    /// What must be changed in them.
    pub inspector: Option<Arc<Inspector>>,
    /// The way through a temporary table.
    pub staging: Option<Staging>,
}

/// Matches `tables` with the target; by number, how each is loaded.
///
/// # Errors
/// Unsupported, naming each table and column that differs.
pub async fn targets(session: &Session, manifest: &Manifest, tables: &[&Table]) -> Result<HashMap<u32, Target>> {
    let described = |table: &&Table| table.columns.iter().all(|column| column.type_index.is_some());
    let (described, others): (Vec<&Table>, Vec<&Table>) = tables.iter().partition(|table| described(table));
    let mut out: HashMap<u32, Target> = others.iter().map(|table| (table.number, Target::default())).collect();
    if described.is_empty() {
        return Ok(out);
    }
    let names: Vec<(&str, &str)> = described.iter().map(|table| place(table)).collect();
    let (found, types) = target_tables(&session.client, session.major, &names).await?;
    let mut comparison = Comparison::new(&manifest.types, &types);
    let mut differences = Vec::new();
    for table in &described {
        let (schema, name) = place(table);
        match found.get(&(schema.to_string(), name.to_string())) {
            Some(target) => compare(table, target, &mut comparison, &mut differences),
            None => differences.push(format!("{}: the target has no such table", destination(table))),
        }
    }
    if !differences.is_empty() {
        return Err(refusal(&differences));
    }
    let swap = |index: usize| comparison.swap(index);
    // Servers from 14 on take another's oid for the type they expect, which it is now known to be.
    let inspection = (session.major < 14)
        .then(|| Inspection::new(&manifest.types, &Wanted { oid: &swap, intervals: false, numerics: false }));
    for table in described {
        let binary = inspection.as_ref().filter(|_| table.format == Stored::Binary);
        let target = Target {
            inspector: binary.and_then(|inspection| inspection.of(&table.columns)),
            staging: is_needed(table).then(|| staging(table, &manifest.types)).transpose()?,
        };
        out.insert(table.number, target);
    }
    Ok(out)
}

/// Schema and name of the table that the rows go into.
fn place(table: &Table) -> (&str, &str) {
    table.load_into.as_ref().map_or((&table.schema, &table.name), |root| (&root.schema, &root.name))
}

fn compare(table: &Table, target: &TargetTable, comparison: &mut Comparison<'_>, differences: &mut Vec<String>) {
    let name = destination(table);
    if is_needed(table) && target.has_rules {
        differences.push(format!("{name}: it has rules, which would change the rows; drop them for the time"));
    }
    let by_name: HashMap<&str, _> = target.columns.iter().map(|column| (column.name.as_str(), column)).collect();
    for column in &table.columns {
        let Some(theirs) = by_name.get(column.name.as_str()) else {
            differences.push(format!("{name}: the target has no column {:?}", column.name));
            continue;
        };
        let Some(index) = column.type_index else { continue };
        let why = match comparison.difference(index, theirs.type_oid) {
            None if column.modifier == theirs.modifier => continue,
            None => String::new(),
            Some(_) if column.type_name != theirs.type_name => String::new(),
            Some(why) => format!(" ({why})"),
        };
        differences.push(format!(
            "{name}: column {:?} is {} in the archive, {} in the target{why}",
            column.name, column.type_name, theirs.type_name
        ));
    }
}

fn refusal(differences: &[String]) -> Error {
    let mut text = String::from("the target's tables are not those of the archive:");
    for difference in differences.iter().take(DIFFERENCES_SHOWN) {
        text.push_str(&format!("\n  {}", crate::sql::one_line(difference)));
    }
    if differences.len() > DIFFERENCES_SHOWN {
        text.push_str(&format!("\n  and {} more", differences.len() - DIFFERENCES_SHOWN));
    }
    Error::new(Fault::Unsupported, text).hint(
        "rows are loaded only into columns of the very types they came from; alter these, load, and alter them back",
    )
}
