//! Whose a folder is: a [`Lock`] that the operating system releases when its holder dies.
//!
//! Nothing is ever cleaned up by hand: a folder whose status says "running" and that nobody holds
//! belongs to something dead.

use super::FilesError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

/// The name of the file that is locked.
const FILE: &str = ".lock"; // no job can have this name
/// Somebody who only asks [`is_held`] has the lock for microseconds: worth some patience.
const PATIENCE: Duration = Duration::from_millis(200);
const PAUSE: Duration = Duration::from_millis(10);

/// A folder held for oneself until this value is dropped or its process ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Lock {
    /// Takes `folder`.
    ///
    /// # Errors
    /// [`FilesError::Busy`] when somebody has it, [`FilesError::Write`] when the lock file cannot
    /// be made.
    pub fn take(folder: &Path) -> Result<Self, FilesError> {
        Self::take_within(folder, PATIENCE)
    }

    /// Takes `folder`, waiting for it as long as `patience`.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub fn take_within(folder: &Path, patience: Duration) -> Result<Self, FilesError> {
        let began = Instant::now();
        let path = folder.join(FILE);
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(FilesError::write(&path))?;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if began.elapsed() < patience => {
                    std::thread::sleep(PAUSE);
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(FilesError::Busy { path: folder.into(), holder: holder(&path) });
                }
                Err(TryLockError::Error(source)) => {
                    return Err(FilesError::Write { path, source });
                }
            }
        }
        // Who it is stands in the file for messages alone; that it could not be written is no harm.
        let name = super::host();
        let _ = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "process {} on {name}", std::process::id()));
        Ok(Self { file })
    }

    /// Shows whoever looks that the holder is still at work. It is the file's time of change, which
    /// can be set on a full disk too; where it cannot be set, nothing is lost but the sign.
    pub fn beat(&self) {
        let _ = self.file.set_modified(SystemTime::now());
    }

    /// Waits until `folder` is free, and takes it.
    ///
    /// # Errors
    /// [`FilesError::Write`] when the lock file cannot be made.
    pub fn wait(folder: &Path) -> Result<Self, FilesError> {
        Self::take_within(folder, Duration::MAX)
    }
}

/// Whether somebody holds `folder`.
#[must_use]
pub(crate) fn is_held(folder: &Path) -> bool {
    File::open(folder.join(FILE))
        .is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// The number of the process on this machine that holds `folder`.
#[must_use]
pub(crate) fn holding_process(folder: &Path) -> Option<u32> {
    let text = std::fs::read_to_string(folder.join(FILE)).ok()?;
    let (process, host) = text.strip_prefix("process ")?.split_once(" on ")?;
    let here = host.trim() == super::host() && is_held(folder);
    here.then(|| process.parse().ok())?
}

/// When the holder of `folder` last showed that it is at work, by the clock of the file system.
#[must_use]
pub(crate) fn last_beat(folder: &Path) -> Option<SystemTime> {
    std::fs::metadata(folder.join(FILE)).and_then(|file| file.modified()).ok()
}

fn holder(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    match text.trim() {
        "" => "another process".to_owned(),
        known => known.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holder_at_a_time_and_none_after_it_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_held(folder.path()));
        let lock = Lock::take(folder.path()).unwrap();
        assert!(is_held(folder.path()));
        let error = Lock::take(folder.path()).unwrap_err().to_string();
        assert!(error.contains(&format!("process {}", std::process::id())), "{error}");
        drop(lock);
        assert!(!is_held(folder.path()));
        Lock::take(folder.path()).unwrap();
    }
}
