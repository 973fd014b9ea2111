//! The pictures of a report, as SVG: sizes over time, and tables by size.
//!
//! Pure. Places are percentages and text is in pixels, so that a picture fills a phone as well as a screen and its
//! words stay readable. Colours are classes of the page's style sheet.

use std::fmt::Write;

use super::page::escaped;

/// How many tables a treemap shows by themselves.
const SHOWN: usize = 60;
/// Width over height that a treemap is made for.
const SHAPE: f64 = 2.0;

/// A point of a line: where between begin and end (0 to 1), how much, and what it is.
pub struct Point {
    pub at: f64,
    pub value: u64,
    pub label: String,
}

/// Values over time, from zero; `name` says of what, `show` how one is written.
pub fn line(name: &str, points: &[Point], show: fn(u64) -> String) -> String {
    let top = points.iter().map(|point| point.value).max().unwrap_or(0).max(1);
    let x = |point: &Point| 2.0 + 96.0 * point.at;
    let y = |value: f64| 94.0 - 82.0 * value / top as f64;
    let mut out = format!("<svg class=\"line\" role=\"img\" aria-label=\"{}\">", escaped(name));
    for part in [0.0, 0.5, 1.0] {
        let value = top as f64 * part;
        let _ = write!(
            out,
            "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"{y:.1}%\" y2=\"{y:.1}%\"/><text x=\"0\" y=\"{y:.1}%\" dy=\"-4\">{}</text>",
            show(value as u64),
            y = y(value)
        );
    }
    for pair in points.windows(2) {
        let _ = write!(
            out,
            "<line class=\"path\" x1=\"{:.2}%\" y1=\"{:.2}%\" x2=\"{:.2}%\" y2=\"{:.2}%\"/>",
            x(&pair[0]),
            y(pair[0].value as f64),
            x(&pair[1]),
            y(pair[1].value as f64)
        );
    }
    for point in points {
        let _ = write!(
            out,
            "<circle class=\"point\" cx=\"{:.2}%\" cy=\"{:.2}%\" r=\"4\"><title>{}</title></circle>",
            x(point),
            y(point.value as f64),
            escaped(&point.label)
        );
    }
    out.push_str("</svg>");
    out
}

/// A field of a treemap.
pub struct Field {
    pub name: String,
    pub size: u64,
    /// The class that colours it.
    pub class: &'static str,
    pub label: String,
}

/// Sizes as areas; `fields` come largest first. What is too small is drawn together.
pub fn treemap(name: &str, fields: &[Field], show: fn(u64) -> String) -> String {
    let (alone, rest) = fields.split_at(fields.len().min(SHOWN));
    let rest_size: u64 = rest.iter().map(|field| field.size).sum();
    let mut sizes: Vec<f64> = alone.iter().map(|field| field.size as f64).filter(|size| *size > 0.0).collect();
    let alone = &alone[..sizes.len()];
    if rest_size > 0 {
        sizes.push(rest_size as f64);
    }
    let mut out = format!("<svg class=\"map\" role=\"img\" aria-label=\"{}\">", escaped(name));
    for (place, area) in squares(&sizes, Area { x: 0.0, y: 0.0, width: SHAPE, height: 1.0 }).iter().enumerate() {
        let (class, name, label, size) = match alone.get(place) {
            Some(field) => (field.class, field.name.clone(), field.label.clone(), field.size),
            None => ("same", format!("{} more", rest.len()), format!("{} smaller tables", rest.len()), rest_size),
        };
        let _ = write!(
            out,
            "<svg x=\"{:.3}%\" y=\"{:.3}%\" width=\"{:.3}%\" height=\"{:.3}%\"><title>{}</title>\
             <rect class=\"{class}\" width=\"100%\" height=\"100%\"/>",
            100.0 * area.x / SHAPE,
            100.0 * area.y,
            100.0 * area.width / SHAPE,
            100.0 * area.height,
            escaped(&label)
        );
        // A field that holds no word holds a name no better.
        if area.width > 0.12 && area.height > 0.07 {
            let _ = write!(out, "<text x=\"7\" y=\"18\">{}</text>", escaped(&name));
            if area.height > 0.14 {
                let _ = write!(out, "<text class=\"small\" x=\"7\" y=\"34\">{}</text>", show(size));
            }
        }
        out.push_str("</svg>");
    }
    out.push_str("</svg>");
    out
}

