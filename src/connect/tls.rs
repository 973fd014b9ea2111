//! sslmode and its files into an OpenSSL connector and a list of attempts.
//!
//! Owns the meaning of libpq's six modes; holds no certificate logic of its own, everything is a call
//! to OpenSSL, so that a server `psql` can reach is never out of reach for pgsnap. The driver knows
//! disable, prefer and require only, verifies nothing itself and never falls back after a failed
//! handshake: hence [`attempts`].

use std::path::{Path, PathBuf};

use openssl::error::ErrorStack;
use openssl::ssl::{SslConnector, SslConnectorBuilder, SslFiletype, SslMethod, SslVerifyMode};
use openssl::x509::store::X509StoreBuilder;
use postgres_openssl::MakeTlsConnector;
use tokio_postgres::config::SslMode as DriverMode;

use super::settings::{Host, Roots, Settings, SslMode, Tls};
use crate::error::{Error, Fault, Result};

/// Where distributions keep the authorities they trust. OpenSSL's own default path is meaningless
/// when OpenSSL is linked in.
const SYSTEM_BUNDLES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// The driver's modes to try, in order. Sockets never use TLS (libpq ignores sslmode there).
pub fn attempts(settings: &Settings) -> &'static [DriverMode] {
    match (&settings.host, settings.tls.mode) {
        (Host::Socket(_), _) | (_, SslMode::Disable) => &[DriverMode::Disable],
        (_, SslMode::Allow) => &[DriverMode::Disable, DriverMode::Require],
        (_, SslMode::Prefer) => &[DriverMode::Prefer, DriverMode::Disable],
        (_, SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull) => &[DriverMode::Require],
    }
}

/// The connector for a connection. Where no attempt uses TLS it touches no file.
///
/// # Errors
/// [`Fault::Usage`] naming the certificate file that cannot be used.
pub fn connector(settings: &Settings) -> Result<MakeTlsConnector> {
    let build = |error: ErrorStack| Error::new(Fault::Connect, "cannot set up TLS").caused_by(error);
    let mut builder = SslConnector::builder(SslMethod::tls_client()).map_err(build)?;
    if attempts(settings) == [DriverMode::Disable] {
        return Ok(MakeTlsConnector::new(builder.build()));
    }
    let tls = &settings.tls;
    trust(&mut builder, tls)?;
    if let Some((certificate, key)) = &tls.identity {
        builder.set_certificate_chain_file(certificate).map_err(|error| unusable(certificate, error))?;
        builder.set_private_key_file(key, SslFiletype::PEM).map_err(|error| unusable(key, error))?;
    }
    if tls.direct {
        postgres_openssl::set_postgresql_alpn(&mut builder).map_err(build)?;
    }
    let mut connector = MakeTlsConnector::new(builder.build());
    let check_name = tls.mode == SslMode::VerifyFull;
    connector.set_callback(move |connection, _| {
        connection.set_verify_hostname(check_name);
        Ok(())
    });
    Ok(connector)
}

/// libpq: a certificate is checked wherever a root certificate is there, whatever the mode.
fn trust(builder: &mut SslConnectorBuilder, tls: &Tls) -> Result<()> {
    match &tls.roots {
        None => builder.set_verify(SslVerifyMode::NONE),
        Some(Roots::System) => {
            if let Some(bundle) = SYSTEM_BUNDLES.iter().map(PathBuf::from).find(|bundle| bundle.exists()) {
                builder.set_ca_file(&bundle).map_err(|error| unusable(&bundle, error))?;
            }
        }
        Some(Roots::File(path)) => {
            // The builder begins with the system's authorities; only this file's are meant.
            let empty = X509StoreBuilder::new().map_err(|error| unusable(path, error))?.build();
            builder.set_cert_store(empty);
            builder.set_ca_file(path).map_err(|error| unusable(path, error))?;
        }
    }
    Ok(())
}

fn unusable(path: &Path, error: ErrorStack) -> Error {
    Error::new(Fault::Usage, format!("cannot use the certificate file {}", path.display())).caused_by(error)
}
