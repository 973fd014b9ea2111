//! From settings to a session: which server, which address, which kind of encryption, in which order.
//!
//! Owns libpq's loops (`PQconnectPoll` in fe-connect.c): hosts, the addresses of each, TLS before or after
//! plain, and which failure ends them all. What is said of a failure is `refusal.rs`'s, one connection's bytes
//! `wire.rs`'s.
//!
//! Invariant: once a connection stands, all further ones of these settings go to the same address and bring
//! the same password.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::config::{ChannelBinding as DriverBinding, SslMode as DriverMode, SslNegotiation};
use tokio_postgres::{Client, Config, Connection};

use super::hosts::{Host, Place};
use super::pins::Purpose;
use super::prompt::{self, Prompt};
use super::refusal::Refusal;
use super::session::{self, Session};
use super::settings::security::{ChannelBinding, SslMode};
use super::settings::{Attributes, Settings};
use super::wire::{Opening, Ready, Seen, Wire};
use crate::error::{Error, Fault, Result};

/// What every server knows of the settings that would otherwise bind the time until the session's own are pinned.
const UNHURRIED: &str = "-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0";

/// One way to connect.
#[derive(Clone)]
pub struct Route {
    /// The server, with its address.
    pub place: Place,
    /// Whether to begin with TLS.
    pub secure: bool,
    /// The marker in the startup packet; `None` for a bare one.
    pub marker: Option<String>,
}

/// A client whose connection nobody drives yet.
pub struct Opened {
    /// The driver's client.
    pub client: Client,
    /// What must be driven.
    pub connection: Connection<Wire, Wire>,
    /// The terms of TLS.
    pub agreed: Option<super::tls::Agreed>,
    /// What was seen of the authentication.
    pub seen: Arc<Seen>,
}

/// Opens a session, and asks a person for the password where that may be done.
pub async fn open(settings: Arc<Settings>, purpose: Purpose) -> Result<Session> {
    let typed = &settings.memory.typed;
    if settings.prompt == Prompt::Always && typed.get().is_none() {
        match prompt::ask(&settings.user).await {
            Some(password) => _ = typed.set(password),
            None => {
                return Err(Error::new(Fault::Usage, "-W asks for a password, and there is no terminal to ask on"));
            }
        }
    }
    match open_any(&settings, purpose).await {
        Err((error, true)) if settings.prompt == Prompt::Needed && typed.get().is_none() => {
            let Some(password) = prompt::ask(&settings.user).await else { return Err(error) };
            let _ = typed.set(password);
            open_any(&settings, purpose).await.map_err(|(error, _)| error)
        }
        result => result.map_err(|(error, _)| error),
    }
}

/// Tries the servers. The error comes with whether it is a password that is missing.
async fn open_any(settings: &Arc<Settings>, purpose: Purpose) -> std::result::Result<Session, (Error, bool)> {
    let memory = &settings.memory.place;
    let (places, wanted) = match memory.get() {
        Some(place) => (vec![place.clone()], vec![Attributes::Any]),
        None => (ordered(settings.places.clone(), settings.shuffled), passes(settings.attributes)),
    };
    let mut failures: Vec<(Place, Refusal, Option<Refusal>)> = Vec::new();
    'all: for wanted in wanted {
        for place in &places {
            let addressed = match bounded(settings.connect_timeout, addresses(place, settings.shuffled)).await {
                Ok(addressed) => addressed,
                Err(refusal) => {
                    failures.push((place.clone(), refusal, None));
                    continue;
                }
            };
            for place in addressed {
                // What the attempt before the last met; kept outside, so that the limit cannot lose it.
                let mut before = None;
                let attempt = open_address(settings, purpose, &place, wanted, &mut before);
                match bounded(settings.connect_timeout, attempt).await {
                    Ok(session) => {
                        let _ = memory.set(place);
                        return Ok(session);
                    }
                    Err(refusal) => {
                        let (end, next) = (refusal.is_final(), matches!(refusal, Refusal::Unsuitable(_)));
                        failures.push((place, refusal, before));
                        if end {
                            break 'all;
                        }
                        if next {
                            break;
                        }
                    }
                }
            }
        }
    }
    Err(Refusal::explain(failures, settings))
}

/// libpq's prefer-standby is two rounds.
fn passes(wanted: Attributes) -> Vec<Attributes> {
    match wanted {
        Attributes::PreferStandby => vec![Attributes::Standby, Attributes::Any],
        wanted => vec![wanted],
    }
}

/// The same, or in an order that nobody can foretell (load_balance_hosts=random).
fn ordered<T>(mut list: Vec<T>, shuffled: bool) -> Vec<T> {
    if shuffled {
        for at in (1..list.len()).rev() {
            let random = RandomState::new().hash_one(at);
            // A remainder below the length of a list fits.
            list.swap(at, (random % (at as u64 + 1)) as usize);
        }
    }
    list
}

async fn bounded<T>(
    limit: Option<Duration>,
    work: impl Future<Output = std::result::Result<T, Refusal>>,
) -> std::result::Result<T, Refusal> {
    match limit {
        None => work.await,
        Some(limit) => timeout(limit, work).await.unwrap_or(Err(Refusal::TimedOut(limit))),
    }
}

