//! What the references between jobs lead to: [`resolve`].

use super::typed::Typed;
use crate::job::{Kind, Need, Offer};
use crate::rundir::{JobFolder, Status, find};
use crate::spec::{self, Envelope, Problem, Problems};
use std::path::{Path, PathBuf};

/// A reference that leads somewhere.
#[derive(Debug, Clone)]
pub(super) struct Reference {
    pub(super) need: Need,
    /// The index of a job in the spec, or else the folder of one that was run.
    pub(super) origin: Result<usize, JobFolder>,
}

/// The references of each job; those that lead nowhere are reported.
pub(super) fn resolve(
    envelope: &Envelope,
    typed: &[Option<Typed>],
    runs: &Path,
    problems: &mut Problems,
) -> Vec<Vec<Reference>> {
    let resolve_one = |job: &Typed, need: Need, problems: &mut Problems| {
        let inside = envelope.jobs.get_index_of(&need.reference);
        let origin = match inside {
            Some(index) => Ok(index),
            None => match finished(runs, &need.reference) {
                Ok(folder) => Err(folder),
                Err(reason) => {
                    problems.push(dangling(envelope, job, &need, reason));
                    return None;
                }
            },
        };
        Some(Reference { need, origin })
    };
    let mut all = Vec::with_capacity(typed.len());
    for job in typed {
        let needs = job
            .iter()
            .flat_map(|job| job.settings.needs().into_iter().map(move |need| (job, need)));
        all.push(needs.filter_map(|(job, need)| resolve_one(job, need, problems)).collect());
    }
    all
}

/// The jobs of the same spec among the references.
pub(super) fn within(references: &[Reference]) -> Vec<usize> {
    references.iter().filter_map(|reference| reference.origin.as_ref().ok().copied()).collect()
}

/// The problem that jobs need each other, or one itself, shown at the reference of the first.
pub(super) fn circle(
    envelope: &Envelope,
    references: &[Vec<Reference>],
    circle: &[usize],
) -> Problem {
    let name = |index: usize| envelope.jobs.get_index(index).map_or("", |(name, _)| name.as_str());
    let (first, second) = (circle[0], circle.get(1).copied().unwrap_or(circle[0]));
    let message = if circle.len() == 1 {
        format!("the job '{}' needs itself", name(first))
    } else {
        let way: Vec<&str> = circle.iter().chain([&first]).map(|index| name(*index)).collect();
        format!("jobs need each other in a circle: {}", way.join(" needs "))
    };
    let leads = |reference: &&Reference| matches!(&reference.origin, Ok(other) if *other == second);
    let path = references[first].iter().find(leads).map_or("", |found| found.need.path.as_str());
    match envelope.jobs.get_index(first) {
        Some((_, entry)) => Problem::at(super::typed::span(entry, path), message),
        None => Problem::anywhere(message),
    }
    .help("let one of them refer to a job that comes first, or to one of an earlier run".to_owned())
}

/// What a job that was run hands on.
pub(super) fn offer(folder: &JobFolder, kinds: &[&dyn Kind], roots: &[PathBuf]) -> Option<Offer> {
    let spec = folder.spec().ok()?;
    let kind = kinds.iter().find(|kind| kind.name() == spec.kind)?;
    let mut all = spec.data_roots;
    all.extend_from_slice(roots);
    Some(kind.read(&spec.settings).ok()?.offer(&all))
}

/// The key and the group of a job that was run.
pub(super) fn keys(folder: &JobFolder) -> (String, String) {
    folder.spec().map(|spec| (spec.key, spec.group)).unwrap_or_default()
}

/// The folder with the results of an earlier job.
fn finished(runs: &Path, reference: &str) -> Result<JobFolder, Option<String>> {
    let folder = match find::job(runs, reference) {
        Ok(folder) => folder.target(),
        Err(error) => return Err(reference.contains('/').then(|| error.to_string())),
    };
    let record = folder.record().map_err(|error| Some(error.to_string()))?;
    folder.spec().map_err(|error| Some(error.to_string()))?;
    match record.status {
        Status::Done => Ok(folder),
        status => Err(Some(format!("the job {} is {status}, not done", folder.label()))),
    }
}

fn dangling(envelope: &Envelope, job: &Typed, need: &Need, reason: Option<String>) -> Problem {
    let span = job.span(&need.path);
    if let Some(reason) = reason {
        return Problem::at(span, reason).help(
            "name a job of this spec, or one of an earlier run as run/job, such as \
             'distill_t4/teachers'"
                .to_owned(),
        );
    }
    let message = format!("there is no job {} in this spec", spec::quoted(&need.reference));
    let others = envelope.jobs.keys().map(String::as_str).filter(|name| *name != job.name);
    let help = spec::hint(&need.reference, others);
    Problem::at(span, message).help(help.or(Some("an earlier job is named as run/job".to_owned())))
}
