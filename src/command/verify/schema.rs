//! Compares two scripts entry by entry: the archive's and the one that a dump of the database would have.
//!
//! Pure. Entries are told apart by kind, schema, name and, where those are not enough (overloaded functions,
//! comments on columns), by what removes them or what they are about. Not compared are numbers, order and
//! dependencies, which follow from the rest; rows (`rows` does) and statistics, which are estimates.

use std::collections::{BTreeMap, HashSet};

use super::difference::{Difference, How, diff};
use super::form::same_form;
use crate::command::statistics::STATISTICS_DATA;
use crate::sql::{Entry, Script, ident, one_line, variant_for};

/// What is compared.
pub struct Sides<'a> {
    /// The script in the archive.
    pub archive: &'a Script,
    /// Major version of the server it was taken from.
    pub archive_major: u32,
    /// The script of the database.
    pub live: &'a Script,
    /// Major version of its server.
    pub live_major: u32,
    /// Whether the databases have one name, so that what is about the database itself compares.
    pub same_database: bool,
    /// Labels of entries that a restore left out, with the reason.
    pub left_out: &'a BTreeMap<String, String>,
    /// What has no owner in the archive may have any.
    pub any_owner: bool,
}

/// Tells entries apart: kind, schema, name, what removes it or what it is about.
type Key = (String, Option<String>, String, String);

/// An entry as it is compared.
#[derive(Debug)]
struct Item {
    id: u32,
    label: String,
    /// Definition and placement; the reason where a server of the older version cannot have it.
    text: Result<String, String>,
    /// The statement that gives it to its owner.
    owner: Option<String>,
}

impl Item {
    fn is_like(&self, live: &Item, any_owner: bool) -> bool {
        self.text == live.text && (self.owner == live.owner || (any_owner && self.owner.is_none()))
    }

    /// All that is compared.
    fn whole(&self) -> String {
        let text = self.text.as_ref().map_or_else(|reason| format!("({reason})"), String::clone);
        self.owner.iter().fold(text, |text, owner| format!("{text}\n{owner}"))
    }
}

/// An entry, or one of the objects of an entry of large objects, on the two sides.
#[derive(Debug)]
pub struct Pair {
    /// The archive's entry; `None` where it has none.
    pub archive: Option<u32>,
    /// The database's entry; `None` where it has none.
    pub live: Option<u32>,
    /// How they differ; `None` where they are equal.
    pub found: Option<Difference>,
}

/// Kinds whose text is a query that the server writes from what it parsed: 16 names columns otherwise than 15.
const QUERIES: [&str; 4] = ["VIEW", "MATERIALIZED VIEW", "RULE", "POLICY"];

/// Compares; returns how many entries the archive has, and what is not the same.
pub fn compare(sides: &Sides<'_>) -> (u64, Vec<Difference>) {
    let pairs = pairs(sides);
    let count = pairs.iter().filter(|pair| pair.archive.is_some()).count() as u64;
    (count, pairs.into_iter().filter_map(|pair| pair.found).collect())
}

