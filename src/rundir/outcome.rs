//! The final figures of a job, `outcome.json` in its folder, as they were sealed: what
//! [`JobFolder::write_outcome`] wrote and nothing else is given out by [`JobFolder::outcome`].

use super::{JobFolder, RunDirError, Seal, atomic};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why the figures of a job whose record has no seal of them are not believed.
const UNSEALED: &str = "job.json has no seal of it (an earlier build made it)";

impl JobFolder {
    /// Keeps the job's final figures; their seal is for its record.
    ///
    /// # Errors
    /// [`RunDirError::Write`], [`RunDirError::Read`].
    pub fn write_outcome(&self, outcome: &impl Serialize) -> Result<Seal, RunDirError> {
        let file = self.outcome_file();
        atomic::write_json(&file, outcome)?;
        Seal::of(&file).map_err(RunDirError::read(&file))
    }

    /// The final figures of this job, which is done, or of the one it is reused from: as they were
    /// sealed.
    ///
    /// # Errors
    /// [`RunDirError::Read`], [`RunDirError::Damaged`].
    pub fn outcome<T: DeserializeOwned>(&self) -> Result<T, RunDirError> {
        let target = self.target();
        let path = target.outcome_file();
        let bytes = std::fs::read(&path).map_err(RunDirError::read(&path))?;
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
        Err(RunDirError::Damaged { path, message })
    }
}
