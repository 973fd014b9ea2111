//! Does `check` show where a connection leads, and is a password asked for and kept as it should be?
//!
//! Whether pgsnap connects where psql does is `conninfo`'s question; here it is what pgsnap has beyond psql:
//! environments, families of variables, the report, the prompt.

use super::connect::tcp;
use super::support::server::PASSWORD;
use super::support::{Database, Program, Run, Server};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

/// In every secret, so that one look finds any of them.
const MARK: &str = "hunter2";

/// How a password is asked for.
const QUESTION: &str = "Password for user";

/// Where a value came from, as JSON tells it: the value, the kind of source, its file.
fn origin(run: &Run, keyword: &str) -> [String; 3] {
    let report = run.json();
    let all = report["connection"].as_array().expect("a list");
    let found = all.iter().find(|origin| origin["keyword"] == keyword).unwrap_or_else(|| panic!("{keyword}: {run}"));
    let word = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_string();
    [word(&found["value"]), word(&found["source"]["kind"]), word(&found["source"]["file"])]
}

#[test]
fn a_report_tells_each_value_its_source_and_what_the_server_says() {
    let (server, program) = (tcp(), Program::new());
    let port = server.port().to_string();
    fs::write(program.path(".env"), format!("\nPGPORT={port}\nPGUSER=nobody_else\n")).expect("it is ours");
    fs::write(program.path(".pgpass"), "# mine\n*:*:*:postgres:secret\n".replace("secret", &escaped())).expect("ours");
    fs::set_permissions(program.path(".pgpass"), PermissionsExt::from_mode(0o600)).expect("it is ours");
    let program = program.env("PGHOST", "127.0.0.1").env("PGSSLMODE", "disable");
    let args = ["check", "-U", "postgres", "-d", "template1"];
    let run = program.run(&args).exits(0);
    let text = run.text();
    let squeezed: Vec<String> =
        text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for line in [
        "host 127.0.0.1 PGHOST in the environment",
        &format!("port {port} PGPORT in .env line 2"),
        "user postgres -U",
        &format!("password (hidden) {}/.pgpass line 2", program.home().display()),
        "dbname template1 -d",
        "environment dev",
        "authentication scram-sha-256",
        "role postgres (superuser)",
        "encoding UTF8",
        "standby no",
    ] {
        assert!(squeezed.iter().any(|found| found == line), "{line}\n{run}");
    }
    let run = program.run(&[&args[..], &["--json"]].concat()).exits(0);
    let report = run.json();
    assert_eq!((&report["ok"], &report["server"]["database"]), (&true.into(), &"template1".into()), "{run}");
    assert_eq!(origin(&run, "port"), [port.as_str(), "env_file", ".env"]);
    // What cannot be reached is in the report too.
    let run = program.run(&["check", "--json", "-U", "postgres", "-d", "missing"]).exits(1);
    let findings = run.json()["findings"].to_string();
    assert!(findings.contains("error") && findings.contains("3D000") && findings.contains("came from -d"), "{run}");
    program.run(&["check", "-d", "host=a,b port=1,2,3"]).exits(2).says(&["3 port numbers"]);
}

fn escaped() -> String {
    PASSWORD.replace('\\', "\\\\").replace(':', "\\:")
}

