//! What can go wrong with a file of ours: [`FilesError`], which says where and what to do.

use super::Odd;
use std::io;
use std::path::{Path, PathBuf};

/// A file or folder that cannot be read, written or had for oneself.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// A file or folder could not be written.
    #[error("cannot write {}: {source}; {}", path.display(), remedy(source))]
    Write { path: PathBuf, source: io::Error },
    /// A file could not be read.
    #[error("cannot read {}: {source}; {}", path.display(), remedy(source))]
    Read { path: PathBuf, source: io::Error },
    /// A file is there, but does not hold what it should.
    #[error("{} is damaged: {message}; remove the run it belongs to, or restore the file", path.display())]
    Damaged { path: PathBuf, message: String },
    /// A file of somebody else has the name of one of ours.
    #[error("{} is not {wanted} of this program: move it away", path.display())]
    Foreign { path: PathBuf, wanted: &'static str },
    /// Something else is where a file or folder of ours should be.
    #[error(transparent)]
    Odd(#[from] Odd),
    /// Somebody else is at work there.
    #[error("{} is in use by {holder}; wait for it to end, or stop it first", path.display())]
    Busy { path: PathBuf, holder: String },
}

impl FilesError {
    /// For `map_err` on something that writes `path`.
    pub fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::named(&source).unwrap_or(Self::Write { path, source })
    }

    /// For `map_err` on something that reads `path`.
    pub fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| match source.kind() {
            io::ErrorKind::FileTooLarge => Self::Damaged { path, message: source.to_string() },
            _ => Self::named(&source).unwrap_or(Self::Read { path, source }),
        }
    }

    /// Whether all that is wrong is that there is no such file.
    #[must_use]
    pub fn is_absence(&self) -> bool {
        matches!(self, Self::Read { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }

    /// What is in the way, where that is what is wrong.
    fn named(source: &io::Error) -> Option<Self> {
        Odd::of(source).cloned().map(Self::Odd)
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
        io::ErrorKind::FileTooLarge => "raise the limit on the size of files (ulimit -f)",
        io::ErrorKind::NotFound => "check the path",
        _ => "check the disk it is on",
    }
}
