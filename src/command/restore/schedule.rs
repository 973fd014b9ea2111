//! What may run when: chunks of tables, and the entries after the data as soon as what they need is there.
//!
//! Pure: hands out jobs and is told when they are done; who runs them is `load`. An entry starts when
//! everything it depends on is done, a table counting as done when its last chunk is loaded, and when no
//! running entry locks a table that it touches (pg_restore's rule). Longest expected work first: the tables
//! whose indexes take longest are loaded first, and one connection at least builds as soon as it can, while
//! the others load whatever something longer waits for. Foreign keys come last.
//!
//! Invariant: entries depend only on entries before them, so something can always run until all is done.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use super::entries::BATCH_ENTRIES;
use super::expected;
use crate::sql::Entry;

/// An entry with no more expected work than this (in bytes of a B-tree's table) is done at once.
const SMALL_WORK: u64 = 256 << 10;

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

struct Node {
    id: u32,
    /// Entries that must be done before.
    open: usize,
    locks: Vec<u32>,
    touches: HashSet<u32>,
    rank: Rank,
    memory: u64,
}

/// What goes first: not a foreign key of large tables, then the most expected work, then what belongs to one table
/// together (the server has just read all about it), then the script's order.
type Rank = (bool, Reverse<u64>, usize, usize);

/// The plan of one restore after pre-data.
pub struct Schedule {
    /// Data, chunk, and the longest work that waits for the data.
    chunks: VecDeque<(u32, usize, u64)>,
    /// Chunks of each data entry that are not loaded, with the entry's id.
    loading: HashMap<u32, (usize, u32)>,
    nodes: Vec<Node>,
    dependents: HashMap<u32, Vec<usize>>,
    ready: BTreeSet<Rank>,
    running: Vec<usize>,
    left: usize,
}

/// A data entry to load; one without chunks is loaded, and only tells how large it is.
#[derive(Debug, Default)]
pub struct Load {
    /// The entry's id.
    pub entry: u32,
    /// Its number in the manifest.
    pub data: u32,
    /// Rows.
    pub rows: u64,
    /// Raw bytes.
    pub bytes: u64,
    /// The chunks to load.
    pub chunks: Vec<usize>,
    /// Rows in these.
    pub left_rows: u64,
    /// Raw bytes of these.
    pub left_bytes: u64,
    /// All chunks are there already.
    pub is_whole: bool,
}

impl Schedule {
    /// Plans `loads` and `entries`; what `entries` depend on and is in neither is done already. A
    /// dependency on a table's entry counts as one on its data.
    pub fn new(mut loads: Vec<Load>, entries: &[&Entry], table_of_data: &HashMap<u32, u32>) -> Schedule {
        let data_of_table: HashMap<u32, u32> = table_of_data.iter().map(|(data, table)| (*table, *data)).collect();
        let sizes: HashMap<u32, (u64, u64)> = loads.iter().map(|load| (load.entry, (load.rows, load.bytes))).collect();
        let mut pending: HashSet<u32> =
            loads.iter().filter(|load| !load.chunks.is_empty()).map(|load| load.entry).collect();
        pending.extend(entries.iter().map(|entry| entry.id));
        let mut longest: HashMap<u32, u64> = HashMap::new();
        let mut groups: HashMap<&(String, String), usize> = HashMap::new();
        let (mut nodes, mut dependents) = (Vec::with_capacity(entries.len()), HashMap::<u32, Vec<usize>>::new());
        for (at, entry) in entries.iter().enumerate() {
            let group = entry.table.as_ref().map_or(at, |table| *groups.entry(table).or_insert(at));
            let mut needs: HashSet<u32> = entry.depends.iter().copied().collect();
            needs.extend(entry.depends.iter().filter_map(|id| data_of_table.get(id)));
            let (rows, bytes) = needs
                .iter()
                .filter_map(|id| sizes.get(id))
                .fold((0u64, 0u64), |sum, size| (sum.0.saturating_add(size.0), sum.1.saturating_add(size.1)));
            // Small ones are all alike.
            let work = Some(expected::work(entry, bytes)).filter(|work| *work > SMALL_WORK).unwrap_or(0);
            let last = entry.kind == expected::FOREIGN_KEY && work > 0;
            let open: Vec<u32> = needs.into_iter().filter(|id| pending.contains(id)).collect();
            for id in &open {
                dependents.entry(*id).or_default().push(at);
                let longest = longest.entry(*id).or_default();
                *longest = (*longest).max(if last { 0 } else { work });
            }
            nodes.push(Node {
                id: entry.id,
                open: open.len(),
                locks: entry.locks.clone(),
                touches: entry.locks.iter().chain(&entry.depends).copied().collect(),
                rank: (last, Reverse(work), group, at),
                memory: expected::memory(entry, rows, bytes),
            });
        }
        let waits = |load: &Load| longest.get(&load.entry).copied().unwrap_or(0);
        loads.sort_by_key(|load| (Reverse(waits(load)), Reverse(load.bytes), load.data));
        Schedule {
            chunks: loads
                .iter()
                .flat_map(|load| load.chunks.iter().map(move |chunk| (load, *chunk)))
                .map(|(load, chunk)| (load.data, chunk, waits(load)))
                .collect(),
            loading: loads.iter().map(|load| (load.data, (load.chunks.len(), load.entry))).collect(),
            ready: nodes.iter().filter(|node| node.open == 0).map(|node| node.rank).collect(),
            nodes,
            dependents,
            running: Vec::new(),
            left: entries.len() + loads.iter().map(|load| load.chunks.len()).sum::<usize>(),
        }
    }

