//! Domains and their constraints. Writes `CREATE DOMAIN`, and `ALTER DOMAIN … ADD CONSTRAINT` for what
//! cannot be inside it.
//!
//! Each constraint is an object, because comments hang on it. A valid one is inside the domain unless
//! order splits it off (a check that calls a function which takes the domain); one that is NOT VALID
//! always stands alone. From 17 a NOT NULL is such a constraint too and has a name; before, it is a mark
//! on the type. The domain depends on the constraints inside it, so that what they call comes first.

use serde::Deserialize;

use super::*;
use crate::sql::literal;

/// Domains with their constraints.
pub const QUERY: &str = include_str!("../../db/catalog/domain.sql");

/// A domain, apart from the constraints that order may split off.
#[derive(Debug, Clone)]
pub struct Domain {
    /// `CREATE DOMAIN s.d AS base COLLATE c`.
    head: String,
    /// The mark on the type, which has no constraint of its own (servers before 17).
    not_null: bool,
    /// ` DEFAULT …` or nothing.
    default: String,
    /// In the order of their names.
    constraints: Vec<Inside>,
}

/// A constraint that may stand inside the domain's statement.
#[derive(Debug, Clone)]
struct Inside {
    id: ObjectId,
    not_null: bool,
    /// `CONSTRAINT c CHECK (…)`, or `CONSTRAINT c NOT NULL`.
    clause: String,
}

impl Domain {
    /// The whole `CREATE DOMAIN` with those constraints for which `inside` is true; the others are
    /// entries of their own.
    pub fn write(&self, inside: &dyn Fn(ObjectId) -> bool) -> String {
        let mut text = self.head.clone();
        if self.not_null {
            text.push_str(" NOT NULL");
        }
        let (not_nulls, checks): (Vec<&Inside>, Vec<&Inside>) =
            self.constraints.iter().filter(|constraint| inside(constraint.id)).partition(|c| c.not_null);
        for constraint in not_nulls {
            text.push_str(&format!(" {}", constraint.clause));
        }
        text.push_str(&self.default);
        for constraint in checks {
            text.push_str(&format!("\n    {}", constraint.clause));
        }
        text.push(';');
        text
    }
}

#[derive(Deserialize)]
struct Constraint {
    oid: Oid,
    name: String,
    not_null: bool,
    valid: bool,
    definition: String,
}

/// Reads one domain and its constraints.
pub fn read(row: &Row<'_>, out: &mut Vec<Object>) -> Result<()> {
    let mut object = Object::from_row(Kind::Domain, class::TYPE, row)?;
    let constraints: Vec<Constraint> = row.json("constraints")?;
    let collation = common::collate(row.opt_text("collation")?.as_deref());
    let default = match (row.opt_text("default_expression")?, row.opt_text("default_text")?) {
        (Some(expression), _) => format!(" DEFAULT {expression}"),
        (None, Some(text)) => format!(" DEFAULT {}", literal(&text)),
        (None, None) => String::new(),
    };
    let mut domain = Domain {
        head: format!("CREATE DOMAIN {} AS {}{collation}", object.qualified(), row.text("base")?),
        not_null: row.flag("not_null")? && !constraints.iter().any(|constraint| constraint.not_null),
        default,
        constraints: Vec::new(),
    };
    for constraint in &constraints {
        let own = alone(&object, constraint);
        if constraint.valid {
            let clause = format!("CONSTRAINT {} {}", ident(&constraint.name), constraint.definition);
            domain.constraints.push(Inside { id: own.id, not_null: constraint.not_null, clause });
            object.depends.push(own.id);
        }
        out.push(own);
    }
    object.body = Body::Domain(Box::new(domain));
    out.push(object);
    Ok(())
}

/// The constraint as an entry of its own.
fn alone(domain: &Object, constraint: &Constraint) -> Object {
    let (name, on) = (ident(&constraint.name), domain.qualified());
    let id = ObjectId::new(class::CONSTRAINT, constraint.oid);
    let mut object = Object::new(Kind::DomainConstraint, id, constraint.name.clone());
    object.schema = domain.schema.clone();
    object.tie = vec![domain.name.clone()];
    object.identity = format!("CONSTRAINT {name} ON DOMAIN {on}");
    object.drop = Some(format!("ALTER DOMAIN {on} DROP CONSTRAINT {name};"));
    object.depends.push(domain.id);
    object.inside = constraint.valid.then_some(domain.id);
    object.sql(format!("ALTER DOMAIN {on} ADD CONSTRAINT {name} {};", constraint.definition))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_inside_is_left_out() {
        let inside = |oid, not_null, clause: &str| Inside {
            id: ObjectId::new(class::CONSTRAINT, oid),
            not_null,
            clause: clause.into(),
        };
        let domain = Domain {
            head: "CREATE DOMAIN s.d AS text".into(),
            not_null: false,
            default: " DEFAULT 'x'::text".into(),
            constraints: vec![
                inside(1, false, "CONSTRAINT a CHECK (f(VALUE))"),
                inside(2, false, "CONSTRAINT b CHECK (VALUE <> '')"),
                inside(3, true, "CONSTRAINT n NOT NULL"),
            ],
        };
        assert_eq!(
            domain.write(&|id| id.oid != 1),
            "CREATE DOMAIN s.d AS text CONSTRAINT n NOT NULL DEFAULT 'x'::text\n    CONSTRAINT b CHECK (VALUE <> '');"
        );
        assert_eq!(domain.write(&|_| false), "CREATE DOMAIN s.d AS text DEFAULT 'x'::text;");
    }
}
