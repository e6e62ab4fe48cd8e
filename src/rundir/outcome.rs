//! The final figures of a job, `outcome.json` in its folder, as they were sealed: what
//! [`JobFolder::write_outcome`] wrote and nothing else is given out by [`JobFolder::outcome`].

use super::{JobFolder, RunDirError, Seal};
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
    pub fn write_outcome(&self, outcome: &impl Serialize) -> Result<Seal, RunDirError> {
        let file = self.outcome_file();
        atomic::write_json(&file, outcome)?;
        Ok(Seal::of(&file).map_err(FilesError::read(&file))?)
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