#[derive(Debug, Clone, Copy)]
struct Area {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// Divides an area in the proportion of `sizes`, which fall, into fields that are as square as can be.
///
/// Row by row along the shorter side; a field joins a row as long as that makes the row's worst field squarer
/// (Bruls, Huizing, van Wijk: Squarified Treemaps).
fn squares(sizes: &[f64], mut free: Area) -> Vec<Area> {
    let total: f64 = sizes.iter().sum();
    let scale = if total > 0.0 { free.width * free.height / total } else { 0.0 };
    let mut areas = Vec::with_capacity(sizes.len());
    let mut left = sizes;
    while !left.is_empty() {
        let side = free.width.min(free.height);
        let mut count = 1;
        while count < left.len() && worst(&left[..=count], side, scale) <= worst(&left[..count], side, scale) {
            count += 1;
        }
        let (row, rest) = left.split_at(count);
        let sum: f64 = row.iter().sum::<f64>() * scale;
        let depth = if side > 0.0 { sum / side } else { 0.0 };
        let mut along = 0.0;
        for size in row {
            let length = if depth > 0.0 { size * scale / depth } else { 0.0 };
            areas.push(if free.width >= free.height {
                Area { x: free.x, y: free.y + along, width: depth, height: length }
            } else {
                Area { x: free.x + along, y: free.y, width: length, height: depth }
            });
            along += length;
        }
        if free.width >= free.height {
            free = Area { x: free.x + depth, width: (free.width - depth).max(0.0), ..free };
        } else {
            free = Area { y: free.y + depth, height: (free.height - depth).max(0.0), ..free };
        }
        left = rest;
    }
    areas
}

/// How far from square the worst field of a row is: 1 is square.
fn worst(row: &[f64], side: f64, scale: f64) -> f64 {
    let sum: f64 = row.iter().sum::<f64>() * scale;
    let (largest, smallest) = (row[0] * scale, row[row.len() - 1] * scale);
    (side * side * largest / (sum * sum)).max(sum * sum / (side * side * smallest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_treemap_gives_each_its_share_and_overlaps_nothing() {
        let sizes = [6.0, 6.0, 4.0, 3.0, 2.0, 2.0, 1.0];
        let areas = squares(&sizes, Area { x: 0.0, y: 0.0, width: 6.0, height: 4.0 });
        for (size, area) in sizes.iter().zip(&areas) {
            assert!((area.width * area.height - size).abs() < 1e-9, "{area:?} is not {size}");
            assert!(area.x > -1e-9 && area.x + area.width < 6.0 + 1e-9 && area.y + area.height < 4.0 + 1e-9);
            let ratio = (area.width / area.height).max(area.height / area.width);
            assert!(ratio < 3.0, "{area:?} is no square");
        }
        for (place, a) in areas.iter().enumerate() {
            for b in &areas[place + 1..] {
                let apart = |a: f64, length: f64, b: f64| a + length <= b + 1e-9;
                let sideways = apart(a.x, a.width, b.x) || apart(b.x, b.width, a.x);
                assert!(sideways || apart(a.y, a.height, b.y) || apart(b.y, b.height, a.y), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn pictures_of_nothing_are_pictures() {
        let show = |value: u64| value.to_string();
        assert!(!treemap("x", &[], show).contains("NaN") && !line("x", &[], show).contains("NaN"));
        let empty = Field { name: "t".into(), size: 0, class: "same", label: "t".into() };
        assert!(!treemap("x", &[empty], show).contains("NaN"));
        let point = Point { at: 0.0, value: 0, label: "now".into() };
        assert!(!line("x", &[point], show).contains("NaN"));
    }
}
