//! Views and materialized views. Writes `CREATE VIEW` with its options, `CREATE MATERIALIZED VIEW … WITH
//! NO DATA`, and the refresh that fills one that was filled.
//!
//! Pitfalls: a view in a loop (with a function of its row type, or grouped by a primary key) starts as a
//! dummy of NULLs and is replaced after the data; a view may have no column; a column of a view may have
//! a default.

use super::*;
use crate::object::column::{Column, Property, default_object};
use crate::sql::downgrade::{Written, known_parameters};
use crate::sql::quote::options;

/// Views and materialized views.
pub const QUERY: &str = include_str!("../../db/catalog/view.sql");

/// What the statement is made of.
#[derive(Debug, Clone)]
pub struct View {
    materialized: bool,
    qualified: String,
    parameters: Vec<String>,
    toast_parameters: Vec<String>,
    select: String,
    check_option: Option<String>,
    columns: Vec<Column>,
    after: Vec<Property>,
    rule: ObjectId,
    /// Written as a dummy; the real definition is a rule of its own.
    pub dummy: bool,
}

/// Reads one view or materialized view.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let materialized = row.letter("relkind")? == 'm';
    let kind = if materialized { Kind::MaterializedView } else { Kind::View };
    let mut object = Object::from_row(kind, class::RELATION, row)?;
    let columns: Vec<Column> = row.json("columns")?;
    object.columns = columns.iter().map(|column| (column.number, ident(&column.name))).collect();
    let mut stored = row.texts("options")?;
    let check_option = stored.iter().find_map(|item| item.strip_prefix("check_option=")).map(str::to_uppercase);
    stored.retain(|item| !item.starts_with("check_option="));
    let alter = format!("ALTER TABLE ONLY {}", object.qualified());
    let mut after = Vec::new();
    if materialized {
        object.tablespace = Some(row.text("tablespace")?);
        object.access_method = row.opt_text("access_method")?;
        after.extend(columns.iter().flat_map(|column| column.properties(&alter)));
        match row.letter("replica_identity")? {
            'n' => after.push(format!("{alter} REPLICA IDENTITY NOTHING;").into()),
            'f' => after.push(format!("{alter} REPLICA IDENTITY FULL;").into()),
            _ => {}
        }
    }
    // Without it the view would show more than it may.
    object.needs([(stored.iter().any(|item| item.starts_with("security_invoker=")), Feature::SecurityInvoker)]);
    let defaults: Vec<Object> =
        columns.iter().filter_map(|column| default_object(&object, column, &alter, false)).collect();
    let view = View {
        materialized,
        qualified: object.qualified(),
        toast_parameters: row.texts("toast_options")?,
        parameters: stored,
        select: row.text("definition")?.trim_end().trim_end_matches(';').to_string(),
        check_option,
        columns,
        after,
        rule: ObjectId::new(class::REWRITE, row.oid("rule_oid")?),
        dummy: false,
    };
    let refresh = (materialized && row.flag("populated")?).then(|| refresh(&object));
    object.body = Body::View(Box::new(view));
    out.push(object);
    out.extend(defaults);
    out.extend(refresh);
    Ok(())
}

/// ` WITH (…)` or nothing.
fn with(parameters: &[String], toast_parameters: &[String]) -> String {
    let mut with = vec![options(parameters, ""), options(toast_parameters, "toast.")];
    with.retain(|text| !text.is_empty());
    if with.is_empty() { String::new() } else { format!(" WITH ({})", with.join(", ")) }
}

fn refresh(view: &Object) -> Object {
    let mut object = Object::new(Kind::Refresh, ObjectId::new(class::REFRESH, view.id.oid), &view.name);
    object.schema = view.schema.clone();
    object.table = Some(view.id);
    object.depends = vec![view.id];
    object.pass = Pass::Last;
    object.drop = Some(String::new());
    object.sql(format!("REFRESH MATERIALIZED VIEW {};", view.qualified()))
}

impl View {
    /// The rule that holds the query; dependencies of the query hang on it.
    pub fn rule(&self) -> ObjectId {
        self.rule
    }

    /// The statements for a server of major version `target`.
    pub fn write(&self, target: u32) -> Written {
        let mut written = Written::default();
        if self.materialized {
            let (parameters, toast) = (
                known_parameters(&self.parameters, target, &mut written),
                known_parameters(&self.toast_parameters, target, &mut written),
            );
            let create = format!(
                "CREATE MATERIALIZED VIEW {}{} AS\n{}\n  WITH NO DATA;",
                self.qualified,
                with(&parameters, &toast),
                self.select
            );
            let after = self.after.iter().filter_map(|property| property.write(target, &mut written));
            let statements: Vec<String> = std::iter::once(create).chain(after).collect();
            written.text = statements.join("\n");
        } else if self.dummy {
            written.text = format!("CREATE VIEW {} AS\n{};", self.qualified, self.dummy_select());
        } else {
            written.text = self.full("CREATE VIEW");
        }
        written
    }

    /// The real view over its dummy.
    pub fn replacement(&self) -> String {
        self.full("CREATE OR REPLACE VIEW")
    }

    /// The dummy over the real view, so that what the view needs can be dropped.
    pub fn emptied(&self) -> String {
        format!("CREATE OR REPLACE VIEW {} AS\n{};", self.qualified, self.dummy_select())
    }

    fn full(&self, create: &str) -> String {
        let check = self.check_option.as_ref().map(|word| format!("\n  WITH {word} CHECK OPTION")).unwrap_or_default();
        let with = with(&self.parameters, &self.toast_parameters);
        format!("{create} {}{with} AS\n{}{check};", self.qualified, self.select)
    }

    /// Columns of the right names and types, and nothing else.
    fn dummy_select(&self) -> String {
        let column =
            |column: &Column| format!("NULL::{}{} AS {}", column.type_name, column.collate(), ident(&column.name));
        format!("SELECT\n    {}", self.columns.iter().map(column).collect::<Vec<_>>().join(",\n    "))
    }
}

#[cfg(test)]
impl View {
    /// A view without columns, for tests of order.
    pub fn sample(rule: Oid) -> View {
        View {
            materialized: false,
            qualified: "v".into(),
            parameters: Vec::new(),
            toast_parameters: Vec::new(),
            select: "SELECT".into(),
            check_option: None,
            columns: Vec::new(),
            after: Vec::new(),
            rule: ObjectId::new(class::REWRITE, rule),
            dummy: false,
        }
    }
}
