//! Does the program work over connections with passwords and certificates, and say what is wrong with others?
//!
//! Whether it connects at all where psql does is `conninfo`'s question, whose servers are used here; which
//! setting comes from where is tested beside `connect/settings.rs`.

use super::conninfo::servers::Servers;
use super::support::server::{Binaries, Options, PASSWORD};
use super::support::{Program, Run, Server, expect};
use std::fs;
use std::sync::OnceLock;

/// The server with a password over TCP. Without TLS: those of `conninfo` have it.
pub fn tcp() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        expect(Server::start(&expect(Binaries::find(15)), &Options { tcp: true, ..Options::default() }))
    })
}

/// Dumps the (empty) database as `role` with further settings, over the server with TLS.
fn attempt(role: &str, host: &str, settings: &str) -> Run {
    let conn = format!("host={host} port={{a}} user={role} dbname=app {settings}");
    let program = Program::new().env("PGPASSWORD", PASSWORD);
    program.run(&["dump", "-j", "4", "-f", "x.tar.zst", "-d", &Servers::get().fill(&conn)])
}

/// Settings that must lead to no connection, and what is said then.
#[track_caller]
fn refuses(role: &str, host: &str, settings: &str, code: i32, words: &[&str]) {
    let run = attempt(role, host, settings).exits(code).says(words);
    assert!(!run.stderr.contains(PASSWORD), "{run}");
}

#[test]
fn a_dump_works_under_each_sslmode() {
    for (role, settings) in [
        ("only_plain", "sslmode=disable"),
        ("only_tls", "sslmode=allow"),
        ("only_tls", "sslmode=prefer"),
        ("app", "sslmode=require channel_binding=require"),
        ("app", "sslmode=verify-full sslrootcert={k}/root.crt sslnegotiation=direct"),
        ("by_certificate", "sslmode=require sslcert={k}/client.crt sslkey={k}/client.key"),
    ] {
        attempt(role, "127.0.0.1", settings).exits(0);
    }
    // As with libpq, a file that is not there checks nothing; but it is said.
    let run = attempt("app", "127.0.0.1", "sslmode=require sslrootcert=gone.crt").exits(0);
    run.says(&["certificate is not checked", "-d"]);
}

#[test]
fn what_sslmode_forbids_is_refused() {
    refuses("only_tls", "127.0.0.1", "sslmode=disable", 1, &["pg_hba.conf", "no encryption", "sslmode"]);
    refuses("only_plain", "127.0.0.1", "sslmode=require", 1, &["pg_hba.conf", "hint"]);
    refuses("app", "127.0.0.1", "sslmode=sometimes", 2, &["sslmode", "verify-full"]);
    refuses("app", "127.0.0.1", "sslmode=verify-full", 2, &["root certificate", "sslrootcert"]);
    refuses("app", "127.0.0.1", "sslmode=verify-ca sslrootcert=gone.crt", 2, &["gone.crt does not exist"]);
}

#[test]
fn certificates_that_are_not_accepted_are_explained() {
    let words: &[&str] = &["certificate", "sslrootcert"];
    let named = "sslmode=verify-full sslrootcert={k}/root.crt hostaddr=127.0.0.1";
    refuses("app", "other.example", named, 1, &["is for localhost, 127.0.0.1, not for other.example"]);
    for mode in ["verify-ca", "verify-full", "require"] {
        refuses("app", "localhost", &format!("sslmode={mode} sslrootcert={{k}}/other_root.crt"), 1, words);
    }
    let revoked = "sslmode=verify-ca sslrootcert={k}/root.crt sslcrl={k}/revoked.crl";
    refuses("app", "localhost", revoked, 1, &["certificate revoked"]);
    let client = |key: &str| format!("sslmode=require sslcert={{k}}/client.crt sslkey={{k}}/{key}");
    refuses("app", "localhost", &client("exposed.key"), 2, &["exposed.key", "0600"]);
    refuses("app", "localhost", &client("locked.key"), 2, &["locked.key", "sslpassword"]);
}

#[test]
fn a_refused_password_and_its_source_are_named() {
    for role in ["app", "by_md5", "by_clear_text"] {
        refuses(role, "127.0.0.1", "password=wrong", 1, &["28P01", role, "the password came from -d"]);
    }
    refuses("nobody", "127.0.0.1", "", 1, &["pg_hba.conf", "nobody"]);
}

#[test]
fn an_authentication_that_is_ruled_out_is_named() {
    refuses("app", "127.0.0.1", "channel_binding=require sslmode=disable", 1, &["channel binding"]);
    refuses("by_md5", "127.0.0.1", "channel_binding=require sslmode=require", 1, &["channel binding"]);
    let words = &["asks for password authentication", "require_auth"];
    refuses("by_clear_text", "127.0.0.1", "require_auth=scram-sha-256", 1, words);
    refuses("by_trust", "127.0.0.1", "require_auth=scram-sha-256", 1, &["without authentication", "require_auth"]);
}

#[test]
fn of_several_servers_each_failure_is_told() {
    let run = attempt("app", "127.0.0.1,127.0.0.1", "port={d},{d} hostaddr=127.0.0.1,127.0.0.1");
    run.exits(1).says(&["none of the servers", "Connection refused"]);
    let run = attempt("by_trust", "127.0.0.1,127.0.0.1", "port={d},{p} target_session_attrs=standby");
    run.exits(1).says(&["none of the servers", "it is not a standby (target_session_attrs)"]);
}

#[test]
fn a_password_comes_from_pgpass_if_that_is_private() {
    let server = tcp();
    let program = Program::new();
    let url = format!("postgresql://postgres@127.0.0.1:{}/postgres", server.port());
    let dump = ["dump", "-s", "-f", "x.tar.zst", "-d", &url];
    program.run(&dump).exits(1).says(&["no password was given", "PGPASSWORD", ".pgpass"]);
    let escaped = PASSWORD.replace('\\', "\\\\").replace(':', "\\:");
    fs::write(program.path(".pgpass"), format!("other:*:*:*:nothing\n127.0.0.1:*:*:postgres:{escaped}\n"))
        .expect("ours");
    let mode = |mode| {
        let private = std::os::unix::fs::PermissionsExt::from_mode(mode);
        fs::set_permissions(program.path(".pgpass"), private).expect("it is ours");
    };
    mode(0o644);
    program.run(&dump).exits(1).says(&[".pgpass", "0600"]);
    mode(0o600);
    program.run(&dump).exits(0);
}
