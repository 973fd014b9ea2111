//! A proxy before a real server that cuts, resets or holds up one connection after so many bytes, or keeps all that
//! comes after so many bytes to itself, so that the program can be killed at just that point.

use super::{Database, Server};
use socket2::SockRef;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What becomes of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Both sides are closed in order.
    Cut,
    /// The client is sent a reset.
    Reset,
    /// The bytes come later.
    Late,
}

/// Which way bytes are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From the server.
    ToClient,
    /// To the server.
    ToServer,
}

/// One connection, by the order in which they come, and where it fails.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Counted from 0, the leader's.
    pub connection: usize,
    /// Whose bytes count.
    pub way: Way,
    /// Bytes that pass before.
    pub after: u64,
    /// How it ends.
    pub end: End,
}

/// Bytes seen on each connection: to the client, to the server.
type Counts = Arc<Mutex<Vec<(u64, u64)>>>;

/// Stands before a server's socket at a port of its own, until the process ends.
pub struct Proxy {
    port: u16,
    counts: Counts,
    held: Arc<Held>,
    silent: Arc<AtomicBool>,
}

/// When no byte goes to the server any more, whatever the connection.
struct Held {
    after: u64,
    passed: AtomicU64,
}

impl Held {
    /// How many of the next bytes may go.
    fn take(&self, bytes: u64) -> u64 {
        let before = self.passed.fetch_add(bytes, Ordering::SeqCst);
        self.after.saturating_sub(before).min(bytes)
    }
}

impl Proxy {
    /// Listens; `plan` is for one of the connections that come.
    pub fn before(server: &Server, plan: Option<Plan>) -> Proxy {
        Proxy::new(server, plan, u64::MAX)
    }

    /// Listens; the server gets so many bytes, of all connections together, and then none.
    pub fn holding(server: &Server, after: u64) -> Proxy {
        Proxy::new(server, None, after)
    }

    /// Whether it has begun to keep bytes to itself.
    pub fn holds(&self) -> bool {
        self.held.passed.load(Ordering::SeqCst) > self.held.after
    }

    fn new(server: &Server, plan: Option<Plan>, after: u64) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let socket = server.directory().join(format!(".s.PGSQL.{}", server.port()));
        let counts = Counts::default();
        let kept = Arc::clone(&counts);
        let held = Arc::new(Held { after, passed: AtomicU64::new(0) });
        let holding = Arc::clone(&held);
        let silent = Arc::new(AtomicBool::new(false));
        let is_silent = Arc::clone(&silent);
        thread::spawn(move || {
            let mut unanswered = Vec::new();
            for (number, client) in listener.incoming().flatten().enumerate() {
                kept.lock().expect("no panic").push((0, 0));
                if is_silent.load(Ordering::SeqCst) {
                    unanswered.push(client);
                    continue;
                }
                let Ok(server) = UnixStream::connect(&socket) else { return };
                let plan = plan.filter(|plan| plan.connection == number);
                forward(number, client, server, plan, &kept, &holding);
            }
        });
        Proxy { port, counts, held, silent }
    }

    /// Takes connections from now on and answers none, or does so again.
    pub fn fall_silent(&self, silent: bool) {
        self.silent.store(silent, Ordering::SeqCst);
    }

    /// The way through it to a database.
    pub fn url(&self, database: &Database<'_>) -> String {
        let name = database.name.replace(' ', "%20");
        format!("postgresql://postgres@127.0.0.1:{}/{name}?sslmode=disable", self.port)
    }

    /// Bytes of each connection so far: to the client, to the server.
    pub fn counts(&self) -> Vec<(u64, u64)> {
        self.counts.lock().expect("no panic").clone()
    }
}

/// Two threads for one connection.
fn forward(
    number: usize,
    client: TcpStream,
    server: UnixStream,
    plan: Option<Plan>,
    counts: &Counts,
    held: &Arc<Held>,
) {
    let (client_too, server_too) = (client.try_clone().expect("a handle"), server.try_clone().expect("a handle"));
    let reset = Arc::new(AtomicBool::new(false));
    let resetting = Arc::clone(&reset);
    let end = Arc::new(move |end: End| {
        if end == End::Reset {
            // Sent when the last handle is closed, which the end of reading brings about.
            let _ = SockRef::from(&client_too).set_linger(Some(Duration::ZERO));
            resetting.store(true, Ordering::SeqCst);
            let _ = client_too.shutdown(Shutdown::Read);
        } else {
            let _ = client_too.shutdown(Shutdown::Both);
        }
        let _ = server_too.shutdown(Shutdown::Both);
    });
    for way in [Way::ToClient, Way::ToServer] {
        let (mut client, mut server) = (client.try_clone().expect("a handle"), server.try_clone().expect("a handle"));
        let (end, reset, counts) = (Arc::clone(&end), Arc::clone(&reset), Arc::clone(counts));
        let held = Arc::clone(held);
        let plan = plan.filter(|plan| plan.way == way);
        thread::spawn(move || {
            let seen = |n: u64| match way {
                Way::ToClient => add(&counts, number, n, 0),
                Way::ToServer => add(&counts, number, 0, n),
            };
            match way {
                Way::ToClient => pass(&mut server, &mut client, plan, &*end, &seen, None),
                Way::ToServer => pass(&mut client, &mut server, plan, &*end, &seen, Some(&held)),
            }
            if !reset.load(Ordering::SeqCst) {
                let _ = client.shutdown(Shutdown::Both);
            }
            let _ = server.shutdown(Shutdown::Both);
        });
    }
}

fn add(counts: &Counts, number: usize, to_client: u64, to_server: u64) {
    let mut counts = counts.lock().expect("no panic");
    counts[number].0 += to_client;
    counts[number].1 += to_server;
}

/// Passes bytes on until the planned one, or the end.
fn pass(
    from: &mut impl Read,
    to: &mut impl Write,
    plan: Option<Plan>,
    end: &dyn Fn(End),
    seen: &dyn Fn(u64),
    held: Option<&Held>,
) {
    let (mut buffer, mut left, mut late) = (vec![0; 1 << 14], plan.map(|plan| plan.after), false);
    while let Ok(read) = from.read(&mut buffer) {
        if read == 0 {
            return;
        }
        seen(read as u64);
        let read = held.map_or(read, |held| held.take(read as u64) as usize);
        let due = left.filter(|left| *left < read as u64);
        let whole = due.map_or(read, |left| left as usize);
        if to.write_all(&buffer[..whole]).is_err() {
            return;
        }
        left = left.map(|left| left.saturating_sub(read as u64));
        let Some(plan) = plan.filter(|_| due.is_some() && !late) else { continue };
        if plan.end != End::Late {
            return end(plan.end);
        }
        late = true;
        left = None;
        // The wait is the fault itself: nothing waits for it.
        thread::park_timeout(Duration::from_millis(200));
        if to.write_all(&buffer[whole..read]).is_err() {
            return;
        }
    }
}
