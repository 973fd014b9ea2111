//! The schemas that providers of managed servers make and keep.
//!
//! Owns the list. A name alone proves nothing: it counts only where the schema belongs to a role that this one
//! cannot act for. Then a dump leaves out what it may not read in it, a restore what is to go into it.

/// Supabase; Neon; Amazon, Google, Microsoft; pg_cron and its like, which providers install for their users.
const SCHEMAS: [&str; 26] = [
    "_analytics",
    "_realtime",
    "auth",
    "extensions",
    "graphql",
    "graphql_public",
    "net",
    "pgbouncer",
    "pgsodium",
    "pgsodium_masks",
    "realtime",
    "storage",
    "supabase_functions",
    "supabase_migrations",
    "vault",
    "neon",
    "neon_auth",
    "neon_migration",
    "aws_commons",
    "aws_lambda",
    "aws_s3",
    "rds_tools",
    "google_ml",
    "google_vacuum_mgmt",
    "azure",
    "cron",
];

/// Whether a schema that belongs to somebody else is a provider's.
pub fn is_provided(schema: &str) -> bool {
    SCHEMAS.contains(&schema)
}
