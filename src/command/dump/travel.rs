//! How the rows of each table travel: as bytes, as bytes with the oids of types replaced, with some columns
//! as text, or as text altogether.
//!
//! Pure: from the types that the catalog describes to one decision per table and column, with its reason.
//! Bytes are exact and small; text is for types without a binary form, or whose binary form another
//! database or version would read as something else. A table with such a column keeps its other
//! columns as bytes where those are wide, or where text would lose something (`"char"`).

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use crate::archive::manifest::{Column, Type};
use crate::catalog::data::{ColumnData, TableData};
use crate::catalog::types::{Exactness, FIRST_UNSTABLE_OID, TypeKind, Types};
use crate::command::types::{Inspection, Numbering, Wanted, archived_oid};
use crate::copy::{Format, Swap};
use crate::object::Oid;
use crate::sql::qualified;

/// xml, which loses its declaration unless it is read as text.
const XML: Oid = 142;

/// What is in a type, down to its last part.
#[derive(Debug, Clone, Default)]
struct Contents {
    lost: BTreeSet<String>,
    text: BTreeSet<String>,
    /// Types whose oids, which other databases do not share, are in the values.
    embedded: BTreeSet<Oid>,
    binary_only: bool,
    wide: bool,
    money: bool,
}

/// How a table travels.
#[derive(Debug, Clone)]
pub struct Travel {
    /// Its format.
    pub format: Format,
    /// Why it is text.
    pub reason: Option<String>,
    /// The columns that travel.
    pub columns: Vec<Column>,
    /// For each of these: it is read as `x::text`.
    pub cast_to_text: Vec<bool>,
    /// Columns whose values nothing can restore, with the reason.
    pub lost: Vec<(String, String)>,
    /// What may be lost in it.
    pub warning: Option<String>,
    /// Oids in its rows are replaced.
    pub embeds: bool,
}

/// Decides, and numbers the types.
pub struct Planner<'t> {
    types: &'t Types,
    /// Whether the source takes foreign oids, so that psql can load rows with replaced ones.
    replaces: bool,
    known: HashMap<Oid, Rc<Contents>>,
    clashing: HashSet<Oid>,
    numbering: Numbering,
    /// Some column holds money.
    pub money: bool,
}

