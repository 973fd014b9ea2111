//! The servers that all cases share, and the placeholders that stand for them.
//!
//! | placeholder | what |
//! |---|---|
//! | `{p}` | port of a server without TLS, with a role for each way to authenticate |
//! | `{s}` | its socket's directory |
//! | `{z}` | the socket's directory of a standby, port 5432 |
//! | `{a}` | port with TLS, the certificate signed by the intermediate authority for localhost and 127.0.0.1 |
//! | `{b}` | port with TLS up to 1.2 (15), the manual's certificate: version 1, no names but the common one |
//! | `{c}` | port with TLS, a certificate that signs itself |
//! | `{w}` | port with TLS, a certificate for other hosts |
//! | `{e}` | port with TLS, an expired certificate |
//! | `{d}` | a port where nobody listens |
//! | `{q}` | a port where somebody listens and never answers |
//! | `{k}` | directory of the certificates; `{k:NAME}` as a file's whole content is that certificate |
//! | `{pw}` `{pwk}` `{pwu}` `{pwf}` | the password: raw, in a keyword string, in a URL, in a password file |
//! | `{pp}` | the key's password |

use super::certificates;
use crate::support::server::{Binaries, Options, PASSWORD, Server};
use crate::support::{expect, wait_until};
use std::fs;
use std::net::TcpListener;
use std::sync::OnceLock;
use std::thread;
use tempfile::TempDir;

/// Opens the client's key. Marked, so that it is found wherever it should not be.
const PASSPHRASE: &str = "tOpSeCrEt-passphrase";

/// A role's name tells its way in.
const RULES: &str = "\
local all by_peer peer
local all all trust
hostssl all only_tls 127.0.0.1/32 scram-sha-256
hostnossl all only_plain 127.0.0.1/32 scram-sha-256
host all only_tls,only_plain 127.0.0.1/32 reject
hostssl all two_ways 127.0.0.1/32 scram-sha-256
hostnossl all two_ways 127.0.0.1/32 trust
hostssl all by_certificate 127.0.0.1/32 cert
hostssl all mapped 127.0.0.1/32 cert map=people
hostssl all by_both 127.0.0.1/32 scram-sha-256 clientcert=verify-ca
host all by_certificate,mapped,by_both 127.0.0.1/32 reject
host all by_trust 127.0.0.1/32 trust
host all by_md5 127.0.0.1/32 md5
host all by_clear_text 127.0.0.1/32 password
host all nobody 127.0.0.1/32 reject
host all all 127.0.0.1/32 scram-sha-256
";

const ROLES: [&str; 10] = [
    "only_tls",
    "only_plain",
    "two_ways",
    "by_certificate",
    "mapped",
    "by_both",
    "by_trust",
    "by_clear_text",
    "nobody",
    "app",
];

/// All of them.
pub struct Servers {
    plain: Server,
    standby: Server,
    encrypted: Vec<(&'static str, Server)>,
    certificates: TempDir,
    dead: u16,
    silent: (TcpListener, u16),
}

impl Servers {
    /// Started on first use, together.
    pub fn get() -> &'static Servers {
        static SERVERS: OnceLock<Servers> = OnceLock::new();
        SERVERS.get_or_init(|| {
            let certificates = certificates::make(PASSPHRASE);
            let directory = certificates.path();
            certificates::expose(directory, "client.key", "exposed.key");
            let (plain, standby, encrypted) = thread::scope(|scope| {
                let plain = scope.spawn(plain);
                let standby = scope.spawn(standby);
                let kinds = [
                    ("a", 18, "chain"),
                    ("b", 15, "plain"),
                    ("c", 17, "self"),
                    ("w", 17, "wildcard"),
                    ("e", 17, "expired"),
                ];
                let encrypted =
                    kinds.map(|(name, major, stem)| (name, scope.spawn(move || encrypted(major, directory, stem))));
                let done = encrypted.map(|(name, server)| (name, server.join().expect("it starts")));
                (plain.join().expect("it starts"), standby.join().expect("it starts"), Vec::from(done))
            });
            let port = |listener: &TcpListener| listener.local_addr().expect("it listens").port();
            let listen = || TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
            let silent = listen();
            let dead = port(&listen());
            let silent_port = port(&silent);
            Servers { plain, standby, encrypted, certificates, dead, silent: (silent, silent_port) }
        })
    }

    /// A text with its placeholders filled in.
    pub fn fill(&self, text: &str) -> String {
        let mut text = text.to_string();
        let percent = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let directory = self.plain.directory().to_string_lossy().into_owned();
        let mut put = |name: &str, value: &str| text = text.replace(&format!("{{{name}}}"), value);
        put("p", &self.plain.port().to_string());
        put("s", &directory);
        put("su", &percent(&directory));
        put("z", &self.standby.directory().to_string_lossy());
        for (name, server) in &self.encrypted {
            put(name, &server.port().to_string());
        }
        put("d", &self.dead.to_string());
        put("q", &self.silent.1.to_string());
        put("k", &self.certificates.path().to_string_lossy());
        put("pw", PASSWORD);
        put("pwk", &format!("'{}'", PASSWORD.replace('\\', "\\\\").replace('\'', "\\'")));
        put("pwu", &percent(PASSWORD));
        put("pwf", &PASSWORD.replace('\\', "\\\\").replace(':', "\\:"));
        put("pp", PASSPHRASE);
        text
    }

