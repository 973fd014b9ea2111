//! Asking a person: for a password, or for a word that shows that something is meant.
//!
//! Owns when a person may be asked, and that nobody can read a password over the shoulder. There must be a
//! terminal: a job at night fails instead of waiting for an answer.

use std::io::IsTerminal;

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
    let answer = tokio::task::spawn_blocking(move || rpassword::prompt_password(question)).await;
    Some(Password::new(answer.ok()?.ok()?))
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
