//! A job's checkpoints: [`Store`] commits them, and finds the newest that is whole.

use crate::files::{self, Kind, Place, atomic, fault};
use tch::Device;

use super::file::{self, FileError, Tensors};
use super::index::{self, Entry, Index};

/// The checkpoints of one job.
pub struct Store {
    folder: Place,
    index: Index,
    /// What was wrong with the index.
    warning: Option<String>,
}

/// A checkpoint that was read back.
pub struct Restored {
    /// Steps behind it.
    pub step: u64,
    /// What was saved.
    pub tensors: Tensors,
    /// The note that was saved with it.
    pub note: String,
}

impl Store {
    /// The checkpoints in `folder`, which need not exist yet, of the job with this key: those of another
    /// are none.
    #[must_use]
    pub fn open(folder: &Place, key: &str) -> Self {
        let (index, warning) = Index::read(folder, key);
        Self { folder: folder.clone(), index, warning }
    }

    /// Commits a checkpoint, given as the bytes of its [file](file::encode), and lets go of those
    /// that no rule keeps. Returns whether it is the best.
    ///
    /// The file is whole on disk before the index names it, and the index is before an old file
    /// goes: whatever happens in between, the index names files that are there.
    ///
    /// # Errors
    /// When a file cannot be written; the checkpoints before it stay as they were.
    pub fn commit(
        &mut self,
        step: u64,
        bytes: &[u8],
        score: Option<f64>,
    ) -> Result<bool, FileError> {
        let name = format!("step-{step:08}.safetensors");
        let digest = file::write_bytes(&self.folder.join(&name), bytes)?;
        self.index.entries.retain(|entry| entry.step < step);
        let length = Some(bytes.len() as u64);
        self.index.entries.push(Entry { step, file: name, digest, bytes: length, score });
        let gone = index::outdated(&self.index.entries);
        self.index.entries.retain(|entry| !gone.contains(entry));
        self.index.write(&self.folder)?;
        self.sweep();
        Ok(index::best(&self.index.entries).is_some_and(|best| best.step == step))
    }

    /// Removes the checkpoints that the index does not name: outdated ones, and what a crash left
    /// between the commit of a file and that of the index.
    fn sweep(&self) {
        for (name, kind) in files::list(&self.folder).unwrap_or_default() {
            let Some(name) = name.to_str().filter(|name| kind == Kind::File && is_name(name))
            else {
                continue;
            };
            let place = self.folder.join(name);
            if !self.index.names(name) && file::is_ours(&place) {
                fault::point("before the removal", &place);
                // A file that stays costs space and nothing else.
                let _ = atomic::remove(&place);
                fault::point("removed", &place);
            }
        }
    }

    /// What a checkpoint holds, if it is what was written.
    fn read(&self, entry: &Entry, device: Device) -> Result<(Tensors, String), FileError> {
        let place = self.folder.join(&entry.file);
        let damaged = |what: String| FileError::Damaged { path: place.to_path_buf(), what };
        if !is_name(&entry.file) {
            return Err(damaged("a checkpoint has another name".to_owned()));
        }
        let there = files::open_file(&place).map(|(_, file)| file.len());
        if let (Ok(there), Some(bytes)) = (there, entry.bytes)
            && there != bytes
        {
            return Err(damaged(format!("size mismatch: {there} bytes, {bytes} when written")));
        }
        file::read(&place, Some(&entry.digest), device)
    }

    /// The newest checkpoint that is whole, if there is one, and what a person should know: the
    /// newer ones that were damaged, and an index that was.
    #[must_use]
    pub fn newest(&mut self, device: Device) -> (Option<Restored>, Vec<String>) {
        let mut warnings: Vec<String> = self.warning.take().into_iter().collect();
        while let Some(entry) = self.index.entries.last().cloned() {
            match self.read(&entry, device) {
                Ok((tensors, note)) => {
                    return (Some(Restored { step: entry.step, tensors, note }), warnings);
                }
                Err(error) => {
                    self.index.entries.pop();
                    let used = if self.index.entries.is_empty() {
                        "there is no earlier checkpoint, so the job restarts from step 0"
                    } else {
                        "the checkpoint before it is used"
                    };
                    warnings.push(format!("{error}; {used}"));
                }
            }
        }
        (None, warnings)
    }

    /// What was saved at the best step, or none where no checkpoint has a score. One that does not
    /// read is forgotten together with those after it, so that a job which is resumed comes to it
    /// again.
    ///
    /// # Errors
    /// When the file does not read.
    pub fn best(&mut self, device: Device) -> Result<Option<Tensors>, FileError> {
        let Some(best) = index::best(&self.index.entries).cloned() else { return Ok(None) };
        match self.read(&best, device) {
            Ok((tensors, _)) => Ok(Some(tensors)),
            Err(error) => {
                self.index.entries.retain(|entry| entry.step < best.step);
                self.index.write(&self.folder)?;
                Err(error)
            }
        }
    }
}

