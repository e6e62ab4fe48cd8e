//! Finished jobs that need not run again ([`find`]), and why another one does ([`nearest`]).
//!
//! There is no index to go stale: what the runs under the root say is read, the newest first and on
//! all cores, until everything is found. The summary of a run that is done tells all of it in one
//! file; what is found there is checked against the job's own record.

use super::fields::{is_within, leaves};
use super::plan::Planned;
use crate::files::{FilesError, SUMMARY, atomic};
use crate::rundir::find as runs;
use crate::rundir::{JobFolder, JobSpec, Look, Passed, RunFolder, Status, words};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::ErrorKind::NotFound;
use std::path::{Path, PathBuf};

/// Runs that are read before looking whether that was enough.
const CHUNK: usize = 512;
/// Runs, counted from the newest, among which the nearest job is looked for, and how many are read
/// before looking whether all that is wanted differs in one field only.
const NEAREST_AMONG: usize = 128;
const NEAREST_CHUNK: usize = 32;

/// What a job record has to say here.
#[derive(Deserialize)]
struct Brief {
    kind: String,
    #[serde(deserialize_with = "words::key")]
    key: String,
    status: Status,
    reused_from: Option<PathBuf>,
}

/// What a run's summary has to say here.
#[derive(Deserialize)]
struct Summary {
    jobs: HashMap<String, Brief>,
}

/// The newest finished job for each of `keys` that there is one for, with all that it made. Records
/// that do not read are passed over.
#[must_use]
pub(super) fn find(
    root: &Path,
    keys: &BTreeSet<String>,
    look: Look,
    passed: &Passed,
) -> HashMap<String, JobFolder> {
    let mut found = HashMap::new();
    if keys.is_empty() {
        return found;
    }
    for chunk in runs::all(root, passed).chunks(CHUNK) {
        let finished = read(chunk, passed, |folder, brief| {
            keys.contains(&brief.key).then(|| (brief.key, folder.clone()))
        });
        for (key, folder) in finished {
            if !found.contains_key(&key) && is_finished(&folder, &key, look, passed) {
                found.insert(key, folder);
            }
        }
        if found.len() == keys.len() {
            break;
        }
    }
    found
}

/// A finished job that is almost the wanted one, and what differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// Where it is.
    pub folder: JobFolder,
    /// Each difference: `optimiser.rate: 0.001 there, 0.01 here`.
    pub differences: Vec<String>,
}

/// For each of `wanted`, by name, the finished job of its kind that differs in the fewest fields
/// (the newest of equals).
#[must_use]
pub fn nearest(root: &Path, wanted: &[&Planned], passed: &Passed) -> HashMap<String, Near> {
    let mut best: HashMap<String, Near> = HashMap::new();
    let kinds: BTreeSet<&str> = wanted.iter().map(|job| job.kind.as_str()).collect();
    let mut all = runs::all(root, passed);
    all.truncate(NEAREST_AMONG);
    for chunk in all.chunks(NEAREST_CHUNK) {
        let candidates = read(chunk, passed, |folder, brief| {
            let spec = kinds.contains(brief.kind.as_str()).then(|| spec(folder, passed))??;
            let jobs = wanted.iter().filter(|job| job.kind == spec.kind);
            let compared = jobs.map(|job| (job.name.clone(), differences(job, folder, &spec)));
            Some((folder.clone(), compared.collect::<Vec<_>>()))
        });
        for (folder, compared) in candidates {
            for (name, differences) in compared {
                let better = |near: &Near| differences.len() < near.differences.len();
                if best.get(&name).is_none_or(better) {
                    best.insert(name, Near { folder: folder.clone(), differences });
                }
            }
        }
        let close = |near: &Near| near.differences.len() <= 1;
        if wanted.iter().all(|job| best.get(&job.name).is_some_and(close)) {
            break;
        }
    }
    best
}

/// The jobs of a run that ran to their end in it, each with what its record says.
fn finished(run: &RunFolder, passed: &Passed) -> Vec<(JobFolder, Brief)> {
    let ran = |brief: &Brief| brief.status == Status::Done && brief.reused_from.is_none();
    match noted(summary(run), &run.summary_file(), passed) {
        // What is done stays as it is.
        Some(Summary { jobs }) if jobs.values().all(|job| job.status == Status::Done) => {
            let jobs = jobs.into_iter().filter(|(_, brief)| ran(brief));
            jobs.map(|(name, brief)| (run.job(&name), brief)).collect()
        }
        _ => {
            let jobs = runs::jobs_in(run, passed).into_iter();
            let read = jobs.filter_map(|folder| {
                let file = folder.record_file();
                noted(atomic::read_json(&file), &file, passed).map(|brief| (folder, brief))
            });
            read.filter(|(_, brief)| ran(brief)).collect()
        }
    }
}

fn summary(run: &RunFolder) -> Result<Summary, FilesError> {
    let file = run.summary_file();
    let summary: Summary = atomic::read_large_json(&file, SUMMARY)?;
    match summary.jobs.keys().find(|name| !words::is_name(name)) {
        None => Ok(summary),
        Some(name) => {
            let message = format!("it names a job {}", crate::spec::quoted(name));
            Err(FilesError::Damaged { path: file.to_path_buf(), message })
        }
    }
}

