//! The lists of `host`, `hostaddr` and `port` into the places to try.
//!
//! Owns libpq's rules for the lists (`pqConnectOptions2` in fe-connect.c): how long each may be, what an
//! empty element means, which hosts are sockets. Pure, but for the question where a socket is. What a name
//! resolves to is `open.rs`'s.

use std::net::IpAddr;
use std::path::PathBuf;

use super::outside::Outside;
use super::provenance::Source;
use super::settings::Password;
use crate::error::{Error, Fault, Result};

/// PostgreSQL's own port.
const PORT_DEFAULT: u16 = 5432;

/// How a server is addressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// The directory of a Unix socket; `@…` is one in Linux's abstract namespace.
    Socket(PathBuf),
    /// A name or an address.
    Name(String),
}

/// One server to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Where it is.
    pub host: Host,
    /// The address to connect to instead of looking `host` up.
    pub address: Option<IpAddr>,
    /// The port, for sockets too.
    pub port: u16,
    /// Its line of the password file, where no password was given.
    pub filed: Option<Password>,
}

impl Place {
    /// True for a socket or an address of this machine.
    pub fn is_local(&self) -> bool {
        match (&self.host, self.address) {
            (_, Some(address)) => address.is_loopback(),
            (Host::Socket(_), None) => true,
            (Host::Name(name), None) => {
                name.eq_ignore_ascii_case("localhost")
                    || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
            }
        }
    }

    /// The server in a message: `db.example:5432`, `[::1]:5432` or `the socket /tmp/.s.PGSQL.5432`.
    pub fn server(&self) -> String {
        match &self.host {
            Host::Socket(directory) => format!("the socket {}/.s.PGSQL.{}", directory.display(), self.port),
            Host::Name(name) if name.contains(':') => format!("[{name}]:{}", self.port),
            Host::Name(name) => format!("{name}:{}", self.port),
        }
    }
}

/// A list as it was given, and where.
pub type List = Option<(String, Source)>;

/// The places, in their order, at least one. What is wrong with one of several is a warning: libpq would go
/// on to the next.
///
/// # Errors
/// [`Fault::Usage`] where the lists do not match, or no place is left.
pub fn places(
    hosts: &List,
    addresses: &List,
    ports: &List,
    outside: &Outside<'_>,
    warnings: &mut Vec<String>,
) -> Result<Vec<Place>> {
    let split = |list: &List| -> Vec<String> {
        list.iter().flat_map(|(text, _)| text.split(',')).map(str::to_string).collect()
    };
    let (names, numbers, port_texts) = (split(hosts), split(addresses), split(ports));
    let count = [numbers.len(), names.len(), 1].into_iter().find(|count| *count > 0).unwrap_or(1);
    if !names.is_empty() && names.len() != count {
        return Err(usage(format!("{} host names cannot be matched with {count} addresses (hostaddr)", names.len())));
    }
    if port_texts.len() > 1 && port_texts.len() != count {
        return Err(usage(format!("{} port numbers cannot be matched with {count} hosts", port_texts.len())));
    }
    let source = |list: &List| list.as_ref().map_or(Source::DEFAULT, |(_, source)| source.clone());
    let mut found = Vec::new();
    let mut problem = None;
    for at in 0..count {
        let at_or_only = |list: &[String]| list.get(if list.len() == 1 { 0 } else { at }).cloned().unwrap_or_default();
        let place = port(&at_or_only(&port_texts), &source(ports)).and_then(|port| {
            let address = address(numbers.get(at).map_or("", String::as_str), &source(addresses))?;
            let host = host(names.get(at).map_or("", String::as_str), address, port, outside);
            Ok(Place { host, address, port, filed: None })
        });
        match place {
            Ok(place) => found.push(place),
            Err(error) => problem = Some(error),
        }
    }
    match problem {
        Some(error) if found.is_empty() => Err(error),
        Some(error) => {
            warnings.push(format!("one of the hosts cannot be tried: {}", error.doing()));
            Ok(found)
        }
        None => Ok(found),
    }
}

fn usage(text: String) -> Error {
    Error::new(Fault::Usage, text).hint("give one of each per host, or a single port for all")
}

fn port(text: &str, source: &Source) -> Result<u16> {
    match text.trim() {
        "" => Ok(PORT_DEFAULT),
        text => text
            .parse::<u16>()
            .ok()
            .filter(|port| *port > 0)
            .ok_or_else(|| Error::new(Fault::Usage, format!("the port of {source} is not between 1 and 65535"))),
    }
}

fn address(text: &str, source: &Source) -> Result<Option<IpAddr>> {
    match text {
        "" => Ok(None),
        text => match text.parse() {
            Ok(address) => Ok(Some(address)),
            Err(_) => Err(Error::new(Fault::Usage, format!("{source} is not a numeric address"))),
        },
    }
}

/// An address alone is its own name; nothing at all is this machine.
fn host(name: &str, address: Option<IpAddr>, port: u16, outside: &Outside<'_>) -> Host {
    match (name, address) {
        ("", Some(address)) => Host::Name(address.to_string()),
        ("", None) => match outside.socket_directory(port) {
            Some(directory) => Host::Socket(directory),
            None => Host::Name("localhost".into()),
        },
        (name, None) if name.starts_with(['/', '@']) => Host::Socket(name.into()),
        (name, _) => Host::Name(name.into()),
    }
}
