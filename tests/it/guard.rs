//! Does a restore leave alone what it was not plainly told to change?
//!
//! Each target holds something that the restore would drop or change. It is asked for twice: as a slip of
//! the hand would, and nothing is lost; then with the option that says that it is meant, and it is gone, so
//! that the first answer was the guard's.

use super::check::on_a_terminal;
use super::connect::tcp;
use super::support::judge::equal_to_reference;
use super::support::server::PASSWORD;
use super::support::{Database, Program, Server};
use std::fs;

/// What the target has of its own, in a table that the archive has too.
const PRECIOUS: &str = "SELECT string_agg(x, ',') FROM t";

/// An archive with the table `t`, and a target whose `t` is another.
fn scene<'s>(program: &Program, server: &'s Server) -> (Database<'s>, Database<'s>, String) {
    let source = Database::new(server);
    source.psql("CREATE TABLE t (x text); INSERT INTO t VALUES ('new'); CREATE VIEW v AS TABLE t");
    let archive = program.dump(&source, &[]);
    let target = Database::new(server);
    target.psql("CREATE TABLE t (x text); INSERT INTO t VALUES ('precious')");
    (source, target, archive)
}

#[test]
fn a_target_that_is_labelled_production_needs_the_option() {
    let server = Server::shared(18);
    let labelled = |variable: &str, value: &str| Program::new().env(variable, value);
    let cases: [(Program, &[&str], &str); 5] = [
        (Program::new(), &["--env", "production"], "it is labelled prod (--env)"),
        (Program::new(), &["--env", "prod-eu"], "it is labelled prod-eu (--env)"),
        (labelled("APP_ENV", "production"), &[], "it is labelled prod (APP_ENV in the environment)"),
        (labelled("PGSNAP_ENV", "live"), &["--json"], "it is labelled live (PGSNAP_ENV in the environment)"),
        (Program::new().env("PGSNAP_ENV", "prod"), &["-1"], "it is labelled prod"),
    ];
    for (program, more, reason) in &cases {
        let (_source, target, archive) = scene(program, server);
        let more = [&["-c", "--if-exists"], *more].concat();
        let run = program.restore_into(&archive, &target, &more).exits(2).says(&[reason, "--allow-production"]);
        assert_eq!(target.psql(PRECIOUS), "precious", "{run}");
        program.restore_into(&archive, &target, &[&more[..], &["--allow-production"]].concat()).exits(0);
        assert_eq!(target.psql(PRECIOUS), "new");
    }
}

#[test]
fn a_file_labels_the_server_that_it_names() {
    let (server, program) = (Server::shared(18), Program::new());
    let (_source, target, archive) = scene(&program, server);
    let host = server.directory().display().to_string();
    let file = format!("PGHOST='{host}'\nPGPORT={}\nPGUSER=postgres\nAPP_ENV=production\n", server.port());
    fs::write(program.path(".env"), file).expect("it is ours");
    let restore = ["restore", &archive, "-c", "--if-exists", "-d", &target.name];
    program.run(&restore).exits(2).says(&["it is labelled prod (APP_ENV in .env line 4)"]);
    assert_eq!(target.psql(PRECIOUS), "precious");
    program.run(&[&restore[..], &["--allow-production"]].concat()).exits(0);
    assert_eq!(target.psql(PRECIOUS), "new");
    // It says nothing of a server that it does not name.
    program.restore_into(&archive, &target, &["-c"]).exits(0);
}

#[test]
fn another_machine_that_nobody_labelled_may_be_production() {
    let (server, program) = (tcp(), Program::new().env("PGPASSWORD", PASSWORD));
    let (_source, target, archive) = scene(&program, server);
    // An address that is not this machine's by its looks, and leads to it.
    let far = format!("host=0.0.0.0 port={} user=postgres dbname='{}'", server.port(), target.name);
    let restore = ["restore", &archive, "-c", "--if-exists", "-d", &far];
    let run = program.run(&restore).exits(2).says(&["on another machine", "--allow-production", "--env staging"]);
    assert_eq!(target.psql(PRECIOUS), "precious", "{run}");
    program.run(&[&restore[..], &["--env", "prod"]].concat()).exits(2).says(&["labelled prod"]);
    assert_eq!(target.psql(PRECIOUS), "precious");
    program.run(&[&restore[..], &["--env", "staging"]].concat()).exits(0);
    assert_eq!(target.psql(PRECIOUS), "new");
    target.psql("UPDATE t SET x = 'precious'");
    program.run(&[&restore[..], &["--allow-production"]].concat()).exits(0);
    assert_eq!(target.psql(PRECIOUS), "new");
}

