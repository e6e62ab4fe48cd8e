//! The folder of one run: [`RunFolder`], and [`Staged`], one that is being made.

use super::{JobFolder, Lock, RunDirError, RunRecord, RunStatus, atomic, fault, lock, paths};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The age at which a hidden folder that nobody holds counts as left behind by a crash: far more
/// than it takes from making one to taking its lock.
const ABANDONED: Duration = Duration::from_secs(3600);

/// A folder with a run in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// The run in the folder `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The root of runs that it is under: two folders up.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.path.parent().and_then(Path::parent).unwrap_or(Path::new("."))
    }

    /// `name/stamp`: how it is told from every other run under its root.
    #[must_use]
    pub fn label(&self) -> String {
        paths::last(&self.path, 2)
    }

    /// The job `name` of this run.
    #[must_use]
    pub fn job(&self, name: &str) -> JobFolder {
        JobFolder::new(self.path.join(name))
    }

    /// How far the run is.
    ///
    /// # Errors
    /// [`RunDirError::Read`], [`RunDirError::Damaged`].
    pub fn record(&self) -> Result<RunRecord, RunDirError> {
        atomic::read_json(&self.record_file())
    }

    /// Replaces the record.
    ///
    /// # Errors
    /// [`RunDirError::Write`].
    pub fn write_record(&self, record: &RunRecord) -> Result<(), RunDirError> {
        atomic::write_json(&self.record_file(), record)
    }

    /// The record, with "running" checked against the lock: a run whose runner is dead is
    /// interrupted.
    ///
    /// # Errors
    /// As [`Self::record`].
    pub fn live_record(&self) -> Result<RunRecord, RunDirError> {
        let mut record = self.record()?;
        if record.status == RunStatus::Running && !self.is_alive() {
            record = self.record()?;
            if record.status == RunStatus::Running {
                record.status = RunStatus::Interrupted;
            }
        }
        Ok(record)
    }

    /// Takes the run: one runner at a time.
    ///
    /// # Errors
    /// [`RunDirError::Busy`] when another has it.
    pub fn lock(&self) -> Result<Lock, RunDirError> {
        Lock::take(&self.path)
    }

    /// Whether a runner is at work on it.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        lock::is_held(&self.path)
    }

    /// Removes what a crash left half-written: for the runner that holds the run.
    pub fn tidy(&self) {
        atomic::clear(&self.path);
        atomic::clear(&self.figures());
    }

    /// Replaces `summary.json` and `summary.md`.
    ///
    /// # Errors
    /// [`RunDirError::Write`].
    pub fn write_summary(&self, summary: &impl Serialize, text: &str) -> Result<(), RunDirError> {
        atomic::write_json(&self.summary_file(), summary)?;
        atomic::write(&self.path.join("summary.md"), text.as_bytes())
    }

    /// The final figures of its jobs.
    #[must_use]
    pub fn summary_file(&self) -> PathBuf {
        self.path.join("summary.json")
    }

    /// Pictures and tables of what its jobs show together; not there where they show nothing.
    #[must_use]
    pub fn figures(&self) -> PathBuf {
        self.path.join("figures")
    }

    /// The resolved spec.
    #[must_use]
    pub fn spec_file(&self) -> PathBuf {
        self.path.join("spec.yaml")
    }

    /// How far it is.
    #[must_use]
    pub fn record_file(&self) -> PathBuf {
        self.path.join("run.json")
    }
}

/// A run folder under a hidden name, which disappears again unless it is [committed](Self::commit):
/// a run is there with all of its files or not at all.
#[derive(Debug)]
pub struct Staged {
    hidden: Option<PathBuf>,
    end: PathBuf,
    /// The folders above it that were not there before.
    made: Vec<PathBuf>,
}

impl Staged {
    /// Begins a folder for a run of `name` under `root`, which is made if it is not there. What
    /// crashes left half-made there long ago is removed.
    ///
    /// # Errors
    /// [`RunDirError::Write`].
    pub fn begin(root: &Path, name: &str) -> Result<Self, RunDirError> {
        let parent = root.join(name);
        let made = atomic::create_folder(&parent)?;
        remove_abandoned(&parent);
        for attempt in 0.. {
            let stamp = stamp(attempt);
            let (hidden, end) = (parent.join(format!(".{stamp}")), parent.join(stamp));
            let taken = end.exists();
            match if taken { Ok(()) } else { std::fs::create_dir(&hidden) } {
                Ok(()) if !taken => {
                    fault::point("hidden folder made", &end);
                    return Ok(Self { hidden: Some(hidden), end, made });
                }
                Err(source) if source.kind() != std::io::ErrorKind::AlreadyExists => {
                    atomic::remove_empty(&made);
                    return Err(RunDirError::Write { path: hidden, source });
                }
                _ => {}
            }
        }
        unreachable!("some stamp is free")
    }

