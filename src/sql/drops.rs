//! `IF EXISTS`, put into the statements that remove objects.
//!
//! Pure. The shapes are those that the kinds of objects write; what has no such form (a view emptied by
//! CREATE OR REPLACE) stays as it is.

use super::script::Entry;

/// The statements that remove an entry's object where it exists; empty where it has none.
pub fn if_exists(entry: &Entry) -> String {
    let text = entry.drop.as_str();
    if entry.kind == "LARGE OBJECT" {
        // One per line, as they were written.
        let guarded = |line: &str| match line.strip_prefix("SELECT pg_catalog.lo_unlink(") {
            Some(rest) => {
                let oid = rest.trim_end_matches(");");
                format!("SELECT pg_catalog.lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata WHERE oid = '{oid}';")
            }
            None => line.to_string(),
        };
        return text.lines().map(guarded).collect::<Vec<_>>().join("\n");
    }
    if let Some(rest) = text.strip_prefix("DROP ") {
        let words = [entry.kind.as_str(), "TYPE"];
        let found = words.into_iter().find_map(|word| Some((word, rest.strip_prefix(word)?.strip_prefix(' ')?)));
        return found.map_or_else(|| text.to_string(), |(word, name)| format!("DROP {word} IF EXISTS {name}"));
    }
    let mut out = text.to_string();
    if let Some(at) = outside_quotes(&out, " DROP CONSTRAINT ") {
        out.insert_str(at + " DROP CONSTRAINT ".len(), "IF EXISTS ");
    }
    for start in ["ALTER TABLE ", "ALTER FOREIGN TABLE "] {
        if out.starts_with(start) {
            out.insert_str(start.len(), "IF EXISTS ");
        }
    }
    out
}

/// Where `words` begin first, names in double quotes passed over.
fn outside_quotes(text: &str, words: &str) -> Option<usize> {
    let quotes = |at: usize| text[..at].matches('"').count();
    text.match_indices(words).map(|(at, _)| at).find(|at| quotes(*at) % 2 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: &str, drop: &str) -> String {
        let json = serde_json::json!({ "id": 1, "kind": kind, "name": "x", "section": "pre-data", "pass": "main",
            "definition": "", "drop": drop });
        if_exists(&serde_json::from_value(json).unwrap())
    }

    #[test]
    fn every_shape_has_its_place_for_it() {
        for (kind, drop, wanted) in [
            ("TABLE", "DROP TABLE s.t;", "DROP TABLE IF EXISTS s.t;"),
            ("TYPE", "DROP TYPE s.t CASCADE;", "DROP TYPE IF EXISTS s.t CASCADE;"),
            ("SHELL TYPE", "DROP TYPE s.t;", "DROP TYPE IF EXISTS s.t;"),
            ("TRIGGER", "DROP TRIGGER x ON s.t;", "DROP TRIGGER IF EXISTS x ON s.t;"),
            (
                "CONSTRAINT",
                "ALTER TABLE ONLY s.\"a DROP CONSTRAINT b\" DROP CONSTRAINT x;",
                "ALTER TABLE IF EXISTS ONLY s.\"a DROP CONSTRAINT b\" DROP CONSTRAINT IF EXISTS x;",
            ),
            (
                "CONSTRAINT",
                "ALTER FOREIGN TABLE ONLY s.t DROP CONSTRAINT x;",
                "ALTER FOREIGN TABLE IF EXISTS ONLY s.t DROP CONSTRAINT IF EXISTS x;",
            ),
            (
                "DEFAULT",
                "ALTER TABLE ONLY s.t ALTER COLUMN c DROP DEFAULT;",
                "ALTER TABLE IF EXISTS ONLY s.t ALTER COLUMN c DROP DEFAULT;",
            ),
            (
                "CHECK CONSTRAINT",
                "ALTER DOMAIN s.d DROP CONSTRAINT x;",
                "ALTER DOMAIN s.d DROP CONSTRAINT IF EXISTS x;",
            ),
            ("RULE", "CREATE OR REPLACE VIEW v AS SELECT 1;", "CREATE OR REPLACE VIEW v AS SELECT 1;"),
            (
                "LARGE OBJECT",
                "SELECT pg_catalog.lo_unlink(7);",
                "SELECT pg_catalog.lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata WHERE oid = '7';",
            ),
        ] {
            assert_eq!(of(kind, drop), wanted);
        }
    }
}
