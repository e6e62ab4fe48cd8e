//! The folder of one run: [`RunFolder`].

use super::{JobFolder, RunDirError, RunRecord, RunStatus, paths, staging_mark};
use crate::files::{self, Lock, Place, atomic};
use serde::Serialize;
use std::path::Path;

/// A folder with a run in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFolder {
    place: Place,
}

impl RunFolder {
    /// The run in the folder `path`, which lies in one with the experiment's name: from there on no
    /// link is followed.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self { place: Place::below(path, 2) }
    }

    /// The run in a folder below a known root.
    pub(super) fn at(place: Place) -> Self {
        Self { place }
    }

    /// Where it is, for showing it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.place
    }

    /// Where it is, for reading and writing there.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The root of runs that it is under: two folders up.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.path().parent().and_then(Path::parent).unwrap_or(Path::new("."))
    }

    /// `name/stamp`: how it is told from every other run under its root.
    #[must_use]
    pub fn label(&self) -> String {
        paths::last(&self.place, 2)
    }

    /// The job `name` of this run.
    #[must_use]
    pub fn job(&self, name: &str) -> JobFolder {
        JobFolder::at(self.place.join(name))
    }

    /// How far the run is.
    ///
    /// # Errors
    /// [`FilesError::Read`], [`FilesError::Damaged`].
    pub fn record(&self) -> Result<RunRecord, RunDirError> {
        Ok(atomic::read_json(&self.record_file())?)
    }

    /// Replaces the record.
    ///
    /// # Errors
    /// [`FilesError::Write`].
    pub fn write_record(&self, record: &RunRecord) -> Result<(), RunDirError> {
        Ok(atomic::write_json(&self.record_file(), record)?)
    }

    /// The record, with "running" checked against the lock: a run whose runner is dead is
    /// interrupted.
    ///
    /// # Errors
    /// As [`Self::record`].
    pub fn live_record(&self) -> Result<RunRecord, RunDirError> {
        let mut record = self.record()?;
        if record.status == RunStatus::Running && !self.is_alive() {
            record = self.record()?;
            if record.status == RunStatus::Running {
                record.status = RunStatus::Interrupted;
            }
        }
        Ok(record)
    }

    /// Takes the run: one runner at a time.
    ///
    /// # Errors
    /// [`FilesError::Busy`] when another has it.
    pub fn lock(&self) -> Result<Lock, RunDirError> {
        Ok(Lock::take(&self.place)?)
    }

    /// Whether a runner is at work on it.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        files::is_held(&self.place)
    }

    /// Removes what a crash left half-written: for the runner that holds the run.
    pub fn tidy(&self) {
        staging_mark::unmark(&self.place);
        files::clear(&self.place);
        files::clear(&self.figures());
    }

    /// Replaces `summary.json` and `summary.md`.
    ///
    /// # Errors
    /// [`FilesError::Write`].
    pub fn write_summary(&self, summary: &impl Serialize, text: &str) -> Result<(), RunDirError> {
        atomic::write_json(&self.summary_file(), summary)?;
        Ok(atomic::write(&self.place.join("summary.md"), text.as_bytes())?)
    }

    /// The final figures of its jobs.
    #[must_use]
    pub fn summary_file(&self) -> Place {
        self.place.join("summary.json")
    }

    /// Pictures and tables of what its jobs show together; not there where they show nothing.
    #[must_use]
    pub fn figures(&self) -> Place {
        self.place.join("figures")
    }

    /// The resolved spec.
    #[must_use]
    pub fn spec_file(&self) -> Place {
        self.place.join("spec.yaml")
    }

    /// How far it is.
    #[must_use]
    pub fn record_file(&self) -> Place {
        self.place.join("run.json")
    }
}