impl<'t> Planner<'t> {
    /// For these types, on a server of this version.
    pub fn new(types: &'t Types, major: u32) -> Planner<'t> {
        let mut planner = Planner {
            types,
            replaces: major >= 14,
            known: HashMap::new(),
            clashing: HashSet::new(),
            numbering: Numbering::default(),
            money: false,
        };
        let mut oids: Vec<Oid> = types.0.keys().copied().collect();
        oids.sort_unstable();
        planner.clashing = planner.clashes(&oids);
        planner
    }

    /// Types whose names share a number, so that one could be taken for the other.
    fn clashes(&self, oids: &[Oid]) -> HashSet<Oid> {
        let mut numbering = Numbering::default();
        let mut by_number: HashMap<u32, Vec<Oid>> = HashMap::new();
        for oid in oids {
            if let Some(index) = numbering.number(*oid, self.types) {
                by_number.entry(archived_oid(&numbering.types, index)).or_default().push(*oid);
            }
        }
        by_number.into_values().filter(|same| same.len() > 1).flatten().collect()
    }

    /// What is in a type, parts and their parts included. What has no number nests too deeply to be looked into;
    /// so numbers bound the recursion.
    fn contents(&mut self, oid: Oid) -> Rc<Contents> {
        if let Some(known) = self.known.get(&oid) {
            return Rc::clone(known);
        }
        let mut contents = Contents::default();
        let described = self.numbering.number(oid, self.types).is_some();
        match self.types.0.get(&oid) {
            Some(found) if described => {
                match &found.exactness {
                    Exactness::Lost(why) => drop(contents.lost.insert(why.clone())),
                    Exactness::Text(why) => drop(contents.text.insert(why.clone())),
                    Exactness::BinaryOnly => contents.binary_only = true,
                    Exactness::Wide => contents.wide = true,
                    Exactness::Money => contents.money = true,
                    Exactness::Binary | Exactness::Interval | Exactness::Numeric => {}
                }
                let embeds = matches!(found.kind, TypeKind::Array | TypeKind::Composite);
                for part in &found.parts {
                    let below = self.contents(part.of);
                    contents.join(&below);
                    if embeds && part.of >= FIRST_UNSTABLE_OID {
                        self.embed(&mut contents, part.of);
                    }
                }
            }
            _ => drop(contents.text.insert("its type cannot be described".into())),
        }
        let contents = Rc::new(contents);
        self.known.insert(oid, Rc::clone(&contents));
        contents
    }

    fn embed(&self, contents: &mut Contents, oid: Oid) {
        let name = || self.types.0.get(&oid).map_or_else(String::new, |part| qualified(&part.schema, &part.name));
        if !self.replaces {
            contents.text.insert(format!("holds the oid of {}", name()));
        } else if self.clashing.contains(&oid) {
            contents.text.insert(format!("the name of {} cannot be told from another by its number", name()));
        } else {
            contents.embedded.insert(oid);
        }
    }

    /// How a table travels.
    pub fn travel(&mut self, table: &TableData) -> Travel {
        let all: Vec<(&ColumnData, Rc<Contents>)> =
            table.columns.iter().map(|column| (column, self.contents(column.type_oid))).collect();
        let (lost, kept): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, contents)| !contents.lost.is_empty());
        let castable =
            |column: &ColumnData| self.types.0.get(&self.types.base(column.type_oid)).is_some_and(|t| t.castable);
        let must = |contents: &Contents| !contents.text.is_empty();
        let any_text = table.generated_as_text.is_some() || kept.iter().any(|(_, contents)| must(contents));
        let worth_bytes = kept.iter().any(|(_, contents)| !must(contents) && (contents.wide || contents.binary_only));
        let mixed = any_text
            && worth_bytes
            && table.generated_as_text.is_none()
            && kept.iter().all(|(column, contents)| !must(contents) || castable(column));
        let format = if any_text && !mixed { Format::Text } else { Format::Binary };
        let reasons = kept.iter().filter(|(_, contents)| must(contents));
        let reasons = reasons.map(|(column, contents)| format!("{}: {}", column.name, joined(&contents.text)));
        let reason = reasons.chain(table.generated_as_text.clone()).collect::<Vec<_>>().join("; ");
        let exposed = kept.iter().find(|(_, contents)| contents.binary_only);
        let warning = exposed.filter(|_| format == Format::Text).map(|(column, _)| {
            let table = qualified(&table.schema, &table.name);
            format!(
                "{table} travels as text, which keeps a \"char\" above 127 in {} only between like servers",
                column.name
            )
        });
        self.money |= kept.iter().any(|(_, contents)| contents.money);
        let xml = |column: &ColumnData| self.types.base(column.type_oid) == XML;
        let cast_to_text =
            kept.iter().map(|(column, contents)| (mixed && must(contents)) || (!mixed && any_text && xml(column)));
        let cast_to_text = cast_to_text.collect();
        let embeds = format == Format::Binary
            && kept.iter().any(|(_, contents)| !must(contents) && !contents.embedded.is_empty());
        let columns = kept.iter().map(|(column, contents)| self.column(column, contents, format, mixed)).collect();
        Travel {
            format,
            reason: Some(reason).filter(|_| format == Format::Text),
            columns,
            cast_to_text,
            lost: lost.iter().map(|(column, contents)| (column.name.clone(), joined(&contents.lost))).collect(),
            warning,
            embeds,
        }
    }

    fn column(&mut self, column: &ColumnData, contents: &Contents, format: Format, mixed: bool) -> Column {
        let must = !contents.text.is_empty();
        let reason = match () {
            () if must => Some(joined(&contents.text)),
            () if format == Format::Binary && !contents.embedded.is_empty() => {
                let names = contents.embedded.iter().filter_map(|oid| self.types.0.get(oid));
                let names: BTreeSet<String> = names.map(|one| qualified(&one.schema, &one.name)).collect();
                Some(format!("holds the oid of {}, written by name", joined(&names)))
            }
            () => None,
        };
        Column {
            type_index: self.numbering.number(column.type_oid, self.types),
            modifier: column.modifier,
            as_text: mixed && must,
            reason,
            ..Column::plain(&column.name, &column.type_name)
        }
    }

    /// The types of all tables so far as the manifest lists them, and what is to be replaced in their rows.
    pub fn finish(self) -> (Vec<Type>, Inspection) {
        let Numbering { types, oids, .. } = self.numbering;
        let swap = |index: usize| {
            let from = oids[index];
            (from >= FIRST_UNSTABLE_OID).then(|| Swap { from, to: archived_oid(&types, index) })
        };
        let inspection = Inspection::new(&types, &Wanted { oid: &swap, intervals: false, numerics: false });
        (types, inspection)
    }
}

