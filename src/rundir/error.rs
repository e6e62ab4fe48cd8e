//! What can go wrong with a run directory: [`RunDirError`], which says where and what to do.

use super::paths::printed;
use crate::shown;
use std::io;
use std::path::{Path, PathBuf};

/// A run directory that cannot be read, written, found or had for oneself.
#[derive(Debug, thiserror::Error)]
pub enum RunDirError {
    /// A file or folder could not be written.
    #[error("cannot write {}: {source}; {}", printed(path), remedy(source))]
    Write { path: PathBuf, source: io::Error },
    /// A file could not be read.
    #[error("cannot read {}: {source}; {}", printed(path), remedy(source))]
    Read { path: PathBuf, source: io::Error },
    /// A file is there, but does not hold what it should.
    #[error(
        "{} is damaged: {message}; remove the run it belongs to, or restore the file",
        printed(path)
    )]
    Damaged { path: PathBuf, message: String },
    /// Somebody else is at work there.
    #[error(
        "{} is in use by {}; wait for it to end, or stop it first",
        printed(path),
        shown::line(holder)
    )]
    Busy { path: PathBuf, holder: String },
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
    /// For `map_err` on something that writes `path`.
    pub fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Write { path, source }
    }

    /// For `map_err` on something that reads `path`.
    pub fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Read { path, source }
    }
}

/// What a person can do about an I/O error.
fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free some space there, or choose another place with --runs"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "change its permissions, or choose another place with --runs"
        }
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "something else has that name: move it, or choose another place with --runs"
        }
        io::ErrorKind::NotFound => "check the path",
        _ => "check the disk it is on",
    }
}
