//! Does the program reach servers that ask for passwords and certificates, and refuse others?
//!
//! One server with TCP, TLS and a rule in pg_hba.conf for each case; its log tells how a connection came
//! to be. Which setting comes from where is tested beside `connect/settings.rs`.

use super::support::server::{Binaries, Options, PASSWORD};
use super::support::{Program, Run, Server, expect, wait_until};
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509Name, X509NameBuilder};
use std::fs;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Each role has its way in: `<way>_<encryption>`.
const RULES: &str = "\
local all all trust
hostssl all only_tls 127.0.0.1/32 scram-sha-256
hostnossl all only_plain 127.0.0.1/32 scram-sha-256
host all only_tls,only_plain 127.0.0.1/32 reject
host all by_md5 127.0.0.1/32 md5
host all by_clear_text 127.0.0.1/32 password
host all nobody 127.0.0.1/32 reject
host all all 127.0.0.1/32 scram-sha-256
";

/// The server with a password over TCP. Without TLS: the server of [`tls`] has it.
pub fn tcp() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        expect(Server::start(&expect(Binaries::find(15)), &Options { tcp: true, ..Options::default() }))
    })
}

/// A server with TLS for the name `localhost`, and the authority that signed its certificate.
struct Tls {
    server: Server,
    authority: Vec<u8>,
}

fn tls() -> &'static Tls {
    static SERVER: OnceLock<Tls> = OnceLock::new();
    SERVER.get_or_init(|| {
        let options = Options { tcp: true, ..Options::default() }.set("log_connections", "on");
        let server = expect(Server::start(&expect(Binaries::find(15)), &options));
        let authority = Authority::new("pgsnap tests");
        let (certificate, key) = authority.signs("localhost");
        put(&server, "server.crt", &certificate);
        put(&server, "server.key", &key);
        put(&server, "pg_hba.conf", RULES.as_bytes());
        let password = PASSWORD.replace('\'', "''");
        let roles: String = ["only_tls", "only_plain", "by_clear_text", "nobody"]
            .map(|role| format!("CREATE ROLE {role} LOGIN PASSWORD '{password}';\n"))
            .concat();
        let md5 = format!("SET password_encryption = md5; CREATE ROLE by_md5 LOGIN PASSWORD '{password}'");
        expect(server.psql("postgres", &format!("{roles}{md5}")));
        expect(server.psql("postgres", "ALTER SYSTEM SET ssl = on; SELECT pg_reload_conf()"));
        wait_until("the server offers TLS", || expect(server.psql("postgres", "SHOW ssl")) == "on");
        let authority = authority.certificate.to_pem().expect("a certificate has a text");
        Tls { server, authority }
    })
}

/// Has the server itself write a file into its data directory, so that it owns it.
fn put(server: &Server, name: &str, content: &[u8]) {
    let text = String::from_utf8_lossy(content).replace('\'', "''");
    let lines = format!("SELECT unnest(string_to_array(rtrim('{text}', E'\\n'), E'\\n'))");
    expect(server.psql("postgres", &format!("COPY ({lines}) TO PROGRAM 'umask 077; cat >{name}'")));
}

struct Authority {
    name: X509Name,
    key: PKey<Private>,
    certificate: X509,
}

impl Authority {
    fn new(name: &str) -> Authority {
        let key = key();
        let certificate = certificate(name, &key, None, None);
        Authority { name: common_name(name), key, certificate }
    }

    /// A certificate and its key for a host, as PEM.
    fn signs(&self, host: &str) -> (Vec<u8>, Vec<u8>) {
        let key = key();
        let certificate = certificate(host, &key, Some(self), Some(host));
        (certificate.to_pem().expect("PEM"), key.private_key_to_pem_pkcs8().expect("PEM"))
    }
}

fn key() -> PKey<Private> {
    PKey::from_rsa(Rsa::generate(2048).expect("a key")).expect("a key")
}

fn common_name(name: &str) -> X509Name {
    let mut builder = X509NameBuilder::new().expect("a name");
    builder.append_entry_by_text("CN", name).expect("a name");
    builder.build()
}

fn certificate(name: &str, key: &PKey<Private>, issuer: Option<&Authority>, host: Option<&str>) -> X509 {
    static SERIAL: AtomicU32 = AtomicU32::new(1);
    let serial = BigNum::from_u32(SERIAL.fetch_add(1, Ordering::Relaxed)).expect("a number");
    let mut builder = X509::builder().expect("a builder");
    builder.set_version(2).expect("version 3");
    builder.set_serial_number(&serial.to_asn1_integer().expect("a number")).expect("a serial number");
    let subject = common_name(name);
    builder.set_subject_name(&subject).expect("a subject");
    builder.set_issuer_name(issuer.map_or(&subject, |issuer| &issuer.name)).expect("an issuer");
    builder.set_not_before(&Asn1Time::days_from_now(0).expect("a time")).expect("a time");
    builder.set_not_after(&Asn1Time::days_from_now(2).expect("a time")).expect("a time");
    builder.set_pubkey(key).expect("a key");
    let mut constraints = BasicConstraints::new();
    if host.is_none() {
        constraints.critical().ca();
    }
    builder.append_extension(constraints.build().expect("an extension")).expect("an extension");
    if let Some(host) = host {
        let names = SubjectAlternativeName::new().dns(host).build(&builder.x509v3_context(None, None));
        builder.append_extension(names.expect("an extension")).expect("an extension");
    }
    builder.sign(issuer.map_or(key, |issuer| &issuer.key), MessageDigest::sha256()).expect("a signature");
    builder.build()
}

