//! What a job works on, looked at before it begins: the results of other jobs ([`needs`]), and data
//! ([`check_data`]).

use exp::dispatch::fault;
use exp::experiments::KINDS;
use exp::files::Place;
use exp::job::RunError;
use exp::rundir::{JobFolder, JobSpec, Look, NeededJob, RunFolder, paths};
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
        if let Some(why) = fault(&needed, Look::Close) {
            let remedy = remedy(&needed);
            return Err(
                format!("what '{reference}' made is not there any more: {why}; {remedy}").into()
            );
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

/// Sees that the data is what it was when the job was planned: a job is known by it, and one that is
/// resumed would learn from two sets.
///
/// # Errors
/// When it is not, or is not there.
pub(crate) fn check_data(spec: &JobSpec) -> Result<(), RunError> {
    // A kind that this build lacks is said where it would be run.
    let Some(kind) = KINDS.iter().find(|kind| kind.name() == spec.kind) else { return Ok(()) };
    let settings = kind.read(&spec.settings).map_err(|complaint| complaint.message)?;
    for found in settings.digests(&spec.data_roots).map_err(|complaint| complaint.message)? {
        if spec.data.get(&found.path) != Some(&found.digest) {
            let path = found.path;
            return Err(format!(
                "what '{path}' names is not what it was when the job was planned: put it back and \
                 'exp resume', or 'exp run' the spec again"
            )
            .into());
        }
    }
    Ok(())
}
