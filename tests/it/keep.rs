//! Can one live with archives for years: are they listed, told from other files, and pruned by the rules?
//!
//! Archives are real ones of small databases. What the rules keep is tested beside them; here, that the program
//! applies them to the right files and removes nothing else.

use super::support::sessions::Held;
use super::support::{Database, Program, Run, Server, wait_until};
use serde_json::Value;
use std::fs;

fn database() -> Database<'static> {
    let database = Database::new(Server::shared(18));
    database.psql("CREATE TABLE film AS SELECT n AS id, md5(n::text) AS title FROM generate_series(1, 1000) n");
    database
}

/// A home with the directory `b`, where archives go.
fn home() -> Program {
    let program = Program::new().env("PGSNAP_DIR", "b");
    fs::create_dir(program.path("b")).expect("it is ours");
    program
}

/// Dumps into `b/NAME.tar.zst`.
fn dump(program: &Program, database: &Database<'_>, name: &str, more: &[&str]) {
    let archive = format!("b/{name}.tar.zst");
    program.run(&[&["dump", "-q", "-d", &database.url(), "-f", &archive], more].concat()).exits(0);
}

fn files(program: &Program) -> Vec<String> {
    let entries = fs::read_dir(program.path("b")).expect("it is ours").flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// `archive: what` of each file, in the order told.
fn told(run: &Run, what: &str) -> Vec<String> {
    let archives = run.json()["archives"].as_array().expect("a list").clone();
    let line = |one: &Value| {
        let name = one["archive"].as_str().expect("a path").trim_start_matches("b/");
        format!("{name}: {}", one[what].as_str().unwrap_or("-"))
    };
    archives.iter().map(line).collect()
}

#[test]
fn archives_are_listed_newest_first_and_other_files_are_not() {
    let (database, program) = (database(), home());
    assert!(program.run(&["list"]).exits(0).text().contains("no archives in b"));
    dump(&program, &database, "one", &["--env", "dev"]);
    dump(&program, &database, "two", &["--env", "prod"]);
    let write = |name: &str, bytes: &[u8]| fs::write(program.path("b").join(name), bytes).expect("it is ours");
    write("notes.txt", b"nothing of ours");
    write("other.tar.zst", &zstd::encode_all(&b"of somebody else"[..], 1).expect("it compresses"));
    write("download.partial", b"of a browser");
    write("empty", b"");
    fs::create_dir(program.path("b/folder.tar.zst")).expect("it is ours");
    std::os::unix::fs::symlink("one.tar.zst", program.path("b/latest.tar.zst")).expect("it is ours");

    let run = program.run(&["list", "--json"]).exits(0);
    assert_eq!(told(&run, "environment"), ["two.tar.zst: prod", "one.tar.zst: dev"]);
    let newest = &run.json()["archives"][0];
    assert_eq!(newest["database"], database.name);
    assert_eq!((&newest["rows"], &newest["tables"]), (&1000.into(), &1.into()));
    assert_eq!(newest["archive_bytes"], fs::metadata(program.path("b/two.tar.zst")).expect("it is there").len());
    assert!(newest["age_seconds"].as_i64().is_some_and(|age| (0..3600).contains(&age)), "{newest}");
    assert_eq!((&newest["state"], &newest["verified"]), (&"complete".into(), &Value::Null));
    let text = program.run(&["list", "b"]).exits(0).text();
    assert!(text.contains(&database.name) && text.contains("not verified"), "{text}");
    program.run(&["list", "nowhere"]).exits(2).says(&["nowhere"]);
}

#[test]
fn the_manifest_is_believed_and_not_the_sidecar() {
    let (database, program) = (database(), home());
    dump(&program, &database, "one", &[]);
    fs::write(program.path("b/one.tar.zst.json"), r#"{"database":"of somebody else","totals":{"rows":7}}"#)
        .expect("ours");
    let listed = program.run(&["list", "--json"]).exits(0).json();
    assert_eq!(
        (&listed["archives"][0]["database"], &listed["archives"][0]["rows"]),
        (&database.name.clone().into(), &1000.into())
    );
}

#[test]
fn what_verify_finds_is_listed() {
    let (database, program) = (database(), home());
    dump(&program, &database, "one", &[]);
    let verdict =
        |code| program.run(&["list", "--json"]).exits(code).json()["archives"][0]["verified"]["verdict"].clone();
    assert_eq!(verdict(0), Value::Null);
    program.run(&["verify", "-q", "b/one.tar.zst"]).exits(0);
    assert_eq!(verdict(0), "sound");
    assert!(program.run(&["list"]).exits(0).text().contains("verified 20"));
    let whole = fs::read(program.path("b/one.tar.zst")).expect("it is there");
    let mut spoilt = whole.clone();
    spoilt[whole.len() / 2] ^= 1;
    fs::write(program.path("b/one.tar.zst"), spoilt).expect("it is ours");
    program.run(&["verify", "-q", "b/one.tar.zst"]).exits(3);
    assert_eq!(verdict(3), "damaged");
    // It counts for nothing, and nobody but a person gives it up.
    program.run(&["prune", "--keep-last", "1"]).exits(4);
    assert!(program.path("b/one.tar.zst").exists());
    fs::write(program.path("b/one.tar.zst"), whole).expect("it is ours");
    program.run(&["verify", "-q", "b/one.tar.zst"]).exits(0);
    assert_eq!(verdict(0), "sound");
    let server = database.server.url("postgres");
    program.run(&["verify", "-q", "b/one.tar.zst", "--restore-into", &server]).exits(0);
    assert_eq!(verdict(0), "restored");
    // Another archive under the same name has none of it.
    dump(&program, &database, "one", &[]);
    assert_eq!(verdict(0), Value::Null);
}

#[test]
fn a_verification_writes_no_sidecar_where_there_is_none() {
    let (database, program) = (database(), home());
    dump(&program, &database, "one", &[]);
    fs::remove_file(program.path("b/one.tar.zst.json")).expect("it is there");
    program.run(&["verify", "-q", "b/one.tar.zst"]).exits(0);
    assert_eq!(files(&program), ["one.tar.zst"]);
}

#[test]
fn prune_keeps_by_group_and_tells_why() {
    let (database, other, program) = (database(), database(), home());
    for name in ["a", "b", "c"] {
        dump(&program, &database, name, &[]);
    }
    dump(&program, &other, "other", &[]);
    dump(&program, &database, "prod", &["--env", "prod"]);
    fs::write(program.path("b/notes.txt"), "mine").expect("it is ours");
    let before = files(&program);

    program.run(&["prune"]).exits(2).says(&["--keep-daily"]);
    program.run(&["prune", "--keep-last", "0"]).exits(2);
    let dry = program.run(&["prune", "--keep-last", "1", "--dry-run", "--json"]).exits(0);
    let plan =
        ["prod.tar.zst: keep", "other.tar.zst: keep", "c.tar.zst: keep", "b.tar.zst: remove", "a.tar.zst: remove"];
    assert_eq!(told(&dry, "action"), plan);
    let reasons: Vec<Value> =
        dry.json()["archives"].as_array().expect("a list").iter().map(|one| one["reasons"][0].clone()).collect();
    assert_eq!(reasons, ["last", "last", "last", "no rule keeps it", "no rule keeps it"]);
    assert_eq!(files(&program), before, "a dry run removes nothing");
    let text = program.run(&["prune", "--keep-last", "1", "--dry-run"]).exits(0).text();
    assert!(text.contains("2 files would be removed") && text.contains("3 files kept"), "{text}");

    let done = program.run(&["prune", "--keep-last", "1", "--json"]).exits(0);
    assert_eq!(told(&done, "action"), plan);
    assert_eq!((&done.json()["removed"], &done.json()["kept"]), (&2.into(), &3.into()));
    assert_eq!(
        files(&program),
        [
            "c.tar.zst",
            "c.tar.zst.json",
            "notes.txt",
            "other.tar.zst",
            "other.tar.zst.json",
            "prod.tar.zst",
            "prod.tar.zst.json"
        ]
    );
}

#[test]
fn the_newest_stays_whatever_the_rules_and_damage_does_not_count() {
    let (database, program) = (database(), home());
    dump(&program, &database, "a", &[]);
    dump(&program, &database, "b", &[]);
    let whole = fs::read(program.path("b/b.tar.zst")).expect("it is there");
    fs::write(program.path("b/cut.tar.zst"), &whole[..whole.len() - 9]).expect("it is ours");
    let run = program.run(&["list", "--json"]).exits(3);
    assert_eq!(told(&run, "state"), ["cut.tar.zst: damaged", "b.tar.zst: complete", "a.tar.zst: complete"]);
    assert!(run.json()["archives"][0]["problem"].as_str().is_some_and(|text| text.contains("truncated")));
    let run = program.run(&["prune", "--keep-last", "1", "--json"]).exits(4);
    assert_eq!(told(&run, "action"), ["cut.tar.zst: leave-alone", "b.tar.zst: keep", "a.tar.zst: remove"]);
    assert_eq!(files(&program), ["b.tar.zst", "b.tar.zst.json", "cut.tar.zst"]);
}

#[test]
fn verified_only_gives_up_nothing_for_what_is_not_verified() {
    let (database, program) = (database(), home());
    for name in ["a", "b", "c", "d"] {
        dump(&program, &database, name, &[]);
    }
    let plan = || {
        told(&program.run(&["prune", "--keep-last", "1", "--verified-only", "--dry-run", "--json"]).exits(0), "action")
    };
    assert_eq!(plan(), ["d.tar.zst: keep", "c.tar.zst: keep", "b.tar.zst: keep", "a.tar.zst: keep"]);
    for name in ["a", "c"] {
        program.run(&["verify", "-q", &format!("b/{name}.tar.zst")]).exits(0);
    }
    assert_eq!(plan(), ["d.tar.zst: keep", "c.tar.zst: keep", "b.tar.zst: remove", "a.tar.zst: remove"]);
}

#[test]
fn what_a_killed_dump_leaves_is_removed_and_a_living_one_is_not() {
    let (database, program) = (database(), home());
    dump(&program, &database, "a", &[]);
    // A lock that is not granted holds the dump where its file is there and not whole.
    let _held = Held::new(&database, "LOCK TABLE film IN ACCESS EXCLUSIVE MODE");
    let mut dump =
        program.command(&["dump", "-q", "-d", &database.url(), "-f", "b/b.tar.zst"]).spawn().expect("it runs");
    wait_until("the dump has begun", || program.path("b/b.tar.zst.partial").exists());
    let run = program.run(&["prune", "--keep-last", "1", "--json"]).exits(0);
    assert_eq!(told(&run, "action"), ["b.tar.zst.partial: keep", "a.tar.zst: keep"]);
    assert_eq!(told(&program.run(&["list", "--json"]).exits(0), "state")[0], "b.tar.zst.partial: writing");
    dump.kill().expect("it runs");
    dump.wait().expect("it was started");
    assert_eq!(told(&program.run(&["list", "--json"]).exits(0), "state")[0], "b.tar.zst.partial: partial");
    let run = program.run(&["prune", "--keep-last", "1", "--json"]).exits(0);
    assert_eq!(told(&run, "action"), ["b.tar.zst.partial: remove", "a.tar.zst: keep"]);
    assert_eq!(files(&program), ["a.tar.zst", "a.tar.zst.json"]);
}

#[test]
fn a_report_tells_sizes_tables_verdicts_and_what_changed() {
    let (database, program) = (database(), home());
    database.psql("CREATE TABLE gone (a int); CREATE TABLE still AS SELECT 1 AS a; CREATE TABLE wider (a int)");
    dump(&program, &database, "one", &["--env", "prod"]);
    let hostile = "\"<script>alert('1')</script>&\u{1b}\"";
    database.psql(&format!(
        "DROP TABLE gone; CREATE TABLE {hostile} AS SELECT n FROM generate_series(1, 7) n; DELETE FROM film WHERE id <= 2;
         ALTER TABLE wider ADD b int"
    ));
    dump(&program, &database, "two", &["--env", "prod"]);
    dump(&program, &database, "<b>'\"", &["--env", "dev"]);
    program.run(&["verify", "-q", "b/two.tar.zst"]).exits(0);
    fs::write(program.path("b/dead.tar.zst.partial"), "").expect("it is ours");
    program.run(&["report", "-o", "report.html"]).exits(0);
    let page = fs::read_to_string(program.path("report.html")).expect("it was written");
    assert_eq!(program.run(&["report", "b"]).exits(0).text().len(), page.len(), "without -o it is printed");

    for wanted in [
        " · prod",
        " · dev",
        "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;\u{fffd}",
        "&lt;b&gt;&#39;&quot;.tar.zst",
        "dead.tar.zst.partial",
        "left by a run that died",
        "<span class=\"good\">sound</span>",
        "gone: public.gone",
        "1 with other rows",
        "1 with other columns",
        "1 new",
        "1 unchanged",
        "<td class=\"name\">public.film</td><td class=\"n\">998</td><td class=\"n\">1000</td>",
        "prefers-color-scheme:dark",
        "width=device-width",
    ] {
        assert!(page.contains(wanted), "{wanted} is not in {page}");
    }
    // Nothing of a name became markup, and nothing comes from elsewhere.
    for forbidden in
        ["<script", "<b>", "http://", "https://", "url(", "@import", "src=", "href=", "javascript:", "\u{1b}"]
    {
        assert!(!page.contains(forbidden), "{forbidden} is in {page}");
    }
    assert_balanced(&page);
}

/// Asserts that each element that is opened is closed in its turn.
#[track_caller]
fn assert_balanced(page: &str) {
    let body = page.split_once("<body>").expect("there is a body").1;
    let mut open = vec!["body"];
    for tag in body.split('<').skip(1) {
        let tag = tag.split('>').next().expect("a tag ends");
        if let Some(name) = tag.strip_prefix('/') {
            if name == "html" {
                break;
            }
            assert_eq!(open.pop(), Some(name), "{open:?} is open");
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().expect("a name"));
        }
    }
    assert!(open.is_empty(), "{open:?} stay open");
}
