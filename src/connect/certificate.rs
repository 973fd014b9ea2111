//! Is a certificate the host's? libpq's answer, which is not quite OpenSSL's. And what RSA-PSS signs.
//!
//! Owns the rules of fe-secure-common.c and fe-secure-openssl.c: alternative names first, the common name
//! only where none of the host's kind is there; a wildcard stands for one label, the leftmost; an address may
//! also be written as a name. Reads one field of a certificate by itself, because the bindings to OpenSSL do
//! not give it. Pure.

use std::net::IpAddr;

use openssl::nid::Nid;
use openssl::x509::X509Ref;

/// Whether the certificate is `host`'s.
///
/// # Errors
/// A sentence that tells whose it is.
pub fn check_host(certificate: &X509Ref, host: &str) -> Result<(), String> {
    if host.is_empty() {
        return Err("sslmode=verify-full needs a host's name".into());
    }
    let address: Option<IpAddr> = host.parse().ok();
    let mut names = Vec::new();
    let mut use_common_name = true;
    for name in certificate.subject_alt_names().into_iter().flatten() {
        if let Some(text) = name.dnsname() {
            use_common_name &= address.is_some();
            names.push(text.to_string());
        } else if let Some(bytes) = name.ipaddress() {
            use_common_name &= address.is_none();
            match (address, as_address(bytes)) {
                (Some(wanted), Some(found)) if wanted == found => return Ok(()),
                (_, Some(found)) => names.push(found.to_string()),
                (_, None) => {}
            }
        }
    }
    if use_common_name {
        let common = certificate.subject_name().entries_by_nid(Nid::COMMONNAME).next();
        names.extend(common.and_then(|entry| entry.data().to_string().ok()));
    }
    match names.iter().any(|name| matches(name, host)) {
        true => Ok(()),
        false if names.is_empty() => Err("the server's certificate names no host".into()),
        false => {
            let names: Vec<String> = names.iter().map(|name| name.escape_debug().to_string()).collect();
            Err(format!("the server's certificate is for {}, not for {}", names.join(", "), host.escape_debug()))
        }
    }
}

fn as_address(bytes: &[u8]) -> Option<IpAddr> {
    match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from),
        16 => <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from),
        _ => None,
    }
}

/// A name with a zero byte matches nothing: it is an attack on readers that stop there.
fn matches(name: &str, host: &str) -> bool {
    if name.contains('\0') {
        return false;
    }
    if name.eq_ignore_ascii_case(host) {
        return true;
    }
    let Some(suffix) = name.strip_prefix('*').filter(|suffix| suffix.starts_with('.')) else { return false };
    let Some(at) = host.len().checked_sub(suffix.len()).filter(|at| *at > 0 && host.is_char_boundary(*at)) else {
        return false;
    };
    let (label, rest) = host.split_at(at);
    rest.eq_ignore_ascii_case(suffix) && !label.contains('.')
}

/// The digest of an RSA-PSS signature, from the certificate in DER: Certificate { TBSCertificate,
/// AlgorithmIdentifier { OID, RSASSA-PSS-params { \[0\] AlgorithmIdentifier { OID … } … } } … } (RFC 4055). SHA-1
/// where it is left out.
pub fn pss_digest(certificate: &[u8]) -> Option<Nid> {
    const SEQUENCE: u8 = 0x30;
    let (_, whole, _) = take(certificate).filter(|(tag, ..)| *tag == SEQUENCE)?;
    let (_, _, rest) = take(whole)?;
    let (_, algorithm, _) = take(rest)?;
    let (_, _, parameters) = take(algorithm)?;
    let (_, parameters, _) = take(parameters).filter(|(tag, ..)| *tag == SEQUENCE)?;
    let Some((0xa0, hash, _)) = take(parameters) else { return Some(Nid::SHA1) };
    let (_, hash, _) = take(hash)?;
    let (_, object, _) = take(hash)?;
    // 2.16.840.1.101.3.4.2.x, the SHA-2 family of NIST.
    match object.strip_prefix(&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02])? {
        [1] => Some(Nid::SHA256),
        [2] => Some(Nid::SHA384),
        [3] => Some(Nid::SHA512),
        [4] => Some(Nid::SHA224),
        _ => None,
    }
}

/// The first element of DER: its tag, its content, what follows it.
fn take(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        // Up to three bytes of length: no certificate is longer.
        0x81..=0x83 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first - 0x80))?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_stands_for_one_label() {
        for (name, host, expected) in [
            ("db.example", "DB.example", true),
            ("*.example", "db.example", true),
            ("*.example", "a.db.example", false),
            ("*.example", ".example", false),
            ("*.example", "example", false),
            ("d*.example", "db.example", false),
            ("*", "db", false),
            ("db.example\0.evil", "db.example", false),
            ("*.é", "xé", false),
        ] {
            assert_eq!(matches(name, host), expected, "{name} {host}");
        }
    }

    #[test]
    fn no_bytes_are_taken_for_more_than_they_are() {
        for der in
            [&b""[..], b"\x30", b"\x30\x05\x00", b"\x30\x84\xff\xff\xff\xff", b"\x30\x82\x01", b"\x30\x80\x00\x00"]
        {
            assert_eq!(take(der), None);
            assert_eq!(pss_digest(der), None);
        }
        assert_eq!(take(b"\x02\x81\x01\x07rest"), Some((2, &b"\x07"[..], &b"rest"[..])));
    }
}
