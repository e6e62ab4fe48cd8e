//! What runs a job: an [`Executor`] starts it, and the [`Running`] job can be asked
//! whether it has ended and told to stop.

use crate::rundir::{JobFolder, RunDirError};
use std::io;
use std::path::PathBuf;

/// Starts jobs somewhere.
pub trait Executor {
    /// Starts the job in this folder.
    ///
    /// # Errors
    /// Why it could not be started.
    fn start(&mut self, job: &JobFolder) -> Result<Box<dyn Running>, ExecutorError>;
}

/// Why jobs cannot be started, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ExecutorError {
    /// The folder that this program was started in, or a log, cannot be used.
    #[error(transparent)]
    Folder(#[from] RunDirError),
    /// Where this program lies cannot be found out.
    #[error("cannot find out where this program lies ({0}); set EXP_JOB")]
    Unlocated(io::Error),
    /// `exp-job` is not there.
    #[error(
        "exp-job not found at {}; 'cargo build --release' makes it, and it \
         belongs beside 'exp'", .0.display()
    )]
    NoProgram(PathBuf),
    /// `exp-job` does not start.
    #[error("cannot start {}: {source}", .program.display())]
    Start { program: PathBuf, source: io::Error },
    /// What runs jobs refuses this one.
    #[error("{0}")]
    Refused(String),
}

/// A job that was started.
pub trait Running {
    /// How it ended; `None` while it is at work.
    ///
    /// # Errors
    /// When that cannot be found out.
    fn ended(&mut self) -> io::Result<Option<Exit>>;

    /// Asks it to write a checkpoint and end.
    fn stop(&mut self);

    /// Ends it at once.
    fn kill(&mut self);
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
}

impl std::fmt::Display for Exit {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) => write!(formatter, "ended with exit code {code}"),
            Self::Signal(6) => formatter.write_str("aborted (signal 6)"),
            Self::Signal(9) => formatter.write_str(
                "was killed (signal 9): by somebody, or by the system when memory ran out",
            ),
            Self::Signal(signal @ (4 | 7 | 8 | 11)) => {
                write!(formatter, "crashed in native code (signal {signal})")
            }
            Self::Signal(signal) => write!(formatter, "was ended by signal {signal}"),
        }
    }
}
