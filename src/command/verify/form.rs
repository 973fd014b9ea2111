//! Whether two definitions differ only in how the server writes an expression.
//!
//! A server writes expressions from what it parsed, and what it writes is not always what it writes after
//! reading that back: `x = ANY (ARRAY['a'::varchar]::text[])` comes back as `ARRAY[('a'::varchar)::text]`. What
//! was restored from an archive then looks different from it, and is the same.
//!
//! Pure. Ignored are white space, parentheses, casts and the schema pg_catalog outside quotes; nothing else. All
//! names are written under an empty search path, which finds pg_catalog alone.

/// True where both texts are the same but for white space, parentheses and casts.
pub fn same_form(a: &str, b: &str) -> bool {
    a.contains("::") && b.contains("::") && reduced(a) == reduced(b)
}

/// Words that go on with a type's name.
const MORE: [&str; 8] = ["varying", "precision", "with", "without", "time", "zone", "local", "bit"];

fn reduced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let length = match next {
            '\'' | '"' => {
                let length = quoted(rest, next);
                out.push_str(&rest[..length]);
                length
            }
            ':' if rest.starts_with("::") => 2 + type_name(&rest[2..]),
            'p' if rest.starts_with("pg_catalog.") && !before(text, rest).ends_with(is_in_name) => "pg_catalog.".len(),
            '(' | ')' => 1,
            c if c.is_whitespace() => c.len_utf8(),
            c => {
                out.push(c);
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    out
}

/// Bytes of the quoted text at the start, its doubled quotes included.
fn quoted(text: &str, quote: char) -> usize {
    let mut from = 1;
    while let Some(end) = text[from..].find(quote) {
        from += end + 1;
        if !text[from..].starts_with(quote) {
            return from;
        }
        from += 1;
    }
    text.len()
}

/// Bytes of the type's name at the start: `pg_catalog."x"`, `character varying(20)[]`.
fn type_name(text: &str) -> usize {
    let mut at = 0;
    loop {
        at += name(&text[at..]);
        if text[at..].starts_with('.') {
            at += 1;
            continue;
        }
        let after = text[at..].strip_prefix(' ').unwrap_or("");
        let word = &after[..name(after)];
        if MORE.contains(&word) {
            at += 1 + word.len();
        } else if text[at..].starts_with('(') || text[at..].starts_with('[') {
            let close = if text[at..].starts_with('(') { ')' } else { ']' };
            let Some(end) = text[at..].find(close) else { return at };
            if !text[at + 1..at + end].bytes().all(|byte| byte.is_ascii_digit() || byte == b',') {
                return at;
            }
            at += end + 1;
        } else {
            return at;
        }
    }
}

fn name(text: &str) -> usize {
    if text.starts_with('"') {
        return quoted(text, '"');
    }
    text.find(|c: char| !is_name(c)).unwrap_or(text.len())
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// What a name that goes on could end in.
fn is_in_name(c: char) -> bool {
    is_name(c) || c == '.' || c == '"'
}

/// The part of `text` in front of `rest`, its end.
fn before<'t>(text: &'t str, rest: &str) -> &'t str {
    &text[..text.len() - rest.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_writes_otherwise_is_the_same() {
        let before =
            "CHECK (((s)::text = ANY ((ARRAY['a'::character varying, 'b (::'::character varying(3)])::text[])))";
        let after =
            "CHECK (((s)::text = ANY (ARRAY[('a'::character varying)::text, ('b (::'::character varying)::text])))";
        assert!(same_form(before, after));
        let dummy = "SELECT\n    NULL::text COLLATE pg_catalog.\"C\" AS a";
        assert!(same_form(dummy, " SELECT (NULL::text COLLATE \"C\") AS a"));
        assert!(same_form("'x'::timestamp(3) without time zone + 1", "('x'::\"My \"\"t\".u) + 1"));
    }

    #[test]
    fn what_is_different_is_not_the_same() {
        assert!(!same_form("'a'::text", "'b'::text"));
        assert!(!same_form("'a b'::text", "'ab'::text"));
        assert!(!same_form("1::int + 2", "1::int - 2"));
        assert!(!same_form("(a)", "a"), "without a cast nothing is written otherwise");
        assert!(!same_form("a::int, f.pg_catalog.g", "a::int, f.g"));
        assert!(!same_form("a::int, xpg_catalog.g", "a::int, xg"));
        assert!(!same_form("x::int DEFAULT 5", "x::int DEFAULT 6"));
    }
}
