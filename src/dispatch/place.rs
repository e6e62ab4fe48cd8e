//! Where a complaint about a job is shown: [`problem`], which points to the setting in the file, or
//! to the override without which there would be nothing to complain about.

use super::fields::parts;
use super::jobs::Jobs;
use super::typed::Typed;
use crate::job::{Cause, Complaint};
use crate::spec::{Node, Problem, Span, Value};
use std::collections::BTreeSet;

/// A complaint about a job with its place. `before` has what there is to complain about without
/// overrides, by job and message.
pub(super) fn problem(
    jobs: &Jobs,
    index: usize,
    complaint: &Complaint,
    before: &BTreeSet<(String, String)>,
) -> Problem {
    let Some(job) = &jobs.typed[index] else { return Problem::anywhere(complaint.message.clone()) };
    let known = before.contains(&(job.name.to_owned(), complaint.message.clone()));
    let given = if known { None } else { override_behind(jobs, index, job, complaint) };
    let span = given.unwrap_or_else(|| job.span(&complaint.path));
    let problem = Problem::at(span, complaint.message.clone()).help(complaint.help.clone());
    problem.absent(complaint.cause == Cause::Absent)
}

/// The override behind a complaint: in the setting itself, in those it is compared with, or in those
/// of the jobs that this one needs.
fn override_behind(jobs: &Jobs, index: usize, job: &Typed, complaint: &Complaint) -> Option<Span> {
    let exactly = job.span(&complaint.path);
    if exactly.is_in_argument() {
        return Some(exactly);
    }
    let field = parts(&complaint.path).next().unwrap_or_default();
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
            needed.flat_map(|job| job.kind.offered_by().iter().map(move |name| (job, *name)));
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

/// Where a field stands, or else the innermost field around it that does, or else the job's name.
pub(super) fn span(job: Span, settings: &Node, path: &str) -> Span {
    let (mut found, mut node) = (job, settings);
    for part in parts(path) {
        let next = match &node.value {
            Value::List(items) => part
                .parse::<usize>()
                .ok()
                .and_then(|index| items.get(index))
                .map(|item| (item.span, item)),
            _ => node.entry(part).map(|(key, node)| (node.span.or_on_one_line(key.span), node)),
        };
        let Some(next) = next else { break };
        (found, node) = next;
    }
    found
}

impl Typed<'_> {
    /// Where a field stands.
    pub(super) fn span(&self, path: &str) -> Span {
        span(self.entry.span, &self.node, path)
    }
}
