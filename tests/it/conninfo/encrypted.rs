//! Cases with TLS: what falls back to what, whose certificate is good, what the client shows.

use super::{Case, no, yes};

/// A connection to one of the servers, which all know the same roles and the same password.
fn to(server: &str, role: &str, more: &str) -> String {
    format!("host=127.0.0.1 port={{{server}}} user={role} dbname=app password={{pwk}} {more}")
}

/// The six modes, protocols, direct TLS, channel binding.
pub fn modes() -> Vec<Case> {
    let (yes, no) =
        (|role: &str, more: &str| yes(&to("a", role, more)), |role: &str, more: &str| no(&to("a", role, more)));
    vec![
        yes("app", ""),
        yes("app", "sslmode=disable"),
        yes("app", "sslmode=allow"),
        yes("app", "sslmode=prefer"),
        yes("app", "sslmode=require"),
        yes("app", "requiressl=1"),
        yes("app", "requiressl=0"),
        yes("app", "").env("PGSSLMODE", "require"),
        yes("app", "").env("PGREQUIRESSL", "1"),
        yes("only_tls", "sslmode=allow"),
        yes("only_tls", "sslmode=prefer"),
        yes("only_tls", "sslmode=require"),
        no("only_tls", "sslmode=disable"),
        yes("only_plain", "sslmode=disable"),
        yes("only_plain", "sslmode=allow"),
        yes("only_plain", "sslmode=prefer"),
        no("only_plain", "sslmode=require"),
        no("nobody", "sslmode=allow"),
        no("nobody", "sslmode=prefer"),
        // A server that says no over TLS is asked again without, and the other way round.
        yes("two_ways", "password=wrong"),
        no("two_ways", "password=wrong sslmode=require"),
        yes("two_ways", "sslmode=allow"),
        yes("app", "sslmode=require ssl_max_protocol_version=TLSv1.2"),
        yes("app", "sslmode=require ssl_min_protocol_version=TLSv1.3"),
        yes("app", "sslmode=require ssl_min_protocol_version=tlsv1.2 ssl_max_protocol_version=tlsv1.3"),
        yes("app", "sslmode=require").env("PGSSLMAXPROTOCOLVERSION", "TLSv1.2"),
        no("app", "sslmode=require ssl_min_protocol_version=TLSv9"),
        no("app", "sslmode=require ssl_min_protocol_version=TLSv1.3 ssl_max_protocol_version=TLSv1.2"),
        yes("app", "sslmode=require sslnegotiation=direct"),
        yes("app", "sslmode=require sslnegotiation=postgres sslsni=0"),
        yes("app", "sslmode=require").env("PGSSLNEGOTIATION", "direct"),
        yes("app", "sslmode=require host=localhost sslsni=1"),
        no("app", "sslmode=prefer sslnegotiation=direct"),
        no("app", "sslmode=require sslnegotiation=sometimes"),
        yes("app", "sslmode=require channel_binding=require"),
        yes("app", "sslmode=require channel_binding=disable"),
        yes("app", "sslmode=require").env("PGCHANNELBINDING", "require"),
        no("app", "sslmode=disable channel_binding=require"),
        no("by_md5", "sslmode=require channel_binding=require"),
        no("by_trust", "sslmode=require channel_binding=require"),
        yes("app", "sslmode=require require_auth=scram-sha-256 channel_binding=require"),
        no("by_clear_text", "sslmode=require require_auth=scram-sha-256"),
        yes("app", "host=127.0.0.1,127.0.0.1 port={d},{a} sslmode=require"),
        // A server without TLS ends the list where TLS is required; so does a certificate.
        no("app", "host=127.0.0.1,127.0.0.1 port={p},{a} sslmode=require"),
        no("app", "host=127.0.0.1,127.0.0.1 port={w},{a} sslmode=verify-full sslrootcert={k}/root.crt"),
        // The server of 15 knows TLS up to 1.2, and no direct one.
        super::yes(&to("b", "app", "sslmode=require")),
        super::no(&to("b", "app", "sslmode=require ssl_min_protocol_version=TLSv1.3")),
        super::yes(&to("b", "app", "sslmode=prefer ssl_min_protocol_version=TLSv1.3")),
        super::no(&to("b", "app", "sslmode=require sslnegotiation=direct")),
        super::yes(&to("b", "app", "sslmode=require channel_binding=require")),
        super::yes(&to("c", "app", "sslmode=require channel_binding=require")),
        // Signed with RSA-PSS.
        super::yes(&to("w", "app", "sslmode=require channel_binding=require")),
    ]
}

