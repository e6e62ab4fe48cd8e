//! Room for last words: a [`Reserve`] is a small hidden file that a job gives up when it ends.
//!
//! On a full disk a job could not even say why it fails. With the reserve gone there is room again
//! for its record, its last events and its log, and for what the runner makes of them.

use super::{Place, atomic, create, read};
use std::io::{self, Write};

/// The name of the file.
const FILE: &str = ".reserve"; // no job can have this name
/// Enough for a dozen small files, whose blocks are of 4 KiB mostly.
const BYTES: usize = 64 << 10;

/// Room that is kept until this value is dropped.
#[derive(Debug)]
pub struct Reserve {
    /// None where there was no room, or something else has the name.
    place: Option<Place>,
}

impl Reserve {
    /// Keeps room on the disk of `folder`. Where there is none there is nothing to keep, and
    /// whoever writes next will say so.
    #[must_use]
    pub fn keep(folder: &Place) -> Self {
        let place = folder.join(FILE);
        // No two blocks alike and none empty, lest a file system that packs files keep no room.
        let mut bytes = vec![0; BYTES];
        blake3::Hasher::new().update(FILE.as_bytes()).finalize_xof().fill(&mut bytes);
        Self { place: fill(&place, &bytes).is_ok().then_some(place) }
    }
}

impl Drop for Reserve {
    fn drop(&mut self) {
        let _ = self.place.as_ref().map(atomic::remove);
    }
}

/// Makes the file, in place of what a crash left of it. Anything else of that name stays.
fn fill(place: &Place, bytes: &[u8]) -> io::Result<()> {
    if read(place, bytes.len() as u64).is_ok_and(|there| bytes.starts_with(&there)) {
        atomic::remove(place)?;
    }
    let written = create(place)?.write_all(bytes);
    if written.is_err() {
        let _ = atomic::remove(place);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_kept_and_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::trusted(folder.path());
        let file = folder.path().join(FILE);
        let reserve = Reserve::keep(&place);
        let bytes = std::fs::read(&file).unwrap();
        assert_eq!(bytes.len(), BYTES);
        drop(Reserve::keep(&place.join("absent")));
        drop(reserve);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        std::fs::write(&file, &bytes[..999]).unwrap(); // a disk that was full, and a crash
        drop(Reserve::keep(&place));
        assert!(!file.exists());
        std::fs::write(&file, "mine").unwrap();
        drop(Reserve::keep(&place));
        assert_eq!(std::fs::read(&file).unwrap(), b"mine");
    }
}
