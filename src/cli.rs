//! The command line: clap types, as a user types them. No I/O; `main` makes options of them.
//!
//! Names follow pg_dump, pg_restore and psql wherever one exists; `-h` is the host, help is `--help`, `-?`.

mod generate;
mod keep;

use std::path::PathBuf;

use crate::command;
use clap::{ArgAction, Args, Parser, Subcommand};
pub use generate::{CompletionsArgs, ManArgs, completions, man_pages};
pub use keep::{ListArgs, PageArgs, ProgressArg, PruneArgs};

const EXIT_STATUS: &str = "EXIT STATUS
  0    done
  1    failed
  2    wrong usage
  3    damage or difference found
  4    done, but objects were skipped or errors passed over
  130  interrupted\n  143  terminated (SIGTERM)";

/// A complete, verified, logical copy of a PostgreSQL database, from one binary.
#[derive(Debug, Parser)]
#[command(name = "pgsnap", version = command::version(), about, after_help = EXIT_STATUS, disable_help_flag = true, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// Print help
    #[arg(long, short = '?', global = true, action = ArgAction::Help)]
    help: Option<bool>,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Copy a database into an archive
    #[command(after_help = format!("Without -f, --dir or PGSNAP_DIR the archive is db/backups/<database>_<environment>_<UTC time>.tar.zst.\n\
        The connection comes from flags, then the environment (PGHOST ..., DATABASE_URL), then .env.local, then .env.\n\n\
        EXAMPLES\n  pgsnap dump\n  pgsnap dump -d postgresql://app@db.example/app -f app.tar.zst -j 4\n\n{EXIT_STATUS}"))]
    Dump(DumpArgs),
    /// Prove that an archive is sound, and that it is like a database or restores
    #[command(after_help = format!("Without --against and --restore-into nothing but the archive is needed.\n\n\
        EXAMPLES\n  pgsnap verify db/backups/app_dev_20261123T130500Z.tar.zst\n  pgsnap verify app.tar.zst --against postgresql://app@db.example/app\n  \
        pgsnap verify app.tar.zst --restore-into postgresql://localhost/postgres\n\n{EXIT_STATUS}"))]
    Verify(VerifyArgs),
    /// Put an archive back into a database
    #[command(after_help = format!("The target is never guessed: it must be given with -d. It must be empty, unless -c, -C or --into-existing is given, or a part is taken.\n\
        With --resume it may hold a part of the archive, and nothing else: what differs from the archive is refused by name.\n\
        Production, and what nobody labelled on another machine, needs --allow-production, or the database's name typed on a terminal.\n\
        What the dump could not copy is named once more; the exit status tells whether all of the archive came back.\n\n\
        EXAMPLES\n  createdb copy && pgsnap restore app.tar.zst -d copy -j 4\n  pgsnap restore app.tar.zst --resume -d copy\n  pgsnap restore app.tar.zst -C -d postgres\n  \
        pgsnap restore app.tar.zst -c --if-exists -d copy --dry-run\n  pgsnap restore - -d postgresql://localhost/copy < app.tar.zst\n  \
        pgsnap restore app.tar.zst -l > list && pgsnap restore app.tar.zst -L list -d copy\n\n{EXIT_STATUS}"))]
    Restore(RestoreArgs),
    /// Show what is in an archive
    #[command(after_help = format!("EXAMPLE\n  pgsnap inspect --json app.tar.zst\n\n{EXIT_STATUS}"))]
    Inspect(InspectArgs),
    /// Show where a connection leads, and everything that a dump, or a restore there, would find before it begins
    #[command(after_help = format!("Nothing is written and no table is locked. Exit status 1 where the dump or restore would fail, 4 where it would leave something out.\n\n\
        EXAMPLES\n  pgsnap check\n  pgsnap check --env prod --json\n  pgsnap check --archive app.tar.zst -d postgresql://localhost/copy\n\n{EXIT_STATUS}"))]
    Check(CheckArgs),
    /// List the archives of a directory, newest first
    #[command(after_help = keep::list_help(EXIT_STATUS))]
    List(ListArgs),
    /// Remove the archives that no rule keeps
    #[command(after_help = keep::prune_help(EXIT_STATUS))]
    Prune(PruneArgs),
    /// Write a page that shows a directory's archives: sizes over time, tables, what changed
    #[command(after_help = keep::report_help(EXIT_STATUS))]
    Report(PageArgs),
    /// Print the script that completes pgsnap in a shell
    #[command(after_help = generate::completions_help(EXIT_STATUS))]
    Completions(CompletionsArgs),
    /// Print the man page, or write those of all commands
    #[command(after_help = generate::man_help(EXIT_STATUS))]
    Man(ManArgs),
}

