//! Connection strings: `postgresql://…` URLs and `key=value …` strings into keywords and values.
//!
//! Owns the syntax and the list of keywords; does no I/O, applies no defaults and knows nothing of
//! environment variables (`settings.rs` does all three). The rules are libpq's (fe-connect.c,
//! `conninfo_parse` and `conninfo_uri_parse_options`) with three relaxations for strings written for
//! other clients: schemes such as `postgresql+psycopg2://`, parameters libpq does not know (ignored
//! with a warning) and `ssl=true`. Where a URL is probably torn by an unescaped `@` or `/` in the
//! password it is refused, because pieces of the password would otherwise show up as host or database.
//!
//! Invariant: no error and no warning contains a value, and a key only where it cannot be a torn value.

use std::collections::BTreeMap;

use crate::error::{Error, Fault, Result};

/// The keywords pgsnap acts on, by libpq's names.
pub const KEYWORDS: &[&str] = &[
    "host",
    "hostaddr",
    "port",
    "user",
    "password",
    "dbname",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "sslnegotiation",
    "channel_binding",
    "options",
    "application_name",
    "connect_timeout",
    "passfile",
];

/// libpq's keywords that change nothing for pgsnap: it pins the encoding, has one host, keeps TCP alive.
const HARMLESS: &[&str] = &[
    "client_encoding",
    "fallback_application_name",
    "gssdelegation",
    "gsslib",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "krbsrvname",
    "load_balance_hosts",
    "sslcompression",
    "sslkeylogfile",
    "sslsni",
    "tcp_user_timeout",
    "target_session_attrs",
];

/// libpq's keywords that must not be passed over, because the connection would be another one, or a
/// less safe one, than was asked for.
const REFUSED: &[&str] = &[
    "max_protocol_version",
    "min_protocol_version",
    "oauth_client_id",
    "oauth_issuer",
    "replication",
    "require_auth",
    "requirepeer",
    "requiressl",
    "service",
    "servicefile",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcertmode",
    "sslcrl",
    "sslcrldir",
    "sslpassword",
];

/// What a connection string says, and what it says that was ignored.
#[derive(Default, Clone, PartialEq, Eq)]
pub struct Conninfo {
    /// Values by keyword, one of [`KEYWORDS`]. An empty value was given as such: it asks for the default.
    pub values: BTreeMap<&'static str, String>,
    /// Sentences about ignored parameters; they contain no values.
    pub warnings: Vec<String>,
}

/// True where `-d` means a connection string rather than the name of a database (libpq's rule: a URL,
/// or anything with an equals sign).
pub fn is_connection_string(text: &str) -> bool {
    text.contains("://") || text.contains('=')
}

/// Reads a URL or a keyword string.
///
/// # Errors
/// [`Fault::Usage`] for bad syntax, [`Fault::Unsupported`] for a keyword pgsnap must not ignore.
pub fn parse(text: &str) -> Result<Conninfo> {
    let text = text.trim();
    match split_scheme(text) {
        Some((scheme, rest)) => {
            let base = scheme.split('+').next().unwrap_or_default().to_ascii_lowercase();
            if !matches!(base.as_str(), "postgres" | "postgresql") {
                return Err(usage(format!("{scheme}:// is not a PostgreSQL URL"))
                    .hint("a PostgreSQL URL starts with postgresql:// or postgres://"));
            }
            parse_url(rest)
        }
        None if text.contains('=') => parse_keywords(text),
        None => Err(usage("this is neither a URL nor a list of keyword=value")
            .hint("write postgresql://user@host:port/database, or host=… port=… user=… dbname=…")),
    }
}

fn usage(text: impl Into<String>) -> Error {
    Error::new(Fault::Usage, text)
}

/// The scheme and what follows `://`; `None` where the text in front of it is no scheme. JDBC's prefix
/// is dropped: what follows it has the shape of a libpq URL.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.strip_prefix("jdbc:").unwrap_or(text).split_once("://")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    (scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(plain)).then_some((scheme, rest))
}

fn parse_url(rest: &str) -> Result<Conninfo> {
    let mut info = Conninfo::default();
    // The user's part ends at the first '@' that comes before any '/'.
    let before_slash = &rest[..rest.find('/').unwrap_or(rest.len())];
    let (userinfo, rest) = match before_slash.find('@') {
        Some(at) => (Some(&rest[..at]), &rest[at + 1..]),
        None => (None, rest),
    };
    if let Some(userinfo) = userinfo {
        let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
        info.put_decoded("user", user)?;
        info.put_decoded("password", password)?;
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    if authority.contains('@') {
        return Err(torn("an '@' in the user name or password must be written %40"));
    }
    info.put_authority(authority)?;
    let (path, query) = match rest.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (rest, None),
    };
    let database = path.strip_prefix('/').unwrap_or(path);
    if database.contains('@') {
        return Err(torn("a '/' in the password must be written %2F, an '@' in the database's name %40"));
    }
    info.put_decoded("dbname", database)?;
    for parameter in query.unwrap_or_default().split('&').filter(|parameter| !parameter.is_empty()) {
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        info.put_parameter(&decode(key)?, decode(value)?)?;
    }
    Ok(info)
}

fn torn(hint: &str) -> Error {
    usage("the URL cannot be taken apart").hint(hint)
}

