//! The digests of files, remembered so that planning stays fast: [`Memory`].
//!
//! A digest is remembered by the path, size and time of change of its file, in `digests.json` in the
//! user's cache folder. Losing that file costs only time, so nothing here is an error but a data file
//! that cannot be read.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Beyond this many entries, those of files that are gone are dropped.
const MANY: usize = 1000;
/// A file changed so recently could change again within the resolution of its time stamp.
const SETTLED: Duration = Duration::from_secs(2);

/// Which digest of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Blake3,
    /// What the publishers of the sets give; against damage, not against malice.
    Md5,
}

/// Digests of files, by path, size and time of change.
#[derive(Debug, Clone)]
pub(crate) struct Memory(Option<PathBuf>);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Entry {
    size: u64,
    modified_nanoseconds: u64,
    digest: String,
}

impl Memory {
    /// The one in the user's cache folder: `$EXP_CACHE`, `$XDG_CACHE_HOME/exp` or `~/.cache/exp`.
    pub(crate) fn of_user() -> Self {
        let set =
            |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let cache = set("EXP_CACHE")
            .or_else(|| set("XDG_CACHE_HOME").map(|cache| cache.join("exp")))
            .or_else(|| set("HOME").map(|home| home.join(".cache/exp")));
        // Whatever becomes of the working folder, the file is the same.
        let cache = cache.map(|folder| std::path::absolute(&folder).unwrap_or(folder));
        Self(cache.map(|folder| folder.join("digests.json")))
    }

    /// One kept in the given file.
    #[cfg(test)]
    pub(crate) fn at(file: PathBuf) -> Self {
        Self(Some(file))
    }

    /// One digest for many files below a folder, of their names and contents: remembered as one, since
    /// a folder of pictures may hold thousands.
    ///
    /// # Errors
    /// If a file cannot be read; names it.
    pub(crate) fn digest_all(
        &self,
        folder: &Path,
        files: &[PathBuf],
    ) -> Result<String, (PathBuf, io::Error)> {
        let at = |path: &PathBuf, error| (path.clone(), error);
        // No name has a zero in it, and what follows is of one length.
        let begin = |hasher: &mut blake3::Hasher, path: &Path| {
            let name = path.strip_prefix(folder).unwrap_or(path);
            hasher.update(name.as_os_str().as_encoded_bytes()).update(&[0]);
        };
        let (mut stamps, mut newest, mut sizes) = (blake3::Hasher::new(), 0, 0);
        for path in files {
            let (size, modified) = stamp(path).map_err(|error| at(path, error))?;
            (newest, sizes) = (newest.max(modified), sizes + size);
            begin(&mut stamps, path);
            stamps.update(&size.to_le_bytes()).update(&modified.to_le_bytes());
        }
        let mut first = [0; 8];
        first.copy_from_slice(&stamps.finalize().as_bytes()[..8]);
        let state = (sizes, u64::from_le_bytes(first));
        let key = fs::canonicalize(folder).ok();
        let key = key.and_then(|folder| Some(format!("Folder:{}", folder.to_str()?)));
        let remembered = key.as_ref().and_then(|key| self.read().remove(key));
        if let Some(entry) = remembered.filter(|entry| same(entry, state)) {
            return Ok(entry.digest);
        }
        let mut contents = blake3::Hasher::new();
        for path in files {
            let digest = compute(path, Algorithm::Blake3).map_err(|error| at(path, error))?;
            begin(&mut contents, path);
            contents.update(digest.as_bytes());
        }
        let digest = contents.finalize().to_hex().to_string();
        if let Some(key) = key.filter(|_| settled(newest)) {
            let (size, modified_nanoseconds) = state;
            self.store(key, Entry { size, modified_nanoseconds, digest: digest.clone() });
        }
        Ok(digest)
    }

    /// The digest of a file's contents in hexadecimal, remembered or computed.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn digest(&self, path: &Path, algorithm: Algorithm) -> io::Result<String> {
        let name = fs::canonicalize(path)?;
        let key = name.to_str().map(|name| format!("{algorithm:?}:{name}"));
        let before = stamp(path)?;
        let remembered = key.as_ref().and_then(|key| self.read().remove(key));
        if let Some(entry) = remembered.filter(|entry| same(entry, before)) {
            return Ok(entry.digest);
        }
        let digest = compute(path, algorithm)?;
        if let Some(key) =
            key.filter(|_| settled(before.1) && stamp(path).is_ok_and(|now| now == before))
        {
            let (size, modified_nanoseconds) = before;
            self.store(key, Entry { size, modified_nanoseconds, digest: digest.clone() });
        }
        Ok(digest)
    }

    /// What is remembered; nothing where the file is missing or not ours.
    fn read(&self) -> BTreeMap<String, Entry> {
        let text = self.0.as_ref().and_then(|file| fs::read(file).ok()).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Adds an entry. Of two processes that do so at once, one may lose its entry: it is found again.
    fn store(&self, key: String, entry: Entry) {
        let Some((file, folder)) = self.0.as_ref().and_then(|file| Some((file, file.parent()?)))
        else {
            return;
        };
        let mut entries = self.read();
        if entries.len() >= MANY {
            entries.retain(|key, _| {
                key.split_once(':').is_some_and(|(_, path)| Path::new(path).exists())
            });
        }
        entries.insert(key, entry);
        // A cache that cannot be written is no error: the digest is then computed again.
        let _ = fs::create_dir_all(folder).and_then(|()| {
            let temporary = tempfile::NamedTempFile::new_in(folder)?;
            serde_json::to_writer(&temporary, &entries)?;
            temporary.persist(file)?;
            Ok(())
        });
    }
}

