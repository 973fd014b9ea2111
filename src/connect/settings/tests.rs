//! Precedence and defaults, on a machine that exists only here.

use std::path::Path;

use super::*;

/// A machine: its environment, its files, the text of its ~/.pgpass.
#[derive(Default)]
struct Machine<'a> {
    env: &'a [(&'a str, &'a str)],
    paths: &'a [&'a str],
    pgpass: Option<&'a str>,
    local: &'a str,
    shared: &'a str,
}

impl Machine<'_> {
    fn resolve(&self, flags: &Flags) -> Result<Settings> {
        let env = |name: &str| {
            let found = self.env.iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_string());
            found.or_else(|| (name == "HOME").then(|| "/home/me".to_string()))
        };
        let exists = |path: &Path| self.paths.iter().any(|known| Path::new(known) == path);
        let password_file = |_: &Path| Ok(self.pgpass.map(str::to_string));
        let outside =
            Outside { env: &env, exists: &exists, user: &|| Some("me".into()), password_file: &password_file };
        resolve_on(flags, &DotEnv::from_texts(self.local, self.shared), &outside)
    }

    /// `user:password@host:port/database [label] origin`.
    fn shown(&self, flags: &Flags) -> String {
        match self.resolve(flags) {
            Ok(settings) => {
                let host = match &settings.host {
                    Host::Socket(directory) => directory.display().to_string(),
                    Host::Name(name) => name.clone(),
                };
                let password = settings.password.as_ref().map_or("", Password::expose);
                let Settings { user, port, database, environment, origin, .. } = &settings;
                format!("{user}:{password}@{host}:{port}/{database} [{environment}] {origin}")
            }
            Err(error) => format!("error: {}", error.report().replace('\n', " ")),
        }
    }
}

fn conn(text: &str) -> Flags {
    Flags { conn: Some(text.into()), ..Flags::default() }
}

#[test]
fn nothing_given_means_this_machine() {
    let machine = Machine { paths: &["/tmp/.s.PGSQL.5432"], ..Machine::default() };
    assert_eq!(machine.shown(&Flags::default()), "me:@/tmp:5432/me [dev] the default");
    assert_eq!(Machine::default().shown(&Flags::default()), "me:@localhost:5432/me [dev] the default");
    let machine = Machine { paths: &["/tmp/.s.PGSQL.5433", "/run/postgresql/.s.PGSQL.5432"], ..Machine::default() };
    assert_eq!(machine.shown(&Flags { port: Some(5433), ..Flags::default() }), "me:@/tmp:5433/me [dev] the default");
}

#[test]
fn flags_come_before_the_environment_and_that_before_the_files() {
    let machine = Machine {
        env: &[("PGUSER", "env"), ("PGDATABASE", "env"), ("PGPORT", "")],
        local: "PGHOST=local.example\nPGUSER=local\n",
        shared: "PGHOST=shared.example\nPGPASSWORD=pa$$word\nPGPORT=6000\n",
        ..Machine::default()
    };
    assert_eq!(machine.shown(&Flags::default()), "env:pa$$word@local.example:6000/env [dev] PGHOST in .env.local");
    let flags = Flags { host: Some("h".into()), user: Some("flag".into()), ..conn("flagdb") };
    assert_eq!(machine.shown(&flags), "flag:pa$$word@h:6000/flagdb [prod] -h");
}

#[test]
fn a_string_of_the_command_line_is_completed_by_the_environment_only() {
    let machine = Machine {
        env: &[("PGPASSWORD", "env"), ("DATABASE_URL", "postgres://x:y@other:1/z")],
        local: "PGPASSWORD=file\nPGUSER=file\nPGDATABASE=file\nPGPORT=1\nPGSSLMODE=require",
        shared: "DATABASE_URL=postgres://x:y@other:1/z",
        ..Machine::default()
    };
    assert_eq!(machine.shown(&conn("postgres://u@h/db")), "u:env@h:5432/db [prod] -d");
    assert_eq!(machine.resolve(&conn("postgres://u@h/db")).unwrap().tls.mode, SslMode::Require);
    assert_eq!(machine.shown(&conn("host=h user=u")), "u:env@h:5432/u [prod] -d");
    // The string comes before -h, -p and -U, as with psql.
    let flags = Flags { host: Some("x".into()), port: Some(7), ..conn("postgres://u@h/db") };
    assert_eq!(machine.shown(&flags), "u:env@h:7/db [prod] -d");
    // An empty host asks for the default, whatever PGHOST says.
    let machine = Machine { env: &[("PGHOST", "x")], ..Machine::default() };
    assert_eq!(machine.shown(&conn("host='' dbname=db")), "me:@localhost:5432/db [dev] -d");
    assert_eq!(machine.shown(&conn("postgres:///db")), "me:@x:5432/db [prod] PGHOST in the environment");
}

