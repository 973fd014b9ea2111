//! Cases without TLS: how strings are read, where values come from, lists of servers, passwords.

use super::{Case, Outcome, no, yes};

/// The socket, as the role that is trusted there.
const SOCKET: &str = "host={s} port={p} user=app dbname=app";

/// URLs.
pub fn urls() -> Vec<Case> {
    vec![
        yes("postgresql://app:{pwu}@127.0.0.1:{p}/app"),
        yes("postgres://app:{pwu}@localhost:{p}/app"),
        yes("postgresql://app@{su}:{p}/app"),
        yes("postgresql://app@:{p}/app?host={su}"),
        yes("postgresql:///app?host={su}&port={p}&user=app"),
        yes("postgresql://?host={su}&port={p}&user=app&dbname=app"),
        yes("postgresql://app@{su}:{p}"),
        yes("postgresql://app@{su}:{p}/"),
        yes("postgresql://app@{su}:{p}/?dbname=app"),
        yes("postgresql://%61pp@{su}:{p}/%61%70p"),
        yes("postgresql://app@{su}:{p}/a%20b"),
        yes("postgresql://app@{su}/a@b?port={p}"),
        yes("postgresql://app@{su}:{p}/a%40b"),
        yes("postgresql://app@{su}:{p}/%C3%A9%3D1"),
        yes("postgresql://app@{su}:{p}/app?application_name=some+thing"),
        yes("postgresql://app@{su}:{p}/app?application_name=two%20words"),
        yes("postgresql://app@{su}:{p}/app?sslmode=disable&"),
        yes("postgresql://app@{su}:{p}/app?options=-c%20search_path%3Dpg_catalog"),
        yes("postgresql://app@{su}:{p}/app?ssl=true"),
        yes("postgresql://wrong@{su}:{p}/wrong?user=app&dbname=app"),
        yes("postgresql://app:{pwu}@127.0.0.1:{d}/app?port={p}"),
        yes("postgresql://app:{pwu}@host.invalid:{p}/app?hostaddr=127.0.0.1"),
        no("postgresql://app:{pwu}@127.0.0.1:{p}/missing"),
        no("postgresql://app:wrong@127.0.0.1:{p}/app"),
        no("postgresql://app:{pwu}@127.0.0.1:{d}/app"),
        no("postgresql://app:{pwu}@127.0.0.1:99999/app"),
        no("postgresql://app:{pwu}@127.0.0.1:x/app"),
        no("postgresql://app@{su}:{p}/app?port"),
        no("postgresql://app@{su}:{p}/%zz"),
        no("postgresql://app@{su}:{p}/a%00b"),
        no("postgresql://app@[::1:{p}/app"),
        no("postgresql://app@[]:{p}/app"),
        no("postgresql://app@[127.0.0.1]x:{p}/app"),
        no("postgresql://app@{su}:{p}/app?options=-c%20nonsense_setting%3D1"),
        no("postgresql://app@{su}:{p}/app?service=missing"),
        no("postgresql://u:p@ss@{su}:{p}/app"),
    ]
}

