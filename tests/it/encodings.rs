//! Do databases in other encodings than UTF-8 come back byte for byte, rows and names?
//!
//! Each holds bytes that a pass through UTF-8 does not survive: EUC_JP codes that come back as others, and
//! SQL_ASCII, where the server promises nothing about bytes. Names are made on the server from
//! hexadecimal, so that no client converts them; compared are what pg_dump prints, as bytes, and digests of
//! bytes that the server makes of names and rows.

use super::standalone::by_hand;
use super::support::judge::equal_to_reference;
use super::support::{Database, Program, Server};

/// Makes every kind of place for a name or a text of `hex` bytes, and rows of them.
fn world(encoding: &str, hex: &str) -> String {
    r#"
DO $do$
DECLARE
    bad text := convert_from(decode('HEX', 'hex'), 'ENCODING');
    run text;
BEGIN
    FOREACH run IN ARRAY ARRAY[
        format('CREATE SCHEMA %I', 's_' || bad),
        format('CREATE TYPE %I.%I AS ENUM (%L, ''plain'')', 's_' || bad, 'e_' || bad, bad),
        format('CREATE DOMAIN %I.%I AS text DEFAULT %L CHECK (value <> %L)', 's_' || bad, 'd_' || bad, bad || '1', bad || '2'),
        format('CREATE TABLE %1$I.%2$I (%3$I int PRIMARY KEY, %4$I text DEFAULT %5$L CHECK (%4$I <> %6$L), e %1$I.%7$I, d %1$I.%8$I)',
               's_' || bad, 't_' || bad, 'id_' || bad, 'c_' || bad, bad || '3', bad || 'no', 'e_' || bad, 'd_' || bad),
        format('INSERT INTO %I.%I SELECT n, %L || n, %L, %3$L FROM generate_series(1, 100) n', 's_' || bad, 't_' || bad, bad, bad),
        format('CREATE TABLE %I.%I (r regtype, x text)', 's_' || bad, 'as_text_' || bad),
        format('INSERT INTO %I.%I SELECT ''int4'', %L || n FROM generate_series(1, 50) n', 's_' || bad, 'as_text_' || bad, bad || E'\t\\'),
        format('CREATE VIEW %1$I.%2$I AS SELECT %3$I || %4$L AS %5$I FROM %1$I.%6$I', 's_' || bad, 'v_' || bad, 'c_' || bad, bad, 'w_' || bad, 't_' || bad),
        format('CREATE INDEX %I ON %I.%I ((%I || %L))', 'i_' || bad, 's_' || bad, 't_' || bad, 'c_' || bad, bad),
        format('CREATE SEQUENCE %I.%I START 42', 's_' || bad, 'q_' || bad),
        format('CREATE FUNCTION %I.%I(%I text) RETURNS text LANGUAGE sql AS %L', 's_' || bad, 'f_' || bad, 'a_' || bad, 'SELECT ' || quote_literal(bad)),
        format('COMMENT ON TABLE %I.%I IS %L', 's_' || bad, 't_' || bad, 'about ' || bad),
        format('COMMENT ON COLUMN %I.%I.%I IS %L', 's_' || bad, 't_' || bad, 'c_' || bad, bad),
        'CREATE TABLE public.plain (t text, c "char", b bytea)',
        format('INSERT INTO public.plain SELECT %L || n, n::"char", ''\xe9ff'' FROM generate_series(-128, 127) n', bad),
        format('COMMENT ON TABLE public.plain IS %L', bad)
    ] LOOP
        EXECUTE run;
    END LOOP;
END $do$;
"#
    .replace("HEX", hex)
    .replace("ENCODING", encoding)
}

