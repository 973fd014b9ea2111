//! Tests of order: the first sort, each named loop repair, the boundary between sections.

use super::*;
use crate::object::view::View;
use crate::object::{Oid, Pass};

fn object(kind: Kind, oid: Oid, name: &str) -> Object {
    let class = match kind {
        Kind::Function => class::FUNCTION,
        Kind::BaseType | Kind::Domain | Kind::Range => class::TYPE,
        Kind::Constraint | Kind::DomainConstraint | Kind::ForeignKey => class::CONSTRAINT,
        Kind::ColumnDefault => class::ATTRIBUTE_DEFAULT,
        Kind::ShellType => class::SHELL,
        _ => class::RELATION,
    };
    let mut object = Object::new(kind, ObjectId::new(class, oid), name).sql(format!("CREATE {name};"));
    object.schema = Some("public".into());
    object.identity = name.into();
    object
}

fn needs(from: &Object, to: &Object) -> Edge {
    Edge { from: from.id, to: to.id, by_query: false }
}

/// The names of what is written, in order, with a mark where pre-data ends.
fn names(ordered: &Ordered) -> Vec<String> {
    let mut out = Vec::new();
    for object in ordered.objects.iter().filter(|object| object.is_written() && object.pass == Pass::Main) {
        if object.section == Section::PostData && !out.iter().any(|name| name == "|") {
            out.push("|".into());
        }
        out.push(object.name.clone());
    }
    out
}

/// Every dependency points backwards.
fn check(ordered: &Ordered) {
    for (place, needs) in ordered.depends.iter().enumerate() {
        assert!(needs.iter().all(|need| *need < place), "{} needs something after it", ordered.objects[place].name);
    }
}

#[test]
fn without_dependencies_the_order_is_kind_schema_name() {
    let mut other = object(Kind::Table, 1, "a");
    other.schema = Some("zoo".into());
    let objects = vec![
        object(Kind::Index, 9, "i"),
        other,
        object(Kind::Table, 3, "b"),
        object(Kind::Function, 4, "z"),
        object(Kind::Table, 2, "a"),
    ];
    let ordered = sort(objects, &[]);
    assert_eq!(names(&ordered), ["z", "a", "b", "a", "|", "i"]);
}

#[test]
fn equal_schemas_give_equal_orders_whatever_their_oids() {
    let make = |base: Oid, flip: bool| {
        let (a, b, c) =
            (object(Kind::Table, base, "a"), object(Kind::Table, base + 1, "b"), object(Kind::View, base + 2, "c"));
        let edges = [needs(&a, &c), needs(&a, &b)];
        let mut objects = vec![a, b, c];
        if flip {
            objects.reverse();
        }
        names(&sort(objects, &edges))
    };
    assert_eq!(make(10, false), make(70, true));
    assert_eq!(make(10, false), ["b", "c", "a"]);
}

#[test]
fn a_serial_splits_its_default_off() {
    let table = object(Kind::Table, 1, "t");
    let sequence = object(Kind::Sequence, 2, "t_id_seq");
    let mut default = object(Kind::ColumnDefault, 3, "t.id");
    default.inside = Some(table.id);
    let mut table = table;
    table.depends.push(default.id);
    let edges = [needs(&default, &sequence), needs(&default, &table), needs(&sequence, &table)];
    let ordered = sort(vec![table, sequence, default], &edges);
    assert_eq!(names(&ordered), ["t", "t_id_seq", "t.id"]);
    assert!(ordered.warnings.is_empty());
    check(&ordered);
}

#[test]
fn a_default_without_a_loop_stays_inside_and_lends_its_needs() {
    let function = object(Kind::Function, 2, "zz");
    let mut table = object(Kind::Table, 1, "t");
    let mut default = object(Kind::ColumnDefault, 3, "t.id");
    default.inside = Some(table.id);
    table.depends.push(default.id);
    let edges = [needs(&default, &function), needs(&default, &table)];
    let ordered = sort(vec![table, function, default], &edges);
    assert_eq!(names(&ordered), ["zz", "t"]);
    let place = ordered.objects.iter().position(|object| object.name == "t").unwrap();
    let needed: Vec<&str> = ordered.depends[place].iter().map(|need| ordered.objects[*need].name.as_str()).collect();
    assert_eq!(needed, ["zz"]);
}

#[test]
fn a_check_that_calls_a_function_of_the_row_moves_behind_the_data() {
    let mut table = object(Kind::Table, 1, "t");
    let function = object(Kind::Function, 2, "f");
    let mut check_ = object(Kind::Constraint, 3, "t_check");
    check_.inside = Some(table.id);
    table.depends.push(check_.id);
    let edges = [needs(&check_, &function), needs(&check_, &table), needs(&function, &table)];
    let ordered = sort(vec![table, function, check_], &edges);
    assert_eq!(names(&ordered), ["t", "f", "|", "t_check"]);
    check(&ordered);
}

