//! Identifiers, literals and dollar quotes.
//!
//! The rules are those of `quote_ident` and of psql's scanner with `standard_conforming_strings = on`,
//! which every session of ours pins. Over-quoting is harmless, so the keyword list is the union of
//! what the supported versions reserve (`pg_get_keywords()`, catcode other than U).

/// Keywords that may not stand bare as an identifier in some position, 12 to 18.
const KEYWORDS: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "bigint",
    "binary",
    "bit",
    "boolean",
    "both",
    "case",
    "cast",
    "char",
    "character",
    "check",
    "coalesce",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "dec",
    "decimal",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "exists",
    "extract",
    "false",
    "fetch",
    "float",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "greatest",
    "group",
    "grouping",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "inout",
    "int",
    "integer",
    "intersect",
    "interval",
    "into",
    "is",
    "isnull",
    "join",
    "json",
    "json_array",
    "json_arrayagg",
    "json_exists",
    "json_object",
    "json_objectagg",
    "json_query",
    "json_scalar",
    "json_serialize",
    "json_table",
    "json_value",
    "lateral",
    "leading",
    "least",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "merge_action",
    "national",
    "natural",
    "nchar",
    "none",
    "normalize",
    "not",
    "notnull",
    "null",
    "nullif",
    "numeric",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "out",
    "outer",
    "overlaps",
    "overlay",
    "placing",
    "position",
    "precision",
    "primary",
    "real",
    "references",
    "returning",
    "right",
    "row",
    "select",
    "session_user",
    "setof",
    "similar",
    "smallint",
    "some",
    "substring",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "time",
    "timestamp",
    "to",
    "trailing",
    "treat",
    "trim",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "values",
    "varchar",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
    "xmlattributes",
    "xmlconcat",
    "xmlelement",
    "xmlexists",
    "xmlforest",
    "xmlnamespaces",
    "xmlparse",
    "xmlpi",
    "xmlroot",
    "xmlserialize",
    "xmltable",
];

/// `name` as an identifier: bare where PostgreSQL would read it back unchanged, else `"…"`.
pub fn ident(name: &str) -> String {
    let mut bytes = name.bytes();
    let bare = bytes.next().is_some_and(|b| b.is_ascii_lowercase() || b == b'_')
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && KEYWORDS.binary_search(&name).is_err();
    if bare { name.to_string() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// `schema.name`, both quoted.
pub fn qualified(schema: &str, name: &str) -> String {
    format!("{}.{}", ident(schema), ident(name))
}

/// `text` as a string literal. A backslash stays as it is: standard_conforming_strings is on.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// `text` between dollar quotes whose tag does not occur in it; the tag grows as pg_dump's does.
pub fn dollar_quote(text: &str) -> String {
    const SUFFIX: &[u8] = b"_XXXXXXX";
    let mut tag = String::from("$");
    let mut next = 0;
    while text.contains(&tag) {
        tag.push(SUFFIX[next] as char);
        next = (next + 1) % SUFFIX.len();
    }
    tag.push('$');
    format!("{tag}{text}{tag}")
}

/// `text` fit for a `--` comment or a log line: every control character becomes a space, because a
/// line break in a name must not end the comment (CVE-2012-0868, CVE-2025-8715).
pub fn one_line(text: &str) -> String {
    if text.contains(char::is_control) { text.replace(char::is_control, " ") } else { text.to_string() }
}

/// Splits a list setting such as search_path at commas outside double quotes and undoubles the quotes.
/// Returns `None` for text that no server would have stored.
pub fn split_list(value: &str) -> Option<Vec<String>> {
    let mut items = Vec::new();
    let mut rest = value.trim_start();
    while !rest.is_empty() {
        let item;
        if let Some(quoted) = rest.strip_prefix('"') {
            let mut text = String::new();
            let mut chars = quoted.char_indices().peekable();
            let end = loop {
                match chars.next()? {
                    (_, '"') if chars.peek().is_some_and(|(_, c)| *c == '"') => {
                        chars.next();
                        text.push('"');
                    }
                    (at, '"') => break at + 1,
                    (_, c) => text.push(c),
                }
            };
            item = text;
            rest = &quoted[end..];
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            item = rest[..end].trim_end().to_string();
            rest = &rest[end..];
        }
        items.push(item);
        rest = rest.trim_start();
        if let Some(more) = rest.strip_prefix(',') {
            rest = more.trim_start();
        } else if !rest.is_empty() {
            return None;
        }
    }
    Some(items)
}

/// Settings whose value is a list of identifiers, so that each element is quoted by itself
/// (`GUC_LIST_QUOTE` in guc_tables.c, and pg_dump's `variable_is_guc_list_quote`).
const LIST_SETTINGS: &[&str] = &[
    "local_preload_libraries",
    "oauth_validator_libraries",
    "output_plugin_libraries",
    "search_path",
    "session_preload_libraries",
    "shared_preload_libraries",
    "temp_tablespaces",
    "unix_socket_directories",
];

/// The value part of `SET name TO …` for a stored setting.
pub fn setting_value(name: &str, value: &str) -> String {
    if LIST_SETTINGS.contains(&name.to_ascii_lowercase().as_str())
        && let Some(items) = split_list(value).filter(|items| !items.is_empty())
    {
        return items.iter().map(|item| literal(item)).collect::<Vec<_>>().join(", ");
    }
    literal(value)
}

/// A storage parameter list as stored in `reloptions`: `name='value'`, joined by commas, each name
/// preceded by `prefix`.
pub fn options(items: &[String], prefix: &str) -> String {
    let one = |item: &String| {
        let (name, value) = item.split_once('=').unwrap_or((item, ""));
        let value = if ident(value) == value { value.to_string() } else { literal(value) };
        format!("{prefix}{}={value}", name.split('.').map(ident).collect::<Vec<_>>().join("."))
    };
    items.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted_for_the_search() {
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn identifiers() {
        for (name, expected) in [
            ("film", "film"),
            ("_a1", "_a1"),
            ("1a", "\"1a\""),
            ("select", "\"select\""),
            ("Film", "\"Film\""),
            ("a$b", "\"a$b\""),
            ("we\"ird", "\"we\"\"ird\""),
            ("", "\"\""),
            ("é", "\"é\""),
            ("a\nb", "\"a\nb\""),
        ] {
            assert_eq!(ident(name), expected);
        }
    }

    #[test]
    fn dollar_quotes_grow_until_they_fit() {
        assert_eq!(dollar_quote("a"), "$$a$$");
        assert_eq!(dollar_quote("cost $5"), "$_$cost $5$_$");
        assert_eq!(dollar_quote("$_x"), "$_X$$_x$_X$");
    }

    #[test]
    fn lists() {
        assert_eq!(setting_value("search_path", "\"$user\", public, \"a\"\"b\""), "'$user', 'public', 'a\"b'");
        assert_eq!(setting_value("search_path", "\"\""), "''");
        assert_eq!(setting_value("work_mem", "64MB"), "'64MB'");
        assert_eq!(
            options(&["fillfactor=80".into(), "security_barrier=true".into()], ""),
            "fillfactor='80', security_barrier='true'"
        );
    }
}
