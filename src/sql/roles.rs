//! Other names for roles: `--owner-map`. Pure.
//!
//! Owns where a statement of ours names a role, in entries that do: owners, privileges, default privileges,
//! policies, user mappings, settings of roles. Our statements write keywords in capitals, and what [`ident`]
//! writes without quotes has none, so a role stands where one of the keywords below stands before it. Names in
//! strings and in the expressions of policies stay as they are.

use std::collections::BTreeMap;

use super::quote::ident;
use super::script::Entry;

/// New names by old ones.
#[derive(Debug, Clone, Default)]
pub struct RoleMap(BTreeMap<String, String>);

/// What stands before a role.
const BEFORE: [&str; 5] = ["TO", "FROM", "ROLE", "AUTHORIZATION", "FOR"];

impl RoleMap {
    /// A map of `old=new` pairs; the last of several for one role counts.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> RoleMap {
        RoleMap(pairs.into_iter().collect())
    }

    /// Gives an entry the new names.
    pub fn apply(&self, entry: &mut Entry) {
        if self.0.is_empty() {
            return;
        }
        if let Some(new) = entry.owner.as_ref().and_then(|owner| self.0.get(owner)) {
            entry.owner = Some(new.clone());
        }
        if !entry.roles.is_empty() {
            let named = entry.roles.iter().map(|role| self.0.get(role).unwrap_or(role).clone());
            entry.roles = named.collect();
            entry.roles.sort_unstable();
            entry.roles.dedup();
        }
        let policy = entry.kind == "POLICY";
        if policy || matches!(entry.kind.as_str(), "ACL" | "DEFAULT ACL" | "USER MAPPING" | "DATABASE PROPERTIES") {
            let text = |text: &mut String| *text = self.rename(text, policy);
            text(&mut entry.definition);
            text(&mut entry.drop);
            entry.variants.iter_mut().filter_map(|variant| variant.definition.as_mut()).for_each(text);
        }
    }

    /// A policy's roles are a list, and its expressions begin at USING or WITH.
    fn rename(&self, text: &str, policy: bool) -> String {
        let (mut out, mut rest) = (String::with_capacity(text.len()), text);
        let (mut expected, mut list) = (false, false);
        while let Some(first) = rest.chars().next() {
            let (token, after) = rest.split_at(token_length(rest));
            if policy && matches!(token, "USING" | "WITH") {
                break;
            }
            let name = match first {
                '"' => Some(token[1..token.len() - 1].replace("\"\"", "\"")),
                c if c.is_alphabetic() || c == '_' => Some(token.to_string()),
                _ => None,
            };
            match name.as_ref().filter(|_| expected).and_then(|name| self.0.get(name)) {
                Some(new) => out.push_str(&ident(new)),
                None => out.push_str(token),
            }
            if !first.is_whitespace() {
                (expected, list) = match token {
                    "," if list => (true, true),
                    word if BEFORE.contains(&word) => (true, policy),
                    _ => (false, expected && list),
                };
            }
            rest = after;
        }
        out + rest
    }
}

/// The bytes of the word, quoted name, string or sign that `text` begins with; it is not empty.
fn token_length(text: &str) -> usize {
    let first = text.chars().next().expect("it is not empty");
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    if first == '"' || first == '\'' {
        let mut at = 1;
        while let Some(found) = text[at..].find(first) {
            at += found + 1;
            if !text[at..].starts_with(first) {
                return at;
            }
            at += 1;
        }
        return text.len();
    }
    match is_word(first) {
        true => text.find(|c| !is_word(c)).unwrap_or(text.len()),
        false => first.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn renamed(text: &str, policy: bool) -> String {
        let pair = |old: &str, new: &str| (old.to_string(), new.to_string());
        RoleMap::new([pair("a", "A b"), pair("we \"ird", "plain"), pair("role", "x")]).rename(text, policy)
    }

    #[test]
    fn roles_are_renamed_where_roles_stand_and_nowhere_else() {
        for (text, expected) in [
            ("GRANT SELECT(a) ON TABLE a.a TO a;", "GRANT SELECT(a) ON TABLE a.a TO \"A b\";"),
            ("REVOKE ALL ON TABLE \"TO\".a FROM \"we \"\"ird\";", "REVOKE ALL ON TABLE \"TO\".a FROM plain;"),
            ("GRANT ALL ON SCHEMA role TO role WITH GRANT OPTION;", "GRANT ALL ON SCHEMA role TO x WITH GRANT OPTION;"),
            ("SET SESSION AUTHORIZATION a;", "SET SESSION AUTHORIZATION \"A b\";"),
            (
                "ALTER DEFAULT PRIVILEGES FOR ROLE a IN SCHEMA a GRANT ALL ON TABLES TO PUBLIC;",
                "ALTER DEFAULT PRIVILEGES FOR ROLE \"A b\" IN SCHEMA a GRANT ALL ON TABLES TO PUBLIC;",
            ),
            ("ALTER ROLE a IN DATABASE a SET x TO 'TO a';", "ALTER ROLE \"A b\" IN DATABASE a SET x TO 'TO a';"),
            ("CREATE USER MAPPING FOR a SERVER a;", "CREATE USER MAPPING FOR \"A b\" SERVER a;"),
        ] {
            assert_eq!(renamed(text, false), expected);
        }
        assert_eq!(
            renamed("CREATE POLICY a ON s.a FOR SELECT TO b, a, role USING (x IN (SELECT y FROM a));", true),
            "CREATE POLICY a ON s.a FOR SELECT TO b, \"A b\", x USING (x IN (SELECT y FROM a));"
        );
        assert_eq!(renamed("é \"open", false), "é \"open");
    }
}
