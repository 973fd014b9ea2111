//! Does `docs/coverage.md` say what the code does?
//!
//! The page is made from the queries with their version tags and from the table of constructs. Where it
//! differs this fails; `UPDATE_DOCS=1 cargo test coverage` writes it anew.

use super::support::repository;
use pgsnap::catalog::resolve;
use pgsnap::object::READERS;
use pgsnap::sql::downgrade::{Downgrade, FEATURES, STORAGE_PARAMETERS};

const MAJORS: std::ops::RangeInclusive<u32> = 12..=18;

/// One row for each kind: what its query reads on each version.
fn kinds() -> String {
    let mut page = String::from("| kind |");
    MAJORS.for_each(|major| page.push_str(&format!(" {major} |")));
    page.push_str("\n|---|---|---|---|---|---|---|---|\n");
    let mut stems: Vec<_> = READERS.iter().collect();
    stems.sort_by_key(|reader| reader.stem);
    for reader in stems {
        page.push_str(&format!("| {} |", reader.stem.replace('_', " ")));
        let mut before: Option<String> = None;
        for major in MAJORS {
            let query = resolve(reader.query, major);
            let cell = match &before {
                _ if query.contains("WHERE false") => "–",
                Some(text) if *text != query && !text.contains("WHERE false") => "yes, more",
                _ => "yes",
            };
            page.push_str(&format!(" {cell} |"));
            before = Some(query);
        }
        page.push('\n');
    }
    page
}

fn constructs() -> String {
    let mut page = String::from("| since | below that | what happens to the object |\n|---|---|---|\n");
    let mut rows: Vec<_> = FEATURES.iter().map(|(_, since, what, text)| (*since, *text, *what)).collect();
    rows.sort_by_key(|(since, text, _)| (std::cmp::Reverse(*since), *text));
    for (since, text, what) in rows {
        let what = match what {
            Downgrade::Rewritten => "made without it; a warning",
            Downgrade::Refused => "left out, with what needs it; exit status 4",
        };
        page.push_str(&format!("| {since} | {text} | {what} |\n"));
    }
    page
}

fn page() -> String {
    let newer: Vec<String> = STORAGE_PARAMETERS.iter().map(|(name, since)| format!("`{name}` ({since})")).collect();
    format!(
        "# What is covered\n\n\
         Made from the code by `UPDATE_DOCS=1 cargo test coverage`; a test fails where the two differ.\n\n\
         ## Kinds of objects\n\n\
         Each kind is read, written, and restored on every server version that has it. \"Yes, more\": that version\n\
         gave the kind something that the one before lacks, or keeps it elsewhere. Comments, security labels,\n\
         privileges and dependencies are read for all kinds; rows, sequence values and large objects are data.\n\n{}\n\
         ## Into an older server\n\n\
         An archive of a newer server goes into an older one as far as that can hold it. What the table names is\n\
         decided before anything is changed; what else the target refuses because it does not know it (an\n\
         expression, a function, a type) is passed over when it does. Both are named, and so is what needs them.\n\
         Nothing is passed over where the target is as new as the source.\n\n{}\n\
         Storage parameters, each with the version that brought it: {}.\n",
        kinds(),
        constructs(),
        newer.join(", ")
    )
}

#[test]
fn the_coverage_page_is_that_of_the_code() {
    let (path, page) = (repository().join("docs/coverage.md"), page());
    if std::env::var_os("UPDATE_DOCS").is_some_and(|value| value == "1") {
        std::fs::create_dir_all(repository().join("docs")).expect("the repository is ours");
        std::fs::write(&path, &page).expect("the repository is ours");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let first = written.lines().zip(page.lines()).find(|(written, code)| written != code);
    assert!(written == page, "docs/coverage.md differs, first in {first:?}; write it with UPDATE_DOCS=1");
}