#[test]
fn on_a_terminal_the_name_of_the_database_is_as_good_as_the_option() {
    let (server, program) = (Server::shared(18), Program::new());
    let (_source, target, archive) = scene(&program, server);
    let url = target.url();
    let restore = ["restore", &archive, "-c", "--if-exists", "--env", "prod", "-d", &url];
    for (answer, done, left) in [("yes", false, "precious"), ("", false, "precious"), (&*target.name, true, "new")] {
        let (shown, ended) = on_a_terminal(&program, &restore, "Type the database's name", Some(answer));
        assert_eq!((ended, target.psql(PRECIOUS).as_str()), (done, left), "{answer:?}: {shown}");
    }
}

#[test]
fn what_is_there_is_joined_only_when_asked_and_never_replaced() {
    let (server, program) = (Server::shared(18), Program::new());
    let (source, target, archive) = scene(&program, server);
    program.restore_into(&archive, &target, &[]).exits(2).says(&["not empty", "--clean", "--into-existing"]);
    program.restore_into(&archive, &target, &["--into-existing"]).exits(2).says(&["has TABLE public.t already"]);
    program.restore_into(&archive, &target, &["--into-existing", "-c"]).exits(2);
    assert_eq!(target.psql(PRECIOUS), "precious");
    target.psql("ALTER TABLE t RENAME TO mine; GRANT SELECT ON mine TO PUBLIC");
    program.restore_into(&archive, &target, &["--into-existing"]).exits(0);
    assert_eq!((target.psql(PRECIOUS), target.psql("SELECT x FROM mine")), ("new".into(), "precious".into()));
    target.psql("DROP TABLE mine");
    equal_to_reference(&source, &target, &[]);
}

#[test]
fn a_dry_run_shows_the_plan_and_changes_nothing() {
    let (server, program) = (Server::shared(18), Program::new());
    let (source, target, archive) = scene(&program, server);
    // What was made anew would have another oid, a row another transaction.
    let state = "SELECT string_agg(relname || oid, ',' ORDER BY oid), (SELECT string_agg(xmin || x, ',') FROM t)
        FROM pg_class WHERE relnamespace = 'public'::regnamespace";
    let before = target.psql(state);
    let run = program.restore_into(&archive, &target, &["-c", "--if-exists", "--dry-run"]).exits(0);
    let text = run.text();
    let steps: Vec<String> = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let expected = [
        "drop VIEW public.v",
        "drop TABLE public.t",
        "create TABLE public.t",
        "create VIEW public.v",
        "load TABLE DATA public.t 1 row",
    ];
    let found: Vec<&str> =
        expected.into_iter().filter(|step| steps.iter().any(|line| line.starts_with(step))).collect();
    assert_eq!(found, expected, "{run}");
    let places: Vec<usize> = expected
        .iter()
        .map(|step| steps.iter().position(|line| line.starts_with(step)).expect("it is there"))
        .collect();
    assert!(places.is_sorted(), "{run}");
    // What would be refused is part of the plan, all of it, and its exit status.
    let refused = ["--env", "prod", "--dry-run", "--json"];
    let run = program.restore_into(&archive, &target, &refused).exits(2);
    let plan = &run.json()["plan"];
    let reasons = plan["refused"].to_string();
    assert!(reasons.contains("labelled prod") && reasons.contains("not empty"), "{run}");
    program.restore_into(&archive, &source, &["-c", "--dry-run"]).exits(2);
    assert_eq!(target.psql(state), before);
    let create = ["restore", &archive, "-C", "-c", "--dry-run", "-d", &server.url("postgres")];
    assert!(program.run(&create).exits(2).text().contains("very database"));
}