/// Compares; returns every entry of both sides.
pub fn pairs(sides: &Sides<'_>) -> Vec<Pair> {
    let (archive_major, live_major) = (sides.archive_major, sides.live_major);
    let older = archive_major.min(live_major);
    let mut by_key: BTreeMap<Key, (Vec<Item>, Vec<Item>)> = BTreeMap::new();
    for (key, item) in items(sides.archive, archive_major, older, sides.same_database) {
        by_key.entry(key).or_default().0.push(item);
    }
    for (key, item) in items(sides.live, live_major, older, sides.same_database) {
        by_key.entry(key).or_default().1.push(item);
    }
    let mut out = Vec::new();
    for (key, (mut archive, mut live)) in by_key {
        let first = out.len();
        live.retain(|item| match archive.iter().position(|other| other.is_like(item, sides.any_owner)) {
            Some(at) => {
                out.push(Pair { archive: Some(archive.remove(at).id), live: Some(item.id), found: None });
                false
            }
            None => true,
        });
        let mut live = live.into_iter();
        for item in archive {
            let other = live.next();
            let found = match &other {
                Some(other) => different(&key.0, &item, other, archive_major, live_major),
                None => missing(&item, sides.left_out),
            };
            out.push(Pair { archive: Some(item.id), live: other.map(|other| other.id), found: Some(found) });
        }
        out.extend(live.map(|item| Pair { archive: None, live: Some(item.id), found: Some(extra(item)) }));
        if archive_major != live_major && starts_from_initdb(&key) {
            let why = format!("PostgreSQL {archive_major} and {live_major} make it differently to begin with");
            for one in out[first..].iter_mut().filter_map(|pair| pair.found.as_mut()) {
                (one.how, one.detail) = (How::NotComparable, format!("{why}\n{}", one.detail));
            }
        }
    }
    out
}

/// What is told as the difference from what initdb made: the schema public, and privileges on what an archive
/// has no entry of because the server brings it.
fn starts_from_initdb((kind, schema, name, about): &Key) -> bool {
    let public = schema.is_none() && name == "public" && matches!(kind.as_str(), "ACL" | "SCHEMA");
    public || (kind == "ACL" && about.is_empty())
}

fn missing(item: &Item, left_out: &BTreeMap<String, String>) -> Difference {
    let reason = item.text.as_ref().err().or_else(|| left_out.get(&item.label));
    match reason {
        Some(reason) => Difference::new(&item.label, How::NotComparable, reason),
        // Dropped and made again it is somebody's own, from template0 it is initdb's.
        None if matches!(item.label.as_str(), "EXTENSION plpgsql" | "COMMENT ON EXTENSION plpgsql") => {
            Difference::new(&item.label, How::NotComparable, "the one that initdb made is not told")
        }
        None => Difference::new(&item.label, How::Missing, ""),
    }
}

fn extra(item: Item) -> Difference {
    if item.label.starts_with("COMMENT ON EXTENSION ") {
        let why = "CREATE EXTENSION brings it, and an archive cannot say that there is none";
        return Difference::new(item.label, How::NotComparable, why);
    }
    Difference::new(item.label, How::Extra, "")
}

fn different(kind: &str, archive: &Item, live: &Item, archive_major: u32, live_major: u32) -> Difference {
    let label = &archive.label;
    let (old, new) = (archive.whole(), live.whole());
    if kind == "SEQUENCE SET" {
        return Difference::new(label, How::Different, format!("- {}\n+ {}", value(&old), value(&new)));
    }
    let lines = diff(&old, &new);
    if same_form(&old, &new) {
        return Difference::new(label, How::Rewritten, lines);
    }
    let query = QUERIES.contains(&kind) || old.contains("BEGIN ATOMIC") || old.contains("\nRETURN ");
    if archive_major != live_major && query {
        let why = format!("PostgreSQL {archive_major} and {live_major} write queries differently");
        return Difference::new(label, How::NotComparable, format!("{why}\n{lines}"));
    }
    Difference::new(label, How::Different, lines)
}

/// The value and whether it is used, out of `SELECT pg_catalog.setval('s', 5, true);`.
fn value(definition: &str) -> String {
    let mut parts = definition.trim_end().trim_end_matches(");").rsplitn(3, ", ");
    let (called, last) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let state = if called == "true" { "" } else { ", not used yet" };
    format!("{last}{state}")
}

