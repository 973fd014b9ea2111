//! Order: sorts objects so that each comes after what it needs, and repairs the loops that PostgreSQL
//! permits.
//!
//! Pure. The method is pg_dump's (pg_dump_sort.c): a first sort by kind, schema and name, then a
//! topological sort that disturbs it least, so that equal schemas give equal scripts. A loop is broken by
//! a named rule, each with a test: a shell for a type and its functions, a dummy for a view, a default
//! or a check split off its table or domain, a definition moved behind the data.
//!
//! Invariant: oids decide nothing but the last tie.

use std::collections::{BTreeSet, BinaryHeap, HashMap, VecDeque};

use crate::object::{Body, Edge, Kind, Object, ObjectId, Section, class};

/// The objects in order.
pub struct Ordered {
    /// In the order in which they are made; pre-data first.
    pub objects: Vec<Object>,
    /// For each object the positions of those it needs, ascending; through objects that are not written
    /// themselves to the ones behind them.
    pub depends: Vec<Vec<usize>>,
    /// Loops that no rule knows; they were broken by force.
    pub warnings: Vec<String>,
}

struct Graph {
    objects: Vec<Object>,
    /// How many of them, from the first, stand by their sort keys; what was added stands behind.
    sorted: usize,
    index: HashMap<ObjectId, usize>,
    /// What each needs, with the mark of a view's query.
    needs: Vec<Vec<(usize, bool)>>,
    warnings: Vec<String>,
}

/// Sorts `objects`. Edges to unknown objects are ignored; `depends` of each object counts as edges.
pub fn sort(mut objects: Vec<Object>, edges: &[Edge]) -> Ordered {
    for object in objects.iter_mut().filter(|object| object.inside.is_some()) {
        // Part of another statement: it is where that is. Those of indexes and keys have no one before them.
        object.section = Section::PreData;
    }
    let objects = first_sort(objects);
    let index: HashMap<ObjectId, usize> = objects.iter().enumerate().map(|(at, object)| (object.id, at)).collect();
    let sorted = objects.len();
    let mut graph = Graph { needs: vec![Vec::new(); sorted], objects, sorted, index, warnings: Vec::new() };
    for edge in edges {
        graph.need(edge.from, edge.to, edge.by_query);
    }
    for at in 0..sorted {
        let depends = std::mem::take(&mut graph.objects[at].depends);
        for to in &depends {
            graph.need(graph.objects[at].id, *to, false);
        }
        graph.objects[at].depends = depends;
    }
    for needs in &mut graph.needs {
        needs.sort_unstable();
        // A need of the columns outweighs the same need of the query.
        needs.dedup_by_key(|(to, _)| *to);
    }
    graph.respect_boundary();
    graph.break_loops();
    graph.respect_boundary();
    graph.reach_descendants();
    graph.finish()
}

type Key<'a> = (u8, bool, Option<&'a str>, &'a str, Kind, &'a [String], ObjectId);

fn sort_key(object: &Object) -> Key<'_> {
    let schema = object.schema.as_deref();
    (object.kind.priority(), schema.is_none(), schema, &object.name, object.kind, &object.tie, object.id)
}

