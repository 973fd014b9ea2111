//! Does every command of the operations guide work?
//!
//! Takes the guide's own text: blocks of shell run in its order in one directory, then the commands in its
//! examples for cron, systemd and Kubernetes. Only the schedules around them are not run.

use super::support::server::Clients;
use super::support::{Database, Program, Server, expect, repository};
use std::fs;
use std::process::Command;

/// The fenced blocks of a language, in their order.
fn blocks(guide: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let ends = |block: &str| block.split("\n```").next().expect("a first part").to_string();
    guide.split(&fence).skip(1).map(ends).collect()
}

/// A shell in the home, with the program and psql on its path and the server in its environment.
fn shell(program: &Program, server: &Server, more: &[(&str, String)]) -> Command {
    let clients = expect(Clients::get()).psql.parent().expect("it is in a directory").to_path_buf();
    let built = std::path::Path::new(env!("CARGO_BIN_EXE_pgsnap")).parent().expect("it is in a directory");
    let mut bash = Command::new("bash");
    bash.current_dir(program.home()).env_clear().env("HOME", program.home());
    bash.env("PATH", format!("{}:{}:/usr/bin:/bin", built.display(), clients.display()));
    bash.env("PGHOST", server.directory()).env("PGPORT", server.port().to_string()).env("PGUSER", "postgres");
    bash.envs(more.iter().map(|(name, value)| (name, value)));
    bash
}

/// Runs a script and gives what it printed.
#[track_caller]
fn run(mut shell: Command, script: &str) -> String {
    let output = shell.args(["--norc", "-e", "-o", "pipefail", "-c", script]).output().expect("bash runs");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}\n{script}\n{out}{err}", output.status);
    format!("{out}{err}")
}

#[test]
fn every_command_of_the_guide_works() {
    let guide = fs::read_to_string(repository().join("docs/operations.md")).expect("the guide is there");
    let (server, old) = (Server::shared(18), Database::new(Server::shared(14)));
    let film = "CREATE TABLE film AS SELECT n AS id, md5(n::text) AS title FROM generate_series(1, 1000) n";
    old.psql(film);
    // The guide's own names, which no other test has.
    let names = ["app", "app_drill", "app_resumed", "app_rescued", "app_salvaged"];
    names.iter().for_each(|name| drop(server.drop_database(name)));
    expect(server.create_database("app"));
    expect(server.psql("app", film));
    let new = Database::new(server);
    let program = Program::new();
    let more = [("OLD", old.url()), ("NEW", new.url())];

    let scripts = blocks(&guide, "sh");
    assert!(scripts.len() > 6, "the blocks are found: {scripts:?}");
    // Archives are named by the second, and nobody waits for the next one: each dump has the directory to itself.
    let run = |script: &String| {
        let backups = program.path("backups");
        if script.contains("--dir backups") && backups.exists() {
            fs::remove_dir_all(&backups).and_then(|()| fs::create_dir(&backups)).expect("it is ours");
        }
        run(shell(&program, server, &more), script)
    };
    let told: Vec<String> = scripts.iter().map(run).collect();
    assert!(told[0].contains("not verified"), "{}", told[0]);
    assert!(told.iter().any(|text| text.contains("restored into") && text.contains("equal")), "{told:#?}");
    assert_eq!(new.psql("SELECT count(*) FROM film"), "1000");
    assert_eq!(expect(server.psql("app_rescued", "SELECT count(*) FROM film")), "1000");
    let archives =
        || program.run(&["list", "--json", "backups"]).exits(0).json()["archives"].as_array().map_or(0, Vec::len);
    let written = archives();

    let jobs = commands(&guide);
    assert_eq!(jobs.len(), 4, "{jobs:?}");
    jobs.iter().for_each(|job| drop(run(job)));
    assert_eq!((written, archives()), (1, 1));
    names.iter().for_each(|name| expect(server.drop_database(name)));
}

/// What cron, systemd and Kubernetes would run.
fn commands(guide: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in blocks(guide, "cron").iter().flat_map(|block| block.lines()).filter(|line| !line.contains("MAILTO")) {
        let fields: Vec<&str> = line.splitn(6, ' ').collect();
        found.push(fields[5].trim().to_string());
    }
    for line in blocks(guide, "ini").iter().flat_map(|block| block.lines()) {
        found.extend(line.strip_prefix("ExecStart=").map(str::to_string));
    }
    for line in blocks(guide, "yaml").iter().flat_map(|block| block.lines()) {
        if let Some(args) = line.trim().strip_prefix("args: ") {
            let args: Vec<String> = serde_json::from_str(args).expect("a list of strings");
            found.push(format!("pgsnap {}", args.join(" ")));
        }
    }
    found
}
