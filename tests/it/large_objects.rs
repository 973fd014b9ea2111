//! Do large objects come back: their bytes, holes, owners, privileges, and many of them?

use super::support::judge::equal_to_reference;
use super::support::{Database, Program, Server, expect};

/// Number, owner, privileges, comment and length of each; and a digest of what is stored and not zero, which a
/// hole and a page of zeros share.
const STATE: &str = r"
SELECT m.oid, pg_get_userbyid(m.lomowner), m.lomacl, obj_description(m.oid, 'pg_largeobject'),
       (SELECT lo_lseek64(fd, 0, 2) FROM (SELECT lo_open(m.oid, 262144) AS fd OFFSET 0) o),
       (SELECT md5(string_agg(l.pageno || ':' || md5(l.data || decode(repeat('00', 2048 - length(l.data)), 'hex')), ',' ORDER BY l.pageno))
        FROM pg_largeobject l WHERE l.loid = m.oid AND l.data <> decode(repeat('00', length(l.data)), 'hex'))
FROM pg_largeobject_metadata m ORDER BY m.oid";

/// Bytes on disk.
const STORED: &str = "SELECT count(*) FROM pg_largeobject";

fn state(database: &Database<'_>) -> String {
    database.psql(&format!("BEGIN; {STATE}; COMMIT"))
}

#[test]
fn holes_positions_beyond_4_gib_and_empty_ones() {
    let source = Database::new(Server::shared(18));
    source.psql(
        r"SELECT lo_create(1001); SELECT lo_create(1002);
          SELECT lo_put(1002, 0, '\x01'); SELECT lo_put(1002, 3000000000, '\x0203'); SELECT lo_put(1002, 5000000001, '\xff');
          SELECT lo_create(1003); BEGIN; SELECT lo_truncate64(lo_open(1003, 131072), 4400000000); COMMIT;
          SELECT lo_create(1004); SELECT lo_put(1004, 262143, '\xaabb');
          SELECT lo_from_bytea(1005, decode(repeat('00', 262144), 'hex'));",
    );
    let program = Program::new();
    for jobs in ["1", "3"] {
        let archive = program.dump(&source, &["-j", jobs]);
        program.run(&["verify", &archive]).exits(0);
        let copy = program.restore(&archive, source.server, &["-j", jobs]);
        assert_eq!(state(&source), state(&copy));
        let stored: u64 = copy.psql(STORED).parse().expect("a number");
        assert!(stored < 2000, "holes stay holes: {stored} pages");
    }
}

#[test]
fn of_a_role_that_may_not_see_the_pages() {
    let server = Server::shared(18);
    expect(server.create_role("large objects owner"));
    let source = Database::new(server);
    source.psql(
        r#"ALTER ROLE "large objects owner" LOGIN; SET ROLE "large objects owner";
           SELECT lo_create(1); SELECT lo_put(1, 300000000, '\x0102'); SELECT lo_from_bytea(2, '\x00');
           SELECT lo_from_bytea(3, decode(repeat('00', 524288), 'hex')); SELECT lo_create(4);"#,
    );
    let program = Program::new();
    let url = source.url().replacen("postgres@", "large%20objects%20owner@", 1);
    program.run(&["dump", "-d", &url, "-f", "copy.tar.zst"]).exits(0);
    let inspection = program.run(&["inspect", "--json", "copy.tar.zst"]).exits(0).json();
    let raw = inspection["totals"]["raw_bytes"].as_u64().expect("a number");
    assert!(raw < 2_000_000, "holes are not carried: {raw} bytes");
    let copy = program.restore("copy.tar.zst", server, &[]);
    assert_eq!(state(&source), state(&copy));
}

#[test]
fn long_ones_over_several_chunks_and_many_small_ones() {
    for (major, many) in [(12, 1000), (18, 4000)] {
        let source = Database::new(Server::shared(major));
        source.psql(&format!(
            "SELECT lo_from_bytea(1, decode(repeat(string_agg(md5(n::text), ''), 4), 'hex')) FROM generate_series(1, 600000) n;
             SELECT lo_from_bytea((1000 + n)::oid, ('x' || n)::bytea) FROM generate_series(1, {many}) n;"
        ));
        assert_eq!(source.psql("SELECT length(lo_get(1))"), "38400000");
        let program = Program::new();
        let archive = program.dump(&source, &["-j", "3"]);
        let inspection = program.run(&["inspect", "--json", &archive]).exits(0).json();
        assert_eq!(inspection["large_objects"], many + 1, "{inspection:#}");
        let copy = program.restore(&archive, source.server, &["-j", "3"]);
        assert_eq!(state(&source), state(&copy), "on {major}");
    }
}

#[test]
fn owners_privileges_and_comments() {
    for major in [12, 18] {
        let server = Server::shared(major);
        for role in ["large objects first", "large objects second"] {
            expect(server.create_role(role));
        }
        let source = Database::new(server);
        source.psql(
            r#"SELECT lo_from_bytea((1000 + n)::oid, ('x' || n)::bytea) FROM generate_series(0, 20) n;
               COMMENT ON LARGE OBJECT 1000 IS 'about it'; COMMENT ON LARGE OBJECT 1001 IS E'it''s\nsmall';
               ALTER LARGE OBJECT 1000 OWNER TO "large objects first"; ALTER LARGE OBJECT 1002 OWNER TO "large objects second";
               GRANT SELECT, UPDATE ON LARGE OBJECT 1000 TO "large objects second" WITH GRANT OPTION;
               GRANT SELECT ON LARGE OBJECT 1003 TO PUBLIC; REVOKE ALL ON LARGE OBJECT 1004 FROM CURRENT_USER;"#,
        );
        let program = Program::new();
        let copy = program.restore(&program.dump(&source, &[]), server, &[]);
        assert_eq!(state(&source), state(&copy), "on {major}");
        equal_to_reference(&source, &copy, &[]);
    }
}
