//! The digests of files, remembered so that planning stays fast: [`Digests`].
//!
//! A digest is remembered by all that tells one state of a file from another ([`Stamp`]), in
//! `digests-2.json` in the user's cache folder. Losing that file costs only time, so nothing here is an
//! error but a file that cannot be read. What it says is for plans alone: whoever works with a file
//! hashes the bytes that it reads ([`Hashed`]).

use super::hashed::{Algorithm, Hashed};
use super::place::Place;
use super::read::{self, RECORD};
use super::stamp::Stamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// The name of the file. An earlier build remembered less of a file, under another name.
const FILE: &str = "digests-2.json";
/// Beyond this many entries, those of files that are gone are dropped.
const MANY: usize = 1000;

/// Digests of files, by what tells their states apart.
#[derive(Debug)]
pub struct Digests {
    file: Option<PathBuf>,
    /// What the file says is not looked at, only what this process has computed.
    distrusted: AtomicBool,
    known: Mutex<Option<BTreeMap<String, Entry>>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// A hash of the stamps.
    state: String,
    digest: String,
}

impl Digests {
    /// Those in the user's cache folder: `$EXP_CACHE`, `$XDG_CACHE_HOME/exp` or `~/.cache/exp`.
    #[must_use]
    pub fn of_user() -> &'static Self {
        static OF_USER: OnceLock<Digests> = OnceLock::new();
        OF_USER.get_or_init(|| {
            let set =
                |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
            let cache = set("EXP_CACHE")
                .or_else(|| set("XDG_CACHE_HOME").map(|cache| cache.join("exp")))
                .or_else(|| set("HOME").map(|home| home.join(".cache/exp")));
            // Whatever becomes of the working folder, the file is the same.
            let cache = cache.map(|folder| std::path::absolute(&folder).unwrap_or(folder));
            Self::kept_in(cache.map(|folder| folder.join(FILE)))
        })
    }

    /// Those kept in the given file, if any.
    #[must_use]
    pub fn kept_in(file: Option<PathBuf>) -> Self {
        Self { file, distrusted: AtomicBool::new(false), known: Mutex::new(None) }
    }

    /// From here on only what this process computes itself is believed: for one whose plans decide
    /// which results are taken for which data.
    pub fn distrust(&self) {
        self.distrusted.store(true, Ordering::Relaxed);
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Forgets everything, for whoever has found it to be wrong.
    pub fn forget(&self) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = None;
        if let Some(file) = &self.file {
            let _ = fs::remove_file(file);
        }
    }

    /// The digest of a file's contents in hexadecimal, remembered or computed.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn digest(&self, path: &Path, algorithm: Algorithm) -> io::Result<String> {
        self.digest_by(path, algorithm, Hashed::finish)
    }

    /// [`Self::digest`]; `finish` reads the open file to its end.
    fn digest_by(
        &self,
        path: &Path,
        algorithm: Algorithm,
        finish: impl FnOnce(Hashed) -> io::Result<String>,
    ) -> io::Result<String> {
        let name = fs::canonicalize(path)?;
        let file = Hashed::open(&name, algorithm)?;
        let before = file.stamp()?;
        let state = hex(&before.bytes());
        let key = name.to_str().map(|name| format!("{algorithm:?}:{name}"));
        if let Some(digest) = key.as_ref().and_then(|key| self.known(key, &state)) {
            return Ok(digest);
        }
        let digest = finish(file)?;
        let now = Hashed::open(&name, algorithm).and_then(|file| file.stamp());
        if let Some(key) = key.filter(|_| before.is_settled() && now.is_ok_and(|it| it == before)) {
            self.store(key, Entry { state, digest: digest.clone() });
        }
        Ok(digest)
    }

    /// One digest for many files below a folder, of their names and contents ([`digest_of_many`]):
    /// remembered as one, since a folder of pictures may hold thousands.
    ///
    /// # Errors
    /// If a file cannot be read; names it.
    pub fn digest_all(
        &self,
        folder: &Path,
        files: &[PathBuf],
    ) -> Result<String, (PathBuf, io::Error)> {
        let at = |path: &PathBuf, error| (path.clone(), error);
        let (mut stamps, mut settled) = (blake3::Hasher::new(), true);
        for path in files {
            let stamp = fs::metadata(path).map(|file| Stamp::of(&file));
            let stamp = stamp.map_err(|error| at(path, error))?;
            settled &= stamp.is_settled();
            name_of(folder, path, &mut stamps).update(&stamp.bytes());
        }
        let state = stamps.finalize().to_hex().to_string();
        let key = fs::canonicalize(folder).ok();
        let key = key.and_then(|folder| Some(format!("Folder:{}", folder.to_str()?)));
        if let Some(digest) = key.as_ref().and_then(|key| self.known(key, &state)) {
            return Ok(digest);
        }
        let mut digests = Vec::with_capacity(files.len());
        for path in files {
            let digest = Hashed::open(path, Algorithm::Blake3).and_then(Hashed::finish);
            digests.push(digest.map_err(|error| at(path, error))?);
        }
        let digest = digest_of_many(folder, files.iter().map(PathBuf::as_path).zip(&digests));
        if let Some(key) = key.filter(|_| settled) {
            self.store(key, Entry { state, digest: digest.clone() });
        }
        Ok(digest)
    }

    /// The digest that is remembered of a state.
    fn known(&self, key: &str, state: &str) -> Option<String> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let trusted = !self.distrusted.load(Ordering::Relaxed);
        let known =
            known.get_or_insert_with(|| if trusted { self.read() } else { BTreeMap::new() });
        known.get(key).filter(|entry| entry.state == state).map(|entry| entry.digest.clone())
    }

    /// What the file says; nothing where it is missing or not ours.
    fn read(&self) -> BTreeMap<String, Entry> {
        let text = self
            .file
            .as_ref()
            .map(|file| Place::below(file, 1))
            .and_then(|file| read::read(&file, RECORD).ok());
        let text = text.unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Adds an entry. Of two processes that do so at once, one may lose its entry: it is found again.
    fn store(&self, key: String, entry: Entry) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get_or_insert_default().insert(key.clone(), entry.clone());
        let Some((file, folder)) = self.file.as_ref().and_then(|file| Some((file, file.parent()?)))
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

/// The digest of files below a folder, each given with that of its contents: of names and contents.
#[must_use]
pub fn digest_of_many<'a>(
    folder: &Path,
    files: impl Iterator<Item = (&'a Path, &'a String)>,
) -> String {
    let mut all = blake3::Hasher::new();
    for (path, digest) in files {
        name_of(folder, path, &mut all).update(digest.as_bytes());
    }
    all.finalize().to_hex().to_string()
}

/// Adds a file's name below a folder to a hash. No name has a zero in it, and what is added next is of
/// one length.
fn name_of<'a>(
    folder: &Path,
    path: &Path,
    hasher: &'a mut blake3::Hasher,
) -> &'a mut blake3::Hasher {
    let name = path.strip_prefix(folder).unwrap_or(path);
    hasher.update(name.as_os_str().as_encoded_bytes()).update(&[0])
}

fn hex(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

#[cfg(test)]
mod tests;
