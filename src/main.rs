//! The process: reads the environment, runs one command, prints what it gives, decides the exit code.

mod batch;
mod keep;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use pgsnap::archive::Manifest;
use pgsnap::cli::{
    CheckArgs, ChildrenArgs, Cli, Command, ConnectArgs, DumpArgs, InspectArgs, ProgressArg, ReportArgs, RestoreArgs,
    SectionArg, SelectionArgs, TargetArgs, VerifyArgs,
};
use pgsnap::command::check::{CheckOptions, Checked, check};
use pgsnap::command::dump::{Destination, DumpOptions, dump};
use pgsnap::command::inspect::inspect;
use pgsnap::command::restore::{Missing, Production, RestoreOptions, Resuming, Statistics, contents, restore};
use pgsnap::command::salvage::salvage;
use pgsnap::command::selection::{Named, Pattern, Selection, filter};
use pgsnap::command::verify::{
    AgainstOptions, Input, Proof, RestoreIntoOptions, VerifySummary, against, restore_into, scratch_name, verify,
};
use pgsnap::connect::{DotEnv, Flags, Prompt, Running, Settings};
use pgsnap::error::{During, Error, Fault, Result};
use pgsnap::progress::Progress;
use pgsnap::spelling::shown;
use pgsnap::sql::{RoleMap, Section};
use pgsnap::terminal::{self, Terminal, Told};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Done, but objects were skipped or errors passed over.
const SKIPPED: u8 = 4;
/// `verify` found damage.
const DAMAGED: u8 = 3;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match &cli.command {
        Command::Dump(args) => {
            batch::run_as_batch();
            run(run_dump(args), "no archive was written")
        }
        Command::Verify(args) => run_verify(args),
        Command::Restore(args) => run(run_restore(args), left_by_restore(args)),
        Command::Inspect(args) => run_inspect(args),
        Command::Check(args) => run(run_check(args), "nothing was changed"),
        Command::List(args) => keep::list(args),
        Command::Prune(args) => keep::prune(args),
        Command::Report(args) => keep::report(args),
        Command::Completions(args) => keep::completions(args),
        Command::Man(args) => keep::man(args),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("pgsnap: {}", shown(&error.report()));
            ExitCode::from(error.fault().exit_code())
        }
    }
}

/// Runs a command until it ends or a signal comes, whose consequence is told. A second signal ends the process.
fn run<T>(command: impl Future<Output = Result<T>>, consequence: &str) -> Result<T> {
    run_until(command, Signals::once, consequence)
}

/// As [`run`], until `stop` instead of the first signal.
fn run_until<T, S: Future<Output = Fault>>(
    command: impl Future<Output = Result<T>>,
    stop: impl FnOnce(Signals) -> S,
    consequence: &str,
) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .during(Fault::Disk, || "cannot start the runtime".into())?;
    let result = runtime.block_on(async {
        let stop = stop(Signals::listen()?);
        let mut command = Box::pin(command);
        let (fault, running) = tokio::select! {
            result = &mut command => return result,
            fault = stop => (fault, Running::now()),
        };
        // First, so that nobody takes the cancelling for an error and goes on.
        drop(command);
        running.cancel().await;
        Err(interrupted(fault, consequence))
    });
    // What still compresses or waits for a server is not waited for.
    runtime.shutdown_background();
    result
}

fn interrupted(fault: Fault, consequence: &str) -> Error {
    let how = if fault == Fault::Terminated { "terminated" } else { "interrupted" };
    Error::new(fault, format!("{how}; {consequence}"))
}