/// Keyword strings.
pub fn keywords() -> Vec<Case> {
    vec![
        yes(SOCKET),
        yes("  host = {s}\n port\t= {p}\n user =app dbname= 'app' "),
        yes("host={s} port={p} user=app dbname='a b'"),
        yes(r"host={s} port={p} user=app dbname=a\ b"),
        yes(r"host={s} port={p} user=\a\p\p dbname=app"),
        yes("host={s}port={p} user=app dbname=app hostaddr='' host='{s}'port={p}"),
        yes("host=wrong host={s} port={p} user=app dbname=app"),
        yes("host=127.0.0.1 port={p} user=app dbname=app password={pwk}"),
        yes("host={s} port={p} user=app dbname=app password=''"),
        yes("host={s} port=' {p} ' user=app dbname=app"),
        yes("host={s} port={p} user=app dbname=app application_name='it\\'s'"),
        yes("host={s} port={p} user=app dbname=app fallback_application_name=psql application_name=mine"),
        yes("host={s} port={p} user=app dbname=app client_encoding=latin1"),
        yes("host={s} port={p} user=app dbname=app gssencmode=disable krbsrvname=x gssdelegation=0"),
        yes("host={s} port={p} user=app dbname=app replication=false"),
        yes(
            "host={s} port={p} user=app dbname=app keepalives=0 keepalives_idle=5 keepalives_interval=5 keepalives_count=2",
        ),
        yes(
            "host=127.0.0.1 port={p} user=by_trust dbname=app keepalives_idle=5 keepalives_count=2 tcp_user_timeout=9000",
        ),
        yes("host={s} port={p} user=app dbname=app connect_timeout=' 7 '"),
        yes("host={s} port={p} user=app dbname=app connect_timeout=-1"),
        yes("host={s} port={p} user=app dbname=app sslmode=verify-full sslrootcert=/missing"),
        yes("host={s} port={p} user=app dbname=app requiressl=1"),
        yes("host={s} port={p} user=app dbname=app min_protocol_version=3.0 max_protocol_version=latest"),
        yes("host={s} port={p} user=app").args(&["-d", "host={s} port={p} user=app dbname=app"]),
        yes("host=@pgsnap-test port={p} user=app dbname=app"),
        no("host={s} port={p} user=app dbname=app hots=1"),
        no("host={s} port={p} user=app dbname=app stray"),
        no("host={s} port={p} user=app dbname='app"),
        no("host={s} port={p} user=app dbname=app sslmode=sometimes"),
        no("host={s} port={p} user=app dbname=app sslrootcert=system sslmode=require"),
        no("host={s} port={p} user=app dbname=app sslnegotiation=direct"),
        no("host={s} port={p} user=app dbname=app channel_binding=perhaps"),
        no("host={s} port={p} user=app dbname=app target_session_attrs=best"),
        no("host={s} port={p} user=app dbname=app connect_timeout=soon"),
        no("host={s} port={p} user=app dbname=app gssencmode=perhaps"),
        no("host={s} port={p} user=app dbname=app max_protocol_version=3.0 min_protocol_version=3.2"),
        no("host={s} port={p} user=app dbname=app requirepeer=somebody_else"),
        no("host={s} port={p} user=app dbname=app gssencmode=require require_auth=gss"),
    ]
}

/// Where the two differ.
pub fn differences() -> Vec<Case> {
    vec![
        // What pgsnap understands for the sake of other programs' URLs.
        Case::new("postgresql+asyncpg://app@{su}:{p}/app", Outcome::OnlyPgsnap("a scheme of SQLAlchemy's")),
        Case::new("jdbc:postgresql://{su}:{p}/app?user=app", Outcome::OnlyPgsnap("JDBC's prefix")),
        Case::new("postgresql://app@{su}:{p}/app?schema=public", Outcome::OnlyPgsnap("a parameter of Prisma's")),
        Case::new("postgresql://app@{su}:{p}/app?sslmode=no-verify", Outcome::OnlyPgsnap("node-postgres' word")),
        Case::new("postgresql://app@{su}:{p}/app?options=-c geqo=off", Outcome::OnlyPgsnap("a blank in a URL")),
        Case::new(
            "host={s} port={p} user=app dbname=app client_encoding=nonsense",
            Outcome::OnlyPgsnap("it sets its own"),
        ),
        // What it refuses by name.
        Case::new("postgresql://app@{su}:{p}/a@b", Outcome::OnlyPsql("cannot be taken apart")),
    ]
}

