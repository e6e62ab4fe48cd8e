//! What a job works on, looked at before it begins: the results of other jobs ([`needs`]), and what the
//! digests of all that it reads should be ([`planned`]).

use exp::job::{Inputs, RunError};
use exp::rundir::{JobFolder, JobRecord, JobSpec, Look, paths};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The folders with the results of the needed jobs, by reference.
///
/// # Errors
/// When something that such a job made is not there any more, or is not what it was.
pub(crate) fn needs(
    folder: &JobFolder,
    spec: &JobSpec,
) -> Result<BTreeMap<String, PathBuf>, RunError> {
    let mut needs = BTreeMap::new();
    for (reference, path) in &spec.needs {
        let needed = JobFolder::new(paths::follow(folder.path(), path));
        if let Some(why) = needed.lost(Look::Close) {
            let run = paths::shown(needed.path().parent().unwrap_or(needed.path()));
            let run = run.display();
            return Err(format!(
                "what '{reference}' made is not there any more: {why}; 'exp resume {run}' makes it \
                 again"
            )
            .into());
        }
        needs.insert(reference.clone(), needed.target().path().to_owned());
    }
    Ok(needs)
}

/// The digests of what the job began with; none, in its record either, where nothing of that is left.
pub(crate) fn earlier(folder: &JobFolder, record: &mut JobRecord) -> BTreeMap<String, String> {
    let index = folder.checkpoints().join("index.json");
    if std::fs::symlink_metadata(index).is_err() {
        record.read.clear();
    }
    record.read.clone()
}

/// What the digests of all that the job reads should be.
pub(crate) fn planned(
    spec: &JobSpec,
    needs: &BTreeMap<String, PathBuf>,
    earlier: BTreeMap<String, String>,
) -> Inputs {
    let made = needs.iter().map(|(reference, folder)| {
        let record = JobFolder::new(folder).record();
        (reference.clone(), record.map(|record| record.made).unwrap_or_default())
    });
    let mut inputs = Inputs::default();
    (inputs.planned, inputs.made) = (Some(spec.data.clone()), made.collect());
    inputs.earlier = earlier;
    inputs
}
