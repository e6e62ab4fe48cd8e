//! The list of a job's checkpoints, `checkpoints/index.json`: what each is called, the digest of
//! its bytes, its score, and which is best and last.

use crate::rundir::{RunDirError, atomic};
use serde::{Deserialize, Serialize};
use std::path::Path;

use super::policy;

/// One checkpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Steps behind it.
    pub step: u64,
    /// Its file, beside the index.
    pub file: String,
    /// BLAKE3 of the file's bytes.
    pub digest: String,
    /// The measure by which the best is chosen: lower is better. None where nothing was measured.
    pub score: Option<f64>,
}

/// All checkpoints, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Index {
    /// The file of the newest.
    pub last: Option<String>,
    /// The file of the best.
    pub best: Option<String>,
    /// Every one that is kept.
    pub entries: Vec<Entry>,
}

impl Index {
    /// The name of the index in its folder.
    pub(super) const FILE: &'static str = "index.json";

    /// Reads the index of `folder`; none there is an empty one, and so is one that does not read,
    /// since a job without checkpoints starts again.
    #[must_use]
    pub(super) fn read(folder: &Path) -> Self {
        std::fs::read(folder.join(Self::FILE))
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default()
    }

    /// Names the newest and the best anew, and writes the index to `folder`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn write(&mut self, folder: &Path) -> Result<(), RunDirError> {
        self.last = self.entries.last().map(|entry| entry.file.clone());
        self.best = policy::best(&self.entries).map(|entry| entry.file.clone());
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        atomic::write(&folder.join(Self::FILE), text.as_bytes())
    }
}