/// Where the server is.
#[derive(Debug, Default, Args)]
pub struct ConnectArgs {
    /// Database name, postgresql:// URL or keyword string
    #[arg(short = 'd', long = "dbname", value_name = "CONN", overrides_with = "dbname")]
    pub dbname: Option<String>,
    /// Server's host name or socket directory
    #[arg(short = 'h', long, value_name = "HOST", overrides_with = "host")]
    pub host: Option<String>,
    /// Server's port
    #[arg(short = 'p', long, value_name = "PORT", overrides_with = "port")]
    pub port: Option<String>,
    /// Role to connect as
    #[arg(short = 'U', long = "username", value_name = "ROLE", overrides_with = "username")]
    pub username: Option<String>,
    /// Never ask for a password
    #[arg(short = 'w', long, conflicts_with = "password")]
    pub no_password: bool,
    /// Ask for a password before connecting
    #[arg(short = 'W', long)]
    pub password: bool,
    /// Environment (dev, prod, ...): its .env files, and the archive's label
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
    /// Read this file instead of the .env files (may be repeated; the last counts most)
    #[arg(long, value_name = "FILE")]
    pub env_file: Vec<PathBuf>,
}

/// What to take.
#[derive(Debug, Args)]
#[command(next_help_heading = "What to take")]
pub struct SelectionArgs {
    /// Only these schemas (may be repeated, as all patterns)
    #[arg(short = 'n', long = "schema", value_name = "PATTERN")]
    pub schema: Vec<String>,
    /// Not these schemas
    #[arg(short = 'N', long, value_name = "PATTERN")]
    pub exclude_schema: Vec<String>,
    /// Only these tables, views and sequences ([schema.]name)
    #[arg(short = 't', long = "table", value_name = "PATTERN")]
    pub table: Vec<String>,
    /// Not these tables
    #[arg(short = 'T', long, value_name = "PATTERN")]
    pub exclude_table: Vec<String>,
    /// These tables without their rows
    #[arg(long, value_name = "PATTERN")]
    pub exclude_table_data: Vec<String>,
    /// Of extensions only these
    #[arg(short = 'e', long = "extension", value_name = "PATTERN")]
    pub extension: Vec<String>,
    /// Not these extensions
    #[arg(long, value_name = "PATTERN")]
    pub exclude_extension: Vec<String>,
    /// Read lines of "include|exclude KIND PATTERN", in pg_dump's form; - for standard input
    #[arg(long, value_name = "FILE")]
    pub filter: Vec<PathBuf>,
    /// Fail where a pattern to include matches nothing, even if others match
    #[arg(long)]
    pub strict_names: bool,
    /// Only this section: pre-data, data or post-data (may be repeated)
    #[arg(long, value_name = "SECTION", conflicts_with_all = ["schema_only", "data_only"])]
    pub section: Vec<SectionArg>,
    /// Only the schema, no rows
    #[arg(short = 's', long, conflicts_with = "data_only")]
    pub schema_only: bool,
    /// Only the rows, no schema
    #[arg(short = 'a', long)]
    pub data_only: bool,
    /// Leave out ownership
    #[arg(short = 'O', long)]
    pub no_owner: bool,
    /// Leave out privileges (GRANT, REVOKE)
    #[arg(short = 'x', long, visible_alias = "no-acl")]
    pub no_privileges: bool,
    /// Leave out comments
    #[arg(long)]
    pub no_comments: bool,
    /// Leave out row security policies
    #[arg(long)]
    pub no_policies: bool,
    /// Leave out publications
    #[arg(long)]
    pub no_publications: bool,
    /// Leave out subscriptions
    #[arg(long)]
    pub no_subscriptions: bool,
    /// Leave out security labels
    #[arg(long)]
    pub no_security_labels: bool,
    /// Leave out tablespaces: everything goes into the default one
    #[arg(long)]
    pub no_tablespaces: bool,
    /// Leave out table access methods
    #[arg(long)]
    pub no_table_access_method: bool,
    /// Role to become after connecting (SET ROLE)
    #[arg(long, value_name = "ROLE")]
    pub role: Option<String>,
}

