//! The members that make an archive restorable without pgsnap: the schema as scripts, `restore.sql` that
//! runs them and loads every chunk with psql's own `\copy`, and `README.txt`.
//!
//! Pure. Text that came from the server stands only in files fenced by `\restrict` with a random key, so
//! that psql takes no commands from it (CVE-2025-8714); `restore.sql` itself is ours.
//!
//! Invariant: every path in `restore.sql` is a member's, hence plain ASCII.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::Write as _;

use crate::archive::manifest::{Format, Manifest, Table, Type};
use crate::catalog::statistics::SINCE;
use crate::command::staging::{STAGE, destination, is_needed, staging};
use crate::command::statistics::STATISTICS_DATA;
use crate::error::Result;
use crate::spelling::{script_encoding, to_bytes};
use crate::sql::script::preamble;
use crate::sql::{Entry, Pass, Script, Section, ident, literal, qualified};

/// Where the scripts lie.
pub const PRE_DATA: &str = "schema/pre-data.sql";
/// The half of the schema that follows the rows.
pub const POST_DATA: &str = "schema/post-data.sql";
/// The entries, for pgsnap.
pub const ENTRIES: &str = "schema/entries.json";
/// Sequence values.
pub const SEQUENCES: &str = "sequences.sql";
/// The making of large objects; their bytes are chunks.
pub const LARGE_OBJECTS: &str = "large-objects.sql";
/// Statistics, for servers of 18 and newer.
pub const STATISTICS: &str = "statistics.sql";
/// The script that puts it all back.
pub const RESTORE: &str = "restore.sql";
/// What a person reads first.
pub const README: &str = "README.txt";

/// A script as it is stored: in the server's bytes where strings only spell them.
fn bytes(script: String) -> Vec<u8> {
    match to_bytes(&script) {
        Cow::Borrowed(_) => script.into_bytes(),
        Cow::Owned(bytes) => bytes,
    }
}

/// A script of server text, fenced.
fn fenced(key: &str, body: &str) -> Vec<u8> {
    bytes(format!("\\restrict {key}\n{body}\n\\unrestrict {key}\n"))
}

/// `schema/pre-data.sql`.
pub fn pre_data(script: &Script, key: &str) -> Vec<u8> {
    fenced(key, &script.render(|entry| entry.section == Section::PreData && entry.pass == Pass::Main))
}

/// `schema/post-data.sql`: post-data, then privileges, then what runs last.
pub fn post_data(script: &Script, key: &str) -> Vec<u8> {
    let mut body = script.render(|entry| entry.section == Section::PostData && entry.pass == Pass::Main);
    body.push_str(&script.render(|entry| entry.pass == Pass::Privileges));
    body.push_str(&script.render(|entry| entry.pass == Pass::Last && entry.kind != STATISTICS_DATA));
    fenced(key, &body)
}

/// `statistics.sql`: those that are carried, and ANALYZE for the tables whose are not.
pub fn statistics(script: &Script, key: &str) -> Vec<u8> {
    let name = |entry: &Entry| (entry.schema.clone().unwrap_or_default(), entry.name.clone());
    let of_kind = |kind: &'static str| script.entries.iter().filter(move |entry| entry.kind == kind).map(name);
    let carried: HashSet<(String, String)> = of_kind(STATISTICS_DATA).collect();
    let mut body = script.render(|entry| entry.kind == STATISTICS_DATA);
    for (schema, name) in of_kind("TABLE DATA").filter(|table| !carried.contains(table)) {
        let _ = writeln!(body, "ANALYZE {};", qualified(&schema, &name));
    }
    fenced(key, &body)
}

/// `sequences.sql`.
pub fn sequences(script: &Script, key: &str) -> Vec<u8> {
    fenced(key, &script.render(|entry| entry.kind == "SEQUENCE SET"))
}

/// `large-objects.sql`, where there are any.
pub fn large_objects(script: &Script, key: &str) -> Vec<u8> {
    fenced(
        key,
        &script
            .render(|entry| entry.section == Section::Data && entry.kind != "SEQUENCE SET" && entry.pass == Pass::Main),
    )
}

