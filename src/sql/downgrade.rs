//! What an older server lacks: for each construct of PostgreSQL 13 to 18 the version that brought it, and
//! whether an object can do without it.
//!
//! Pure. The kinds of objects say which constructs a definition uses, when they write it; nothing here or
//! later reads SQL text. What no row of the table covers (an expression that only a newer parser reads)
//! the target itself refuses.
//!
//! Invariant: a variant is written for every version at which the text changes, so that the one with the
//! smallest `below` above the target is right.

use serde::{Deserialize, Serialize};

/// What stands for an entry's definition on older servers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// Holds for targets of a major version below this.
    pub below: u32,
    /// The definition there; `None`: the object cannot be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// What is lacking there, for people.
    pub reason: String,
}

/// The newest version for which variants are written is the one before this.
const NEWEST: u32 = 18;
/// The oldest supported target.
const OLDEST: u32 = 12;

/// A construct that came with some version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // `FEATURES` describes each
pub enum Feature {
    VirtualColumn,
    NamedNotNull,
    NotNullNoInherit,
    NotNullNotValid,
    NotNullComment,
    NotEnforced,
    WithoutOverlaps,
    Period,
    PublishGeneratedColumns,
    DefaultPrivilegesOnLargeObjects,
    PartitionedAccessMethod,
    Maintain,
    BuiltinProvider,
    LoginEvent,
    CollationRules,
    SubscriptionOption,
    NullsNotDistinct,
    SetNullColumns,
    SecurityInvoker,
    PublicationColumns,
    PublicationCondition,
    PublicationSchema,
    UnloggedSequence,
    SqlBody,
    Compression,
    MultirangeName,
    Subscript,
    StatisticsOnExpressions,
    StatisticsTarget,
    PublishViaRoot,
    BuiltinDatabase,
    DatabaseRules,
    IcuDatabase,
    StorageParameter,
}

/// What happens to an object that uses a construct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Downgrade {
    /// It is made without it, and a warning says so.
    Rewritten,
    /// It is left out, with all that needs it.
    Refused,
}

use Downgrade::{Refused, Rewritten};

/// Every construct: the version that brought it, what happens below, and what it is called.
pub const FEATURES: &[(Feature, u32, Downgrade, &str)] = &[
    (Feature::VirtualColumn, 18, Rewritten, "a virtual generated column is stored"),
    (Feature::NamedNotNull, 18, Rewritten, "NOT NULL constraints have no names"),
    (Feature::NotNullNoInherit, 18, Rewritten, "NOT NULL has no NO INHERIT"),
    (Feature::NotNullNotValid, 18, Refused, "NOT NULL cannot be NOT VALID"),
    (Feature::NotNullComment, 18, Refused, "NOT NULL constraints have no comments"),
    (Feature::NotEnforced, 18, Refused, "constraints cannot be NOT ENFORCED"),
    (Feature::WithoutOverlaps, 18, Refused, "keys have no WITHOUT OVERLAPS"),
    (Feature::Period, 18, Refused, "foreign keys have no PERIOD"),
    (Feature::PublishGeneratedColumns, 18, Rewritten, "publications leave generated columns out"),
    (Feature::DefaultPrivilegesOnLargeObjects, 18, Refused, "large objects have no default privileges"),
    (Feature::PartitionedAccessMethod, 17, Rewritten, "partitioned tables have no access method"),
    (Feature::Maintain, 17, Rewritten, "there is no privilege MAINTAIN"),
    (Feature::BuiltinProvider, 17, Refused, "collations have no provider builtin"),
    (Feature::LoginEvent, 17, Refused, "event triggers have no event login"),
    (Feature::CollationRules, 16, Refused, "collations have no rules"),
    (Feature::SubscriptionOption, 17, Rewritten, "subscriptions lack an option"),
    (Feature::NullsNotDistinct, 15, Refused, "unique indexes have no NULLS NOT DISTINCT"),
    (Feature::SetNullColumns, 15, Refused, "foreign keys cannot set single columns"),
    (Feature::SecurityInvoker, 15, Refused, "views have no security_invoker"),
    (Feature::PublicationColumns, 15, Refused, "publications take whole tables, not columns"),
    (Feature::PublicationCondition, 15, Refused, "publications take all rows, not those that meet a condition"),
    (Feature::PublicationSchema, 15, Refused, "publications take no schemas"),
    (Feature::UnloggedSequence, 15, Rewritten, "sequences are always logged"),
    (Feature::SqlBody, 14, Refused, "functions have no SQL-standard body"),
    (Feature::Compression, 14, Rewritten, "columns have no compression method"),
    (Feature::MultirangeName, 14, Rewritten, "ranges have no multirange"),
    (Feature::Subscript, 14, Rewritten, "types have no subscripting function"),
    (Feature::StatisticsOnExpressions, 14, Refused, "extended statistics take no expressions"),
    (Feature::StatisticsTarget, 13, Rewritten, "extended statistics have no target"),
    (Feature::PublishViaRoot, 13, Rewritten, "publications have no publish_via_partition_root"),
    (Feature::BuiltinDatabase, 17, Rewritten, "databases have no provider builtin: the C library's locale is used"),
    (Feature::DatabaseRules, 16, Rewritten, "locales of databases have no rules"),
    (Feature::IcuDatabase, 15, Rewritten, "databases have no provider icu: the C library's locale is used"),
    (Feature::StorageParameter, 18, Rewritten, "storage parameters are unknown"),
];

