//! What can go wrong with a run directory: [`RunDirError`], which says where and what to do.

use crate::files::FilesError;

/// A run directory that cannot be read, written, found or had for oneself.
#[derive(Debug, thiserror::Error)]
pub enum RunDirError {
    /// One of its files or folders.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// No run or job answers to a name.
    #[error("{0}")]
    NotFound(String),
}
