//! What of the chosen rows cannot come back or travels as text, and what a standby lacks: named, one by one.
//!
//! Pure: from the decisions of `travel`.

use std::collections::HashSet;

use super::travel::Travel;
use crate::archive::manifest::Skipped;
use crate::catalog::Listed;
use crate::catalog::data::TableData;
use crate::command::finding::Finding;
use crate::copy::Format;
use crate::object::Oid;
use crate::sql::{one_line, qualified};

/// Tables that travel as text which are named one by one.
const TEXT_NAMED: usize = 20;

/// The relations whose contents are copied, and those that have none here.
#[derive(Default)]
pub struct Readable {
    /// Tables.
    pub tables: Vec<Oid>,
    /// Sequences with their qualified names.
    pub sequences: Vec<(Oid, String)>,
    /// What a standby does not have.
    pub unreadable: Vec<Skipped>,
}

impl Readable {
    /// Of the chosen relations, but for those whose contents stay behind.
    pub fn of(relations: &[Listed], without_rows: &HashSet<Oid>, standby: bool) -> Readable {
        let mut readable = Readable::default();
        for relation in relations.iter().filter(|relation| !without_rows.contains(&relation.oid)) {
            let name = qualified(&relation.schema, &relation.name);
            let unlogged = relation.persistence == 'u' && standby;
            let stored = relation.persistence == 'p' || (relation.persistence == 'u' && !standby);
            match relation.relkind {
                'r' if stored => readable.tables.push(relation.oid),
                'S' if stored => readable.sequences.push((relation.oid, name)),
                'r' | 'S' if unlogged => {
                    let kind = if relation.relkind == 'r' { "TABLE DATA" } else { "SEQUENCE SET" };
                    let reason = "it is unlogged, and a standby has nothing of what is in it".to_string();
                    readable.unreadable.push(Skipped { kind: kind.into(), name, reason });
                }
                _ => {}
            }
        }
        readable
    }
}

/// Columns whose values nothing can restore, and what is to be said of others.
pub fn losses(details: &[TableData], travels: &[Travel]) -> (Vec<Skipped>, Vec<String>) {
    let (mut skipped, mut warnings) = (Vec::new(), Vec::new());
    for (detail, travel) in details.iter().zip(travels) {
        let name = qualified(&detail.schema, &detail.name);
        let lost = |(column, why): &(String, String)| Skipped {
            kind: "COLUMN".into(),
            name: format!("{name}.{column}"),
            reason: why.clone(),
        };
        skipped.extend(travel.lost.iter().map(lost));
        warnings.extend(travel.warning.clone());
    }
    (skipped, warnings)
}

/// The tables, or columns of them, that travel as text, each with the reason.
pub fn as_text(details: &[TableData], travels: &[Travel]) -> Vec<Finding> {
    let mut texts: Vec<String> = Vec::new();
    for (detail, travel) in details.iter().zip(travels) {
        let name = qualified(&detail.schema, &detail.name);
        if let Some(reason) = travel.reason.as_ref().filter(|_| travel.format == Format::Text) {
            texts.push(one_line(&format!("{name} travels as text, not as binary: {reason}")));
        }
        let columns = travel.columns.iter().filter(|column| column.as_text);
        let why = columns.map(|column| format!("{}: {}", column.name, column.reason.as_deref().unwrap_or_default()));
        let why: Vec<String> = why.collect();
        if !why.is_empty() {
            texts.push(one_line(&format!("{name} travels in part as text, not as binary: {}", why.join("; "))));
        }
    }
    let more = texts.len().saturating_sub(TEXT_NAMED);
    texts.truncate(TEXT_NAMED);
    texts.extend((more > 0).then(|| format!("{more} more tables travel as text")));
    texts.into_iter().map(|text| Finding::note(text, None)).collect()
}
