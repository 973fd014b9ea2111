//! TLS on an open connection: certificates, the handshake, what was agreed.
//!
//! Owns the meaning of libpq's files and modes (fe-secure-openssl.c); certificate logic is OpenSSL's, but for
//! the host's name, whose rules libpq has its own (`certificate.rs`). So a server `psql` can reach is never
//! out of reach for pgsnap. Which mode is tried when is `open.rs`'s.

use std::path::{Path, PathBuf};
use std::pin::Pin;

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::ssl::{Ssl, SslContext, SslContextBuilder, SslFiletype, SslMethod, SslRef, SslVerifyMode, SslVersion};
use openssl::x509::X509VerifyResult;
use openssl::x509::store::X509Lookup;
use openssl::x509::verify::X509VerifyFlags;
use serde::Serialize;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_openssl::SslStream;

use super::certificate;
use super::settings::Password;
use super::settings::security::{Protocol, Roots, SslMode, Tls};
use crate::error::{Error, Fault, Result};

/// The protocol's name for itself (ALPN); with direct TLS the server must agree to it.
const ALPN: &[u8] = b"postgresql";

/// Where distributions keep the authorities they trust. OpenSSL's own default path is meaningless
/// when OpenSSL is linked in.
const SYSTEM_BUNDLES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// How far the server's certificate was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verified {
    /// Not at all: encrypted, but by whom nobody knows.
    No,
    /// It comes from a trusted authority.
    Authority,
    /// And it is the host's.
    Host,
}

impl Verified {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Verified::No => "certificate not checked",
            Verified::Authority => "certificate of a trusted authority",
            Verified::Host => "certificate of a trusted authority for this host",
        }
    }
}

/// What was agreed with the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Agreed {
    /// `TLSv1.3`.
    pub protocol: String,
    /// `TLS_AES_256_GCM_SHA384`.
    pub cipher: String,
    /// How far its certificate was checked.
    pub verified: Verified,
}

/// Makes the handshake. With it come the terms, and what SCRAM binds itself to.
///
/// # Errors
/// [`Fault::Usage`] naming the file that cannot be used, [`Fault::Connect`] for what the other side says.
pub async fn handshake<S>(stream: S, host: &str, tls: &Tls) -> Result<(SslStream<S>, Agreed, Option<Vec<u8>>)>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (context, verifies) = context(tls)?;
    let failed = |error: ErrorStack| Error::new(Fault::Connect, "cannot set up TLS").caused_by(error);
    let mut ssl = Ssl::new(&context).map_err(failed)?;
    if tls.sni && !host.is_empty() && host.parse::<std::net::IpAddr>().is_err() {
        ssl.set_hostname(host).map_err(failed)?;
    }
    let mut stream = SslStream::new(ssl, stream).map_err(failed)?;
    if let Err(error) = Pin::new(&mut stream).connect().await {
        let mut text = format!("TLS handshake failed: {error}");
        let verdict = stream.ssl().verify_result();
        if verifies && verdict != X509VerifyResult::OK {
            text =
                format!("TLS handshake failed: the server's certificate is not accepted: {}", verdict.error_string());
        }
        return Err(Error::new(Fault::Connect, text).hint(CHECK));
    }
    let ssl = stream.ssl();
    if tls.direct && ssl.selected_alpn_protocol() != Some(ALPN) {
        return Err(Error::new(
            Fault::Connect,
            "the server did not agree on PostgreSQL's protocol in direct TLS (ALPN)",
        )
        .hint("sslnegotiation=direct needs PostgreSQL 17 or newer"));
    }
    if tls.mode == SslMode::VerifyFull {
        let certificate = ssl.peer_certificate();
        let certificate = certificate.ok_or_else(|| Error::new(Fault::Connect, "the server shows no certificate"))?;
        certificate::check_host(&certificate, host)
            .map_err(|problem| Error::new(Fault::Connect, problem).hint(CHECK))?;
    }
    let verified = match (verifies, tls.mode) {
        (false, _) => Verified::No,
        (true, SslMode::VerifyFull) => Verified::Host,
        (true, _) => Verified::Authority,
    };
    let cipher = ssl.current_cipher().map(|cipher| cipher.standard_name().unwrap_or(cipher.name()));
    let agreed = Agreed { protocol: ssl.version_str().into(), cipher: cipher.unwrap_or_default().into(), verified };
    let binding = end_point(ssl);
    Ok((stream, agreed, binding))
}

const CHECK: &str = "check sslmode (PGSSLMODE) and sslrootcert (PGSSLROOTCERT)";

/// RFC 5929's tls-server-end-point: the certificate's digest, by its own algorithm.
fn end_point(ssl: &SslRef) -> Option<Vec<u8>> {
    let certificate = ssl.peer_certificate()?;
    let signature = certificate.signature_algorithm().object().nid();
    let digest = match signature {
        Nid::RSASSAPSS => certificate::pss_digest(&certificate.to_der().ok()?)?,
        nid => nid.signature_algorithms()?.digest,
    };
    let digest = match digest {
        Nid::MD5 | Nid::SHA1 => MessageDigest::sha256(),
        nid => MessageDigest::from_nid(nid)?,
    };
    Some(certificate.digest(digest).ok()?.to_vec())
}

