//! Connection strings: `postgresql://…` URLs and `key=value …` strings into keywords and values.
//!
//! Owns the syntax; does no I/O, applies no defaults and knows nothing of environment variables. Which
//! keywords there are is `keywords.rs`'s. The rules are libpq's (fe-connect.c, `conninfo_parse` and
//! `conninfo_uri_parse_options`) with relaxations for strings written for other clients: schemes such as
//! `postgresql+psycopg2://`, parameters libpq does not know (ignored with a warning), `ssl=…`, and blanks
//! inside a URL's values. Where a URL is probably torn by an unescaped `@` or `/` in the password it is
//! refused, because pieces of the password would otherwise show up as host or database.
//!
//! Invariant: no error and no warning contains a value, and a key only where it cannot be a torn value.

use std::collections::BTreeMap;

use super::keywords;
use crate::error::{Error, Fault, Result};

/// What a connection string says, and what it says that was ignored.
#[derive(Default, Clone, PartialEq, Eq)]
pub struct Conninfo {
    /// Values by keyword. An empty value was given as such: it asks for the default.
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
    match split_scheme(text.trim()) {
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
    info.put_hosts(authority)?;
    let (path, query) = match rest.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (rest, None),
    };
    let database = path.strip_prefix('/').unwrap_or(path);
    if database.contains('@') && authority.contains(':') {
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

/// Undoes percent-encoding. A plus sign stays one, and spaces at either end go, as in libpq.
fn decode(text: &str) -> Result<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.trim_matches(' ').as_bytes();
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

    /// `host:port,host:port`: two lists of equal length, as libpq makes them.
    fn put_hosts(&mut self, authority: &str) -> Result<()> {
        let (mut hosts, mut ports, mut rest) = (String::new(), String::new(), authority);
        loop {
            let (host, after) = take_host(rest)?;
            hosts.push_str(host);
            let (port, next) = match after.split_once(',') {
                Some((port, next)) => (port, Some(next)),
                None => (after, None),
            };
            let port = decode(port.strip_prefix(':').unwrap_or_default())?;
            if !port.chars().all(|c| c.is_ascii_digit()) {
                return Err(usage("the port in the URL is not a number")
                    .hint("a ':', '/', '?' or '@' in the password must be percent-encoded (%3A %2F %3F %40)"));
            }
            ports.push_str(&port);
            let Some(next) = next else { break };
            hosts.push(',');
            ports.push(',');
            rest = next;
        }
        self.put_decoded("host", &hosts)?;
        // Commas alone name no port, and libpq would count them as several empty ones: the same thing.
        self.put_decoded("port", &ports)
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
        if key == "requiressl" {
            let mode = if value.starts_with('1') { "require" } else { "prefer" };
            self.values.insert("sslmode", mode.to_string());
            return Ok(true);
        }
        match keywords::find(key) {
            Ok(Some(keyword)) => {
                self.values.insert(keyword, value);
                Ok(true)
            }
            Ok(None) => Ok(true),
            Err(Some(error)) => Err(error),
            Err(None) => Ok(false),
        }
    }
}

/// One host of a URL's list, an IPv6 address without its brackets, and what follows it.
fn take_host(text: &str) -> Result<(&str, &str)> {
    let Some(inner) = text.strip_prefix('[') else {
        return Ok(text.split_at(text.find([':', ',']).unwrap_or(text.len())));
    };
    let Some((address, after)) = inner.split_once(']') else {
        return Err(usage("the IPv6 address in the URL has no closing ']'"));
    };
    if address.is_empty() {
        return Err(usage("the IPv6 address in the URL is empty"));
    }
    if !after.is_empty() && !after.starts_with([':', ',']) {
        return Err(usage("after ']' the URL must go on with ':', ',', '/' or '?'"));
    }
    Ok((address, after))
}

/// C's `isspace`, which libpq splits keyword strings by.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\x0b' | '\x0c' | '\r')
}

/// `key = value` pairs. Blanks may stand round the equals sign; values with blanks are in single
/// quotes; a backslash takes the next character literally, in quotes and out of them.
fn parse_keywords(text: &str) -> Result<Conninfo> {
    let mut info = Conninfo::default();
    let mut rest = text.trim_start_matches(is_blank);
    let mut after_secret = false;
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == '=' || is_blank(c)).unwrap_or(rest.len());
        let (key, tail) = rest.split_at(end);
        // What follows an unquoted password with a blank in it is a piece of the password.
        let named = |problem: &str| match printable(key) && !after_secret {
            true => format!("{problem} ({key})"),
            false => format!("{problem} (a value with blanks needs single quotes)"),
        };
        let Some(tail) = tail.trim_start_matches(is_blank).strip_prefix('=') else {
            return Err(usage(named("a word in the connection string is not followed by '='")));
        };
        let (value, tail) = take_value(tail.trim_start_matches(is_blank))?;
        if !info.put_known(key, value)? {
            return Err(usage(named("the connection string has an unknown keyword")));
        }
        after_secret = key == "password" || after_secret;
        rest = tail.trim_start_matches(is_blank);
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
            c if !quoted && is_blank(c) => return Ok((value, &body[at..])),
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