/// Whether a checkpoint can have this name: `step-00001200.safetensors`.
fn is_name(name: &str) -> bool {
    let steps = name.strip_prefix("step-").and_then(|rest| rest.strip_suffix(".safetensors"));
    steps.is_some_and(|steps| steps.len() >= 8 && steps.bytes().all(|it| it.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::Tensor;

    fn tensors(value: f32) -> Tensors {
        Tensors::from([("a".into(), Tensor::from_slice(&[value; 64]))])
    }

    impl Store {
        fn save(&mut self, step: u64, tensors: &Tensors, note: &str, score: Option<f64>) -> bool {
            self.commit(step, &file::encode(tensors, note).unwrap(), score).unwrap()
        }
    }

    #[test]
    fn a_damaged_checkpoint_falls_back_to_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&Place::trusted(folder.path()), "");
        for step in 1..=3u64 {
            store.save(step * 10, &tensors(step as f32), "{}", Some(1.0 / step as f64));
        }
        let newest = folder.path().join("step-00000030.safetensors");
        let mut bytes = std::fs::read(&newest).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(&newest, bytes).unwrap();
        let (restored, warnings) =
            Store::open(&Place::trusted(folder.path()), "").newest(Device::Cpu);
        let restored = restored.unwrap();
        assert_eq!(restored.step, 20);
        assert!(restored.tensors["a"].equal(&tensors(2.0)["a"]));
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(!folder.path().join("step-00000010.safetensors").exists());
    }

    #[test]
    fn files_that_a_crash_left_unnamed_go_with_the_next_checkpoint_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::trusted(folder.path());
        let bytes = file::encode(&tensors(1.0), "").unwrap();
        let stray = place.join("step-00000005.safetensors");
        std::fs::write(&stray, &bytes).unwrap();
        let kept = ["notes.txt", "step-5.safetensors", "step-my-own.safetensors"];
        for name in &kept {
            std::fs::write(place.join(name), &bytes).unwrap();
        }
        std::fs::write(place.join("step-00000006.safetensors"), "mine").unwrap();
        std::os::unix::fs::symlink("notes.txt", place.join("step-00000007.safetensors")).unwrap();
        Store::open(&place, "").save(10, &tensors(1.0), "", None);
        assert!(!stray.exists());
        // With the new one, the index and its copy.
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3 + 2 + 3);
    }

    #[test]
    fn a_checkpoint_lies_in_its_folder_and_has_the_length_it_had() {
        let root = tempfile::tempdir().unwrap();
        let folder = Place::trusted(root.path()).join("checkpoints");
        std::fs::create_dir(&folder).unwrap();
        Store::open(&folder, "").save(10, &tensors(1.0), "", None);
        let outside = root.path().join("step-00000010.safetensors");
        std::fs::rename(folder.join("step-00000010.safetensors"), &outside).unwrap();
        let mut store = Store::open(&folder, "");
        store.index.entries[0].file = "../step-00000010.safetensors".to_owned();
        let (restored, warnings) = store.newest(Device::Cpu);
        assert!(restored.is_none() && warnings[0].contains("another name"), "{warnings:?}");
        let file = std::fs::File::create(folder.join("step-00000010.safetensors")).unwrap();
        file.set_len(10 << 30).unwrap();
        let (restored, warnings) = Store::open(&folder, "").newest(Device::Cpu);
        assert!(restored.is_none() && warnings[0].contains("10737418240 bytes"), "{warnings:?}");
    }

    #[test]
    fn a_best_checkpoint_that_is_damaged_is_come_to_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&Place::trusted(folder.path()), "");
        for (step, score) in [(10, 0.7), (20, 0.5), (30, 0.6)] {
            store.save(step, &tensors(step as f32), "", Some(score));
        }
        std::fs::write(folder.path().join("step-00000020.safetensors"), "half").unwrap();
        store.best(Device::Cpu).unwrap_err();
        assert!(Store::open(&Place::trusted(folder.path()), "").newest(Device::Cpu).0.is_none());
    }

    #[test]
    fn where_no_checkpoint_is_whole_the_job_starts_again_and_that_is_said() {
        let folder = tempfile::tempdir().unwrap();
        Store::open(&Place::trusted(folder.path()), "").save(10, &tensors(1.0), "", None);
        std::fs::write(folder.path().join("step-00000010.safetensors"), "half").unwrap();
        let (restored, warnings) =
            Store::open(&Place::trusted(folder.path()), "").newest(Device::Cpu);
        assert!(restored.is_none());
        assert!(warnings[0].contains("restarts from step 0"), "{warnings:?}");
    }

    #[test]
    fn steps_that_are_taken_again_replace_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&Place::trusted(folder.path()), "");
        assert!(store.save(10, &tensors(1.0), "", Some(0.5)));
        assert!(!store.save(20, &tensors(2.0), "", Some(0.7)));
        let mut again = Store::open(&Place::trusted(folder.path()), "");
        assert!(!again.save(20, &tensors(3.0), "", Some(0.6)));
        let (restored, _) = Store::open(&Place::trusted(folder.path()), "").newest(Device::Cpu);
        assert!(restored.unwrap().tensors["a"].equal(&tensors(3.0)["a"]));
        assert!(again.best(Device::Cpu).unwrap().unwrap()["a"].equal(&tensors(1.0)["a"]));
    }
}