/// The server's certificate: authorities, names, ends.
pub fn certificates() -> Vec<Case> {
    let root = "sslrootcert={k}/root.crt";
    let (yes_to, no_to) = (
        |server: &str, more: &str| yes(&to(server, "app", more)),
        |server: &str, more: &str| no(&to(server, "app", more)),
    );
    vec![
        yes_to("a", &format!("sslmode=verify-ca {root}")),
        yes_to("a", &format!("sslmode=verify-full {root}")),
        yes_to("a", &format!("sslmode=verify-full host=localhost {root}")),
        yes_to("a", &format!("sslmode=require {root}")),
        yes_to("a", &format!("sslmode=verify-ca host=other.example hostaddr=127.0.0.1 {root}")),
        no_to("a", &format!("sslmode=verify-full host=other.example hostaddr=127.0.0.1 {root}")),
        yes_to("a", &format!("sslmode=verify-full host=LOCALHOST hostaddr=127.0.0.1 {root}")),
        Case::new(
            &to("a", "app", &format!("sslmode=verify-full host='' hostaddr=127.0.0.1 {root}")),
            super::Outcome::OnlyPgsnap("the certificate names the address"),
        ),
        no_to("a", &format!("sslmode=verify-full host=server.yourdomain.com hostaddr=127.0.0.1 {root}")),
        no_to("a", "sslmode=verify-ca sslrootcert={k}/other_root.crt"),
        no_to("a", "sslmode=require sslrootcert={k}/other_root.crt"),
        yes_to("a", "sslmode=prefer sslrootcert={k}/other_root.crt"),
        yes_to("a", "sslmode=allow sslrootcert={k}/other_root.crt"),
        no_to("a", "sslmode=verify-ca sslrootcert={k}/missing.crt"),
        yes_to("a", "sslmode=require sslrootcert={k}/missing.crt"),
        no_to("a", "sslmode=verify-ca sslrootcert={k}/my.cnf"),
        no_to("a", "sslmode=verify-full"),
        yes_to("a", "sslmode=verify-ca sslrootcert={k}/both.crt"),
        yes_to("a", "sslmode=verify-full").env("PGSSLROOTCERT", "{k}/root.crt"),
        yes_to("a", "sslmode=verify-full").file(".postgresql/root.crt", "{k:root.crt}", 0o644),
        no_to("a", "sslmode=require").file(".postgresql/root.crt", "{k:other_root.crt}", 0o644),
        yes_to("a", "sslmode=prefer").file(".postgresql/root.crt", "{k:other_root.crt}", 0o644),
        yes_to("a", "sslmode=disable").file(".postgresql/root.crt", "{k:other_root.crt}", 0o644),
        yes_to("a", "sslrootcert=system").env("SSL_CERT_FILE", "{k}/root.crt"),
        yes_to("a", "sslrootcert=system sslmode=verify-full host=localhost").env("SSL_CERT_FILE", "{k}/root.crt"),
        no_to("a", "sslrootcert=system host=other.example hostaddr=127.0.0.1").env("SSL_CERT_FILE", "{k}/root.crt"),
        no_to("a", "sslrootcert=system").env("SSL_CERT_FILE", "{k}/other_root.crt"),
        no_to("a", "sslrootcert=system sslmode=verify-ca").env("SSL_CERT_FILE", "{k}/root.crt"),
        // The manual's own certificates: version 1 without names, and one that signs itself.
        yes_to("b", &format!("sslmode=verify-ca {root}")),
        yes_to("b", &format!("sslmode=verify-full host=localhost {root}")),
        no_to("b", &format!("sslmode=verify-full {root}")),
        yes_to("c", "sslmode=verify-full host=localhost sslrootcert={k}/self.crt"),
        yes_to("c", "sslmode=verify-ca sslrootcert={k}/self.crt"),
        no_to("c", "sslmode=verify-full sslrootcert={k}/self.crt"),
        no_to("c", &format!("sslmode=verify-ca {root}")),
        yes_to("c", "sslmode=require"),
        // A certificate with names for others: the common name does not count beside them.
        no_to("w", &format!("sslmode=verify-full host=localhost {root}")),
        yes_to("w", &format!("sslmode=verify-ca host=localhost {root}")),
        yes_to("w", &format!("sslmode=verify-full host=db.example hostaddr=127.0.0.1 {root}")),
        yes_to("w", &format!("sslmode=verify-full host=db.other hostaddr=127.0.0.1 {root}")),
        no_to("w", &format!("sslmode=verify-full host=a.db.example hostaddr=127.0.0.1 {root}")),
        no_to("w", &format!("sslmode=verify-full host=example hostaddr=127.0.0.1 {root}")),
        yes_to("e", "sslmode=require"),
        no_to("e", &format!("sslmode=verify-ca {root}")),
        no_to("e", &format!("sslmode=require {root}")),
        yes_to("e", &format!("sslmode=prefer {root}")),
    ]
}

