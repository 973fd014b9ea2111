//! Types between the catalog, the manifest and the rows: numbering, comparing, and what to look for in values.
//!
//! Pure. A type is known by name and parts, never by oid; an array by its element, because its own name
//! may differ between databases (`_t`, `__t`).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::archive::MAX_TYPE_DEPTH;
use crate::archive::manifest::{Column, Type, TypeKind, TypePart};
use crate::catalog::types::{FIRST_UNSTABLE_OID, TypeKind as Kind, Types};
use crate::copy::{Inspector, Shape, ShapeId, Shapes, Swap, oid_of_name};
use crate::object::Oid;
use crate::sql::qualified;

/// Numbers types as the manifest lists them.
#[derive(Default)]
pub struct Numbering {
    /// The types numbered so far, each after its parts.
    pub types: Vec<Type>,
    /// Their oids.
    pub oids: Vec<Oid>,
    numbers: HashMap<Oid, usize>,
    /// How deep each nests, itself counted.
    depths: Vec<usize>,
}

impl Numbering {
    /// The number of a type, given now if need be. None for what nests too deeply to be described.
    pub fn number(&mut self, oid: Oid, types: &Types) -> Option<usize> {
        self.number_within(oid, types, MAX_TYPE_DEPTH)
    }

    fn number_within(&mut self, oid: Oid, types: &Types, depth: usize) -> Option<usize> {
        if let Some(number) = self.numbers.get(&oid) {
            return Some(*number);
        }
        let found = types.0.get(&oid)?;
        let depth = depth.checked_sub(1).filter(|left| *left > 0)?;
        let part = |part: &crate::catalog::types::TypePart| {
            let type_index = self.number_within(part.of, types, depth)?;
            Some(TypePart { name: part.name.clone(), type_index, modifier: part.modifier })
        };
        let parts = found.parts.iter().map(part).collect::<Option<Vec<_>>>()?;
        // Parts may have been numbered before, on a shorter way down.
        let depth = 1 + parts.iter().map(|part| self.depths[part.type_index]).max().unwrap_or(0);
        if depth > MAX_TYPE_DEPTH {
            return None;
        }
        let number = self.types.len();
        self.depths.push(depth);
        self.types.push(Type {
            schema: found.schema.clone(),
            name: found.name.clone(),
            kind: stored(found.kind),
            parts,
        });
        self.oids.push(oid);
        self.numbers.insert(oid, number);
        Some(number)
    }
}

fn stored(kind: Kind) -> TypeKind {
    match kind {
        Kind::Base => TypeKind::Base,
        Kind::Enum => TypeKind::Enum,
        Kind::Domain => TypeKind::Domain,
        Kind::Composite => TypeKind::Composite,
        Kind::Array => TypeKind::Array,
        Kind::Range => TypeKind::Range,
        Kind::Multirange => TypeKind::Multirange,
    }
}

/// The number that stands for a type in archived rows.
pub fn archived_oid(types: &[Type], index: usize) -> u32 {
    let (mut index, mut brackets) = (index, String::new());
    while let (TypeKind::Array, Some(part)) = (types[index].kind, types[index].parts.first()) {
        brackets.push_str("[]");
        index = part.type_index;
    }
    oid_of_name(&types[index].schema, &format!("{}{brackets}", types[index].name))
}

/// The type as SQL writes it, quoted. Not with `format_type`'s words, which are for eyes.
pub fn sql_name(types: &[Type], index: usize) -> String {
    let one = &types[index];
    match (one.kind, one.parts.first()) {
        (TypeKind::Array, Some(part)) => format!("{}[]", sql_name(types, part.type_index)),
        _ => qualified(&one.schema, &one.name),
    }
}

/// What is to be found in values.
pub struct Wanted<'a> {
    /// What happens to the oid of the type with this number, where another type's values embed it.
    pub oid: &'a dyn Fn(usize) -> Option<Swap>,
    /// Intervals that are infinite on one side only.
    pub intervals: bool,
    /// Infinite numerics.
    pub numerics: bool,
}

/// What to look for, for all types of a manifest.
pub struct Inspection {
    shapes: Arc<Shapes>,
    opaque: ShapeId,
}

