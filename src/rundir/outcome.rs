//! The final figures of a job, `outcome.json` in its folder, as they were sealed: what
//! [`JobFolder::write_outcome`] wrote and nothing else is given out by [`JobFolder::outcome`].

use super::{ArtefactDigest, JobFolder, RunDirError};
use crate::files::{self, FilesError, atomic};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why the figures of a job whose record has no seal of them are not believed.
const UNSEALED: &str = "job.json has no seal of it (an earlier build made it)";

impl JobFolder {
    /// Keeps the job's final figures; their seal is for its record.
    ///
    /// # Errors
    /// [`RunDirError::Files`], naming the file.
    pub fn write_outcome(&self, outcome: &impl Serialize) -> Result<ArtefactDigest, RunDirError> {
        let file = self.outcome_file();
        atomic::write_json(&file, outcome)?;
        Ok(ArtefactDigest::of(&file).map_err(FilesError::read(&file))?)
    }

    /// The final figures of this job, which is done, or of the one it is reused from: as they were
    /// sealed.
    ///
    /// # Errors
    /// [`RunDirError::Files`] when it cannot be read or is not what was sealed.
    pub fn outcome<T: DeserializeOwned>(&self) -> Result<T, RunDirError> {
        let target = self.target();
        let file = target.outcome_file();
        let bytes = files::read(&file, files::RECORD).map_err(FilesError::read(&file))?;
        let message = match target.record()?.outcome {
            None => UNSEALED.to_owned(),
            Some(seal) if !seal.fits(&bytes) => {
                "its bytes are not those that the job wrote".to_owned()
            }
            Some(_) => match serde_json::from_slice(&bytes) {
                Ok(outcome) => return Ok(outcome),
                Err(error) => error.to_string(),
            },
        };
        Err(FilesError::Damaged { path: file.to_path_buf(), message }.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::DeviceName;
    use crate::rundir::{JobRecord, Status};

    type Figures = Vec<u32>;

    /// A job that is done, with its figures.
    fn finished(folder: &JobFolder, figures: &Figures) -> JobRecord {
        std::fs::create_dir_all(folder.path()).unwrap();
        let mut record = JobRecord::pending("classifier", &"0f".repeat(16), DeviceName::Cpu);
        record.end(Status::Done, None);
        record.outcome = Some(folder.write_outcome(figures).unwrap());
        folder.write_record(&record).unwrap();
        record
    }

    #[test]
    fn figures_are_given_out_as_they_were_sealed_or_not_at_all() {
        let root = tempfile::tempdir().unwrap();
        let folder = JobFolder::new(root.path());
        let mut record = finished(&folder, &vec![1, 2]);
        assert_eq!(folder.outcome::<Figures>().unwrap(), [1, 2]);
        let refusal = || folder.outcome::<Figures>().unwrap_err().to_string();
        let good = std::fs::read_to_string(folder.outcome_file()).unwrap();
        // One of the same length, and others.
        for other in [good.replace('2', "3"), good.replace('2', "22"), String::new()] {
            std::fs::write(folder.outcome_file(), other).unwrap();
            assert!(refusal().contains("not those that the job wrote"), "{}", refusal());
        }
        std::fs::write(folder.outcome_file(), good).unwrap();
        assert_eq!(folder.outcome::<Figures>().unwrap(), [1, 2]);
        record.outcome = None;
        folder.write_record(&record).unwrap();
        assert!(refusal().contains("job.json has no seal of it"), "{}", refusal());
    }

    #[test]
    fn the_figures_of_a_reused_job_are_those_of_the_one_that_ran() {
        let root = tempfile::tempdir().unwrap();
        let [ran, reused] = ["ran", "reused"].map(|name| JobFolder::new(root.path().join(name)));
        finished(&ran, &vec![1, 2]);
        let mut record = finished(&reused, &vec![3]);
        record.reused_from = Some("../ran".into());
        reused.write_record(&record).unwrap();
        assert_eq!(reused.outcome::<Figures>().unwrap(), [1, 2]);
    }
}
