//! Tables, partitioned tables, foreign tables. Writes `CREATE TABLE` with its columns, defaults and
//! checks, the properties that follow it, `ATTACH PARTITION`, and the ROW SECURITY marker.
//!
//! Pitfalls: a partition is a table of its own that is attached afterwards (keeps its column order and
//! lets it restore alone); a child repeats only what its parents do not give it; a table may have no
//! column at all. Defaults and checks stay inside unless [`crate::order`] had to break a loop.

use serde::Deserialize;

use super::*;
use crate::object::column::{Column, Property, default_object};
use crate::sql::downgrade::{Written, known_parameters};
use crate::sql::quote::options;

/// Tables with columns, checks and parents.
pub const QUERY: &str = include_str!("../../db/catalog/table.sql");

/// What `CREATE TABLE` needs once it is known which defaults and checks stay inside.
#[derive(Debug, Clone)]
pub struct Table {
    head: String,
    of_type: Option<String>,
    columns: Vec<Column>,
    checks: Vec<Check>,
    is_partition: bool,
    old_not_null: bool,
    name: String,
    qualified: String,
    word: &'static str,
    tail: Tail,
    after: Vec<Property>,
}

/// What stands after the column list: texts around the storage parameters.
#[derive(Debug, Clone, Default)]
struct Tail {
    before: String,
    parameters: Vec<String>,
    toast_parameters: Vec<String>,
    after: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Check {
    oid: Oid,
    name: String,
    definition: String,
    valid: bool,
    #[serde(default = "yes")]
    enforced: bool,
    local: bool,
}

/// Before 18 every constraint is enforced.
fn yes() -> bool {
    true
}

impl Check {
    fn id(&self) -> ObjectId {
        ObjectId::new(class::CONSTRAINT, self.oid)
    }
}

/// Reads one table and what hangs on it.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::Table, class::RELATION, row)?;
    let relkind = row.letter("relkind")?;
    let foreign = relkind == 'f';
    let word = if foreign { "FOREIGN TABLE" } else { "TABLE" };
    let name = object.qualified();
    object.label = word;
    object.identity = format!("{word} {name}");
    let is_partition = row.flag("is_partition")?;
    let parents: Vec<ObjectId> =
        row.oids("parent_oids")?.iter().map(|oid| ObjectId::new(class::RELATION, *oid)).collect();
    let columns: Vec<Column> = row.grid("columns")?.into_iter().map(Column::read).collect::<Result<_>>()?;
    let checks: Vec<Check> = row.json("checks")?;
    object.columns = columns.iter().map(|column| (column.number, ident(&column.name))).collect();
    object.depends.extend(parents.iter().filter(|_| !is_partition));
    if !foreign {
        object.tablespace = Some(row.text("tablespace")?);
    }
    if relkind == 'r' {
        object.access_method = row.opt_text("access_method")?;
    }
    let table = Table {
        head: format!(
            "CREATE {}{word} {name}",
            if row.text("persistence")? == "u" && relkind != 'p' { "UNLOGGED " } else { "" }
        ),
        of_type: row.opt_text("of_type")?,
        is_partition,
        old_not_null: columns.iter().all(|column| column.not_null_oid.is_none()),
        name: object.name.clone(),
        qualified: name.clone(),
        word,
        tail: tail(row, is_partition)?,
        after: after(row, &name, word, &columns)?,
        columns,
        checks,
    };
    let mut pieces = table.pieces(&object);
    object.depends.extend(pieces.iter().filter(|piece| piece.inside == Some(object.id)).map(|piece| piece.id));
    if let (Some(bound), Some(parent)) = (row.opt_text("bound")?, parents.first()) {
        let parent_name = row.texts("parents")?.into_iter().next().unwrap_or_default();
        pieces.push(attach(&object, *parent, &parent_name, &bound));
    }
    if row.flag("row_security")? {
        pieces.push(row_security(&object));
    }
    object.body = Body::Table(Box::new(table));
    out.push(object);
    out.append(&mut pieces);
    Ok(())
}