impl Inspection {
    /// Works it out for `types`, each after its parts.
    pub fn new(types: &[Type], wanted: &Wanted<'_>) -> Inspection {
        let mut shapes = Shapes::default();
        for one in types {
            let first = one.parts.first().map_or(0, |part| part.type_index);
            let base = |name: &str| one.schema == "pg_catalog" && one.name == name;
            let shape = match one.kind {
                TypeKind::Base if wanted.intervals && base("interval") => Shape::Interval,
                TypeKind::Base if wanted.numerics && base("numeric") => Shape::Numeric,
                TypeKind::Base | TypeKind::Enum => Shape::Opaque,
                TypeKind::Domain => shapes.get(first).clone(),
                TypeKind::Array => Shape::Array { oid: (wanted.oid)(first), element: first },
                TypeKind::Composite => {
                    let field = |part: &TypePart| ((wanted.oid)(part.type_index), part.type_index);
                    Shape::Composite(one.parts.iter().map(field).collect())
                }
                TypeKind::Range => Shape::Range(first),
                TypeKind::Multirange => Shape::Multirange(first),
            };
            shapes.add(shape);
        }
        let opaque = shapes.add(Shape::Opaque);
        Inspection { shapes: Arc::new(shapes), opaque }
    }

    /// The inspector of rows of these columns; None where there is nothing to look at.
    pub fn of(&self, columns: &[Column]) -> Option<Arc<Inspector>> {
        let shape = |column: &Column| column.type_index.filter(|_| !column.as_text).unwrap_or(self.opaque);
        Inspector::new(Arc::clone(&self.shapes), columns.iter().map(shape).collect()).map(Arc::new)
    }
}

/// Compares the types of an archive with those of a target, and remembers which are equal.
pub struct Comparison<'a> {
    archived: &'a [Type],
    target: &'a Types,
    equal: HashSet<(usize, Oid)>,
    /// The target's oids of archived types, as far as they are compared.
    pub oids: HashMap<usize, Oid>,
}

impl<'a> Comparison<'a> {
    /// Between the types of a manifest and those of a target.
    pub fn new(archived: &'a [Type], target: &'a Types) -> Comparison<'a> {
        Comparison { archived, target, equal: HashSet::new(), oids: HashMap::new() }
    }

    /// The first difference between two types, in words; None where they are equal.
    pub fn difference(&mut self, archived: usize, target: Oid) -> Option<String> {
        if self.equal.contains(&(archived, target)) {
            return None;
        }
        let ours = &self.archived[archived];
        let Some(theirs) = self.target.0.get(&target) else { return Some("the target's type is not known".into()) };
        let name = || qualified(&ours.schema, &ours.name);
        let kind = stored(theirs.kind);
        if kind != ours.kind {
            return Some(
                format!("{} is {:?} in the archive, {kind:?} in the target", name(), ours.kind).to_lowercase(),
            );
        }
        if kind != TypeKind::Array && (&theirs.schema, &theirs.name) != (&ours.schema, &ours.name) {
            return Some(format!(
                "{} in the archive, {} in the target",
                name(),
                qualified(&theirs.schema, &theirs.name)
            ));
        }
        if theirs.parts.len() != ours.parts.len() {
            let (here, there) = (ours.parts.len(), theirs.parts.len());
            return Some(format!("{} has {here} attributes in the archive, {there} in the target", name()));
        }
        for (ours, theirs) in ours.parts.iter().zip(&theirs.parts) {
            let text = |name: &Option<String>| name.clone().unwrap_or_default();
            if ours.name != theirs.name {
                let (here, there) = (text(&ours.name), text(&theirs.name));
                return Some(format!("{} has {here:?} in the archive where the target has {there:?}", name()));
            }
            if ours.modifier != theirs.modifier {
                return Some(format!("{} has another length or precision ({})", name(), text(&ours.name)));
            }
            if let Some(below) = self.difference(ours.type_index, theirs.of) {
                return Some(format!("{}: {below}", name()));
            }
        }
        self.equal.insert((archived, target));
        self.oids.insert(archived, target);
        None
    }

    /// How an embedded oid is replaced for a server that accepts only its own.
    pub fn swap(&self, archived: usize) -> Option<Swap> {
        let to = *self.oids.get(&archived).filter(|oid| **oid >= FIRST_UNSTABLE_OID)?;
        Some(Swap { from: archived_oid(self.archived, archived), to })
    }
}
