//! Privileges: an ACL and what it started from, turned into REVOKE and GRANT.
//!
//! The algorithm is pg_dump's `buildACLCommands` (fe_utils): the difference between the current items
//! and a base, revokes first, the owner's own grants before all others, grant options apart, `ALL`
//! where every privilege of the kind is there. Items are the text form of `aclitem`. Where that would
//! store the items in another order than the source's, what stands in the way is revoked as well and
//! granted again in its place.
//!
//! Invariant: the statements appear in the order of the stored items, because a grantee must hold an
//! option before it grants on, and because later dumps compare the restored order. Items that are only
//! those of the base in another order give no statements: nothing depends on that order.

use super::downgrade::{Feature, Variant};
use super::quote::ident;

/// What can be granted on: the letters of a kind, in pg_dump's order of printing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grantable {
    /// Tables, views, foreign tables. From version 17 they can be MAINTAINed.
    Table {
        /// The source server knows MAINTAIN.
        maintain: bool,
    },
    /// A column of a table.
    Column,
    /// Sequences.
    Sequence,
    /// Functions, procedures, aggregates.
    Function,
    /// Schemas.
    Schema,
    /// Databases.
    Database,
    /// Types, languages, foreign-data wrappers, foreign servers: USAGE only.
    Usage,
    /// Large objects.
    LargeObject,
}

impl Grantable {
    fn letters(self) -> &'static [(char, &'static str)] {
        match self {
            Grantable::Table { maintain: true } => &[
                ('r', "SELECT"),
                ('a', "INSERT"),
                ('x', "REFERENCES"),
                ('d', "DELETE"),
                ('t', "TRIGGER"),
                ('D', "TRUNCATE"),
                ('m', "MAINTAIN"),
                ('w', "UPDATE"),
            ],
            Grantable::Table { maintain: false } => &[
                ('r', "SELECT"),
                ('a', "INSERT"),
                ('x', "REFERENCES"),
                ('d', "DELETE"),
                ('t', "TRIGGER"),
                ('D', "TRUNCATE"),
                ('w', "UPDATE"),
            ],
            Grantable::Column => &[('r', "SELECT"), ('a', "INSERT"), ('x', "REFERENCES"), ('w', "UPDATE")],
            Grantable::Sequence => &[('r', "SELECT"), ('U', "USAGE"), ('w', "UPDATE")],
            Grantable::Function => &[('X', "EXECUTE")],
            Grantable::Schema => &[('C', "CREATE"), ('U', "USAGE")],
            Grantable::Database => &[('C', "CREATE"), ('c', "CONNECT"), ('T', "TEMPORARY")],
            Grantable::Usage => &[('U', "USAGE")],
            Grantable::LargeObject => &[('r', "SELECT"), ('w', "UPDATE")],
        }
    }

    /// Whether `ALL` may stand for the full set. A table of a server before 17 has no MAINTAIN: there
    /// `ALL`, read by a newer target, would grant more than the source had.
    fn may_say_all(self) -> bool {
        self != Grantable::Table { maintain: false }
    }
}

/// One item of an ACL, taken apart.
#[derive(Debug, Clone, PartialEq)]
struct Item {
    grantee: String,
    grantor: String,
    plain: Vec<char>,
    with_option: Vec<char>,
}

/// Reads `grantee=letters/grantor`; names may be in double quotes, an empty grantee is PUBLIC.
fn parse(item: &str) -> Option<Item> {
    let (grantee, rest) = take_name(item)?;
    let rest = rest.strip_prefix('=')?;
    let (letters, grantor) = rest.split_at(rest.find('/')?);
    let (grantor, rest) = take_name(&grantor[1..])?;
    if !rest.is_empty() {
        return None;
    }
    let (mut plain, mut with_option) = (Vec::new(), Vec::new());
    let mut letters = letters.chars().peekable();
    while let Some(letter) = letters.next() {
        if letters.next_if_eq(&'*').is_some() { with_option.push(letter) } else { plain.push(letter) }
    }
    Some(Item { grantee, grantor, plain, with_option })
}