/// SIGINT and SIGTERM. From when they are listened to, none is lost and none has its default effect.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen() -> Result<Signals> {
        // SIGXFSZ: beyond a limit on the size of files a write shall fail, which is told and tidied up after,
        // instead of the process. Listening is enough to take the signal its default effect.
        let _ = signal(SignalKind::from_raw(25));
        let listen = |kind| signal(kind).during(Fault::Disk, || "cannot listen to signals".into());
        Ok(Signals { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> Fault {
        tokio::select! {
            _ = self.interrupt.recv() => Fault::Interrupted,
            _ = self.terminate.recv() => Fault::Terminated,
        }
    }

    /// The first signal. The next one ends the process, however long tidying up takes.
    async fn once(mut self) -> Fault {
        let first = self.next().await;
        tokio::spawn(async move { std::process::exit(self.next().await.exit_code().into()) });
        first
    }

    /// The second one: for work that tidies up after the first by itself.
    async fn twice(mut self) -> Fault {
        self.next().await;
        self.once().await
    }
}

fn settings(args: &ConnectArgs, role: Option<&String>) -> Result<Settings> {
    let files = match args.env_file.as_slice() {
        [] => DotEnv::read(Path::new("."), args.env.as_deref()),
        files => DotEnv::read_only(files)?,
    };
    let flags = Flags {
        conn: args.dbname.clone(),
        host: args.host.clone(),
        port: args.port.clone(),
        user: args.username.clone(),
        environment: args.env.clone(),
        prompt: match (args.no_password, args.password) {
            (true, _) => Prompt::Never,
            (_, true) => Prompt::Always,
            _ => Prompt::Needed,
        },
    };
    let mut settings = Settings::resolve(&flags, &|name| std::env::var(name).ok(), &files)?;
    settings.role = role.cloned();
    Ok(settings)
}

/// What to take. Filter files come last, so that what they name adds to the options.
fn selection(args: &SelectionArgs, children: Option<&ChildrenArgs>) -> Result<Selection> {
    let patterns = |texts: &[String], named, with: &[String]| {
        let one = |text: &String| Pattern::parse(text, named, false);
        let family = |text: &String| Pattern::parse(text, named, true);
        texts.iter().map(one).chain(with.iter().map(family)).collect::<Result<Vec<_>>>()
    };
    let with = |pick: fn(&ChildrenArgs) -> &Vec<String>| children.map(pick).map_or(&[][..], Vec::as_slice);
    let mut selection = Selection {
        schemas: patterns(&args.schema, Named::Schema, &[])?,
        not_schemas: patterns(&args.exclude_schema, Named::Schema, &[])?,
        tables: patterns(&args.table, Named::Table, with(|children| &children.table_and_children))?,
        not_tables: patterns(&args.exclude_table, Named::Table, with(|children| &children.exclude_table_and_children))?,
        not_data: patterns(
            &args.exclude_table_data,
            Named::Table,
            with(|children| &children.exclude_table_data_and_children),
        )?,
        extensions: patterns(&args.extension, Named::Extension, &[])?,
        not_extensions: patterns(&args.exclude_extension, Named::Extension, &[])?,
        strict_names: args.strict_names,
        lenient_names: false,
        schema_only: args.schema_only,
        data_only: args.data_only,
        sections: args.section.iter().map(|section| section_of(*section)).collect(),
        no_owner: args.no_owner,
        no_privileges: args.no_privileges,
        no_comments: args.no_comments,
        no_policies: args.no_policies,
        no_publications: args.no_publications,
        no_subscriptions: args.no_subscriptions,
        no_security_labels: args.no_security_labels,
        no_tablespaces: args.no_tablespaces,
        no_table_access_method: args.no_table_access_method,
    };
    for file in &args.filter {
        filter::read(&mut selection, &read_text(file)?, &file.display().to_string())?;
    }
    if children.is_none() && [&selection.tables, &selection.not_tables, &selection.not_data].iter().any(has_children) {
        return Err(Error::new(Fault::Usage, "an archive does not tell which tables are children of which")
            .hint("name the children themselves, or use such patterns on dump"));
    }
    Ok(selection)
}

fn has_children(patterns: &&Vec<Pattern>) -> bool {
    patterns.iter().any(|pattern| pattern.children)
}

fn section_of(section: SectionArg) -> Section {
    match section {
        SectionArg::PreData => Section::PreData,
        SectionArg::Data => Section::Data,
        SectionArg::PostData => Section::PostData,
    }
}

/// A text file; `-` is standard input.
fn read_text(path: &Path) -> Result<String> {
    let read =
        if path.as_os_str() == "-" { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(path) };
    read.map_err(|cause| Error::new(Fault::Usage, format!("cannot read {}", path.display())).caused_by(cause))
}

/// PostgreSQL's meaning of 0 in a limit: none.
fn limit(time: std::time::Duration) -> Option<std::time::Duration> {
    Some(time).filter(|time| !time.is_zero())
}

fn screen(report: &ReportArgs) -> (Arc<Terminal>, Arc<dyn Progress>) {
    let told = match report.progress {
        ProgressArg::Auto => Told::Auto,
        ProgressArg::Json => Told::Json,
        ProgressArg::None => Told::Nothing,
    };
    let screen = Arc::new(Terminal::new(report.verbose, report.quiet, told));
    (Arc::clone(&screen), screen)
}

/// A line on standard output. Whoever reads it may stop (`| head`): that is no error of ours.
fn print(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).expect("summaries are plain data")
}

/// The summary: JSON to stdout where asked for, else lines to stderr.
fn tell(report: &ReportArgs, summary: &impl serde::Serialize, lines: impl FnOnce() -> String) {
    if report.json {
        print(&json(summary));
    } else if !report.quiet {
        eprintln!("pgsnap: {}", shown(&lines()));
    }
}

