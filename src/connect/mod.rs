//! From settings to a session: where the database is, TLS, pinned session settings, the snapshot.
//!
//! Owns everything up to the first query of the catalog, and the transaction everything is read in.
//! Does not read the catalog and moves no rows. Left out of libpq's world, each refused by name rather
//! than ignored: several hosts, service files (both would go into `settings.rs`, which decides the
//! target) and GSS; `target_session_attrs` is ignored with a warning.
//!
//! Invariants: no secret in any error, warning or debug output; no wait without a bound.

mod conninfo;
mod dotenv;
mod environment;
mod loss;
mod outside;
mod pgpass;
mod pins;
mod refusal;
mod session;
mod settings;
mod snapshot;
mod tls;

pub use dotenv::DotEnv;
pub use pins::Purpose;
pub use session::{Canceller, Session};
pub use settings::{ChannelBinding, Flags, Host, Origins, Password, Roots, Settings, SslMode, Tls};
pub use snapshot::{Changed, Proof, Snapshot};