/// Storage parameters that are not older than 12: name and version. TOAST's take the same names.
pub const STORAGE_PARAMETERS: &[(&str, u32)] = &[
    ("autovacuum_vacuum_insert_scale_factor", 13),
    ("autovacuum_vacuum_insert_threshold", 13),
    ("deduplicate_items", 13),
    ("autovacuum_vacuum_max_threshold", 18),
    ("vacuum_max_eager_freeze_failure_rate", 18),
    ("vacuum_truncate", 12),
];

impl Feature {
    fn row(self) -> &'static (Feature, u32, Downgrade, &'static str) {
        FEATURES.iter().find(|row| row.0 == self).expect("every feature has its row")
    }

    /// Whether a server of this version has it. Options and parameters ask with a version of their own.
    pub fn is_in(self, target: u32) -> bool {
        target >= self.row().1
    }

    /// What happens without it.
    pub fn downgrade(self) -> Downgrade {
        self.row().2
    }

    /// A variant that leaves the object out wherever the construct is lacking.
    pub fn refused(self) -> Variant {
        Variant { below: self.row().1, definition: None, reason: self.row().3.to_string() }
    }
}

/// A definition written for one version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// The text.
    pub text: String,
    /// What it goes without, each once, with a detail where that tells more.
    pub without: Vec<(Feature, String)>,
}

impl Written {
    /// Notes that `feature` is left out.
    pub fn lacks(&mut self, feature: Feature, detail: &str) {
        let item = (feature, detail.to_string());
        if !self.without.contains(&item) {
            self.without.push(item);
        }
    }
}

/// The newest text of something that can be written for any version, and its variants, newest first; none where
/// the text is the same for all.
pub fn variants(write: impl Fn(u32) -> Written) -> (String, Vec<Variant>) {
    let mut out: Vec<Variant> = Vec::new();
    let mut before = write(NEWEST);
    // What the oldest lacks nothing of, nobody does.
    if write(OLDEST) == before {
        return (before.text, out);
    }
    let newest = before.text.clone();
    for target in (OLDEST..NEWEST).rev() {
        let written = write(target);
        if written == before {
            continue;
        }
        let refused = written.without.iter().any(|(feature, _)| feature.downgrade() == Refused);
        let reasons = written.without.iter().map(|(feature, detail)| match detail.as_str() {
            "" => feature.row().3.to_string(),
            detail => format!("{} ({detail})", feature.row().3),
        });
        let reason = reasons.collect::<Vec<_>>().join("; ");
        let definition = (!refused).then(|| written.text.clone());
        out.push(Variant { below: target + 1, definition, reason });
        before = written;
    }
    (newest, out)
}

/// The stored parameters (`name=value`) that a server of `target` knows; the others are noted.
pub fn known_parameters(items: &[String], target: u32, written: &mut Written) -> Vec<String> {
    let known = |item: &&String| {
        let name = item.split('=').next().unwrap_or_default();
        let known = STORAGE_PARAMETERS.iter().find(|(new, _)| *new == name).is_none_or(|(_, since)| target >= *since);
        if !known {
            written.lacks(Feature::StorageParameter, name);
        }
        known
    };
    items.iter().filter(known).cloned().collect()
}

/// The variant of `variants` for `target`: what leaves the object out comes before what rewrites it.
pub fn variant_for(variants: &[Variant], target: u32) -> Option<&Variant> {
    let fits = || variants.iter().filter(|variant| target < variant.below);
    fits().find(|variant| variant.definition.is_none()).or_else(|| fits().min_by_key(|variant| variant.below))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(target: u32) -> Written {
        let mut written = Written { text: "all".into(), ..Written::default() };
        if !Feature::NotNullNoInherit.is_in(target) {
            written.text = "less".into();
            written.lacks(Feature::NotNullNoInherit, "");
        }
        if !Feature::Compression.is_in(target) {
            written.text = "little".into();
            written.lacks(Feature::Compression, "c");
        }
        written
    }

    #[test]
    fn each_version_gets_the_text_that_it_can_read() {
        let (newest, variants) = variants(write);
        assert_eq!(newest, "all");
        let of = |target| variant_for(&variants, target).map(|variant| variant.definition.as_deref().unwrap());
        assert_eq!(
            [12, 13, 14, 17, 18, 19].map(of),
            [Some("little"), Some("little"), Some("less"), Some("less"), None, None]
        );
        assert_eq!(variants.len(), 2);
        assert_eq!(variants[1].reason, "NOT NULL has no NO INHERIT; columns have no compression method (c)");
    }

    #[test]
    fn a_refusal_outweighs_a_rewriting() {
        let (_, mut variants) = variants(write);
        variants.push(Feature::NullsNotDistinct.refused());
        assert!(variant_for(&variants, 15).unwrap().definition.is_some());
        assert!(variant_for(&variants, 14).unwrap().definition.is_none());
    }

    #[test]
    fn every_feature_has_one_row() {
        let mut all: Vec<Feature> = FEATURES.iter().map(|row| row.0).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), FEATURES.len());
        assert_eq!(all.last(), Some(&Feature::StorageParameter), "the last of the enum");
        assert_eq!(all.len(), Feature::StorageParameter as usize + 1);
    }

    #[test]
    fn parameters_have_versions() {
        let items = ["fillfactor=70".to_string(), "deduplicate_items=off".to_string()];
        let mut written = Written::default();
        assert_eq!(known_parameters(&items, 12, &mut written), ["fillfactor=70"]);
        assert_eq!(written.without.len(), 1);
        assert_eq!(known_parameters(&items, 13, &mut written).len(), 2);
    }
}
