//! Finished jobs that need not run again ([`find`]), and why another one does ([`nearest`]).
//!
//! There is no index to go stale: what the runs under the root say is read, the newest first and on
//! all cores, until everything is found. The summary of a run that is done tells all of it in one
//! file; what is found there is checked against the job's own record.

use super::fields::{differing, is_within};
use super::key::key_of;
use super::plan::Planned;
use super::trust::fault;
use crate::files::{FilesError, SUMMARY, atomic};
use crate::rundir::find as runs;
use crate::rundir::{Check, JobFolder, JobSpec, Passed, RunFolder, Status, words};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// Runs that are read before looking whether that was enough.
const CHUNK: usize = 512;
/// After so many finished jobs of one key that are no good no more are looked at: to compute one again is
/// better than to read thousands.
const REFUSED: usize = 50;
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

/// The finished jobs that there are for some keys.
#[derive(Default)]
pub(super) struct Finished {
    /// By key the newest, with all that it made.
    pub(super) sound: HashMap<String, JobFolder>,
    /// Why the newest of a key is not among them.
    pub(super) unfit: HashMap<String, String>,
}

/// The newest finished job for each of `keys` that there is one for. Records that do not read are
/// passed over.
#[must_use]
pub(super) fn find(
    root: &Path,
    keys: &BTreeSet<String>,
    check: Check,
    passed: &Passed,
) -> Finished {
    let mut found = Finished::default();
    let mut refused: HashMap<String, usize> = HashMap::new();
    if keys.is_empty() {
        return found;
    }
    for chunk in runs::all(root, passed).chunks(CHUNK) {
        let finished = read(chunk, passed, |folder, brief| {
            keys.contains(&brief.key).then(|| (brief.key, folder.clone()))
        });
        for (key, folder) in finished {
            let no_good = refused.entry(key.clone()).or_default();
            if found.sound.contains_key(&key) || *no_good >= REFUSED {
                continue;
            }
            // Summaries are not sealed: the job's own record has the say.
            match folder.record() {
                Ok(record) if record.key != key => continue,
                Err(error) if error.is_absence() => continue,
                Err(error) => passed.over(&folder.record_file(), &error),
                Ok(_) => {}
            }
            match fault(&folder, check) {
                None => drop(found.sound.insert(key, folder)),
                Some(why) => {
                    *no_good += 1;
                    passed.over(folder.path(), &why);
                    found.unfit.entry(key).or_insert(why);
                }
            }
        }
        if found.sound.len() == keys.len() {
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
    /// Whether it says that it means the same.
    pub claims: bool,
}

/// For each of `wanted`, by name, the finished job of its kind that differs in the fewest fields
/// (the newest of equals).
#[must_use]
pub fn nearest(root: &Path, wanted: &[&Planned], passed: &Passed) -> HashMap<String, Near> {
    let mut best: HashMap<String, (usize, Near)> = HashMap::new();
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
            for (name, (distance, differences)) in compared {
                if best.get(&name).is_none_or(|(other, _)| distance < *other) {
                    let (folder, claims) = (folder.clone(), distance == 0);
                    best.insert(name, (distance, Near { folder, differences, claims }));
                }
            }
        }
        let close = |(distance, _): &(usize, Near)| *distance <= 1;
        if wanted.iter().all(|job| best.get(&job.name).is_some_and(close)) {
            break;
        }
    }
    best.into_iter().map(|(name, (_, near))| (name, near)).collect()
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
        Err(error) if error.is_absence() => None,
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

/// How far a finished job is from the wanted one, and in what they differ. One that claims to mean the
/// same is the nearest.
fn differences(job: &Planned, folder: &JobFolder, spec: &JobSpec) -> (usize, Vec<String>) {
    let found = unlike_meaning(job, folder, spec);
    if spec.key != job.key {
        return (found.len().max(1), found);
    }
    if key_of(spec) == spec.key || found.is_empty() {
        // It means the same, and yet it was not taken.
        return (0, fault(folder, Check::Metadata).into_iter().collect());
    }
    let what = found.join(", ");
    (0, vec![format!("its spec.json is damaged: it has the key of this job, though {what}")])
}

/// In what a finished job means something else than the wanted one.
fn unlike_meaning(job: &Planned, folder: &JobFolder, spec: &JobSpec) -> Vec<String> {
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
    found.extend(unlike(&spec.settings, &job.settings, |field| {
        let decides = !job.non_semantic.iter().any(|path| is_within(field, path));
        decides && !job.needs.iter().any(|need| is_within(&need.path, field))
    }));
    for (field, digest) in &job.data {
        let said = found.iter().any(|said| said.starts_with(field));
        if !said && spec.data.get(field) != Some(digest) {
            found.push(format!("{field}: contents changed"));
        }
    }
    for need in &job.needs {
        if spec.needs.get(&need.path).is_none_or(|other| other.key != need.key) {
            found.push(format!("{}: the job '{}' differs", need.path, need.reference));
        }
    }
    if found.is_empty() && spec.key != job.key {
        // Nothing that can be seen: then its records are no good.
        found.extend(fault(folder, Check::Metadata));
    }
    found
}

/// In which of the fields that are `wanted` settings there differ from those here.
fn unlike(there: &Value, here: &Value, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let said = |value: Option<&Value>| value.map_or("nothing".to_owned(), Value::to_string);
    let differing = differing(there, here).into_iter().filter(|(field, _)| wanted(field));
    // What both have comes first: of another optimiser its rule, and then the settings that it alone has.
    let (both, one): (Vec<_>, Vec<_>) =
        differing.partition(|(_, values)| values.iter().all(Option::is_some));
    both.into_iter()
        .chain(one)
        .map(|(field, [there, here])| {
            format!("{field}: {} there, {} here", said(there), said(here))
        })
        .collect()
}

/// In which settings a finished job differs from one that it stands for: some of those that decide
/// nothing. `references` are the fields in which the latter names the jobs it needs.
#[must_use]
pub fn non_semantic_differences<'a>(
    there: &JobFolder,
    here: &Value,
    references: impl Iterator<Item = &'a String>,
) -> Vec<String> {
    let Ok(spec) = there.spec() else { return Vec::new() };
    let references: Vec<&String> = references.collect();
    unlike(&spec.settings, here, |field| !references.iter().any(|path| is_within(path, field)))
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

#[cfg(test)]
mod tests;
