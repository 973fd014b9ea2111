//! Asking a person for a password.
//!
//! Owns when a person may be asked, and that nobody can read over the shoulder. There must be a terminal:
//! a job at night fails instead of waiting for an answer.

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