/// `restore.sql`.
pub fn restore(manifest: &Manifest, paths: &dyn Fn(usize) -> String) -> Result<Vec<u8>> {
    let mut out = String::from(
        "-- Restores this directory into the database psql is connected to, which should be empty:\n\
         --   createdb copy && psql -d copy -f restore.sql\n\
         -- Run it in the directory that holds it. It stops at the first error.\n\n\
         \\set ON_ERROR_STOP on\n",
    );
    let scripts = literal(script_encoding(&manifest.encoding));
    out.push_str(&preamble(script_encoding(&manifest.encoding)));
    let _ = writeln!(out, "\\ir {PRE_DATA}\n\nSET client_encoding = {};", literal(&manifest.encoding));
    for table in &manifest.tables {
        table_data(&mut out, table, &manifest.types, &manifest.encoding, paths)?;
    }
    if let Some(large) = &manifest.large_objects {
        let _ = writeln!(out, "\nSET client_encoding = {scripts};\n\\ir {LARGE_OBJECTS}");
        for chunk in &large.data.chunks {
            let _ = writeln!(
                out,
                "CREATE TEMP TABLE pgsnap_load (id oid, place bigint, data bytea);\n\
                 \\copy pg_temp.pgsnap_load from '{}' with (format binary)\n\
                 SELECT pg_catalog.count(pg_catalog.lo_put(id, place, data)) FROM pg_temp.pgsnap_load;\n\
                 DROP TABLE pg_temp.pgsnap_load;",
                paths(chunk.member)
            );
        }
    }
    let _ = writeln!(out, "\nSET client_encoding = {scripts};\n\\ir {SEQUENCES}\n\\ir {POST_DATA}");
    let _ = writeln!(
        out,
        "\nSELECT pg_catalog.current_setting('server_version_num')::int >= {SINCE}0000 AS takes_statistics \\gset\n\
         \\if :takes_statistics\n\\ir {STATISTICS}\n\\else\nANALYZE;\n\\endif"
    );
    Ok(bytes(out))
}

fn table_data(
    out: &mut String,
    table: &Table,
    types: &[Type],
    encoding: &str,
    paths: &dyn Fn(usize) -> String,
) -> Result<()> {
    let target = destination(table);
    let columns: Vec<String> = table.columns.iter().map(|column| ident(&column.name)).collect();
    let list = if columns.is_empty() { String::new() } else { format!(" ({})", columns.join(", ")) };
    let format = match table.format {
        Format::Binary => " with (format binary)",
        Format::Text => "",
    };
    // \copy is a line, and read in the encoding of the rows: a name with a line break in it cannot stand
    // there, nor one that this script writes in another encoding.
    let names = format!("{target}{list}");
    let can_stand = !names.contains(['\n', '\r']) && (encoding == script_encoding(encoding) || names.is_ascii());
    let staging = if can_stand && !is_needed(table) { None } else { Some(staging(table, types)?) };
    for chunk in &table.data.chunks {
        let path = paths(chunk.member);
        let Some(staging) = &staging else {
            let _ = writeln!(out, "\\copy {target}{list} from '{path}'{format}");
            continue;
        };
        let _ = writeln!(
            out,
            "SET client_encoding = {scripts};\n\
             {};\n\
             SET client_encoding = {rows};\n\
             \\copy {STAGE} from '{path}'{format}\n\
             SET client_encoding = {scripts};\n\
             {};\n\
             {};\n\
             SET client_encoding = {rows};",
            staging.create,
            staging.insert,
            staging.drop,
            rows = literal(encoding),
            scripts = literal(script_encoding(encoding)),
        );
    }
    Ok(())
}

/// `README.txt`.
pub fn readme(manifest: &Manifest) -> Vec<u8> {
    format!(
        "A logical copy of the PostgreSQL database {:?} ({}, server {}), taken by {} at {}.\n\n\
         With pgsnap:      pgsnap verify ARCHIVE; pgsnap restore ARCHIVE -d postgresql://host/copy\n\
         Without pgsnap:   tar --zstd -xf ARCHIVE && createdb copy && psql -d copy -f restore.sql\n\n\
         schema/           the schema as SQL, before and after the rows; as entries in entries.json\n\
         data/             one directory per table; each file is a complete COPY file of its own\n\
         sequences.sql     the values of sequences\n\
         statistics.sql    what ANALYZE found, for servers of 18 and newer\n\
         restore.sql       runs all of it\n\
         manifest.json     tables, rows, checksums, warnings\n\n\
         Roles are not in here: make them first, or they are missed by name. The encoding of the rows is {}.\n",
        manifest.database,
        manifest.environment,
        manifest.server_version,
        manifest.writer,
        manifest.started,
        manifest.encoding
    )
    .into_bytes()
}
