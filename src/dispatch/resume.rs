//! Going on with a run that was stopped, killed or has failed jobs: [`reopen`].

use super::devices::{DeviceError, Inventory};
use super::trust::{changed, fault};
use crate::files::{FilesError, Lock, atomic};
use crate::job::Kind;
use crate::rundir::{Check, RunDirError, RunFolder, Status, provenance};

/// Why a run cannot be gone on with.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    #[error(transparent)]
    Folder(#[from] RunDirError),
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The device that a job began on is not there any more.
    #[error("the job '{job}' began on a device that is not here: {error}")]
    Device { job: String, error: DeviceError },
    /// The program has changed in what it computes.
    #[error(
        "the job '{job}' was begun with version {then} of the kind '{kind}', and this build has \
         {now}; start again with 'exp run {spec}'"
    )]
    Version { job: String, kind: String, then: u32, now: String, spec: String },
}

/// Takes a run and makes its jobs ready to go on with this build: those that are not done, or whose
/// results are not there any more, will be started again, on the device and with the number of
/// threads they had, from their checkpoints.
///
/// # Errors
/// When another runner has it, its files are damaged, or a job cannot be gone on with here.
pub fn reopen(
    run: &RunFolder,
    kinds: &[&dyn Kind],
    devices: &Inventory,
) -> Result<Lock, ResumeError> {
    let record = run.record()?;
    let lock = run.lock()?;
    run.tidy();
    for name in &record.jobs {
        let folder = run.job(name);
        if !folder.is_alive() {
            folder.tidy();
        }
        let mut record = folder.record()?;
        if record.status == Status::Done {
            let Some(why) = fault(&folder, Check::Contents) else { continue };
            record.end(Status::Pending, Some(why));
            record.reused_from = None;
            folder.write_record(&record)?;
        }
        let mut spec = folder.spec()?;
        let kind = kinds.iter().find(|kind| kind.name() == spec.kind);
        if kind.is_none_or(|kind| kind.version() != spec.version) {
            return Err(ResumeError::Version {
                job: name.clone(),
                kind: spec.kind,
                then: spec.version,
                now: kind.map_or("none".to_owned(), |kind| kind.version().to_string()),
                spec: run.spec_file().display().to_string(),
            });
        }
        if let Err(error) = devices.choose(spec.device, 0) {
            return Err(ResumeError::Device { job: name.clone(), error });
        }
        if let Some(error) = changed(&folder, &spec) {
            return Err(error.into());
        }
        // A build that computes the same may go on with what another began.
        if spec.build != provenance::build() {
            spec.build = provenance::build();
            atomic::write_json(&folder.spec_file(), &spec)?;
        }
    }
    Ok(lock)
}
