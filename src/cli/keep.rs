//! The command line of what lives with archives for years: `list`, `prune`, `report`, and progress for monitors.

use std::path::PathBuf;

use clap::Args;

use crate::command::prune::{ALL, Count, Within};

const DIRECTORY: &str = "Without DIR it is PGSNAP_DIR, or db/backups.";

pub(super) fn list_help(exit_status: &str) -> String {
    format!(
        "{DIRECTORY} Files that are no archives are passed over. Whether an archive was verified is what\n\
         pgsnap verify wrote into its sidecar. Exit status 3 where one is damaged.\n\n\
         EXAMPLES\n  pgsnap list\n  pgsnap list --json /backups\n\n{exit_status}"
    )
}

pub(super) fn prune_help(exit_status: &str) -> String {
    format!(
        "{DIRECTORY} The rules mean what they mean to restic: --keep-daily 7 keeps the newest archive\n\
         of each of the last 7 days that have one, and the oldest while there are fewer. What one rule keeps, stays.\n\
         Archives of one host, database and environment are a group; the newest whole one of a group always stays.\n\
         What a dump that died has left is removed; what is damaged is left alone (exit status 4).\n\
         Days and the like are those of UTC.\n\n\
         EXAMPLES\n  pgsnap prune --keep-daily 7 --keep-weekly 5 --keep-monthly 12 --dry-run\n  \
         pgsnap prune --keep-last 3 --keep-within 30d --verified-only /backups\n\n{exit_status}"
    )
}

pub(super) fn report_help(exit_status: &str) -> String {
    format!(
        "{DIRECTORY} The page stands alone: one file, no scripts, nothing from a network.\n\n\
         EXAMPLES\n  pgsnap report -o report.html\n  pgsnap report /backups > report.html\n\n{exit_status}"
    )
}

/// How progress is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ProgressArg {
    /// A bar on a terminal, else a line every half minute
    Auto,
    /// A JSON object a line
    Json,
    /// Not at all
    None,
}

/// `pgsnap list`.
#[derive(Debug, Args)]
#[allow(missing_docs)]
pub struct ListArgs {
    /// The directory
    #[arg(value_name = "DIR")]
    pub directory: Option<PathBuf>,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

/// `pgsnap report`.
#[derive(Debug, Args)]
#[allow(missing_docs)]
pub struct PageArgs {
    /// The directory
    #[arg(value_name = "DIR")]
    pub directory: Option<PathBuf>,
    /// Where to write the page; without it, it is printed
    #[arg(short = 'o', long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `pgsnap prune`.
#[derive(Debug, Args)]
#[allow(missing_docs)]
pub struct PruneArgs {
    /// The directory
    #[arg(value_name = "DIR")]
    pub directory: Option<PathBuf>,
    #[command(flatten)]
    pub rules: KeepArgs,
    /// Count only archives that were verified; newer ones stay, too
    #[arg(long)]
    pub verified_only: bool,
    /// Show what would be removed and why, and remove nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

/// What to keep.
#[derive(Debug, Args)]
#[command(next_help_heading = "What to keep (N or unlimited)")]
#[allow(missing_docs)]
pub struct KeepArgs {
    /// The newest N
    #[arg(long, value_name = "N", value_parser = count, default_value_t = 0, hide_default_value = true)]
    pub keep_last: Count,
    /// The newest of each of the last N hours that have one
    #[arg(long, value_name = "N", value_parser = count, default_value_t = 0, hide_default_value = true)]
    pub keep_hourly: Count,
    /// The same of days
    #[arg(long, value_name = "N", value_parser = count, default_value_t = 0, hide_default_value = true)]
    pub keep_daily: Count,
    /// The same of weeks
    #[arg(long, value_name = "N", value_parser = count, default_value_t = 0, hide_default_value = true)]
    pub keep_weekly: Count,
    /// The same of months
    #[arg(long, value_name = "N", value_parser = count, default_value_t = 0, hide_default_value = true)]
    pub keep_monthly: Count,
    /// The same of years
    #[arg(long, value_name = "N", value_parser = count, default_value_t = 0, hide_default_value = true)]
    pub keep_yearly: Count,
    /// All that are at most this much older than the newest (2y5m7d3h: years, months, days, hours)
    #[arg(long, value_name = "DURATION", value_parser = Within::parse)]
    pub keep_within: Option<Within>,
}

fn count(text: &str) -> Result<Count, String> {
    match text {
        "unlimited" => Ok(ALL),
        _ => text.parse().map_err(|_| "a number, or unlimited".into()),
    }
}
