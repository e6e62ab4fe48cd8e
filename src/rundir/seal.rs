//! Whether what a finished job made is still what it was: a [`ArtefactDigest`] for each of its artefacts, kept
//! in its record.

use crate::files::{self, FilesError, Kind, Place};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

/// The seals of a job's artefacts by their names in `artifacts/`.
pub type ArtefactDigests = BTreeMap<String, ArtefactDigest>;

/// How a file was when its job was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtefactDigest {
    /// Its length.
    pub bytes: u64,
    /// BLAKE3 of its bytes.
    pub digest: String,
    /// When it was last changed, in nanoseconds since 1970.
    pub changed: u64,
}

/// What names of models end in.
const MODEL: &str = ".safetensors";

/// How closely a file is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Its length and time of change alone, where these are what they were; else its contents.
    Metadata,
    /// Its contents, which are read in any case.
    Contents,
}

impl ArtefactDigest {
    pub(super) fn of(place: &Place) -> io::Result<Self> {
        let (file, metadata) = files::open_file(place)?;
        Ok(Self { bytes: metadata.len(), digest: digest(file)?, changed: changed(&metadata) })
    }

    /// Whether a file that holds these bytes is what it was.
    pub(super) fn fits(&self, bytes: &[u8]) -> bool {
        self.bytes == bytes.len() as u64 && self.digest == *blake3::hash(bytes).to_hex()
    }

    /// What is wrong with the file at `place`, if anything is.
    fn broken(&self, place: &Place, check: Check) -> Option<String> {
        let unreadable = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => "is gone".to_owned(),
            _ => format!("cannot be read ({error})"),
        };
        let (file, metadata) = match files::open_file(place) {
            Ok(opened) => opened,
            Err(error) => return Some(unreadable(error)),
        };
        if metadata.len() != self.bytes {
            return Some(format!("has {} bytes, {} when written", metadata.len(), self.bytes));
        }
        if check == Check::Metadata && changed(&metadata) == self.changed {
            return None;
        }
        match digest(file) {
            Ok(digest) if digest == self.digest => None,
            Ok(_) => Some("is damaged: checksum mismatch".to_owned()),
            Err(error) => Some(unreadable(error)),
        }
    }
}

/// Seals every file in `folder` and below it. Hidden ones are left over from a crash. What is neither a
/// file nor a folder is none of what the job made: it is given back, by its name.
///
/// # Errors
/// [`FilesError`].
pub(super) fn seal(folder: &Place) -> Result<(ArtefactDigests, Vec<String>), FilesError> {
    let mut found = (ArtefactDigests::new(), Vec::new());
    seal_below(folder, Path::new(""), &mut found)?;
    Ok(found)
}

fn seal_below(
    top: &Place,
    way: &Path,
    found: &mut (ArtefactDigests, Vec<String>),
) -> Result<(), FilesError> {
    let folder = top.join(way);
    for (name, kind) in files::list(&folder).map_err(FilesError::read(&folder))? {
        if name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let (place, way) = (folder.join(&name), way.join(&name));
        match kind {
            Kind::Folder => seal_below(top, &way, found)?,
            Kind::File => {
                let seal = ArtefactDigest::of(&place).map_err(FilesError::read(&place))?;
                found.0.insert(way.to_string_lossy().into_owned(), seal);
            }
            Kind::Link | Kind::Other => found.1.push(way.to_string_lossy().into_owned()),
        }
    }
    Ok(())
}

/// The first of the files in `folder` that is not what it was, and what is wrong with it.
pub(super) fn broken(folder: &Place, made: &ArtefactDigests, check: Check) -> Option<String> {
    if let Some(name) = unsealed(folder, made) {
        let place = folder.join(&name);
        let what = "is not named among what its record says it made";
        return Some(format!("{} {what}", super::paths::shown(&place).display()));
    }
    made.iter().find_map(|(name, seal)| {
        let place = folder.join(name);
        let what = seal.broken(&place, check)?;
        Some(format!("{} {what}", super::paths::shown(&place).display()))
    })
}

