//! The environment's label (dev, prod, …) of a connection.
//!
//! Owns the variables that name it, their spelling and the guess where none does. Pure. A variable
//! from a `.env` file counts only when the connection comes from that file or a lower one: a file
//! says what *its* database is, not what the database of `-d` is. The guess errs towards `prod`,
//! because that is the label commands are careful with.

/// The variables that name the environment, first match wins.
pub const VARIABLES: [&str; 5] = ["PGSNAP_ENV", "APP_ENV", "ENVIRONMENT", "NODE_ENV", "RAILS_ENV"];

/// Spellings of one and the same; the first is the label.
const SPELLINGS: [&[&str]; 4] =
    [&["dev", "development", "local"], &["prod", "production"], &["test", "testing"], &["staging", "stage"]];

/// A label is part of file names.
const LABEL_BYTES_MAX: usize = 32;

/// The label in its one spelling: `a-z`, `0-9`, `_` and `-`, with known spellings as one. `None` where nothing is left.
pub fn normalise(text: &str) -> Option<String> {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '-' };
    let label: String = text.trim().chars().map(plain).take(LABEL_BYTES_MAX).collect();
    match label.trim_matches('-') {
        "" => None,
        label => Some(SPELLINGS.iter().find(|known| known.contains(&label)).map_or(label, |known| known[0]).into()),
    }
}

/// The names under which the files of an environment are looked for: as it was given, then its other
/// spellings.
pub fn spellings(text: &str) -> Vec<String> {
    let text = text.trim();
    let known = SPELLINGS.iter().find(|known| known.contains(&text.to_ascii_lowercase().as_str()));
    let others = known.into_iter().flat_map(|known| known.iter()).filter(|name| **name != text);
    std::iter::once(text).chain(others.copied()).map(str::to_string).collect()
}

/// Whether a label is that of a production database: `prod`, and labels with such a word, as `prod-eu`.
pub fn is_production(label: &str) -> bool {
    label.split(['-', '_']).any(|word| matches!(word, "prod" | "production" | "live"))
}

/// The label where no variable names one.
pub fn guess(from_env_local: bool, local_host: bool) -> &'static str {
    if from_env_local || local_host { "dev" } else { "prod" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn production_is_known_in_compounds() {
        let production = ["prod", "prod-eu", "eu_production", "live"];
        assert!(production.iter().all(|label| is_production(label)));
        assert!(["dev", "test", "staging", "product", "olive"].iter().all(|label| !is_production(label)));
    }

    #[test]
    fn labels_have_one_spelling() {
        for (text, expected) in [
            ("development", Some("dev")),
            ("Production", Some("prod")),
            ("local", Some("dev")),
            (" staging ", Some("staging")),
            ("QA_2", Some("qa_2")),
            ("eu west/1", Some("eu-west-1")),
            ("../../etc", Some("etc")),
            ("é", None),
            ("", None),
        ] {
            assert_eq!(normalise(text).as_deref(), expected, "{text}");
        }
        assert_eq!(normalise(&"x".repeat(100)).map(|label| label.len()), Some(LABEL_BYTES_MAX));
    }
}
