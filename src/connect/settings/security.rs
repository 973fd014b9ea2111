//! What is asked of TLS and of authentication.
//!
//! Owns the meaning of libpq's words, their defaults and which contradict each other (`pqConnectOptions2` in
//! fe-connect.c). Whether the files exist and fit is for the attempt that uses them (`tls.rs`), as with
//! libpq: a socket, or a server that offers no TLS, never looks at them.

use std::path::PathBuf;

use super::super::draft::Draft;
use super::super::outside::Outside;
use super::Password;
use crate::error::{Error, Fault, Result};

/// libpq's sslmode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SslMode {
    /// Plain only.
    Disable,
    /// Plain, then TLS if the server refuses.
    Allow,
    /// TLS, then plain if that fails.
    Prefer,
    /// TLS; the certificate is checked only where a root certificate is there.
    Require,
    /// TLS; the certificate must come from a trusted authority.
    VerifyCa,
    /// TLS; and it must be the host's.
    VerifyFull,
}

/// As libpq names them.
const MODES: [(&str, SslMode); 6] = [
    ("disable", SslMode::Disable),
    ("allow", SslMode::Allow),
    ("prefer", SslMode::Prefer),
    ("require", SslMode::Require),
    ("verify-ca", SslMode::VerifyCa),
    ("verify-full", SslMode::VerifyFull),
];

impl SslMode {
    /// As libpq names it.
    pub fn name(self) -> &'static str {
        MODES.iter().find(|(_, mode)| *mode == self).map_or("", |(name, _)| name)
    }
}

/// The authorities a server's certificate is checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Roots {
    /// `sslrootcert=system`: the machine's.
    System,
    /// A file in PEM, which may be missing.
    File(PathBuf),
}

/// A version of the TLS protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Protocol {
    Tls1,
    Tls1_1,
    Tls1_2,
    Tls1_3,
}

/// Everything about TLS. Files named in the connection and libpq's own in the home directory alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// How much of it.
    pub mode: SslMode,
    /// `sslrootcert`, else `~/.postgresql/root.crt`.
    pub roots: Option<Roots>,
    /// `sslcert`, else `~/.postgresql/postgresql.crt`; `None` with sslcertmode=disable.
    pub certificate: Option<PathBuf>,
    /// `sslkey`, else `~/.postgresql/postgresql.key`.
    pub key: Option<PathBuf>,
    /// `sslpassword`, the key's.
    pub key_password: Option<Password>,
    /// `sslcrl`, else `~/.postgresql/root.crl` where no directory is given.
    pub revoked: Option<PathBuf>,
    /// `sslcrldir`.
    pub revoked_directory: Option<PathBuf>,
    /// The oldest protocol; `None` leaves it to OpenSSL.
    pub oldest: Option<Protocol>,
    /// The newest protocol.
    pub newest: Option<Protocol>,
    /// Whether the server is told which name it was called by.
    pub sni: bool,
    /// `sslnegotiation=direct` (17+).
    pub direct: bool,
}

/// Whether the password exchange is tied to the TLS connection (SCRAM-SHA-256-PLUS).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelBinding {
    /// Never.
    Disable,
    /// Where possible.
    Prefer,
    /// Or no connection.
    Require,
}

/// A way to authenticate, as `require_auth` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Method {
    Password,
    Md5,
    Gss,
    Sspi,
    ScramSha256,
    OAuth,
    /// The server asks for nothing.
    None,
}

const METHODS: [(&str, Method); 7] = [
    ("password", Method::Password),
    ("md5", Method::Md5),
    ("gss", Method::Gss),
    ("sspi", Method::Sspi),
    ("scram-sha-256", Method::ScramSha256),
    ("oauth", Method::OAuth),
    ("none", Method::None),
];

impl Method {
    /// As `require_auth` names it.
    pub fn name(self) -> &'static str {
        METHODS.iter().find(|(_, method)| *method == self).map_or("", |(name, _)| name)
    }
}

/// The methods that `require_auth` lets the server ask for; `None` for any.
pub fn methods(draft: &Draft) -> Result<Option<Vec<Method>>> {
    let Some((value, source)) = draft.text("require_auth") else { return Ok(None) };
    let bad = |what: &str| Error::new(Fault::Usage, format!("the require_auth of {source} {what}"));
    let negative = value.starts_with('!');
    let mut listed = Vec::new();
    for word in value.split(',') {
        if word.starts_with('!') != negative {
            return Err(bad("mixes methods with and without '!'"));
        }
        let name = word.strip_prefix('!').unwrap_or(word);
        let Some((_, method)) = METHODS.iter().find(|(known, _)| *known == name) else {
            let names = METHODS.map(|(name, _)| name).join(", ");
            return Err(bad("names a method that is not known").hint(format!("known are {names}")));
        };
        if listed.contains(method) {
            return Err(bad("names a method twice"));
        }
        listed.push(*method);
    }
    let wanted = |method: &Method| listed.contains(method) != negative;
    Ok(Some(METHODS.map(|(_, method)| method).into_iter().filter(wanted).collect()))
}

