//! What ends the program early, and with which exit code: [`Failure`].

use crate::dispatch::{DeviceError, ExecutorError, ResumeError};
use crate::rundir::RunDirError;
use crate::spec::Diagnostics;
use std::process::ExitCode;

/// 0 done, 1 a job failed, 2 bad usage or spec, 130 interrupted.
pub(super) const JOB_FAILED: u8 = 1;
pub(super) const BAD_INPUT: u8 = 2;
pub(super) const INTERRUPTED: u8 = 130;

/// Something to complain about.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What is wrong with a spec.
    #[error("{0}")]
    Spec(#[from] Diagnostics),
    /// Something else that was wrong before any job was started.
    #[error("error: {0}")]
    Input(String),
    /// Something that went wrong once jobs had been started.
    #[error("error: {0}")]
    Underway(RunDirError),
}

impl Failure {
    /// The exit code.
    #[must_use]
    pub fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Spec(_) | Self::Input(_) => BAD_INPUT,
            Self::Underway(_) => JOB_FAILED,
        })
    }
}

impl From<RunDirError> for Failure {
    fn from(error: RunDirError) -> Self {
        Self::Input(error.to_string())
    }
}

impl From<ExecutorError> for Failure {
    fn from(error: ExecutorError) -> Self {
        Self::Input(error.to_string())
    }
}

impl From<DeviceError> for Failure {
    fn from(error: DeviceError) -> Self {
        Self::Input(error.to_string())
    }
}

impl From<ResumeError> for Failure {
    fn from(error: ResumeError) -> Self {
        Self::Input(error.to_string())
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Input(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_says_whether_jobs_had_been_started() {
        let error = || RunDirError::NotFound("there is no run 'garden'".to_owned());
        let failures = [
            (Failure::from(error()), 2),
            (Failure::from("no such folder".to_owned()), 2),
            (Failure::Underway(error()), 1),
        ];
        for (failure, code) in failures {
            assert_eq!(failure.code(), ExitCode::from(code), "{failure:?}");
            assert!(failure.to_string().starts_with("error: "), "{failure}");
        }
    }
}