#[test]
fn a_domain_check_in_a_loop_moves_behind_the_data() {
    let mut domain = object(Kind::Domain, 1, "d");
    let function = object(Kind::Function, 2, "f");
    let mut check_ = object(Kind::DomainConstraint, 3, "d_check");
    check_.inside = Some(domain.id);
    domain.depends.push(check_.id);
    let edges = [needs(&check_, &function), needs(&check_, &domain), needs(&function, &domain)];
    let ordered = sort(vec![domain, function, check_], &edges);
    assert_eq!(names(&ordered), ["d", "f", "|", "d_check"]);
}

#[test]
fn a_base_type_wakes_its_shell() {
    let base = object(Kind::BaseType, 1, "widget");
    let mut shell = object(Kind::ShellType, 1, "widget (shell)");
    shell.dormant = true;
    let (input, output) = (object(Kind::Function, 2, "widget_in"), object(Kind::Function, 3, "widget_out"));
    let edges = [needs(&base, &input), needs(&base, &output), needs(&input, &base), needs(&output, &base)];
    let ordered = sort(vec![base, shell, input, output], &edges);
    assert_eq!(names(&ordered), ["widget (shell)", "widget_in", "widget_out", "widget"]);
    assert!(ordered.warnings.is_empty());
    check(&ordered);
}

#[test]
fn what_needs_a_key_follows_it() {
    let table = object(Kind::Table, 1, "t");
    let key = object(Kind::Constraint, 2, "t_pkey");
    let function = object(Kind::Function, 3, "f");
    let caller = object(Kind::Function, 4, "caller");
    let edges = [needs(&key, &table), needs(&function, &key), needs(&caller, &function)];
    let ordered = sort(vec![table, key, function, caller], &edges);
    assert_eq!(names(&ordered), ["t", "|", "t_pkey", "f", "caller"]);
    check(&ordered);
}

#[test]
fn a_materialized_view_that_needs_a_key_follows_it() {
    let table = object(Kind::Table, 1, "t");
    let key = object(Kind::Constraint, 2, "t_pkey");
    let view = object(Kind::MaterializedView, 3, "m");
    let edges = [needs(&key, &table), Edge { from: view.id, to: key.id, by_query: true }];
    let ordered = sort(vec![table, key, view], &edges);
    assert_eq!(names(&ordered), ["t", "|", "t_pkey", "m"]);
}

#[test]
fn a_loop_nobody_knows_is_broken_and_told() {
    let (a, b) = (object(Kind::Function, 1, "a"), object(Kind::Function, 2, "b"));
    let edges = [needs(&a, &b), needs(&b, &a)];
    let ordered = sort(vec![a, b], &edges);
    assert_eq!(ordered.objects.len(), 2);
    assert_eq!(ordered.warnings, ["could not resolve the dependency loop among a, b"]);
}

#[test]
fn many_serials_are_many_small_loops() {
    let (mut objects, mut edges) = (Vec::new(), Vec::new());
    for n in 0..20_000 {
        let mut table = object(Kind::Table, n * 4 + 1, &format!("t{n}"));
        let sequence = object(Kind::Sequence, n * 4 + 2, &format!("s{n}"));
        let mut default = object(Kind::ColumnDefault, n * 4 + 3, &format!("t{n}"));
        default.inside = Some(table.id);
        table.depends.push(default.id);
        edges.extend([needs(&default, &sequence), needs(&sequence, &table)]);
        objects.extend([table, sequence, default]);
    }
    let ordered = sort(objects, &edges);
    assert!(ordered.warnings.is_empty());
    assert_eq!(ordered.objects.iter().filter(|object| object.is_written()).count(), 60_000);
    check(&ordered);
}

fn view(oid: Oid, name: &str) -> Object {
    let mut view = object(Kind::View, oid, name);
    view.body = Body::View(Box::new(View::sample(oid + 1000)));
    view
}

fn queries(from: &Object, to: &Object) -> Edge {
    Edge { from: from.id, to: to.id, by_query: true }
}

fn inside(kind: Kind, oid: Oid, name: &str, host: &mut Object) -> Object {
    let mut piece = object(kind, oid, name);
    piece.inside = Some(host.id);
    host.depends.push(piece.id);
    piece
}

#[test]
fn a_view_in_a_loop_with_a_function_of_its_row_starts_as_a_dummy() {
    let (view, function) = (view(1, "v"), object(Kind::Function, 2, "of_v"));
    let above = object(Kind::Table, 3, "holds_v");
    let edges = [queries(&view, &function), needs(&function, &view), needs(&above, &view)];
    let ordered = sort(vec![view, function, above], &edges);
    assert_eq!(names(&ordered), ["v", "of_v", "holds_v", "|", "_RETURN"]);
    assert!(ordered.warnings.is_empty());
    check(&ordered);
}

#[test]
fn a_view_that_groups_by_a_key_starts_as_a_dummy_and_what_reads_it_stays() {
    let (table, key) = (object(Kind::Table, 1, "t"), object(Kind::Constraint, 2, "t_pkey"));
    let (view, upon) = (view(3, "v"), view(4, "upon_v"));
    let edges = [needs(&key, &table), queries(&view, &key), queries(&view, &table), queries(&upon, &view)];
    let ordered = sort(vec![table, key, view, upon], &edges);
    assert_eq!(names(&ordered), ["t", "v", "upon_v", "|", "t_pkey", "_RETURN"]);
    check(&ordered);
}