/// A role name at the start of `text`, unquoted, and what follows it.
fn take_name(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut quoted = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' if quoted && chars.peek().is_some_and(|(_, next)| *next == '"') => {
                chars.next();
                name.push('"');
            }
            '"' => quoted = !quoted,
            '=' | '/' if !quoted => return Some((name, &text[at..])),
            c => name.push(c),
        }
    }
    (!quoted).then_some((name, ""))
}

/// An object's privileges as read from the catalog.
#[derive(Debug, Clone)]
pub struct Privileges<'a> {
    /// What may be granted.
    pub grantable: Grantable,
    /// `TABLE public.film`, as it stands after ON.
    pub on: &'a str,
    /// For a column: its name, quoted.
    pub column: Option<&'a str>,
    /// The owner's name; for default privileges the role they are for.
    pub owner: &'a str,
    /// The stored items.
    pub current: &'a [String],
    /// What the target starts from: initial privileges, else the built-in default.
    pub base: &'a [String],
    /// Put before every GRANT and REVOKE: `ALTER DEFAULT PRIVILEGES FOR ROLE x `.
    pub prefix: &'a str,
}

/// The statements that turn the base into the current privileges; empty where they are the same.
/// `None` where an item cannot be read, which the caller must report.
pub fn statements(privileges: &Privileges<'_>) -> Option<Vec<String>> {
    let (grants, revokes) = privileges.difference();
    let read = |items: Vec<&String>| items.into_iter().map(|item| parse(item)).collect::<Option<Vec<Item>>>();
    let (grants, revokes) = (read(grants)?, read(revokes)?);
    let own_first = privileges.stores_in_order(&grants);
    let (grants, revokes) = if own_first {
        (grants, revokes)
    } else {
        let (grants, revokes) = privileges.rebuilt();
        (read(grants)?, read(revokes)?)
    };
    let mut first = Vec::new();
    let mut then = Vec::new();
    for item in &revokes {
        let letters: Vec<char> = item.plain.iter().chain(&item.with_option).copied().collect();
        if let Some(what) = privileges.words(&letters) {
            let from = role(&item.grantee);
            first.push(format!("{}REVOKE {what} ON {} FROM {from};", privileges.prefix, privileges.on));
        }
    }
    for item in &grants {
        let mut out = Vec::new();
        for (letters, option) in [(&item.plain, ""), (&item.with_option, " WITH GRANT OPTION")] {
            if let Some(what) = privileges.words(letters) {
                let to = role(&item.grantee);
                out.push(format!("{}GRANT {what} ON {} TO {to}{option};", privileges.prefix, privileges.on));
            }
        }
        let own = privileges.is_own(item);
        if !own && !privileges.owner.is_empty() && item.grantor != privileges.owner && !out.is_empty() {
            out.insert(0, format!("SET SESSION AUTHORIZATION {};", ident(&item.grantor)));
            out.push("RESET SESSION AUTHORIZATION;".into());
        }
        if own && own_first { first.extend(out) } else { then.extend(out) }
    }
    first.extend(then);
    Some(first)
}

impl<'a> Privileges<'a> {
    /// What is to be granted and what to be revoked, in the order of the items.
    fn difference(&self) -> (Vec<&'a String>, Vec<&'a String>) {
        let without =
            |these: &'a [String], those: &[String]| these.iter().filter(|item| !those.contains(item)).collect();
        (without(self.current, self.base), without(self.base, self.current))
    }

    /// Whether the items come to stand as in the source when what changed is granted, the owner's own first: the
    /// server appends what it did not have (`aclupdate`). Default privileges it sorts, whatever their order.
    fn stores_in_order(&self, grants: &[Item]) -> bool {
        if grants.is_empty() || !self.prefix.is_empty() {
            return true;
        }
        let kept = self.base.iter().filter(|item| self.current.contains(item)).filter_map(|item| parse(item));
        let (own, others): (Vec<Item>, Vec<Item>) = grants.iter().cloned().partition(|item| self.is_own(item));
        kept.chain(own).chain(others).eq(self.current.iter().filter_map(|item| parse(item)))
    }

    /// As [`Privileges::difference`], with every item of the base revoked that does not stand in its place.
    fn rebuilt(&self) -> (Vec<&'a String>, Vec<&'a String>) {
        let mut base = self.base.iter();
        let in_place = self.current.iter().take_while(|item| base.any(|kept| kept == *item)).count();
        let (kept, grants) = self.current.split_at(in_place);
        (grants.iter().collect(), self.base.iter().filter(|item| !kept.contains(item)).collect())
    }