#[test]
fn a_database_url_wins_whole_over_lower_levels() {
    let machine = Machine {
        local: "DATABASE_URL=postgres://db.example/app",
        shared: "PGHOST=x\nPGPORT=1\nPGUSER=x\nPGPASSWORD=x\nPGDATABASE=x\nDATABASE_URL=postgres://x",
        ..Machine::default()
    };
    assert_eq!(machine.shown(&Flags::default()), "me:@db.example:5432/app [dev] DATABASE_URL in .env.local");
    let machine = Machine {
        shared: "PGPASSWORD=same\nPGPORT=1\nPGHOSTADDR=1.2.3.4\nDATABASE_URL=postgresql+psycopg2://u@db.example/app?schema=public\n",
        ..Machine::default()
    };
    assert_eq!(machine.shown(&Flags::default()), "u:same@db.example:5432/app [prod] DATABASE_URL in .env");
    let settings = machine.resolve(&Flags::default()).unwrap();
    assert_eq!(settings.hostaddr, None);
    assert_eq!(
        settings.warnings,
        ["DATABASE_URL in .env: ignored the URL's parameter schema, which is not one of libpq's"]
    );
    assert_eq!(machine.shown(&conn("other")), "u:same@db.example:5432/other [prod] DATABASE_URL in .env");
    let flags = Flags { host: Some("h".into()), ..Flags::default() };
    assert_eq!(machine.shown(&flags), "u:same@h:5432/app [prod] -h");
}

#[test]
fn a_host_of_a_higher_level_shuts_out_the_url_of_another_server() {
    let machine = Machine {
        env: &[("PGHOST", "localhost")],
        shared: "DATABASE_URL=mysql://app:tOpSeCrEt@db.example:6432/app",
        ..Machine::default()
    };
    assert_eq!(machine.shown(&Flags::default()), "me:@localhost:5432/me [dev] PGHOST in the environment");
    let warnings = machine.resolve(&Flags::default()).unwrap().warnings;
    assert_eq!(
        warnings,
        ["ignored DATABASE_URL in .env: PGHOST in the environment comes first and names another server"]
    );
    let machine = Machine { shared: machine.shared, ..Machine::default() };
    let shown = machine.shown(&Flags::default());
    assert!(shown.contains("DATABASE_URL in .env") && shown.contains("mysql:// is not"), "{shown}");
    assert!(!shown.contains("tOpSeCrEt"), "{shown}");
}

#[test]
fn host_and_address_belong_together() {
    let machine = Machine { env: &[("PGHOSTADDR", "10.0.0.1")], shared: "PGHOST=x", ..Machine::default() };
    assert_eq!(machine.shown(&conn("postgres://h/db")), "me:@h:5432/db [prod] -d");
    let settings = machine.resolve(&Flags::default()).unwrap();
    assert_eq!(settings.host, Host::Name("10.0.0.1".into()));
    let settings = machine.resolve(&conn("host=h hostaddr=127.0.0.1")).unwrap();
    assert_eq!((settings.host.clone(), settings.is_local()), (Host::Name("h".into()), true));
}

#[test]
fn bad_values_name_their_origin_and_not_themselves() {
    for (env, expected) in [
        (("PGPORT", "tOpSeCrEt"), "the port of PGPORT in the environment is not between 1 and 65535"),
        (("PGPORT", "65536"), "the port of PGPORT in the environment is not between 1 and 65535"),
        (("PGSSLMODE", "tOpSeCrEt"), "the sslmode of PGSSLMODE in the environment is not known"),
        (("PGCONNECT_TIMEOUT", "soon"), "PGCONNECT_TIMEOUT in the environment is not a number of seconds"),
        (("PGHOSTADDR", "tOpSeCrEt"), "PGHOSTADDR in the environment is not a numeric address"),
        (("PGHOST", "a,b"), "PGHOST in the environment names several hosts"),
        (("PGHOST", "@abstract"), "names an abstract socket"),
        (("PGSERVICE", "x"), "service files are not supported"),
        (("DATABASE_URL", "tOpSeCrEt"), "neither a URL nor"),
        (("PGSSLROOTCERT", "/no/file"), "/no/file does not exist"),
    ] {
        let shown = Machine { env: &[env], ..Machine::default() }.shown(&Flags::default());
        assert!(shown.contains(expected) && !shown.contains("tOpSeCrEt"), "{env:?}: {shown}");
    }
    let machine = Machine { shared: "PGPASSWORD=two words\nPGUSER=u\n", ..Machine::default() };
    assert!(machine.shown(&Flags::default()).contains("cannot read PGPASSWORD in .env line 1"));
    assert_eq!(machine.shown(&conn("postgres://u:p@h/db")), "u:p@h:5432/db [prod] -d");
}