#[test]
fn two_views_that_call_each_other_need_one_dummy() {
    let (one, two) = (view(1, "one"), view(2, "two"));
    let edges = [queries(&one, &two), queries(&two, &one)];
    let ordered = sort(vec![one, two], &edges);
    assert_eq!(names(&ordered).iter().filter(|name| *name == "_RETURN").count(), 1);
    assert!(ordered.warnings.is_empty());
    check(&ordered);
}

#[test]
fn a_materialized_view_in_a_loop_moves_behind_the_data_with_what_needs_it() {
    let (view, function) = (object(Kind::MaterializedView, 1, "m"), object(Kind::Function, 2, "of_m"));
    let upon = object(Kind::MaterializedView, 3, "upon_m");
    let edges = [queries(&view, &function), needs(&function, &view), queries(&upon, &view)];
    let ordered = sort(vec![view, function, upon], &edges);
    // A materialized view has no dummy: where the function really reads its rows, one of the two is told.
    assert_eq!((names(&ordered).len(), ordered.warnings.len()), (4, 1));
    assert_eq!(names(&ordered)[0], "|");
    check(&ordered);
}

#[test]
fn a_check_and_a_domain_s_check_without_a_loop_stay_inside() {
    let (mut table, mut domain) = (object(Kind::Table, 1, "t"), object(Kind::Domain, 2, "d"));
    let of_table = inside(Kind::Constraint, 3, "t_check", &mut table);
    let of_domain = inside(Kind::DomainConstraint, 4, "d_check", &mut domain);
    let function = object(Kind::Function, 5, "zz");
    let edges = [
        needs(&of_table, &table),
        needs(&of_table, &function),
        needs(&of_domain, &domain),
        needs(&of_domain, &function),
        needs(&table, &table),
    ];
    let ordered = sort(vec![table, domain, of_table, of_domain, function], &edges);
    assert_eq!(names(&ordered), ["zz", "d", "t"]);
    assert!(ordered.warnings.is_empty());
    check(&ordered);
}

#[test]
fn two_tables_that_check_each_other_s_rows_lose_one_check_to_post_data() {
    let (mut one, mut two) = (object(Kind::Table, 1, "one"), object(Kind::Table, 2, "two"));
    let (of_one, of_two) = (object(Kind::Function, 3, "of_one"), object(Kind::Function, 4, "of_two"));
    let first = inside(Kind::Constraint, 5, "first", &mut one);
    let second = inside(Kind::Constraint, 6, "second", &mut two);
    let edges = [needs(&of_one, &one), needs(&of_two, &two), needs(&first, &of_two), needs(&second, &of_one)];
    let ordered = sort(vec![one, two, of_one, of_two, first, second], &edges);
    assert_eq!(names(&ordered).iter().skip_while(|name| *name != "|").count(), 2);
    assert!(ordered.warnings.is_empty());
    check(&ordered);
}

#[test]
fn a_range_with_a_canonical_function_wakes_its_shell() {
    let range = object(Kind::Range, 1, "r");
    let mut shell = object(Kind::ShellType, 1, "r (shell)");
    shell.dormant = true;
    let (canonical, other) = (object(Kind::Function, 2, "canonical"), object(Kind::Function, 3, "takes_r"));
    let edges = [needs(&range, &canonical), needs(&canonical, &range), needs(&other, &range)];
    let ordered = sort(vec![range, shell, canonical, other], &edges);
    assert_eq!(names(&ordered), ["r (shell)", "canonical", "r", "takes_r"]);
    check(&ordered);
}

#[test]
fn a_view_s_default_in_a_loop_is_an_entry_of_its_own() {
    let (view, function) = (view(1, "v"), object(Kind::Function, 2, "of_v"));
    let default = object(Kind::ColumnDefault, 3, "v");
    let edges = [needs(&function, &view), needs(&default, &function), needs(&default, &view)];
    let ordered = sort(vec![view, function, default], &edges);
    assert_eq!(names(&ordered), ["v", "of_v", "v"]);
    check(&ordered);
}

#[test]
fn ties_go_by_table_and_arguments_and_what_has_no_schema_comes_last() {
    let tied = |kind: Kind, oid: Oid, name: &str, tie: &[&str]| {
        let mut object = object(kind, oid, name);
        object.tie = tie.iter().map(|key| key.to_string()).collect();
        object
    };
    let mut global = object(Kind::Function, 9, "a");
    global.schema = None;
    let objects = vec![
        global,
        tied(Kind::Function, 8, "f", &["002", "pg_catalog", "int4"]),
        tied(Kind::Function, 7, "f", &["001", "public", "t"]),
        tied(Kind::Function, 6, "f", &["001", "pg_catalog", "text"]),
        tied(Kind::Trigger, 1, "same", &["b"]),
        tied(Kind::Trigger, 2, "same", &["a"]),
    ];
    let ids: Vec<Oid> = sort(objects, &[]).objects.iter().map(|object| object.id.oid).collect();
    assert_eq!(ids, [6, 7, 8, 9, 2, 1]);
}
