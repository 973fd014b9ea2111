//! Certificates by the recipes of PostgreSQL's manual ("Secure TCP/IP Connections with SSL"), made once.
//!
//! A root, an intermediate authority, servers and clients signed by either, a certificate that signs itself,
//! lists of what was revoked. The recipes' commands are run as they stand there, with other names; only what
//! the manual has no recipe for (an end in the past, revocation) is of our own.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const CONFIGURATION: &str = "\
[req]
distinguished_name = dn
x509_extensions = v3_ca
[dn]
[v3_ca]
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always,issuer
basicConstraints = critical,CA:true
[here]
subjectAltName = DNS:localhost,IP:127.0.0.1
[wildcard]
subjectAltName = DNS:*.example,DNS:db.other
[address_as_name]
subjectAltName = DNS:127.0.0.1
[ca]
default_ca = root
[root]
database = index.txt
new_certs_dir = .
serial = serial
crlnumber = crlnumber
certificate = root.crt
private_key = root.key
default_md = sha256
default_crl_days = 30
policy = any
[intermediate]
database = index2.txt
crlnumber = crlnumber2
certificate = intermediate.crt
private_key = intermediate.key
default_md = sha256
default_crl_days = 30
[any]
commonName = supplied
";

/// The recipes. `$1` of `signed` is a file's stem, `$2` the common name, `$3` the authority, the rest more
/// options.
const RECIPES: &str = r#"
set -e
signed() {
    stem=$1 name=$2 authority=$3; shift 3
    openssl req -config my.cnf -new -nodes -text -out $stem.csr -keyout $stem.key -subj "/CN=$name"
    openssl x509 -req -in $stem.csr -text -days 365 -CA $authority.crt -CAkey $authority.key -CAcreateserial "$@" -out $stem.crt
}
openssl req -config my.cnf -new -nodes -text -out root.csr -keyout root.key -subj "/CN=root.yourdomain.com"
openssl x509 -req -in root.csr -text -days 3650 -extfile my.cnf -extensions v3_ca -signkey root.key -out root.crt
signed intermediate intermediate.yourdomain.com root -extfile my.cnf -extensions v3_ca
signed chain server.yourdomain.com intermediate -extfile my.cnf -extensions here
cat intermediate.crt >>chain.crt
signed plain localhost root
signed wildcard localhost root -extfile my.cnf -extensions wildcard -sha384 -sigopt rsa_padding_mode:pss
signed client by_certificate intermediate
cat intermediate.crt >>client.crt
signed stranger somebody_else root
openssl req -config my.cnf -new -x509 -days 365 -nodes -text -out self.crt -keyout self.key -subj "/CN=localhost"
openssl req -config my.cnf -new -x509 -days 365 -nodes -text -out other_root.crt -keyout other_root.key -subj "/CN=another"
openssl rsa -aes128 -passout "pass:$PASSPHRASE" -in client.key -out locked.key
openssl rsa -outform DER -in client.key -out client.der
: >index.txt; : >index2.txt; echo 01 >serial; echo 01 >crlnumber; echo 01 >crlnumber2
openssl req -config my.cnf -new -nodes -text -out expired.csr -keyout expired.key -subj "/CN=localhost"
openssl ca -config my.cnf -batch -notext -startdate 20200101000000Z -enddate 20200201000000Z -in expired.csr -out expired.crt
openssl ca -config my.cnf -gencrl -out nothing.crl
openssl ca -config my.cnf -name intermediate -gencrl -out nothing2.crl
cat nothing.crl nothing2.crl >harmless.crl
openssl ca -config my.cnf -name intermediate -revoke chain.crt
openssl ca -config my.cnf -name intermediate -gencrl -out chain2.crl
cat nothing.crl chain2.crl >revoked.crl
mkdir revoked harmless
for crl in nothing.crl chain2.crl; do cp $crl revoked/$(openssl crl -hash -noout -in $crl).r0; done
for crl in nothing.crl nothing2.crl; do cp $crl harmless/$(openssl crl -hash -noout -in $crl).r0; done
cat root.crt intermediate.crt >both.crt
chmod 600 *.key client.der
"#;

/// Makes everything in a directory of its own.
pub fn make(passphrase: &str) -> TempDir {
    let directory = tempfile::Builder::new().prefix("pgsnap-certificates-").tempdir().expect("a directory");
    fs::write(directory.path().join("my.cnf"), CONFIGURATION).expect("it is ours");
    let mut sh = Command::new("/bin/sh");
    sh.args(["-c", RECIPES]).current_dir(directory.path()).env("PASSPHRASE", passphrase);
    let output = sh.output().expect("sh runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the command openssl must be there, and make certificates:\n{errors}");
    directory
}

/// A copy of a key that others can read.
pub fn expose(directory: &Path, key: &str, copy: &str) {
    fs::copy(directory.join(key), directory.join(copy)).expect("it is ours");
    fs::set_permissions(directory.join(copy), PermissionsExt::from_mode(0o644)).expect("it is ours");
}