/// `channel_binding`.
pub fn channel_binding(draft: &Draft) -> Result<ChannelBinding> {
    draft.choice(
        "channel_binding",
        ChannelBinding::Prefer,
        &[
            ("disable", ChannelBinding::Disable),
            ("prefer", ChannelBinding::Prefer),
            ("require", ChannelBinding::Require),
        ],
    )
}

/// What is asked of TLS.
pub fn tls(draft: &Draft, outside: &Outside<'_>) -> Result<Tls> {
    let roots = match draft.text("sslrootcert") {
        Some((value, _)) if value == "system" => Some(Roots::System),
        Some((value, _)) => Some(Roots::File(value.into())),
        None => outside.home_file(".postgresql/root.crt").map(Roots::File),
    };
    let mode = mode(draft, roots == Some(Roots::System))?;
    let direct = draft.choice("sslnegotiation", false, &[("postgres", false), ("direct", true)])?;
    if direct && mode < SslMode::Require {
        return Err(Error::new(Fault::Usage, "sslnegotiation=direct needs sslmode=require or stricter"));
    }
    let own = |keyword, default: &str| match draft.text(keyword) {
        Some((value, _)) => Some(PathBuf::from(value)),
        None => outside.home_file(default),
    };
    if draft.choice("sslcertmode", false, &[("disable", false), ("allow", false), ("require", true)])? {
        return Err(Error::new(Fault::Unsupported, "sslcertmode=require is not supported")
            .hint("sslcertmode=allow shows the certificate to a server that asks for it"));
    }
    let with_certificate = draft.text("sslcertmode").is_none_or(|(mode, _)| mode != "disable");
    let revoked_directory = draft.text("sslcrldir").map(|(value, _)| PathBuf::from(value));
    let (oldest, newest) = protocols(draft)?;
    Ok(Tls {
        mode,
        roots,
        certificate: own("sslcert", ".postgresql/postgresql.crt").filter(|_| with_certificate),
        key: own("sslkey", ".postgresql/postgresql.key"),
        key_password: draft.text("sslpassword").map(|(value, _)| Password::new(value)),
        revoked: match draft.text("sslcrl") {
            Some((value, _)) => Some(value.into()),
            None => outside.home_file(".postgresql/root.crl").filter(|_| revoked_directory.is_none()),
        },
        revoked_directory,
        oldest,
        newest,
        // libpq looks at the first letter only.
        sni: draft.text("sslsni").is_none_or(|(value, _)| value.starts_with('1')),
        direct,
    })
}

fn mode(draft: &Draft, system: bool) -> Result<SslMode> {
    let default = if system { SslMode::VerifyFull } else { SslMode::Prefer };
    // node-postgres' name for what libpq calls require.
    let mut known = MODES.to_vec();
    known.push(("no-verify", SslMode::Require));
    let mode = draft.choice("sslmode", default, &known)?;
    if system && mode != SslMode::VerifyFull {
        return Err(Error::new(Fault::Usage, "sslrootcert=system needs sslmode=verify-full")
            .hint("any certificate of a public authority would pass otherwise"));
    }
    Ok(mode)
}

/// The oldest and the newest protocol. An empty value, which libpq takes for "no limit", is the default here
/// for the oldest, because empty values ask for defaults everywhere else.
fn protocols(draft: &Draft) -> Result<(Option<Protocol>, Option<Protocol>)> {
    let read = |keyword: &str, default| {
        let Some((value, source)) = draft.text(keyword) else { return Ok(default) };
        match value.to_ascii_lowercase().as_str() {
            "tlsv1" => Ok(Some(Protocol::Tls1)),
            "tlsv1.1" => Ok(Some(Protocol::Tls1_1)),
            "tlsv1.2" => Ok(Some(Protocol::Tls1_2)),
            "tlsv1.3" => Ok(Some(Protocol::Tls1_3)),
            _ => Err(Error::new(Fault::Usage, format!("the {keyword} of {source} is not known"))
                .hint("one of TLSv1, TLSv1.1, TLSv1.2, TLSv1.3")),
        }
    };
    let oldest = read("ssl_min_protocol_version", Some(Protocol::Tls1_2))?;
    let newest = read("ssl_max_protocol_version", None)?;
    if newest.is_some() && newest < oldest {
        return Err(Error::new(Fault::Usage, "ssl_max_protocol_version is below ssl_min_protocol_version"));
    }
    Ok((oldest, newest))
}
