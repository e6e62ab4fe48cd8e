//! What can go wrong with a run directory: [`RunDirError`], which says where and what to do.

use crate::files::FilesError;
use crate::shown;
use std::io;

/// A run directory that cannot be read, written, found or had for oneself.
#[derive(Debug, thiserror::Error)]
pub enum RunDirError {
    /// One of its files or folders.
    #[error("{}", shown::line(&.0.to_string()))]
    Files(#[from] FilesError),
    /// The working directory is not there any more.
    #[error(
        "the folder that this was started in was deleted or cannot be read ({0}): change to one that \
         is there, and start again"
    )]
    Gone(io::Error),
    /// No run or job answers to a name.
    #[error("{0}")]
    NotFound(String),
}

impl RunDirError {
    /// Whether all that is wrong is that there is no such file.
    #[must_use]
    pub fn is_absence(&self) -> bool {
        matches!(self, Self::Files(error) if error.is_absence())
    }
}