async fn run_dump(args: &DumpArgs) -> Result<u8> {
    let destination = keep::destination(&args.output);
    if args.report.json && destination == Destination::Standard {
        return Err(Error::new(Fault::Usage, "--json and -f - both want standard output"));
    }
    let options = DumpOptions {
        settings: settings(&args.connect, args.selection.role.as_ref())?,
        destination,
        jobs: usize::from(args.jobs),
        level: args.level,
        selection: selection(&args.selection, Some(&args.children))?,
        lock_wait: args.lock_wait_timeout,
        max_blocking: limit(args.max_blocking),
        statistics: !args.no_statistics,
        check_space: !args.no_space_check,
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
    let input = Input::open(Some(args.archive.as_path()).filter(|path| path.as_os_str() != "-"))?;
    let (screen, progress) = screen(&args.report);
    let jobs = args.jobs.map_or(all, usize::from);
    let result = verify(&input, jobs, &progress).and_then(|mut summary| {
        if summary.sound {
            return beside(args, &input, summary, &progress);
        }
        if args.salvage {
            summary.salvage = Some(salvage(&input, jobs, &progress)?.1);
        }
        Ok(summary)
    });
    screen.finish();
    let summary = result?;
    if let Some(error) = input.path().and_then(|path| summary.record(path).err()) {
        eprintln!("pgsnap: warning: {}", shown(&error.finding().0));
    }
    let live = summary.against.as_ref().or(summary.restored.as_ref());
    let good = summary.sound && live.is_none_or(|report| report.equal);
    if !good && !args.report.json {
        // Findings are the answer, not chatter: shown however quiet.
        eprintln!("{}", shown(&terminal::verified(&summary)));
    } else {
        tell(&args.report, &summary, || terminal::verified(&summary));
    }
    Ok(match live {
        _ if !good => DAMAGED,
        Some(report) if !report.is_complete() => SKIPPED,
        _ => 0,
    })
}

/// Holds a sound archive against a database, where one is named.
fn beside(
    args: &VerifyArgs,
    input: &Input,
    mut summary: VerifySummary,
    progress: &Arc<dyn Progress>,
) -> Result<VerifySummary> {
    let live = &args.live;
    let Some(conn) = live.against.as_ref().or(live.restore_into.as_ref()) else { return Ok(summary) };
    let connect = ConnectArgs { dbname: Some(conn.clone()), ..ConnectArgs::default() };
    let archive = input.archive()?;
    let recorded = recorded(archive.manifest())?;
    let against_options = AgainstOptions {
        settings: settings(&connect, live.role.as_ref())?,
        jobs: args.jobs.map_or(2, usize::from),
        selection: Selection {
            no_owner: recorded.no_owner || live.no_owner,
            no_privileges: recorded.no_privileges || live.no_privileges,
            ..recorded
        },
        lock_wait: live.lock_wait_timeout,
        max_blocking: limit(live.max_blocking),
    };
    if live.against.is_some() {
        let work = against(&archive, against_options, progress);
        summary.against = Some(run(work, "the database was only read")?);
        return Ok(summary);
    }
    let scratch = scratch_name()?;
    let consequence = format!("the scratch database {scratch} may be left");
    let options = RestoreIntoOptions {
        scratch,
        no_owner: live.no_owner,
        no_privileges: live.no_privileges,
        against: against_options,
    };
    let work = async {
        let mut signals = Signals::listen()?;
        restore_into(&archive, options, async move { signals.next().await }, progress).await
    };
    let report = run_until(work, Signals::twice, &consequence)?;
    if let Some(path) = input.path() {
        Proof::of(archive.manifest(), &report).record(path)?;
    }
    summary.restored = Some(report);
    Ok(summary)
}

/// The selection that an archive was taken with, from the options in its manifest.
fn recorded(manifest: &Manifest) -> Result<Selection> {
    let refuse = || {
        Error::new(Fault::Unsupported, "the archive was taken with options that this version does not know")
            .hint(format!("they are: {}", manifest.options.join(" ")))
    };
    let line = ["pgsnap", "dump"].into_iter().chain(manifest.options.iter().map(String::as_str));
    let Ok(Cli { command: Command::Dump(args), .. }) = Cli::try_parse_from(line) else { return Err(refuse()) };
    // A dump writes down what filter files said, never their names; who else did may not make us read files.
    if !args.selection.filter.is_empty() {
        return Err(refuse());
    }
    selection(&args.selection, Some(&args.children))
}

/// What a restore leaves that is interrupted.
fn left_by_restore(args: &RestoreArgs) -> &'static str {
    match resuming(args) {
        Resuming::Never => "the target may hold a part of the archive",
        _ => "the target may hold a part of the archive: --resume goes on from there",
    }
}