    /// What may start now. Entries that have no rows to work through come many at a time; one that has comes
    /// alone, so that the others may run beside it.
    pub fn next(&mut self) -> Next {
        let mine = self.startable();
        if !mine.is_empty() {
            for at in &mine {
                self.ready.remove(&self.nodes[*at].rank);
            }
            self.running.extend(&mine);
            return Next::Run(mine.into_iter().map(Job::Entry).collect());
        }
        if let Some((data, chunk, _)) = self.chunks.pop_front() {
            return Next::Run(vec![Job::Chunk { data, chunk }]);
        }
        if self.left == 0 { Next::Finished } else { Next::Wait }
    }

    /// The chunks that are handed out next, so many at most.
    pub fn upcoming(&self, most: usize) -> impl Iterator<Item = (u32, usize)> {
        self.chunks.iter().take(most).map(|(data, chunk, _)| (*data, *chunk))
    }

    /// The entries to start now; none where a chunk goes first.
    fn startable(&self) -> Vec<usize> {
        let work = |at: usize| self.nodes[at].rank.1.0;
        let building = self.running.iter().any(|at| work(*at) > 0);
        // What waits for the next chunk; nothing holds up the first that builds.
        let waiting = self.chunks.front().filter(|_| building).map_or(0, |(_, _, work)| *work);
        let mut mine: Vec<usize> = Vec::new();
        for (last, Reverse(work), _, at) in self.ready.iter().take(BATCH_ENTRIES * 2).copied() {
            let small = work == 0;
            if mine.len() >= BATCH_ENTRIES || work < waiting || (!mine.is_empty() && !small) {
                break;
            }
            if last && !self.chunks.is_empty() && !small {
                break;
            }
            if self.running.iter().any(|other| self.conflict(at, *other)) {
                continue;
            }
            mine.push(at);
            if !small {
                break;
            }
        }
        mine
    }

    /// The memory, in bytes, with which the entry at this place builds its index best; 0 where there is none
    /// to speak of.
    pub fn memory(&self, at: usize) -> u64 {
        let node = &self.nodes[at];
        if node.rank.1.0 > 0 { node.memory } else { 0 }
    }

    /// The entries whose indexes are built over many rows, by id.
    pub fn large(&self) -> HashSet<u32> {
        let large = (0..self.nodes.len()).filter(|at| self.memory(*at) > 0);
        large.map(|at| self.nodes[at].id).collect()
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
        of_kind("INDEX", "", id, depends, locks)
    }

