//! Statistics as statements: what a server of 18 gathered, for another of 18 or newer.
//!
//! Pure. Writes the calls that pg_dump writes (`dumpRelationStats_dumper` in pg_dump.c); when they run, and
//! what runs instead on other servers, is the restore's. Values are quoted text that the target parses
//! into the column's type, never SQL.

use crate::catalog::statistics::{ColumnStatistics, Statistics};
use crate::sql::literal;

/// The word of the entries.
pub const STATISTICS_DATA: &str = "STATISTICS DATA";

/// Arguments of pg_restore_attribute_stats with their types, in pg_dump's order.
const COLUMN: [(&str, &str); 13] = [
    ("null_frac", "real"),
    ("avg_width", "integer"),
    ("n_distinct", "real"),
    ("most_common_vals", "text"),
    ("most_common_freqs", "real[]"),
    ("histogram_bounds", "text"),
    ("correlation", "real"),
    ("most_common_elems", "text"),
    ("most_common_elem_freqs", "real[]"),
    ("elem_count_histogram", "real[]"),
    ("range_length_histogram", "text"),
    ("range_empty_frac", "real"),
    ("range_bounds_histogram", "text"),
];

/// The statements that give a relation its statistics back. `version` is the source's
/// server_version_num.
pub fn statements(of: &Statistics, version: u32) -> String {
    let head = [
        ("version", version.to_string(), "integer"),
        ("schemaname", of.schema.clone(), "text"),
        ("relname", of.name.clone(), "text"),
    ];
    let [pages, tuples, all_visible, all_frozen] = of.size.clone();
    let size = [
        ("relpages", pages, "integer"),
        ("reltuples", tuples, "real"),
        ("relallvisible", all_visible, "integer"),
        ("relallfrozen", all_frozen, "integer"),
    ];
    let mut out = vec![call("pg_restore_relation_stats", head.iter().chain(&size))];
    for column in &of.columns {
        let column = arguments(column, of.is_index);
        out.push(call("pg_restore_attribute_stats", head.iter().chain(&column)));
    }
    out.join("\n")
}

type Argument = (&'static str, String, &'static str);

fn arguments(column: &ColumnStatistics, by_number: bool) -> Vec<Argument> {
    let mut out = vec![match by_number {
        true => ("attnum", column.number.to_string(), "smallint"),
        false => ("attname", column.name.clone(), "text"),
    }];
    out.push(("inherited", column.inherited.to_string(), "boolean"));
    let known = COLUMN.iter().filter_map(|(name, kind)| Some((*name, column.numbers.get(*name)?.clone(), *kind)));
    out.extend(known);
    out
}

fn call<'a>(function: &str, arguments: impl Iterator<Item = &'a Argument>) -> String {
    let one = |(name, value, kind): &Argument| format!("    '{name}', {}::{kind}", literal(value));
    format!("SELECT * FROM pg_catalog.{function}(\n{}\n);", arguments.map(one).collect::<Vec<_>>().join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn of(is_index: bool) -> Statistics {
        let numbers = BTreeMap::from([
            ("most_common_vals".to_string(), "{\"it's\",\\\\}".to_string()),
            ("null_frac".to_string(), "0.5".to_string()),
            ("of a newer server".to_string(), "1".to_string()),
        ]);
        Statistics {
            oid: 1,
            schema: "a'b".into(),
            name: "t".into(),
            table: 1,
            is_index,
            is_materialized: false,
            size: ["1", "2", "3", "4"].map(String::from),
            columns: vec![ColumnStatistics { number: 2, name: "c".into(), inherited: false, numbers }],
        }
    }

    #[test]
    fn values_are_quoted_and_unknown_ones_left_out() {
        let text = statements(&of(false), 180003);
        assert!(text.starts_with(
            "SELECT * FROM pg_catalog.pg_restore_relation_stats(\n    'version', '180003'::integer,\n    \
             'schemaname', 'a''b'::text,\n    'relname', 't'::text,\n    'relpages', '1'::integer"
        ));
        assert!(text.contains("'attname', 'c'::text") && text.contains("'null_frac', '0.5'::real"), "{text}");
        assert!(text.contains("'{\"it''s\"") && !text.contains("newer"), "{text}");
    }

    #[test]
    fn columns_of_indexes_go_by_number() {
        let text = statements(&of(true), 180003);
        assert!(text.contains("'attnum', '2'::smallint") && !text.contains("attname"), "{text}");
    }
}