/// Whether it can be gone on with. Nothing is left by one transaction, and of a damaged archive it is not told what is
/// done; the others join what may be anybody's.
fn resuming(args: &RestoreArgs) -> Resuming {
    let joins = args.target.into_existing || args.selection.data_only || args.use_list.is_some() || args.salvage;
    match args.resume {
        true => Resuming::Now,
        false if args.target.single_transaction || joins => Resuming::Never,
        false => Resuming::Later,
    }
}

/// A restore into a target, with what it and a check of it have in common.
fn into(
    archive: Option<PathBuf>,
    connect: &ConnectArgs,
    target: &TargetArgs,
    taken: &SelectionArgs,
) -> Result<RestoreOptions> {
    if connect.dbname.is_none() {
        return Err(Error::new(Fault::Usage, "restore needs a target: -d DATABASE or -d postgresql://host/database")
            .hint("it is never taken from the environment or a .env file"));
    }
    Ok(RestoreOptions {
        archive,
        selection: selection(taken, None)?,
        clean: target.clean.then_some(if target.if_exists { Missing::Passes } else { Missing::Fails }),
        owners: RoleMap::new(target.owner_map.iter().cloned()),
        create: target.create,
        into_existing: target.into_existing,
        production: if target.allow_production { Production::Allow } else { Production::Ask },
        single_transaction: target.single_transaction,
        verify: !target.no_verify,
        ..RestoreOptions::new(PathBuf::new(), settings(connect, taken.role.as_ref())?)
    })
}

async fn run_restore(args: &RestoreArgs) -> Result<u8> {
    let archive = Some(args.archive.clone()).filter(|path| path.as_os_str() != "-");
    let list = args.use_list.as_deref().map(read_text).transpose()?;
    if args.list {
        let contents = contents(archive, &selection(&args.selection, None)?, list.as_deref(), args.target.create)?;
        print(&if args.report.json { json(&contents) } else { contents.to_string() });
        return Ok(0);
    }
    let single = args.target.single_transaction;
    let options = RestoreOptions {
        salvage: args.salvage,
        jobs: usize::from(args.jobs.unwrap_or(if single { 1 } else { 2 })),
        list,
        resume: resuming(args),
        dry_run: args.dry_run,
        continue_on_error: args.continue_on_error,
        disable_triggers: args.disable_triggers,
        statistics: match (args.no_statistics, args.analyze) {
            (true, _) => Statistics::Nothing,
            (false, true) => Statistics::Analyze,
            (false, false) => Statistics::Carried,
        },
        memory: args.memory,
        ..into(archive, &args.connect, &args.target, &args.selection)?
    };
    if single && args.jobs.is_some_and(|jobs| jobs > 1) {
        return Err(Error::new(Fault::Usage, "one transaction (-1) is one connection: -j cannot be more than 1"));
    }
    let (screen, progress) = screen(&args.report);
    let result = restore(options, progress).await;
    screen.finish();
    let summary = result?;
    if let Some(plan) = &summary.plan {
        print(&if args.report.json { json(&summary) } else { shown(&terminal::planned(plan)).into_owned() });
        return Ok(match plan.exit_code {
            0 if summary.salvage.is_some() => SKIPPED,
            code => code,
        });
    }
    tell(&args.report, &summary, || terminal::restored(&summary));
    let all = summary.refused.is_empty() && summary.failed.is_empty() && summary.salvage.is_none();
    Ok(if all { 0 } else { SKIPPED })
}

async fn run_check(args: &CheckArgs) -> Result<u8> {
    let purpose = match &args.archive {
        Some(archive) => {
            Checked::Restore(Box::new(into(Some(archive.clone()), &args.connect, &args.target, &args.selection)?))
        }
        None => Checked::Dump {
            selection: Box::new(selection(&args.selection, Some(&args.children))?),
            destination: keep::destination(&args.output),
        },
    };
    let options = CheckOptions { settings: settings(&args.connect, args.selection.role.as_ref())?, purpose };
    let report = check(options).await?;
    if args.json {
        print(&serde_json::to_string_pretty(&report).expect("reports are plain data"));
    } else {
        print(&terminal::checked(&report));
    }
    Ok(match (report.ok, report.complete) {
        (false, _) => 1,
        (true, false) => SKIPPED,
        (true, true) => 0,
    })
}

fn run_inspect(args: &InspectArgs) -> Result<u8> {
    let inspection = inspect(&args.archive)?;
    if args.json {
        print(&json(&inspection));
    } else {
        print(&shown(&terminal::inspected(&inspection)));
    }
    Ok(0)
}
