//! What is inside binary values: finds the type oids and the values that change meaning, down a type's tree.
//! Pure.
//!
//! Works on complete rows, in place, and only on the columns that hold something to look at. What a value
//! is made of is told by a [`Shape`]; where the bytes do not fit it, that is an error and never passed over,
//! because a type that was altered while it was read would otherwise be restored wrongly.
//!
//! Invariants: nothing is read beyond its field, nothing allocated; the length of the rows never changes.
//! Source: `array_send`, `record_send`, `range_send`, `multirange_send`, `interval_send`, `numeric_send`.

use std::fmt;
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

/// The place of a shape in its [`Shapes`].
pub type ShapeId = usize;

/// An oid in the stream, and what is to stand for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swap {
    /// The oid that must stand there.
    pub from: u32,
    /// What replaces it.
    pub to: u32,
}

/// What is inside a type's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// Nothing to look at.
    Opaque,
    /// An interval, to be refused where it is the largest or the smallest.
    Interval,
    /// A numeric, to be refused where it is infinite.
    Numeric,
    /// An array with its elements.
    Array {
        /// The oid of the element's type, where it is to be replaced.
        oid: Option<Swap>,
        /// An element.
        element: ShapeId,
    },
    /// A row type with its attributes, dropped ones left out.
    Composite(Vec<(Option<Swap>, ShapeId)>),
    /// A range with its bounds.
    Range(ShapeId),
    /// A multirange with its ranges.
    Multirange(ShapeId),
}

/// Shapes, each after its parts: so every tree ends.
#[derive(Debug, Clone, Default)]
pub struct Shapes(Vec<Shape>);

impl Shapes {
    /// Adds a shape whose parts were added before. One whose parts hold nothing to look at, and which has
    /// nothing itself, becomes opaque, so that it costs nothing.
    ///
    /// # Panics
    /// Where a part was not added before.
    pub fn add(&mut self, shape: Shape) -> ShapeId {
        let plain = |id: &ShapeId| self.0[*id] == Shape::Opaque;
        let opaque = match &shape {
            Shape::Opaque => true,
            Shape::Interval | Shape::Numeric => false,
            Shape::Array { oid, element } => plain(element) && oid.is_none(),
            Shape::Composite(fields) => fields.iter().all(|(oid, field)| plain(field) && oid.is_none()),
            Shape::Range(part) | Shape::Multirange(part) => plain(part),
        };
        self.0.push(if opaque { Shape::Opaque } else { shape });
        self.0.len() - 1
    }

    /// A shape that was added.
    pub fn get(&self, id: ShapeId) -> &Shape {
        &self.0[id]
    }
}

/// What does not fit or must not travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// The bytes are not a value of the type.
    Malformed,
    /// Another type's oid than the expected one.
    TypeOid {
        /// The oid found.
        found: u32,
        /// The oid that should be there.
        expected: u32,
    },
    /// The largest or the smallest interval.
    Interval,
    /// An infinite numeric.
    Numeric,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfit::Malformed => f.write_str("its bytes are not a value of its type; was the type altered meanwhile?"),
            Unfit::TypeOid { found, expected } => {
                write!(
                    f,
                    "it holds a value of the type with oid {found}, not {expected}; was the type altered meanwhile?"
                )
            }
            Unfit::Interval => f.write_str(
                "an interval of all-largest or all-smallest fields is infinite from PostgreSQL 17 on and finite before",
            ),
            Unfit::Numeric => f.write_str("an infinite numeric exists from PostgreSQL 14 on"),
        }
    }
}

/// A value that is unfit, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnfitAt {
    /// Bytes from the start of the rows that were given.
    pub offset: usize,
    /// The row, counted from 0.
    pub row: u64,
    /// The column, counted from 0.
    pub column: usize,
    /// What is wrong there.
    pub unfit: Unfit,
}

/// The columns of a table's rows, with what is to be looked at in each.
#[derive(Debug, Clone)]
pub struct Inspector {
    shapes: Arc<Shapes>,
    columns: Vec<ShapeId>,
}

impl Inspector {
    /// The columns' shapes, one for each column of a row; `None` where there is nothing to look at.
    pub fn new(shapes: Arc<Shapes>, columns: Vec<ShapeId>) -> Option<Inspector> {
        let any = columns.iter().any(|id| shapes.0[*id] != Shape::Opaque);
        any.then_some(Inspector { shapes, columns })
    }

    /// Walks complete rows, replaces oids in place, and hands each row to `each` afterwards.
    pub fn rows(&self, rows: &mut [u8], mut each: impl FnMut(&[u8])) -> Result<(), UnfitAt> {
        let (mut start, mut row) = (0, 0);
        while start < rows.len() {
            let length = self.row(&mut rows[start..]).map_err(|(offset, column, unfit)| UnfitAt {
                offset: start + offset,
                row,
                column,
                unfit,
            })?;
            each(&rows[start..start + length]);
            start += length;
            row += 1;
        }
        Ok(())
    }

    /// One row at the start of `bytes`; its length, or place, column and problem.
    fn row(&self, bytes: &mut [u8]) -> Result<usize, (usize, usize, Unfit)> {
        let mut cursor = Cursor { bytes, at: 0 };
        let count = cursor.read_i16().map_err(|unfit| (0, 0, unfit))?;
        if usize::try_from(count) != Ok(self.columns.len()) {
            return Err((0, 0, Unfit::Malformed));
        }
        for (column, shape) in self.columns.iter().enumerate() {
            let at = cursor.at;
            self.shapes.field(*shape, &mut cursor).map_err(|unfit| (at, column, unfit))?;
        }
        Ok(cursor.at)
    }
}

