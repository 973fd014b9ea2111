//! A connection's bytes: the socket, TLS over it, an eye on how the server asks for authentication, the
//! spelling of statements and the size of messages.
//!
//! Owns opening it to one address. The driver gets a stream that is ready: it is told "direct TLS" for every
//! connection, because then it sends nothing of its own before the startup packet, and [`Ready`] hands it the
//! stream as it is. So pgsnap and not the driver decides what libpq decides: what falls back to what, whose
//! certificate is good, which authentication will do (`require_auth`).

use std::future::{Ready as Now, ready};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready as ready_or_return};

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio_openssl::SslStream;
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};

use super::auth::Watch;
use super::hosts::{Host, Place};
use super::incoming::Incoming;
use super::outgoing::{Outgoing, Step};
use super::outside::account;
use super::settings::security::Method;
use super::settings::{Settings, Tcp};
use super::tls::{self, Agreed};
use crate::error::{Error, Fault};

/// SSLRequest: its length, and the number that stands where a protocol's version would.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// Room for two TLS records: OpenSSL reads the header of each by itself otherwise.
const READ_BYTES: usize = 1 << 15;

/// Bytes of a message that are worth copying to save a write of their own.
const SMALL_BYTES: usize = 8 << 10;

/// What became of an attempt to open a connection.
pub enum Opening {
    /// It is open.
    Open(Box<Wire>),
    /// The server offers no TLS, but the connection stands and can go on without.
    Plain(Box<Wire>),
    /// Nobody is there.
    Unreachable(io::Error),
    /// Somebody is there, and TLS does not come about.
    NoTls(Error),
    /// It is not the server that was asked for.
    Wrong(Error),
}

/// What the stream saw of the authentication.
#[derive(Debug, Default)]
pub struct Seen {
    /// How the server asked.
    pub method: OnceLock<Method>,
    /// Why that was not answered.
    pub refused: OnceLock<String>,
}

/// The stream the driver talks through.
pub struct Wire {
    stream: Stream,
    watch: Option<Watch>,
    incoming: Incoming,
    outgoing: Outgoing,
    /// Taken from the driver and not sent yet.
    pending: Vec<u8>,
    /// The terms of TLS; `None` without.
    pub agreed: Option<Agreed>,
    binding: Option<Vec<u8>>,
}

enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
    Tls(Box<SslStream<BufReader<TcpStream>>>),
}

impl Wire {
    /// Opens a connection to a place whose address is known. `secure` asks for TLS.
    pub async fn open(settings: &Settings, place: &Place, secure: bool) -> Opening {
        let (name, address) = match (&place.host, place.address) {
            (Host::Name(name), Some(address)) => (name, address),
            (Host::Socket(directory), _) => return open_socket(settings, directory, place.port).await,
            (Host::Name(_), None) => return Opening::Unreachable(io::Error::other("the host has no address")),
        };
        let mut stream = match TcpStream::connect((address, place.port)).await {
            Ok(stream) => stream,
            Err(error) => return Opening::Unreachable(error),
        };
        if let Err(error) = watch_over(&stream, &settings.tcp) {
            return Opening::Unreachable(error);
        }
        if !secure {
            return Opening::Open(Box::new(Wire::new(Stream::Tcp(stream))));
        }
        if !settings.tls.direct {
            match ask_for_tls(&mut stream).await {
                Ok(b'S') => {}
                Ok(b'N') => return Opening::Plain(Box::new(Wire::new(Stream::Tcp(stream)))),
                Ok(_) => {
                    return Opening::NoTls(Error::new(
                        Fault::Connect,
                        "the server does not understand the request for TLS",
                    ));
                }
                Err(error) => {
                    let text = "the connection ended when TLS was asked for";
                    return Opening::NoTls(Error::new(Fault::Connect, text).caused_by(error));
                }
            }
        }
        match tls::handshake(BufReader::with_capacity(READ_BYTES, stream), name, &settings.tls).await {
            Ok((stream, agreed, binding)) => {
                let wire = Wire::new(Stream::Tls(Box::new(stream)));
                Opening::Open(Box::new(Wire { agreed: Some(agreed), binding, ..wire }))
            }
            Err(error) => Opening::NoTls(error),
        }
    }

    fn new(stream: Stream) -> Wire {
        let (incoming, outgoing) = (Incoming::default(), Outgoing::default());
        Wire { stream, watch: None, incoming, outgoing, pending: Vec::new(), agreed: None, binding: None }
    }

    /// Watches the authentication from here on.
    pub fn watched(mut self, methods: Option<&[Method]>, seen: &Arc<Seen>) -> Wire {
        self.watch = Some(Watch::new(methods.map(<[Method]>::to_vec), seen.clone()));
        self
    }
}

async fn ask_for_tls(stream: &mut TcpStream) -> io::Result<u8> {
    stream.write_all(&SSL_REQUEST).await?;
    // One byte and no more: what an attacker sends along in the clear must not pass for what TLS brings.
    stream.read_u8().await
}