    fn is_own(&self, item: &Item) -> bool {
        !self.owner.is_empty() && item.grantee == self.owner && item.grantor == self.owner
    }

    /// The privilege list for `letters`; `None` where there is none.
    fn words(&self, letters: &[char]) -> Option<String> {
        let known = self.grantable.letters();
        let chosen: Vec<&str> =
            known.iter().filter(|(letter, _)| letters.contains(letter)).map(|(_, word)| *word).collect();
        let column = self.column.map(|column| format!("({column})")).unwrap_or_default();
        if chosen.is_empty() {
            return None;
        }
        if chosen.len() == known.len() && self.grantable.may_say_all() {
            return Some(format!("ALL{column}"));
        }
        Some(chosen.iter().map(|word| format!("{word}{column}")).collect::<Vec<_>>().join(","))
    }
}

/// What stands for privileges on a table or tables on servers before 17, which do not know MAINTAIN.
pub fn without_maintain(privileges: &Privileges<'_>) -> Option<Variant> {
    if !say_maintain(privileges.current) && !say_maintain(privileges.base) {
        return None;
    }
    let older = Privileges { grantable: Grantable::Table { maintain: false }, ..privileges.clone() };
    let definition = statements(&older)?.join("\n");
    Some(Variant { definition: Some(definition), ..Feature::Maintain.refused() })
}

/// Whether statements for these items say MAINTAIN; as part of ALL it goes without saying.
fn say_maintain(items: &[String]) -> bool {
    let all = Grantable::Table { maintain: true }.letters().len();
    let part = |letters: &[char]| letters.contains(&'m') && letters.len() < all;
    items.iter().filter_map(|item| parse(item)).any(|item| part(&item.plain) || part(&item.with_option))
}

/// The roles that items name, as grantee or grantor; PUBLIC is none.
pub fn roles(items: &[String]) -> impl Iterator<Item = String> + '_ {
    items
        .iter()
        .filter_map(|item| parse(item))
        .flat_map(|item| [item.grantee, item.grantor])
        .filter(|name| !name.is_empty())
}

