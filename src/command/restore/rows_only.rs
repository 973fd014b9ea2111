//! Rows into tables that were there before: what the target's own foreign keys and triggers do to them.
//!
//! Owns the order in which the target's foreign keys let tables be loaded, which tables name themselves, and
//! the statements that switch triggers off and back to what they were. Two queries, whatever the number of
//! tables.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};

use crate::archive::manifest::{Manifest, Table};
use crate::connect::Session;
use crate::error::{During, Fault, Result};
use crate::object::Row;
use crate::sql::{Entry, ident, qualified};

/// Foreign keys by the names of the tables they check and name; for a partitioned table, of its leaves.
/// The version decides whether a key can be NOT ENFORCED, which JSON tells in all of them.
const FOREIGN_KEYS: &str = "
SELECT DISTINCT fn.nspname::text AS a, f.relname::text AS b, tn.nspname::text AS c, t.relname::text AS d
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class f ON f.oid = k.conrelid
JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace
CROSS JOIN LATERAL (SELECT k.confrelid AS oid UNION
                    SELECT p.relid::oid FROM pg_catalog.pg_partition_tree(k.confrelid) p WHERE p.isleaf) x
JOIN pg_catalog.pg_class t ON t.oid = x.oid
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
WHERE k.contype = 'f' AND f.relkind = 'r' AND t.relkind = 'r'
  AND pg_catalog.to_jsonb(k) ->> 'conenforced' IS DISTINCT FROM 'false'";

/// Every partition of each partitioned table.
const PARTITIONS: &str = "
SELECT rn.nspname::text AS a, r.relname::text AS b, pn.nspname::text AS c, c.relname::text AS d
FROM pg_catalog.pg_class r
JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
CROSS JOIN LATERAL pg_catalog.pg_partition_tree(r.oid) p
JOIN pg_catalog.pg_class c ON c.oid = p.relid
JOIN pg_catalog.pg_namespace pn ON pn.oid = c.relnamespace
WHERE r.relkind = 'p' AND c.relkind IN ('r', 'p')
ORDER BY 1, 2, 3, 4";

/// Triggers that are not simply on.
const UNUSUAL: &str = "
SELECT n.nspname::text AS a, c.relname::text AS b, g.tgname::text AS c, g.tgenabled::text AS d
FROM pg_catalog.pg_trigger g
JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE g.tgenabled <> 'O'
ORDER BY 1, 2, 3";

type Name = (String, String);

/// What the target's foreign keys mean for a load.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct References {
    /// The places of the tables, in the order in which to load them.
    pub order: Vec<usize>,
    /// Tables that name themselves.
    pub own: BTreeSet<usize>,
    /// Tables that name each other in a circle, which no order resolves.
    pub circular: Vec<usize>,
    /// There are foreign keys among the tables at all.
    pub any: bool,
}

impl References {
    /// Reads the foreign keys among the tables of `loads`. `deferred`: those that can be are checked at the end.
    pub async fn read(session: &Session, manifest: &Manifest, loads: &[&Entry], deferred: bool) -> Result<References> {
        let deferrable = if deferred { " AND NOT k.condeferrable" } else { "" };
        let rows = session.client.query_typed(&format!("{FOREIGN_KEYS}{deferrable}"), &[]).await;
        let rows = rows.during(Fault::Server, || "cannot read the target's foreign keys".into())?;
        let tables = tables(manifest);
        let places: HashMap<Name, usize> = (0..)
            .zip(loads)
            .filter_map(|(at, entry)| {
                let table = tables.get(&entry.data?).filter(|table| !table.data.chunks.is_empty())?;
                Some(((table.schema.clone(), table.name.clone()), at))
            })
            .collect();
        let place = |name: &Name| places.get(name).copied();
        let keys = pairs(&rows)?;
        let keys: Vec<(usize, usize)> = keys.iter().filter_map(|(from, to)| Some((place(from)?, place(to)?))).collect();
        Ok(References::of(loads.len(), &keys))
    }

