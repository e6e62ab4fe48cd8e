//! What is at odds among settings that are right in themselves: [`check`], in which each kind looks at
//! its jobs, knowing what the needed jobs hand on; and where a field error is shown: [`problem`] points to
//! the setting in the file, or to the override without which there would be nothing to complain about.

use super::fields::parts;
use super::references::{self, Jobs};
use super::typed::Typed;
use crate::job::{DataDigest, Kind, Provides};
use crate::spec::{Cause, FieldError};
use crate::spec::{Diagnostic, Node, Span, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

/// The digests of each job's data, by field.
pub(super) type Digests = HashMap<usize, BTreeMap<String, String>>;

/// What the kinds found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) digests: Digests,
    /// What a person should know of the data, once each.
    pub(super) notes: Vec<String>,
    /// With the index of the job.
    pub(super) field_errors: Vec<(usize, FieldError)>,
}

/// Lets each kind look at its jobs.
pub(super) fn check(jobs: &Jobs, kinds: &[&dyn Kind], roots: &[PathBuf]) -> Found {
    let all_provided: Vec<Option<Provides>> =
        jobs.typed.iter().map(|job| Some(job.as_ref()?.provides(roots))).collect();
    let mut found = Found::default();
    for (index, job) in jobs.typed.iter().enumerate() {
        let Some(job) = job else { continue };
        let provided = jobs.references[index].iter().filter_map(|reference| {
            let provides = match &reference.origin {
                Ok(other) => all_provided[*other].clone(),
                Err(folder) => references::provides(folder, kinds, roots),
            };
            Some((reference.need.reference.clone(), provides?))
        });
        let (data, field_errors) = look(job, roots, &provided.collect());
        for note in data.iter().filter_map(|data| data.note.as_ref()) {
            if !found.notes.contains(note) {
                found.notes.push(note.clone());
            }
        }
        let digests = data.into_iter().map(|data| (data.path, data.digest));
        found.digests.insert(index, digests.collect());
        found.field_errors.extend(field_errors.into_iter().map(|field_error| (index, field_error)));
    }
    found
}

/// A job's data, and its field errors.
fn look(
    job: &Typed,
    roots: &[PathBuf],
    provided: &BTreeMap<String, Provides>,
) -> (Vec<DataDigest>, Vec<FieldError>) {
    let Some(settings) = job.settings() else { return Default::default() };
    let mut field_errors = settings.check(roots, provided);
    // Data with which something is wrong is not read: it may be of any size.
    let sound = field_errors.iter().all(|field_error| field_error.cause == Cause::Settings);
    let data = if sound { settings.digests(roots) } else { Ok(Vec::new()) };
    let data = data.unwrap_or_else(|lost| {
        field_errors.insert(0, lost);
        Vec::new()
    });
    field_errors.retain(|field_error| job.stands(field_error));
    (data, field_errors)
}

/// An error about a job with its place. `before` has what there is to complain about without
/// overrides, by job and message.
pub(super) fn problem(
    jobs: &Jobs,
    index: usize,
    field_error: &FieldError,
    before: &BTreeSet<(String, String)>,
) -> Diagnostic {
    let Some(job) = &jobs.typed[index] else {
        return Diagnostic::anywhere(field_error.message.clone());
    };
    let known = before.contains(&(job.name.to_owned(), field_error.message.clone()));
    let given = if known { None } else { override_behind(jobs, index, job, field_error) };
    let span = given.unwrap_or_else(|| job.span(&field_error.path));
    let problem = Diagnostic::at(span, field_error.message.clone()).help(field_error.help.clone());
    problem.absent(field_error.cause == Cause::Absent)
}

/// The override behind a field error: in the setting itself, in those it is compared with, or in those
/// of the jobs that this one needs.
fn override_behind(
    jobs: &Jobs,
    index: usize,
    job: &Typed,
    field_error: &FieldError,
) -> Option<Span> {
    let exactly = job.span(&field_error.path);
    if exactly.is_in_argument() {
        return Some(exactly);
    }
    let field = parts(&field_error.path).next().unwrap_or_default();
    let others = job.kind.looks_at(field);
    let all = || job.node.entries().iter().map(|(key, _)| key.name.as_str()).collect::<Vec<_>>();
    let own = std::iter::once(field).chain(others.map_or_else(all, <[_]>::to_vec));
    let mut own = own.filter_map(|name| in_argument(job.node.get(name)?));
    own.next().or_else(|| {
        let needed = jobs.references[index].iter().filter_map(|reference| {
            let other = *reference.origin.as_ref().ok()?;
            jobs.typed[other].as_ref()
        });
        let mut fields =
            needed.flat_map(|job| job.kind.provided_by().iter().map(move |name| (job, *name)));
        fields.find_map(|(job, name)| in_argument(job.node.get(name)?))
    })
}

/// What of a value, or in it, was given by an override.
fn in_argument(node: &Node) -> Option<Span> {
    if node.span.is_in_argument() {
        return Some(node.span);
    }
    match &node.value {
        Value::Map(entries) => entries.iter().find_map(|(_, node)| in_argument(node)),
        Value::List(items) => items.iter().find_map(in_argument),
        _ => None,
    }
}
