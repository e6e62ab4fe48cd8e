//! The jobs of a spec together, connected by their references: [`Jobs`], and what these lead to.

use super::trust::fault;
use super::typed::{Kinds, Typed};
use crate::job::{Kind, Need, Provides};
use crate::rundir::{Check, JobFolder, RunDirError, RunFolder, Status, find};
use crate::spec::{self, Diagnostic, Diagnostics, Envelope};
use std::path::{Path, PathBuf};

/// The most characters of a reference.
const LONGEST: usize = 1000;

/// The most jobs of a circle that are named.
const NAMED: usize = 10;

/// A reference that leads somewhere.
#[derive(Debug, Clone)]
pub(super) struct Reference {
    pub(super) need: Need,
    /// The index of a job in the spec, or else the folder of one that was run.
    pub(super) origin: Result<usize, JobFolder>,
}

/// The jobs of a spec, read, and what they refer to.
pub(super) struct Jobs<'a> {
    /// In the order of the spec; `None` where the kind is not known.
    pub(super) typed: Vec<Option<Typed<'a>>>,
    /// The references of each.
    pub(super) references: Vec<Vec<Reference>>,
}

impl<'a> Jobs<'a> {
    /// Reads them and reports what is wrong with each, and where references lead nowhere.
    pub(super) fn read(
        envelope: &'a Envelope,
        kinds: &'a [&'a dyn Kind],
        runs: &Path,
        problems: &mut Diagnostics,
    ) -> Self {
        let mut kinds = Kinds::new(kinds);
        let read = envelope.jobs.iter().map(|(name, entry)| kinds.read(name, entry, problems));
        let typed: Vec<Option<Typed>> = read.collect();
        let references = resolve(envelope, &typed, runs, problems);
        Self { typed, references }
    }

    /// The jobs of the same spec that each needs.
    pub(super) fn edges(&self) -> Vec<Vec<usize>> {
        self.references.iter().map(|references| within(references)).collect()
    }

    /// The name of a job.
    pub(super) fn name(&self, index: usize) -> String {
        self.typed[index].as_ref().map_or_else(String::new, |job| job.name.to_owned())
    }
}

/// The references of each job; those that lead nowhere are reported.
fn resolve(
    envelope: &Envelope,
    typed: &[Option<Typed>],
    runs: &Path,
    problems: &mut Diagnostics,
) -> Vec<Vec<Reference>> {
    let mut resolve_one = |job: &Typed, need: Need| {
        let origin = match envelope.jobs.get_index_of(&need.reference) {
            Some(index) => Ok(index),
            None => match finished(runs, &need.reference) {
                Ok(folder) => Err(folder),
                Err(fault) => {
                    let needless = problems.is_past(job.span(&need.path));
                    problems.push(dangling(envelope, job, &need, fault, needless));
                    return None;
                }
            },
        };
        Some(Reference { need, origin })
    };
    let mut all = Vec::with_capacity(typed.len());
    for job in typed {
        let needs = job.iter().flat_map(|job| job.needs().into_iter().map(move |need| (job, need)));
        all.push(needs.filter_map(|(job, need)| resolve_one(job, need)).collect());
    }
    all
}

/// The jobs of the same spec among the references.
fn within(references: &[Reference]) -> Vec<usize> {
    references.iter().filter_map(|reference| reference.origin.as_ref().ok().copied()).collect()
}

/// The problem that jobs need each other, or one itself, shown at the reference of the first, or at
/// one that an override gives.
pub(super) fn circle(
    typed: &[Option<Typed>],
    references: &[Vec<Reference>],
    circle: &[usize],
) -> Diagnostic {
    let leads = |from: usize, to: usize| {
        let leads = move |reference: &&Reference| matches!(reference.origin, Ok(job) if job == to);
        let path = references[from].iter().find(leads).map_or("", |found| &found.need.path);
        typed[from].as_ref().map(|job| job.span(path))
    };
    let next = |index: usize| circle[(index + 1) % circle.len()];
    let given =
        |index: &usize| leads(circle[*index], next(*index)).is_some_and(spec::Span::is_in_argument);
    let first = (0..circle.len()).find(given).unwrap_or(0);
    let name = |index: usize| typed[index].as_ref().map_or("", |job| job.name);
    let message = if circle.len() == 1 {
        format!("the job {} depends on itself", spec::quoted(name(circle[0])))
    } else {
        let jobs = circle.iter().cycle().skip(first).take(circle.len() + 1);
        let mut way: Vec<&str> = jobs.map(|index| name(*index)).collect();
        if way.len() > NAMED {
            way.splice(NAMED / 2..way.len() - NAMED / 2, ["…"]);
        }
        format!("circular dependency: {}", way.join(" -> "))
    };
    let subject = if circle.len() == 1 { "it" } else { "one of them" };
    let help = format!("let {subject} refer to another job, or to one of an earlier run");
    match leads(circle[first], next(first)) {
        Some(span) => Diagnostic::at(span, message),
        None => Diagnostic::anywhere(message),
    }
    .help(help)
}

