//! Whether a finished job is what its records claim: [`fault`], to be asked before it stands for another
//! one or is learnt from.
//!
//! Records are plain files that anybody can edit. A job's key is made anew from what its `spec.json`
//! says was carried out; its figures and artefacts have seals in `job.json`. What does not fit is a
//! damaged record: nothing is reused from there, and it is said.

use super::key::key_of;
use crate::files::FilesError;
use crate::rundir::{Check, JobFolder, JobSpec, RunDirError};

/// Why a job that is done, or the one it is reused from, cannot be relied on; `None` where it can.
#[must_use]
pub fn fault(folder: &JobFolder, check: Check) -> Option<String> {
    folder.lost(check).or_else(|| misfit(folder).unwrap_or_else(|error| Some(error.to_string())))
}

/// What in a `spec.json` does not fit the key that it records, if anything does not.
#[must_use]
pub fn changed(folder: &JobFolder, spec: &JobSpec) -> Option<RunDirError> {
    let damaged = || FilesError::Damaged {
        path: folder.spec_file().to_path_buf(),
        message: "what it says is not what its key stands for (it was changed since the job was \
                  planned, or an earlier build made it)"
            .to_owned(),
    };
    (key_of(spec) != spec.key).then(|| damaged().into())
}

/// What in the records of a job, and of the one it is reused from, contradicts the rest.
fn misfit(folder: &JobFolder) -> Result<Option<String>, RunDirError> {
    let key = folder.record()?.key;
    let target = Some(folder.target()).filter(|target| target != folder);
    for job in std::iter::once(folder.clone()).chain(target) {
        let spec = job.spec()?;
        if let Some(error) = changed(&job, &spec) {
            return Ok(Some(error.to_string()));
        }
        if spec.key != key || job.record()?.key != key {
            let message = "its key is another than that in the records around it".to_owned();
            let path = job.record_file().to_path_buf();
            let damaged = FilesError::Damaged { path, message };
            return Ok(Some(damaged.to_string()));
        }
    }
    Ok(None)
}

#[cfg(test)]
pub(super) mod tests;
