//! How the server asks who we are, watched before the driver answers.
//!
//! Owns `require_auth` (`check_expected_areq` in fe-auth.c) and the words for methods nobody here speaks.
//! Reads the server's first messages from the bytes as they pass; answers nothing. The driver answers only
//! what has passed here, so no password goes to a server that asks for it in a way that was ruled out.
//!
//! Invariant: what it keeps is bounded by one message of limited length.

use std::sync::Arc;

use super::settings::security::Method;
use super::wire::Seen;

/// libpq takes no longer message before authentication is done.
const MESSAGE_BYTES_MAX: usize = 30_000;

/// The codes of Authentication messages (protocol.h).
const OK: u32 = 0;
const CLEAR_TEXT: u32 = 3;
const MD5: u32 = 5;
const GSS: u32 = 7;
const SSPI: u32 = 9;
const SASL: u32 = 10;
const SASL_FINAL: u32 = 12;

/// The eye.
pub struct Watch {
    methods: Option<Vec<Method>>,
    seen: Arc<Seen>,
    /// A message that is not whole yet.
    pending: Vec<u8>,
    /// Whether the other side will have proven that we are who we are.
    answered: bool,
}

impl Watch {
    /// Watches for these methods, or any.
    pub fn new(methods: Option<Vec<Method>>, seen: Arc<Seen>) -> Watch {
        Watch { methods, seen, pending: Vec::new(), answered: false }
    }

    /// Looks at bytes from the server. True once there is nothing more to see.
    ///
    /// # Errors
    /// Why the server's request must not be answered.
    pub fn look_at(&mut self, bytes: &[u8]) -> Result<bool, String> {
        self.pending.extend_from_slice(bytes);
        loop {
            let Some(length) = self.pending.get(1..5).and_then(|length| length.try_into().ok()) else {
                return Ok(false);
            };
            let length = u32::from_be_bytes(length) as usize;
            // Not a server's message, or none we may bound: what it is the driver will say.
            if !(4..=MESSAGE_BYTES_MAX).contains(&length) || !matches!(self.pending[0], b'R' | b'N' | b'S' | b'v') {
                return Ok(true);
            }
            if self.pending.len() <= length {
                return Ok(false);
            }
            let message: Vec<u8> = self.pending.drain(..=length).collect();
            if message[0] == b'R' && self.request(&message[5..])? {
                return Ok(true);
            }
        }
    }

    /// An Authentication message; true for the last.
    fn request(&mut self, body: &[u8]) -> Result<bool, String> {
        let Some(code) = body.get(..4).and_then(|code| code.try_into().ok()).map(u32::from_be_bytes) else {
            return Ok(true);
        };
        let method = match code {
            OK => return self.finish(),
            CLEAR_TEXT => Method::Password,
            MD5 => Method::Md5,
            GSS => Method::Gss,
            SSPI => Method::Sspi,
            SASL if body[4..].split(|byte| *byte == 0).any(|name| name.starts_with(b"SCRAM-SHA-256")) => {
                Method::ScramSha256
            }
            SASL => Method::OAuth,
            SASL_FINAL => {
                self.answered = true;
                return Ok(false);
            }
            _ => return Ok(false),
        };
        let _ = self.seen.method.set(method);
        self.allow(method)?;
        match method {
            Method::Gss => Err(self.refuse("the server asks for GSSAPI authentication, which is not supported")),
            Method::Sspi => Err(self.refuse("the server asks for SSPI authentication, which is not supported")),
            Method::OAuth => Err(self.refuse("the server asks for OAuth, which is not supported")),
            // These two are over once the password is sent; SCRAM proves itself at its end.
            Method::Password | Method::Md5 => {
                self.answered = true;
                Ok(false)
            }
            Method::ScramSha256 | Method::None => Ok(false),
        }
    }

    fn finish(&mut self) -> Result<bool, String> {
        let _ = self.seen.method.set(Method::None);
        if !self.answered {
            self.allow(Method::None)?;
        }
        Ok(true)
    }

    fn allow(&self, method: Method) -> Result<(), String> {
        let Some(methods) = self.methods.as_ref().filter(|methods| !methods.contains(&method)) else { return Ok(()) };
        let asked = match method {
            Method::None => "the server lets us in without authentication".to_string(),
            method => format!("the server asks for {} authentication", method.name()),
        };
        let names: Vec<&str> = methods.iter().map(|method| method.name()).collect();
        Err(self.refuse(&format!("{asked}, which require_auth rules out (it leaves {})", names.join(", "))))
    }

    fn refuse(&self, text: &str) -> String {
        let _ = self.seen.refused.set(text.to_string());
        text.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(code: u32, rest: &[u8]) -> Vec<u8> {
        let length = u32::try_from(8 + rest.len()).unwrap();
        [&b"R"[..], &length.to_be_bytes(), &code.to_be_bytes(), rest].concat()
    }

    /// The verdict on a conversation, however it is cut.
    fn verdict(methods: Option<&[Method]>, bytes: &[u8], step: usize) -> Result<Option<Method>, String> {
        let seen = Arc::new(Seen::default());
        let mut watch = Watch::new(methods.map(<[Method]>::to_vec), seen.clone());
        for part in bytes.chunks(step) {
            if watch.look_at(part)? {
                break;
            }
        }
        Ok(seen.method.get().copied())
    }

    #[test]
    fn methods_are_told_apart_and_ruled_out() {
        let scram =
            [message(SASL, b"SCRAM-SHA-256\0\0"), message(11, b"x"), message(SASL_FINAL, b"y"), message(OK, b"")];
        let (scram, md5) = (scram.concat(), [message(MD5, b"salt"), message(OK, b"")].concat());
        for step in [1, 3, 1000] {
            assert_eq!(verdict(None, &scram, step), Ok(Some(Method::ScramSha256)));
            assert_eq!(verdict(Some(&[Method::ScramSha256]), &scram, step), Ok(Some(Method::ScramSha256)));
            assert_eq!(verdict(Some(&[Method::Md5]), &md5, step), Ok(Some(Method::Md5)));
            assert!(verdict(Some(&[Method::ScramSha256]), &md5, step).unwrap_err().contains("md5"));
            assert_eq!(verdict(None, &message(OK, b""), step), Ok(Some(Method::None)));
            assert!(verdict(Some(&[Method::Md5]), &message(OK, b""), step).unwrap_err().contains("without"));
            assert!(verdict(None, &message(GSS, b""), step).unwrap_err().contains("GSSAPI"));
            assert!(verdict(None, &message(SASL, b"OAUTHBEARER\0\0"), step).unwrap_err().contains("OAuth"));
            // A server that breaks off SCRAM has proven nothing.
            let broken = [message(SASL, b"SCRAM-SHA-256\0\0"), message(OK, b"")].concat();
            assert!(verdict(Some(&[Method::ScramSha256]), &broken, step).is_err());
        }
    }

    #[test]
    fn what_is_no_message_is_left_to_the_driver() {
        for bytes in [&b"E\0\0\0\x08oops"[..], b"HTTP/1.1 400", b"R\xff\xff\xff\xff", b"R\0\0\0\x04"] {
            assert!(verdict(Some(&[Method::Md5]), bytes, 2).is_ok());
        }
    }
}
