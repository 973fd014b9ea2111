//! Rows that stand for others in dependencies: an array for its element, an index for its constraint, what
//! an extension made for the extension.
//!
//! Pure, of the rows of `db/catalog/alias.sql`. Chains are followed, however the server may have knotted
//! them, for a bounded length.

use std::collections::{HashMap, HashSet};

use crate::error::Result;
use crate::object::{Object, ObjectId, Row, class};

/// Rows that stand for others, and what extensions made.
pub(super) struct Alias {
    real: HashMap<ObjectId, ObjectId>,
    members: HashSet<ObjectId>,
}

impl Alias {
    pub(super) fn read(rows: &[tokio_postgres::Row]) -> Result<Alias> {
        let mut alias = Alias { real: HashMap::new(), members: HashSet::new() };
        for row in rows {
            let row = Row(row);
            let id = ObjectId::new(row.oid("class")?, row.oid("oid")?);
            let real = ObjectId::new(row.oid("real_class")?, row.oid("real_oid")?);
            if row.flag("member")? {
                alias.members.insert(id);
                alias.real.insert(id, real);
            } else {
                // What an extension made is the extension's, whatever else it stands for.
                alias.real.entry(id).or_insert(real);
            }
        }
        Ok(alias)
    }

    pub(super) fn is_member(&self, object: &Object) -> bool {
        self.members.contains(&object.id) || object.table.is_some_and(|table| self.members.contains(&table))
    }

    /// The type, where `id` is the relation of a composite type.
    pub(super) fn composite(&self, id: ObjectId) -> ObjectId {
        self.real.get(&id).copied().filter(|real| real.class == class::TYPE).unwrap_or(id)
    }

    /// The object that `id` stands for. Chains are short: array, row type, relation, extension.
    pub(super) fn follow(&self, mut id: ObjectId) -> ObjectId {
        for _ in 0..16 {
            match self.real.get(&id) {
                Some(real) if *real != id => id = *real,
                _ => break,
            }
        }
        id
    }

    /// Like [`Alias::follow`], for edges by hand: an id that is an object stays, but the index of a
    /// constraint is its constraint.
    pub(super) fn follow_unless(&self, id: ObjectId, known: &HashSet<ObjectId>) -> ObjectId {
        if known.contains(&id) && id.class != class::RELATION { id } else { self.follow(id) }
    }
}
