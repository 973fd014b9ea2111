//! Does each list of privileges come out item for item as it was?
//!
//! pg_dump compares what its own statements would say; here the stored arrays themselves are compared, source
//! with copy, so that the order of items, grant options and grantors count.

use super::support::{Database, Program, Server};

/// Every stored array of a database under the name of its object; where there is none, what stands for it. Items
/// that are those of a fresh object in another order count as those: no statement is written for them.
const ARRAYS: &str = "
    WITH stored(what, name, acl, fresh) AS (
        SELECT 'relation', oid::regclass::text, relacl,
               acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\", relowner)
        FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND relnamespace <> 'pg_toast'::regnamespace
        UNION ALL
        SELECT 'column', attrelid::regclass || '.' || attname, attacl, '{}'
        FROM pg_attribute WHERE attacl IS NOT NULL AND NOT attisdropped
        UNION ALL
        SELECT 'function', oid::regprocedure::text, proacl, acldefault('f', proowner) FROM pg_proc
        UNION ALL
        SELECT 'schema', oid::regnamespace::text, nspacl, acldefault('n', nspowner) FROM pg_namespace
        WHERE nspname !~ '^pg_(toast|temp)'
        UNION ALL
        SELECT 'type', oid::regtype::text, typacl, acldefault('T', typowner) FROM pg_type WHERE typnamespace <> 'pg_toast'::regnamespace
        UNION ALL
        SELECT 'language', lanname, lanacl, acldefault('l', lanowner) FROM pg_language
        UNION ALL
        SELECT 'wrapper', fdwname, fdwacl, acldefault('F', fdwowner) FROM pg_foreign_data_wrapper
        UNION ALL
        SELECT 'server', srvname, srvacl, acldefault('S', srvowner) FROM pg_foreign_server
        UNION ALL
        SELECT 'large object', oid::text, lomacl, acldefault('L', lomowner) FROM pg_largeobject_metadata
        UNION ALL
        SELECT 'default', concat_ws(' ', defaclrole::regrole, NULLIF(defaclnamespace, 0)::regnamespace, defaclobjtype),
               defaclacl, '{}' FROM pg_default_acl)
    SELECT what, name, CASE WHEN acl @> fresh AND acl <@ fresh THEN fresh ELSE coalesce(acl, fresh) END
    FROM stored ORDER BY 1, 2";