impl Contents {
    fn join(&mut self, part: &Contents) {
        self.lost.extend(part.lost.iter().cloned());
        self.text.extend(part.text.iter().cloned());
        self.embedded.extend(&part.embedded);
        self.binary_only |= part.binary_only;
        self.wide |= part.wide;
        self.money |= part.money;
    }
}

fn joined(reasons: &BTreeSet<String>) -> String {
    reasons.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::types::{TypeData, TypePart};

    const TEXT: Oid = 25;
    const BYTEA: Oid = 17;
    const CHAR: Oid = 18;
    const REGTYPE: Oid = 2206;
    const BASE: Oid = 20_000;

    fn one(name: &str, kind: TypeKind, parts: &[Oid], exactness: Exactness, castable: bool) -> TypeData {
        let part = |of: &Oid| TypePart { name: Some(of.to_string()), of: *of, modifier: -1 };
        let parts = parts.iter().map(part).collect();
        TypeData { schema: "s".into(), name: name.into(), kind, parts, exactness, castable }
    }

    fn types(more: Vec<(Oid, TypeData)>) -> Types {
        let text = || Exactness::Text("why".into());
        let mut all = vec![
            (TEXT, one("text", TypeKind::Base, &[], Exactness::Binary, true)),
            (BYTEA, one("bytea", TypeKind::Base, &[], Exactness::Wide, true)),
            (CHAR, one("char", TypeKind::Base, &[], Exactness::BinaryOnly, true)),
            (REGTYPE, one("regtype", TypeKind::Base, &[], text(), true)),
            (BASE, one("own", TypeKind::Base, &[], text(), false)),
            (BASE + 1, one("mood", TypeKind::Enum, &[], Exactness::Binary, true)),
            (BASE + 2, one("_mood", TypeKind::Array, &[BASE + 1], Exactness::Binary, true)),
        ];
        all.extend(more);
        Types(all.into_iter().collect())
    }

    fn table(columns: &[Oid]) -> TableData {
        let column =
            |oid: &Oid| ColumnData { name: oid.to_string(), type_oid: *oid, modifier: -1, ..ColumnData::default() };
        TableData {
            oid: 1,
            schema: "s".into(),
            name: "t".into(),
            persistence: 'p',
            columns: columns.iter().map(column).collect(),
            generated_as_text: None,
            heap_bytes: 0,
            toast_bytes: 0,
            block_bytes: 8192,
            heap: true,
            through: None,
        }
    }

    fn travel(types: &Types, major: u32, columns: &[Oid]) -> Travel {
        Planner::new(types, major).travel(&table(columns))
    }

    fn as_text(travel: &Travel) -> Vec<bool> {
        travel.columns.iter().map(|column| column.as_text).collect()
    }

    #[test]
    fn text_takes_the_whole_table_unless_something_is_worth_its_bytes() {
        let types = types(Vec::new());
        let narrow = travel(&types, 18, &[TEXT, REGTYPE]);
        assert_eq!((narrow.format, as_text(&narrow)), (Format::Text, vec![false, false]));
        assert_eq!(narrow.reason.as_deref(), Some("2206: why"));
        for worth in [BYTEA, CHAR] {
            let mixed = travel(&types, 18, &[worth, REGTYPE]);
            assert_eq!((mixed.format, as_text(&mixed), mixed.reason), (Format::Binary, vec![false, true], None));
            assert_eq!(mixed.cast_to_text, [false, true]);
        }
    }

    #[test]
    fn what_somebody_else_casts_is_never_cast() {
        let types = types(Vec::new());
        let whole = travel(&types, 18, &[BYTEA, BASE]);
        assert_eq!((whole.format, whole.warning), (Format::Text, None));
        let lossy = travel(&types, 18, &[CHAR, BASE]);
        assert!(lossy.format == Format::Text && lossy.warning.is_some_and(|text| text.contains("above 127 in 18")));
    }

    #[test]
    fn oids_are_replaced_from_14_on() {
        let types = types(Vec::new());
        let replaced = travel(&types, 14, &[BASE + 2]);
        assert!(replaced.embeds && replaced.format == Format::Binary);
        assert_eq!(replaced.columns[0].reason.as_deref(), Some("holds the oid of s.mood, written by name"));
        let older = travel(&types, 13, &[BASE + 2]);
        assert!(!older.embeds && older.format == Format::Text);
        assert!(!travel(&types, 18, &[BASE + 1]).embeds, "an enum by itself holds no oid");
    }

    #[test]
    fn what_nests_too_deeply_travels_as_text_in_whatever_order_it_comes() {
        let deep = crate::archive::MAX_TYPE_DEPTH as Oid + 10;
        let above = |n: Oid| {
            (BASE + 100 + n, one(&n.to_string(), TypeKind::Composite, &[BASE + 99 + n], Exactness::Binary, true))
        };
        let bottom = (BASE + 99, one("bottom", TypeKind::Enum, &[], Exactness::Binary, true));
        let types = types((0..deep).map(above).chain([bottom]).collect());
        let shallow_first: Vec<Oid> = (0..deep).map(|n| BASE + 100 + n).collect();
        let deep_first: Vec<Oid> = shallow_first.iter().rev().copied().collect();
        for order in [shallow_first, deep_first] {
            let mut planner = Planner::new(&types, 18);
            let all = planner.travel(&table(&order));
            assert_eq!(all.format, Format::Text);
            let undescribed = all.columns.iter().filter(|column| column.type_index.is_none()).count();
            assert_eq!(undescribed, 11, "64 levels are described, the enum included");
            assert_eq!(planner.travel(&table(&[BASE + 100])).format, Format::Binary);
        }
    }

    #[test]
    fn names_that_share_a_number_travel_as_text() {
        // Of 31 bits, some two of 100,000 names are equal.
        let mut seen: HashMap<u32, String> = HashMap::new();
        let clash = (0..400_000).find_map(|n: u32| {
            let name = format!("t{n}");
            let before = seen.insert(crate::copy::oid_of_name("s", &name), name.clone())?;
            Some((before, name))
        });
        let (one_name, other) = clash.expect("there are some");
        let types = types(vec![
            (BASE + 3, one(&one_name, TypeKind::Enum, &[], Exactness::Binary, true)),
            (BASE + 4, one("_a", TypeKind::Array, &[BASE + 3], Exactness::Binary, true)),
            (BASE + 5, one(&other, TypeKind::Enum, &[], Exactness::Binary, true)),
        ]);
        let travel = travel(&types, 18, &[BASE + 4]);
        assert_eq!(travel.format, Format::Text);
        assert!(travel.reason.is_some_and(|why| why.contains("cannot be told from another")));
    }
}
