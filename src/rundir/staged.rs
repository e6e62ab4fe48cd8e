//! A run folder that is being made: [`Staged`].
//!
//! One that a crash left is removed by a later run of the same name, if it is this program's own
//! beyond doubt: it has the hidden name that such a folder gets, and holds the mark that was put into
//! it first, which says the same name.

use super::staging_mark::{MARK, mark, unmark};
use super::{RunDirError, RunFolder, stamp};
use crate::files::{self, FilesError, Kind, NAME, Place, atomic, fault};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

/// The age at which a hidden folder that nobody holds counts as left behind by a crash: far more
/// than it takes from making one to taking its lock.
const ABANDONED: Duration = Duration::from_secs(3600);

/// A run folder under a hidden name, which disappears again unless it is [committed](Self::commit):
/// a run is there with all of its files or not at all.
#[derive(Debug)]
pub struct Staged {
    hidden: Option<Place>,
    end: Place,
    /// The folders above it that were not there before.
    made: Vec<Place>,
}

impl Staged {
    /// Begins a folder for a run of `name` under `root`, which is made if it is not there. What
    /// crashes left half-made there long ago is removed.
    ///
    /// # Errors
    /// [`FilesError`].
    pub fn begin(root: &Path, name: &str) -> Result<Self, RunDirError> {
        let parent = Place::trusted(root).join(name);
        let made = atomic::create_folder(&parent)?;
        remove_abandoned(&parent);
        for attempt in 0.. {
            let stamp = stamp::new(attempt);
            let (hidden, end) = (parent.join(format!(".{stamp}")), parent.join(stamp));
            if files::kind(&end).is_some() {
                continue;
            }
            match begin_one(&hidden, &end) {
                Ok(true) => return Ok(Self { hidden: Some(hidden), end, made }),
                Ok(false) => {}
                Err(source) => {
                    atomic::remove_empty(&made);
                    return Err(FilesError::write(&hidden)(source).into());
                }
            }
        }
        unreachable!("some stamp is free")
    }

    /// The folder as it is now: for writing into it.
    #[must_use]
    pub fn folder(&self) -> RunFolder {
        RunFolder::at(self.hidden.as_ref().unwrap_or(&self.end).clone())
    }

    /// The folder as it will be.
    #[must_use]
    pub fn end(&self) -> &Path {
        &self.end
    }

    /// Gives the run its name.
    ///
    /// # Errors
    /// [`FilesError`].
    pub fn commit(mut self) -> Result<RunFolder, RunDirError> {
        if let Some(hidden) = &self.hidden {
            fault::point("before the name", &self.end);
            atomic::rename_folder(hidden, &self.end).map_err(FilesError::write(&self.end))?;
            fault::point("named", &self.end);
            self.hidden = None;
            if let Some(parent) = self.end.above() {
                atomic::sync_folder(&parent)?;
            }
            fault::point("name kept", &self.end);
        }
        unmark(&self.end);
        Ok(RunFolder::at(self.end.clone()))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if let Some(hidden) = &self.hidden {
            // Nothing finds a hidden folder; one that cannot be removed is only untidy.
            let _ = atomic::remove_folder(hidden);
            atomic::remove_empty(&self.made);
        }
    }
}

/// Makes the hidden folder and puts its mark into it; false where there is one of that name.
fn begin_one(hidden: &Place, end: &Place) -> io::Result<bool> {
    if !atomic::make(hidden)? {
        return Ok(false);
    }
    fault::point("hidden folder made", end);
    let marked = files::create(&hidden.join(MARK));
    let marked = marked.and_then(|mut file| file.write_all(mark(end).as_bytes()));
    if let Err(error) = marked {
        let _ = atomic::remove_folder(hidden);
        return Err(error);
    }
    Ok(true)
}