/// Undoes percent-encoding. A plus sign stays one, as in libpq.
fn decode(text: &str) -> Result<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |at: usize| tail.get(at).and_then(|&c| char::from(c).to_digit(16));
        let (Some(high), Some(low)) = (digit(0), digit(1)) else {
            return Err(usage("a '%' is not followed by two hexadecimal digits").hint("write a '%' itself as %25"));
        };
        // Two hexadecimal digits make at most 255.
        bytes.push((high * 16 + low) as u8);
        rest = &tail[2..];
    }
    if bytes.contains(&0) {
        return Err(usage("the URL contains %00"));
    }
    String::from_utf8(bytes).map_err(|_| usage("the URL's percent-encoding does not give UTF-8"))
}

/// The libpq mode meant by node's, JDBC's and asyncpg's `ssl=…`.
fn ssl_alias(value: &str) -> &str {
    match value {
        "true" | "1" | "on" | "yes" => "require",
        "false" | "0" | "off" | "no" => "disable",
        other => other,
    }
}

/// A key fit to be printed: short and made of identifier characters.
fn printable(key: &str) -> bool {
    key.len() <= 40 && !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

impl Conninfo {
    /// Stores a component of a URL; an empty one was not given (libpq, so that PGDATABASE still counts).
    fn put_decoded(&mut self, keyword: &'static str, raw: &str) -> Result<()> {
        let value = decode(raw)?;
        if !value.is_empty() {
            self.values.insert(keyword, value);
        }
        Ok(())
    }

    fn put_authority(&mut self, authority: &str) -> Result<()> {
        let (host, after) = match authority.strip_prefix('[') {
            Some(inner) => {
                let Some((address, after)) = inner.split_once(']') else {
                    return Err(usage("the IPv6 address in the URL has no closing ']'"));
                };
                if address.is_empty() {
                    return Err(usage("the IPv6 address in the URL is empty"));
                }
                if !after.is_empty() && !after.starts_with([':', ',']) {
                    return Err(usage("after ']' the URL must go on with ':', '/' or '?'"));
                }
                (address, after)
            }
            None => authority.split_at(authority.find([':', ',']).unwrap_or(authority.len())),
        };
        if after.contains(',') {
            return Err(several_hosts());
        }
        let port = after.strip_prefix(':').unwrap_or_default();
        if !port.chars().all(|c| c.is_ascii_digit()) {
            return Err(usage("the port in the URL is not a number")
                .hint("a ':', '/', '?' or '@' in the password must be percent-encoded (%3A %2F %3F %40)"));
        }
        self.put_decoded("host", host)?;
        self.put_decoded("port", port)
    }

    /// One `key=value` after the question mark.
    fn put_parameter(&mut self, key: &str, value: String) -> Result<()> {
        if key == "ssl" {
            self.values.insert("sslmode", ssl_alias(&value).to_string());
        } else if !self.put_known(key, value)? {
            self.warnings.push(match printable(key) {
                true => format!("ignored the URL's parameter {key}, which is not one of libpq's"),
                false => "ignored a parameter of the URL that is not one of libpq's".into(),
            });
        }
        Ok(())
    }

    /// Stores a value by its keyword; false where libpq has no such keyword.
    fn put_known(&mut self, key: &str, value: String) -> Result<bool> {
        if let Some(keyword) = KEYWORDS.iter().find(|keyword| **keyword == key) {
            if matches!(*keyword, "host" | "hostaddr" | "port") && value.contains(',') {
                return Err(several_hosts());
            }
            self.values.insert(keyword, value);
            return Ok(true);
        }
        let refused = REFUSED.contains(&key) || key == "gssencmode" && value == "require";
        if refused {
            return Err(Error::new(Fault::Unsupported, format!("the connection parameter {key} is not supported")));
        }
        if key == "target_session_attrs" && value != "any" {
            self.warnings.push("ignored target_session_attrs: pgsnap takes the one server it is given".into());
        }
        Ok(HARMLESS.contains(&key) || key == "gssencmode")
    }
}

fn several_hosts() -> Error {
    Error::new(Fault::Unsupported, "the connection names several hosts").hint("name the one to use")
}

/// `key = value` pairs. Blanks may stand round the equals sign; values with blanks are in single
/// quotes; a backslash takes the next character literally, in quotes and out of them.
fn parse_keywords(text: &str) -> Result<Conninfo> {
    let mut info = Conninfo::default();
    let mut rest = text.trim_start();
    let mut after_secret = false;
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let (key, tail) = rest.split_at(end);
        // What follows an unquoted password with a blank in it is a piece of the password.
        let named = |problem: &str| match printable(key) && !after_secret {
            true => format!("{problem} ({key})"),
            false => format!("{problem} (a value with blanks needs single quotes)"),
        };
        let Some(tail) = tail.trim_start().strip_prefix('=') else {
            return Err(usage(named("a word in the connection string is not followed by '='")));
        };
        let (value, tail) = take_value(tail.trim_start())?;
        if !info.put_known(key, value)? {
            return Err(usage(named("the connection string has an unknown keyword")));
        }
        after_secret = key == "password" || after_secret;
        rest = tail.trim_start();
    }
    Ok(info)
}

/// One value and what follows it.
fn take_value(text: &str) -> Result<(String, &str)> {
    let (quoted, body) = match text.strip_prefix('\'') {
        Some(body) => (true, body),
        None => (false, text),
    };
    let mut value = String::new();
    let mut chars = body.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => value.extend(chars.next().map(|(_, next)| next)),
            '\'' if quoted => return Ok((value, &body[at + 1..])),
            c if !quoted && c.is_whitespace() => return Ok((value, &body[at..])),
            c => value.push(c),
        }
    }
    match quoted {
        true => Err(usage("a quoted value in the connection string has no closing quote")),
        false => Ok((value, "")),
    }
}

#[cfg(test)]
mod tests;