/// What a record says; one that does not read is passed over, and one that is not there is none.
fn noted<T>(read: Result<T, FilesError>, file: &Path, passed: &Passed) -> Option<T> {
    match read {
        Ok(value) => Some(value),
        Err(FilesError::Read { source, .. }) if source.kind() == NotFound => None,
        Err(error) => {
            passed.over(file, &error);
            None
        }
    }
}

fn spec(folder: &JobFolder, passed: &Passed) -> Option<JobSpec> {
    let file = folder.spec_file();
    noted(atomic::read_json(&file), &file, passed)
}

/// Whether the figures of a finished job read, where it has any.
fn outcome_reads(folder: &JobFolder, passed: &Passed) -> bool {
    let file = folder.outcome_file();
    let read = noted(atomic::read_json::<crate::job::Outcome>(&file), &file, passed);
    read.is_some() || crate::files::kind(&file).is_none()
}

/// Whether the job in this folder means `key` and is done, and what it made is there.
fn is_finished(folder: &JobFolder, key: &str, look: Look, passed: &Passed) -> bool {
    match folder.record() {
        Ok(record) if record.key != key => false,
        Ok(_) => match folder.lost(look) {
            None => outcome_reads(folder, passed),
            Some(why) => {
                passed.over(folder.path(), &why);
                false
            }
        },
        Err(error) => {
            passed.over(&folder.record_file(), &error);
            false
        }
    }
}

fn differences(job: &Planned, folder: &JobFolder, spec: &JobSpec) -> Vec<String> {
    let mut found = Vec::new();
    let numbers = [
        ("version of the kind", spec.version.into(), job.version.into()),
        ("seed", spec.seed, job.seed),
    ];
    for (name, there, here) in numbers {
        if there != here {
            found.push(format!("{name}: {there} there, {here} here"));
        }
    }
    let references: BTreeSet<&str> = job.needs.iter().map(|need| need.path.as_str()).collect();
    found.extend(unlike(&spec.settings, &job.settings, |field| {
        let decides = !job.incidental.iter().any(|path| is_within(field, path));
        decides && !references.contains(field)
    }));
    for (field, digest) in &job.data {
        let said = found.iter().any(|said| said.starts_with(field));
        if !said && spec.data.get(field) != Some(digest) {
            found.push(format!("{field}: what it names has changed"));
        }
    }
    for need in &job.needs {
        let keys: Vec<String> = spec
            .needs
            .values()
            .filter_map(|path| Some(folder.need(path).record().ok()?.key))
            .collect();
        if !keys.contains(&need.key) {
            found.push(format!("{}: '{}' itself differs", need.path, need.reference));
        }
    }
    if found.is_empty() {
        // It means the same, and yet it was not taken.
        found.extend(folder.lost(Look::Glance));
    }
    found
}

/// In which of the fields that are `wanted` settings there differ from those here.
fn unlike(there: &Value, here: &Value, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let (there, here) = (leaves(there), leaves(here));
    let fields: BTreeSet<&String> = there.keys().chain(here.keys()).collect();
    let mut found = Vec::new();
    for field in fields.into_iter().filter(|field| wanted(field)) {
        let value = |of: &BTreeMap<String, &Value>| match of.get(field) {
            Some(value) => value.to_string(),
            None => "nothing".to_owned(),
        };
        let (there, here) = (value(&there), value(&here));
        if there != here {
            found.push(format!("{field}: {there} there, {here} here"));
        }
    }
    found
}

/// In which settings a finished job differs from one that it stands for: some of those that decide
/// nothing. `references` are what the latter calls the jobs it needs.
#[must_use]
pub fn incidentally<'a>(
    there: &JobFolder,
    here: &Value,
    references: impl Iterator<Item = &'a String>,
) -> Vec<String> {
    let Ok(spec) = there.spec() else { return Vec::new() };
    let references: BTreeSet<&str> = references.map(String::as_str).collect();
    let is_reference = |value: &Value| value.as_str().is_some_and(|it| references.contains(it));
    let fields = leaves(here);
    unlike(&spec.settings, here, |field| match fields.get(field) {
        Some(Value::Array(items)) => items.is_empty() || !items.iter().all(is_reference),
        other => !other.is_some_and(|value| is_reference(value)),
    })
}

/// What `look` makes of every finished job in `runs`, in the order of the runs, on all cores.
fn read<T: Send>(
    runs: &[RunFolder],
    passed: &Passed,
    look: impl Fn(&JobFolder, Brief) -> Option<T> + Sync,
) -> Vec<T> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let share = runs.len().div_ceil(workers).max(1);
    let all = |part: &[RunFolder]| -> Vec<T> {
        let jobs = part.iter().flat_map(|run| finished(run, passed));
        jobs.filter_map(|(folder, brief)| look(&folder, brief)).collect()
    };
    std::thread::scope(|scope| {
        let parts: Vec<_> = runs.chunks(share).map(|part| scope.spawn(|| all(part))).collect();
        parts.into_iter().flat_map(|part| part.join().unwrap_or_default()).collect()
    })
}