/// A model, which other jobs learn from, of which nothing tells what it was. (People may put other files
/// beside the artefacts.)
fn unsealed(folder: &Place, made: &ArtefactDigests) -> Option<String> {
    let names = files::list(folder).unwrap_or_default().into_iter();
    let mut names = names.filter_map(|(name, _)| name.into_string().ok());
    names.find(|name| !name.starts_with('.') && name.ends_with(MODEL) && !made.contains_key(name))
}

fn digest(file: File) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file)?;
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
        let made = seal(&Place::trusted(folder.path())).unwrap().0;
        assert_eq!(made.keys().collect::<Vec<_>>(), ["latents/a.csv", "model"]);
        let find = |check| broken(&Place::trusted(folder.path()), &made, check);
        assert_eq!((find(Check::Metadata), find(Check::Contents)), (None, None));

        let written = model.metadata().unwrap().modified().unwrap();
        let mut bytes = [7; 100];
        bytes[40] ^= 4;
        std::fs::write(&model, bytes).unwrap();
        let file = File::options().write(true).open(&model).unwrap();
        file.set_modified(SystemTime::now() + Duration::from_secs(2)).unwrap();
        assert!(find(Check::Metadata).unwrap().contains("model is damaged"));
        // As when a disk rots: nobody has written there.
        file.set_modified(written).unwrap();
        assert_eq!(find(Check::Metadata), None);
        assert!(find(Check::Contents).unwrap().contains("model is damaged"));
        std::fs::write(&model, [7; 99]).unwrap();
        assert!(find(Check::Metadata).unwrap().contains("has 99 bytes, 100 when written"));
        std::fs::remove_file(&table).unwrap();
        assert!(find(Check::Metadata).unwrap().contains("latents/a.csv is gone"));
    }

    #[test]
    fn a_model_that_the_record_does_not_name_is_no_good() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("notes.txt"), "a person's own").unwrap();
        let check =
            || broken(&Place::trusted(folder.path()), &ArtefactDigests::new(), Check::Metadata);
        assert_eq!(check(), None);
        std::fs::write(folder.path().join("model.safetensors"), "").unwrap();
        assert!(check().unwrap().contains("model.safetensors is not named"), "{:?}", check());
    }

    #[test]
    fn a_copy_is_what_it_was() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(folder.path().join("model"), "all of it").unwrap();
        let made = seal(&Place::trusted(folder.path())).unwrap().0;
        std::fs::write(other.path().join("model"), "all of it").unwrap();
        let changed = other.path().join("model").metadata().unwrap();
        assert_eq!(broken(&Place::trusted(other.path()), &made, Check::Metadata), None);
        let mut made = made;
        made.get_mut("model").unwrap().changed = self::changed(&changed);
        for name in ["model", "absent"] {
            seal(&Place::trusted(other.path().join(name))).unwrap_err();
        }
        std::os::unix::fs::symlink("model", other.path().join("link")).unwrap();
        let sealed = seal(&Place::trusted(other.path())).unwrap();
        assert_eq!((sealed.0, sealed.1), (made, vec!["link".to_owned()]));
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_not_looked_at() {
        let (root, folder) = (tempfile::tempdir().unwrap(), "job/artifacts");
        std::fs::create_dir_all(root.path().join(folder)).unwrap();
        std::fs::write(root.path().join("model"), "all of it").unwrap();
        let made = seal(&Place::trusted(root.path())).unwrap().0;
        for name in ["../../model".to_owned(), format!("{}/model", root.path().display())] {
            let made = ArtefactDigests::from([(name, made["model"].clone())]);
            let place = Place::trusted(root.path()).join(folder);
            let why = broken(&place, &made, Check::Contents).unwrap();
            assert!(why.contains("leads elsewhere") || why.contains("is gone"), "{why}");
        }
    }
}
