//! Collations. Writes `CREATE COLLATION`.
//!
//! The version is left out, so that the target records that of its own library. Names are unique only
//! together with an encoding.

use super::*;
use crate::error::{Error, Fault};
use crate::sql::literal;

/// Collations.
pub const QUERY: &str = include_str!("../../db/catalog/collation.sql");

/// Reads one collation.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::Collation, class::COLLATION, row)?;
    object.tie = vec![format!("{:03}", row.int("encoding")?)];
    let provider = match row.letter("provider")? {
        'c' => "libc",
        'i' => "icu",
        'b' => "builtin",
        other => {
            let what = format!("cannot write a collation of the provider {other:?}");
            return Err(Error::new(Fault::Unsupported, what));
        }
    };
    object.needs([(provider == "builtin", Feature::BuiltinProvider)]);
    let mut clauses = vec![format!("provider = {provider}")];
    if !row.flag("deterministic")? {
        clauses.push("deterministic = false".into());
    }
    if provider == "libc" {
        let (collate, ctype) = (row.text("lc_collate")?, row.text("lc_ctype")?);
        if collate == ctype {
            clauses.push(format!("locale = {}", literal(&collate)));
        } else {
            clauses.push(format!("lc_collate = {}", literal(&collate)));
            clauses.push(format!("lc_ctype = {}", literal(&ctype)));
        }
    } else {
        clauses.push(format!("locale = {}", literal(&row.text("locale")?)));
        object.needs([(row.opt_text("rules")?.is_some(), Feature::CollationRules)]);
        clauses.extend(row.opt_text("rules")?.map(|rules| format!("rules = {}", literal(&rules))));
    }
    let definition = format!("CREATE COLLATION {} ({});", object.qualified(), clauses.join(", "));
    out.push(object.sql(definition));
    Ok(())
}
