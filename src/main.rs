//! The process: reads the environment, runs one command, prints what it gives, decides the exit code.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use pgsnap::cli::{
    Cli, Command, ConnectArgs, DumpArgs, InspectArgs, ReportArgs, RestoreArgs, SelectionArgs, VerifyArgs,
};
use pgsnap::command::dump::{Destination, DumpOptions, dump};
use pgsnap::command::inspect::inspect;
use pgsnap::command::restore::{RestoreOptions, Statistics, restore};
use pgsnap::command::selection::{Pattern, Selection};
use pgsnap::command::verify::verify;
use pgsnap::connect::{DotEnv, Flags, Settings};
use pgsnap::error::{Error, Fault, Result};
use pgsnap::progress::Progress;
use pgsnap::terminal::{self, Terminal};

/// Done, but objects were skipped.
const SKIPPED: u8 = 4;
/// `verify` found damage.
const DAMAGED: u8 = 3;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match &cli.command {
        Command::Dump(args) => run(run_dump(args)),
        Command::Verify(args) => run_verify(args),
        Command::Restore(args) => run(run_restore(args)),
        Command::Inspect(args) => run_inspect(args),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("pgsnap: {}", error.report());
            ExitCode::from(error.fault().exit_code())
        }
    }
}

/// Runs a command until it ends or a signal comes.
fn run(command: impl Future<Output = Result<u8>>) -> Result<u8> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|cause| Error::new(Fault::Disk, "cannot start the runtime").caused_by(cause))?;
    let result = runtime.block_on(async {
        tokio::select! {
            result = command => result,
            signal = interrupted() => Err(signal),
        }
    });
    // What still compresses or waits for a server is not waited for.
    runtime.shutdown_background();
    result
}

async fn interrupted() -> Error {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    Error::new(Fault::Interrupted, "interrupted; nothing was published")
}

fn settings(args: &ConnectArgs) -> Result<Settings> {
    let files = DotEnv::read(Path::new("."));
    let flags = Flags {
        conn: args.dbname.clone(),
        host: args.host.clone(),
        port: args.port,
        user: args.username.clone(),
        environment: args.env.clone(),
    };
    Settings::resolve(&flags, &|name| std::env::var(name).ok(), &files)
}

fn selection(args: &SelectionArgs) -> Result<Selection> {
    let patterns = |texts: &[String]| texts.iter().map(|text| Pattern::parse(text)).collect::<Result<Vec<_>>>();
    Ok(Selection {
        schemas: patterns(&args.schema)?,
        tables: patterns(&args.table)?,
        schema_only: args.schema_only,
        data_only: args.data_only,
        no_owner: args.no_owner,
        no_privileges: args.no_privileges,
    })
}

fn screen(report: &ReportArgs) -> (Arc<Terminal>, Arc<dyn Progress>) {
    let screen = Arc::new(Terminal::new(report.verbose, report.quiet));
    (Arc::clone(&screen), screen)
}

/// The summary: JSON to stdout where asked for, else lines to stderr.
fn tell(report: &ReportArgs, json: &impl serde::Serialize, lines: impl FnOnce() -> String) {
    if report.json {
        println!("{}", serde_json::to_string_pretty(json).expect("summaries are plain data"));
    } else if !report.quiet {
        eprintln!("pgsnap: {}", lines());
    }
}

async fn run_dump(args: &DumpArgs) -> Result<u8> {
    let environment = std::env::var_os("PGSNAP_DIR").filter(|value| !value.is_empty()).map(PathBuf::from);
    let destination = match (&args.file, args.dir.clone().or(environment)) {
        (Some(file), _) if file.as_os_str() == "-" => Destination::Standard,
        (Some(file), _) => Destination::File(file.clone()),
        (None, Some(directory)) => Destination::Directory(directory),
        (None, None) => Destination::Default,
    };
    if args.report.json && destination == Destination::Standard {
        return Err(Error::new(Fault::Usage, "--json and -f - both want standard output"));
    }
    let options = DumpOptions {
        settings: settings(&args.connect)?,
        destination,
        jobs: usize::from(args.jobs),
        level: args.level,
        selection: selection(&args.selection)?,
        lock_wait: args.lock_wait_timeout,
        statistics: !args.no_statistics,
    };
    let (screen, progress) = screen(&args.report);
    let result = dump(options, progress).await;
    screen.finish();
    let summary = result?;
    tell(&args.report, &summary, || terminal::dumped(&summary));
    Ok(if summary.skipped.is_empty() { 0 } else { SKIPPED })
}

fn run_verify(args: &VerifyArgs) -> Result<u8> {
    let all = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = args.jobs.map_or(all, usize::from);
    let path = Some(args.archive.as_path()).filter(|path| path.as_os_str() != "-");
    let (screen, progress) = screen(&args.report);
    let result = verify(path, jobs, &progress);
    screen.finish();
    let summary = result?;
    if !summary.sound && !args.report.json {
        // Findings are the answer, not chatter: shown however quiet.
        eprintln!("{}", terminal::verified(&summary));
    } else {
        tell(&args.report, &summary, || terminal::verified(&summary));
    }
    Ok(if summary.sound { 0 } else { DAMAGED })
}

async fn run_restore(args: &RestoreArgs) -> Result<u8> {
    if args.connect.dbname.is_none() {
        return Err(Error::new(Fault::Usage, "restore needs a target: -d DATABASE or -d postgresql://host/database")
            .hint("it is never taken from the environment or a .env file"));
    }
    let options = RestoreOptions {
        archive: Some(args.archive.clone()).filter(|path| path.as_os_str() != "-"),
        settings: settings(&args.connect)?,
        jobs: usize::from(args.jobs),
        selection: selection(&args.selection)?,
        statistics: match (args.no_statistics, args.analyze) {
            (true, _) => Statistics::Nothing,
            (false, true) => Statistics::Analyze,
            (false, false) => Statistics::Carried,
        },
    };
    let (screen, progress) = screen(&args.report);
    let result = restore(options, progress).await;
    screen.finish();
    let summary = result?;
    tell(&args.report, &summary, || terminal::restored(&summary));
    Ok(if summary.refused.is_empty() { 0 } else { SKIPPED })
}

fn run_inspect(args: &InspectArgs) -> Result<u8> {
    let inspection = inspect(&args.archive)?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&inspection).expect("inspections are plain data"));
    } else {
        println!("{}", terminal::inspected(&inspection));
    }
    Ok(0)
}