/// What stands after the column list.
fn tail(row: &Row<'_>, is_partition: bool) -> Result<Tail> {
    let mut tail =
        Tail { parameters: row.texts("options")?, toast_parameters: row.texts("toast_options")?, ..Tail::default() };
    let parents = row.texts("parents")?;
    if !parents.is_empty() && !is_partition {
        tail.before.push_str(&format!("\nINHERITS ({})", parents.join(", ")));
    }
    if let Some(key) = row.opt_text("partition_key")? {
        tail.before.push_str(&format!("\nPARTITION BY {key}"));
    }
    if let Some(server) = row.opt_text("server")? {
        tail.before.push_str(&format!("\nSERVER {}", ident(&server)));
    }
    if let Some(text) = row.opt_text("server_options")? {
        tail.after.push_str(&format!("\nOPTIONS (\n    {text}\n)"));
    }
    Ok(tail)
}

/// The statements after CREATE, in pg_dump's order: column properties, replica identity, forced row
/// security, and the access method of a partitioned table (its CREATE takes none from a setting).
fn after(row: &Row<'_>, name: &str, word: &str, columns: &[Column]) -> Result<Vec<Property>> {
    let relkind = row.letter("relkind")?;
    let alter = format!("ALTER {word} ONLY {name}");
    let mut out: Vec<Property> = columns.iter().flat_map(|column| column.properties(&alter)).collect();
    if relkind == 'p'
        && let Some(method) = row.opt_text("access_method")?
    {
        let text = format!("ALTER TABLE {name} SET ACCESS METHOD {};", ident(&method));
        out.push(Property { text, since: Some(Feature::PartitionedAccessMethod) });
    }
    match row.letter("replica_identity")? {
        'n' if relkind != 'f' => out.push(format!("ALTER TABLE ONLY {name} REPLICA IDENTITY NOTHING;").into()),
        'f' if relkind != 'f' => out.push(format!("ALTER TABLE ONLY {name} REPLICA IDENTITY FULL;").into()),
        _ => {}
    }
    if row.flag("force_row_security")? {
        out.push(format!("ALTER TABLE ONLY {name} FORCE ROW LEVEL SECURITY;").into());
    }
    Ok(out)
}

fn attach(table: &Object, parent: ObjectId, parent_name: &str, bound: &str) -> Object {
    let mut object = Object::new(Kind::TableAttach, ObjectId::new(class::ATTACH, table.id.oid), &table.name);
    object.schema = table.schema.clone();
    object.table = Some(table.id);
    object.depends = vec![table.id, parent];
    object.locks = vec![parent];
    object.drop = Some(String::new());
    object.sql(format!("ALTER TABLE ONLY {parent_name} ATTACH PARTITION {} {bound};", table.qualified()))
}

fn row_security(table: &Object) -> Object {
    let mut object = Object::new(Kind::RowSecurity, ObjectId::new(class::ROW_SECURITY, table.id.oid), &table.name);
    object.schema = table.schema.clone();
    object.table = Some(table.id);
    object.depends = vec![table.id];
    object.drop = Some(format!("ALTER TABLE {} DISABLE ROW LEVEL SECURITY;", table.qualified()));
    object.sql(format!("ALTER TABLE {} ENABLE ROW LEVEL SECURITY;", table.qualified()))
}

impl Tail {
    fn write(&self, target: u32, written: &mut Written) -> String {
        let mut storage = vec![
            options(&known_parameters(&self.parameters, target, written), ""),
            options(&known_parameters(&self.toast_parameters, target, written), "toast."),
        ];
        storage.retain(|text| !text.is_empty());
        let with = if storage.is_empty() { String::new() } else { format!("\nWITH ({})", storage.join(", ")) };
        format!("{}{with}{}", self.before, self.after)
    }
}

impl Table {
    /// A column has its own line unless a parent gives it.
    fn prints(&self, column: &Column) -> bool {
        column.local || self.is_partition
    }

    fn prints_check(&self, check: &Check) -> bool {
        check.valid && (check.local || self.is_partition)
    }

