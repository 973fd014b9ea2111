//! `--dry-run`: what a restore would do, in the order in which it would, and why it would not begin.
//!
//! Pure: made from what the checks found and the entries that were chosen, before anything is changed.

use std::collections::HashMap;

use super::chosen::plan_loads;
use super::load::LARGE_OBJECTS;
use super::preflight::Intent;
use super::resume::Done;
use super::schedule::Load;
use crate::archive::manifest::Manifest;
use crate::command::finding::{Finding, Findings, Severity};
use crate::error::Error;
use crate::sql::{Entry, Pass, Section};

/// The exit status of what is done, but not whole.
const LOSSY: u8 = 4;

/// The plan.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Plan {
    /// The database.
    pub database: String,
    /// The server in a message: `db.example:5432`.
    pub server: String,
    /// The label of the target's environment.
    pub environment: String,
    /// Why the restore would not begin; empty where it would.
    pub refused: Vec<String>,
    /// Everything that was found beforehand, the worst first.
    pub findings: Vec<Finding>,
    /// The exit status that goes with it.
    #[serde(skip)]
    pub exit_code: u8,
    /// What would be done, in order; phases without steps are left out.
    pub phases: Vec<Phase>,
}

/// What is done together.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Phase {
    /// `drop`, `create`, `load`, `finish`, `privileges`, `last`.
    pub name: &'static str,
    /// Its steps, in order; where several connections load, the largest tables first.
    pub steps: Vec<Step>,
}

/// One entry.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Step {
    /// `TABLE public.film`.
    pub entry: String,
    /// For rows: how many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// For rows and large objects: their bytes in COPY's form, not compressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

impl Step {
    fn new(entry: &Entry) -> Step {
        Step { entry: entry.label(), rows: None, bytes: None }
    }
}

impl Plan {
    /// The plan for `intent` on a server, but for what is `done`; `found` is what the checks found.
    pub fn of(intent: &Intent<'_>, done: &Done, server: String, found: Findings) -> Plan {
        let Intent { manifest, entries, creation, options, .. } = *intent;
        let name = creation.map_or(options.settings.database.as_str(), |creation| creation.name());
        let part = |wanted: &dyn Fn(&Entry) -> bool| {
            entries.iter().filter(|entry| wanted(entry)).map(|entry| Step::new(entry)).collect::<Vec<Step>>()
        };
        let main = |entry: &Entry, section: Section| entry.pass == Pass::Main && entry.section == section;
        let database = |name: &str| Step { entry: format!("DATABASE {name}"), rows: None, bytes: None };
        let (drop, mut create) = match (options.clean, creation) {
            (None, Some(creation)) if creation.there => (Vec::new(), Vec::new()),
            (None, Some(_)) => (Vec::new(), vec![database(name)]),
            (Some(_), Some(_)) => (vec![database(name)], vec![database(name)]),
            (Some(_), None) => (part(&|entry| !entry.drop.is_empty()).into_iter().rev().collect(), Vec::new()),
            (None, None) => (Vec::new(), Vec::new()),
        };
        create.extend(part(&|entry| main(entry, Section::PreData)));
        let mut finish = part(&|entry| main(entry, Section::Data) && entry.data.is_none());
        finish.extend(part(&|entry| main(entry, Section::PostData)));
        let phases = [
            ("drop", drop),
            ("create", create),
            ("load", loads(manifest, entries, done)),
            ("finish", finish),
            ("privileges", part(&|entry| entry.pass == Pass::Privileges)),
            ("last", part(&|entry| entry.pass == Pass::Last)),
        ];
        let errors = &found.errors;
        let refused = errors.iter().map(Error::report).collect();
        let exit_code = errors.first().map(|error| error.fault().exit_code());
        let mut findings = found.all();
        findings.sort_by_key(|finding| finding.severity);
        let lossy = findings.iter().any(|finding| finding.severity == Severity::Warning);
        Plan {
            database: name.to_string(),
            server,
            environment: options.settings.environment.clone(),
            refused,
            findings,
            exit_code: exit_code.unwrap_or(if lossy { LOSSY } else { 0 }),
            phases: phases
                .into_iter()
                .filter(|(_, steps)| !steps.is_empty())
                .map(|(name, steps)| Phase { name, steps })
                .collect(),
        }
    }
}

/// The rows that are left, the most bytes first: so are they given to connections.
fn loads(manifest: &Manifest, entries: &[&Entry], done: &Done) -> Vec<Step> {
    let by_id: HashMap<u32, &Entry> = entries.iter().map(|entry| (entry.id, *entry)).collect();
    let step = |load: &Load| {
        let rows = (load.data != LARGE_OBJECTS).then_some(load.left_rows);
        Some(Step { rows, bytes: Some(load.left_bytes), ..Step::new(by_id.get(&load.entry)?) })
    };
    let planned = plan_loads(manifest, entries, done);
    let mut steps: Vec<Step> = planned.iter().filter(|load| !load.is_whole).filter_map(step).collect();
    steps.sort_by_key(|step| std::cmp::Reverse(step.bytes));
    steps
}
