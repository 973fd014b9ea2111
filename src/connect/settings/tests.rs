//! Precedence and defaults, on a machine that exists only here.

use std::path::Path;

use super::security::{Roots, SslMode};
use super::*;

/// A machine: its environment, its files, the text of its ~/.pgpass.
#[derive(Default)]
struct Machine<'a> {
    env: &'a [(&'a str, &'a str)],
    paths: &'a [&'a str],
    pgpass: Option<&'a str>,
    services: &'a str,
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
        let text_file = |path: &Path| match path.ends_with("pg_service.conf") && !self.services.is_empty() {
            true => Ok(self.services.to_string()),
            false => Err(std::io::ErrorKind::NotFound.into()),
        };
        let user = || Some("me".into());
        let outside =
            Outside { env: &env, exists: &exists, user: &user, text_file: &text_file, password_file: &password_file };
        let files = DotEnv::from_texts(&[(".env.local", self.local), (".env", self.shared)]);
        resolve_on(flags, &files, &outside)
    }

    /// `user:password@host:port/database [label] origin`.
    fn shown(&self, flags: &Flags) -> String {
        match self.resolve(flags) {
            Ok(settings) => {
                let shown = |place: &Place| match (&place.host, place.address) {
                    (Host::Name(name), Some(address)) => format!("{name}={address}:{}", place.port),
                    (Host::Name(name), None) => format!("{name}:{}", place.port),
                    (Host::Socket(directory), _) => format!("{}:{}", directory.display(), place.port),
                };
                let places: Vec<String> = settings.places.iter().map(shown).collect();
                let password = settings.password_for(&settings.places[0]).map_or("", Password::expose);
                let Settings { user, database, environment, origin, .. } = &settings;
                format!("{user}:{password}@{}/{database} [{environment}] {origin}", places.join(","))
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
    assert_eq!(
        machine.shown(&Flags { port: Some("5433".into()), ..Flags::default() }),
        "me:@/tmp:5433/me [dev] the default"
    );
}

#[test]
fn flags_come_before_the_environment_and_that_before_the_files() {
    let machine = Machine {
        env: &[("PGUSER", "env"), ("PGDATABASE", "env"), ("PGPORT", "")],
        local: "PGHOST=local.example\nPGUSER=local\n",
        shared: "PGHOST=shared.example\nPGPASSWORD=pa$$word\nPGPORT=6000\n",
        ..Machine::default()
    };
    assert_eq!(
        machine.shown(&Flags::default()),
        "env:pa$$word@local.example:6000/env [dev] PGHOST in .env.local line 1"
    );
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
    let flags = Flags { host: Some("x".into()), port: Some("7".into()), ..conn("postgres://u@h/db") };
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
    assert_eq!(machine.shown(&Flags::default()), "me:@db.example:5432/app [dev] DATABASE_URL in .env.local line 1");
    let machine = Machine {
        shared: "PGPASSWORD=same\nPGPORT=1\nPGHOSTADDR=1.2.3.4\nDATABASE_URL=postgresql+psycopg2://u@db.example/app?schema=public\n",
        ..Machine::default()
    };
    assert_eq!(machine.shown(&Flags::default()), "u:same@db.example:5432/app [prod] DATABASE_URL in .env line 4");
    let settings = machine.resolve(&Flags::default()).unwrap();
    assert_eq!(settings.places[0].address, None);
    assert_eq!(
        settings.warnings,
        ["DATABASE_URL in .env line 4: ignored the URL's parameter schema, which is not one of libpq's"]
    );
    assert_eq!(machine.shown(&conn("other")), "u:same@db.example:5432/other [prod] DATABASE_URL in .env line 4");
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
        ["ignored DATABASE_URL in .env line 1: PGHOST in the environment comes first and names another server"]
    );
    let machine = Machine { shared: machine.shared, ..Machine::default() };
    let shown = machine.shown(&Flags::default());
    assert!(shown.contains("DATABASE_URL in .env") && shown.contains("mysql:// is not"), "{shown}");
    assert!(!shown.contains("tOpSeCrEt"), "{shown}");
}

#[test]
fn host_and_address_belong_together() {
    let machine = Machine { env: &[("PGHOSTADDR", "10.0.0.1")], shared: "PGHOST=x", ..Machine::default() };
    // Flags and environment are libpq's, and it joins them; a file's host would be another server.
    assert_eq!(machine.shown(&conn("postgres://h/db")), "me:@h=10.0.0.1:5432/db [prod] -d");
    let from = "PGHOSTADDR in the environment";
    assert_eq!(machine.shown(&Flags::default()), format!("me:@10.0.0.1=10.0.0.1:5432/me [prod] {from}"));
    let settings = machine.resolve(&conn("host=h hostaddr=127.0.0.1")).unwrap();
    assert_eq!((settings.host().clone(), settings.is_local()), (Host::Name("h".into()), true));
}

#[test]
fn lists_of_hosts_must_match() {
    let machine = Machine { pgpass: Some("b:2:*:*:second\n"), ..Machine::default() };
    assert_eq!(machine.shown(&conn("postgres://a:1,b:2/db")), "me:@a:1,b:2/db [prod] -d");
    assert_eq!(machine.shown(&conn("host=a,b port=7")), "me:@a:7,b:7/me [prod] -d");
    assert_eq!(machine.shown(&conn("host=a,,/s port=1,,3")), "me:@a:1,localhost:5432,/s:3/me [prod] -d");
    assert_eq!(
        machine.shown(&conn("host=a, hostaddr=1.1.1.1,2.2.2.2")),
        "me:@a=1.1.1.1:5432,2.2.2.2=2.2.2.2:5432/me [prod] -d"
    );
    assert!(machine.shown(&conn("host=a,b,c port=1,2")).contains("2 port numbers cannot be matched with 3 hosts"));
    assert!(
        machine.shown(&conn("host=a,b hostaddr=1.1.1.1")).contains("2 host names cannot be matched with 1 address")
    );
    let settings = machine.resolve(&conn("host=a,b port=1,2")).unwrap();
    let filed = |at: usize| settings.password_for(&settings.places[at]).map(Password::expose);
    assert_eq!((filed(0), filed(1)), (None, Some("second")));
    // What is wrong with one of several is no reason not to try the others.
    let settings = machine.resolve(&conn("hostaddr=no,127.0.0.1")).unwrap();
    assert_eq!((settings.places.len(), settings.warnings.len()), (1, 1));
}

#[test]
fn a_service_completes_what_was_given_and_comes_before_variables() {
    let services = "[s]\nhost=s.example\nport=7\nuser=s\npassword=sp\n";
    let env: &[_] = &[("PGSERVICE", "s"), ("PGPORT", "9"), ("PGDATABASE", "d"), ("PGSYSCONFDIR", "/etc/x")];
    let machine = Machine { env, services, shared: "DATABASE_URL=postgres://other/x", ..Machine::default() };
    let shown = "s:sp@s.example:7/d [prod] service s in /etc/x/pg_service.conf line 2";
    assert_eq!(machine.shown(&Flags::default()), shown);
    assert_eq!(machine.shown(&Flags { user: Some("u".into()), ..Flags::default() }), shown.replacen('s', "u", 1));
    let machine = Machine { env: &[("PGSYSCONFDIR", "/etc/x"), ("PGPORT", "9")], ..machine };
    assert_eq!(
        machine.shown(&conn("service=s port=8")),
        "s:sp@s.example:8/s [prod] service s in /etc/x/pg_service.conf line 2"
    );
    assert!(machine.shown(&conn("service=none")).contains("the service \"none\" is not defined"));
}

#[test]
fn families_are_taken_whole_or_not_at_all() {
    let laravel = "DB_CONNECTION=pgsql\nDB_HOST=l\nDB_PORT=1\nDB_DATABASE=app\nDB_USERNAME=root\nDB_PASSWORD=x\n";
    let machine = |env: &'static [(&str, &str)], shared: &str| {
        Machine { env, shared, ..Machine::default() }.shown(&Flags::default())
    };
    assert_eq!(machine(&[], laravel), "root:x@l:1/app [prod] DB_HOST in .env line 2");
    assert_eq!(machine(&[], &laravel.replace("pgsql", "mysql")), "me:@localhost:5432/me [dev] the default");
    let docker = "POSTGRES_USER=u\nPOSTGRES_PASSWORD=p\nPOSTGRES_DB=d\nDB_HOST=other\nDB_PASSWORD=y\n";
    assert_eq!(machine(&[], docker), "u:p@localhost:5432/d [dev] POSTGRES_DB in .env line 3");
    // A password alone is somebody else's.
    assert_eq!(machine(&[], "POSTGRES_PASSWORD=p\nDB_PASSWORD=y"), "me:@localhost:5432/me [dev] the default");
    assert_eq!(machine(&[("PGHOST", "h")], docker), "me:@h:5432/me [prod] PGHOST in the environment");
    assert_eq!(
        machine(&[], &format!("{docker}POSTGRES_URL=postgres://w@h/db")),
        "w:@h:5432/db [prod] POSTGRES_URL in .env line 6"
    );
    // Higher levels begin a family, lower ones complete it, and no string comes between.
    let machine = Machine {
        local: "POSTGRES_HOST=h\n",
        shared: "POSTGRES_PASSWORD=p\nDB_USER=no\nDATABASE_URL=postgres://x/y",
        ..Machine::default()
    };
    assert_eq!(machine.shown(&Flags::default()), "me:p@h:5432/me [dev] POSTGRES_HOST in .env.local line 1");
    assert_eq!(machine.shown(&conn("host=a user=b")), "b:@a:5432/b [prod] -d");
}

