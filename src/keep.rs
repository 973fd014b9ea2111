//! Runs the commands that live with archives for years (`list`, `prune`, `report`), and those that tell of the program itself
//! (`completions`, `man`).

use std::path::PathBuf;

use chrono::Utc;
use pgsnap::archive::write_sidecar;
use pgsnap::cli::{CompletionsArgs, ListArgs, ManArgs, PageArgs, PruneArgs};
use pgsnap::command::dump::DIRECTORY;
use pgsnap::command::prune::{PruneOptions, Rules};
use pgsnap::error::{During, Fault, Result};
use pgsnap::{cli, command, terminal};

use super::{DAMAGED, SKIPPED, json, print};

/// `PGSNAP_DIR`.
pub fn directory_of_environment() -> Option<PathBuf> {
    std::env::var_os("PGSNAP_DIR").filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// Where archives lie: as for `dump`.
fn directory(named: Option<&PathBuf>) -> PathBuf {
    named.cloned().or_else(directory_of_environment).unwrap_or_else(|| PathBuf::from(DIRECTORY))
}

pub fn list(args: &ListArgs) -> Result<u8> {
    let listing = command::list::list(&directory(args.directory.as_ref()), Utc::now())?;
    print(&if args.json { json(&listing) } else { terminal::listed(&listing) });
    Ok(if listing.has_damage() { DAMAGED } else { 0 })
}

pub fn prune(args: &PruneArgs) -> Result<u8> {
    let keep = &args.rules;
    let rules = Rules {
        last: keep.keep_last,
        hourly: keep.keep_hourly,
        daily: keep.keep_daily,
        weekly: keep.keep_weekly,
        monthly: keep.keep_monthly,
        yearly: keep.keep_yearly,
        within: keep.keep_within.unwrap_or_default(),
    };
    let options = PruneOptions {
        directory: directory(args.directory.as_ref()),
        rules,
        verified_only: args.verified_only,
        dry_run: args.dry_run,
    };
    let summary = command::prune::prune(&options, Utc::now())?;
    print(&if args.json { json(&summary) } else { terminal::pruned(&summary) });
    Ok(if summary.is_complete() { 0 } else { SKIPPED })
}

pub fn report(args: &PageArgs) -> Result<u8> {
    let page = command::report::report(&directory(args.directory.as_ref()), Utc::now())?;
    match args.output.as_ref().filter(|path| path.as_os_str() != "-") {
        Some(path) => write_sidecar(path, page.as_bytes())?,
        None => give(page.as_bytes()),
    }
    Ok(0)
}

pub fn completions(args: &CompletionsArgs) -> Result<u8> {
    give(&cli::completions(args.shell));
    Ok(0)
}

pub fn man(args: &ManArgs) -> Result<u8> {
    for (name, page) in cli::man_pages() {
        let Some(directory) = &args.directory else {
            give(&page);
            break;
        };
        let path = directory.join(name);
        std::fs::write(&path, page).during(Fault::Disk, || format!("cannot write {}", path.display()))?;
    }
    Ok(0)
}

/// Bytes to standard output, of which whoever reads it may take as much as he likes.
fn give(bytes: &[u8]) {
    use std::io::Write;
    let _ = std::io::stdout().write_all(bytes);
}

/// Where an archive goes.
pub fn destination(args: &pgsnap::cli::OutputArgs) -> pgsnap::command::dump::Destination {
    use pgsnap::command::dump::Destination;
    match (&args.file, args.dir.clone().or_else(directory_of_environment)) {
        (Some(file), _) if file.as_os_str() == "-" => Destination::Standard,
        (Some(file), _) => Destination::File(file.clone()),
        (None, Some(directory)) => Destination::Directory(directory),
        (None, None) => Destination::Default,
    }
}