#[test]
fn an_environment_is_found_under_its_spellings_in_the_order_of_precedence() {
    let program = Program::new();
    let server = Server::shared(18);
    let url = |name: &str| format!("DATABASE_URL='{}'\n", server.url(name));
    let reached = |args: &[&str]| {
        let run = program.run(&[&["check", "--json"], args].concat());
        let report = run.json();
        let environment = report["environment"].as_str().expect("a label").to_string();
        let [value, _, file] = origin(&run, "dbname");
        let warned = report["findings"].to_string().contains("--env");
        (value, file, environment, warned)
    };
    let is = |database: &str, file: &str, label: &str, warned| {
        (database.to_string(), file.to_string(), label.to_string(), warned)
    };
    fs::write(program.path(".env"), url("postgres")).expect("it is ours");
    assert_eq!(reached(&[]), is("postgres", ".env", "dev", false));
    assert_eq!(reached(&["--env", "prod"]), is("postgres", ".env", "prod", true));
    fs::write(program.path(".env.production"), url("template1")).expect("it is ours");
    assert_eq!(reached(&["--env", "prod"]), is("template1", ".env.production", "prod", false));
    assert_eq!(reached(&["--env", "production"]), is("template1", ".env.production", "prod", false));
    assert_eq!(reached(&["--env", "staging"]), is("postgres", ".env", "staging", true));
    fs::write(program.path(".env.local"), url("mine")).expect("it is ours");
    assert_eq!(reached(&["--env", "prod"]), is("mine", ".env.local", "prod", true));
    fs::write(program.path(".env.prod.local"), url("template1")).expect("it is ours");
    assert_eq!(reached(&["--env", "prod"]), is("template1", ".env.prod.local", "prod", false));
    assert_eq!(reached(&[]), is("mine", ".env.local", "dev", false));
    // A file named on the command line stands for all of them.
    fs::write(program.path("other.env"), url("other")).expect("it is ours");
    assert_eq!(reached(&["--env-file", "other.env"]), is("other", "other.env", "dev", false));
    let both = ["--env-file", "other.env", "--env-file", ".env"];
    assert_eq!(reached(&both), is("postgres", ".env", "dev", false));
    program.run(&["check", "--env-file", "missing.env"]).exits(2).says(&["missing.env", "--env-file"]);
}

#[test]
fn variables_of_other_programs_lead_to_the_database() {
    let server = tcp();
    let line = |name: &str, value: &str| format!("{name}=\"{}\"\n", value.replace('\\', "\\\\"));
    let port = server.port().to_string();
    let family = |names: [&str; 5]| {
        let values = ["127.0.0.1", &port, "postgres", PASSWORD, "template1"];
        names.iter().zip(values).map(|(name, value)| line(name, value)).collect::<String>()
    };
    let laravel = ["DB_HOST", "DB_PORT", "DB_USERNAME", "DB_PASSWORD", "DB_DATABASE"];
    for names in [
        ["POSTGRES_HOST", "POSTGRES_PORT", "POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB"],
        ["POSTGRES_HOST", "POSTGRES_PORT", "POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DATABASE"],
        ["DB_HOST", "DB_PORT", "DB_USER", "DB_PASSWORD", "DB_NAME"],
        laravel,
        ["PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE"],
    ] {
        let program = Program::new();
        fs::write(program.path(".env"), family(names)).expect("it is ours");
        let run = program.run(&["check", "--json"]).exits(0);
        assert_eq!(run.json()["server"]["database"], "template1", "{run}");
        assert!(!run.text().contains(PASSWORD), "{run}");
    }
    let program = Program::new();
    let url = server.tcp_url("template1").expect("it listens");
    fs::write(program.path(".env"), line("POSTGRES_URL", &url)).expect("it is ours");
    assert_eq!(program.run(&["check", "--json"]).exits(0).json()["server"]["database"], "template1");
    fs::write(program.path(".env"), line("DB_CONNECTION", "mysql") + &family(laravel)).expect("it is ours");
    let run = program.run(&["check", "--json"]);
    assert_eq!(origin(&run, "host")[1], "default", "{run}");
    assert!(run.text().contains("does not name PostgreSQL"), "{run}");
}

#[test]
fn without_a_host_the_socket_in_the_default_directory_is_taken() {
    let server = Server::shared(17);
    let link = format!("/tmp/.s.PGSQL.{}", std::process::id() % 10_000 + 50_000);
    let socket = server.directory().join(format!(".s.PGSQL.{}", server.port()));
    let _ = fs::remove_file(&link);
    std::os::unix::fs::symlink(socket, &link).expect("/tmp can be written");
    let port = link.rsplit('.').next().expect("it has a port").to_string();
    let run = Program::new().run(&["check", "--json", "-p", &port, "-U", "postgres"]);
    fs::remove_file(&link).expect("it is ours");
    let run = run.exits(0);
    assert_eq!(origin(&run, "host"), ["/tmp", "default", "-"]);
    assert_eq!(run.json()["server"]["reported"], serde_json::Value::Null);
}