    /// A file's content: a text, or a certificate.
    pub fn content(&self, text: &str) -> Vec<u8> {
        match text.strip_prefix("{k:").and_then(|name| name.strip_suffix('}')) {
            Some(name) => fs::read(self.certificates.path().join(name)).expect("the recipes made it"),
            None => self.fill(text).into_bytes(),
        }
    }

    /// Whether a text gives a secret away.
    pub fn password_in(&self, text: &str) -> bool {
        let escaped = PASSWORD.replace('\\', "\\\\");
        [PASSWORD, &escaped, PASSPHRASE].iter().any(|secret| text.contains(secret))
    }
}

fn roles() -> String {
    let password = PASSWORD.replace('\'', "''");
    let one = |role: &&str| format!("CREATE ROLE {role} LOGIN PASSWORD '{password}';\n");
    let roles: String = ROLES.iter().map(one).collect();
    format!("{roles}SET password_encryption = md5; CREATE ROLE by_md5 LOGIN PASSWORD '{password}';")
}

fn plain() -> Server {
    // Its own directory, which is the one above the data, and the abstract namespace.
    let options = Options { tcp: true, ..Options::default() }.set("unix_socket_directories", "..,@pgsnap-test");
    let server = expect(Server::start(&expect(Binaries::find(18)), &options));
    expect(server.psql("postgres", &roles()));
    for sql in [
        "CREATE DATABASE app",
        "CREATE DATABASE \"a b\"",
        "CREATE DATABASE \"a@b\"",
        "CREATE DATABASE \"é=1\"",
        "CREATE DATABASE read_only",
    ] {
        expect(server.psql("postgres", sql));
    }
    expect(server.psql("postgres", "ALTER DATABASE read_only SET default_transaction_read_only = on"));
    put(&server, "pg_hba.conf", RULES.replace("hostssl", "#").replace("hostnossl", "host").as_bytes());
    reload(&server);
    server
}

/// A cluster that waits for a primary for ever, which is what a standby is. Only on its socket: a port could be
/// somebody else's by the time it is started again.
fn standby() -> Server {
    let server = expect(Server::start(&expect(Binaries::find(17)), &Options::default()));
    expect(server.psql("postgres", &roles()));
    expect(server.psql("postgres", "CREATE DATABASE app"));
    let bin = server.binaries.bin.display();
    let restart = format!("{bin}/pg_ctl -D . -l ../log -m fast restart");
    let program = format!("touch standby.signal; setsid {restart} >/dev/null 2>&1 </dev/null &");
    expect(server.psql("postgres", &format!("COPY (SELECT) TO PROGRAM '{program}'")));
    wait_until("the standby answers as one", || {
        server.psql("postgres", "SELECT pg_is_in_recovery()").is_ok_and(|answer| answer == "t")
    });
    server
}

fn encrypted(major: u32, directory: &std::path::Path, stem: &str) -> Server {
    let options = Options { tcp: true, ..Options::default() };
    let server = expect(Server::start(&expect(Binaries::find(major)), &options));
    expect(server.psql("postgres", &roles()));
    expect(server.psql("postgres", "CREATE DATABASE app"));
    let read = |name: String| fs::read(directory.join(name)).expect("the recipes made it");
    let pem = |bytes: Vec<u8>| {
        // What -text writes in front of a certificate has bytes of any kind; only the certificate counts.
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let mut inside = false;
        let mut kept = String::new();
        for line in text.lines() {
            inside |= line.starts_with("-----BEGIN");
            if inside {
                kept.push_str(line);
                kept.push('\n');
            }
            inside &= !line.starts_with("-----END");
        }
        kept
    };
    put(&server, "server.crt", pem(read(format!("{stem}.crt"))).as_bytes());
    put(&server, "server.key", pem(read(format!("{stem}.key"))).as_bytes());
    put(&server, "root.crt", pem(read("root.crt".into())).as_bytes());
    put(&server, "pg_hba.conf", RULES.as_bytes());
    put(&server, "pg_ident.conf", b"people by_certificate mapped\n");
    let newest = if major < 16 { "TLSv1.2" } else { "" };
    for (name, value) in [("ssl_ca_file", "root.crt"), ("ssl_max_protocol_version", newest), ("ssl", "on")] {
        expect(server.psql("postgres", &format!("ALTER SYSTEM SET {name} = '{value}'")));
    }
    reload(&server);
    server
}

/// Has the server itself write a file into its data directory, so that it owns it.
fn put(server: &Server, name: &str, content: &[u8]) {
    let text = String::from_utf8_lossy(content).replace('\'', "''");
    let lines = format!("SELECT unnest(string_to_array(rtrim('{text}', E'\\n'), E'\\n'))");
    expect(server.psql("postgres", &format!("COPY ({lines}) TO PROGRAM 'umask 077; cat >{name}'")));
}

/// Has the server read its files again, and waits until new sessions are under them.
fn reload(server: &Server) {
    let loaded = || expect(server.psql("postgres", "SELECT pg_conf_load_time()"));
    let before = loaded();
    expect(server.psql("postgres", "SELECT pg_reload_conf()"));
    wait_until("the server has read its files", || loaded() != before);
}
