//! Access methods. Writes `CREATE ACCESS METHOD`. They have no owner and no privileges.

use super::*;
use crate::error::{Error, Fault};

/// Access methods.
pub const QUERY: &str = include_str!("../../db/catalog/access_method.sql");

/// Reads one access method.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let object = Object::from_row(Kind::AccessMethod, class::ACCESS_METHOD, row)?;
    let of = match row.letter("type")? {
        'i' => "INDEX",
        't' => "TABLE",
        other => {
            let what = format!("cannot write an access method of the type {other:?}");
            return Err(Error::new(Fault::Unsupported, what));
        }
    };
    let name = object.qualified();
    let definition = format!("CREATE ACCESS METHOD {name} TYPE {of} HANDLER {};", row.text("handler")?);
    out.push(object.sql(definition));
    Ok(())
}
