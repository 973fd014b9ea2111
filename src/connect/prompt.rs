//! Asking a person: for a password, or for a word that shows that something is meant.
//!
//! Owns when a person may be asked, and that nobody can read a password over the shoulder. There must be a
//! terminal: a job at night fails instead of waiting for an answer.

use std::fs::File;
use std::io::IsTerminal;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use super::settings::Password;

/// Whether to ask.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Prompt {
    /// `-w`.
    Never,
    /// Where the server wants a password and none was given.
    #[default]
    Needed,
    /// `-W`: before the first connection.
    Always,
}

/// Asks on the terminal, without echo. `None` where there is no terminal, or no answer.
pub async fn ask(user: &str) -> Option<Password> {
    if !std::io::stdin().is_terminal() && !std::io::stderr().is_terminal() {
        return None;
    }
    let question = format!("Password for user {}: ", user.escape_debug());
    let _silence = Silence::begin();
    let answer = tokio::task::spawn_blocking(move || rpassword::prompt_password(question)).await;
    Some(Password::new(answer.ok()?.ok()?))
}

/// The terminal does not show what is typed. From before the question, because an answer may come as soon as
/// that is seen; and until this is dropped, as it is with the future that asks when a signal ends it.
struct Silence {
    terminal: File,
    before: Termios,
}

impl Silence {
    fn begin() -> Option<Silence> {
        let terminal = File::options().read(true).write(true).open("/dev/tty").ok()?;
        let before = tcgetattr(&terminal).ok()?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&terminal, OptionalActions::Now, &silent).ok()?;
        Some(Silence { terminal, before })
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.before);
    }
}

/// Asks for a word on the terminal. `None` where standard input or standard error is none: then nobody reads
/// the question or answers it.
pub async fn confirm(question: String) -> Option<String> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return None;
    }
    let answer = tokio::task::spawn_blocking(move || {
        eprint!("{question}");
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).map(|_| line)
    });
    Some(answer.await.ok()?.ok()?.trim_end_matches(['\r', '\n']).to_string())
}