/// By the sort key. The keys are sorted, not the objects: these are large.
fn first_sort(objects: Vec<Object>) -> Vec<Object> {
    let mut keys: Vec<(Key<'_>, usize)> =
        objects.iter().enumerate().map(|(at, object)| (sort_key(object), at)).collect();
    // Stable, because that sort is quick about what is in order already, as each kind is.
    keys.sort();
    let mut place = vec![0; keys.len()];
    keys.iter().enumerate().for_each(|(position, (_, at))| place[*at] = position);
    arranged(objects, place)
}

/// Each object at its place, which no other has. They are large, so they change places where they lie.
fn arranged(mut objects: Vec<Object>, mut place: Vec<usize>) -> Vec<Object> {
    for at in 0..place.len() {
        while place[at] != at {
            let to = place[at];
            objects.swap(at, to);
            place.swap(at, to);
        }
    }
    objects
}

impl Graph {
    fn need(&mut self, from: ObjectId, to: ObjectId, by_query: bool) {
        let (Some(&from), Some(&to)) = (self.index.get(&from), self.index.get(&to)) else { return };
        // What is inside a statement does not wait for it.
        if from != to && self.objects[from].inside != Some(self.objects[to].id) {
            self.needs[from].push((to, by_query));
        }
    }

    fn forget(&mut self, from: usize, to: usize) {
        self.needs[from].retain(|(needed, _)| *needed != to);
    }

    fn add(&mut self, object: Object) -> usize {
        let at = self.objects.len();
        self.index.insert(object.id, at);
        self.objects.push(object);
        self.needs.push(Vec::new());
        at
    }

    /// Moves behind the data what is made before it but needs something made after: a function with an
    /// SQL body or a materialized view that groups by a primary key. A view becomes a dummy instead,
    /// because others may need its columns.
    fn respect_boundary(&mut self) {
        let mut queue: VecDeque<usize> = (0..self.objects.len()).collect();
        // Most schemas have nothing to move.
        let mut needed_by = None;
        while let Some(at) = queue.pop_front() {
            let object = &self.objects[at];
            let late = |(to, _): &(usize, bool)| self.objects[*to].section == Section::PostData;
            if object.section != Section::PreData || !self.needs[at].iter().any(late) {
                continue;
            }
            match object.kind {
                Kind::View => self.make_dummy(at),
                Kind::Table => {
                    let pieces: Vec<usize> =
                        self.needs[at].iter().filter(|need| late(need)).map(|(to, _)| *to).collect();
                    self.warnings
                        .push(format!("{} needs something that can only be made after the data", object.identity));
                    pieces.into_iter().for_each(|piece| self.forget(at, piece));
                }
                _ if object.inside.is_some() => self.split(at, Section::PostData),
                _ => {
                    self.objects[at].section = Section::PostData;
                    let needed_by = needed_by.get_or_insert_with(|| self.needed_by());
                    queue.extend(needed_by.get(at).into_iter().flatten());
                }
            }
        }
    }

    /// What needs each.
    fn needed_by(&self) -> Vec<Vec<usize>> {
        let mut needed_by = vec![Vec::new(); self.objects.len()];
        for (from, needs) in self.needs.iter().enumerate() {
            needs.iter().for_each(|(to, _)| needed_by[*to].push(from));
        }
        needed_by
    }

    /// Takes a default or a check out of its table's or domain's statement.
    fn split(&mut self, piece: usize, section: Section) {
        let Some(host) = self.objects[piece].inside.take().and_then(|host| self.index.get(&host).copied()) else {
            return;
        };
        self.objects[piece].section = section;
        self.forget(host, piece);
        self.needs[piece].push((host, false));
    }

    /// Writes a view as a dummy first and as itself after the data.
    fn make_dummy(&mut self, at: usize) {
        let view_id = self.objects[at].id;
        let Body::View(view) = &mut self.objects[at].body else { return };
        view.dummy = true;
        let mut real = Object::new(Kind::Rule, view.rule(), "_RETURN").sql(view.replacement());
        real.drop = Some(view.emptied());
        real.section = Section::PostData;
        real.schema = self.objects[at].schema.clone();
        real.tie = vec![self.objects[at].name.clone()];
        real.table = Some(view_id);
        let real = self.add(real);
        let (query, columns): (Vec<_>, Vec<_>) = self.needs[at].drain(..).partition(|(_, by_query)| *by_query);
        self.needs[at] = columns;
        self.needs[real] = query;
        self.needs[real].push((at, false));
    }

    /// What is made after the data on a parent and reaches its children and partitions waits for theirs
    /// too, and locks them: a trigger would fire for their rows, a key or check refuse them. Needs of
    /// tables alone make no loop, now that no table needs anything made after the data.
    fn reach_descendants(&mut self) {
        let mut children: HashMap<ObjectId, Vec<ObjectId>> = HashMap::new();
        for object in &self.objects {
            let child = match object.kind {
                Kind::Table => object.id,
                Kind::TableAttach => object.table.unwrap_or_default(),
                _ => continue,
            };
            for parent in object.depends.iter().filter(|id| id.class == class::RELATION && **id != child) {
                children.entry(*parent).or_default().push(child);
            }
        }
        for at in 0..self.objects.len() {
            let object = &self.objects[at];
            let (true, Section::PostData, Some(table)) = (object.reaches_children, object.section, object.table) else {
                continue;
            };
            // A foreign key reaches the parts of both its tables.
            let (mut found, mut stack) = (BTreeSet::new(), [&[table], object.locks.as_slice()].concat());
            while let Some(parent) = stack.pop() {
                stack.extend(children.get(&parent).into_iter().flatten().filter(|child| found.insert(**child)));
            }
            for child in found {
                self.need(self.objects[at].id, child, false);
                self.objects[at].locks.push(child);
            }
        }
    }

    fn break_loops(&mut self) {
        let mut pending: Vec<Vec<usize>> = components(&self.needs, &(0..self.objects.len()).collect::<Vec<_>>());
        while let Some(component) = pending.pop() {
            let cycle = shortest_cycle(&self.needs, &component);
            self.repair(&cycle);
            pending.extend(components(&self.needs, &component));
        }
    }

    /// Breaks one loop; `cycle[i]` needs `cycle[i + 1]`, the last needs the first.
    fn repair(&mut self, cycle: &[usize]) {
        let pairs = || (0..cycle.len()).map(|at| (cycle[at], cycle[(at + 1) % cycle.len()]));
        let kind = |at: usize| self.objects[at].kind;
        let shell_of = |at: usize| self.index.get(&ObjectId::new(class::SHELL, self.objects[at].id.oid)).copied();
        // A type and the functions that read and write it: the functions make do with a shell.
        let shelled = pairs().find(|&(from, to)| {
            kind(from) == Kind::Function && matches!(kind(to), Kind::BaseType | Kind::Range) && shell_of(to).is_some()
        });
        if let Some((function, to)) = shelled {
            let shell = shell_of(to).expect("found above");
            self.objects[shell].dormant = false;
            self.forget(function, to);
            self.needs[function].push((shell, false));
            self.needs[to].push((shell, false));
            return;
        }
        let query_of_view =
            |&(from, to): &(usize, usize)| kind(from) == Kind::View && self.needs[from].contains(&(to, true));
        if let Some((view, _)) = pairs().find(query_of_view) {
            self.make_dummy(view);
            return;
        }
        if let Some(&at) =
            cycle.iter().find(|&&at| kind(at) == Kind::MaterializedView && self.objects[at].section == Section::PreData)
        {
            // The rest of the loop follows it behind the data, as far as it needs it.
            self.objects[at].section = Section::PostData;
            self.respect_boundary();
            return;
        }
        let piece = |wanted: &[Kind]| {
            let inside = |&(from, to): &(usize, usize)| {
                self.objects[to].inside == Some(self.objects[from].id) && wanted.contains(&kind(to))
            };
            pairs().find(inside).map(|(_, to)| to)
        };
        if let Some(check) = piece(&[Kind::Constraint]) {
            return self.split(check, Section::PostData);
        }
        if let Some(default) = piece(&[Kind::ColumnDefault]) {
            return self.split(default, Section::PreData);
        }
        if let Some(check) = piece(&[Kind::DomainConstraint]) {
            return self.split(check, Section::PostData);
        }
        let (from, to) = pairs().next().expect("a cycle has members");
        let names: Vec<&str> = cycle.iter().map(|at| self.objects[*at].identity.as_str()).collect();
        self.warnings.push(format!("could not resolve the dependency loop among {}", names.join(", ")));
        self.forget(from, to);
    }

    /// The topological sort, backwards: from the end, always the last by the first sort that nothing
    /// still unplaced needs.
    fn finish(self) -> Ordered {
        let count = self.objects.len();
        let mut rank: Vec<usize> = (0..count).collect();
        rank.sort_by(|a, b| {
            let (left, right) = (&self.objects[*a], &self.objects[*b]);
            left.section
                .cmp(&right.section)
                .then_with(|| if (*a).max(*b) < self.sorted { a.cmp(b) } else { sort_key(left).cmp(&sort_key(right)) })
        });
        let mut place = vec![0; count];
        rank.iter().enumerate().for_each(|(position, at)| place[*at] = position);
        let mut waiting = vec![0usize; count];
        for (to, _) in self.needs.iter().flatten() {
            waiting[*to] += 1;
        }
        let mut ready: BinaryHeap<(usize, usize)> =
            (0..count).filter(|at| waiting[*at] == 0).map(|at| (place[at], at)).collect();
        let mut order = Vec::with_capacity(count);
        while let Some((_, at)) = ready.pop() {
            order.push(at);
            for (to, _) in &self.needs[at] {
                waiting[*to] -= 1;
                if waiting[*to] == 0 {
                    ready.push((place[*to], *to));
                }
            }
        }
        assert_eq!(order.len(), count, "every loop was broken before");
        order.reverse();
        order.iter().enumerate().for_each(|(position, at)| place[*at] = position);
        let depends = self.written_needs(&order, &place);
        Ordered { objects: arranged(self.objects, place), depends, warnings: self.warnings }
    }

    /// What each needs among the objects that are written: a need of one that is not leads on to its own.
    fn written_needs(&self, order: &[usize], place: &[usize]) -> Vec<Vec<usize>> {
        let mut all: Vec<Vec<usize>> = Vec::with_capacity(order.len());
        for at in order {
            let mut needs: Vec<usize> = Vec::new();
            for (to, _) in &self.needs[*at] {
                if self.objects[*to].is_written() { needs.push(place[*to]) } else { needs.extend(&all[place[*to]]) }
            }
            needs.sort_unstable();
            needs.dedup();
            all.push(needs);
        }
        all
    }
}

/// The strongly connected components with more than one member, within `nodes` (Tarjan, without
/// recursion: a catalog may be deep). Deterministic: by position.
fn components(needs: &[Vec<(usize, bool)>], nodes: &[usize]) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let all = nodes.len() == needs.len();
    let numbered = nodes.iter().enumerate().filter(|_| !all);
    let member: HashMap<usize, usize> = numbered.map(|(local, at)| (*at, local)).collect();
    let local = |at: usize| if all { Some(at) } else { member.get(&at).copied() };
    let (mut seen, mut low, mut on_stack) = (vec![UNSEEN; nodes.len()], vec![0; nodes.len()], vec![false; nodes.len()]);
    let (mut clock, mut stack, mut found) = (0, Vec::new(), Vec::new());
    for start in 0..nodes.len() {
        if seen[start] != UNSEEN {
            continue;
        }
        let mut path = vec![(start, 0)];
        while let Some((at, edge)) = path.pop() {
            if edge == 0 {
                (seen[at], low[at], on_stack[at]) = (clock, clock, true);
                clock += 1;
                stack.push(at);
            }
            let mut deeper = None;
            for (offset, (to, _)) in needs[nodes[at]].iter().enumerate().skip(edge) {
                let Some(to) = local(*to) else { continue };
                if seen[to] == UNSEEN {
                    deeper = Some((offset, to));
                    break;
                } else if on_stack[to] {
                    low[at] = low[at].min(seen[to]);
                }
            }
            if let Some((offset, to)) = deeper {
                path.push((at, offset + 1));
                path.push((to, 0));
                continue;
            }
            if let Some((parent, _)) = path.last() {
                low[*parent] = low[*parent].min(low[at]);
            }
            if low[at] == seen[at] {
                let mut component = Vec::new();
                loop {
                    let member = stack.pop().expect("its own root is on the stack");
                    on_stack[member] = false;
                    component.push(nodes[member]);
                    if member == at {
                        break;
                    }
                }
                if component.len() > 1 {
                    component.sort_unstable();
                    found.push(component);
                }
            }
        }
    }
    found
}

/// A shortest loop inside a strongly connected component, among those through its first member that lies
/// on one; each needs the next.
fn shortest_cycle(needs: &[Vec<(usize, bool)>], component: &[usize]) -> Vec<usize> {
    let start = component[0];
    let mut came_from: HashMap<usize, usize> = HashMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for (to, _) in &needs[at] {
            if *to == start {
                let mut cycle = vec![at];
                while let Some(before) = came_from.get(cycle.last().expect("not empty")) {
                    cycle.push(*before);
                }
                cycle.reverse();
                return cycle;
            }
            if component.binary_search(to).is_ok() && !came_from.contains_key(to) {
                came_from.insert(*to, at);
                queue.push_back(*to);
            }
        }
    }
    unreachable!("a strongly connected component has a loop through each member")
}

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;
