//! Default privileges. Writes `ALTER DEFAULT PRIVILEGES … GRANT | REVOKE`, after everything that they
//! must not touch.
//!
//! Pitfall: entries for a whole database replace the built-in default, entries of a schema add to it.

use super::common::lines;
use super::*;
use crate::error::{Error, Fault};
use crate::sql::privileges::{Grantable, Privileges, roles, statements, without_maintain};

/// Default privileges of all roles.
pub const QUERY: &str = include_str!("../../db/catalog/default_privileges.sql");

/// Reads the default privileges of one role for one kind of object.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::DefaultPrivileges, class::DEFAULT_PRIVILEGES, row)?;
    let role = row.text("role")?;
    let maintain = row.flag("maintain")?;
    let (on, grantable) = match object.name.as_str() {
        "r" => ("TABLES", Grantable::Table { maintain }),
        "S" => ("SEQUENCES", Grantable::Sequence),
        "f" => ("FUNCTIONS", Grantable::Function),
        "T" => ("TYPES", Grantable::Usage),
        "n" => ("SCHEMAS", Grantable::Schema),
        "L" => ("LARGE OBJECTS", Grantable::LargeObject),
        other => return Err(Error::new(Fault::Unsupported, format!("default privileges on objects {other:?}"))),
    };
    let mut prefix = format!("ALTER DEFAULT PRIVILEGES FOR ROLE {} ", ident(&role));
    if let Some(schema) = &object.schema {
        prefix.push_str(&format!("IN SCHEMA {} ", ident(schema)));
    }
    let (current, base) = (row.texts("current")?, row.texts("base")?);
    let privileges =
        Privileges { grantable, on, column: None, owner: &role, current: &current, base: &base, prefix: &prefix };
    if on == "TABLES" && maintain {
        object.variants.extend(without_maintain(&privileges));
    }
    object.needs([(on == "LARGE OBJECTS", Feature::DefaultPrivilegesOnLargeObjects)]);
    let undo = statements(&Privileges { current: &base, base: &current, ..privileges.clone() });
    let statements = statements(&privileges).ok_or_else(|| {
        Error::new(Fault::Server, format!("cannot read the default privileges of role {role:?} on {on}"))
    })?;
    if statements.is_empty() {
        return Ok(());
    }
    object.name = format!("DEFAULT PRIVILEGES FOR {on}");
    object.identity = String::new();
    // What is created after they were dropped must not get them.
    object.drop = Some(undo.map(lines).unwrap_or_default());
    object.roles = roles(&current).chain(roles(&base)).chain([role.clone()]).collect();
    object.tie = vec![role];
    object.pass = Pass::Privileges;
    out.push(object.sql(lines(statements)));
    Ok(())
}