/// Options, variables, services.
pub fn variables() -> Vec<Case> {
    const SERVICE: &str =
        "# mine\n[other]\nhost=wrong\n[mine]\nhost={s}\nport={p}\nuser=app\ndbname=app\n\n[mine]\nport=1\n";
    let socket =
        |case: Case| case.env("PGHOST", "{s}").env("PGPORT", "{p}").env("PGUSER", "app").env("PGDATABASE", "app");
    vec![
        socket(yes("")),
        socket(yes("a b")),
        socket(yes("a b")).args(&["-U", "by_md5"]),
        socket(yes("")).args(&["-h", "127.0.0.1", "-U", "by_trust"]),
        socket(yes("dbname=app user=by_md5")),
        socket(yes("postgresql:///a%20b")),
        socket(yes("postgresql://by_md5@")),
        socket(yes("")).args(&["-h", "", "-p", "", "-U", ""]),
        socket(yes("")).env("PGAPPNAME", "mine").env("PGOPTIONS", "-c geqo=off"),
        socket(yes("application_name=string")).env("PGAPPNAME", "variable"),
        socket(yes("")).env("PGCONNECT_TIMEOUT", "5").env("PGCLIENTENCODING", "latin1").env("PGTZ", "UTC"),
        socket(yes("")).env("PGSSLMODE", "verify-full").env("PGSSLROOTCERT", "/missing"),
        socket(yes("")).env("PGHOSTADDR", "127.0.0.1").env("PGPASSWORD", "{pw}"),
        socket(yes("")).env("PGGSSENCMODE", "disable").env("PGKRBSRVNAME", "x").env("PGSSLCOMPRESSION", "0"),
        socket(no("")).env("PGOPTIONS", "-c nonsense_setting=1"),
        socket(no("")).env("PGSSLMODE", "sometimes"),
        socket(no("")).env("PGPORT", "99999"),
        socket(no("")).env("PGCONNECT_TIMEOUT", "soon"),
        socket(no("host='' port={d}")),
        yes("postgresql://app@host.invalid:{p}/app").env("PGHOSTADDR", "127.0.0.1").env("PGPASSWORD", "{pw}"),
        yes("")
            .args(&["-h", "host.invalid", "-p", "{p}", "-U", "app"])
            .env("PGHOSTADDR", "127.0.0.1")
            .env("PGPASSWORD", "{pw}"),
        yes("host=wrong user=wrong").args(&["-d", SOCKET]),
        yes(SOCKET).args(&["-h", "wrong", "-p", "1", "-U", "wrong"]),
        yes("host={s} dbname=app").args(&["-p", "{p}", "-U", "app"]),
        // Services.
        yes("service=mine").file(".pg_service.conf", SERVICE, 0o644),
        yes("service=mine user=by_md5").file(".pg_service.conf", SERVICE, 0o644),
        yes("service=mine").env("PGUSER", "wrong").env("PGPORT", "1").file(".pg_service.conf", SERVICE, 0o644),
        yes("").env("PGSERVICE", "mine").file(".pg_service.conf", SERVICE, 0o644),
        yes("a b").env("PGSERVICE", "mine").file(".pg_service.conf", SERVICE, 0o644),
        yes("postgresql://by_md5@/?service=mine").file(".pg_service.conf", SERVICE, 0o644),
        yes("service=mine").env("PGSERVICEFILE", "here.conf").file("here.conf", SERVICE, 0o644),
        Case::new("service=mine servicefile=here.conf", Outcome::OnlyPgsnap("a parameter of 19's"))
            .env("PGSERVICEFILE", "missing")
            .file("here.conf", SERVICE, 0o644),
        yes("service=mine").env("PGSYSCONFDIR", ".").file("pg_service.conf", SERVICE, 0o644),
        yes("service=mine").env("PGSYSCONFDIR", ".").file("pg_service.conf", SERVICE, 0o644).file(
            ".pg_service.conf",
            "[x]\n",
            0o644,
        ),
        yes("service=mine").file(
            ".pg_service.conf",
            "  [mine]  \r\n  host={s}\r\nport={p}\nuser=app\ndbname=a b\n",
            0o644,
        ),
        no("service=missing").file(".pg_service.conf", SERVICE, 0o644),
        no("service=mine").env("PGSERVICEFILE", "missing"),
        no("service=mine").file(".pg_service.conf", "[mine]\nhost={s}\nport = {p}\n", 0o644),
        no("service=mine").file(".pg_service.conf", "[mine]\nhost={s}\nnonsense\n", 0o644),
        no("service=mine").file(".pg_service.conf", "[mine]\nservice=other\n", 0o644),
    ]
}

