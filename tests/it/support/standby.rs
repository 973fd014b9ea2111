//! A streaming standby of a throwaway server, made with the server's own programs alone.
//!
//! A second server is started and stopped, and gets the first one's files in place of its own, as the manual's
//! low-level base backup has it. All of it is done by the servers themselves, so that they own the files.

use super::{Options, Server, expect, wait_until};

/// What a standby has beside what every server has.
pub fn start(primary: &Server, options: &Options) -> Server {
    let standby = expect(Server::start(&primary.binaries, options));
    let (bin, data) = (primary.binaries.bin.display(), standby.directory().join("data"));
    let data = data.display();
    let stop = format!("setsid {bin}/pg_ctl -D . -m fast stop >/dev/null 2>&1 </dev/null &");
    // The server may end the session that stops it before it has answered. No row: the program reads none.
    let _ = standby.psql("postgres", &format!("COPY (SELECT WHERE false) TO PROGRAM '{stop}'"));
    wait_until("the second server has stopped", || standby.process_id().is_none());

    let (begin, finish) = match primary.binaries.major {
        15.. => ("pg_backup_start('standby', true)", "pg_backup_stop(false)"),
        _ => ("pg_start_backup('standby', true, false)", "pg_stop_backup(false)"),
    };
    let copy = format!(
        "cp {data}/postgresql.conf {data}/../own.conf && rm -rf {data}/* && cp -R . {data} && rm {data}/postmaster.* \
         && mv {data}/../own.conf {data}/postgresql.conf && touch {data}/standby.signal"
    );
    let conninfo = primary.conninfo("postgres").replace('\'', "");
    let lines = "unnest(string_to_array(rtrim(labelfile, E'\\n'), E'\\n'))";
    let start = format!("setsid {bin}/pg_ctl -D {data} -l {data}/../log -w start >/dev/null 2>&1 </dev/null &");
    expect(primary.psql(
        "postgres",
        &format!(
            "SELECT {begin};
             COPY (SELECT WHERE false) TO PROGRAM '{copy}';
             COPY (SELECT {lines} FROM {finish}) TO PROGRAM 'cat >{data}/backup_label';
             COPY (SELECT 'primary_conninfo = ''{conninfo}''') TO PROGRAM 'cat >>{data}/postgresql.conf';
             COPY (SELECT WHERE false) TO PROGRAM '{start}'"
        ),
    ));
    wait_until("the standby answers as one", || {
        standby.psql("postgres", "SELECT pg_is_in_recovery()").is_ok_and(|answer| answer == "t")
    });
    follows(primary, &standby);
    standby
}

/// Waits until the standby has replayed what the primary has done until now, written by now or not.
pub fn follows(primary: &Server, standby: &Server) {
    let here = expect(primary.psql("postgres", "SELECT pg_current_wal_insert_lsn()"));
    let there = format!("SELECT pg_last_wal_replay_lsn() >= '{here}'");
    wait_until("the standby has replayed it", || standby.psql("postgres", &there).is_ok_and(|answer| answer == "t"));
}
