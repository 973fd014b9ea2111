//! What may run when: chunks of tables, and the entries after the data as soon as what they need is there.
//!
//! Pure: hands out jobs and is told when they are done; who runs them is `load`. An entry starts when
//! everything it depends on is done, a table counting as done when its last chunk is loaded, and when no
//! running entry locks a table that it touches (pg_restore's rule). Longest expected work first.
//!
//! Invariant: entries depend only on entries before them, so something can always run until all is done.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use super::entries::BATCH_ENTRIES;
use crate::sql::Entry;

/// An entry whose tables have no more raw bytes than this is done at once.
const SMALL_BYTES: u64 = 256 << 10;

/// One thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// Load one chunk: the data's number in the manifest, the chunk's index.
    Chunk {
        /// The number of the table's data.
        data: u32,
        /// Which of its chunks.
        chunk: usize,
    },
    /// Run the entry at this place.
    Entry(usize),
}

impl Job {
    /// The place of the entry, where it is one.
    pub fn entry(self) -> Option<usize> {
        match self {
            Job::Entry(at) => Some(at),
            Job::Chunk { .. } => None,
        }
    }
}

/// What to do now.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// This, on one connection: one chunk, or entries in this order.
    Run(Vec<Job>),
    /// Nothing until another job is done.
    Wait,
    /// Nothing any more.
    Finished,
}

/// What starts first: the most work, then what belongs to one table together (the server has just read all
/// about it), then the script's order.
type Rank = (std::cmp::Reverse<u64>, usize, usize);

struct Node {
    id: u32,
    /// Entries that must be done before.
    open: usize,
    locks: Vec<u32>,
    touches: HashSet<u32>,
    rank: Rank,
}

/// The plan of one restore after pre-data.
pub struct Schedule {
    chunks: VecDeque<(u32, usize)>,
    /// Chunks of each data entry that are not loaded, with the entry's id.
    loading: HashMap<u32, (usize, u32)>,
    nodes: Vec<Node>,
    dependents: HashMap<u32, Vec<usize>>,
    ready: BTreeSet<Rank>,
    running: Vec<usize>,
    left: usize,
}

/// A data entry to load: its entry, number, raw bytes, chunks, and data entries that must be loaded first.
pub struct Load {
    /// The entry's id.
    pub entry: u32,
    /// Its number in the manifest.
    pub data: u32,
    /// Raw bytes, for the order.
    pub bytes: u64,
    /// How many chunks.
    pub chunks: usize,
}

impl Schedule {
    /// Plans `loads` and `entries`; what `entries` depend on and is in neither is done already. A
    /// dependency on a table's entry counts as one on its data.
    pub fn new(mut loads: Vec<Load>, entries: &[&Entry], table_of_data: &HashMap<u32, u32>) -> Schedule {
        loads.sort_by_key(|load| (std::cmp::Reverse(load.bytes), load.data));
        let data_of_table: HashMap<u32, u32> = table_of_data.iter().map(|(data, table)| (*table, *data)).collect();
        let bytes: HashMap<u32, u64> = loads.iter().map(|load| (load.entry, load.bytes)).collect();
        let mut pending: HashSet<u32> = loads.iter().filter(|load| load.chunks > 0).map(|load| load.entry).collect();
        pending.extend(entries.iter().map(|entry| entry.id));
        let mut schedule = Schedule {
            chunks: loads.iter().flat_map(|load| (0..load.chunks).map(|chunk| (load.data, chunk))).collect(),
            loading: loads.iter().map(|load| (load.data, (load.chunks, load.entry))).collect(),
            nodes: Vec::with_capacity(entries.len()),
            dependents: HashMap::new(),
            ready: BTreeSet::new(),
            running: Vec::new(),
            left: entries.len() + loads.iter().map(|load| load.chunks).sum::<usize>(),
        };
        let mut groups: HashMap<&(String, String), usize> = HashMap::new();
        for (at, entry) in entries.iter().enumerate() {
            let group = entry.table.as_ref().map_or(at, |table| *groups.entry(table).or_insert(at));
            let mut needs: HashSet<u32> = entry.depends.iter().copied().collect();
            needs.extend(entry.depends.iter().filter_map(|id| data_of_table.get(id)));
            let rank = (std::cmp::Reverse(needs.iter().filter_map(|id| bytes.get(id)).sum()), group, at);
            let open: Vec<u32> = needs.into_iter().filter(|id| pending.contains(id)).collect();
            for id in &open {
                schedule.dependents.entry(*id).or_default().push(at);
            }
            schedule.nodes.push(Node {
                id: entry.id,
                open: open.len(),
                locks: entry.locks.clone(),
                touches: entry.locks.iter().chain(&entry.depends).copied().collect(),
                rank,
            });
            if open.is_empty() {
                schedule.ready.insert(rank);
            }
        }
        schedule
    }

    /// What may start now. Entries that have no rows to work through come many at a time; one that has comes
    /// alone, so that the others may run beside it.
    pub fn next(&mut self) -> Next {
        let mut mine: Vec<usize> = Vec::new();
        let candidates: Vec<_> = self.ready.iter().take(BATCH_ENTRIES * 2).copied().collect();
        for found in candidates {
            let (std::cmp::Reverse(weight), _, at) = found;
            let small = weight <= SMALL_BYTES;
            if mine.len() >= BATCH_ENTRIES || (!mine.is_empty() && !small) {
                break;
            }
            if self.running.iter().any(|other| self.conflict(at, *other)) {
                continue;
            }
            self.ready.remove(&found);
            mine.push(at);
            if !small {
                break;
            }
        }
        if !mine.is_empty() {
            self.running.extend(&mine);
            return Next::Run(mine.into_iter().map(Job::Entry).collect());
        }
        if let Some((data, chunk)) = self.chunks.pop_front() {
            return Next::Run(vec![Job::Chunk { data, chunk }]);
        }
        if self.left == 0 { Next::Finished } else { Next::Wait }
    }

