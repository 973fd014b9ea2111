//! User mappings. Writes `CREATE USER MAPPING`. They have no owner, comment or privileges.
//!
//! Pitfalls: the options may hold passwords, so a definition never goes into an error or a log. Options
//! that the user may not see read as none; `unreadable.sql` tells which.

use super::foreign_data_wrapper::options;
use super::*;

/// User mappings of all servers.
pub const QUERY: &str = include_str!("../../db/catalog/user_mapping.sql");

/// Reads one mapping.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::UserMapping, class::USER_MAPPING, row)?;
    let server = row.text("server")?;
    object.identity = format!("USER MAPPING FOR {} SERVER {}", ident(&object.name), ident(&server));
    object.roles = vec![object.name.clone()];
    object.roles.retain(|role| role != "public");
    object.name = format!("{} SERVER {server}", object.name);
    let definition = format!("CREATE {}{};", object.identity, options(&row.texts("options")?));
    out.push(object.sql(definition));
    Ok(())
}
