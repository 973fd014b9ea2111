//! Sequences. Writes `CREATE SEQUENCE` and `OWNED BY`, or, for an identity column, the `ADD GENERATED`
//! that makes the sequence with its name.
//!
//! Pitfall: a serial's sequence, its column's default and OWNED BY form a loop; OWNED BY is an entry of
//! its own, after both. Values are data and not written here.

use super::*;
use crate::sql::downgrade::Written;

/// Sequences with their owning columns.
pub const QUERY: &str = include_str!("../../db/catalog/sequence.sql");

/// Reads one sequence.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::Sequence, class::RELATION, row)?;
    let table = row.opt_oid("table_oid")?.map(|oid| ObjectId::new(class::RELATION, oid));
    object.table = table;
    let name = object.qualified();
    let (Some(table), Some(table_name), Some(column)) =
        (table, row.opt_text("table_name")?, row.opt_text("column_name")?)
    else {
        out.push(object.written(standalone(row, &name)?));
        return Ok(());
    };
    if row.opt_text("owned")?.as_deref() == Some("i") {
        let always = if row.opt_text("identity")?.as_deref() == Some("d") { "BY DEFAULT" } else { "ALWAYS" };
        let word = if row.opt_text("table_relkind")?.as_deref() == Some("f") { "FOREIGN TABLE" } else { "TABLE" };
        // Only where it differs from the table's: the clause needs a recent target.
        let persistence = match (row.text("persistence")?.as_str(), row.opt_text("table_persistence")?.as_deref()) {
            ("p", Some("u")) => "\n    LOGGED",
            ("u", Some("p")) => "\n    UNLOGGED",
            _ => "",
        };
        let head = format!(
            "ALTER {word} {table_name} ALTER COLUMN {column} ADD GENERATED {always} AS IDENTITY (\n    SEQUENCE NAME {name}"
        );
        let rest = format!("{}\n);", clauses(row, false)?);
        // The sequence takes the table's owner and goes with the table.
        object.owner = None;
        object.drop = Some(String::new());
        object.depends.push(table);
        object.locks.push(table);
        out.push(object.written(|target| logged(target, &head, persistence, &rest)));
        return Ok(());
    }
    let definition = standalone(row, &name)?;
    let mut owned = Object::new(Kind::SequenceOwnedBy, ObjectId::new(class::OWNED_BY, object.id.oid), &object.name);
    owned.schema = object.schema.clone();
    owned.table = Some(table);
    owned.depends = vec![object.id, table];
    owned.drop = Some(String::new());
    out.push(object.written(definition));
    out.push(owned.sql(format!("ALTER SEQUENCE {name} OWNED BY {table_name}.{column};")));
    Ok(())
}

/// `CREATE SEQUENCE`, for any version.
fn standalone(row: &Row<'_>, name: &str) -> Result<impl Fn(u32) -> Written> {
    let unlogged = if row.text("persistence")? == "u" { "UNLOGGED " } else { "" };
    let rest = format!("SEQUENCE {name}{};", clauses(row, true)?);
    Ok(move |target| logged(target, "CREATE ", unlogged, &rest))
}

/// A definition without its word about logging where a server knows none.
fn logged(target: u32, head: &str, persistence: &str, rest: &str) -> Written {
    let mut written = Written::default();
    let lacking = !persistence.is_empty() && !Feature::UnloggedSequence.is_in(target);
    if lacking {
        written.lacks(Feature::UnloggedSequence, "");
    }
    written.text = format!("{head}{}{rest}", if lacking { "" } else { persistence });
    written
}

/// Every clause, with limits shown only where they are not the type's own.
fn clauses(row: &Row<'_>, with_type: bool) -> Result<String> {
    let type_name = row.text("type")?;
    let (low, high) = match type_name.as_str() {
        "smallint" => (i64::from(i16::MIN), i64::from(i16::MAX)),
        "integer" => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    let increment = row.long("increment")?;
    let (usual_minimum, usual_maximum) = if increment > 0 { (1, high) } else { (low, -1) };
    let mut out = String::new();
    if with_type && type_name != "bigint" {
        out.push_str(&format!("\n    AS {type_name}"));
    }
    out.push_str(&format!("\n    START WITH {}\n    INCREMENT BY {increment}", row.long("start")?));
    for (word, value, usual) in
        [("MINVALUE", row.long("minimum")?, usual_minimum), ("MAXVALUE", row.long("maximum")?, usual_maximum)]
    {
        out.push_str(&if value == usual { format!("\n    NO {word}") } else { format!("\n    {word} {value}") });
    }
    out.push_str(&format!("\n    CACHE {}", row.long("cache")?));
    if row.flag("cycle")? {
        out.push_str("\n    CYCLE");
    }
    Ok(out)
}