/// The place with each of its addresses, in the resolver's order.
async fn addresses(place: &Place, shuffled: bool) -> std::result::Result<Vec<Place>, Refusal> {
    let Host::Name(name) = &place.host else { return Ok(vec![place.clone()]) };
    if place.address.is_some() {
        return Ok(vec![place.clone()]);
    }
    let found = tokio::net::lookup_host((name.as_str(), place.port)).await.map_err(Refusal::Lookup)?;
    let mut addresses: Vec<IpAddr> = Vec::new();
    for address in found.map(|address| address.ip()) {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    let with = |address| Place { address: Some(address), ..place.clone() };
    Ok(ordered(addresses, shuffled).into_iter().map(with).collect())
}

/// With TLS and without, in the order to try. Sockets never use TLS (libpq ignores sslmode there).
fn attempts(settings: &Settings, place: &Place) -> &'static [bool] {
    match (&place.host, settings.tls.mode) {
        (Host::Socket(_), _) | (_, SslMode::Disable) => &[false],
        (_, SslMode::Allow) => &[false, true],
        (_, SslMode::Prefer) => &[true, false],
        (_, SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull) => &[true],
    }
}

/// Tries one address in all ways that make sense.
async fn open_address(
    settings: &Arc<Settings>,
    purpose: Purpose,
    place: &Place,
    wanted: Attributes,
    before: &mut Option<Refusal>,
) -> std::result::Result<Session, Refusal> {
    let modes = attempts(settings, place);
    for (at, &secure) in modes.iter().enumerate() {
        let mut route = Route { place: place.clone(), secure, marker: Some(session::new_marker()) };
        let mut result = session::start(settings, purpose, &route, wanted).await;
        if result.as_ref().is_err_and(Refusal::wants_bare_startup) {
            route.marker = None;
            result = session::start(settings, purpose, &route, wanted).await;
        }
        match result {
            Err(refusal) if at + 1 < modes.len() && refusal.wants_other_tls() => *before = Some(refusal),
            result => return result,
        }
    }
    Err(Refusal::Unfit(Error::new(Fault::Connect, "no way to connect")))
}

/// Connects and authenticates.
pub async fn connect(settings: &Settings, route: &Route) -> std::result::Result<Opened, Refusal> {
    let wire = wire(settings, route).await?;
    let agreed = wire.agreed.clone();
    let seen = Arc::new(Seen::default());
    let wire = wire.watched(settings.methods.as_deref(), &seen);
    match config(settings, route).connect_raw(wire, Ready).await {
        Ok((client, connection)) => Ok(Opened { client, connection, agreed, seen }),
        Err(error) => match seen.refused.get() {
            Some(text) => Err(Error::new(Fault::Connect, text.clone()).into()),
            None => Err(Refusal::Driver(error)),
        },
    }
}

/// The stream of a route.
pub async fn wire(settings: &Settings, route: &Route) -> std::result::Result<Wire, Refusal> {
    match Wire::open(settings, &route.place, route.secure).await {
        Opening::Open(wire) => Ok(*wire),
        Opening::Plain(wire) if settings.tls.mode == SslMode::Prefer => Ok(*wire),
        Opening::Plain(_) => {
            let text = "the server does not support TLS, and sslmode requires it";
            Err(Refusal::Tls(Error::new(Fault::Connect, text).hint("check sslmode (PGSSLMODE)")))
        }
        Opening::Unreachable(error) => Err(Refusal::Unreachable(error)),
        Opening::NoTls(error) => Err(Refusal::Tls(error)),
        Opening::Wrong(error) => Err(Refusal::Unfit(error)),
    }
}

fn config(settings: &Settings, route: &Route) -> Config {
    let mut config = Config::new();
    config.user(&settings.user).dbname(&settings.database);
    if let Some(password) = settings.password_for(&route.place) {
        config.password(password.expose());
    }
    let marker = route.marker.as_ref().map(|marker| format!("-c pgsnap.session={marker} {UNHURRIED}"));
    let options = [settings.options.clone(), marker].into_iter().flatten().collect::<Vec<_>>().join(" ");
    if !options.is_empty() {
        config.options(&options);
    }
    config.application_name(&settings.application_name);
    // The stream is ready; see `wire.rs`.
    config.ssl_mode(DriverMode::Require).ssl_negotiation(SslNegotiation::Direct);
    config.channel_binding(match settings.channel_binding {
        ChannelBinding::Disable => DriverBinding::Disable,
        ChannelBinding::Prefer => DriverBinding::Prefer,
        ChannelBinding::Require => DriverBinding::Require,
    });
    config
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shuffled_list_is_the_same_list_in_any_order() {
        let list: Vec<u8> = (0..5).collect();
        assert_eq!(ordered(list.clone(), false), list);
        let mut first = std::collections::BTreeSet::new();
        for _ in 0..400 {
            let mut shuffled = ordered(list.clone(), true);
            first.insert(shuffled[0]);
            shuffled.sort_unstable();
            assert_eq!(shuffled, list);
        }
        assert_eq!(first.len(), 5);
    }
}