/// pg_dump's sections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[allow(missing_docs)]
pub enum SectionArg {
    PreData,
    Data,
    PostData,
}

/// Patterns that mean a table's partitions and inheritance children too: only a live database knows them.
#[derive(Debug, Args)]
#[command(next_help_heading = "What to take")]
pub struct ChildrenArgs {
    /// As -t, with partitions and inheritance children
    #[arg(long, value_name = "PATTERN")]
    pub table_and_children: Vec<String>,
    /// As -T, with partitions and inheritance children
    #[arg(long, value_name = "PATTERN")]
    pub exclude_table_and_children: Vec<String>,
    /// As --exclude-table-data, with partitions and inheritance children
    #[arg(long, value_name = "PATTERN")]
    pub exclude_table_data_and_children: Vec<String>,
}

/// How much to say.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct ReportArgs {
    /// Say more
    #[arg(short = 'v', long, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Say nothing but errors
    #[arg(short = 'q', long)]
    pub quiet: bool,
    /// Print the summary as JSON on standard output
    #[arg(long)]
    pub json: bool,
    /// How to tell on standard error how far it is
    #[arg(long, value_name = "HOW", default_value = "auto", conflicts_with = "quiet")]
    pub progress: ProgressArg,
}

/// Where an archive goes.
#[derive(Debug, Args)]
#[allow(missing_docs)]
pub struct OutputArgs {
    /// Archive to write; - for standard output
    #[arg(short = 'f', long, value_name = "FILE", conflicts_with = "dir")]
    pub file: Option<PathBuf>,
    #[arg(
        long,
        value_name = "DIR",
        help = "Directory to write <database>_<environment>_<UTC time>.tar.zst into [env: PGSNAP_DIR]"
    )]
    pub dir: Option<PathBuf>,
}

/// `pgsnap dump`.
#[derive(Debug, Args)]
#[allow(missing_docs)] // clap prints the help texts
pub struct DumpArgs {
    #[command(flatten)]
    pub connect: ConnectArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    /// Connections that copy rows at a time
    #[arg(short = 'j', long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: u16,
    /// zstd level
    #[arg(short = 'Z', long = "compress", value_name = "LEVEL", default_value_t = 1, allow_negative_numbers = true)]
    pub level: i32,
    /// Give up when a lock is not granted within this time (in ms, or with a unit: 30s, 2min)
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = duration)]
    pub lock_wait_timeout: std::time::Duration,
    /// Give up when others have waited for the dump's locks for this time; 0 lets them wait for ever
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = duration)]
    pub max_blocking: std::time::Duration,
    /// Do not carry statistics (those of 18 and newer are carried)
    #[arg(long)]
    pub no_statistics: bool,
    /// Begin even where the archive cannot fit by any estimate
    #[arg(long)]
    pub no_space_check: bool,
    #[command(flatten)]
    pub selection: SelectionArgs,
    #[command(flatten)]
    pub children: ChildrenArgs,
    #[command(flatten)]
    pub report: ReportArgs,
}

/// `pgsnap verify`.
#[derive(Debug, Args)]
#[allow(missing_docs)]
pub struct VerifyArgs {
    /// The archive; - for standard input
    #[arg(value_name = "ARCHIVE")]
    pub archive: PathBuf,
    /// Threads [default: all processors] and connections [default: 2]
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
    /// Where it is damaged, tell what is whole and what is lost
    #[arg(long, conflicts_with_all = ["against", "restore_into"])]
    pub salvage: bool,
    #[command(flatten)]
    pub live: LiveArgs,
    #[command(flatten)]
    pub report: ReportArgs,
}