/// Password files.
pub fn password_files() -> Vec<Case> {
    const TCP: &str = "host=127.0.0.1 port={p} user=app dbname=app";
    vec![
        yes(TCP).env("PGPASSWORD", "{pw}"),
        yes(TCP).file(".pgpass", "127.0.0.1:{p}:app:app:{pwf}\n", 0o600),
        yes(TCP).file(".pgpass", "*:*:*:*:{pwf}", 0o600),
        yes(TCP).file(
            ".pgpass",
            "# x\nother:*:*:*:wrong\n*:1:*:*:wrong\n*:*:b:*:wrong\n*:*:*:b:wrong\n*:*:*:app:{pwf}\n",
            0o400,
        ),
        yes(TCP).env("PGPASSFILE", "there").file("there", "*:*:*:*:{pwf}\r\n", 0o600),
        yes("host=127.0.0.1 port={p} user=app dbname=app passfile=there").env("PGPASSFILE", "missing").file(
            "there",
            "*:*:*:*:{pwf}\n",
            0o600,
        ),
        yes("host=127.0.0.1 port={p} user=app dbname=app password=''").file(".pgpass", "*:*:*:*:{pwf}\n", 0o600),
        yes("hostaddr=127.0.0.1 port={p} user=app dbname=app").file(".pgpass", "127.0.0.1:*:*:*:{pwf}\n", 0o600),
        yes("host=by.name hostaddr=127.0.0.1 port={p} user=app dbname=app").file(
            ".pgpass",
            "by.name:*:*:*:{pwf}\n",
            0o600,
        ),
        no("host=by.name hostaddr=127.0.0.1 port={p} user=app dbname=app").file(
            ".pgpass",
            "127.0.0.1:*:*:*:{pwf}\n",
            0o600,
        ),
        no(TCP),
        no(TCP).env("PGPASSWORD", "wrong"),
        no(TCP).file(".pgpass", "*:*:*:*:{pwf}\n", 0o644),
        no(TCP).file(".pgpass", "*:*:*:*:wrong\n*:*:*:*:{pwf}\n", 0o600),
        no(TCP).file(".pgpass", "localhost:*:*:*:{pwf}\n", 0o600),
        no("host=127.0.0.1 port={p} user=app dbname=app password=wrong").file(".pgpass", "*:*:*:*:{pwf}\n", 0o600),
    ]
}

/// Lists of hosts, and which of them will do.
pub fn hosts() -> Vec<Case> {
    let trusted = |text: &str| format!("{text} user=by_trust dbname=app");
    let (yes_as, no_as) = (|text: &str| yes(&trusted(text)), |text: &str| no(&trusted(text)));
    vec![
        yes_as("host=127.0.0.1,127.0.0.1 port={d},{p}"),
        yes_as("host=127.0.0.1,{z} port={p},5432"),
        yes_as("host=host.invalid,127.0.0.1 port={p}"),
        yes_as("host=/missing,127.0.0.1 port={p}"),
        yes_as("host=/missing,{s} port={p}"),
        yes_as("host=a,b hostaddr=127.0.0.1,127.0.0.1 port={d},{p}"),
        yes_as("hostaddr=127.0.0.1,127.0.0.1 port={d},{p}"),
        yes_as("hostaddr=no.address,127.0.0.1 port={p}"),
        yes_as("host=localhost port={p}"),
        yes("postgresql://by_trust@127.0.0.1:{d},127.0.0.1:{p}/app"),
        yes("postgresql://by_trust@127.0.0.1:{d},localhost:{p}/app?target_session_attrs=read-write"),
        yes("postgresql://by_trust@[::1]:{d},127.0.0.1:{p}/app"),
        yes_as("host={z},127.0.0.1 port=5432,{p} target_session_attrs=any"),
        yes_as("host={z},127.0.0.1 port=5432,{p} target_session_attrs=read-write"),
        yes_as("host=127.0.0.1,{z} port={p},5432 target_session_attrs=read-only"),
        yes_as("host={z},127.0.0.1 port=5432,{p} target_session_attrs=primary"),
        yes_as("host=127.0.0.1,{z} port={p},5432 target_session_attrs=standby"),
        yes_as("host=127.0.0.1,{z} port={p},5432 target_session_attrs=prefer-standby"),
        yes_as("host=127.0.0.1,127.0.0.1 port={d},{p} target_session_attrs=prefer-standby"),
        yes_as("host={z},127.0.0.1 port=5432,{p}").env("PGTARGETSESSIONATTRS", "primary"),
        yes("host=127.0.0.1 port={p} user=by_trust dbname=read_only target_session_attrs=read-only"),
        no("host=127.0.0.1 port={p} user=by_trust dbname=read_only target_session_attrs=read-write"),
        yes("host=127.0.0.1 port={p} user=by_trust dbname=read_only target_session_attrs=primary"),
        no_as("host=127.0.0.1 port={p} target_session_attrs=read-only"),
        no_as("host=127.0.0.1,127.0.0.1 port={d},{p} target_session_attrs=standby"),
        no_as("host=127.0.0.1,{z} port={d},5432 target_session_attrs=primary"),
        yes_as("host=127.0.0.1,127.0.0.1 port={d},{p} load_balance_hosts=random"),
        yes_as("host=127.0.0.1,127.0.0.1,127.0.0.1 port={p},{p},{d}").env("PGLOADBALANCEHOSTS", "random"),
        no_as("host=127.0.0.1 port={p} load_balance_hosts=always"),
        no_as("host=127.0.0.1,127.0.0.1 port={p},{p},{p}"),
        no_as("host=a,b,c hostaddr=127.0.0.1,127.0.0.1 port={p}"),
        no_as("host=127.0.0.1,host.invalid port={d}"),
        // A server that says no ends the list.
        no("host=127.0.0.1,{z} port={p},5432 user=nobody dbname=app"),
        no("host=127.0.0.1,{s} port={p} user=app dbname=app password=wrong"),
        // One that does not answer does not.
        yes_as("host=127.0.0.1,127.0.0.1 port={q},{p} connect_timeout=5"),
        // Each host has its line of the password file.
        yes("host=first,second hostaddr=127.0.0.1,127.0.0.1 port={d},{p} user=app dbname=app").file(
            ".pgpass",
            "first:*:*:*:wrong\nsecond:*:*:*:{pwf}\n",
            0o600,
        ),
        no("host=first,second hostaddr=127.0.0.1,127.0.0.1 port={p},{p} user=app dbname=app").file(
            ".pgpass",
            "first:*:*:*:wrong\nsecond:*:*:*:{pwf}\n",
            0o600,
        ),
    ]
}