    /// Defaults, checks and not-null constraints as objects, inside the table where they can be.
    fn pieces(&self, table: &Object) -> Vec<Object> {
        let mut out = Vec::new();
        let alter = format!("ALTER {} ONLY {}", table.label, table.qualified());
        for column in &self.columns {
            out.extend(default_object(table, column, &alter, self.prints(column)));
            if column.not_null_valid == Some(false) && column.not_null_local == Some(true) || column.not_null_commented
            {
                out.push(not_null_object(table, column));
            }
        }
        for check in self.checks.iter().filter(|check| self.prints_check(check) || (!check.valid && check.local)) {
            let mut object = Object::new(Kind::Constraint, check.id(), &check.name);
            object.label = "CHECK CONSTRAINT";
            object.reaches_children = true;
            object.schema = table.schema.clone();
            object.tie = vec![table.name.clone()];
            object.table = Some(table.id);
            object.identity = format!("CONSTRAINT {} ON {}", ident(&check.name), table.qualified());
            let whole = format!("ALTER {} {}", table.label, table.qualified());
            object.drop = Some(format!("{whole} DROP CONSTRAINT {};", ident(&check.name)));
            object.needs([(!check.enforced, Feature::NotEnforced)]);
            if check.valid {
                object.inside = Some(table.id)
            } else {
                object.depends.push(table.id)
            }
            // Without ONLY: the constraint must reach the children that inherit it.
            let text = format!(
                "ALTER {} {}\n    ADD CONSTRAINT {} {};",
                table.label,
                table.qualified(),
                ident(&check.name),
                check.definition
            );
            out.push(object.sql(text));
        }
        out
    }

    /// The statements for a server of major version `target`, given which defaults and checks are still
    /// inside.
    pub fn write(&self, inside: &dyn Fn(ObjectId) -> bool, target: u32) -> Written {
        let mut written = Written::default();
        let mut items: Vec<String> = Vec::new();
        for column in &self.columns {
            items.extend(self.column_item(column, inside, target, &mut written));
        }
        for check in self.checks.iter().filter(|check| self.prints_check(check) && inside(check.id())) {
            items.push(format!("CONSTRAINT {} {}", ident(&check.name), check.definition));
        }
        let of = self.of_type.as_ref().map(|name| format!(" OF {name}")).unwrap_or_default();
        let list = match (items.is_empty(), &self.of_type) {
            (true, Some(_)) => String::new(),
            (true, None) => " (\n)".to_string(),
            (false, _) => format!(" (\n    {}\n)", items.join(",\n    ")),
        };
        let tail = self.tail.write(target, &mut written);
        let mut statements = vec![format!("{}{of}{list}{tail};", self.head)];
        if self.late_not_null(target) {
            statements.extend(self.late_not_nulls());
        }
        statements.extend(self.after.iter().filter_map(|property| property.write(target, &mut written)));
        written.text = statements.join("\n");
        written
    }

    /// Before 18 a constraint of its own on an inherited column has no place in CREATE TABLE.
    fn late_not_null(&self, target: u32) -> bool {
        self.old_not_null || !Feature::NamedNotNull.is_in(target)
    }

    fn column_item(
        &self,
        column: &Column,
        inside: &dyn Fn(ObjectId) -> bool,
        target: u32,
        written: &mut Written,
    ) -> Option<String> {
        let not_null = self.not_null(column, target, written);
        if !self.prints(column) {
            // A constraint of its own on a column that a parent gives: an item of the table (18+).
            let text = not_null.filter(|_| !self.late_not_null(target))?;
            let (name, rest) = text.split_once("NOT NULL")?;
            return Some(format!("{name}NOT NULL {}{rest}", ident(&column.name)));
        }
        let mut item = if self.of_type.is_some() { ident(&column.name) } else { column.head() };
        let bare = item.len();
        match (&column.default, column.generated) {
            (Some(expression), Some(generated)) if !column.inherits_generation() => {
                // The same values, kept instead of computed when asked for.
                let stored = generated == 's' || !Feature::VirtualColumn.is_in(target);
                if stored && generated != 's' {
                    written.lacks(Feature::VirtualColumn, &column.name);
                }
                let stored = if stored { " STORED" } else { "" };
                item.push_str(&format!(" GENERATED ALWAYS AS ({expression}){stored}"));
            }
            (Some(expression), None)
                if column.default_oid.is_some_and(|oid| inside(ObjectId::new(class::ATTRIBUTE_DEFAULT, oid))) =>
            {
                item.push_str(&format!(" DEFAULT {expression}"));
            }
            (None, None) if column.refuses_default() => item.push_str(" DEFAULT NULL"),
            _ => {}
        }
        if let Some(text) = not_null {
            item.push(' ');
            item.push_str(&text);
        }
        if self.of_type.is_none() {
            item.push_str(&column.collate());
        } else if item.len() == bare {
            return None;
        } else {
            item.insert_str(bare, " WITH OPTIONS");
        }
        Some(item)
    }