#[test]
fn all_connections_go_to_the_server_that_the_first_one_reached() {
    let databases = [17, 18].map(|major| Database::new(Server::shared(major)));
    databases[1].psql(&format!("CREATE DATABASE \"{0}\"", "same"));
    databases[0].psql(&format!("CREATE DATABASE \"{0}\"", "same"));
    let directories = databases.each_ref().map(|database| database.server.directory().display().to_string());
    for database in &databases {
        let tables = "SELECT format('CREATE TABLE t%s AS SELECT generate_series(1, 1000) i', n) \
                      FROM generate_series(1, 8) n \\gexec";
        super::support::expect(database.server.psql("same", tables));
    }
    let conn = format!("host={} port=5432 user=postgres dbname=same load_balance_hosts=random", directories.join(","));
    let program = Program::new();
    let copy = Database::new(Server::shared(18));
    for attempt in 0..6 {
        let archive = format!("{attempt}.tar.zst");
        let run = program.run(&["dump", "--json", "-q", "-j", "4", "-f", &archive, "-d", &conn]).exits(0);
        assert_eq!(run.json()["totals"]["rows"], 8000, "{run}");
    }
    // The target's list is shuffled too, and only one of the servers has the database.
    let there = format!("host={} port=5432 user=postgres dbname='{}'", directories[1], copy.name);
    program.run(&["restore", "0.tar.zst", "-j", "4", "-d", &there]).exits(0);
    for database in &databases {
        super::support::expect(database.server.psql("postgres", "DROP DATABASE same"));
    }
}

/// Runs pgsnap on a terminal of its own, and types `answer` once it is asked. What the terminal showed, and
/// whether it ended well.
pub fn on_a_terminal(program: &Program, args: &[&str], question: &str, answer: Option<&str>) -> (String, bool) {
    let quoted: Vec<String> = args.iter().map(|arg| format!("'{}'", arg.replace('\'', "'\\''"))).collect();
    let line = format!("exec '{}' {}", env!("CARGO_BIN_EXE_pgsnap"), quoted.join(" "));
    let mut script = Command::new("script");
    match cfg!(target_os = "macos") {
        true => script.args(["-q", "/dev/null", "/bin/sh", "-c", &line]),
        false => script.args(["-qec", &line, "/dev/null"]),
    };
    let inherited = program.command::<&str>(&[]);
    let variables = inherited.get_envs().filter_map(|(name, value)| Some((name, value?)));
    script.env_clear().envs(variables).env("SHELL", "/bin/sh").current_dir(program.home());
    script.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut script = script.spawn().expect("script runs");
    let (mut input, mut output) = (script.stdin.take().expect("piped"), script.stdout.take().expect("piped"));
    let (mut shown, mut byte) = (Vec::new(), [0]);
    let mut typed = answer.is_none();
    while output.read(&mut byte).is_ok_and(|read| read == 1) {
        shown.push(byte[0]);
        if !typed && shown.ends_with(b": ") && String::from_utf8_lossy(&shown).contains(question) {
            // Where a password is asked for, the terminal echoes nothing by now.
            writeln!(input, "{}", answer.unwrap_or_default()).expect("the terminal takes it");
            typed = true;
        }
    }
    drop(input);
    let status = script.wait().expect("it ends");
    (String::from_utf8_lossy(&shown).into_owned(), status.success())
}

