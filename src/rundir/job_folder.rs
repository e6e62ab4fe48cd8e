//! The folder of one job: [`JobFolder`].

use super::{ArtefactDigests, Check, JobRecord, JobSpec, RunDirError, Status};
use super::{paths, seal};
use crate::files::{self, FilesError, Lock, Place, atomic};
use serde::de::IgnoredAny;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// A folder with a job in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobFolder {
    place: Place,
}

/// What a record says, checked against who holds the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Liveness {
    /// The record is to be believed.
    As(Status),
    /// The record says "running", but nobody holds the folder: what ran there died.
    Died,
}

impl JobFolder {
    /// The job in the folder `path`, which need not exist yet. It lies in a run's folder, and that
    /// in one with the experiment's name: from there on no link is followed.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self { place: Place::below(path, 3) }
    }

    /// The job in a folder that is known to be one of a run.
    #[must_use]
    pub fn at(place: Place) -> Self {
        Self { place }
    }

    /// Opens a folder that must hold a job.
    ///
    /// # Errors
    /// [`FilesError::Read`] when there is no `spec.json` in it.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, RunDirError> {
        let folder = Self::new(path);
        let file = folder.spec_file();
        files::open_file(&file).map_err(FilesError::read(&file))?;
        Ok(folder)
    }

    /// Makes the folder with its spec and record.
    ///
    /// # Errors
    /// [`FilesError::Write`].
    pub fn create(&self, spec: &JobSpec, record: &JobRecord) -> Result<(), RunDirError> {
        atomic::create_folder(&self.place)?;
        atomic::write_json(&self.spec_file(), spec)?;
        self.write_record(record)
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

    /// `name/stamp/job`: how it is told from every other job under its root.
    #[must_use]
    pub fn label(&self) -> String {
        paths::last(&self.place, 3)
    }

    /// What the job is to do.
    ///
    /// # Errors
    /// [`FilesError::Read`], [`FilesError::Damaged`].
    pub fn spec(&self) -> Result<JobSpec, RunDirError> {
        Ok(atomic::read_json(&self.spec_file())?)
    }

    /// How far it is.
    ///
    /// # Errors
    /// [`FilesError::Read`], [`FilesError::Damaged`].
    pub fn record(&self) -> Result<JobRecord, RunDirError> {
        Ok(atomic::read_json(&self.record_file())?)
    }

    /// Replaces the record.
    ///
    /// # Errors
    /// [`FilesError::Write`].
    pub fn write_record(&self, record: &JobRecord) -> Result<(), RunDirError> {
        Ok(atomic::write_json(&self.record_file(), record)?)
    }

    /// The folder that holds this job's results: itself, or the one it is reused from.
    #[must_use]
    pub fn target(&self) -> Self {
        match self.record().ok().and_then(|record| record.reused_from) {
            Some(reference) => Self::new(paths::follow(&self.place, &reference)),
            None => self.clone(),
        }
    }

    /// The folder with the results of a job that this one needs, from how its spec names it.
    #[must_use]
    pub fn need(&self, reference: &Path) -> Self {
        Self::new(paths::follow(&self.place, reference)).target()
    }

    /// Seals what the job has made, for its record; besides, the names of what is no file among it.
    ///
    /// # Errors
    /// [`FilesError::Read`].
    pub fn seal(&self) -> Result<(ArtefactDigests, Vec<String>), RunDirError> {
        Ok(seal::seal(&self.artifacts())?)
    }

    /// Why the results of this job, which is done, are not there any more: its own, or those of the
    /// job it is reused from. `None` where they are.
    #[must_use]
    pub fn lost(&self, check: Check) -> Option<String> {
        let target = self.target();
        match target.record() {
            Ok(record) if record.status == Status::Done => {
                let lost = target.outcome::<IgnoredAny>().err();
                let lost = lost.map(|error| error.to_string());
                lost.or_else(|| seal::broken(&target.artifacts(), &record.made, check))
            }
            Ok(record) => Some(format!("{} is {}, not done", target.label(), record.status)),
            Err(_) if files::kind(&target.place).is_none() => {
                Some(format!("{} is gone", paths::shown(&target.place).display()))
            }
            Err(error) => Some(error.to_string()),
        }
    }

    /// Takes the folder: for the job itself.
    ///
    /// # Errors
    /// [`FilesError::Busy`] when somebody has it.
    pub fn lock(&self) -> Result<Lock, RunDirError> {
        Ok(Lock::take(&self.place)?)
    }

    /// The number of the process that is at work on this job, if one is.
    #[must_use]
    pub fn holder(&self) -> Option<u32> {
        files::holding_process(&self.place)
    }

    /// [Takes](Self::lock) the folder, waiting for whoever has it for as long as `patience`.
    ///
    /// # Errors
    /// [`FilesError::Busy`] when somebody still has it then.
    pub fn lock_within(&self, patience: Duration) -> Result<Lock, RunDirError> {
        Ok(Lock::take_within(&self.place, patience)?)
    }

    /// Removes what a crash left half-written: for the job that holds the folder, or a runner
    /// that knows of no such job.
    pub fn tidy(&self) {
        for folder in [&self.place, &self.artifacts(), &self.checkpoints()] {
            files::clear(folder);
        }
    }

    /// Whether somebody is at work on this job.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        files::is_held(&self.place)
    }

    /// When whoever is at work on this job last gave a sign of life ([`Lock::beat`]).
    #[must_use]
    pub fn last_beat(&self) -> Option<SystemTime> {
        files::last_beat(&self.place)
    }

    /// The status, checked against the lock.
    ///
    /// # Errors
    /// As [`Self::record`].
    pub fn live_status(&self) -> Result<Liveness, RunDirError> {
        let status = self.record()?.status;
        if status != Status::Running || self.is_alive() {
            return Ok(Liveness::As(status));
        }
        // It may have ended between the two looks.
        let status = self.record()?.status;
        Ok(if status == Status::Running { Liveness::Died } else { Liveness::As(status) })
    }

    /// What the job is for: models, pictures, tables.
    #[must_use]
    pub fn artifacts(&self) -> Place {
        self.place.join("artifacts")
    }

    /// States to go on from.
    #[must_use]
    pub fn checkpoints(&self) -> Place {
        self.place.join("checkpoints")
    }

    /// The record of what happened, one JSON object a line.
    #[must_use]
    pub fn events_file(&self) -> Place {
        self.place.join("events.jsonl")
    }

    /// The job's standard error.
    #[must_use]
    pub fn log_file(&self) -> Place {
        self.place.join("log.txt")
    }

    /// The final figures.
    #[must_use]
    pub fn outcome_file(&self) -> Place {
        self.place.join("outcome.json")
    }

    /// What the job is to do.
    #[must_use]
    pub fn spec_file(&self) -> Place {
        self.place.join("spec.json")
    }

    /// How far it is.
    #[must_use]
    pub fn record_file(&self) -> Place {
        self.place.join("job.json")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::DeviceName;

    const KEY: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn running_without_a_lock_is_dead() {
        let root = tempfile::tempdir().unwrap();
        let folder = JobFolder::new(root.path());
        let mut record = JobRecord::pending("classifier", KEY, DeviceName::Cpu);
        record.start();
        folder.write_record(&record).unwrap();
        assert_eq!(folder.live_status().unwrap(), Liveness::Died);
        let lock = folder.lock().unwrap();
        assert_eq!(folder.live_status().unwrap(), Liveness::As(Status::Running));
        drop(lock);
        record.end(Status::Done, None);
        folder.write_record(&record).unwrap();
        assert_eq!(folder.live_status().unwrap(), Liveness::As(Status::Done));
    }

    #[test]
    fn a_reused_job_points_to_the_one_that_ran() {
        let root = tempfile::tempdir().unwrap();
        let (old, new) = (root.path().join("old"), root.path().join("new"));
        std::fs::create_dir_all(&old).unwrap();
        std::fs::create_dir_all(&new).unwrap();
        let mut record = JobRecord::pending("classifier", KEY, DeviceName::Cpu);
        record.reused_from = Some("../old".into());
        JobFolder::new(&new).write_record(&record).unwrap();
        assert_eq!(JobFolder::new(&new).target(), JobFolder::new(&old));
        assert_eq!(JobFolder::new(root.path()).need(Path::new("new")), JobFolder::new(&old));
    }
}