/// What no fixture grants: orders that no simple script gives, chains of grantors, owners that changed.
const ORDERS: &str = r#"
    DO $$ BEGIN CREATE ROLE "acl ""x"""; CREATE ROLE acl_y; CREATE ROLE acl_z; CREATE ROLE acl_owner;
    EXCEPTION WHEN duplicate_object THEN NULL; END $$;
    CREATE TABLE last_own (a int, b int);
    REVOKE ALL ON last_own FROM postgres; GRANT SELECT ON last_own TO acl_z; GRANT SELECT, INSERT ON last_own TO postgres;
    GRANT UPDATE ON last_own TO acl_y;
    CREATE TABLE chain (a int, b int);
    ALTER TABLE chain OWNER TO acl_owner;
    SET ROLE acl_owner;
    GRANT SELECT, UPDATE ON chain TO "acl ""x""" WITH GRANT OPTION; GRANT INSERT ON chain TO "acl ""x""";
    GRANT SELECT (a) ON chain TO acl_y WITH GRANT OPTION;
    SET ROLE "acl ""x""";
    GRANT SELECT ON chain TO acl_z WITH GRANT OPTION; GRANT SELECT (a), UPDATE (b) ON chain TO acl_y;
    SET ROLE acl_z;
    GRANT SELECT ON chain TO acl_y, PUBLIC; GRANT SELECT (b) ON chain TO PUBLIC;
    SET ROLE acl_y;
    GRANT SELECT (a) ON chain TO acl_z;
    RESET ROLE;
    GRANT SELECT (tableoid, ctid, b), INSERT (b) ON chain TO acl_y;
    REVOKE INSERT, DELETE ON chain FROM acl_owner;
    CREATE FUNCTION again() RETURNS int LANGUAGE sql AS 'SELECT 1';
    REVOKE ALL ON FUNCTION again() FROM PUBLIC; GRANT EXECUTE ON FUNCTION again() TO PUBLIC, acl_y;
    CREATE FUNCTION only_public() RETURNS int LANGUAGE sql AS 'SELECT 1';
    REVOKE ALL ON FUNCTION only_public() FROM postgres;
    CREATE FUNCTION nobody() RETURNS int LANGUAGE sql AS 'SELECT 1';
    REVOKE ALL ON FUNCTION nobody() FROM PUBLIC, postgres;
    CREATE FUNCTION given() RETURNS int LANGUAGE sql AS 'SELECT 1';
    GRANT EXECUTE ON FUNCTION given() TO acl_y WITH GRANT OPTION;
    SET ROLE acl_y; GRANT EXECUTE ON FUNCTION given() TO acl_z; RESET ROLE;
    GRANT EXECUTE ON FUNCTION given() TO acl_z; ALTER FUNCTION given() OWNER TO acl_owner;
    CREATE TYPE kept_type AS ENUM (); REVOKE ALL ON TYPE kept_type FROM PUBLIC;
    GRANT USAGE ON TYPE kept_type TO acl_y; GRANT USAGE ON TYPE kept_type TO PUBLIC;
    CREATE SCHEMA inner_schema; GRANT CREATE ON SCHEMA inner_schema TO PUBLIC;
    REVOKE ALL ON SCHEMA inner_schema FROM postgres; GRANT USAGE ON SCHEMA inner_schema TO acl_z;
    GRANT ALL ON SCHEMA inner_schema TO postgres;
    CREATE SEQUENCE counts; GRANT UPDATE ON counts TO acl_y; GRANT USAGE ON counts TO acl_y WITH GRANT OPTION;
    CREATE VIEW seen AS SELECT a FROM chain; GRANT INSERT (a) ON seen TO acl_z; REVOKE ALL ON seen FROM postgres;
    SELECT lo_create(77); REVOKE ALL ON LARGE OBJECT 77 FROM postgres; GRANT SELECT ON LARGE OBJECT 77 TO acl_z, PUBLIC;
    GRANT UPDATE ON LARGE OBJECT 77 TO postgres;
    CREATE EXTENSION pg_stat_statements; CREATE EXTENSION hstore;
    GRANT EXECUTE ON FUNCTION akeys(hstore) TO acl_y; REVOKE ALL ON FUNCTION akeys(hstore) FROM PUBLIC;
    REVOKE SELECT ON pg_stat_statements FROM PUBLIC; GRANT SELECT ON pg_stat_statements TO acl_y WITH GRANT OPTION;
    REVOKE EXECUTE ON FUNCTION pg_sleep(double precision) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION pg_sleep(double precision) TO acl_z;
    GRANT EXECUTE ON FUNCTION pg_reload_conf() TO acl_z WITH GRANT OPTION;
    GRANT EXECUTE ON FUNCTION pg_ls_dir(text) TO PUBLIC;
    REVOKE SELECT ON pg_proc FROM PUBLIC; GRANT SELECT ON pg_authid TO acl_z; GRANT SELECT (rolpassword) ON pg_authid TO acl_y;
    SELECT format('GRANT SELECT (%s) ON pg_proc TO PUBLIC', string_agg(quote_ident(attname), ', '))
    FROM pg_attribute WHERE attrelid = 'pg_proc'::regclass AND NOT attisdropped AND attnum <> -3 \gexec
    REVOKE ALL ON LANGUAGE plpgsql FROM PUBLIC; GRANT USAGE ON LANGUAGE sql TO acl_y WITH GRANT OPTION;
    GRANT CREATE ON SCHEMA public TO acl_z; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
    ALTER DEFAULT PRIVILEGES FOR ROLE acl_owner REVOKE SELECT ON TABLES FROM acl_owner;
    ALTER DEFAULT PRIVILEGES FOR ROLE acl_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC, acl_owner;
    ALTER DEFAULT PRIVILEGES FOR ROLE acl_owner IN SCHEMA inner_schema GRANT ALL ON TABLES TO acl_z WITH GRANT OPTION;
    ALTER DEFAULT PRIVILEGES FOR ROLE acl_owner IN SCHEMA public GRANT SELECT ON SEQUENCES TO PUBLIC"#;

/// Lines of one text that the other lacks, with a sign.
fn differences(source: &str, copy: &str) -> Vec<String> {
    let without = |these: &str, those: &str, sign: char| -> Vec<String> {
        let those: std::collections::HashSet<&str> = those.lines().collect();
        these.lines().filter(|line| !those.contains(line)).map(|line| format!("{sign} {line}")).collect()
    };
    [without(source, copy, '-'), without(copy, source, '+')].concat()
}

fn arrays_survive(major: u32) {
    let server = Server::shared(major);
    let sources = [
        Database::new(server),
        Database::from_script(server, "fixture/privilege.sql"),
        Database::from_script(server, "fixture/default_privileges.sql"),
        Database::from_script(server, "fixture/schema.sql"),
    ];
    sources[0].psql(ORDERS);
    for source in sources {
        let program = Program::new();
        let copy = program.restore(&program.dump(&source, &[]), server, &[]);
        let differences = differences(&source.psql(ARRAYS), &copy.psql(ARRAYS));
        assert!(differences.is_empty(), "on {major}:\n{}", differences.join("\n"));
    }
}

#[test]
fn arrays_survive_on_12() {
    arrays_survive(12);
}

#[test]
fn arrays_survive_on_15() {
    arrays_survive(15);
}

#[test]
fn arrays_survive_on_18() {
    arrays_survive(18);
}
