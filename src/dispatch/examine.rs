//! Whether what a `spec.json` asks for can be carried out: [`examine`], before a job starts.
//!
//! The planner writes sound ones. One that was made or changed by hand is held to the same bounds and
//! checks as a spec.

use super::fields::is_within;
use super::references;
use super::trust::changed;
use super::typed::whole_schema;
use crate::job::{Kind, Offer};
use crate::rundir::{JobFolder, JobSpec};
use crate::spec::{self, Node, Place, Problem, Problems, Span};
use std::collections::BTreeMap;

/// The most threads of a job: libtorch takes any number and then starts them.
const MOST_THREADS: usize = 4096;

/// Looks through a job's spec.
///
/// # Errors
/// Everything that is wrong with it.
pub fn examine(folder: &JobFolder, spec: &JobSpec, kinds: &[&dyn Kind]) -> Result<(), Problems> {
    let mut problems = Problems::new();
    let mut wrong = |message: String| problems.push(Problem::anywhere(message));
    let Some(kind) = kinds.iter().find(|kind| kind.name() == spec.kind) else {
        wrong(format!("this build has no kind {}", spec::quoted(&spec.kind)));
        return Err(problems);
    };
    if kind.version() != spec.version {
        let (then, now) = (spec.version, kind.version());
        wrong(format!("it is for version {then} of the kind '{}', and this is {now}", spec.kind));
    }
    if !(1..=MOST_THREADS).contains(&spec.threads) {
        let threads = spec.threads;
        wrong(format!("'threads' must be between 1 and {MOST_THREADS}, and is {threads}"));
    }
    settings(folder, spec, *kind, kinds, &mut problems);
    if problems.is_empty()
        && let Some(error) = changed(folder, spec)
    {
        problems.push(Problem::anywhere(error.to_string()));
    }
    problems.finish()
}

/// Looks through the settings of the kind.
fn settings(
    folder: &JobFolder,
    spec: &JobSpec,
    kind: &dyn Kind,
    kinds: &[&dyn Kind],
    problems: &mut Problems,
) {
    let nowhere = Place { line: 1, column: 1 };
    let span = Span { source: 0, start: nowhere, end: nowhere }; // there is no text to point into
    let node = Node::of_json(&spec.settings, span);
    let subject = format!("job {}", spec::quoted(&spec.name));
    let schema = spec::tidy(&whole_schema(kind));
    spec::check(&node, &schema, &subject, span, problems);
    if !problems.is_empty() {
        return;
    }
    let complaints = match kind.read(&spec.settings) {
        Ok(settings) => settings.check(&spec.data_roots, &offers(folder, spec, kinds)),
        Err(complaint) => vec![complaint],
    };
    for complaint in complaints {
        // Data that changed or went away since the plan is no fault of the spec.
        if !spec.data.keys().any(|field| is_within(&complaint.path, field)) {
            let message = format!("{}: {}", complaint.path, complaint.message);
            problems.push(Problem::anywhere(message).help(complaint.help));
        }
    }
}

/// What the needed jobs hand on, by reference.
fn offers(folder: &JobFolder, spec: &JobSpec, kinds: &[&dyn Kind]) -> BTreeMap<String, Offer> {
    let needed = spec.needs.values().filter_map(|need| {
        let offer = references::offer(&folder.need(&need.folder), kinds, &spec.data_roots)?;
        Some((need.reference.clone(), offer))
    });
    needed.collect()
}