/// What the authorities have revoked.
pub fn revocation() -> Vec<Case> {
    let root = "sslrootcert={k}/root.crt";
    let (yes_to, no_to) = (
        |server: &str, more: &str| yes(&to(server, "app", more)),
        |server: &str, more: &str| no(&to(server, "app", more)),
    );
    vec![
        yes_to("a", &format!("sslmode=verify-ca {root} sslcrl={{k}}/harmless.crl")),
        no_to("a", &format!("sslmode=verify-ca {root} sslcrl={{k}}/revoked.crl")),
        no_to("a", &format!("sslmode=verify-ca {root}")).env("PGSSLCRL", "{k}/revoked.crl"),
        yes_to("a", &format!("sslmode=verify-ca {root} sslcrldir={{k}}/harmless")),
        no_to("a", &format!("sslmode=verify-ca {root} sslcrldir={{k}}/revoked")),
        no_to("a", &format!("sslmode=verify-ca {root}")).env("PGSSLCRLDIR", "{k}/revoked"),
        yes_to("a", &format!("sslmode=verify-ca {root} sslcrl={{k}}/missing.crl")),
        yes_to("a", "sslmode=require sslcrl={k}/revoked.crl"),
        // Only the root's list: the intermediate authority's is missed.
        no_to("a", &format!("sslmode=verify-ca {root} sslcrl={{k}}/nothing.crl")),
        no_to("a", &format!("sslmode=verify-ca {root}")).file(".postgresql/root.crl", "{k:revoked.crl}", 0o644),
        yes_to("a", &format!("sslmode=verify-ca {root} sslcrldir={{k}}/harmless")).file(
            ".postgresql/root.crl",
            "{k:revoked.crl}",
            0o644,
        ),
    ]
}

/// The client's own certificate.
pub fn clients() -> Vec<Case> {
    let with = |certificate: &str, key: &str| format!("sslmode=require sslcert={{k}}/{certificate} sslkey={{k}}/{key}");
    let own = with("client.crt", "client.key");
    let (yes_as, no_as) =
        (|role: &str, more: &str| yes(&to("a", role, more)), |role: &str, more: &str| no(&to("a", role, more)));
    let home = |case: Case| {
        case.file(".postgresql/postgresql.crt", "{k:client.crt}", 0o644).file(
            ".postgresql/postgresql.key",
            "{k:client.key}",
            0o600,
        )
    };
    vec![
        yes_as("by_certificate", &own),
        yes_as("by_certificate", &format!("{own} sslrootcert={{k}}/root.crt")),
        yes_as("mapped", &own),
        yes_as("by_both", &own),
        yes_as("app", &own),
        yes_as("by_certificate", &with("client.crt", "client.der")),
        yes_as("by_certificate", &format!("{} sslpassword={{pp}}", with("client.crt", "locked.key"))),
        yes_as("by_certificate", "sslmode=require")
            .env("PGSSLCERT", "{k}/client.crt")
            .env("PGSSLKEY", "{k}/client.key"),
        home(yes_as("by_certificate", "sslmode=require")),
        home(yes_as("by_certificate", "")),
        home(no_as("by_certificate", "sslmode=require sslcertmode=disable")),
        home(no_as("by_certificate", "sslmode=require")).env("PGSSLCERTMODE", "disable"),
        home(yes_as("by_certificate", "sslmode=require sslcertmode=allow")),
        no_as("by_certificate", "sslmode=require"),
        no_as("by_certificate", "sslmode=disable"),
        no_as("by_certificate", &with("stranger.crt", "stranger.key")),
        no_as("by_certificate", &with("client.crt", "stranger.key")),
        no_as("by_certificate", &with("client.crt", "exposed.key")),
        no_as("by_certificate", &with("client.crt", "missing.key")),
        no_as("by_certificate", &with("missing.crt", "client.key")),
        no_as("by_certificate", &with("my.cnf", "client.key")),
        no_as("by_certificate", &with("client.crt", "locked.key")),
        no_as("by_certificate", &format!("{} sslpassword=wrong", with("client.crt", "locked.key"))),
        no_as("by_both", "sslmode=require"),
        no_as("by_both", &format!("{own} password=wrong")),
        no_as("by_certificate", &format!("{own} require_auth=scram-sha-256")),
        yes_as("by_certificate", &format!("{own} require_auth=none")),
        // A key that cannot be used matters only where TLS is the only way.
        yes_as("app", &format!("{} sslmode=prefer", with("client.crt", "exposed.key"))),
        no_as("app", &with("client.crt", "exposed.key")),
        yes_as("app", &format!("{} sslmode=disable", with("client.crt", "exposed.key"))),
        yes_as("app", &with("missing.crt", "missing.key")),
        no_as("app", "sslmode=require").file(".postgresql/postgresql.crt", "{k:client.crt}", 0o644),
        home(yes_as("app", "sslmode=require sslkey={k}/client.key")),
        no_as("by_certificate", &format!("{own} sslnegotiation=direct sslcertmode=disable")),
        yes_as("by_certificate", &format!("{own} sslnegotiation=direct")),
        Case::new(
            &to("a", "by_certificate", &format!("{own} sslcertmode=require")),
            super::Outcome::OnlyPsql("sslcertmode=require is not supported"),
        ),
    ]
}
