//! What an entry after the data is expected to cost: work, for the schedule, and memory, for an index.
//!
//! Pure, from the entry's text and the size of its table. A wrong guess makes a restore slower and nothing
//! else, so the text is only looked at, not parsed.

use crate::sql::Entry;

/// `FK CONSTRAINT`: checked by a join of two tables, which wants both tables' indexes.
pub const FOREIGN_KEY: &str = "FK CONSTRAINT";

/// A level-0 neighbour of pgvector's graph in memory is 16 bytes, `2 * m` of them an element's.
const HNSW_M: u64 = 16;
/// What else an element of that graph takes: itself, its heap places, its upper levels.
const HNSW_ELEMENT_BYTES: u64 = 256;
/// pgvector samples at least this many rows for IVFFlat, or 50 a list.
const IVFFLAT_SAMPLES: u64 = 10_000;

/// The expected work of an entry whose tables have `bytes` raw bytes, as bytes that a B-tree is built over.
/// 0 where its cost does not depend on rows.
///
/// The factors are measured on PostgreSQL 18 (docs/performance.md) and rounded.
pub fn work(entry: &Entry, bytes: u64) -> u64 {
    if entry.kind != "INDEX" && !entry.kind.ends_with("CONSTRAINT") {
        return 0;
    }
    bytes.saturating_mul(match access_method(&entry.definition) {
        Some("gin") => 8,
        Some("gist" | "spgist" | "ivfflat") => 4,
        Some("hnsw") => 30,
        _ => 1,
    })
}

/// The memory, in bytes, with which the index of an entry is built best, over `rows` rows of `bytes` bytes;
/// 0 where memory does nothing for it.
pub fn memory(entry: &Entry, rows: u64, bytes: u64) -> u64 {
    let method = access_method(&entry.definition);
    let neighbours = option(&entry.definition, "m").unwrap_or(HNSW_M).saturating_mul(32);
    match method {
        Some("hnsw") => bytes.saturating_add(rows.saturating_mul(HNSW_ELEMENT_BYTES.saturating_add(neighbours))),
        Some("ivfflat") => {
            let lists = option(&entry.definition, "lists").unwrap_or(100);
            let samples = lists.saturating_mul(50).max(IVFFLAT_SAMPLES);
            let row = bytes / rows.max(1);
            // The samples, the bounds of each against each list, the lists against each other.
            let bounds = samples.saturating_add(lists).saturating_mul(lists).saturating_mul(4);
            samples.saturating_mul(row).saturating_add(bounds)
        }
        Some("gin") => bytes.saturating_mul(2),
        Some(_) => bytes,
        None if entry.definition.contains(" KEY ") || entry.definition.contains(" UNIQUE ") => bytes,
        None => 0,
    }
}

/// Whether an index is one of pgvector's, whose build is another matter without enough memory: HNSW becomes
/// many times slower, IVFFlat fails.
pub fn depends_on_memory(entry: &Entry) -> bool {
    matches!(access_method(&entry.definition), Some("hnsw" | "ivfflat"))
}

/// The word after the first `USING` that is not part of a quoted name.
fn access_method(definition: &str) -> Option<&str> {
    // Every second part lies between quotes; a doubled quote only makes an empty part more.
    let (mut offset, mut quoted) = (0, false);
    for part in definition.split('"') {
        if let Some(at) = part.find(" USING ").filter(|_| !quoted) {
            let rest = &definition[offset + at + " USING ".len()..];
            return rest.split([' ', '(']).next();
        }
        (offset, quoted) = (offset + part.len() + 1, !quoted);
    }
    None
}

/// A number in the `WITH (name='16')` of an index.
fn option(definition: &str, name: &str) -> Option<u64> {
    let (_, options) = definition.rsplit_once(" WITH (")?;
    let value = options.split([',', ')']).find_map(|one| one.trim().strip_prefix(name)?.trim().strip_prefix('='))?;
    value.trim().trim_matches('\'').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(kind: &str, definition: &str) -> Entry {
        let json = serde_json::json!({ "id": 1, "kind": kind, "name": "i", "section": "post-data", "pass": "main",
            "definition": definition });
        serde_json::from_value(json).expect("an entry")
    }

    #[test]
    fn the_access_method_decides_and_names_do_not() {
        let work = |kind: &str, definition: &str| work(&entry(kind, definition), 10);
        assert_eq!(work("INDEX", "CREATE INDEX i ON s.t USING btree (a);"), 10);
        assert_eq!(work("INDEX", "CREATE INDEX i ON s.t USING gin (a jsonb_path_ops);"), 80);
        assert_eq!(work("INDEX", r#"CREATE INDEX "a USING gin ""x" ON s."t USING hnsw " USING btree (a);"#), 10);
        assert_eq!(work("INDEX", r#"CREATE INDEX "é""" ON s.t USING hnsw(a);"#), 300);
        assert_eq!(work("CONSTRAINT", "ALTER TABLE ONLY s.t ADD CONSTRAINT e EXCLUDE USING gist (a WITH &&);"), 40);
        assert_eq!(work("CONSTRAINT", "ALTER TABLE ONLY s.t ADD CONSTRAINT p PRIMARY KEY (a);"), 10);
        assert_eq!(work(FOREIGN_KEY, "ALTER TABLE ONLY s.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES s.u(a);"), 10);
        assert_eq!(work("TRIGGER", "CREATE TRIGGER t BEFORE INSERT ON s.t EXECUTE FUNCTION f();"), 0);
    }

    #[test]
    fn memory_of_vectors_follows_their_options() {
        let hnsw = |options: &str| {
            memory(&entry("INDEX", &format!("CREATE INDEX i ON t USING hnsw (v vector_l2_ops){options};")), 1000, 5000)
        };
        assert_eq!(hnsw(""), 5000 + 1000 * (256 + 512));
        assert_eq!(hnsw(" WITH (ef_construction='64', m='32')"), 5000 + 1000 * (256 + 1024));
        let lists = entry("INDEX", "CREATE INDEX i ON t USING ivfflat (v) WITH (lists='1000');");
        assert_eq!(memory(&lists, 1000, 4_000_000), 50_000 * 4000 + 51_000 * 1000 * 4);
        assert!(depends_on_memory(&lists));
        let odd = entry("INDEX", &format!("CREATE INDEX i ON t USING hnsw (v) WITH (m='{}');", u64::MAX));
        assert_eq!(memory(&odd, u64::MAX, u64::MAX), u64::MAX);
        assert_eq!(memory(&entry("TRIGGER", "CREATE TRIGGER"), 1, 1), 0);
        let key = entry("CONSTRAINT", "ALTER TABLE t ADD CONSTRAINT p PRIMARY KEY (a);");
        assert_eq!(memory(&key, 1, 7), 7);
        assert!(!depends_on_memory(&key));
    }
}