impl Shapes {
    /// A length and that many bytes of a value.
    fn field(&self, shape: ShapeId, cursor: &mut Cursor<'_>) -> Result<(), Unfit> {
        let length = cursor.read_i32()?;
        if length == -1 {
            return Ok(());
        }
        let length = usize::try_from(length).map_err(|_| Unfit::Malformed)?;
        let value = cursor.take(length)?;
        self.value(shape, value)
    }

    fn value(&self, shape: ShapeId, value: &mut [u8]) -> Result<(), Unfit> {
        let mut cursor = Cursor { bytes: value, at: 0 };
        match &self.0[shape] {
            Shape::Opaque => return Ok(()),
            Shape::Interval => return interval(cursor.bytes),
            Shape::Numeric => return numeric(cursor.bytes),
            Shape::Array { oid, element } => self.array(*oid, *element, &mut cursor)?,
            Shape::Composite(fields) => {
                if usize::try_from(cursor.read_i32()?) != Ok(fields.len()) {
                    return Err(Unfit::Malformed);
                }
                for (oid, field) in fields {
                    cursor.swap(*oid)?;
                    self.field(*field, &mut cursor)?;
                }
            }
            Shape::Range(bound) => {
                let flags = cursor.take(1)?[0];
                // Bounds are there unless the range is empty, or the bound infinite or null.
                for absent in [0x01 | 0x08 | 0x20, 0x01 | 0x10 | 0x40] {
                    if flags & absent == 0 {
                        self.field(*bound, &mut cursor)?;
                    }
                }
            }
            Shape::Multirange(range) => {
                for _ in 0..cursor.count(4)? {
                    self.field(*range, &mut cursor)?;
                }
            }
        }
        // What is left over would be bytes that nobody looked at.
        if cursor.at == cursor.bytes.len() { Ok(()) } else { Err(Unfit::Malformed) }
    }

    fn array(&self, oid: Option<Swap>, element: ShapeId, cursor: &mut Cursor<'_>) -> Result<(), Unfit> {
        let dimensions = cursor.read_i32()?;
        cursor.read_i32()?;
        cursor.swap(oid)?;
        if !(0..=6).contains(&dimensions) {
            return Err(Unfit::Malformed);
        }
        let mut elements: u64 = u64::from(dimensions > 0);
        for _ in 0..dimensions {
            let size = u64::try_from(cursor.read_i32()?).map_err(|_| Unfit::Malformed)?;
            elements = elements.checked_mul(size).ok_or(Unfit::Malformed)?;
            cursor.read_i32()?;
        }
        if elements > (cursor.bytes.len() / 4) as u64 {
            return Err(Unfit::Malformed);
        }
        (0..elements).try_for_each(|_| self.field(element, cursor))
    }
}

/// Fields are time, days, months, each the largest or each the smallest of its type.
fn interval(value: &[u8]) -> Result<(), Unfit> {
    const LARGEST: [u8; 16] = *b"\x7f\xff\xff\xff\xff\xff\xff\xff\x7f\xff\xff\xff\x7f\xff\xff\xff";
    const SMALLEST: [u8; 16] = *b"\x80\0\0\0\0\0\0\0\x80\0\0\0\x80\0\0\0";
    match value.try_into() {
        Ok(LARGEST | SMALLEST) => Err(Unfit::Interval),
        Ok(_) => Ok(()),
        Err(_) => Err(Unfit::Malformed),
    }
}

/// The third of the four numbers at the start is the sign, which tells infinities too.
fn numeric(value: &[u8]) -> Result<(), Unfit> {
    match value.get(4..6) {
        Some([0xd0 | 0xf0, 0]) => Err(Unfit::Numeric),
        Some(_) => Ok(()),
        None => Err(Unfit::Malformed),
    }
}

/// Bytes with a place in them.
struct Cursor<'a> {
    bytes: &'a mut [u8],
    at: usize,
}

impl Cursor<'_> {
    fn take(&mut self, length: usize) -> Result<&mut [u8], Unfit> {
        let end = self.at.checked_add(length).filter(|end| *end <= self.bytes.len()).ok_or(Unfit::Malformed)?;
        let taken = &mut self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    fn read_i16(&mut self) -> Result<i16, Unfit> {
        let bytes = self.take(2)?;
        Ok(i16::from_be_bytes([bytes[0], bytes[1]]))
    }

    fn read_i32(&mut self) -> Result<i32, Unfit> {
        let bytes = self.take(4)?;
        Ok(i32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    /// A count of things of at least `least` bytes each.
    fn count(&mut self, least: usize) -> Result<usize, Unfit> {
        let count = usize::try_from(self.read_i32()?).map_err(|_| Unfit::Malformed)?;
        if count > self.bytes.len() / least { Err(Unfit::Malformed) } else { Ok(count) }
    }

    /// An oid, replaced where that is wanted.
    fn swap(&mut self, swap: Option<Swap>) -> Result<(), Unfit> {
        let bytes = self.take(4)?;
        let Some(swap) = swap else { return Ok(()) };
        let found = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        if found != swap.from {
            return Err(Unfit::TypeOid { found, expected: swap.from });
        }
        bytes.copy_from_slice(&swap.to.to_be_bytes());
        Ok(())
    }
}

/// The number that stands for a type's name in archived rows (rule F27 of the format). No server gives
/// such an oid to a type before it has made two thousand million others.
pub fn oid_of_name(schema: &str, name: &str) -> u32 {
    let text = [schema.as_bytes(), b"\0", name.as_bytes()].concat();
    0x8000_0000 | (xxh3_64(&text) as u32)
}

#[cfg(test)]
#[path = "values_tests.rs"]
mod tests;
