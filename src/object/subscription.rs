//! Subscriptions. Writes `CREATE SUBSCRIPTION`, always disabled and without connecting: whether it was
//! enabled and how far it had come belongs to the running server, not to a copy.
//!
//! Pitfalls: the connection string may hold a password, so a definition never goes into an error or a
//! log. It can only be read with rights that [`READABLE`] asks for; without them [`QUERY`] would fail, so
//! it must not run, and `unreadable.sql` names what is then missing. Servers that do not know an option
//! behave as one of its values; where newer ones default to another, a newer target is told.

use super::*;
use crate::sql::downgrade::Written;
use crate::sql::{dollar_quote, literal};

/// Subscriptions of this database; only to be run where [`READABLE`] is true.
pub const QUERY: &str = include_str!("../../db/catalog/subscription.sql");

/// One row, one boolean `readable`: whether this user may run [`QUERY`].
pub const READABLE: &str =
    "SELECT pg_catalog.has_column_privilege('pg_catalog.pg_subscription', 'subconninfo', 'SELECT') AS readable";

/// Reads one subscription.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let object = Object::from_row(Kind::Subscription, class::SUBSCRIPTION, row)?;
    let publications: Vec<String> = row.texts("publications")?.iter().map(|name| ident(name)).collect();
    let slot = row.opt_text("slot")?.map_or_else(|| "NONE".to_string(), |slot| literal(&slot));
    // Each with the version that knows it.
    let mut options = vec![(12, "connect = false".to_string()), (12, format!("slot_name = {slot}"))];
    let mut newer = Vec::new();
    if row.flag("send_binary")? {
        options.push((14, "binary = true".into()));
    }
    match row.opt_text("streaming")? {
        Some(mode) => options.push((if mode == "parallel" { 16 } else { 14 }, format!("streaming = {mode}"))),
        // A server before 14 never streams; from 18 on streaming is the default.
        None => newer.push((140000, "streaming = off")),
    }
    if row.flag("two_phase")? {
        options.push((15, "two_phase = on".into()));
    }
    if row.flag("disable_on_error")? {
        options.push((15, "disable_on_error = true".into()));
    }
    if !row.flag("password_required")? {
        options.push((16, "password_required = false".into()));
    }
    match row.opt_text("run_as_owner")?.as_deref() {
        Some("true") => options.push((16, "run_as_owner = true".into())),
        Some(_) => {}
        // A server before 16 applies changes as the owner; from 16 on it is not the default.
        None => newer.push((160000, "run_as_owner = true")),
    }
    if row.flag("failover")? {
        options.push((17, "failover = true".into()));
    }
    let commit = row.text("synchronous_commit")?;
    if commit != "off" {
        options.push((12, format!("synchronous_commit = {}", literal(&commit))));
    }
    let origin = row.text("origin")?;
    if origin != "any" {
        options.push((16, format!("origin = {}", literal(&origin))));
    }
    let head = format!(
        "CREATE {} CONNECTION {} PUBLICATION {}",
        object.identity,
        literal(&row.text("connection")?),
        publications.join(", ")
    );
    let statement =
        |(version, option): (u32, &str)| on_newer(version, &format!("ALTER {} SET ({option})", object.identity));
    let newer: String = newer.into_iter().map(statement).collect();
    out.push(object.written(|target| {
        let mut written = Written::default();
        let (known, unknown): (Vec<_>, Vec<_>) = options.iter().partition(|(since, _)| target >= *since);
        // Off is what a server does that does not know it.
        for (_, option) in unknown.iter().filter(|(_, option)| option != "streaming = off") {
            written.lacks(Feature::SubscriptionOption, option);
        }
        let known: Vec<&str> = known.iter().map(|(_, option)| option.as_str()).collect();
        written.text = format!("{head} WITH ({});{newer}", known.join(", "));
        written
    }));
    Ok(())
}

/// A statement that runs only on a target of at least `version` (as `server_version_num` counts).
fn on_newer(version: u32, statement: &str) -> String {
    let body = format!(
        "BEGIN\n    IF pg_catalog.current_setting('server_version_num')::int >= {version} THEN\n        EXECUTE {};\n    \
         END IF;\nEND",
        literal(statement)
    );
    format!("\nDO {};", dollar_quote(&body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_target_is_told_within_quotes() {
        assert_eq!(
            on_newer(160000, "ALTER SUBSCRIPTION \"it's $$\" SET (run_as_owner = true)"),
            "\nDO $_$BEGIN\n    IF pg_catalog.current_setting('server_version_num')::int >= 160000 THEN\n        \
             EXECUTE 'ALTER SUBSCRIPTION \"it''s $$\" SET (run_as_owner = true)';\n    END IF;\nEND$_$;"
        );
    }
}
