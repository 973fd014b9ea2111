//! Where does a dump go by itself, and whose settings count?
//!
//! Runs in an empty directory with `.env` files, as a developer would. Which connection wins in every
//! combination is tested beside `connect/settings.rs`; here, that the program follows it.

use super::connect::tcp;
use super::support::{Database, Program, Server, pgsnap};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// In every secret, so that one look finds any of them.
const MARK: &str = "hunter2";

fn database() -> Database<'static> {
    let database = Database::new(Server::shared(18));
    database.psql("CREATE TABLE film (id int); INSERT INTO film VALUES (1)");
    database
}

/// A line of a `.env` file. Single quotes: nothing in it is special.
fn line(name: &str, value: &str) -> String {
    format!("{name}='{value}'\n")
}

/// The same database through a URL that carries a password nobody asks for.
fn with_password(database: &Database<'_>) -> String {
    database.url().replacen("postgres@", &format!("postgres:{MARK}-url@"), 1)
}

/// The environment's label that a dump writes, here, with these variables.
fn label(program: &Program, args: &[&str]) -> String {
    let out = program.run(&[&["dump", "--json", "-f", "x.tar.zst"], args].concat()).exits(0);
    fs::remove_file(program.path("x.tar.zst")).expect("it was written");
    out.json()["environment"].as_str().expect("a word").to_string()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

/// The only archive in a directory.
fn only(directory: &Path) -> String {
    let mut names: Vec<String> = fs::read_dir(directory)
        .unwrap_or_else(|error| panic!("{}: {error}", directory.display()))
        .map(|entry| entry.expect("it is ours").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let [archive, sidecar] = names.as_slice() else { panic!("not one archive and its sidecar: {names:?}") };
    assert_eq!(*sidecar, format!("{archive}.json"));
    archive.clone()
}

/// `<database>_<environment>_<20261123T130500Z>.tar.zst`
#[track_caller]
fn is_named(archive: &str, database: &str, environment: &str) {
    let time =
        archive.strip_prefix(&format!("{database}_{environment}_")).and_then(|rest| rest.strip_suffix(".tar.zst"));
    let time = time.unwrap_or_else(|| panic!("{archive} is not of {database} and {environment}"));
    let shape: String = time.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    assert_eq!(shape, "00000000T000000Z", "{archive}");
}

#[test]
fn a_dump_without_arguments_goes_where_the_readme_says() {
    let (database, program) = (database(), Program::new());
    let named = database.name.replace(' ', "_");
    fs::write(program.path(".env"), line("DATABASE_URL", &database.url())).expect("it is ours");
    program.run(&["dump"]).exits(0).says(&["db/backups/", "1 table, 1 row"]);
    let directory = program.path("db/backups");
    let archive = only(&directory);
    is_named(&archive, &named, "dev");
    assert_eq!(mode(&directory), 0o700);
    for name in [archive.clone(), format!("{archive}.json")] {
        assert_eq!(mode(&directory.join(name)), 0o600);
    }
    let sidecar: Value =
        serde_json::from_slice(&fs::read(directory.join(format!("{archive}.json"))).expect("it is there"))
            .expect("JSON");
    assert_eq!(sidecar["archive"], format!("db/backups/{archive}"));
    assert_eq!((&sidecar["database"], &sidecar["totals"]["rows"]), (&database.name.clone().into(), &1.into()));
    program.run(&["verify", &format!("db/backups/{archive}")]).exits(0);
}

#[test]
fn files_are_private_whatever_the_umask() {
    let (database, program) = (database(), Program::new());
    for umask in ["000", "077", "777"] {
        let archive = format!("{umask}.tar.zst");
        let mut shell = Command::new("/bin/sh");
        let script = format!("umask {umask}; exec \"$0\" dump -q -f {archive} -d \"$1\"");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_pgsnap"), &database.url()]);
        let status = shell.current_dir(program.home()).env_clear().env("HOME", program.home()).status();
        assert!(status.expect("there is a shell").success(), "umask {umask}");
        assert_eq!(mode(&program.path(&archive)), 0o600, "umask {umask}");
        assert_eq!(mode(&program.path(&format!("{archive}.json"))), 0o600, "umask {umask}");
    }
}

#[test]
fn dir_goes_before_pgsnap_dir_and_both_need_to_exist() {
    let database = database();
    let program = Program::new().env("PGSNAP_DIR", "from-environment");
    for name in ["from-environment", "from-flag"] {
        pgsnap_fails_without(&program, &database, name);
        fs::create_dir(program.path(name)).expect("it is ours");
    }
    program.run(&["dump", "-d", &database.url()]).exits(0);
    only(&program.path("from-environment"));
    program.run(&["dump", "-d", &database.url(), "--dir", "from-flag", "--env", "Production"]).exits(0);
    is_named(&only(&program.path("from-flag")), &database.name.replace(' ', "_"), "prod");
    program.run(&["dump", "-d", &database.url(), "-f", "named.tar.zst"]).exits(0);
    assert_eq!(program.files(), ["from-environment", "from-flag", "named.tar.zst", "named.tar.zst.json"]);
}

/// A directory somebody named is not made: the name may be wrong.
fn pgsnap_fails_without(program: &Program, database: &Database<'_>, directory: &str) {
    let run = program.run(&["dump", "-d", &database.url(), "--dir", directory]).exits(2);
    run.says(&["no directory", directory]);
    assert!(!program.path(directory).exists());
}

#[test]
fn a_database_s_name_cannot_lead_elsewhere() {
    let server = Server::shared(18);
    let hostile = "../.x/y é\nz";
    server.create_database(hostile).unwrap_or_else(|error| panic!("{error}"));
    let program = Program::new();
    let run = program.run(&["dump", "-d", &server.url(hostile)]);
    server.drop_database(hostile).unwrap_or_else(|error| panic!("{error}"));
    run.exits(0);
    is_named(&only(&program.path("db/backups")), "_.x_y_é_z", "dev");
    assert_eq!(program.files(), ["db"]);
}

#[test]
fn an_existing_archive_is_replaced_only_when_the_new_one_is_whole() {
    let (database, program) = (database(), Program::new());
    let archive = program.dump(&database, &[]);
    let old = fs::read(&archive).expect("it is there");
    program.run(&["dump", "-f", &archive, "-d", &database.url(), "-t", "nothing"]).exits(2);
    assert_eq!(fs::read(&archive).expect("it is there"), old);
    database.psql("INSERT INTO film VALUES (2)");
    program.dump(&database, &[]);
    assert_ne!(fs::read(&archive).expect("it is there"), old);
    assert_eq!(program.files(), ["copy.tar.zst", "copy.tar.zst.json"]);
}

#[test]
fn the_label_is_taken_from_the_first_that_names_it() {
    let database = database();
    let url = database.url();
    let order = ["PGSNAP_ENV", "APP_ENV", "ENVIRONMENT", "NODE_ENV", "RAILS_ENV"];
    for first in 0..order.len() {
        let program =
            order[first..].iter().fold(Program::new(), |program, name| program.env(name, format!("by-{name}")));
        assert_eq!(label(&program, &["-d", &url]), format!("by-{}", order[first].to_lowercase()));
        assert_eq!(label(&program, &["-d", &url, "--env", "Staging"]), "staging");
    }
    assert_eq!(label(&Program::new(), &["-d", &url]), "dev", "a socket is local");
    // What .env says is of .env's database, not of one that -d names.
    let program = Program::new();
    fs::write(program.path(".env"), line("DATABASE_URL", &url) + &line("APP_ENV", "production")).expect("it is ours");
    assert_eq!(label(&program, &[]), "prod");
    assert_eq!(label(&program, &["-d", &url]), "dev");
    pgsnap(&["dump", "-d", &url, "--env", "///", "-f", "x"]).exits(2).says(&["--env"]);
}

#[test]
fn a_connection_of_env_local_is_dev_and_one_to_elsewhere_prod() {
    let server = tcp();
    // An address that is no loopback address, and yet leads here on Linux and macOS.
    let url = server.tcp_url("postgres").expect("it listens").replacen("127.0.0.1", "0.0.0.0", 1);
    let program = Program::new();
    for (file, expected) in [(".env", "prod"), (".env.local", "dev")] {
        fs::write(program.path(file), line("DATABASE_URL", &url)).expect("it is ours");
        assert_eq!(label(&program, &[]), expected, "{file}");
    }
    assert_eq!(label(&program, &["-d", &url]), "prod", "given by hand");
    assert_eq!(label(&program, &["-d", &server.tcp_url("postgres").expect("it listens")]), "dev");
}

#[test]
fn flags_go_before_environment_before_env_local_before_env() {
    let (database, other) = (database(), Database::new(Server::shared(18)));
    let told = |program: &Program, args: &[&str]| {
        let run = program.run(&[&["dump", "--json", "-f", "x.tar.zst"], args].concat()).exits(0);
        run.json()["database"].as_str().expect("a name").to_string()
    };
    let (url, elsewhere) = (database.url(), other.url());
    let program = Program::new();
    let write = |file: &str, url: &str| fs::write(program.path(file), line("DATABASE_URL", url)).expect("it is ours");
    write(".env", &url);
    assert_eq!(told(&program, &[]), database.name);
    write(".env.local", &elsewhere);
    assert_eq!(told(&program, &[]), other.name);
    let program = program.env("DATABASE_URL", &url);
    assert_eq!(told(&program, &[]), database.name);
    assert_eq!(told(&program, &["-d", &elsewhere]), other.name);
    let (socket, port) =
        (database.server.directory().to_string_lossy().into_owned(), database.server.port().to_string());
    let program = Program::new();
    assert_eq!(told(&program, &["-h", &socket, "-p", &port, "-U", "postgres", "-d", &other.name]), other.name);
    let program = Program::new().env("PGHOST", &socket).env("PGPORT", port).env("PGUSER", "postgres");
    assert_eq!(told(&program.env("PGDATABASE", &database.name), &[]), database.name);
}

#[test]
fn urls_of_other_clients_are_understood() {
    let (database, program) = (database(), Program::new());
    let url = database.url().replacen("postgresql://", "postgresql+asyncpg://", 1) + "&schema=public&pool_timeout=3";
    fs::write(program.path(".env"), line("DATABASE_URL", &url)).expect("it is ours");
    let run = program.run(&["dump", "-f", "x.tar.zst"]).exits(0);
    run.says(&["warning: DATABASE_URL in .env", "schema", "pool_timeout", "1 row"]);
    let run = program.run(&["dump", "-f", "y.tar.zst", "--json"]).exits(0);
    let warnings = run.json()["warnings"].clone();
    assert_eq!(warnings.as_array().map(Vec::len), Some(2), "{run}");
}

#[test]
fn no_secret_is_told_to_anybody() {
    let (database, program) = (database(), Program::new());
    let secret = |what: &str| format!("{MARK}-{what}");
    let text = line("DATABASE_URL", &with_password(&database))
        + &line("PGPASSWORD", &secret("variable"))
        + &line("SECRET_KEY", &secret("key"))
        + &format!("BROKEN=\"{}\n", secret("broken"));
    fs::write(program.path(".env"), text).expect("it is ours");
    let copy = Database::new(database.server);
    let mut runs = vec![
        program.run(&["dump", "-v", "-f", "x.tar.zst"]).exits(0),
        program.run(&["dump", "--json", "-f", "y.tar.zst", "-d", &with_password(&database)]).exits(0),
        program.run(&["verify", "-v", "--json", "x.tar.zst"]).exits(0),
        program.run(&["inspect", "--json", "x.tar.zst"]).exits(0),
        program.run(&["restore", "-v", "--json", "x.tar.zst", "-d", &with_password(&copy)]).exits(0),
    ];
    let torn = format!("postgresql://postgres:{}@x/y@127.0.0.1:1/app", secret("torn"));
    let refused = format!("postgresql://postgres:{}@127.0.0.1:1/app", secret("refused"));
    let keywords = format!("host=127.0.0.1 port=1 user=postgres password={} {}", secret("word"), secret("piece"));
    for conn in [torn, refused, keywords] {
        let run = program.run(&["dump", "-v", "-f", "z.tar.zst", "-d", &conn]);
        assert!(matches!(run.code, Some(1 | 2)), "{run}");
        runs.push(run);
    }
    for mut run in runs {
        run.command.clear();
        assert!(!run.stderr.contains(MARK) && !run.text().contains(MARK), "{run}");
    }
    let mut zstd = Command::new("zstd");
    let unpacked = zstd.args(["-dc"]).arg(program.path("x.tar.zst")).output().expect("zstd runs").stdout;
    assert!(unpacked.windows(4).any(|bytes| bytes == b"film"), "the archive was unpacked");
    let sidecar = fs::read(program.path("x.tar.zst.json")).expect("it is there");
    for bytes in [unpacked, sidecar] {
        assert!(!bytes.windows(MARK.len()).any(|window| window == MARK.as_bytes()));
    }
}
