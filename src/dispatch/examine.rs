//! Whether what a `spec.json` asks for can be run: [`examine`], before a job starts.
//!
//! The planner writes sound ones. One that was made or changed by hand is held to the same bounds and
//! checks as a spec.

use super::fields::is_within;
use super::references;
use super::trust::changed;
use super::typed::whole_schema;
use crate::job::{Kind, Provides};
use crate::rundir::{JobFolder, JobSpec};
use crate::spec::{self, Diagnostic, Diagnostics, Node, Place, Span};
use std::collections::BTreeMap;

/// The most threads of a job: libtorch takes any number and then starts them.
const MOST_THREADS: usize = 4096;

/// Looks through a job's spec.
///
/// # Errors
/// Everything that is wrong with it.
pub fn examine(folder: &JobFolder, spec: &JobSpec, kinds: &[&dyn Kind]) -> Result<(), Diagnostics> {
    let mut problems = Diagnostics::new();
    let mut wrong = |message: String| problems.push(Diagnostic::anywhere(message));
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
        problems.push(Diagnostic::anywhere(error.to_string()));
    }
    problems.finish()
}

/// Looks through the settings of the kind.
fn settings(
    folder: &JobFolder,
    spec: &JobSpec,
    kind: &dyn Kind,
    kinds: &[&dyn Kind],
    problems: &mut Diagnostics,
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
    let field_errors = match kind.read(&spec.settings) {
        Ok(settings) => settings.check(&spec.data_roots, &provided(folder, spec, kinds)),
        Err(field_error) => vec![field_error],
    };
    for field_error in field_errors {
        // Data that changed or went away since the plan is no fault of the spec.
        if !spec.data.keys().any(|field| is_within(&field_error.path, field)) {
            let message = format!("{}: {}", field_error.path, field_error.message);
            problems.push(Diagnostic::anywhere(message).help(field_error.help));
        }
    }
}

/// What the needed jobs hand on, by reference.
fn provided(folder: &JobFolder, spec: &JobSpec, kinds: &[&dyn Kind]) -> BTreeMap<String, Provides> {
    let needed = spec.needs.values().filter_map(|need| {
        let provides = references::provides(&folder.need(&need.folder), kinds, &spec.data_roots)?;
        Some((need.reference.clone(), provides))
    });
    needed.collect()
}
