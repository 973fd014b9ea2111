//! The integration tests: one binary, so that it links once and its tests share their servers.
//!
//! Each module asks one question. Everything runs on real servers (`support`, `db/server.rs`), found on
//! the machine or fetched once; nothing is mocked and nothing is skipped. A new question is a module
//! here and a line below.

/// Does every kind of object survive, with every clause and hostile names?
mod kinds;
/// Does a restored database equal what `pg_dump | psql` makes of its source?
mod roundtrip;
/// Do the throwaway servers start, run apart, and leave nothing behind?
mod servers;
/// What the tests stand on: servers, databases, the program, the judge.
mod support;
/// Does the source keep to its own rules: imports, purity, sizes, names?
mod tidy;