/// Dumps the (empty) database as `role` with further settings, and tells whether TLS was used.
fn attempt(role: &str, host: &str, settings: &str) -> (Run, Option<bool>) {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let application = format!("attempt-{}-", NEXT.fetch_add(1, Ordering::Relaxed));
    let (server, program) = (&tls().server, Program::new().env("PGPASSWORD", PASSWORD));
    fs::write(program.path("root.crt"), &tls().authority).expect("it is ours");
    fs::write(program.path("other.crt"), Authority::new("another").certificate.to_pem().expect("PEM")).expect("ours");
    let port = server.port();
    let conn =
        format!("host={host} port={port} user={role} dbname=template1 application_name={application} {settings}");
    let run = program.run(&["dump", "-s", "-f", "x.tar.zst", "-d", &conn]);
    let log = server.log();
    let mine = |line: &&str| line.contains("connection authorized") && line.contains(&application);
    let tls = log.lines().find(mine).map(|line| line.contains("SSL enabled"));
    (run, tls)
}

/// Settings that must lead to a connection, with TLS or without.
#[track_caller]
fn connects(role: &str, host: &str, settings: &str, with_tls: bool) {
    let (run, tls) = attempt(role, host, settings);
    assert_eq!(tls, Some(with_tls), "{}", run.exits(0));
}

/// Settings that must lead to none, and what is said then.
#[track_caller]
fn refuses(role: &str, host: &str, settings: &str, code: i32, words: &[&str]) {
    let (run, tls) = attempt(role, host, settings);
    assert_eq!(tls, None, "{run}");
    let run = run.exits(code).says(words);
    assert!(!run.stderr.contains(PASSWORD), "{run}");
}

#[test]
fn tls_is_used_as_sslmode_asks() {
    for (role, mode, with_tls) in [
        ("postgres", "disable", false),
        ("postgres", "allow", false),
        ("postgres", "prefer", true),
        ("postgres", "require", true),
        ("only_tls", "allow", true),
        ("only_tls", "prefer", true),
        ("only_plain", "allow", false),
        ("only_plain", "prefer", false),
    ] {
        connects(role, "127.0.0.1", &format!("sslmode={mode}"), with_tls);
    }
    connects("postgres", "127.0.0.1", "", true);
}

#[test]
fn what_sslmode_forbids_is_refused() {
    refuses("only_tls", "127.0.0.1", "sslmode=disable", 1, &["pg_hba.conf", "no encryption", "sslmode"]);
    refuses("only_plain", "127.0.0.1", "sslmode=require", 1, &["pg_hba.conf", "hint"]);
    refuses("postgres", "127.0.0.1", "sslmode=sometimes", 2, &["sslmode", "verify-full"]);
    refuses("postgres", "127.0.0.1", "sslmode=verify-full", 2, &["root certificate", "sslrootcert"]);
    refuses("postgres", "127.0.0.1", "sslmode=verify-ca sslrootcert=gone.crt", 2, &["gone.crt does not exist"]);
}

#[test]
fn certificates_are_checked_as_far_as_asked() {
    connects("postgres", "localhost", "sslmode=verify-full sslrootcert=root.crt", true);
    connects("postgres", "127.0.0.1", "sslmode=verify-ca sslrootcert=root.crt", true);
    // As with libpq, a file that is not there checks nothing; but it is said.
    let (run, tls) = attempt("postgres", "localhost", "sslmode=require sslrootcert=gone.crt");
    assert_eq!(tls, Some(true), "{}", run.exits(0).says(&["certificate is not checked", "-d"]));
    let words: &[&str] = &["certificate", "sslrootcert"];
    // Signed by whom we trust, but for another name.
    refuses("postgres", "127.0.0.1", "sslmode=verify-full sslrootcert=root.crt", 1, words);
    for mode in ["verify-ca", "verify-full", "require"] {
        refuses("postgres", "localhost", &format!("sslmode={mode} sslrootcert=other.crt"), 1, words);
    }
}

#[test]
fn passwords_are_given_in_each_way_a_server_asks_for_them() {
    for role in ["postgres", "by_md5", "by_clear_text"] {
        connects(role, "127.0.0.1", "sslmode=disable", false);
        connects(role, "127.0.0.1", "sslmode=require", true);
        refuses(role, "127.0.0.1", "password=wrong", 1, &["28P01", role, "the password came from -d"]);
    }
    refuses("nobody", "127.0.0.1", "", 1, &["pg_hba.conf", "nobody"]);
}

#[test]
fn a_password_can_be_tied_to_the_channel() {
    connects("postgres", "127.0.0.1", "channel_binding=require sslmode=require", true);
    refuses("postgres", "127.0.0.1", "channel_binding=require sslmode=disable", 1, &["channel binding"]);
    refuses("by_md5", "127.0.0.1", "channel_binding=require sslmode=require", 1, &["channel binding"]);
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
