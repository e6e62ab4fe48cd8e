//! The list of a job's checkpoints, `checkpoints/index.json`: what each is called, the digest of
//! its bytes, its score, and which is best and last; and which of them stay: the newest, one before it to
//! fall back on, and the best ([`outdated`]). A copy lies beside it, since without the list
//! no checkpoint can be trusted.

use crate::files::{self, FilesError, Place, RECORD, atomic};
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;

/// One checkpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// Steps behind it.
    pub step: u64,
    /// Its file, beside the index.
    pub file: String,
    /// BLAKE3 of the file's bytes.
    pub digest: String,
    /// How many there are. Not in the files of early builds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// The measure by which the best is chosen: lower is better. None where nothing was measured.
    pub score: Option<f64>,
}

/// All checkpoints, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Index {
    /// The file of the newest.
    pub last: Option<String>,
    /// The file of the best.
    pub best: Option<String>,
    /// Every one that is kept.
    pub entries: Vec<Entry>,
    /// The key of the job whose checkpoints these are.
    key: String,
    /// BLAKE3 of all of the above.
    digest: String,
}

/// Why an index cannot be used.
#[derive(Debug, thiserror::Error)]
enum IndexFault {
    #[error(transparent)]
    Unreadable(#[from] std::io::Error),
    #[error(transparent)]
    Malformed(#[from] serde_json::Error),
    #[error("checksum mismatch")]
    Changed,
    #[error("it is of another job")]
    OtherJob,
}

/// The index in its folder, and its copy.
const FILES: [&str; 2] = ["index.json", "index.copy.json"];

impl Index {
    /// Reads the index in `folder` of the job with this key, or its copy where it is damaged, and what
    /// a person should know of that. None there is an empty one.
    pub(super) fn read(folder: &Place, key: &str) -> (Self, Option<String>) {
        let [index, copy] = FILES.map(|name| Self::read_one(&folder.join(name), key));
        let (index, copy) = match (index, copy) {
            (Ok(Some(index)), _) => return (index, None),
            (Ok(None), Ok(None)) => return (Self::of(key), None),
            (index, copy) => (index, copy.ok().flatten()),
        };
        let what = index.err().map_or_else(|| "it is gone".to_owned(), |fault| fault.to_string());
        let path = folder.join(FILES[0]);
        let used = match copy {
            Some(_) => "its copy is used",
            None => "it has no copy, so the job restarts from step 0",
        };
        let warning = format!("{} is damaged: {what}; {used}", path.display());
        (copy.unwrap_or_else(|| Self::of(key)), Some(warning))
    }

    /// An empty one.
    fn of(key: &str) -> Self {
        Self { key: key.to_owned(), ..Self::default() }
    }

    /// One of the files, if it is there, or what is wrong with it.
    fn read_one(place: &Place, key: &str) -> Result<Option<Self>, IndexFault> {
        let bytes = match files::read(place, RECORD) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let index: Self = serde_json::from_slice(&bytes)?;
        if index.digest != index.sum() {
            return Err(IndexFault::Changed);
        }
        if index.key != key {
            return Err(IndexFault::OtherJob);
        }
        Ok(Some(index))
    }

    /// The digest of everything but the digest.
    fn sum(&self) -> String {
        // Plain values: JSON has a place for each.
        let parts = serde_json::to_vec(&(&self.last, &self.best, &self.entries, &self.key));
        blake3::hash(&parts.unwrap_or_default()).to_hex().to_string()
    }

    /// Names the newest and the best anew, and writes the index and its copy to `folder`.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(super) fn write(&mut self, folder: &Place) -> Result<(), FilesError> {
        self.last = self.entries.last().map(|entry| entry.file.clone());
        self.best = best(&self.entries).map(|entry| entry.file.clone());
        self.digest = self.sum();
        FILES.iter().try_for_each(|name| atomic::write_json(&folder.join(name), self))
    }

    /// Whether it names the file `name`.
    pub(super) fn names(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.file == name)
    }
}

/// How many of the newest stay: the last, and the one before in case the last is damaged.
const NEWEST: usize = 2;

/// The best of `entries`: the lowest score, the earliest of equals. None where none has a score.
#[must_use]
pub(super) fn best(entries: &[Entry]) -> Option<&Entry> {
    entries
        .iter()
        .filter(|entry| entry.score.is_some_and(|score| !score.is_nan()))
        .min_by(|a, b| a.score.partial_cmp(&b.score).unwrap_or(std::cmp::Ordering::Equal))
}

