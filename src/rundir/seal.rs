//! Whether what a finished job made is still what it was: a [`Seal`] for each of its artefacts, kept
//! in its record.

use super::RunDirError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

/// The seals of a job's artefacts by their names in `artifacts/`.
pub type Made = BTreeMap<String, Seal>;

/// How a file was when its job was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// Its length.
    pub bytes: u64,
    /// BLAKE3 of its bytes.
    pub digest: String,
    /// When it was last changed, in nanoseconds since 1970.
    pub changed: u64,
}

/// How closely a file is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// One with the length and the time of change that it had is taken for what it was.
    Glance,
    /// Its bytes are read in any case.
    Close,
}

impl Seal {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let file = path.metadata()?;
        Ok(Self { bytes: file.len(), digest: digest(path)?, changed: changed(&file) })
    }

    /// Whether a file that holds these bytes is what it was.
    pub(super) fn fits(&self, bytes: &[u8]) -> bool {
        self.bytes == bytes.len() as u64 && self.digest == *blake3::hash(bytes).to_hex()
    }

    /// What is wrong with the file at `path`, if anything is.
    fn broken(&self, path: &Path, look: Look) -> Option<String> {
        let unreadable = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => "is gone".to_owned(),
            _ => format!("cannot be read ({error})"),
        };
        let file = match path.metadata() {
            Ok(file) => file,
            Err(error) => return Some(unreadable(error)),
        };
        if file.len() != self.bytes {
            return Some(format!("has {} bytes and had {}", file.len(), self.bytes));
        }
        if look == Look::Glance && changed(&file) == self.changed {
            return None;
        }
        match digest(path) {
            Ok(digest) if digest == self.digest => None,
            Ok(_) => Some("is damaged: its bytes are not those that were written".to_owned()),
            Err(error) => Some(unreadable(error)),
        }
    }
}

/// Seals every file in `folder` and below it. Hidden ones are left over from a crash.
///
/// # Errors
/// [`RunDirError::Read`].
pub(super) fn seal(folder: &Path) -> Result<Made, RunDirError> {
    let mut made = Made::new();
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry.map_err(|error| RunDirError::read(folder)(error.into()))?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if hidden || !entry.file_type().is_file() {
            continue;
        }
        let path = entry.path();
        let seal = Seal::of(path).map_err(RunDirError::read(path))?;
        let name = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned();
        made.insert(name, seal);
    }
    Ok(made)
}

/// The first of the files in `folder` that is not what it was, and what is wrong with it.
pub(super) fn broken(folder: &Path, made: &Made, look: Look) -> Option<String> {
    made.iter().find_map(|(name, seal)| {
        let path = folder.join(name);
        let what = seal.broken(&path, look)?;
        Some(format!("{} {what}", super::paths::shown(&path).display()))
    })
}

fn digest(path: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok(hasher.finalize().to_hex().to_string())
}

fn changed(file: &Metadata) -> u64 {
    let since = file.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| u64::try_from(since.as_nanos()).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_file_that_is_gone_shorter_or_changed_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("latents")).unwrap();
        let (model, table) = (folder.path().join("model"), folder.path().join("latents/a.csv"));
        std::fs::write(&model, [7; 100]).unwrap();
        std::fs::write(&table, "1,2").unwrap();
        std::fs::write(folder.path().join(".new-1"), "half").unwrap();
        let made = seal(folder.path()).unwrap();
        assert_eq!(made.keys().collect::<Vec<_>>(), ["latents/a.csv", "model"]);
        let find = |look| broken(folder.path(), &made, look);
        assert_eq!((find(Look::Glance), find(Look::Close)), (None, None));

        let written = model.metadata().unwrap().modified().unwrap();
        let mut bytes = [7; 100];
        bytes[40] ^= 4;
        std::fs::write(&model, bytes).unwrap();
        let file = File::options().write(true).open(&model).unwrap();
        file.set_modified(SystemTime::now() + Duration::from_secs(2)).unwrap();
        assert!(find(Look::Glance).unwrap().contains("model is damaged"));
        // As when a disk rots: nobody has written there.
        file.set_modified(written).unwrap();
        assert_eq!(find(Look::Glance), None);
        assert!(find(Look::Close).unwrap().contains("model is damaged"));
        std::fs::write(&model, [7; 99]).unwrap();
        assert!(find(Look::Glance).unwrap().contains("has 99 bytes and had 100"));
        std::fs::remove_file(&table).unwrap();
        assert!(find(Look::Glance).unwrap().contains("latents/a.csv is gone"));
    }

    #[test]
    fn a_copy_is_what_it_was() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(folder.path().join("model"), "all of it").unwrap();
        let made = seal(folder.path()).unwrap();
        std::fs::write(other.path().join("model"), "all of it").unwrap();
        assert_eq!(broken(other.path(), &made, Look::Glance), None);
        assert_eq!(seal(&other.path().join("model")).unwrap().len(), 1);
        seal(&other.path().join("absent")).unwrap_err();
    }
}
