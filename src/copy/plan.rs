//! Which part of which table is copied by one COPY, in what order, and the SQL of it. Pure.
//!
//! Large tables are read by ranges of heap blocks. Ranges begin at multiples of a power of two that
//! only depends on the table's bytes per block, so that a region of a table that did not change falls
//! into the same unit in the next dump too.
//!
//! Invariant: the units of a table cover every block exactly once; the first has no lower and the last
//! no upper bound, so rows beyond the size we were told of are not lost.

use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;

use super::{Column, Format, Relation};
use crate::sql::{ident, qualified};

/// The usual size of a unit in bytes of heap and TOAST.
pub const TARGET_BYTES: u64 = 8 << 20;

/// What one COPY statement reads: a table or a block range of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Index into the relations that were planned.
    pub relation: usize,
    /// The first heap block read. 0 stands for no lower bound.
    pub first_block: u64,
    /// The first heap block no longer read; `None` reads to the end.
    pub end_block: Option<u64>,
    /// The unit's share of heap and TOAST. An expectation for ordering and progress, not a bound.
    pub expected_bytes: u64,
}

impl Unit {
    /// True where the unit is the whole table.
    pub fn is_whole(&self) -> bool {
        self.first_block == 0 && self.end_block.is_none()
    }
}

/// The units of one table in block order: at least one, even for an empty table.
///
/// `index` is put into [`Unit::relation`]; `target_bytes` is what a unit should weigh, usually
/// [`TARGET_BYTES`].
pub fn units(index: usize, relation: &Relation, target_bytes: u64) -> Vec<Unit> {
    let step = blocks_per_unit(relation, target_bytes);
    // A condition may hold anything a query may end with (ORDER BY, …): it cannot be combined with a range.
    if !relation.can_range || relation.condition.is_some() || relation.blocks <= step {
        return vec![Unit { relation: index, first_block: 0, end_block: None, expected_bytes: relation.bytes() }];
    }
    let count = relation.blocks.div_ceil(step);
    let share = |blocks: u64| {
        let bytes = u128::from(relation.bytes()) * u128::from(blocks) / u128::from(relation.blocks);
        u64::try_from(bytes).unwrap_or(u64::MAX)
    };
    (0..count)
        .map(|n| {
            let first_block = n * step;
            let blocks = step.min(relation.blocks - first_block);
            let end_block = (n + 1 < count).then_some(first_block + step);
            Unit { relation: index, first_block, end_block, expected_bytes: share(blocks) }
        })
        .collect()
}

/// The power of two nearest (by ratio) to `target_bytes` worth of blocks, at least 1.
///
/// Nearest and not "at most": a table without TOAST has exactly a power of two of bytes per block, and
/// one small TOAST value more must not halve its units and move all boundaries.
fn blocks_per_unit(relation: &Relation, target_bytes: u64) -> u64 {
    let bytes = u128::from(relation.bytes().max(1));
    let target = u128::from(target_bytes) * u128::from(relation.blocks);
    let mut step: u64 = 1;
    // The next step is nearer while step * sqrt(2) is still below the ideal: compared as squares over 2.
    while step < 1 << 31 && (u128::from(step) * bytes).saturating_mul(1414) <= target.saturating_mul(1000) {
        step *= 2;
    }
    step
}

/// All units of all tables in the order in which workers should take them.
///
/// First come units that are much larger than `target_bytes` because nothing can divide them: whoever
/// gets one is busy for long. Then the rest, largest table first, in block order, so that small tables
/// fill the gaps at the end. Ties go by name, so the order depends on the database only.
pub fn plan(relations: &[Relation], target_bytes: u64) -> Vec<Unit> {
    let mut all: Vec<Unit> =
        relations.iter().enumerate().flat_map(|(index, relation)| units(index, relation, target_bytes)).collect();
    let giant = |unit: &Unit| Some(unit.expected_bytes).filter(|bytes| *bytes / 2 > target_bytes).unwrap_or(0);
    all.sort_by(|a, b| {
        let key = |unit: &Unit| (Reverse(giant(unit)), Reverse(relations[unit.relation].bytes()));
        let (left, right) = (&relations[a.relation], &relations[b.relation]);
        key(a)
            .cmp(&key(b))
            .then_with(|| (&left.schema, &left.name).cmp(&(&right.schema, &right.name)))
            .then_with(|| (a.relation, a.first_block).cmp(&(b.relation, b.first_block)))
    });
    all
}

