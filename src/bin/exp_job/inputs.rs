//! What a job works on, looked at before it begins: the results of other jobs ([`needs`]), and what the
//! digests of all that it reads should be ([`planned`]).

use exp::dispatch::fault;
use exp::files::{self, Place};
use exp::job::{Inputs, RunError};
use exp::rundir::{Check, JobFolder, JobRecord, JobSpec, NeededJob, RunFolder, paths};
use std::collections::BTreeMap;

/// The folders with the results of the needed jobs, by reference.
///
/// # Errors
/// When something that such a job made is not there any more, or is not what it was.
pub(crate) fn needs(
    folder: &JobFolder,
    spec: &JobSpec,
) -> Result<BTreeMap<String, Place>, RunError> {
    let mut needs = BTreeMap::new();
    for NeededJob { reference, folder: path, key } in spec.needs.values() {
        let needed = JobFolder::new(paths::follow(folder.path(), path));
        if let Some(why) = fault(&needed, Check::Contents) {
            let remedy = remedy(&needed);
            return Err(format!(
                "the output of job '{reference}' is missing or damaged: {why}; {remedy}"
            )
            .into());
        }
        if needed.record()?.key != *key {
            let there = needed.label();
            return Err(format!(
                "'{reference}' leads to {there}, which is not the job that this one was planned \
                 with: put that back, or 'exp run' the spec again"
            )
            .into());
        }
        needs.insert(reference.clone(), needed.target().place().clone());
    }
    Ok(needs)
}

/// How what a job made comes to be there again.
fn remedy(job: &JobFolder) -> String {
    let run = RunFolder::new(job.path().parent().unwrap_or(job.path()));
    let shown = paths::shown(run.path());
    if run.record_file().is_file() && job.spec_file().is_file() {
        return format!("'exp resume {}' makes it again", shown.display());
    }
    format!(
        "its run {} was deleted: put it back, or make one like it ('exp run' on the spec it came \
         from) and 'exp run' this spec again with a reference to that",
        shown.display()
    )
}

/// The digests of what the job began with; none, in its record either, where nothing of that is left.
pub(crate) fn earlier(folder: &JobFolder, record: &mut JobRecord) -> BTreeMap<String, String> {
    let checkpoints = folder.checkpoints();
    let kept = |name| files::kind(&checkpoints.join(name)).is_some();
    if !kept("index.json") && !kept("index.copy.json") {
        record.read.clear();
    }
    record.read.clone()
}

/// What the digests of all that the job reads should be.
pub(crate) fn planned(
    spec: &JobSpec,
    needs: &BTreeMap<String, Place>,
    earlier: BTreeMap<String, String>,
) -> Inputs {
    let made = needs.iter().map(|(reference, folder)| {
        let record = JobFolder::at(folder.clone()).record();
        (reference.clone(), record.map(|record| record.made).unwrap_or_default())
    });
    let mut inputs = Inputs::default();
    (inputs.planned, inputs.made) = (Some(spec.data.clone()), made.collect());
    inputs.earlier = earlier;
    inputs
}

#[cfg(test)]
mod tests {
    use super::*;
    use exp::device::DeviceName;

    #[test]
    fn what_a_job_began_with_is_known_as_long_as_it_has_a_checkpoint() {
        let root = tempfile::tempdir().unwrap();
        let folder = JobFolder::new(root.path().join("run/20260101-000000-0000/a"));
        std::fs::create_dir_all(folder.checkpoints()).unwrap();
        let mut record = JobRecord::pending("distill", "k", DeviceName::Cpu);
        record.read.insert("teachers".to_owned(), "digest".to_owned());
        // The index is gone, and its copy stands in for it.
        let copy = folder.checkpoints().join("index.copy.json");
        std::fs::write(&copy, "{}").unwrap();
        assert_eq!(earlier(&folder, &mut record)["teachers"], "digest");
        std::fs::remove_file(&copy).unwrap();
        assert!(earlier(&folder, &mut record).is_empty() && record.read.is_empty());
    }
}