/// What to hold an archive against.
#[derive(Debug, Args)]
#[command(next_help_heading = "Beside a server")]
pub struct LiveArgs {
    /// Compare with this database, rows, schema, sequences and large objects; it is only read
    #[arg(long, value_name = "CONN", conflicts_with = "restore_into")]
    pub against: Option<String>,
    /// Restore into a new database on this server, compare, and drop it again; CONN names a database to start from
    #[arg(long, value_name = "CONN")]
    pub restore_into: Option<String>,
    /// Leave out ownership
    #[arg(short = 'O', long)]
    pub no_owner: bool,
    /// Leave out privileges (GRANT, REVOKE)
    #[arg(short = 'x', long, visible_alias = "no-acl")]
    pub no_privileges: bool,
    /// Role to become after connecting (SET ROLE)
    #[arg(long, value_name = "ROLE")]
    pub role: Option<String>,
    /// Give up when a table's lock is not granted within this time (in ms, or with a unit: 30s, 2min)
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = duration)]
    pub lock_wait_timeout: std::time::Duration,
    /// Give up when others have waited for its locks for this time; 0 lets them wait for ever
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = duration)]
    pub max_blocking: std::time::Duration,
}

/// How an archive meets what is in its target.
#[derive(Debug, Args)]
#[allow(missing_docs)]
pub struct TargetArgs {
    /// Drop first what is restored; with -C the database
    #[arg(short = 'c', long, requires = "archive", conflicts_with = "data_only")]
    pub clean: bool,
    /// What is to be dropped may be missing
    #[arg(long, requires = "clean")]
    pub if_exists: bool,
    /// Create the database, under its own name; -d is another one to connect to meanwhile
    #[arg(short = 'C', long, requires = "archive", conflicts_with = "single_transaction")]
    pub create: bool,
    /// Give what one role owns, grants or is granted to another: OLD=NEW (may be repeated)
    #[arg(long, value_name = "OLD=NEW", value_parser = pair, requires = "archive")]
    pub owner_map: Vec<(String, String)>,
    /// Put the archive beside what is in the target; nothing of the same name may be there
    #[arg(long, requires = "archive", conflicts_with_all = ["clean", "create"])]
    pub into_existing: bool,
    /// Restore into a target that is labelled production, or is on another machine and not labelled (--env)
    #[arg(long, requires = "archive")]
    pub allow_production: bool,
    /// Everything in one transaction, over one connection: all or nothing
    #[arg(short = '1', long, requires = "archive")]
    pub single_transaction: bool,
    /// Do not verify the archive before anything is changed, but each part when its turn comes
    #[arg(long, requires = "archive", conflicts_with = "clean")]
    pub no_verify: bool,
}

