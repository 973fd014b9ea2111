//! What connection strings mean: tables of cases, and that no input panics or leaks.

use proptest::prelude::*;

use super::*;

fn shown(text: &str) -> String {
    match parse(text) {
        Ok(info) => {
            let mut words: Vec<String> = info.values.iter().map(|(key, value)| format!("{key}={value}")).collect();
            words.extend(info.warnings.iter().map(|_| "warning".to_string()));
            words.join(" ")
        }
        Err(error) => format!("error: {}", error.doing()),
    }
}

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(shown(text), *expected, "{text}");
    }
}

#[test]
fn urls_are_read_as_libpq_reads_them() {
    check(&[
        ("postgresql://", ""),
        ("postgres://", ""),
        ("postgresql:///", ""),
        ("postgresql://localhost", "host=localhost"),
        ("postgresql://localhost:5433", "host=localhost port=5433"),
        ("postgresql://localhost/mydb", "dbname=mydb host=localhost"),
        ("postgresql://localhost:/mydb", "dbname=mydb host=localhost"),
        ("postgresql://user@localhost", "host=localhost user=user"),
        ("postgresql://user:secret@localhost", "host=localhost password=secret user=user"),
        ("postgresql://user:se:cret@localhost", "host=localhost password=se:cret user=user"),
        ("postgresql://:secret@localhost", "host=localhost password=secret"),
        ("postgresql://user:@localhost", "host=localhost user=user"),
        ("postgresql://@localhost", "host=localhost"),
        ("postgresql://user@/db", "dbname=db user=user"),
        ("postgresql://u@h/db?connect_timeout=10", "connect_timeout=10 dbname=db host=h user=u"),
        ("postgresql://h?connect_timeout=10", "connect_timeout=10 host=h"),
        ("postgresql:///db?host=/var/run/postgresql", "dbname=db host=/var/run/postgresql"),
        ("postgresql://%2Fvar%2Frun%2Fpostgresql/db", "dbname=db host=/var/run/postgresql"),
        ("postgresql://%2ftmp:5433/db", "dbname=db host=/tmp port=5433"),
        ("postgresql://[::1]/db", "dbname=db host=::1"),
        ("postgresql://[2001:db8::1234]:5433/db", "dbname=db host=2001:db8::1234 port=5433"),
        ("postgresql://[::1]?sslmode=disable", "host=::1 sslmode=disable"),
        ("postgresql://u:p%40ss%2Fw%3Ard%25@h/db", "dbname=db host=h password=p@ss/w:rd% user=u"),
        ("postgresql://u:a+b@h", "host=h password=a+b user=u"),
        ("postgresql://u:p?q#r@h", "host=h password=p?q#r user=u"),
        ("postgresql://%E4%BD%A0@h/%C3%A9", "dbname=é host=h user=你"),
        ("postgresql://h/db%20with%20blanks", "dbname=db with blanks host=h"),
        ("postgresql://h/a/b", "dbname=a/b host=h"),
        ("postgresql://h/db?user=a%40b&password=x", "dbname=db host=h password=x user=a@b"),
        ("postgresql://h/db?user=a@b", "dbname=db host=h user=a@b"),
        ("postgresql://h/db?host=other&port=1", "dbname=db host=other port=1"),
        ("postgresql://h/db?options=-c%20geqo%3Doff", "dbname=db host=h options=-c geqo=off"),
        ("postgresql://h/db?options=-c geqo=off", "dbname=db host=h options=-c geqo=off"),
        ("  postgresql://h/db\n", "dbname=db host=h"),
        ("postgresql://h1,h2/db", "dbname=db host=h1,h2 port=,"),
        ("postgresql://h1:1,[::1]:2,/db", "dbname=db host=h1,::1, port=1,2,"),
        ("postgresql://u@h /db ?sslmode= require ", "dbname=db host=h sslmode=require user=u"),
        ("postgresql://h/a@b", "dbname=a@b host=h"),
    ]);
}

#[test]
fn urls_of_other_clients_are_understood() {
    check(&[
        ("postgresql+psycopg2://u:p@h/db", "dbname=db host=h password=p user=u"),
        ("postgresql+asyncpg://u@h/db", "dbname=db host=h user=u"),
        ("postgres+pool://h/db", "dbname=db host=h"),
        ("POSTGRES://h/db", "dbname=db host=h"),
        ("jdbc:postgresql://h:1/db?user=u&password=p", "dbname=db host=h password=p port=1 user=u"),
        ("postgresql://h/db?schema=public", "dbname=db host=h warning"),
        (
            "postgresql://h/db?pgbouncer=true&connection_limit=1&pool_timeout=0",
            "dbname=db host=h warning warning warning",
        ),
        ("postgresql://h/db?schema", "dbname=db host=h warning"),
        ("postgresql://h/db?", "dbname=db host=h"),
        ("postgresql://h/db?ssl=true", "dbname=db host=h sslmode=require"),
        ("postgresql://h/db?ssl=false", "dbname=db host=h sslmode=disable"),
        ("postgresql://h/db?ssl=verify-full", "dbname=db host=h sslmode=verify-full"),
        ("postgresql://h/db?keepalives_retries=1&client_encoding=x", "dbname=db host=h keepalives_count=1"),
    ]);
}