/// Those of `entries` (oldest first) that no rule keeps.
#[must_use]
pub(super) fn outdated(entries: &[Entry]) -> Vec<Entry> {
    let best = best(entries).map(|entry| entry.step);
    let old = entries.len().saturating_sub(NEWEST);
    entries[..old].iter().filter(|entry| Some(entry.step) != best).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(folder: &Place) -> Index {
        let entry = |step, score| Entry {
            step,
            file: format!("step-{step:08}.safetensors"),
            digest: "d".into(),
            bytes: Some(7),
            score,
        };
        let entries = vec![entry(1, Some(0.1 + 0.2)), entry(2, None)];
        let mut index = Index { entries, ..Index::default() };
        index.write(folder).unwrap();
        index
    }

    #[test]
    fn any_flipped_bit_is_seen_and_the_copy_used() {
        let root = tempfile::tempdir().unwrap();
        let folder = Place::trusted(root.path());
        let written = index(&folder);
        assert_eq!(Index::read(&folder, ""), (written.clone(), None));
        let path = folder.join(FILES[0]);
        let good = std::fs::read(&path).unwrap();
        let mut seen = 0;
        for (place, bit) in (0..good.len()).flat_map(|place| (0..8).map(move |bit| (place, bit))) {
            let mut bad = good.clone();
            bad[place] ^= 1 << bit;
            std::fs::write(&path, bad).unwrap();
            let (found, warning) = Index::read(&folder, "");
            // Between the words a blank may have become another blank.
            assert_eq!(found, written, "byte {place}, bit {bit}");
            seen += usize::from(warning.is_some());
        }
        assert!(seen > 8 * good.len() * 9 / 10, "{seen} of {}", 8 * good.len());
        std::fs::remove_file(&path).unwrap();
        assert_eq!(Index::read(&folder, "").0, written);
    }

    #[test]
    fn without_a_copy_there_is_nothing_and_that_is_said() {
        let root = tempfile::tempdir().unwrap();
        let folder = Place::trusted(root.path());
        assert_eq!(Index::read(&folder, ""), (Index::default(), None));
        index(&folder);
        for name in FILES {
            std::fs::write(folder.join(name), "{").unwrap();
        }
        let (found, warning) = Index::read(&folder, "");
        assert_eq!(found, Index::default());
        assert!(warning.unwrap().contains("index.json is damaged"));
    }

    #[test]
    fn an_index_of_another_job_or_without_its_digest_is_none() {
        let root = tempfile::tempdir().unwrap();
        let folder = Place::trusted(root.path());
        index(&folder);
        let (found, warning) = Index::read(&folder, "another");
        assert_eq!((found.entries.len(), found.key.as_str()), (0, "another"));
        assert!(warning.unwrap().contains("it is of another job; it has no copy"));
        for name in FILES {
            let text = std::fs::read_to_string(folder.join(name)).unwrap();
            let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
            value.as_object_mut().unwrap().remove("digest");
            std::fs::write(folder.join(name), value.to_string()).unwrap();
        }
        let (found, warning) = Index::read(&folder, "");
        assert!(found.entries.is_empty() && warning.unwrap().contains("missing field `digest`"));
    }

    fn entry(step: u64, score: Option<f64>) -> Entry {
        Entry { step, file: String::new(), digest: String::new(), bytes: None, score }
    }

    #[test]
    fn the_best_and_the_two_newest_stay() {
        let scores = [(1, 0.5), (2, 0.2), (3, 0.2), (4, 0.4), (5, 0.3)];
        let entries: Vec<_> =
            scores.iter().map(|&(step, score)| entry(step, Some(score))).collect();
        assert_eq!(best(&entries).unwrap().step, 2);
        let gone: Vec<_> = outdated(&entries).iter().map(|entry| entry.step).collect();
        assert_eq!(gone, [1, 3]);
    }

    #[test]
    fn without_scores_the_newest_stay() {
        let entries: Vec<_> = (0..4).map(|step| entry(step, None)).collect();
        assert!(best(&entries).is_none());
        assert_eq!(outdated(&entries).len(), 2);
        assert!(outdated(&entries[..1]).is_empty());
        assert!(best(&[entry(1, Some(f64::NAN))]).is_none());
    }
}
