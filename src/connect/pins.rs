//! The settings pinned on every session, so that each connection prints and reads values alike.
//!
//! Owns the list, by purpose and server version; pure. Which settings change deparsed text is in
//! ruleutils.c and the types' output functions; the timeouts are those `pg_dump` switches off, plus
//! `idle_session_timeout`, which it forgets. `client_encoding` is not here: the driver sets UTF8, and
//! copying changes it round each COPY.
//!
//! Invariant: the same purpose and server give the same list, in the same order, on every connection.

use std::fmt::Write;

/// What a session is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Reading the source. Cannot write.
    Dump,
    /// Running the archive's schema and loading its data.
    Restore,
    /// Everything else that writes: creating and dropping databases.
    Maintenance,
}

/// What the list depends on.
#[derive(Debug, Clone, Copy)]
pub struct Server {
    /// The major version.
    pub major: u32,
    /// Whether the role is a superuser.
    pub superuser: bool,
    /// Whether `restrict_nonsystem_relation_kind` exists (12.20, 13.16, 14.13, 15.8, 16.4, 17).
    pub restricts_relation_kinds: bool,
}

/// For all purposes, all versions.
const ALWAYS: &[(&str, &str)] = &[
    // First, so that nothing after it can be captured by an object in a writable schema.
    ("search_path", ""),
    ("datestyle", "ISO, MDY"),
    ("intervalstyle", "postgres"),
    ("timezone", "UTC"),
    ("extra_float_digits", "3"),
    ("bytea_output", "hex"),
    ("lc_monetary", "C"),
    ("xmloption", "content"),
    ("xmlbinary", "base64"),
    ("array_nulls", "on"),
    ("transform_null_equals", "off"),
    ("standard_conforming_strings", "on"),
    ("quote_all_identifiers", "off"),
    ("row_security", "off"),
    ("client_min_messages", "warning"),
    ("default_transaction_isolation", "read committed"),
    ("default_transaction_deferrable", "off"),
    ("statement_timeout", "0"),
    ("lock_timeout", "0"),
    ("idle_in_transaction_session_timeout", "0"),
    ("jit", "off"),
];

const DUMP: &[(&str, &str)] = &[
    ("default_transaction_read_only", "on"),
    ("synchronize_seqscans", "off"),
    ("enable_tidscan", "on"),
    ("max_parallel_workers_per_gather", "0"),
];

/// A role's or database's default tablespace must not catch what the archive puts nowhere special.
const RESTORE: &[(&str, &str)] = &[
    ("default_transaction_read_only", "off"),
    ("check_function_bodies", "off"),
    ("default_tablespace", ""),
    ("default_table_access_method", "heap"),
    // Thousands of small commits need not wait for the disk one by one: the restore ends with one that does.
    ("synchronous_commit", "off"),
];

/// The settings for a purpose on a server.
pub fn pins(purpose: Purpose, server: &Server) -> Vec<(&'static str, &'static str)> {
    let mut list = ALWAYS.to_vec();
    if server.major >= 14 {
        list.push(("idle_session_timeout", "0"));
    }
    if server.major >= 17 {
        list.push(("transaction_timeout", "0"));
    }
    match purpose {
        Purpose::Dump => {
            list.extend(DUMP);
            if server.major >= 14 {
                // 14 and 15 remember what a volatile function gave: the size of one large object for all.
                list.push(("enable_memoize", "off"));
            }
            if server.restricts_relation_kinds {
                // CVE-2024-7348: a table swapped for a view would run its owner's code as us.
                list.push(("restrict_nonsystem_relation_kind", "view, foreign-table"));
            }
        }
        Purpose::Restore => {
            list.extend(RESTORE);
            if server.major >= 17 && server.superuser {
                list.push(("event_triggers", "off"));
            }
        }
        Purpose::Maintenance => list.push(("default_transaction_read_only", "off")),
    }
    list
}

/// The settings as one batch: for the session, or for the transaction where the session is not ours
/// alone (a pooler).
pub fn statements(list: &[(&str, &str)], local: bool) -> String {
    let scope = if local { "LOCAL" } else { "SESSION" };
    list.iter().fold(String::new(), |mut sql, (name, value)| {
        // Names and values are constants of this file; none has a quote.
        let _ = write!(sql, "SET {scope} {name} TO '{value}';");
        sql
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(purpose: Purpose, major: u32, name: &str) -> bool {
        let server = Server { major, superuser: true, restricts_relation_kinds: major >= 17 };
        pins(purpose, &server).iter().any(|(pinned, _)| *pinned == name)
    }

    #[test]
    fn settings_are_sent_only_to_versions_that_know_them() {
        assert!(!has(Purpose::Dump, 16, "transaction_timeout") && has(Purpose::Dump, 17, "transaction_timeout"));
        assert!(!has(Purpose::Dump, 13, "idle_session_timeout") && has(Purpose::Dump, 14, "idle_session_timeout"));
        assert!(!has(Purpose::Restore, 16, "event_triggers") && has(Purpose::Restore, 17, "event_triggers"));
        assert!(!has(Purpose::Dump, 13, "enable_memoize") && has(Purpose::Dump, 14, "enable_memoize"));
        assert!(has(Purpose::Dump, 18, "restrict_nonsystem_relation_kind"));
        assert!(!has(Purpose::Restore, 18, "restrict_nonsystem_relation_kind"));
        let server = Server { major: 18, superuser: false, restricts_relation_kinds: true };
        assert!(!pins(Purpose::Restore, &server).iter().any(|(name, _)| *name == "event_triggers"));
    }

    #[test]
    fn the_search_path_is_emptied_first_and_nothing_is_set_twice() {
        for purpose in [Purpose::Dump, Purpose::Restore, Purpose::Maintenance] {
            let list = pins(purpose, &Server { major: 18, superuser: true, restricts_relation_kinds: true });
            assert_eq!(list[0], ("search_path", ""));
            let mut names: Vec<&str> = list.iter().map(|(name, _)| *name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), list.len());
            assert!(list.iter().all(|(_, value)| !value.contains('\'')));
        }
        assert_eq!(statements(&[("a", "b")], true), "SET LOCAL a TO 'b';");
    }
}