#[test]
fn keyword_strings_are_read_as_libpq_reads_them() {
    check(&[
        ("host=h", "host=h"),
        ("host=h port=5433 dbname=db user=u", "dbname=db host=h port=5433 user=u"),
        ("  host = h\n\tdbname= db ", "dbname=db host=h"),
        (
            "password='it''",
            "error: a word in the connection string is not followed by '=' (a value with blanks needs single quotes)",
        ),
        ("password='a b' host=h", "host=h password=a b"),
        (r"password='it\'s \\ here'", r"password=it's \ here"),
        (r"password=it\'s\ here", "password=it's here"),
        (r"password=tail\", "password=tail"),
        ("host='' dbname=db", "dbname=db host="),
        ("host= dbname=db", "host=dbname=db"),
        ("host=a host=b", "host=b"),
        ("host=/tmp", "host=/tmp"),
        ("password=a=b=c", "password=a=b=c"),
        ("options='-c geqo=off'", "options=-c geqo=off"),
        ("host='a'dbname=db", "dbname=db host=a"),
        ("client_encoding=utf8 host=h", "host=h"),
        ("requiressl=1", "sslmode=require"),
        (r"password=tail\ ", "password=tail "),
        ("password=a\u{a0}b", "password=a\u{a0}b"),
        ("host=a,b port=1,2", "host=a,b port=1,2"),
    ]);
}

#[test]
fn bad_strings_are_refused() {
    check(&[
        ("mysql://h/db", "error: mysql:// is not a PostgreSQL URL"),
        ("sqlite:///x.db", "error: sqlite:// is not a PostgreSQL URL"),
        ("mydb", "error: this is neither a URL nor a list of keyword=value"),
        ("postgresql://[::1", "error: the IPv6 address in the URL has no closing ']'"),
        ("postgresql://[]/db", "error: the IPv6 address in the URL is empty"),
        ("postgresql://[::1]x/db", "error: after ']' the URL must go on with ':', ',', '/' or '?'"),
        ("postgresql://h1:1,h2:x/db", "error: the port in the URL is not a number"),
        ("postgresql://h:port/db", "error: the port in the URL is not a number"),
        ("postgresql://u:50%off@h", "error: a '%' is not followed by two hexadecimal digits"),
        ("postgresql://u:%0@h", "error: a '%' is not followed by two hexadecimal digits"),
        ("postgresql://u:%€@h", "error: a '%' is not followed by two hexadecimal digits"),
        ("postgresql://h/%00", "error: the URL contains %00"),
        ("postgresql://h/%ff", "error: the URL's percent-encoding does not give UTF-8"),
        ("postgresql://u:se@cret@h/db", "error: the URL cannot be taken apart"),
        ("postgresql://u:1/cret@h/db", "error: the URL cannot be taken apart"),
        ("postgresql://h/db?oauth_issuer=x", "error: the connection parameter oauth_issuer is not supported"),
        ("scram_client_key=x", "error: the connection parameter scram_client_key is not supported"),
        ("hots=prod", "error: the connection string has an unknown keyword (hots)"),
        ("host=h mydb", "error: a word in the connection string is not followed by '=' (mydb)"),
        ("password='open", "error: a quoted value in the connection string has no closing quote"),
    ]);
}

#[test]
fn a_torn_password_is_never_shown() {
    for text in [
        "postgresql://u:tOpSeCrEt%zz@h/db",
        "postgresql://u:x@tOpSeCrEt@h/db",
        "postgresql://u:1/tOpSeCrEt@h/db",
        "postgresql://u:tOpSeCrEt/x@h/db",
        "password=x tOpSeCrEt host=h",
        "password=x tOpSeCrEt=y",
        "password='tOpSeCrEt",
        "password=x host=h tOpSeCrEt",
    ] {
        let report = parse(text).map(|_| ()).expect_err(text).report();
        assert!(!report.contains("tOpSeCrEt"), "{report}");
    }
}

#[test]
fn a_plain_name_is_no_connection_string() {
    assert!(!is_connection_string("mydb"));
    assert!(!is_connection_string("my-db.é"));
    assert!(is_connection_string("dbname=x"));
    assert!(is_connection_string("postgres://"));
}

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

proptest! {
    #[test]
    fn no_input_panics(text in "\\PC*", scheme in "postgres(ql)?://") {
        let _ = parse(&text);
        let _ = parse(&format!("{scheme}{text}"));
    }

    #[test]
    fn near_misses_do_not_panic(text in "(postgres://)?[a-c%0-9:/?@\\[\\],=&'\\\\ é]*") {
        let _ = parse(&text);
    }

    #[test]
    fn encoded_values_come_back(user in "[^\\x00]{1,12}", password in "[^\\x00]{1,12}", name in "[^\\x00]{1,12}") {
        let info = parse(&format!("postgres://{}:{}@h/{}", encode(&user), encode(&password), encode(&name))).unwrap();
        prop_assert_eq!(&info.values["user"], &user);
        prop_assert_eq!(&info.values["password"], &password);
        prop_assert_eq!(&info.values["dbname"], &name);
    }

    #[test]
    fn quoted_values_come_back(password in "\\PC*") {
        let quoted = password.replace('\\', "\\\\").replace('\'', "\\'");
        let info = parse(&format!("host=h password='{quoted}' user=u")).unwrap();
        prop_assert_eq!(&info.values["password"], &password);
        prop_assert_eq!(&info.values["user"], "u");
    }
}
