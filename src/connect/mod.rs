//! From settings to a session: where the database is, TLS, pinned session settings, the snapshot.
//!
//! Owns everything up to the first query of the catalog, and the transaction everything is read in.
//! Does not read the catalog and moves no rows. It connects where libpq would: the same parameters,
//! variables and files, the same order of hosts and of attempts. Left out, each refused by name rather
//! than ignored: GSSAPI, SSPI, OAuth, replication, `sslcertmode=require` and keys for SCRAM.
//!
//! Invariants: no secret in any error, warning or debug output; no wait without a bound.

mod auth;
mod certificate;
mod conninfo;
mod dotenv;
mod draft;
mod environment;
mod hosts;
mod incoming;
mod keywords;
mod loss;
mod open;
mod outgoing;
mod outside;
mod pgpass;
mod pins;
mod pooler;
mod prompt;
mod provenance;
mod refusal;
mod replay;
mod running;
mod service;
mod session;
mod settings;
mod snapshot;
mod tls;
mod waiting;
mod wire;

pub use dotenv::DotEnv;
pub use environment::is_production;
pub use hosts::{Host, Place};
pub use pins::Purpose;
pub use prompt::{Prompt, confirm};
pub use provenance::{Origin, Source};
pub use replay::STANDBY_HINT;
pub use running::Running;
pub use session::{Canceller, MAJOR_TRIED_MAX, Session};
pub use settings::security::{ChannelBinding, Method, Roots, SslMode, Tls};
pub use settings::{Flags, Password, Settings};
pub use snapshot::{Changed, Proof, Snapshot};
pub use tls::{Agreed, Verified};
pub use waiting::Waiting;