/// Removes the hidden folders in `parent` whose makers died before they could name them.
fn remove_abandoned(parent: &Place) {
    for (name, kind) in files::list(parent).unwrap_or_default() {
        let stamp = name.to_str().and_then(|name| name.strip_prefix('.'));
        let Some(stamp) = stamp.filter(|stamp| kind == Kind::Folder && stamp::is_stamp(stamp))
        else {
            continue;
        };
        let (folder, end) = (parent.join(&name), parent.join(stamp));
        let age = files::changed(&folder).and_then(|changed| changed.elapsed().ok());
        if age.is_some_and(|age| age > ABANDONED)
            && files::read_text(&folder.join(MARK), NAME).is_ok_and(|text| text == mark(&end))
            && !files::is_held(&folder)
        {
            let _ = atomic::remove_folder(&folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Lock;

    const STAMPS: [&str; 6] = [
        "20200101-000000-aaaa",
        "20200101-000000-bbbb",
        "20200101-000000-cccc",
        "20200101-000000-dddd",
        "20200101-000000-eeee",
        "20200101-000000-ffff",
    ];

    #[test]
    fn what_a_crash_left_unnamed_goes_once_it_is_old_and_nobody_holds_it_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let parent = Place::trusted(root.path()).join("trial");
        let old = std::time::SystemTime::now() - 2 * ABANDONED;
        let make = |name: &str, mark: &str| {
            let folder = parent.join(name);
            std::fs::create_dir_all(folder.join("objects")).unwrap();
            std::fs::write(folder.join(MARK), mark).unwrap();
            folder
        };
        let of = |stamp: &str| mark(&parent.join(stamp));
        let hidden = |stamp: &str, mark: &str| make(&format!(".{stamp}"), mark);
        let [dead, young, held, other, named, ends] = STAMPS;
        let dead = hidden(dead, &of(dead));
        let kept = [
            hidden(young, &of(young)),
            hidden(held, &of(held)),
            hidden(other, &of(dead.file_name().unwrap().to_str().unwrap())),
            make(named, &of(named)),
            make(&format!("..{ends}"), &of(ends)),
            make(".git", &of("git")),
            make(".20200101-000000", &of("20200101-000000")),
        ];
        let unmarked = hidden("20200101-000000-0000", "");
        std::fs::remove_file(unmarked.join(MARK)).unwrap();
        let _lock = Lock::take(&kept[1]).unwrap();
        for folder in kept[1..].iter().chain([&dead, &unmarked]) {
            std::fs::File::open(folder).unwrap().set_modified(old).unwrap();
        }
        let linked = parent.join(".20200101-000000-1111");
        std::os::unix::fs::symlink(&*kept[0], &linked).unwrap();
        let _staged = Staged::begin(root.path(), "trial").unwrap();
        assert!(!dead.exists());
        for folder in kept.iter().chain([&unmarked, &linked]) {
            assert!(folder.join("objects").exists(), "{folder:?}");
        }
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
        assert_eq!(std::fs::read_dir(run.path()).unwrap().count(), 1, "the mark is gone");
        assert_eq!(run.root(), root.path());
        assert!(run.label().starts_with("trial/20"), "{}", run.label());
        let names = std::fs::read_dir(root.path().join("trial")).unwrap().count();
        assert_eq!(names, 1);
    }

    #[test]
    fn the_mark_is_taken_out_of_a_run_only_if_it_is_its_own() {
        let root = tempfile::tempdir().unwrap();
        let run = RunFolder::new(root.path().join("trial").join(STAMPS[0]));
        std::fs::create_dir_all(run.path()).unwrap();
        let file = run.path().join(MARK);
        for (text, stays) in [("a person's", true), (&mark(run.path()), false)] {
            std::fs::write(&file, text).unwrap();
            run.tidy();
            assert_eq!(file.exists(), stays, "{text}");
        }
    }

    #[test]
    fn a_folder_that_was_there_stays_and_a_link_is_not_followed() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("trial")).unwrap();
        drop(Staged::begin(root.path(), "trial").unwrap());
        assert!(root.path().join("trial").exists());
        std::os::unix::fs::symlink("trial", root.path().join("linked")).unwrap();
        let error = Staged::begin(root.path(), "linked").unwrap_err().to_string();
        assert!(error.contains("linked is a symbolic link"), "{error}");
        assert_eq!(std::fs::read_dir(root.path().join("trial")).unwrap().count(), 0);
    }
}