/// The entries of a script that are compared, as a server of major version `older` would have them.
fn items(script: &Script, major: u32, older: u32, of_database: bool) -> Vec<(Key, Item)> {
    let mut out = Vec::with_capacity(script.entries.len());
    let mut absent: HashSet<u32> = HashSet::new();
    for entry in &script.entries {
        let other_database = !of_database && script.is_of_database(entry);
        if entry.data.is_some() || entry.kind == STATISTICS_DATA || other_database {
            continue;
        }
        let variant = variant_for(&entry.variants, older).filter(|_| older < major);
        let needed = entry.depends.iter().chain(&entry.parent).find(|id| absent.contains(id));
        let definition = match (variant, needed) {
            (_, Some(_)) => Err("it needs what is not there".to_string()),
            (Some(variant), _) => match &variant.definition {
                Some(definition) => Ok(definition),
                None => Err(format!("PostgreSQL {older}: {}", variant.reason)),
            },
            (None, None) => Ok(&entry.definition),
        };
        if definition.is_err() {
            absent.insert(entry.id);
        }
        if entry.kind == "LARGE OBJECT" {
            out.extend(large_objects(entry));
            continue;
        }
        let text = definition.map(|definition| text(entry, definition));
        let parent = entry.parent.and_then(|id| script.entries.get(id as usize - 1));
        let (key, label) = identity(entry, parent);
        out.push((key, Item { id: entry.id, label, text, owner: entry.owner_statement() }));
    }
    out
}

fn text(entry: &Entry, definition: &str) -> String {
    let mut text = definition.trim_end().to_string();
    if let Some(space) = entry.tablespace.as_deref().filter(|name| !name.is_empty()) {
        text.push_str(&format!("\nTABLESPACE {}", ident(space)));
    }
    if let Some(method) = entry.access_method.as_deref().filter(|name| *name != "heap") {
        text.push_str(&format!("\nUSING {}", ident(method)));
    }
    text
}

/// What tells an entry from others, and what messages call it.
fn identity(entry: &Entry, parent: Option<&Entry>) -> (Key, String) {
    let key = |name: &str, about: &str| (entry.kind.clone(), entry.schema.clone(), name.to_string(), about.to_string());
    if let Some((about, _)) = entry.definition.split_once(" IS ").filter(|_| entry.drop.is_empty())
        && matches!(entry.kind.as_str(), "COMMENT" | "SECURITY LABEL")
    {
        // The whole of what it is about: a column, one of many large objects.
        return (key("", about), one_line(about));
    }
    match parent {
        // Large objects come in groups, whose names depend on what else there is.
        Some(parent) if parent.kind == "LARGE OBJECT" => {
            let number = entry.definition.split_once(" LARGE OBJECT ").map_or("", |(_, rest)| rest);
            let number: String = number.chars().take_while(char::is_ascii_digit).collect();
            let label = format!("{} of LARGE OBJECT {number}", entry.kind);
            (key("", &number), label)
        }
        Some(parent) => (key(&entry.name, &parent.drop), entry.label()),
        None if !entry.drop.is_empty() => {
            // What removes it tells overloaded functions apart; people want to see that too.
            let dropped = entry.drop.trim_start_matches("DROP ").trim_end_matches(';');
            let label = if entry.drop.starts_with("DROP ") && dropped.contains('(') {
                one_line(dropped)
            } else {
                entry.label()
            };
            (key(&entry.name, &entry.drop), label)
        }
        None => (key(&entry.name, ""), entry.label()),
    }
}

/// One item for each large object of an entry.
fn large_objects(entry: &Entry) -> impl Iterator<Item = (Key, Item)> + '_ {
    let number = |line: &str| Some(line.strip_prefix("SELECT pg_catalog.lo_create(")?.strip_suffix(");")?.to_string());
    let owner = entry.owner.as_ref().filter(|_| !entry.owned.is_empty());
    entry.definition.lines().filter_map(number).map(move |number| {
        let owner = owner.map(|owner| format!("OWNER TO {}", ident(owner)));
        let key = (entry.kind.clone(), None, number.clone(), String::new());
        (key, Item { id: entry.id, label: format!("LARGE OBJECT {number}"), text: Ok(String::new()), owner })
    })
}
