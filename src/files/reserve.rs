//! Room for last words: a [`Reserve`] is a small hidden file that a job gives up when it ends.
//!
//! On a full disk a job could not even say why it fails. With the reserve gone there is room again
//! for its record, its last events and its log, and for what the runner makes of them.

use std::path::{Path, PathBuf};

/// The name of the file.
const FILE: &str = ".reserve"; // no job can have this name
/// Enough for a dozen small files, whose blocks are of 4 KiB mostly.
const BYTES: usize = 64 << 10;

/// Room that is kept until this value is dropped.
#[derive(Debug)]
pub struct Reserve {
    path: PathBuf,
}

impl Reserve {
    /// Keeps room on the disk of `folder`. Where there is none there is nothing to keep, and
    /// whoever writes next will say so.
    #[must_use]
    pub fn keep(folder: &Path) -> Self {
        let path = folder.join(FILE);
        // No two blocks alike and none empty, lest a file system that packs files keep no room.
        let mut bytes = vec![0; BYTES];
        blake3::Hasher::new().update(FILE.as_bytes()).finalize_xof().fill(&mut bytes);
        if std::fs::write(&path, bytes).is_err() {
            let _ = std::fs::remove_file(&path);
        }
        Self { path }
    }
}

impl Drop for Reserve {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_kept_and_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let reserve = Reserve::keep(folder.path());
        assert_eq!(folder.path().join(FILE).metadata().unwrap().len(), BYTES as u64);
        drop(Reserve::keep(&folder.path().join("absent")));
        drop(reserve);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