/// A row's place in its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tid {
    /// The heap block.
    pub block: u32,
    /// The number within the block.
    pub item: u16,
}

impl fmt::Display for Tid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({},{})", self.block, self.item)
    }
}

impl FromStr for Tid {
    type Err = ();

    fn from_str(text: &str) -> Result<Tid, ()> {
        let inner = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).ok_or(())?;
        let (block, item) = inner.split_once(',').ok_or(())?;
        Ok(Tid { block: block.parse().map_err(|_| ())?, item: item.parse().map_err(|_| ())? })
    }
}

/// The statement that reads `unit`, a unit of `relation`, but for the rows at `without`.
///
/// `ONLY`: a table's children are tables of their own. Everything is qualified, for an empty
/// `search_path`; a bare `COPY table` is used where possible because it reads through a ring buffer.
pub fn copy_out_sql(relation: &Relation, unit: &Unit, without: &[Tid]) -> String {
    let table = qualified(&relation.schema, &relation.name);
    let format = relation.format.keyword();
    let cast = relation.columns.iter().any(|column| column.cast_to_text);
    let whole = unit.is_whole() && relation.condition.is_none() && without.is_empty();
    // Without columns the table form would copy *all* columns, as there is no empty column list.
    if whole && !cast && !relation.columns.is_empty() {
        return format!("COPY {table} ({}) TO STDOUT (FORMAT {format})", names(&relation.columns));
    }
    if let Some(condition) = &relation.condition {
        // Its own line: it may end in a comment, which must not swallow the rest of the statement.
        let query = format!("{} FROM ONLY {table}", columns_of(relation));
        return format!("COPY ({query} {condition}\n) TO STDOUT (FORMAT {format})");
    }
    let query = format!("{} FROM ONLY {table}{}", columns_of(relation), filter(unit, without));
    format!("COPY ({query}) TO STDOUT (FORMAT {format})")
}

/// The query that tells where row number `row` (from 0) of what [`copy_out_sql`] reads is. Both scan the heap
/// in its order.
pub fn row_sql(relation: &Relation, unit: &Unit, without: &[Tid], row: u64) -> String {
    let table = qualified(&relation.schema, &relation.name);
    format!("SELECT ctid::pg_catalog.text FROM ONLY {table}{} OFFSET {row} LIMIT 1", filter(unit, without))
}

/// The statement that reads the row at `tid` alone.
pub fn copy_row_sql(relation: &Relation, tid: Tid) -> String {
    let table = qualified(&relation.schema, &relation.name);
    let one = comparison("=", tid);
    format!(
        "COPY ({} FROM ONLY {table} WHERE {one}) TO STDOUT (FORMAT {})",
        columns_of(relation),
        relation.format.keyword()
    )
}

fn columns_of(relation: &Relation) -> String {
    let mut query = String::from("SELECT");
    for (n, column) in relation.columns.iter().enumerate() {
        query.push_str(if n == 0 { " " } else { ", " });
        query.push_str(&ident(&column.name));
        query.push_str(if column.cast_to_text { "::pg_catalog.text" } else { "" });
    }
    query
}

/// ` WHERE …` for a unit, or nothing.
fn filter(unit: &Unit, without: &[Tid]) -> String {
    let start = |block: u64| Tid { block: u32::try_from(block).unwrap_or(u32::MAX), item: 0 };
    let lower = (unit.first_block > 0).then(|| comparison(">=", start(unit.first_block)));
    let upper = unit.end_block.map(|end| comparison("<", start(end)));
    let others = without.iter().map(|tid| comparison("<>", *tid));
    let all: Vec<String> = lower.into_iter().chain(upper).chain(others).collect();
    if all.is_empty() { String::new() } else { format!(" WHERE {}", all.join(" AND ")) }
}

