//! The order of tables in which rows can be loaded while foreign keys are in force: what is referenced
//! comes first. Everything that loads in the manifest's order (`restore --data-only`, psql) profits.
//!
//! Pure. Deterministic: free choices go to the table that came first, and so do loops, which no order
//! resolves.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use crate::object::{Kind, Object, ObjectId, Oid};

/// A foreign key: the table whose rows it checks and the one they name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// The table that has it.
    pub from: Oid,
    /// The table it names.
    pub to: Oid,
}

/// Foreign keys and partitions, as far as they decide the order.
#[derive(Debug, Default)]
pub struct References {
    keys: Vec<Reference>,
    /// Partitions of a partitioned table.
    parts: HashMap<Oid, Vec<Oid>>,
}

impl References {
    /// Those among `objects`.
    pub fn of(objects: &[Object]) -> References {
        let mut found = References::default();
        let pair =
            |object: &Object| Some((object.table?.oid, object.locks.first().copied().map(|id: ObjectId| id.oid)?));
        for object in objects {
            match (object.kind, pair(object)) {
                (Kind::ForeignKey, Some((from, to))) if from != to => found.keys.push(Reference { from, to }),
                (Kind::TableAttach, Some((part, parent))) => found.parts.entry(parent).or_default().push(part),
                _ => {}
            }
        }
        found
    }

    /// The tables with rows at or below `table`.
    fn leaves(&self, table: Oid, places: &HashMap<Oid, usize>) -> Vec<usize> {
        let (mut found, mut open, mut left) = (Vec::new(), vec![table], places.len() + self.parts.len() + 1);
        while let Some(at) = open.pop().filter(|_| left > 0) {
            left -= 1;
            found.extend(places.get(&at));
            open.extend(self.parts.get(&at).into_iter().flatten());
        }
        found
    }

    /// The places of `tables` in the order in which to load them.
    pub fn sort(&self, tables: &[Oid]) -> Vec<usize> {
        let places: HashMap<Oid, usize> = tables.iter().enumerate().map(|(place, oid)| (*oid, place)).collect();
        // A key is a gate behind the tables: open when all it names are through. So many partitions on
        // both sides do not multiply.
        let count = tables.len() + self.keys.len();
        let (mut before, mut behind) = (vec![0usize; count], vec![Vec::new(); count]);
        for (at, key) in self.keys.iter().enumerate() {
            let gate = tables.len() + at;
            let named = self.leaves(key.to, &places);
            if named.is_empty() {
                continue;
            }
            for place in named {
                behind[place].push(gate);
                before[gate] += 1;
            }
            for place in self.leaves(key.from, &places) {
                behind[gate].push(place);
                before[place] += 1;
            }
        }
        let is_table = |at: usize| at < tables.len();
        let mut free: BinaryHeap<Reverse<(bool, usize)>> =
            (0..tables.len()).filter(|at| before[*at] == 0).map(|at| Reverse((true, at))).collect();
        let (mut done, mut order, mut first) = (vec![false; count], Vec::with_capacity(tables.len()), 0);
        while order.len() < tables.len() {
            let at = match free.pop() {
                Some(Reverse((_, at))) => at,
                // A loop: nothing is free, so the first that is left goes.
                None => {
                    first = (first..tables.len()).find(|at| !done[*at]).expect("some are left");
                    first
                }
            };
            if std::mem::replace(&mut done[at], true) {
                continue;
            }
            if is_table(at) {
                order.push(at);
            }
            for next in std::mem::take(&mut behind[at]) {
                before[next] -= 1;
                if before[next] == 0 && !done[next] {
                    free.push(Reverse((is_table(next), next)));
                }
            }
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn references(keys: &[(Oid, Oid)], parts: &[(Oid, &[Oid])]) -> References {
        References {
            keys: keys.iter().map(|(from, to)| Reference { from: *from, to: *to }).collect(),
            parts: parts.iter().map(|(parent, parts)| (*parent, parts.to_vec())).collect(),
        }
    }

    #[test]
    fn what_is_referenced_comes_first_and_else_nothing_moves() {
        let sorted = |keys: &[(Oid, Oid)], parts: &[(Oid, &[Oid])]| references(keys, parts).sort(&[10, 20, 30, 40]);
        assert_eq!(sorted(&[], &[]), [0, 1, 2, 3]);
        assert_eq!(sorted(&[(10, 30), (30, 40)], &[]), [1, 3, 2, 0]);
        // 5 is partitioned into 10 and 20, 6 into 40; keys name the whole.
        assert_eq!(sorted(&[(5, 6)], &[(5, &[10, 20]), (6, &[40])]), [2, 3, 0, 1]);
        // What is not copied stands in nobody's way.
        assert_eq!(sorted(&[(10, 99), (99, 40)], &[]), [0, 1, 2, 3]);
    }

    #[test]
    fn a_loop_loses_no_table() {
        assert_eq!(references(&[(1, 2), (2, 1), (3, 1)], &[]).sort(&[1, 2, 3]), [0, 1, 2]);
        assert_eq!(references(&[(7, 1)], &[(7, &[1, 2])]).sort(&[1, 2]), [0, 1]);
        assert_eq!(references(&[(1, 2)], &[(2, &[2])]).sort(&[1, 2]), [1, 0]);
    }

    proptest! {
        #[test]
        fn every_table_is_there_once_and_after_what_it_names(keys in prop::collection::vec((0u32..30, 0u32..30), 0..60)) {
            let acyclic: Vec<(Oid, Oid)> = keys.into_iter().filter(|(from, to)| from < to).collect();
            let order = references(&acyclic, &[]).sort(&(0..30).collect::<Vec<_>>());
            let at = |table: Oid| order.iter().position(|place| *place == table as usize).expect("all are there");
            prop_assert_eq!(order.len(), 30);
            prop_assert!(acyclic.iter().all(|(from, to)| at(*to) < at(*from)));
        }
    }
}