    /// From the keys among `count` tables: who has it, whom it names.
    fn of(count: usize, keys: &[(usize, usize)]) -> References {
        let own = keys.iter().filter(|(from, to)| from == to).map(|(from, _)| *from).collect();
        let mut before: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); count];
        let mut behind = before.clone();
        for (from, to) in keys.iter().filter(|(from, to)| from != to) {
            before[*from].insert(*to);
            behind[*to].insert(*from);
        }
        // What is in no circle falls away from one end or the other.
        let mut left: BTreeSet<usize> = (0..count).collect();
        loop {
            let ends = |at: &usize| before[*at].is_disjoint(&left) || behind[*at].is_disjoint(&left);
            let ending: BTreeSet<usize> = left.iter().copied().filter(ends).collect();
            if ending.is_empty() {
                break;
            }
            left.retain(|at| !ending.contains(at));
        }
        let mut waits: Vec<usize> = before.iter().map(BTreeSet::len).collect();
        let mut free: BinaryHeap<Reverse<usize>> = (0..count).filter(|at| waits[*at] == 0).map(Reverse).collect();
        let (mut order, mut done, mut first) = (Vec::with_capacity(count), vec![false; count], 0);
        while order.len() < count {
            let at = free.pop().map(|Reverse(at)| at).unwrap_or_else(|| {
                // A circle: the first that is left goes.
                first = (first..count).find(|at| !done[*at]).expect("some are left");
                first
            });
            if std::mem::replace(&mut done[at], true) {
                continue;
            }
            order.push(at);
            for next in &behind[at] {
                waits[*next] -= 1;
                if waits[*next] == 0 && !done[*next] {
                    free.push(Reverse(*next));
                }
            }
        }
        References { order, own, circular: left.into_iter().collect(), any: !keys.is_empty() }
    }
}

/// The four columns of the queries above as two pairs.
fn pairs(rows: &[tokio_postgres::Row]) -> Result<Vec<(Name, Name)>> {
    let pair = |row: &Row<'_>, first, second| -> Result<Name> { Ok((row.text(first)?, row.text(second)?)) };
    rows.iter().map(|row| Ok((pair(&Row(row), "a", "b")?, pair(&Row(row), "c", "d")?))).collect()
}

fn tables(manifest: &Manifest) -> HashMap<u32, &Table> {
    manifest.tables.iter().map(|table| (table.number, table)).collect()
}

/// The statements round the load of a table, by the number of its data.
#[derive(Debug, Default)]
pub struct Triggers {
    by_data: HashMap<u32, (String, String)>,
}

impl Triggers {
    /// Reads how the triggers of the tables are set.
    pub async fn read(session: &Session, manifest: &Manifest, loads: &[&Entry]) -> Result<Triggers> {
        let doing = || "cannot read the target's triggers".to_string();
        let rows = session.client.query_typed(PARTITIONS, &[]).await.during(Fault::Server, doing)?;
        let mut partitions: BTreeMap<Name, Vec<Name>> = BTreeMap::new();
        for (root, part) in pairs(&rows)? {
            partitions.entry(root).or_default().push(part);
        }
        let rows = session.client.query_typed(UNUSUAL, &[]).await.during(Fault::Server, doing)?;
        let mut unusual: BTreeMap<Name, Vec<(String, String)>> = BTreeMap::new();
        for (table, trigger) in pairs(&rows)? {
            unusual.entry(table).or_default().push(trigger);
        }
        let tables = tables(manifest);
        let mut triggers = Triggers::default();
        for table in loads.iter().filter_map(|entry| tables.get(&entry.data?)) {
            let own = (table.schema.clone(), table.name.clone());
            let root = table.load_into.as_ref().map(|root| (root.schema.clone(), root.name.clone()));
            // Through a root, rows reach whatever partition the target has for them.
            let touched = root.as_ref().and_then(|root| partitions.get(root)).cloned().unwrap_or_else(|| vec![own]);
            let (mut off, mut on, mut back) = (String::new(), String::new(), String::new());
            for name in &touched {
                let alter = format!("ALTER TABLE ONLY {}", qualified(&name.0, &name.1));
                off.push_str(&format!("{alter} DISABLE TRIGGER ALL;\n"));
                on.push_str(&format!("{alter} ENABLE TRIGGER ALL;\n"));
                for (trigger, state) in unusual.get(name).into_iter().flatten() {
                    let word = match state.as_str() {
                        "D" => "DISABLE",
                        "R" => "ENABLE REPLICA",
                        _ => "ENABLE ALWAYS",
                    };
                    back.push_str(&format!("{alter} {word} TRIGGER {};\n", ident(trigger)));
                }
            }
            triggers.by_data.insert(table.number, (off, on + &back));
        }
        Ok(triggers)
    }

    /// The statements before and after the load of this data.
    pub fn round(&self, data: u32) -> (&str, &str) {
        self.by_data.get(&data).map_or(("", ""), |(off, on)| (off, on))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_comes_first_and_circles_are_told() {
        let of = |keys: &[(usize, usize)]| References::of(5, keys);
        assert_eq!(of(&[]), References { order: vec![0, 1, 2, 3, 4], ..References::default() });
        assert_eq!(of(&[(0, 2), (2, 4)]).order, [1, 3, 4, 2, 0]);
        let circle = of(&[(0, 1), (1, 2), (2, 1), (3, 3), (2, 4)]);
        assert_eq!((circle.order.len(), circle.circular), (5, vec![1, 2]));
        assert_eq!(circle.own, BTreeSet::from([3]));
    }
}