/// The statement that loads a chunk with these columns into `schema.name`.
///
/// Without columns it names none and fits only a table without (ordinary) columns: COPY has no
/// syntax for an empty list.
pub fn copy_in_sql(schema: &str, name: &str, columns: &[Column], format: Format) -> String {
    let list = if columns.is_empty() { String::new() } else { format!(" ({})", names(columns)) };
    format!("COPY {}{list} FROM STDIN (FORMAT {})", qualified(schema, name), format.keyword())
}

/// How a column that was read as text goes back from the column `value` of a table it was loaded into.
pub fn from_text(value: &str, target: TextTarget<'_>) -> String {
    match target {
        // The cast from text to regclass is a function that knows no numbers, and not its input.
        TextTarget::Regclass { domain: None } => format!("pg_catalog.regclassin(pg_catalog.textout({value}))"),
        TextTarget::Regclass { domain: Some(domain) } => {
            format!("pg_catalog.regclassin(pg_catalog.textout({value}))::{domain}")
        }
        TextTarget::Type(name) => format!("{value}::{name}"),
    }
}

/// What text becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextTarget<'a> {
    /// `regclass`, or a domain over it, qualified and quoted.
    Regclass {
        /// The domain.
        domain: Option<&'a str>,
    },
    /// Any other type, qualified and quoted.
    Type(&'a str),
}

fn names(columns: &[Column]) -> String {
    columns.iter().map(|column| ident(&column.name)).collect::<Vec<_>>().join(", ")
}