/// What a job that was run hands on.
pub(super) fn provides(
    folder: &JobFolder,
    kinds: &[&dyn Kind],
    roots: &[PathBuf],
) -> Option<Provides> {
    let spec = folder.spec().ok()?;
    let kind = kinds.iter().find(|kind| kind.name() == spec.kind)?;
    let mut all = spec.data_roots;
    all.extend_from_slice(roots);
    Some(kind.read(&spec.settings).ok()?.provides(&all))
}

/// The key and the group of a job that was run.
pub(super) fn keys(folder: &JobFolder) -> (String, String) {
    folder.spec().map(|spec| (spec.key, spec.group)).unwrap_or_default()
}

/// Why a reference leads nowhere, and what may have been meant.
enum Fault {
    /// No job of this name: none of the spec, and it is no path.
    Name,
    /// No job that was run.
    Path(String, Option<String>),
}

/// The folder with the results of an earlier job.
fn finished(runs: &Path, reference: &str) -> Result<JobFolder, Fault> {
    if reference.chars().count() > LONGEST {
        let message = format!("a reference has at most {LONGEST} characters");
        return Err(Fault::Path(message, None));
    }
    let job = match find::job(runs, reference) {
        Ok(job) => job,
        Err(error) => return Err(missing(runs, reference, error.to_string())),
    };
    let odd = |error: RunDirError| Fault::Path(error.to_string(), None);
    let status = job.record().map_err(odd)?.status;
    if status != Status::Done {
        let message = format!("the job {} is {status}, not done", job.label());
        return Err(Fault::Path(message, Some("`exp resume` continues its run".to_owned())));
    }
    if let Some(why) = fault(&job, Check::Metadata) {
        let message = format!("the output of job {} is missing or damaged: {why}", job.label());
        let help = "`exp resume` of its run makes it again".to_owned();
        return Err(Fault::Path(message, Some(help)));
    }
    let folder = job.target();
    folder.spec().map_err(odd)?;
    Ok(folder)
}

/// What is wrong with a path to a job that was run: the run, or the job in it.
fn missing(runs: &Path, reference: &str, message: String) -> Fault {
    let names = |run: &RunFolder| {
        let jobs = find::jobs(run).into_iter();
        let names = jobs.filter_map(|job| Some(job.path().file_name()?.to_str()?.to_owned()));
        names.collect::<Vec<String>>()
    };
    if let Ok(run) = find::run(runs, reference) {
        let message = format!("{} is a run, not a job", spec::quoted(reference));
        let mut jobs = names(&run);
        jobs.sort();
        let help = match jobs.as_slice() {
            [] => "it has no jobs".to_owned(),
            [only] => format!("name its job: '{}/{only}'", run.label()),
            [.., last] => {
                format!(
                    "name one of its jobs ({}), such as '{}/{last}'",
                    jobs.join(", "),
                    run.label()
                )
            }
        };
        return Fault::Path(message, Some(help));
    }
    let Some((above, name)) = reference.rsplit_once('/') else { return Fault::Name };
    match find::run(runs, above) {
        Ok(run) => {
            let message =
                format!("there is no job {} in the run {}", spec::quoted(name), run.label());
            let names = names(&run);
            Fault::Path(message, spec::hint(name, names.iter().map(String::as_str)))
        }
        Err(_) => Fault::Path(message, None),
    }
}

/// The problem that a reference leads nowhere; without help where that is `needless`.
fn dangling(
    envelope: &Envelope,
    job: &Typed,
    need: &Need,
    fault: Fault,
    needless: bool,
) -> Diagnostic {
    let span = job.span(&need.path);
    let others = envelope.jobs.keys().map(String::as_str).filter(|name| *name != job.name);
    let (message, help) = match fault {
        Fault::Name => {
            let message = format!("there is no job {} in this spec", spec::quoted(&need.reference));
            (message, if needless { None } else { spec::hint(&need.reference, others) })
        }
        Fault::Path(message, help) => (message, help),
    };
    let form = "name a job of this spec, or one of an earlier run as run/job, such as \
                'distill_t4/teachers'";
    Diagnostic::at(span, message).help(help.or(Some(form.to_owned())))
}