/// `@name` is one without a file: the name in Linux's abstract namespace begins with a zero byte.
async fn open_socket(settings: &Settings, directory: &std::path::Path, port: u16) -> Opening {
    let path = directory.join(format!(".s.PGSQL.{port}"));
    let text = path.to_string_lossy();
    let opened = match text.strip_prefix('@') {
        Some(name) => UnixStream::connect(format!("\0{name}")).await,
        None => UnixStream::connect(&path).await,
    };
    let stream = match opened {
        Ok(stream) => stream,
        Err(error) => return Opening::Unreachable(error),
    };
    if let Some(wanted) = &settings.peer {
        let owner = stream.peer_cred().ok().and_then(|peer| account(Some(peer.uid()))).map(|(name, _)| name);
        if owner.as_ref() != Some(wanted) {
            let owner = owner.map_or("somebody unknown".into(), |owner| owner.escape_debug().to_string());
            let text = format!("the server behind {text} is {owner}'s, and requirepeer asks for {wanted}'s");
            return Opening::Wrong(Error::new(Fault::Connect, text));
        }
    }
    Opening::Open(Box::new(Wire::new(Stream::Unix(stream))))
}

fn watch_over(stream: &TcpStream, tcp: &Tcp) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    if tcp.keepalives {
        let mut keepalive = TcpKeepalive::new();
        if let Some(idle) = tcp.idle {
            keepalive = keepalive.with_time(idle);
        }
        if let Some(interval) = tcp.interval {
            keepalive = keepalive.with_interval(interval);
        }
        if let Some(count) = tcp.count {
            keepalive = keepalive.with_retries(count);
        }
        socket.set_tcp_keepalive(&keepalive)?;
    }
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(tcp.user_timeout)?;
    Ok(())
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        this.incoming.give(buf);
        while buf.filled().len() == before && buf.remaining() > 0 {
            let mut room = ReadBuf::new(this.incoming.room());
            ready_or_return!(this.stream.reader().poll_read(cx, &mut room))?;
            let count = room.filled().len();
            this.incoming.filled(count);
            this.incoming.give(buf);
            if count == 0 {
                break;
            }
        }
        if let Some(watch) = &mut this.watch {
            match watch.look_at(&buf.filled()[before..]) {
                Ok(true) => this.watch = None,
                Ok(false) => {}
                Err(refused) => return Poll::Ready(Err(io::Error::other(refused))),
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl Stream {
    fn reader(&mut self) -> Pin<&mut (dyn AsyncRead + Send + Unpin)> {
        match self {
            Stream::Tcp(stream) => Pin::new(stream),
            Stream::Unix(stream) => Pin::new(stream),
            Stream::Tls(stream) => Pin::new(stream),
        }
    }

    fn writer(&mut self) -> Pin<&mut (dyn AsyncWrite + Send + Unpin)> {
        match self {
            Stream::Tcp(stream) => Pin::new(stream),
            Stream::Unix(stream) => Pin::new(stream),
            Stream::Tls(stream) => Pin::new(stream),
        }
    }
}

impl Wire {
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.pending.is_empty() {
            match ready_or_return!(self.stream.writer().poll_write(cx, &self.pending))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                sent => drop(self.pending.drain(..sent)),
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    /// Small messages are gathered until the flush; long ones go as they are.
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready_or_return!(this.poll_send(cx))?;
        let mut taken = 0;
        while taken < buf.len() {
            match this.outgoing.step(&buf[taken..]) {
                Step::Pass(count) if count <= SMALL_BYTES => {
                    this.pending.extend_from_slice(&buf[taken..taken + count]);
                    this.outgoing.passed(count);
                    taken += count;
                }
                Step::Pass(count) if taken == 0 => {
                    let sent = ready_or_return!(this.stream.writer().poll_write(cx, &buf[..count]))?;
                    this.outgoing.passed(sent);
                    return Poll::Ready(Ok(sent));
                }
                Step::Pass(_) => break,
                Step::Instead(count, bytes) => {
                    this.pending.extend_from_slice(&bytes);
                    taken += count;
                }
            }
        }
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready_or_return!(this.poll_send(cx))?;
        this.stream.writer().poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready_or_return!(this.poll_send(cx))?;
        this.stream.writer().poll_shutdown(cx)
    }
}

impl TlsStream for Wire {
    fn channel_binding(&self) -> ChannelBinding {
        self.binding.clone().map_or_else(ChannelBinding::none, ChannelBinding::tls_server_end_point)
    }
}

/// Hands the driver the stream as it is.
pub struct Ready;

impl TlsConnect<Wire> for Ready {
    type Stream = Wire;
    type Error = io::Error;
    type Future = Now<io::Result<Wire>>;

    fn connect(self, stream: Wire) -> Self::Future {
        ready(Ok(stream))
    }
}
