//! One process at a time computes what a key means: [`Claim`].
//!
//! A claim is a lock on `<runs>/.claims/<key>`, which the operating system releases when its holder
//! dies. The file disappears with the claim.

use crate::files::FilesError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The right to compute a key, until it is dropped.
#[derive(Debug)]
pub(super) struct Claim {
    path: PathBuf,
    _file: File,
}

/// Whose a key is.
#[derive(Debug)]
pub(super) enum Claimed {
    /// Ours.
    Ours(Claim),
    /// That of the process described.
    Theirs(String),
}

impl Claim {
    /// Tries to claim `key` for `job`, which names it to others.
    ///
    /// # Errors
    /// [`FilesError::Write`] when there can be no claims under `root`.
    pub(super) fn take(root: &Path, key: &str, job: &str) -> Result<Claimed, FilesError> {
        let folder = root.join(".claims");
        let path = folder.join(key);
        loop {
            std::fs::create_dir_all(&folder).map_err(FilesError::write(&folder))?;
            let mut file = OpenOptions::new()
                .create(true)
                .truncate(false)
                .read(true)
                .write(true)
                .open(&path)
                .map_err(FilesError::write(&path))?;
            match file.try_lock() {
                Ok(()) if is_at(&file, &path) => {
                    // For messages alone; that it could not be written is no harm.
                    let _ = file.set_len(0).and_then(|()| file.write_all(job.as_bytes()));
                    return Ok(Claimed::Ours(Self { path, _file: file }));
                }
                Ok(()) => {} // it was removed meanwhile: its holder has finished
                Err(TryLockError::WouldBlock) => {
                    let mut holder = String::new();
                    let _ = file.read_to_string(&mut holder);
                    if holder.is_empty() {
                        "another process".clone_into(&mut holder); // it has not said yet, or only asks
                    }
                    return Ok(Claimed::Theirs(holder));
                }
                Err(TryLockError::Error(source)) => {
                    return Err(FilesError::Write { path, source });
                }
            }
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // Still held: nobody else has a claim on a file that is being removed.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// For which job somebody has claimed `key`, if somebody has.
#[must_use]
pub fn claimed(root: &Path, key: &str) -> Option<String> {
    let path = root.join(".claims").join(key);
    let file = File::open(&path).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => std::fs::read_to_string(&path).ok(),
        _ => None,
    }
}

fn is_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), std::fs::metadata(path)) {
        (Ok(held), Ok(there)) => (held.dev(), held.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_claimed_once_and_leaves_nothing() {
        let root = tempfile::tempdir().unwrap();
        let ours = Claim::take(root.path(), "k", "a/1/teachers").unwrap();
        let Claimed::Ours(ours) = ours else { panic!("{ours:?}") };
        let theirs = Claim::take(root.path(), "k", "b/2/teachers").unwrap();
        assert!(matches!(theirs, Claimed::Theirs(holder) if holder == "a/1/teachers"));
        assert_eq!(claimed(root.path(), "k").as_deref(), Some("a/1/teachers"));
        assert_eq!(claimed(root.path(), "other"), None);
        drop(ours);
        assert_eq!(claimed(root.path(), "k"), None);
        assert!(matches!(Claim::take(root.path(), "k", "b").unwrap(), Claimed::Ours(_)));
        assert_eq!(std::fs::read_dir(root.path().join(".claims")).unwrap().count(), 0);
    }
}
