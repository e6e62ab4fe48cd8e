//! Whose a folder is: a [`Lock`] that the operating system releases when its holder dies.
//!
//! Nothing is ever cleaned up by hand: a folder whose status says "running" and that nobody holds
//! belongs to something dead.

use super::temporary::Temporary;
use super::{FilesError, NAME, Place, host, list, open, read_text};
use rustix::fs::OFlags;
use std::fs::{File, TryLockError};
use std::io::{self, Seek, Write};
use std::os::unix::fs::MetadataExt;
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

/// What came of trying to lock a file once.
pub(crate) enum Attempt {
    /// It is ours.
    Ours(File),
    /// Somebody has it.
    Theirs,
    /// It was replaced or removed meanwhile: to be tried again.
    Gone,
}

/// Tries to lock the file at `place`, which is made if it is not there. A file that has another name
/// too is replaced by one of its own, which is held before it has its name.
///
/// # Errors
/// What the system said.
pub(crate) fn attempt(place: &Place) -> io::Result<Attempt> {
    let file = File::from(open::open(place, OFlags::RDWR | OFlags::CREATE)?);
    open::is_regular(place, &file)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(Attempt::Theirs),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let held = file.metadata()?;
    let there = list::look(place);
    #[allow(clippy::unnecessary_cast, reason = "a number of another size on other systems")]
    let same = |there: rustix::fs::Stat| {
        (there.st_dev as u64, there.st_ino as u64) == (held.dev(), held.ino())
    };
    match there {
        Ok(there) if same(there) => {}
        Ok(_) => return Ok(Attempt::Gone),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Attempt::Gone),
        Err(error) => return Err(error),
    }
    if held.nlink() <= 1 {
        return Ok(Attempt::Ours(file));
    }
    let mut own = Temporary::beside(place)?;
    own.file.try_lock().map_err(io::Error::other)?;
    own.rename()?;
    Ok(Attempt::Ours(own.file.try_clone()?))
}

impl Lock {
    /// Takes `folder`.
    ///
    /// # Errors
    /// [`FilesError::Busy`] when somebody has it, [`FilesError::Write`] when the lock file cannot
    /// be made.
    pub fn take(folder: &Place) -> Result<Self, FilesError> {
        Self::take_within(folder, PATIENCE)
    }

    /// Takes `folder`, waiting for it as long as `patience`.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub fn take_within(folder: &Place, patience: Duration) -> Result<Self, FilesError> {
        let began = Instant::now();
        let place = folder.join(FILE);
        let mut file = loop {
            match attempt(&place).map_err(FilesError::write(&place))? {
                Attempt::Ours(file) => break file,
                // Its holder has finished; on a file system where a file never seems to be at its own
                // name, that would go on for ever.
                Attempt::Gone if began.elapsed() < patience => {}
                Attempt::Theirs if began.elapsed() < patience => std::thread::sleep(PAUSE),
                Attempt::Theirs | Attempt::Gone => {
                    let path = folder.to_path_buf();
                    return Err(FilesError::Busy { path, holder: holder(&place) });
                }
            }
        };
        // Who it is stands in the file for messages alone; that it could not be written is no harm.
        let name = host();
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
}

/// Whether somebody holds `folder`.
#[must_use]
pub(crate) fn is_held(folder: &Place) -> bool {
    is_locked(&folder.join(FILE))
}

/// Whether somebody holds the file at `place`.
#[must_use]
pub(crate) fn is_locked(place: &Place) -> bool {
    open::file(place)
        .is_ok_and(|(file, _)| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// The number of the process on this machine that holds `folder`.
#[must_use]
pub(crate) fn holding_process(folder: &Place) -> Option<u32> {
    let text = read_text(&folder.join(FILE), NAME).ok()?;
    let (process, machine) = text.strip_prefix("process ")?.split_once(" on ")?;
    let here = machine.trim() == host() && is_held(folder);
    here.then(|| process.parse().ok())?
}

/// When the holder of `folder` last showed that it is at work, by the clock of the file system.
#[must_use]
pub(crate) fn last_beat(folder: &Place) -> Option<SystemTime> {
    let (file, _) = open::file(&folder.join(FILE)).ok()?;
    file.metadata().and_then(|file| file.modified()).ok()
}

fn holder(place: &Place) -> String {
    let text = read_text(place, NAME).unwrap_or_default();
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
        let folder = Place::trusted(folder.path());
        assert!(!is_held(&folder));
        let lock = Lock::take(&folder).unwrap();
        assert!(is_held(&folder));
        let error = Lock::take(&folder).unwrap_err().to_string();
        assert!(error.contains(&format!("process {}", std::process::id())), "{error}");
        drop(lock);
        assert!(!is_held(&folder));
        Lock::take(&folder).unwrap();
    }
    #[test]
    fn the_process_that_holds_a_folder_is_known_on_its_machine_while_it_does() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::trusted(folder.path());
        assert_eq!(holding_process(&place), None);
        let lock = Lock::take(&place).unwrap();
        assert_eq!(holding_process(&place), Some(std::process::id()));
        let file = folder.path().join(FILE);
        let words = std::fs::read_to_string(&file).unwrap();
        drop(lock);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), words, "they stay");
        assert_eq!(holding_process(&place), None);
        let _lock = Lock::take(&place).unwrap();
        std::fs::write(&file, "process 7 on another-machine\n").unwrap();
        assert_eq!(holding_process(&place), None);
    }
}
