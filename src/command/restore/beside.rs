//! Tables and their sequences made side by side, over all connections.
//!
//! Most of a large schema is tables, and making them costs the server, not us. Only what is known to be
//! independent runs so: a family (a table, its sequences, defaults, comments, children and partitions) stays
//! on one connection, in order, so that no connection waits for a lock of another. All else is serial.
//!
//! Two families can still meet in a name: the array type of `a` is `_a` until a table of that name comes. Then
//! the batch is refused, and done again entry by entry, when the other is there.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::try_join_all;

use super::entries::{BATCH_ENTRIES, Runner, reset};
use super::passed::PassedOver;
use crate::connect::Session;
use crate::error::Result;
use crate::progress::Progress;
use crate::sql::Entry;

/// The kinds that make a family.
const FAMILY: [&str; 6] = ["TABLE", "TABLE ATTACH", "SEQUENCE", "SEQUENCE OWNED BY", "DEFAULT", "COMMENT"];

/// Runs `entries`, which are in order, over `sessions`.
///
/// # Errors
/// The first that is refused and not passed over.
pub async fn run(
    sessions: &[Session],
    entries: &[&Entry],
    no_owner: bool,
    passed: &PassedOver,
    progress: &Arc<dyn Progress>,
) -> Result<()> {
    let runner = || Runner::new(no_owner, false, passed, progress);
    let together = |entry: &&Entry| sessions.len() > 1 && FAMILY.contains(&entry.kind.as_str());
    for stretch in entries.chunk_by(|a, b| together(a) == together(b)) {
        if !together(&stretch[0]) {
            runner().run(&sessions[0].client, stretch).await?;
            reset(&sessions[0].client).await?;
            continue;
        }
        let batches = Mutex::new(batches(stretch));
        try_join_all(sessions.iter().map(|session| async {
            let mut runner = runner();
            loop {
                let next = batches.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                let Some(batch) = next else { break };
                runner.run(&session.client, &batch).await?;
            }
            reset(&session.client).await
        }))
        .await?;
    }
    Ok(())
}

/// Whole families, many to a batch; in a batch as in the script.
fn batches<'a>(stretch: &[&'a Entry]) -> VecDeque<Vec<&'a Entry>> {
    let mut out: VecDeque<Vec<&Entry>> = VecDeque::new();
    for family in families(stretch) {
        match out.back_mut() {
            Some(batch) if batch.len() + family.len() <= BATCH_ENTRIES => batch.extend(family),
            _ => out.push_back(family),
        }
    }
    out
}

/// The entries that hang together through what they need, families in the order of their first entries.
fn families<'a>(stretch: &[&'a Entry]) -> Vec<Vec<&'a Entry>> {
    let places: HashMap<u32, usize> = stretch.iter().enumerate().map(|(at, entry)| (entry.id, at)).collect();
    // Each place's way to the first place of its family.
    let mut up: Vec<usize> = (0..stretch.len()).collect();
    fn top(up: &mut [usize], mut at: usize) -> usize {
        while up[at] != at {
            up[at] = up[up[at]];
            at = up[at];
        }
        at
    }
    for (at, entry) in stretch.iter().enumerate() {
        for need in entry.depends.iter().chain(&entry.parent).filter_map(|id| places.get(id)) {
            let (a, b) = (top(&mut up, at), top(&mut up, *need));
            up[a.max(b)] = a.min(b);
        }
    }
    let mut family_of: HashMap<usize, usize> = HashMap::new();
    let mut out: Vec<Vec<&Entry>> = Vec::new();
    for (at, entry) in stretch.iter().enumerate() {
        let family = *family_of.entry(top(&mut up, at)).or_insert_with(|| {
            out.push(Vec::new());
            out.len() - 1
        });
        out[family].push(entry);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::{Pass, Section};

    fn entry(id: u32, depends: &[u32]) -> Entry {
        let json = serde_json::json!({ "id": id, "kind": "TABLE", "name": id.to_string(), "section": Section::PreData,
            "pass": Pass::Main, "definition": "", "depends": depends });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn what_hangs_together_stays_together_and_in_order() {
        // 3 is a child of 2 and (through 6) of 4; 1 was made before; 5 is alone.
        let entries = [entry(2, &[1]), entry(3, &[2]), entry(4, &[1]), entry(5, &[]), entry(6, &[3, 4])];
        let entries: Vec<&Entry> = entries.iter().collect();
        let found: Vec<Vec<u32>> =
            families(&entries).iter().map(|family| family.iter().map(|entry| entry.id).collect()).collect();
        assert_eq!(found, [vec![2, 3, 4, 6], vec![5]]);
    }

    #[test]
    fn a_batch_is_full_but_splits_no_family() {
        let size = BATCH_ENTRIES as u32 - 10;
        let mut entries: Vec<Entry> = (1..=size).map(|id| entry(id, &[])).collect();
        entries.push(entry(size + 1, &[]));
        entries.extend((size + 2..=size + 20).map(|id| entry(id, &[size + 1])));
        let entries: Vec<&Entry> = entries.iter().collect();
        let sizes: Vec<usize> = batches(&entries).iter().map(Vec::len).collect();
        assert_eq!(sizes, [size as usize, 20]);
    }
}
