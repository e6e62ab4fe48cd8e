//! One process at a time computes what a key means: [`Claim`].
//!
//! A claim is a lock on `<runs>/.claims/<key>`, which the operating system releases when its holder
//! dies. The file disappears with the claim.

use crate::files::{self, Attempt, FilesError, NAME, Place, atomic};
use crate::rundir::is_stamp;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;

/// How often a claim is tried for whose file is gone each time.
const TRIES: u32 = 1000;
/// Whoever has a claim and does not say for what.
const UNKNOWN: &str = "another process";

/// The right to compute a key, until it is dropped.
#[derive(Debug)]
pub(super) struct Claim {
    place: Place,
    _file: File,
}

/// Whose a key is.
#[derive(Debug)]
pub(super) enum Claimed {
    /// This process holds it, until the claim is dropped.
    Ours(Claim),
    /// That of the process described.
    Theirs(String),
}

/// Where the claim of a key is.
fn place(root: &Path, key: &str) -> Place {
    Place::trusted(root).join(".claims").join(key)
}

impl Claim {
    /// Tries to claim `key` for `job`, which names it to others.
    ///
    /// # Errors
    /// [`FilesError`] when there can be no claims under `root`.
    pub(super) fn take(root: &Path, key: &str, job: &str) -> Result<Claimed, FilesError> {
        let place = place(root, key);
        for _ in 0..TRIES {
            if let Some(folder) = place.above() {
                atomic::make(&folder).map_err(FilesError::write(&folder))?;
            }
            match files::attempt(&place).map_err(FilesError::write(&place))? {
                Attempt::Ours(mut file) => {
                    is_claim(&place)?;
                    // For messages alone; that it could not be written is no harm.
                    let _ = file.set_len(0).and_then(|()| file.write_all(job.as_bytes()));
                    return Ok(Claimed::Ours(Self { place, _file: file }));
                }
                Attempt::Theirs => {
                    let holder = files::read_text(&place, NAME).unwrap_or_default();
                    // It has not said yet, or only asks.
                    let unknown = UNKNOWN.to_owned();
                    return Ok(Claimed::Theirs(if holder.is_empty() { unknown } else { holder }));
                }
                Attempt::Gone => {} // its holder has finished
            }
        }
        // On a file system where a file never seems to be at its own name, that would go on for ever.
        Ok(Claimed::Theirs(UNKNOWN.to_owned()))
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // Still held: nobody else has a claim on a file that is being removed.
        let _ = atomic::remove(&self.place);
    }
}

/// Sees that each of `keys` can be claimed under `root`: before a run is made there whose jobs could not
/// be started.
///
/// # Errors
/// [`FilesError`] when something else is where the folder of claims, or a claim, should be.
pub(super) fn usable<'a>(
    root: &Path,
    keys: impl Iterator<Item = &'a String>,
) -> Result<(), FilesError> {
    let folder = Place::trusted(root).join(".claims");
    if !root.is_dir() {
        return Ok(()); // nothing is there, or what is there is no place for runs, which is said next
    }
    if let Err(error) = files::list(&folder).and_then(|_| files::may_write(&folder))
        && error.kind() != ErrorKind::NotFound
    {
        return Err(FilesError::write(&folder)(error));
    }
    keys.map(|key| folder.join(key)).try_for_each(|place| is_claim(&place))
}

/// Sees that what is at `place`, if anything is, was left by a process that died with a claim: it is
/// written over and removed. It names a job, or has nothing in it yet.
fn is_claim(place: &Place) -> Result<(), FilesError> {
    let foreign = || FilesError::Foreign { path: place.to_path_buf(), wanted: "a claim" };
    let text = match files::read_text(place, NAME) {
        Ok(text) => text,
        Err(error) => {
            return match error.kind() {
                ErrorKind::NotFound => Ok(()),
                ErrorKind::FileTooLarge | ErrorKind::Other => Err(foreign()),
                _ => Err(FilesError::write(place)(error)),
            };
        }
    };
    let parts: Vec<&str> = text.split('/').collect();
    if text.is_empty() || matches!(parts[..], [_, stamp, _] if is_stamp(stamp)) {
        return Ok(());
    }
    Err(foreign())
}

/// For which job somebody has claimed `key`, if somebody has.
#[must_use]
pub fn claimed(root: &Path, key: &str) -> Option<String> {
    let place = place(root, key);
    files::is_locked(&place).then(|| files::read_text(&place, NAME).ok())?
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
    #[test]
    fn what_a_crash_left_of_a_claim_is_no_claim_and_is_written_over() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join(".claims/k");
        std::fs::create_dir(root.path().join(".claims")).unwrap();
        std::fs::write(&file, "a/20260101-000000-0000/teachers").unwrap();
        assert_eq!(claimed(root.path(), "k"), None);
        let ours = Claim::take(root.path(), "k", "b/2/one").unwrap();
        assert!(matches!(ours, Claimed::Ours(_)), "{ours:?}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "b/2/one");
        drop(ours);
        assert!(!file.exists());
        // What else a person may keep under that name stays.
        let long = "my diary".repeat(10_000);
        for text in ["my diary", &long, "a/b/c", "20260101-000000-0000", "a/20260101-000000-0000"] {
            std::fs::write(&file, text).unwrap();
            Claim::take(root.path(), "k", "b/2/one").unwrap_err();
            let said = usable(root.path(), ["k".to_owned()].iter()).unwrap_err().to_string();
            assert!(said.ends_with("/k is not a claim of this program: move it away"), "{said}");
            assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
        }
    }

    #[test]
    fn who_has_not_said_yet_what_a_claim_is_for_is_another_process() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join(".claims")).unwrap();
        let file = File::create(root.path().join(".claims/k")).unwrap();
        file.lock().unwrap();
        let theirs = Claim::take(root.path(), "k", "b/2/one").unwrap();
        assert!(matches!(&theirs, Claimed::Theirs(it) if it == "another process"), "{theirs:?}");
    }
}
