//! The integration tests: one binary, so that it links once and its tests share their servers.
//!
//! Each module asks one question. Everything runs on real servers (`support`, `db/server.rs`), found on
//! the machine or fetched once; nothing is mocked and nothing is skipped, but for PgBouncer where there is none. A new question is a module
//! here and a line below.

/// Is the catalog read with a fixed number of queries, and is what no query knows named?
mod catalog;
/// Under random faults, is every archive that claims to be whole whole?
mod chaos;
/// Does `check` show where a connection leads, and is a password asked for and kept as it should be?
mod check;
/// Does --clean drop what is there in the right order, and nothing before the archive is proven?
mod clean;
/// Does the command line keep its promises: help, exit codes, what goes to which stream?
mod cli;
/// Is every archive that was ever written still read?
mod compat;
/// Does the connection module reach servers that ask for passwords and certificates, and refuse others?
mod connect;
/// Does pgsnap connect where psql connects, and only there?
mod conninfo;
/// Is a copy one state of the database, whatever happens beside the dump?
mod consistency;
/// Does the page of what is covered say what the code does?
mod coverage;
/// Does --create make the database that pg_dump -C would make?
mod create;
/// Does a connection or a file that ends at any byte give a clear error and nothing that looks whole?
mod cuts;
/// Is every kind of damage found, with its place, and does nothing begin to be restored from it?
mod damage;
/// Where does a dump go by itself, and whose settings count?
mod destination;
/// Does nobody wait for a dump longer than allowed, and can nobody's timeouts end one?
mod downtime;
/// Do databases in other encodings than UTF-8 come back byte for byte, rows and names?
mod encodings;
/// What happens to the rest of a restore when the server refuses a part of it?
mod errors;
/// Does a value come out of the copy as it went in, bit for bit?
mod exact;
/// Is everything found beforehand that would end a dump or a restore, or keep it from being whole?
mod findings;
/// Does what reads bytes of others hold for the corpus of the fuzz targets and mutations of it?
mod fuzz;
/// Does each kind's script stay what it was, and depend on the schema alone?
mod golden;
/// Does a restore leave alone what it was not plainly told to change?
mod guard;
/// Does bad input give one clear message, the right exit code, and nothing half-written?
mod input;
/// Does what stops a dump half-way (signals, lost connections, locks) leave nothing that looks whole?
mod interrupt;
/// Can one live with archives for years: are they listed, told from other files, and pruned by the rules?
mod keep;
/// Does every kind of object survive, with every clause and hostile names?
mod kinds;
/// Do large objects come back: their bytes, holes, owners, privileges, and many of them?
mod large_objects;
/// Does the table of contents list what a restore does, and does an edited one take and reorder it?
mod list;
/// Does a comparison with a database find every difference, and does a scratch restore leave nothing?
mod live;
/// Does a database come back by a role that owns it and is no superuser, with what it cannot do named?
mod managed;
/// Does an older server get what it can hold, and is the rest named?
mod many;
/// Do index builds take what --memory allows, and is too little of it for vectors told?
mod memory;
mod older;
/// Does every command of the operations guide work?
mod operations;
/// Does a dump through a pooler work and leave nothing in it, and is the rest refused?
mod pooler;
/// Does each list of privileges come out item for item as it was?
mod privileges;
/// Is what is being copied and built told while it happens?
mod progress;
/// Does a restore that died go on where it ended, and touch nothing that is not its own?
mod resume;
/// Does a restored database equal what `pg_dump | psql` makes of its source?
mod roundtrip;
mod salvage;
/// Do the options that take a part take that part, on both sides?
mod selection;
/// Do the throwaway servers start, run apart, and leave nothing behind?
mod servers;
/// Do the options that shape a copy give what those of pg_dump and pg_restore give?
mod shape;
/// Do tar, zstd and psql alone restore an archive?
mod standalone;
/// Does a dump from a standby that replays equal its primary, and is a conflict explained?
mod standby;
/// Is a restored database ready to serve: with the statistics of its source, or analysed?
mod statistics;
/// What the tests stand on: servers, databases, the program, the judge.
mod support;
/// Does the source keep to its own rules: imports, purity, sizes, names?
mod tidy;