/// The files and limits, as OpenSSL takes them; and whether the server's certificate is checked.
fn context(tls: &Tls) -> Result<(SslContext, bool)> {
    let failed = |error: ErrorStack| Error::new(Fault::Connect, "cannot set up TLS").caused_by(error);
    let mut builder = SslContext::builder(SslMethod::tls_client()).map_err(failed)?;
    builder.set_min_proto_version(tls.oldest.map(version)).map_err(failed)?;
    builder.set_max_proto_version(tls.newest.map(version)).map_err(failed)?;
    let mut protocol = vec![u8::try_from(ALPN.len()).unwrap_or_default()];
    protocol.extend(ALPN);
    builder.set_alpn_protos(&protocol).map_err(failed)?;
    let verifies = trust(&mut builder, tls)?;
    builder.set_verify(if verifies { SslVerifyMode::PEER } else { SslVerifyMode::NONE });
    identify(&mut builder, tls)?;
    Ok((builder.build(), verifies))
}

fn version(protocol: Protocol) -> SslVersion {
    match protocol {
        Protocol::Tls1 => SslVersion::TLS1,
        Protocol::Tls1_1 => SslVersion::TLS1_1,
        Protocol::Tls1_2 => SslVersion::TLS1_2,
        Protocol::Tls1_3 => SslVersion::TLS1_3,
    }
}

/// libpq: a certificate is checked wherever a root certificate is there, whatever the mode.
fn trust(builder: &mut SslContextBuilder, tls: &Tls) -> Result<bool> {
    match &tls.roots {
        Some(Roots::System) => {
            let bundle = SYSTEM_BUNDLES.iter().map(PathBuf::from).find(|bundle| bundle.exists());
            // Who sets these means them; they are OpenSSL's own.
            let told = ["SSL_CERT_FILE", "SSL_CERT_DIR"].iter().any(|name| std::env::var_os(name).is_some());
            match bundle.filter(|_| !told) {
                Some(bundle) => builder.set_ca_file(&bundle).map_err(|error| unusable(&bundle, error))?,
                None => builder.set_default_verify_paths().map_err(|error| unusable(Path::new("system"), error))?,
            }
        }
        Some(Roots::File(path)) if path.exists() => {
            builder.set_ca_file(path).map_err(|error| unusable(path, error))?;
            revoke(builder, tls);
        }
        roots if tls.mode >= SslMode::VerifyCa => {
            let file = match roots {
                Some(Roots::File(path)) => format!("the root certificate {} does not exist", path.display()),
                _ => "there is no root certificate".into(),
            };
            return Err(Error::new(Fault::Usage, format!("{file}, and sslmode verify-ca and verify-full need one"))
                .hint(
                    "give sslrootcert (PGSSLROOTCERT), put it into ~/.postgresql/root.crt, or use sslrootcert=system",
                ));
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// libpq: revocation is checked only where all that is named can be read.
fn revoke(builder: &mut SslContextBuilder, tls: &Tls) {
    let (file, directory) = (&tls.revoked, &tls.revoked_directory);
    let store = builder.cert_store_mut();
    let mut load = || -> std::result::Result<bool, ErrorStack> {
        if let Some(file) = file {
            store.add_lookup(X509Lookup::file())?.load_crl_file(file, SslFiletype::PEM)?;
        }
        if let Some(directory) = directory.as_ref().and_then(|directory| directory.to_str()) {
            store.add_lookup(X509Lookup::hash_dir())?.add_dir(directory, SslFiletype::PEM)?;
        }
        Ok(file.is_some() || directory.is_some())
    };
    if load().unwrap_or(false) {
        let _ = store.set_flags(X509VerifyFlags::CRL_CHECK | X509VerifyFlags::CRL_CHECK_ALL);
    }
}

/// The client's own certificate, where there is one.
fn identify(builder: &mut SslContextBuilder, tls: &Tls) -> Result<()> {
    let Some(certificate) = tls.certificate.as_ref().filter(|path| path.exists()) else { return Ok(()) };
    builder.set_certificate_chain_file(certificate).map_err(|error| unusable(certificate, error))?;
    let Some(key) = tls.key.as_ref().filter(|path| path.exists()) else {
        return Err(Error::new(Fault::Usage, format!("there is a certificate {}, but no key", certificate.display()))
            .hint("give sslkey (PGSSLKEY), or put it into ~/.postgresql/postgresql.key"));
    };
    check_permissions(key)?;
    let bytes = std::fs::read(key)
        .map_err(|cause| Error::new(Fault::Usage, format!("cannot read the key {}", key.display())).caused_by(cause))?;
    let password = tls.key_password.as_ref().map_or("", Password::expose);
    let pem = PKey::private_key_from_pem_callback(&bytes, |room| {
        let fits = room.len().min(password.len());
        room[..fits].copy_from_slice(&password.as_bytes()[..fits]);
        Ok(fits)
    });
    let loaded = pem.or_else(|error| PKey::private_key_from_der(&bytes).map_err(|_| error));
    let loaded = loaded.map_err(|error| {
        unusable(key, error).hint("is it encrypted? its password is the connection parameter sslpassword")
    })?;
    builder.set_private_key(&loaded).map_err(|error| unusable(key, error))?;
    builder.check_private_key().map_err(|error| unusable(key, error))
}

/// libpq's rule: nobody else may read a key; root's may be read by its group.
fn check_permissions(key: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let Ok(metadata) = std::fs::metadata(key) else { return Ok(()) };
        let refused =
            |what: &str| Err(Error::new(Fault::Usage, format!("cannot use the key {}: {what}", key.display())));
        if !metadata.is_file() {
            return refused("it is not a plain file");
        }
        let forbidden = if metadata.uid() == 0 { 0o037 } else { 0o077 };
        if metadata.mode() & forbidden != 0 {
            return refused("others may read it; its mode must be 0600 or less, or 0640 or less where root owns it");
        }
    }
    Ok(())
}

fn unusable(path: &Path, error: ErrorStack) -> Error {
    Error::new(Fault::Usage, format!("cannot use the certificate file {}", path.display())).caused_by(error)
}