/// `pgsnap restore`.
#[derive(Debug, Args)]
#[allow(missing_docs)]
pub struct RestoreArgs {
    /// The archive; - for standard input
    #[arg(value_name = "ARCHIVE")]
    pub archive: PathBuf,
    #[command(flatten)]
    pub connect: ConnectArgs,
    /// Connections at a time [default: 2; 1 with -1]
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: Option<u16>,
    #[command(flatten)]
    pub target: TargetArgs,
    /// Go on with a restore that died: what it has made and loaded is compared with the archive, the rest is done
    #[arg(long, conflicts_with_all = ["clean", "into_existing", "single_transaction", "data_only", "use_list", "salvage"])]
    pub resume: bool,
    /// Check everything, print what would be done and change nothing
    #[arg(long, conflicts_with = "list")]
    pub dry_run: bool,
    /// Print the table of contents and restore nothing
    #[arg(short = 'l', long)]
    pub list: bool,
    /// Take the entries that this table of contents lists, in its order
    #[arg(short = 'L', long, value_name = "FILE")]
    pub use_list: Option<PathBuf>,
    /// Pass over errors of the server: they are listed, what needs a failed entry is left out, exit status 4
    #[arg(long, conflicts_with = "single_transaction")]
    pub continue_on_error: bool,
    /// Restore what is whole of a damaged archive and list what is not; what fails for that is passed over, exit status 4
    #[arg(long, conflicts_with_all = ["single_transaction", "no_verify", "clean", "list"])]
    pub salvage: bool,
    /// With -a: triggers and foreign keys are off while rows are loaded (superusers only)
    #[arg(long, requires = "data_only")]
    pub disable_triggers: bool,
    /// Memory that index builds on the server may take together (kB, MB, GB) [default: maintenance_work_mem each]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub memory: Option<u64>,
    /// Run ANALYZE on all tables even where the archive carries statistics
    #[arg(long, conflicts_with = "no_statistics")]
    pub analyze: bool,
    /// Neither restore statistics nor run ANALYZE
    #[arg(long)]
    pub no_statistics: bool,
    #[command(flatten)]
    pub selection: SelectionArgs,
    #[command(flatten)]
    pub report: ReportArgs,
}

/// `pgsnap inspect`.
#[derive(Debug, Args)]
#[allow(missing_docs)]
pub struct InspectArgs {
    /// The archive
    #[arg(value_name = "ARCHIVE")]
    pub archive: PathBuf,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
}

/// `pgsnap check`.
#[derive(Debug, Args)]
#[allow(missing_docs)]
pub struct CheckArgs {
    #[command(flatten)]
    pub connect: ConnectArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    /// Check what a restore of this archive into -d would find
    #[arg(long, value_name = "ARCHIVE", conflicts_with_all = ["file", "dir", "table_and_children", "exclude_table_and_children", "exclude_table_data_and_children"])]
    pub archive: Option<PathBuf>,
    #[command(flatten)]
    pub target: TargetArgs,
    /// Print as JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub selection: SelectionArgs,
    #[command(flatten)]
    pub children: ChildrenArgs,
}

/// Two names with an equals sign between them.
fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((old, new)) if !old.is_empty() && !new.is_empty() => Ok((old.into(), new.into())),
        _ => Err("two role names with = between them: OLD=NEW".into()),
    }
}

/// PostgreSQL's notation of memory, in bytes.
fn size(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..digits].parse().map_err(|_| "a number with kB, MB, GB or TB".to_string())?;
    let unit: u64 = match text[digits..].trim_start() {
        "kB" => 1 << 10,
        "MB" => 1 << 20,
        "GB" => 1 << 30,
        "TB" => 1 << 40,
        other => return Err(format!("unknown unit {other:?}; known are kB, MB, GB, TB")),
    };
    match number.saturating_mul(unit) {
        bytes if bytes < 1 << 20 => Err("at least 1MB".into()),
        bytes => Ok(bytes),
    }
}

/// A time in milliseconds, or with one of PostgreSQL's units.
fn duration(text: &str) -> Result<std::time::Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 =
        text[..digits].parse().map_err(|_| "a number of milliseconds, or one with ms, s, min, h".to_string())?;
    let unit = match &text[digits..] {
        "" | "ms" => 1,
        "s" => 1000,
        "min" => 60_000,
        "h" => 3_600_000,
        other => return Err(format!("unknown unit {other:?}; known are ms, s, min, h")),
    };
    Ok(std::time::Duration::from_millis(number.saturating_mul(unit)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn h_is_the_host() {
        let cli = Cli::try_parse_from(["pgsnap", "dump", "-h", "db", "-p", "1", "-U", "u", "-d", "x"]).unwrap();
        let Command::Dump(args) = cli.command else { panic!("not a dump") };
        assert_eq!(args.connect.host.as_deref(), Some("db"));
    }

    #[test]
    fn times_have_units() {
        assert_eq!(duration("1500").unwrap().as_millis(), 1500);
        assert_eq!(duration("2min").unwrap().as_secs(), 120);
        assert!(duration("fast").is_err());
    }
}