/// How the server asks, and what was ruled out.
pub fn authentication() -> Vec<Case> {
    let as_role = |role: &str, more: &str| format!("host=127.0.0.1 port={{p}} user={role} dbname=app {more}");
    let yes = |role: &str, more: &str| yes(&as_role(role, more)).env("PGPASSWORD", "{pw}");
    let no = |role: &str, more: &str| no(&as_role(role, more)).env("PGPASSWORD", "{pw}");
    vec![
        yes("app", ""),
        yes("by_md5", ""),
        yes("by_clear_text", ""),
        yes("by_trust", ""),
        no("nobody", ""),
        no("missing_role", ""),
        yes("app", "require_auth=scram-sha-256"),
        yes("app", "require_auth=md5,scram-sha-256"),
        yes("app", "require_auth=!password,!md5,!none"),
        yes("app", "").env("PGREQUIREAUTH", "scram-sha-256"),
        no("app", "require_auth=password"),
        no("app", "require_auth=!scram-sha-256"),
        no("app", "require_auth=none"),
        yes("by_md5", "require_auth=md5"),
        no("by_md5", "require_auth=scram-sha-256"),
        yes("by_clear_text", "require_auth=password"),
        no("by_clear_text", "require_auth=!password"),
        no("by_clear_text", "require_auth=md5,scram-sha-256"),
        yes("by_trust", "require_auth=none"),
        yes("by_trust", "require_auth=none,md5"),
        yes("by_trust", "require_auth=!password"),
        no("by_trust", "require_auth=scram-sha-256"),
        no("by_trust", "require_auth=!none"),
        no("app", "require_auth=md5,!password"),
        no("app", "require_auth=md5,md5"),
        no("app", "require_auth=magic"),
        no("app", "channel_binding=require"),
        no("by_md5", "channel_binding=require"),
        yes("app", "channel_binding=disable"),
        no("app", "sslmode=require"),
        no("app", "sslmode=verify-full sslrootcert={k}/root.crt"),
        yes("app", "sslmode=allow"),
        yes("app", "sslmode=prefer sslrootcert={k}/root.crt"),
        yes("app", "sslmode=prefer sslcert=/missing sslkey=/missing"),
    ]
}
