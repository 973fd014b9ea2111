//! The guard before production: restoring there must be meant.
//!
//! Owns whether a target may be one that people depend on, and how a person says that it is meant: by
//! `--allow-production`, or by typing the database's name on a terminal. A target counts as production where
//! its label says so, and where nobody labelled it and it is on another machine.
//!
//! Invariant: without a terminal nobody is asked; the answer is then no.

use super::RestoreOptions;
use crate::archive::manifest::Manifest;
use crate::connect::{Settings, Source, confirm, is_production};
use crate::error::{Error, Fault, Result};
use crate::sql::one_line;

/// What may be done to a target that may be production.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Production {
    /// Nothing, unless a person at the terminal types the database's name.
    Ask,
    /// Nothing; nobody is asked.
    Refuse,
    /// Everything: `--allow-production`.
    Allow,
}

/// The refusal for the target of a restore: given back for the plan of a dry run, which asks nobody, else an
/// error.
pub async fn of(settings: &Settings, manifest: &Manifest, options: &RestoreOptions) -> Result<Option<Error>> {
    let database = if options.create { &manifest.database } else { &settings.database };
    match (options.dry_run, options.production) {
        (true, Production::Ask) => Ok(check(settings, database, Production::Refuse).await.err()),
        (true, production) => Ok(check(settings, database, production).await.err()),
        (false, production) => check(settings, database, production).await.map(|()| None),
    }
}

/// Refuses `database` on the server of `settings` where it may be production and that is not meant.
///
/// # Errors
/// [`Fault::Usage`] with the reason and what overrides it.
async fn check(settings: &Settings, database: &str, production: Production) -> Result<()> {
    let Some(reason) = reason(settings).filter(|_| production != Production::Allow) else { return Ok(()) };
    let (name, server) = (one_line(database), settings.server());
    let text = format!("the database {name} on {server} is left alone: {reason}");
    let hint = "if it is the one you mean, add --allow-production; if it is not production, say what it is, such as \
                --env staging";
    let refusal = Error::new(Fault::Usage, text).hint(hint);
    if production == Production::Refuse {
        return Err(refusal);
    }
    let question = format!("Restoring into {name} on {server}: {reason}.\nType the database's name to go on: ");
    match confirm(question).await {
        Some(answer) if answer == database => Ok(()),
        _ => Err(refusal),
    }
}

/// Why a target may be production; `None` where it is not.
fn reason(settings: &Settings) -> Option<String> {
    let guessed = matches!(settings.labelled, Source::Default { .. });
    match guessed {
        false if is_production(&settings.environment) => {
            Some(format!("it is labelled {} ({})", settings.environment, settings.labelled))
        }
        true if !settings.is_local() => {
            Some("it is on another machine and nothing says which environment it is, so it may be production".into())
        }
        _ => None,
    }
}
