//! Finished jobs that need not run again ([`find`]), and why another one does ([`nearest`]).
//!
//! There is no index to go stale: the job records under the root are read, the newest runs first
//! and on all cores, until everything is found.

use super::fields::leaves;
use super::plan::Planned;
use crate::rundir::{JobFolder, JobSpec, RunFolder, Status, find as runs};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// Runs that are read before looking whether that was enough.
const CHUNK: usize = 512;

/// What a job record has to say here.
#[derive(Deserialize)]
struct Brief {
    kind: String,
    key: String,
    status: Status,
    reused_from: Option<PathBuf>,
}

/// The newest finished job for each of `keys` that there is one for.
#[must_use]
pub(super) fn find(root: &Path, keys: &BTreeSet<String>) -> HashMap<String, JobFolder> {
    let mut found = HashMap::new();
    if keys.is_empty() {
        return found;
    }
    for chunk in runs::runs(root).chunks(CHUNK) {
        let finished = read(chunk, |folder| {
            let brief = finished(folder)?;
            keys.contains(&brief.key).then(|| (brief.key, folder.clone()))
        });
        for (key, folder) in finished {
            found.entry(key).or_insert(folder);
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
pub fn nearest(root: &Path, wanted: &[&Planned]) -> HashMap<String, Near> {
    let mut best: HashMap<String, Near> = HashMap::new();
    let kinds: BTreeSet<&str> = wanted.iter().map(|job| job.kind.as_str()).collect();
    for chunk in runs::runs(root).chunks(CHUNK) {
        let candidates = read(chunk, |folder| {
            let brief = finished(folder)?;
            let wanted = kinds.contains(brief.kind.as_str());
            wanted.then(|| Some((folder.clone(), folder.spec().ok()?)))?
        });
        for (folder, spec) in candidates {
            for job in wanted.iter().filter(|job| job.kind == spec.kind) {
                let differences = differences(job, &folder, &spec);
                let better = |near: &Near| differences.len() < near.differences.len();
                if best.get(&job.name).is_none_or(better) {
                    best.insert(job.name.clone(), Near { folder: folder.clone(), differences });
                }
            }
        }
    }
    best
}

/// The record of a job that ran to its end in this folder.
fn finished(folder: &JobFolder) -> Option<Brief> {
    let bytes = std::fs::read(folder.record_file()).ok()?;
    let brief: Brief = serde_json::from_slice(&bytes).ok()?;
    (brief.status == Status::Done && brief.reused_from.is_none()).then_some(brief)
}

fn differences(job: &Planned, folder: &JobFolder, spec: &JobSpec) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |name: &str, there: &dyn std::fmt::Display, here: &dyn std::fmt::Display| {
        let (there, here) = (there.to_string(), here.to_string());
        if there != here {
            found.push(format!("{name}: {there} there, {here} here"));
        }
    };
    compare("version of the kind", &spec.version, &job.version);
    compare("seed", &spec.seed, &job.seed);
    let references: BTreeSet<&str> = job.needs.iter().map(|need| need.path.as_str()).collect();
    let (there, here) = (leaves(&spec.settings), leaves(&job.settings));
    let fields: BTreeSet<&String> = there.keys().chain(here.keys()).collect();
    for field in fields.into_iter().filter(|field| !references.contains(field.as_str())) {
        let value = |of: &BTreeMap<String, &Value>| match of.get(field) {
            Some(value) => value.to_string(),
            None => "nothing".to_owned(),
        };
        compare(field, &value(&there), &value(&here));
    }
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
    found
}

/// What `look` makes of every job in `runs`, in their order, read on all cores.
fn read<T: Send>(runs: &[RunFolder], look: impl Fn(&JobFolder) -> Option<T> + Sync) -> Vec<T> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let share = runs.len().div_ceil(workers).max(1);
    let all = |part: &[RunFolder]| -> Vec<T> {
        part.iter().flat_map(runs::jobs).filter_map(|folder| look(&folder)).collect()
    };
    std::thread::scope(|scope| {
        let parts: Vec<_> = runs.chunks(share).map(|part| scope.spawn(|| all(part))).collect();
        parts.into_iter().flat_map(|part| part.join().unwrap_or_default()).collect()
    })
}