fn same(entry: &Entry, stamp: (u64, u64)) -> bool {
    (entry.size, entry.modified_nanoseconds) == stamp
}

/// Whether a time of change, in nanoseconds since 1970, is long enough ago to be believed.
fn settled(modified: u64) -> bool {
    UNIX_EPOCH + Duration::from_nanos(modified) + SETTLED < SystemTime::now()
}

/// Size in bytes, and time of change in nanoseconds since 1970.
fn stamp(path: &Path) -> io::Result<(u64, u64)> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    let modified = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok((metadata.len(), modified.as_nanos() as u64))
}

fn compute(path: &Path, algorithm: Algorithm) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 1 << 16];
    let (mut blake3, mut md5) = (blake3::Hasher::new(), md5::Context::new());
    loop {
        let count = file.read(&mut buffer)?;
        match algorithm {
            _ if count == 0 => break,
            Algorithm::Blake3 => drop(blake3.update(&buffer[..count])),
            Algorithm::Md5 => md5.consume(&buffer[..count]),
        }
    }
    Ok(match algorithm {
        Algorithm::Blake3 => blake3.finalize().to_hex().to_string(),
        Algorithm::Md5 => format!("{:x}", md5.finalize()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file_of_age(folder: &Path, contents: &str, seconds: u64) -> PathBuf {
        let path = folder.join("data");
        fs::write(&path, contents).unwrap();
        let then = SystemTime::now() - Duration::from_secs(seconds);
        File::options().append(true).open(&path).unwrap().set_modified(then).unwrap();
        path
    }

    #[test]
    fn digests_are_remembered_until_the_file_changes() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::at(folder.path().join("cache/digests.json"));
        let path = file_of_age(folder.path(), "abc", 60);
        let digest = || memory.digest(&path, Algorithm::Md5).unwrap();
        assert_eq!(digest(), "900150983cd24fb0d6963f7d28e17f72");
        let text = fs::read_to_string(folder.path().join("cache/digests.json")).unwrap();
        fs::write(folder.path().join("cache/digests.json"), text.replace("9001", "feed")).unwrap();
        assert_eq!(digest(), "feed50983cd24fb0d6963f7d28e17f72", "it was remembered");
        file_of_age(folder.path(), "abd", 50);
        assert_eq!(digest(), "4911e516e5aa21d327512e0c8b197616");
        assert_ne!(memory.digest(&path, Algorithm::Blake3).unwrap(), digest());
    }

    #[test]
    fn many_files_have_one_digest_that_follows_names_and_contents() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::at(folder.path().join("cache/digests.json"));
        let of = |names: &[&str]| {
            let files: Vec<PathBuf> = names.iter().map(|name| folder.path().join(name)).collect();
            memory.digest_all(folder.path(), &files)
        };
        let path = file_of_age(folder.path(), "abc", 60);
        fs::rename(&path, folder.path().join("one")).unwrap();
        let one = of(&["one"]).unwrap();
        let text = fs::read_to_string(folder.path().join("cache/digests.json")).unwrap();
        let other = text.replace(&one[..4], "feed");
        fs::write(folder.path().join("cache/digests.json"), other).unwrap();
        assert!(of(&["one"]).unwrap().starts_with("feed"), "it was remembered");
        file_of_age(folder.path(), "abc", 60);
        let both = of(&["data", "one"]).unwrap();
        assert_ne!(both, of(&["data"]).unwrap());
        file_of_age(folder.path(), "abd", 50);
        assert_ne!(both, of(&["data", "one"]).unwrap());
        let (path, _) = of(&["one", "none"]).unwrap_err();
        assert!(path.ends_with("none"), "{}", path.display());
    }

    #[test]
    fn a_new_file_or_a_damaged_or_unwritable_memory_costs_only_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = file_of_age(folder.path(), "abc", 0);
        let memory = Memory::at(folder.path().join("digests.json"));
        memory.digest(&path, Algorithm::Md5).unwrap();
        assert!(!folder.path().join("digests.json").exists(), "too fresh to be remembered");
        file_of_age(folder.path(), "abc", 60);
        for place in ["digests.json", "data/in/a/file.json"] {
            let _ = fs::write(folder.path().join(place), "{ not JSON");
            let memory = Memory::at(folder.path().join(place));
            let digest = memory.digest(&path, Algorithm::Md5).unwrap();
            assert_eq!(digest, "900150983cd24fb0d6963f7d28e17f72");
        }
        assert!(memory.digest(folder.path(), Algorithm::Md5).is_err());
    }
}
