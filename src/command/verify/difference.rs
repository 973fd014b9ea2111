//! What a comparison with a database found: one list of differences, each with its place.
//!
//! The words for people are here, so that the summary as JSON and the lines on the screen say the same.

/// How something in the archive and in the database relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// The archive has it, the database does not.
    Missing,
    /// The database has it, the archive does not.
    Extra,
    /// Both have it, and not alike.
    Different,
    /// Whether they are alike cannot be told.
    NotComparable,
    /// Alike but for the way the server writes an expression once it was read back.
    Rewritten,
}

impl How {
    /// The word in a line.
    pub fn word(self) -> &'static str {
        match self {
            How::Missing => "missing",
            How::Extra => "extra",
            How::Different => "different",
            How::NotComparable => "not comparable",
            How::Rewritten => "written otherwise",
        }
    }
}

/// Rows on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Rows {
    /// In the archive.
    pub archive: u64,
    /// In the database.
    pub live: u64,
}

/// One thing that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Difference {
    /// What: `TABLE public.film`, `rows of public.film`, `LARGE OBJECT 4711`.
    pub place: String,
    /// How.
    pub how: How,
    /// More: the lines in which definitions differ (`-` archive, `+` database), or the reason.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// For rows: how many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<Rows>,
}

impl Difference {
    /// One without row counts.
    pub fn new(place: impl Into<String>, how: How, detail: impl Into<String>) -> Difference {
        Difference { place: place.into(), how, detail: detail.into(), rows: None }
    }

    /// The same with row counts.
    pub fn rows(mut self, archive: u64, live: u64) -> Difference {
        self.rows = Some(Rows { archive, live });
        self
    }
}

/// What a comparison found, sorted by place.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Differences {
    /// What is missing, extra or different.
    pub differences: Vec<Difference>,
    /// What could not be compared, with the reason.
    pub not_comparable: Vec<Difference>,
    /// What only looks different.
    pub rewritten: Vec<Difference>,
}

impl Differences {
    /// Adds one to its list.
    pub fn add(&mut self, difference: Difference) {
        match difference.how {
            How::NotComparable => self.not_comparable.push(difference),
            How::Rewritten => self.rewritten.push(difference),
            How::Missing | How::Extra | How::Different => self.differences.push(difference),
        }
    }

    /// Sorts the lists.
    pub fn sort(&mut self) {
        self.differences.sort();
        self.not_comparable.sort();
        self.rewritten.sort();
    }
}

/// Lines of a diff that are shown on each side.
const LINES_SHOWN: usize = 4;
/// Characters of a line that are shown.
const LINE_CHARS: usize = 300;

/// The lines in which two texts differ, after the line before them: `-` archive, `+` database.
pub fn diff(archive: &str, live: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (archive.lines().collect(), live.lines().collect());
    let same = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let rest = old.len().min(new.len()) - same;
    let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(old, new)| old == new).count();
    let mut out = Vec::new();
    let mut show = |sign: &str, line: &str| {
        let cut: String = line.chars().take(LINE_CHARS).collect();
        let more = if cut.len() < line.len() { " ..." } else { "" };
        out.push(format!("{sign} {cut}{more}"));
    };
    if let Some(before) = same.checked_sub(1) {
        show(" ", old[before]);
    }
    for (sign, lines) in [("-", &old[same..old.len() - tail]), ("+", &new[same..new.len() - tail])] {
        lines.iter().take(LINES_SHOWN).for_each(|line| show(sign, line));
        if lines.len() > LINES_SHOWN {
            show(sign, &format!("({} lines more)", lines.len() - LINES_SHOWN));
        }
    }
    out.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_shows_the_lines_that_differ_after_the_one_before() {
        assert_eq!(diff("a\nb\nc\nd", "a\nb\nx\nd"), "  b\n- c\n+ x");
        assert_eq!(diff("a", "a\nb"), "  a\n+ b");
        assert_eq!(diff("b\nb", "b"), "  b\n- b");
        assert_eq!(diff("x", "y"), "- x\n+ y");
        let long = (0..9).map(|n| n.to_string()).collect::<Vec<_>>().join("\n");
        assert_eq!(diff("", &long), "+ 0\n+ 1\n+ 2\n+ 3\n+ (5 lines more)");
    }
}