    fn conflict(&self, a: usize, b: usize) -> bool {
        let (a, b) = (&self.nodes[a], &self.nodes[b]);
        a.locks.iter().any(|table| b.touches.contains(table)) || b.locks.iter().any(|table| a.touches.contains(table))
    }

    /// Tells that a job is done. Returns the number of the data that is complete by it.
    pub fn done(&mut self, job: Job) -> Option<u32> {
        self.left -= 1;
        match job {
            Job::Chunk { data, .. } => {
                let (left, entry) = self.loading.get_mut(&data).expect("only planned chunks are handed out");
                *left -= 1;
                let (left, entry) = (*left, *entry);
                if left == 0 {
                    self.release(entry);
                    return Some(data);
                }
            }
            Job::Entry(at) => {
                self.running.retain(|other| *other != at);
                self.release(self.nodes[at].id);
            }
        }
        None
    }

    fn release(&mut self, id: u32) {
        for at in self.dependents.remove(&id).unwrap_or_default() {
            self.nodes[at].open -= 1;
            if self.nodes[at].open == 0 {
                self.ready.insert(self.nodes[at].rank);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::{Pass, Section};

    fn entry(id: u32, depends: &[u32], locks: &[u32]) -> Entry {
        let json = serde_json::json!({ "id": id, "kind": "X", "name": id.to_string(), "section": Section::PostData,
            "pass": Pass::Main, "definition": "", "depends": depends, "locks": locks });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn an_index_waits_for_its_table_and_not_for_others() {
        let index = entry(10, &[1], &[]);
        let loads =
            vec![Load { entry: 5, data: 1, bytes: 9, chunks: 1 }, Load { entry: 6, data: 2, bytes: 1, chunks: 1 }];
        let mut schedule = Schedule::new(loads, &[&index], &HashMap::from([(5, 1), (6, 2)]));
        let first = Job::Chunk { data: 1, chunk: 0 };
        let second = Job::Chunk { data: 2, chunk: 0 };
        assert_eq!(schedule.next(), Next::Run(vec![first]));
        assert_eq!(schedule.next(), Next::Run(vec![second]));
        assert_eq!(schedule.next(), Next::Wait);
        assert_eq!(schedule.done(first), Some(1));
        assert_eq!(schedule.next(), Next::Run(vec![Job::Entry(0)]));
        assert_eq!(schedule.done(second), Some(2));
        schedule.done(Job::Entry(0));
        assert_eq!(schedule.next(), Next::Finished);
    }

    fn load(entry: u32, data: u32) -> Load {
        Load { entry, data, bytes: 10 * SMALL_BYTES, chunks: 1 }
    }

    #[test]
    fn two_entries_that_lock_one_table_do_not_meet() {
        let (a, b, c) = (entry(10, &[1], &[1]), entry(11, &[1], &[1]), entry(12, &[2], &[2]));
        let loads = vec![load(5, 1), load(6, 2)];
        let mut schedule = Schedule::new(loads, &[&a, &b, &c], &HashMap::from([(5, 1), (6, 2)]));
        let chunks = [Job::Chunk { data: 1, chunk: 0 }, Job::Chunk { data: 2, chunk: 0 }];
        for chunk in chunks {
            assert_eq!(schedule.next(), Next::Run(vec![chunk]));
        }
        for chunk in chunks {
            schedule.done(chunk);
        }
        assert_eq!(schedule.next(), Next::Run(vec![Job::Entry(0)]));
        assert_eq!(schedule.next(), Next::Run(vec![Job::Entry(2)]));
        assert_eq!(schedule.next(), Next::Wait);
        schedule.done(Job::Entry(0));
        assert_eq!(schedule.next(), Next::Run(vec![Job::Entry(1)]));
    }

    #[test]
    fn entries_without_rows_come_together() {
        let entries: Vec<Entry> = (1..=BATCH_ENTRIES as u32 * 2 + 20).map(|id| entry(id, &[], &[id])).collect();
        let entries: Vec<&Entry> = entries.iter().collect();
        let mut schedule = Schedule::new(Vec::new(), &entries, &HashMap::new());
        let mut sizes = Vec::new();
        while let Next::Run(jobs) = schedule.next() {
            sizes.push(jobs.len());
            for job in jobs {
                schedule.done(job);
            }
        }
        assert_eq!(sizes, [BATCH_ENTRIES, BATCH_ENTRIES, 20]);
    }

    #[test]
    fn what_belongs_to_one_table_comes_together() {
        let of = |id: u32, table: &str| Entry { table: Some(("s".into(), table.into())), ..entry(id, &[], &[]) };
        let entries = [of(1, "a"), of(2, "b"), of(3, "a"), of(4, "b")];
        let mut schedule = Schedule::new(Vec::new(), &entries.iter().collect::<Vec<_>>(), &HashMap::new());
        assert_eq!(schedule.next(), Next::Run([0, 2, 1, 3].map(Job::Entry).to_vec()));
    }
}
