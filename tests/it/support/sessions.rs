//! Other people's sessions: found by their application's name, or held open in the middle of a transaction.

use super::server::Clients;
use super::{Database, Server, expect, wait_until};
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

/// The address with a name by which its sessions are found.
pub fn named(database: &Database<'_>, name: &str) -> String {
    format!("{}&application_name={name}", database.url())
}

/// The first column of `pg_stat_activity` rows of an application.
pub fn sessions(server: &Server, name: &str, column: &str, condition: &str) -> Vec<String> {
    let sql = format!("SELECT {column} FROM pg_stat_activity WHERE application_name = '{name}' AND {condition}");
    expect(server.psql("postgres", &sql)).lines().map(str::to_string).collect()
}

/// Waits until a session of an application waits for a lock on a relation.
#[track_caller]
pub fn waits_for(database: &Database<'_>, name: &str, relation: &str) {
    wait_until(&format!("{name} waits for {relation}"), || is_waiting(database, name, relation));
}

/// The same of a program that is to go on meanwhile: where it has ended, shows what it said.
#[track_caller]
pub fn waits_for_while(child: &mut Child, database: &Database<'_>, name: &str, relation: &str) {
    wait_until(&format!("{name} waits for {relation}"), || {
        if let Some(status) = child.try_wait().expect("it is ours") {
            let mut said = String::new();
            child.stderr.take().expect("it is piped").read_to_string(&mut said).expect("it is text");
            panic!("{name} was to wait for {relation}, but it ended ({status}):\n{said}");
        }
        is_waiting(database, name, relation)
    });
}

fn is_waiting(database: &Database<'_>, name: &str, relation: &str) -> bool {
    let sql = format!(
        "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) JOIN pg_class c ON c.oid = l.relation
         WHERE a.application_name = '{name}' AND NOT l.granted AND c.relname = '{relation}' AND a.datname = current_database()"
    );
    database.psql(&sql) != "0"
}

/// Waits for the end; the exit code and what was said.
pub fn end(child: Child) -> (Option<i32>, String) {
    let output = child.wait_with_output().expect("it ends");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A session that holds a transaction open until it is dropped.
pub struct Held {
    psql: Child,
}

impl Held {
    /// Runs `sql` in a transaction and leaves it open, as application `held`.
    pub fn new(database: &Database<'_>, sql: &str) -> Held {
        Held::by("held", database, sql)
    }

    /// The same under another name: a name for each transaction of a database that is open at once.
    pub fn by(name: &str, database: &Database<'_>, sql: &str) -> Held {
        let mut held = Held::waiting(name, database, sql);
        // Between two statements, too, it is idle in its transaction: what shows that `sql` is done is one after it.
        held.say("SELECT 'held';\n");
        let last = "query LIKE 'SELECT ''held''%' AND state = 'idle in transaction'";
        let condition = format!("datname = '{}' AND {last}", database.name);
        wait_until("the transaction is open", || !sessions(database.server, name, "pid", &condition).is_empty());
        held
    }

    /// The same without waiting until `sql` has run.
    pub fn waiting(name: &str, database: &Database<'_>, sql: &str) -> Held {
        let mut psql = Command::new(&expect(Clients::get()).psql);
        psql.env_clear().env("PGOPTIONS", "-c client_min_messages=error");
        psql.args(["-X", "-q", "-d", &named(database, name)]).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut held = Held { psql: psql.spawn().expect("psql runs") };
        held.say(&format!("BEGIN; {sql};\n"));
        held
    }

    /// Goes on with `sql`.
    pub fn say(&mut self, sql: &str) {
        let input = self.psql.stdin.as_mut().expect("it is piped");
        input.write_all(sql.as_bytes()).and_then(|()| input.flush()).expect("psql listens");
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(mut input) = self.psql.stdin.take() {
            // The server takes its time with a client that is only gone: its locks are to be free now.
            let _ = input.write_all(b"ROLLBACK;\n");
        }
        let _ = self.psql.wait();
    }
}