/// Names and rows as the server's bytes.
const DIGEST: &str = r#"
CREATE FUNCTION pg_temp.digest(relation regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE found text;
BEGIN
    EXECUTE format('SELECT count(*) || '' '' || coalesce(md5(string_agg(textsend(one_row::text)::text, '','' ORDER BY textsend(one_row::text))), '''')
        FROM %s AS one_row', relation) INTO found;
    RETURN found;
END $$;
SELECT c.relkind, textsend(n.nspname::text), textsend(c.relname::text), CASE WHEN relkind = 'r' THEN pg_temp.digest(c.oid::regclass) END
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 3, 2;
SELECT textsend(attname::text) FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid WHERE c.oid >= 16384 AND relkind IN ('r', 'v') AND attnum > 0 ORDER BY 1;
SELECT textsend(enumlabel::text) FROM pg_enum ORDER BY 1;
SELECT textsend(description) FROM pg_description d WHERE objoid >= 16384 ORDER BY 1;
SELECT textsend(prosrc) FROM pg_proc WHERE oid >= 16384 AND pronamespace = (SELECT oid FROM pg_namespace WHERE nspname LIKE 's\_%') ORDER BY 1;
"#;

fn comes_back(major: u32, encoding: &str, hex: &str) {
    let source = Database::encoded(Server::shared(major), encoding);
    source.psql(&world(encoding, hex));
    let program = Program::new();
    for jobs in ["1", "3"] {
        let archive = program.dump(&source, &["-j", jobs]);
        program.run(&["verify", &archive]).exits(0);
        let copy = Database::encoded(source.server, encoding);
        program.restore_into(&archive, &copy, &["-j", jobs]).exits(0);
        assert_eq!(source.psql(DIGEST), copy.psql(DIGEST));
        equal_to_reference(&source, &copy, &[]);
    }
    by_hand(&source);
}

#[test]
fn latin1() {
    comes_back(18, "LATIN1", "e9ff80a4");
    comes_back(12, "LATIN1", "e9ff80a4");
}

#[test]
fn euc_jp() {
    comes_back(18, "EUC_JP", "8fa2f1adfcc6fc");
    comes_back(12, "EUC_JP", "8fa2f1adfcc6fc");
}

#[test]
fn sql_ascii() {
    comes_back(18, "SQL_ASCII", "e9ff");
    comes_back(12, "SQL_ASCII", "e9ffc3a9");
}

#[test]
fn into_another_encoding_text_is_converted_or_refused() {
    let server = Server::shared(18);
    let make = |encoding: &str, hex: &str| {
        let source = Database::encoded(server, encoding);
        source.psql(&format!(
            "CREATE TABLE word (t text); INSERT INTO word VALUES (convert_from(decode('{hex}', 'hex'), '{encoding}'));
             DO $$ BEGIN EXECUTE format('COMMENT ON TABLE word IS %L', (SELECT t FROM word)); END $$"
        ));
        source
    };
    let program = Program::new();
    let bytes = "SELECT textsend(t), textsend(obj_description('word'::regclass)) FROM word";
    // The sun in EUC_JP and in UTF-8.
    let archive = program.dump(&make("EUC_JP", "c6fc"), &[]);
    let copy = Database::new(server);
    let run = program.restore_into(&archive, &copy, &[]).exits(0);
    run.says(&["warning: the archive's encoding is EUC_JP, the target's UTF8"]);
    assert_eq!(copy.psql(bytes), "\\xe697a5|\\xe697a5");
    // Bytes that mean nothing are no UTF-8.
    let archive = program.dump(&make("SQL_ASCII", "e9ff"), &[]);
    let copy = Database::new(server);
    program.restore_into(&archive, &copy, &[]).exits(1).says(&["22021"]);
    // And the other way: SQL_ASCII takes them as they are.
    let archive = program.dump(&make("UTF8", "e697a5"), &[]);
    let copy = Database::encoded(server, "SQL_ASCII");
    program.restore_into(&archive, &copy, &[]).exits(0);
    assert_eq!(copy.psql(bytes), "\\xe697a5|\\xe697a5");
}

#[test]
fn a_name_that_is_no_text_is_shown_in_hexadecimal() {
    let source = Database::encoded(Server::shared(18), "SQL_ASCII");
    source.psql(&world("SQL_ASCII", "e9ff"));
    let program = Program::new();
    let run = program.run(&["dump", "-v", "-d", &source.url(), "-f", "copy.tar.zst"]).exits(0);
    run.says(&["pgsnap: \"s_\\xe9\\xff\".\"t_\\xe9\\xff\": 100 rows"]);
    assert!(program.run(&["inspect", "copy.tar.zst"]).exits(0).text().contains("t_\\xe9\\xff"));
}