#[test]
fn timeouts_follow_libpq() {
    let timeout = |value| {
        let env = [("PGCONNECT_TIMEOUT", value)];
        Machine { env: &env, ..Machine::default() }.resolve(&Flags::default()).unwrap().connect_timeout
    };
    assert_eq!(timeout("7"), Some(Duration::from_secs(7)));
    assert_eq!(timeout("0"), None);
    assert_eq!(timeout(""), Some(CONNECT_TIMEOUT_DEFAULT));
}

#[test]
fn the_password_file_is_the_last_resort() {
    let machine = Machine { pgpass: Some("localhost:*:db:me:filed\nh:*:*:*:other\n"), ..Machine::default() };
    assert_eq!(machine.shown(&conn("db")), "me:filed@localhost:5432/db [dev] -d");
    assert_eq!(machine.shown(&conn("host=h password=given")), "me:given@h:5432/me [prod] -d");
    assert_eq!(machine.resolve(&conn("db")).unwrap().origins.password, "/home/me/.pgpass");
    let machine = Machine { paths: &["/tmp/.s.PGSQL.5432"], ..machine };
    assert_eq!(machine.shown(&conn("db")), "me:filed@/tmp:5432/db [dev] -d");
}

#[test]
fn tls_follows_libpq() {
    let tls = |text: &str, paths: &[&str]| {
        let machine = Machine { paths, ..Machine::default() };
        machine.resolve(&conn(text)).map(|settings| (settings.tls.mode, settings.tls.roots))
    };
    let file = |path: &str| Some(Roots::File(path.into()));
    assert_eq!(tls("host=h", &[]).unwrap(), (SslMode::Prefer, None));
    assert_eq!(tls("host=h sslmode=require", &[]).unwrap(), (SslMode::Require, None));
    let home = "/home/me/.postgresql/root.crt";
    assert_eq!(tls("host=h sslmode=verify-full", &[home]).unwrap(), (SslMode::VerifyFull, file(home)));
    assert_eq!(tls("host=h sslmode=verify-ca sslrootcert=/r", &["/r"]).unwrap(), (SslMode::VerifyCa, file("/r")));
    assert_eq!(tls("host=h sslrootcert=system", &[]).unwrap(), (SslMode::VerifyFull, Some(Roots::System)));
    assert!(tls("host=h sslrootcert=system sslmode=require", &[]).is_err());
    assert!(tls("host=h sslmode=verify-full", &[]).is_err());
    assert!(tls("host=h sslnegotiation=direct", &[]).is_err());
    // Where TLS is not used, its files do not matter.
    assert_eq!(tls("host=/tmp sslmode=verify-full", &[]).unwrap(), (SslMode::Disable, None));
    assert_eq!(tls("host=h sslmode=disable sslrootcert=/no", &[]).unwrap(), (SslMode::Disable, None));
}

#[test]
fn the_label_comes_from_flag_variable_or_guess() {
    let label = |flags: &Flags, env: &[(&str, &str)], local: &str, shared: &str| {
        Machine { env, local, shared, ..Machine::default() }.resolve(flags).unwrap().environment
    };
    let (none, far) = (Flags::default(), conn("postgres://h/db"));
    assert_eq!(
        label(&Flags { environment: Some("Staging".into()), ..far.clone() }, &[("APP_ENV", "x")], "", ""),
        "staging"
    );
    assert_eq!(label(&far, &[("NODE_ENV", "development"), ("APP_ENV", "production")], "", ""), "prod");
    assert_eq!(label(&far, &[("NODE_ENV", "development")], "", ""), "dev");
    assert_eq!(label(&far, &[], "", ""), "prod");
    // What a file says of its own database says nothing of another one.
    assert_eq!(label(&far, &[], "APP_ENV=dev", "APP_ENV=dev"), "prod");
    assert_eq!(label(&none, &[], "", "APP_ENV=staging\nPGHOST=h"), "staging");
    assert_eq!(label(&none, &[], "PGHOST=h", "APP_ENV=production\n"), "dev");
    assert_eq!(label(&none, &[], "PGHOST=h\nAPP_ENV=qa", ""), "qa");
    assert_eq!(label(&none, &[], "", "PGHOST=h"), "prod");
    assert_eq!(label(&conn("host=127.1.2.3"), &[], "", ""), "dev");
    assert_eq!(label(&conn("host=::1"), &[], "", ""), "dev");
}

#[test]
fn debug_output_hides_the_password() {
    let flags = conn("postgres://u:tOpSeCrEt@h/db");
    let settings = Machine::default().resolve(&flags).unwrap();
    assert!(!format!("{flags:?} {settings:?}").contains("tOpSeCrEt"));
    assert_eq!(settings.server(), "h:5432");
}
