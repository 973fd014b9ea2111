//! Completions and man pages, made from the command line's own definition.

use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use super::Cli;

pub(super) fn completions_help(exit_status: &str) -> String {
    format!(
        "EXAMPLES\n  pgsnap completions bash > ~/.local/share/bash-completion/completions/pgsnap\n  \
         pgsnap completions zsh > ~/.zfunc/_pgsnap\n  \
         pgsnap completions fish > ~/.config/fish/completions/pgsnap.fish\n\n{exit_status}"
    )
}

pub(super) fn man_help(exit_status: &str) -> String {
    format!(
        "With DIR, which must exist, each command's page goes into a file of its own: pgsnap.1, pgsnap-dump.1, ...\n\n\
         EXAMPLES\n  pgsnap man | man -l -\n  pgsnap man ~/.local/share/man/man1\n\n{exit_status}"
    )
}

/// `pgsnap completions`.
#[derive(Debug, Args)]
#[allow(missing_docs)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

/// `pgsnap man`.
#[derive(Debug, Args)]
#[allow(missing_docs)]
pub struct ManArgs {
    /// Where to write all pages; without it pgsnap(1) is printed
    #[arg(value_name = "DIR")]
    pub directory: Option<PathBuf>,
}

/// The script that completes `pgsnap` in a shell.
pub fn completions(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "pgsnap", &mut script);
    script
}

/// The man pages and the names of their files; that of the program first.
pub fn man_pages() -> Vec<(String, Vec<u8>)> {
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let commands = std::iter::once(&program).chain(program.get_subcommands());
    let page = |command: &clap::Command| {
        let (page, mut text) = (Man::new(command.clone()), Vec::new());
        page.render(&mut text).expect("memory takes all of it");
        (page.get_filename(), text)
    };
    commands.map(page).collect()
}