fn role(name: &str) -> String {
    if name.is_empty() { "PUBLIC".into() } else { ident(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(grantable: Grantable, owner: &str, current: &[&str], base: &[&str]) -> Vec<String> {
        let own = |items: &[&str]| items.iter().map(|item| item.to_string()).collect::<Vec<_>>();
        let (current, base) = (own(current), own(base));
        let privileges =
            Privileges { grantable, on: "TABLE s.t", column: None, owner, current: &current, base: &base, prefix: "" };
        statements(&privileges).unwrap()
    }

    #[test]
    fn grants_follow_revokes_and_the_owner_comes_first() {
        let all = Grantable::Table { maintain: true };
        assert_eq!(
            run(all, "o", &["o=arw/o", "x=r/o", "\"we ird\"=r*w/o"], &["o=arwdDxtm/o"]),
            [
                "REVOKE ALL ON TABLE s.t FROM o;",
                "GRANT SELECT,INSERT,UPDATE ON TABLE s.t TO o;",
                "GRANT SELECT ON TABLE s.t TO x;",
                "GRANT UPDATE ON TABLE s.t TO \"we ird\";",
                "GRANT SELECT ON TABLE s.t TO \"we ird\" WITH GRANT OPTION;",
            ]
        );
    }

    #[test]
    fn items_are_stored_in_the_order_of_the_source() {
        let all = Grantable::Table { maintain: true };
        assert_eq!(
            run(all, "o", &["x=r/o", "o=r/o"], &["o=arwdDxtm/o"]),
            ["REVOKE ALL ON TABLE s.t FROM o;", "GRANT SELECT ON TABLE s.t TO x;", "GRANT SELECT ON TABLE s.t TO o;",]
        );
        // PUBLIC's item is that of the base, but no longer the first.
        assert_eq!(
            run(Grantable::Function, "o", &["o=X/o", "=X/o", "x=X/o"], &["=X/o", "o=X/o"]),
            [
                "REVOKE ALL ON TABLE s.t FROM PUBLIC;",
                "GRANT ALL ON TABLE s.t TO PUBLIC;",
                "GRANT ALL ON TABLE s.t TO x;",
            ]
        );
        assert_eq!(run(Grantable::Function, "o", &["o=X/o", "=X/o"], &["=X/o", "o=X/o"]), [""; 0]);
    }

    #[test]
    fn a_foreign_grantor_speaks_for_himself() {
        assert_eq!(
            run(Grantable::Function, "o", &["o=X/o", "a=X*/o", "b=X/a"], &["=X/o", "o=X/o"]),
            [
                "REVOKE ALL ON TABLE s.t FROM PUBLIC;",
                "GRANT ALL ON TABLE s.t TO a WITH GRANT OPTION;",
                "SET SESSION AUTHORIZATION a;",
                "GRANT ALL ON TABLE s.t TO b;",
                "RESET SESSION AUTHORIZATION;",
            ]
        );
    }

    #[test]
    fn default_privileges_bear_their_prefix_and_the_role_is_the_owner() {
        let own = |items: &[&str]| items.iter().map(|item| item.to_string()).collect::<Vec<_>>();
        let (current, base) = (own(&["=r/r", "r=arwdDxt/r"]), own(&["r=arwdDxtm/r"]));
        let privileges = Privileges {
            grantable: Grantable::Table { maintain: true },
            on: "TABLES",
            column: None,
            owner: "r",
            current: &current,
            base: &base,
            prefix: "ALTER DEFAULT PRIVILEGES FOR ROLE r ",
        };
        assert_eq!(
            statements(&privileges).unwrap(),
            [
                "ALTER DEFAULT PRIVILEGES FOR ROLE r REVOKE ALL ON TABLES FROM r;",
                "ALTER DEFAULT PRIVILEGES FOR ROLE r GRANT SELECT,INSERT,REFERENCES,DELETE,TRIGGER,TRUNCATE,UPDATE \
                 ON TABLES TO r;",
                "ALTER DEFAULT PRIVILEGES FOR ROLE r GRANT SELECT ON TABLES TO PUBLIC;",
            ]
        );
    }

    #[test]
    fn a_column_carries_its_name_in_every_privilege() {
        let current = ["a=r*w/o".to_string(), "\"q\"\"=/\n\"=arwx/o".to_string()];
        let privileges = Privileges {
            grantable: Grantable::Column,
            on: "TABLE s.t",
            column: Some("\"b,c\""),
            owner: "o",
            current: &current,
            base: &[],
            prefix: "",
        };
        assert_eq!(
            statements(&privileges).unwrap(),
            [
                "GRANT UPDATE(\"b,c\") ON TABLE s.t TO a;",
                "GRANT SELECT(\"b,c\") ON TABLE s.t TO a WITH GRANT OPTION;",
                "GRANT ALL(\"b,c\") ON TABLE s.t TO \"q\"\"=/\n\";",
            ]
        );
    }

    #[test]
    fn a_grant_option_that_nobody_can_hold_forces_the_revoke() {
        assert_eq!(
            run(Grantable::Schema, "o", &["o=UC/o", "=UC/o"], &["o=UC/o", "=U*C*/o"]),
            ["REVOKE ALL ON TABLE s.t FROM PUBLIC;", "GRANT ALL ON TABLE s.t TO PUBLIC;"]
        );
    }

    #[test]
    fn what_is_no_item_is_refused() {
        for item in ["", "a", "a=r", "a=r/o\"", "a=r/o=x", "\"a=r/o"] {
            let current = [item.to_string()];
            let privileges = Privileges {
                grantable: Grantable::Column,
                on: "TABLE s.t",
                column: None,
                owner: "o",
                current: &current,
                base: &[],
                prefix: "",
            };
            assert_eq!(statements(&privileges), None, "{item:?}");
        }
    }

    #[test]
    fn an_old_server_never_grants_all_on_a_table() {
        assert_eq!(
            run(Grantable::Table { maintain: false }, "o", &["o=arwdDxt/o", "p=arwdDxt/o"], &["o=arwdDxt/o"]),
            ["GRANT SELECT,INSERT,REFERENCES,DELETE,TRIGGER,TRUNCATE,UPDATE ON TABLE s.t TO p;"]
        );
    }
}