    /// `[CONSTRAINT c] NOT NULL [NO INHERIT]` where the table must say it itself.
    fn not_null(&self, column: &Column, target: u32, written: &mut Written) -> Option<String> {
        if !column.not_null || column.not_null_valid == Some(false) {
            return None;
        }
        let from_parent = column.inherited.iter().any(|parent| parent.not_null);
        // A parent whose constraint is not valid cannot make the child's valid one.
        let parents_invalid = from_parent
            && column.not_null_valid == Some(true)
            && column
                .inherited
                .iter()
                .filter(|parent| parent.not_null)
                .all(|parent| parent.not_null_valid == Some(false));
        let own = column.not_null_local.unwrap_or(!from_parent) || parents_invalid;
        if !own && !self.is_partition {
            return None;
        }
        let usual = format!("{}_{}_not_null", self.name, column.name);
        if !Feature::NamedNotNull.is_in(target) {
            if column.not_null_no_inherit {
                written.lacks(Feature::NotNullNoInherit, &column.name);
            }
            if let Some(name) = column.not_null_name.as_ref().filter(|name| **name != usual) {
                written.lacks(Feature::NamedNotNull, name);
            }
            return Some("NOT NULL".into());
        }
        let no_inherit = if column.not_null_no_inherit { " NO INHERIT" } else { "" };
        match &column.not_null_name {
            Some(name) if *name != usual || column.not_null_commented => {
                Some(format!("CONSTRAINT {} NOT NULL{no_inherit}", ident(name)))
            }
            _ => Some(format!("NOT NULL{no_inherit}")),
        }
    }

    fn late_not_nulls(&self) -> Vec<String> {
        let own = |column: &&Column| self.not_null(column, 0, &mut Written::default()).is_some();
        let late = self.columns.iter().filter(|column| !self.prints(column)).filter(own);
        let alter = format!("ALTER {} ONLY {}", self.word, self.qualified);
        late.map(|column| format!("{alter} ALTER COLUMN {} SET NOT NULL;", ident(&column.name))).collect()
    }
}

/// A NOT NULL constraint with an identity of its own (18+): one that is not validated is added after the
/// data, without ONLY; a commented one stays inside the table and carries its comment.
fn not_null_object(table: &Object, column: &Column) -> Object {
    let name = column.not_null_name.clone().unwrap_or_default();
    let id = ObjectId::new(class::CONSTRAINT, column.not_null_oid.unwrap_or_default());
    let mut object = Object::new(Kind::NotNull, id, &name);
    object.schema = table.schema.clone();
    object.tie = vec![table.name.clone()];
    object.table = Some(table.id);
    object.identity = format!("CONSTRAINT {} ON {}", ident(&name), table.qualified());
    let (word, on) = (table.label, table.qualified());
    object.drop = Some(format!("ALTER {word} ONLY {on} DROP CONSTRAINT {};", ident(&name)));
    let late = column.not_null_valid == Some(false);
    object.needs([(true, if late { Feature::NotNullNotValid } else { Feature::NotNullComment })]);
    if late {
        object.depends.push(table.id)
    } else {
        object.inside = Some(table.id)
    }
    let no_inherit = if column.not_null_no_inherit { " NO INHERIT" } else { "" };
    let (name, column) = (ident(&name), ident(&column.name));
    object.sql(format!("ALTER {word} {on}\n    ADD CONSTRAINT {name} NOT NULL {column}{no_inherit} NOT VALID;"))
}