#[test]
fn a_password_is_asked_for_once_on_a_terminal_only_and_not_shown() {
    let (server, program) = (tcp(), Program::new());
    let url = format!("postgresql://postgres@127.0.0.1:{}/template1", server.port());
    let asked = |shown: &str| shown.matches("Password for user postgres").count();
    let dump = ["dump", "-j", "4", "-f", "x.tar.zst", "-d", &url];
    let (shown, done) = on_a_terminal(&program, &dump, QUESTION, Some(PASSWORD));
    assert!(done && asked(&shown) == 1 && !shown.contains(PASSWORD), "{shown}");
    let (shown, done) = on_a_terminal(&program, &["check", "-d", &url], QUESTION, Some("wrong"));
    assert!(!done && asked(&shown) == 1 && shown.contains("28P01") && shown.contains("was typed"), "{shown}");
    let (shown, done) = on_a_terminal(&program, &["check", "-w", "-d", &url], QUESTION, None);
    assert!(!done && asked(&shown) == 0 && shown.contains("no password was given"), "{shown}");
    // -W asks even where the server would not.
    let trusted = server.url("template1");
    let (shown, done) = on_a_terminal(&program, &["check", "-W", "-d", &trusted], QUESTION, Some("anything"));
    assert!(done && asked(&shown) == 1, "{shown}");
    let (shown, done) = on_a_terminal(&program, &["check", "-d", &trusted], QUESTION, None);
    assert!(done && asked(&shown) == 0, "{shown}");
    program.run(&["dump", "-W", "-f", "y.tar.zst", "-d", &trusted]).exits(2).says(&["-W", "no terminal"]);
    program.run(&["check", "-W", "-w"]).exits(2);
}

#[test]
fn a_password_from_wherever_is_told_to_nobody() {
    let (server, program) = (tcp(), Program::new());
    let port = server.port();
    let secret = |what: &str| format!("{MARK}-{what}");
    let private = |name: &str, text: String| {
        fs::write(program.path(name), text).expect("it is ours");
        fs::set_permissions(program.path(name), PermissionsExt::from_mode(0o600)).expect("it is ours");
    };
    private("pass", format!("127.0.0.1:*:*:*:{}\n", secret("file")));
    private("services", format!("[s]\nhost=127.0.0.1\nport={port}\nuser=postgres\npassword={}\n", secret("service")));
    private("key.pem", secret("key"));
    let tcp = format!("host=127.0.0.1 port={port} user=postgres dbname=template1");
    let connections = [
        format!("{tcp} passfile=pass"),
        "service=s servicefile=services".to_string(),
        "service=s servicefile=services host=127.0.0.1,127.0.0.1 port=1,2".to_string(),
        format!("{tcp} password={}", secret("string")),
        format!("postgresql://postgres:{}@127.0.0.1:{port}/template1", secret("url")),
        format!("postgresql://postgres:{}%zz@127.0.0.1:{port}/template1", secret("torn")),
        format!("postgresql://postgres:1/{}@127.0.0.1:{port}/template1", secret("torn")),
        format!("{tcp} password=1 {}", secret("torn")),
        format!("{tcp} sslmode=require sslcert=key.pem sslkey=key.pem sslpassword={}", secret("passphrase")),
        format!("{tcp} sslmode={0} require_auth={0}", secret("misplaced")),
        format!("{tcp} require_auth={}", secret("misplaced")),
    ];
    let commands: [&[&str]; 4] =
        [&["check"], &["check", "--json"], &["dump", "-v", "-f", "x.tar.zst"], &["restore", "-v", "x.tar.zst"]];
    for connection in &connections {
        for command in commands {
            let mut run = program.run(&[command, &["-d", connection]].concat());
            assert_ne!(run.code, Some(0), "{run}");
            run.command.clear();
            assert!(!run.stderr.contains(MARK) && !run.text().contains(MARK), "{run}");
        }
    }
    // On the command line everybody sees it, which nobody but the user can help.
    let run = program.run(&["check", "-d", &connections[3]]).exits(1);
    assert!(run.text().contains("all users of this machine can see it"), "{run}");
}

#[test]
fn the_process_list_shows_no_password() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = listener.local_addr().expect("it listens").port();
    let program = Program::new();
    let url = format!("DATABASE_URL=postgresql://postgres:{MARK}-listed@127.0.0.1:{port}/template1\n");
    fs::write(program.path(".env"), url).expect("it is ours");
    let mut child = program.command(&["check"]).spawn().expect("it runs");
    let connected = listener.accept().expect("it connects");
    let list = Command::new("ps").args(["-A", "-o", "pid,args"]).output().expect("ps runs").stdout;
    let list = String::from_utf8_lossy(&list).into_owned();
    child.kill().expect("it waits for an answer");
    child.wait().expect("it is gone");
    drop(connected);
    assert!(list.contains(&child.id().to_string()), "it is in the list\n{list}");
    assert!(!list.contains(&format!("{MARK}-listed")), "{list}");
}