    /// The folder as it is now: for writing into it.
    #[must_use]
    pub fn folder(&self) -> RunFolder {
        RunFolder::new(self.hidden.as_ref().unwrap_or(&self.end))
    }

    /// The folder as it will be.
    #[must_use]
    pub fn end(&self) -> &Path {
        &self.end
    }

    /// Gives the run its name.
    ///
    /// # Errors
    /// [`RunDirError::Write`].
    pub fn commit(mut self) -> Result<RunFolder, RunDirError> {
        if let Some(hidden) = &self.hidden {
            fault::point("before the name", &self.end);
            std::fs::rename(hidden, &self.end).map_err(RunDirError::write(&self.end))?;
            fault::point("named", &self.end);
            self.hidden = None;
            atomic::sync_folder(self.end.parent().unwrap_or(Path::new(".")))?;
            fault::point("name kept", &self.end);
        }
        Ok(RunFolder::new(&self.end))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if let Some(hidden) = &self.hidden {
            // Nothing finds a hidden folder; one that cannot be removed is only untidy.
            let _ = std::fs::remove_dir_all(hidden);
            let parent = self.end.parent();
            let _ = parent.map(std::fs::remove_dir); // succeeds only if nothing else is in it
            atomic::remove_empty(&self.made);
        }
    }
}

/// Removes the hidden folders in `parent` whose makers died before they could name them.
fn remove_abandoned(parent: &Path) {
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        let changed = entry.metadata().and_then(|folder| folder.modified()).ok();
        let age = changed.and_then(|changed| changed.elapsed().ok());
        let old = age.is_some_and(|age| age > ABANDONED);
        if hidden && old && !lock::is_held(&entry.path()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// `YYYYMMDD-HHMMSS-hhhh`: the time (UTC, so that names sort by age) to a 256th of a second, and two
/// digits against chance.
fn stamp(attempt: u32) -> String {
    let now = crate::clock::now();
    let salt = format!("{:?} {} {attempt}", now, std::process::id());
    let digest = blake3::hash(salt.as_bytes()).to_hex();
    let part = now.timestamp_subsec_micros().min(999_999) * 256 / 1_000_000;
    format!("{}-{part:02x}{}", now.format("%Y%m%d-%H%M%S"), &digest[..2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_crash_left_unnamed_goes_once_it_is_old_and_nobody_holds_it() {
        let root = tempfile::tempdir().unwrap();
        let old = std::time::SystemTime::now() - 2 * ABANDONED;
        let make = |name: &str| {
            let folder = root.path().join("trial").join(name);
            std::fs::create_dir_all(&folder).unwrap();
            folder
        };
        let (dead, young, held) = (make(".dead"), make(".young"), make(".held"));
        let named = make("20200101-000000-abcd");
        let _lock = Lock::take(&held).unwrap();
        for folder in [&dead, &held, &named] {
            std::fs::File::open(folder).unwrap().set_modified(old).unwrap();
        }
        let _staged = Staged::begin(root.path(), "trial").unwrap();
        assert!(!dead.exists());
        assert!(young.exists() && held.exists() && named.exists());
    }

    #[test]
    fn a_run_is_there_whole_or_not_at_all() {
        let root = tempfile::tempdir().unwrap();
        let dropped = Staged::begin(root.path(), "trial").unwrap();
        std::fs::write(dropped.folder().spec_file(), "x").unwrap();
        drop(dropped);
        assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);

        let staged = Staged::begin(root.path(), "trial").unwrap();
        std::fs::write(staged.folder().spec_file(), "x").unwrap();
        let run = staged.commit().unwrap();
        assert!(run.spec_file().exists());
        assert_eq!(run.root(), root.path());
        assert!(run.label().starts_with("trial/20"), "{}", run.label());
        let names = std::fs::read_dir(root.path().join("trial")).unwrap().count();
        assert_eq!(names, 1);
    }

    #[test]
    fn names_sort_by_age_within_a_second_too() {
        let next = |_| {
            std::thread::sleep(std::time::Duration::from_millis(8));
            stamp(0)
        };
        let stamps: Vec<String> = (0..20).map(next).collect();
        assert!(stamps.is_sorted(), "{stamps:?}");
    }
}