fn comparison(operator: &str, tid: Tid) -> String {
    format!("ctid OPERATOR(pg_catalog.{operator}) '{tid}'::pg_catalog.tid")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn relation(name: &str, blocks: u64, toast_bytes: u64) -> Relation {
        Relation {
            oid: 1,
            schema: "s".into(),
            name: name.into(),
            columns: vec![Column { name: "a\"b".into(), cast_to_text: false }],
            format: Format::Binary,
            condition: None,
            heap_bytes: blocks * 8192,
            toast_bytes,
            blocks,
            heap: true,
            can_range: true,
        }
    }

    fn whole() -> Unit {
        Unit { relation: 0, first_block: 0, end_block: None, expected_bytes: 0 }
    }

    #[test]
    fn a_plain_heap_is_cut_at_8_mib_and_a_little_toast_moves_nothing() {
        for toast in [0, 8192, 100 << 20] {
            let found = units(0, &relation("t", 100_000, toast), TARGET_BYTES);
            assert_eq!(found[1].first_block, 1024, "toast {toast}");
            assert_eq!(found.len(), 98);
        }
        assert_eq!(units(0, &relation("t", 4096, 1 << 40), TARGET_BYTES).len(), 4096);
    }

    #[test]
    fn what_cannot_be_divided_is_one_unit() {
        let mut table = relation("t", 100_000, 0);
        table.can_range = false;
        assert!(units(0, &table, TARGET_BYTES)[0].is_whole());
        let mut table = relation("t", 100_000, 0);
        table.condition = Some("WHERE true".into());
        assert_eq!(units(0, &table, TARGET_BYTES).len(), 1);
        assert!(units(0, &relation("t", 0, 0), TARGET_BYTES)[0].is_whole());
        assert!(units(0, &relation("t", 1024, 0), TARGET_BYTES)[0].is_whole());
    }

    #[test]
    fn giants_come_first_then_large_tables_then_names() {
        let mut giant = relation("giant", 50_000, 0);
        giant.can_range = false;
        let tables = [relation("b", 3, 0), relation("a", 3, 0), relation("large", 200_000, 0), giant];
        let order: Vec<(usize, u64)> =
            plan(&tables, TARGET_BYTES).iter().map(|unit| (unit.relation, unit.first_block)).collect();
        assert_eq!(order[..3], [(3, 0), (2, 0), (2, 1024)]);
        assert_eq!(order[order.len() - 2..], [(1, 0), (0, 0)]);
    }

    #[test]
    fn statements() {
        let mut table = relation("t", 9, 0);
        let middle = Unit { first_block: 8, end_block: Some(16), ..whole() };
        assert_eq!(copy_out_sql(&table, &whole(), &[]), r#"COPY s.t ("a""b") TO STDOUT (FORMAT binary)"#);
        assert_eq!(
            copy_out_sql(&table, &middle, &[]),
            "COPY (SELECT \"a\"\"b\" FROM ONLY s.t WHERE ctid OPERATOR(pg_catalog.>=) '(8,0)'::pg_catalog.tid \
             AND ctid OPERATOR(pg_catalog.<) '(16,0)'::pg_catalog.tid) TO STDOUT (FORMAT binary)"
        );
        let giant: Tid = "(3,7)".parse().expect("a place");
        assert_eq!(
            copy_out_sql(&table, &whole(), &[giant]),
            "COPY (SELECT \"a\"\"b\" FROM ONLY s.t WHERE ctid OPERATOR(pg_catalog.<>) '(3,7)'::pg_catalog.tid) \
             TO STDOUT (FORMAT binary)"
        );
        assert!(row_sql(&table, &middle, &[giant], 5).ends_with("'(3,7)'::pg_catalog.tid OFFSET 5 LIMIT 1"));
        assert!(copy_row_sql(&table, giant).contains("(pg_catalog.=) '(3,7)'::pg_catalog.tid) TO STDOUT"));
        for wrong in ["", "(1)", "1,2", "(1,2", "(-1,2)", "(1,2);", "(1,65536)", "('1',2)"] {
            assert_eq!(wrong.parse::<Tid>(), Err(()), "{wrong}");
        }
        table.format = Format::Text;
        table.columns[0].cast_to_text = true;
        assert_eq!(
            copy_out_sql(&table, &whole(), &[]),
            r#"COPY (SELECT "a""b"::pg_catalog.text FROM ONLY s.t) TO STDOUT (FORMAT text)"#
        );
        table.condition = Some("WHERE x -- y".into());
        assert!(copy_out_sql(&table, &whole(), &[]).ends_with("s.t WHERE x -- y\n) TO STDOUT (FORMAT text)"));
        table.condition = None;
        table.columns.clear();
        assert_eq!(copy_out_sql(&table, &whole(), &[]), r#"COPY (SELECT FROM ONLY s.t) TO STDOUT (FORMAT text)"#);
        assert_eq!(copy_in_sql("s", "t", &[], Format::Text), r#"COPY s.t FROM STDIN (FORMAT text)"#);
        let columns = relation("t", 0, 0).columns;
        assert_eq!(copy_in_sql("s", "t", &columns, Format::Binary), r#"COPY s.t ("a""b") FROM STDIN (FORMAT binary)"#);
    }

    proptest! {
        #[test]
        fn units_cover_each_block_once_in_powers_of_two(blocks in 0u64..1 << 17, toast in 0u64..1 << 40) {
            let found = units(7, &relation("t", blocks, toast), TARGET_BYTES);
            prop_assert_eq!(found[0].first_block, 0);
            prop_assert_eq!(found[found.len() - 1].end_block, None);
            for pair in found.windows(2) {
                prop_assert_eq!(pair[0].end_block, Some(pair[1].first_block));
                let step = pair[1].first_block - pair[0].first_block;
                prop_assert!(step.is_power_of_two() && pair[1].first_block % step == 0);
                prop_assert!(step == 1 || pair[0].expected_bytes <= TARGET_BYTES * 3 / 2);
                prop_assert!(pair[0].expected_bytes >= TARGET_BYTES / 2);
            }
        }
    }
}