    fn of_kind(kind: &str, definition: &str, id: u32, depends: &[u32], locks: &[u32]) -> Entry {
        let json = serde_json::json!({ "id": id, "kind": kind, "name": id.to_string(), "section": Section::PostData,
            "pass": Pass::Main, "definition": definition, "depends": depends, "locks": locks });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn an_index_waits_for_its_table_and_not_for_others() {
        let index = entry(10, &[1], &[]);
        let loads = vec![Load { bytes: 9, ..load(5, 1) }, Load { bytes: 1, ..load(6, 2) }];
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
        Load { entry, data, rows: 1, bytes: 10 * SMALL_WORK, chunks: vec![0], ..Load::default() }
    }

    fn run(schedule: &mut Schedule) -> Job {
        match schedule.next() {
            Next::Run(jobs) if jobs.len() == 1 => jobs[0],
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_longest_build_begins_first_and_what_waits_for_a_longer_one_is_loaded_beside_it() {
        let gin = of_kind("INDEX", "CREATE INDEX a ON t USING gin (x);", 10, &[1], &[]);
        let btree = of_kind("INDEX", "CREATE INDEX b ON t USING btree (x);", 11, &[1], &[]);
        let trigger = of_kind("TRIGGER", "CREATE TRIGGER", 12, &[3], &[]);
        let middle = of_kind("INDEX", "CREATE INDEX c ON u USING gist (x);", 13, &[2], &[]);
        // The largest table has no index, the smallest one that takes longest.
        let loads = vec![Load { bytes: 90 * SMALL_WORK, ..load(7, 3) }, load(5, 1), load(6, 2)];
        let tables = HashMap::from([(5, 1), (6, 2), (7, 3)]);
        let mut schedule = Schedule::new(loads, &[&gin, &btree, &trigger, &middle], &tables);
        let chunk = |data| Job::Chunk { data, chunk: 0 };
        assert!(schedule.upcoming(2).eq([(1, 0), (2, 0)]));
        assert_eq!(run(&mut schedule), chunk(1));
        assert!(schedule.upcoming(9).eq([(2, 0), (3, 0)]));
        schedule.done(chunk(1));
        assert_eq!(run(&mut schedule), Job::Entry(0), "nothing is built yet");
        assert_eq!(run(&mut schedule), chunk(2), "its index takes longer than the B-tree");
        assert_eq!(run(&mut schedule), Job::Entry(1), "nothing waits long for the largest table");
        assert_eq!(run(&mut schedule), chunk(3));
        schedule.done(chunk(2));
        assert_eq!(run(&mut schedule), Job::Entry(3));
        assert_eq!(schedule.next(), Next::Wait);
    }

    #[test]
    fn foreign_keys_come_last_and_beside_each_other() {
        let key = |id, table| of_kind("FK CONSTRAINT", "ALTER TABLE", id, &[table], &[table]);
        let (a, b, index) = (key(10, 1), key(11, 2), entry(12, &[2], &[]));
        let loads = vec![load(5, 1), load(6, 2), load(7, 3)];
        let tables = HashMap::from([(5, 1), (6, 2), (7, 3)]);
        let mut schedule = Schedule::new(loads, &[&a, &b, &index], &tables);
        let chunk = |data| Job::Chunk { data, chunk: 0 };
        assert_eq!(run(&mut schedule), chunk(2));
        schedule.done(chunk(2));
        assert_eq!(run(&mut schedule), Job::Entry(2));
        assert_eq!(run(&mut schedule), chunk(1));
        schedule.done(chunk(1));
        assert_eq!(run(&mut schedule), chunk(3), "the key of the first table could be checked");
        assert_eq!(run(&mut schedule), Job::Entry(0));
        assert_eq!(schedule.next(), Next::Wait, "the index is built on the table of the other");
        schedule.done(Job::Entry(2));
        assert_eq!(run(&mut schedule), Job::Entry(1));
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
