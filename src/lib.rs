//! pgsnap: a complete, verified, logical copy of a PostgreSQL database.
//!
//! Data flows one way, **connect → catalog → order → script → copy → archive**, and back. `catalog`,
//! `order`, `copy` and `archive` do not know each other; they meet only in [`command`]. A test checks
//! the import table.
//!
//! One word per thing, in code, messages and documentation:
//!
//! * **archive**: the file. **member**: one tar entry in it. **frame**: one zstd frame.
//! * **chunk**: a bounded piece of one table's rows, which is one member and one frame.
//! * **manifest**: the index of all of it, the archive's last member.
//! * **object**: something in the catalog, of a **kind**.
//! * **entry**: one object's SQL with its drop, owner, section and dependencies.
//! * **section**: pre-data, data or post-data, as in `pg_dump --section`.
//! * **fingerprint**: a table's order-independent row digest.
//! * **environment**: the label (dev, prod, …) of a connection.

pub mod archive;
pub mod catalog;
pub mod cli;
pub mod command;
pub mod connect;
pub mod copy;
pub mod error;
pub mod object;
pub mod order;
pub mod progress;
pub mod spelling;
pub mod sql;
pub mod terminal;