#[test]
fn each_value_tells_where_it_came_from_and_secrets_do_not_tell_themselves() {
    let machine = Machine {
        env: &[("PGSSLMODE", "require")],
        shared: "\nDATABASE_URL=postgres://u:tOpSeCrEt@h/db?sslpassword=tOpSeCrEt",
        ..Machine::default()
    };
    let settings = machine.resolve(&Flags { host: Some("x".into()), ..Flags::default() }).unwrap();
    let json = serde_json::to_value(&settings.origins).unwrap();
    assert!(!json.to_string().contains("tOpSeCrEt"), "{json}");
    let of =
        |keyword: &str| json.as_array().unwrap().iter().find(|origin| origin["keyword"] == keyword).unwrap().clone();
    assert_eq!(
        of("host"),
        serde_json::json!({"keyword": "host", "value": "x", "source": {"kind": "flag", "name": "-h"}})
    );
    let url = serde_json::json!({"kind": "env_file", "name": "DATABASE_URL", "file": ".env", "line": 2});
    assert_eq!(of("password"), serde_json::json!({"keyword": "password", "value": null, "source": url}));
    assert_eq!(of("sslmode")["source"]["kind"], "variable");
}

#[test]
fn bad_values_name_their_origin_and_not_themselves() {
    for (env, expected) in [
        (("PGPORT", "tOpSeCrEt"), "the port of PGPORT in the environment is not between 1 and 65535"),
        (("PGPORT", "65536"), "the port of PGPORT in the environment is not between 1 and 65535"),
        (("PGSSLMODE", "tOpSeCrEt"), "the sslmode of PGSSLMODE in the environment is not known"),
        (
            ("PGCONNECT_TIMEOUT", "soon"),
            "the connect_timeout of PGCONNECT_TIMEOUT in the environment is not a whole number",
        ),
        (("PGHOSTADDR", "tOpSeCrEt"), "PGHOSTADDR in the environment is not a numeric address"),
        (("PGSERVICE", "x"), "the service \"x\" is not defined"),
        (("PGREQUIREAUTH", "tOpSeCrEt"), "the require_auth of PGREQUIREAUTH in the environment names a method"),
        (("PGREQUIREAUTH", "md5,!none"), "mixes methods"),
        (("PGGSSENCMODE", "require"), "gssencmode=require (GSSAPI encryption) is not supported"),
        (("PGSSLCERTMODE", "require"), "sslcertmode=require is not supported"),
        (("PGMINPROTOCOLVERSION", "3.2"), "min_protocol_version above 3.0 is not supported"),
        (("PGSSLMAXPROTOCOLVERSION", "TLSv1.1"), "ssl_max_protocol_version is below"),
        (("PGTARGETSESSIONATTRS", "tOpSeCrEt"), "the target_session_attrs of PGTARGETSESSIONATTRS"),
        (("DATABASE_URL", "tOpSeCrEt"), "neither a URL nor"),
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
    assert_eq!(machine.resolve(&conn("db")).unwrap().source("password"), "/home/me/.pgpass line 1");
    let machine = Machine { paths: &["/tmp/.s.PGSQL.5432"], ..machine };
    assert_eq!(machine.shown(&conn("db")), "me:filed@/tmp:5432/db [dev] -d");
}

#[test]
fn tls_follows_libpq() {
    let tls = |text: &str| {
        let settings = Machine::default().resolve(&conn(text));
        settings.map(|settings| (settings.tls.mode, settings.tls.roots))
    };
    let file = |path: &str| Some(Roots::File(path.into()));
    // Whether a file is there is seen when it is needed.
    let home = "/home/me/.postgresql/root.crt";
    assert_eq!(tls("host=h").unwrap(), (SslMode::Prefer, file(home)));
    assert_eq!(tls("host=h requiressl=1").unwrap(), (SslMode::Require, file(home)));
    assert_eq!(tls("host=h sslmode=verify-ca sslrootcert=/r").unwrap(), (SslMode::VerifyCa, file("/r")));
    assert_eq!(tls("host=h sslrootcert=system").unwrap(), (SslMode::VerifyFull, Some(Roots::System)));
    assert!(tls("host=h sslrootcert=system sslmode=require").is_err());
    assert!(tls("host=/tmp sslrootcert=system sslmode=require").is_err());
    assert!(tls("host=h sslnegotiation=direct").is_err());
    let settings = Machine::default().resolve(&conn("host=h sslcertmode=disable sslcert=/c sslcrldir=/d")).unwrap();
    assert_eq!((settings.tls.certificate, settings.tls.revoked), (None, None));
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
