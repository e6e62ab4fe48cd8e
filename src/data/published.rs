//! The sets that are published as four known IDX files: [`Published`], MNIST and its kin.
//!
//! Their files are taken only as published: MNIST's by their BLAKE3 digests, Fashion-MNIST's by the md5
//! that its publishers give. So such a set means the same everywhere, and its digest is known before it is
//! there.

use super::error::DataError;
use super::idx_folder::{Files, Pair};
use super::roots::DataRoots;
use crate::files::{Algorithm, Digests};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A set of which each file is known.
#[derive(Debug)]
pub(crate) struct Published {
    /// Its name in a spec, and of its folder under a data root.
    pub(crate) name: &'static str,
    /// The name of the folder that torchvision gives it.
    pub(crate) torchvision: &'static str,
    /// Addresses that a file's name completes.
    pub(crate) mirrors: &'static [&'static str],
    /// Pictures and labels for training, then for testing.
    pub(crate) files: [PublishedFile; 4],
    /// How many examples there are for training.
    pub(crate) train: usize,
    /// How many test examples there are.
    pub(crate) test: usize,
}

/// One file of a published set.
#[derive(Debug)]
pub(crate) struct PublishedFile {
    pub(crate) name: &'static str,
    /// What stands for its contents in the keys of jobs: the md5 of its publishers, whatever it is
    /// verified by.
    key: &'static str,
    /// What it is verified by.
    pub(crate) verified_by: Algorithm,
    /// Its digest by that.
    pub(crate) digest: &'static str,
    pub(crate) bytes: u64,
}

pub(crate) const NAMES: [&str; 4] = [
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
];

impl PublishedFile {
    /// A file of which only the md5 is known.
    pub(crate) const fn by_md5(name: &'static str, md5: &'static str, bytes: u64) -> Self {
        Self { name, key: md5, verified_by: Algorithm::Md5, digest: md5, bytes }
    }

    /// A file whose publishers' md5 stands for it in keys, and which is verified by its BLAKE3 digest.
    pub(crate) const fn by_blake3(
        name: &'static str,
        key: &'static str,
        digest: &'static str,
        bytes: u64,
    ) -> Self {
        Self { name, key, verified_by: Algorithm::Blake3, digest, bytes }
    }
}

/// What keeps a folder from holding a set: files that are not there, and what else has their names.
fn lack(place: &Path, names: &[&str]) -> String {
    let there = |name: &&&str| place.join(**name).symlink_metadata().is_ok();
    let (odd, absent): (Vec<&str>, Vec<&str>) = names.iter().partition(there);
    let absent = Some(absent).filter(|names| !names.is_empty());
    let absent = absent.map(|names| format!("lacks {}", names.join(", ")));
    let odd = odd.into_iter().map(|name| format!("{name} is no file"));
    absent.into_iter().chain(odd).collect::<Vec<_>>().join("; ")
}

impl Published {
    /// The digest of the set's published contents.
    pub(crate) fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for file in &self.files {
            hasher.update(file.key.as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }

    /// Where under a data root the files may be.
    fn places(&self, root: &Path) -> impl Iterator<Item = PathBuf> {
        let own = root.file_name().is_some_and(|name| name == self.name);
        let below = [root.join(self.name), root.join(self.torchvision).join("raw")];
        below.into_iter().chain(own.then(|| root.to_owned()))
    }

    /// Sees that each place where the set may be can be looked into: it is not fetched because of a
    /// folder that is closed.
    pub(crate) fn reachable(&self, roots: &DataRoots) -> Result<(), DataError> {
        let places = roots.0.iter().flat_map(|root| self.places(root));
        let mut closed = places.filter_map(|place| match place.join(NAMES[0]).metadata() {
            Err(error) if error.kind() == ErrorKind::PermissionDenied => Some((place, error)),
            _ => None,
        });
        closed.next().map_or(Ok(()), |(path, source)| Err(DataError::Read { path, source }))
    }

    /// The folder that holds all four files, or the places looked in.
    pub(crate) fn find(&self, roots: &DataRoots) -> Result<PathBuf, Vec<String>> {
        let mut looked = Vec::new();
        for root in &roots.0 {
            for place in self.places(root) {
                let lacking: Vec<&str> = self
                    .files
                    .iter()
                    .map(|file| file.name)
                    .filter(|name| !place.join(name).is_file())
                    .collect();
                if lacking.is_empty() {
                    return Ok(place);
                }
                let note = match lacking.len() {
                    4 if lacking.iter().any(|name| unpacked(&place, name)) => {
                        " (unpacked files: `set: idx` takes those)".to_owned()
                    }
                    4 if lacking.iter().all(|name| !place.join(name).exists()) => String::new(),
                    _ => format!(" ({})", lack(&place, &lacking)),
                };
                looked.push(format!("{}{note}", place.display()));
            }
        }
        Err(looked)
    }

    /// Sees that each file of the set in `folder` is the published one, as far as `digests` knows or
    /// else reads.
    pub(crate) fn verify(&self, folder: &Path, digests: &Digests) -> Result<(), DataError> {
        self.verify_lengths(folder)?;
        for file in &self.files {
            let path = folder.join(file.name);
            let found = digests
                .digest(&path, file.verified_by)
                .map_err(|source| DataError::Read { path: path.clone(), source })?;
            self.same(file, path, &found)?;
        }
        Ok(())
    }

    /// Sees that each file of the set in `folder` has the length of the published one.
    pub(crate) fn verify_lengths(&self, folder: &Path) -> Result<(), DataError> {
        for file in &self.files {
            let path = folder.join(file.name);
            let found = std::fs::metadata(&path);
            let found =
                found.map_err(|source| DataError::Read { path: path.clone(), source })?.len();
            if found != file.bytes {
                let found = format!("it has {found} bytes, the published one {}", file.bytes);
                return Err(DataError::Unlike { set: self.name, path, found });
            }
        }
        Ok(())
    }

    fn same(&self, file: &PublishedFile, path: PathBuf, found: &str) -> Result<(), DataError> {
        if found == file.digest {
            return Ok(());
        }
        let by = file.verified_by;
        let found = format!("its {by} is {found}, the published one {}", file.digest);
        Err(DataError::Unlike { set: self.name, path, found })
    }

    /// Reads the files in `folder`, of which the very bytes are those of the published ones.
    pub(crate) fn read(&self, folder: &Path) -> Result<[Pair; 2], DataError> {
        self.verify_lengths(folder)?;
        let [train_images, train_labels, test_images, test_labels] =
            NAMES.map(|name| folder.join(name));
        let files = Files { train_images, train_labels, test_images, test_labels };
        let (pairs, found) = match files.read(self.files[0].verified_by) {
            Ok(read) => read,
            // Damage is first of all that it is not the published file.
            Err(error) => {
                self.verify(folder, &Digests::kept_in(None))?;
                return Err(error);
            }
        };
        for (file, found) in self.files.iter().zip(found) {
            self.same(file, folder.join(file.name), &found)?;
        }
        Ok(pairs)
    }

    /// What becomes of a set that is in none of the places, in words.
    pub(crate) fn to_be_fetched(&self, roots: &DataRoots) -> String {
        let bytes: u64 = self.files.iter().map(|file| file.bytes).sum();
        format!(
            "the data set '{0}' is not here: the job that needs it first downloads {1:.1} MB to {2} \
             (`exp data fetch {0}` does so now)",
            self.name,
            bytes as f64 / 1e6,
            roots.downloads().join(self.name).display()
        )
    }

    /// The error for a set that is nowhere, with what became of its download.
    pub(crate) fn missing(&self, looked: Vec<String>, download: &str) -> DataError {
        let name = self.name;
        let advice = format!(
            "run `exp data fetch {name}` where there is a network, or name the folder that holds \
             {name}/ by --data-root or EXP_DATA{download}"
        );
        DataError::Missing { set: name.to_owned(), looked, advice }
    }
}

/// Whether the unpacked form of a `.gz` file lies in `place`.
fn unpacked(place: &Path, name: &str) -> bool {
    let name = name.trim_end_matches(".gz");
    [name, &name.replace("-idx", ".idx")].iter().any(|name| place.join(name).is_file())
}

#[cfg(test)]
mod tests {
    use super::super::published_sets::{FASHION_MNIST, MNIST};
    use super::*;
    use std::fs;

    #[test]
    fn finds_the_set_as_torchvision_lays_it_and_says_what_is_lacking() {
        let folder = tempfile::tempdir().unwrap();
        let roots = DataRoots(vec![folder.path().into()]);
        let raw = folder.path().join("MNIST/raw");
        fs::create_dir_all(&raw).unwrap();
        for name in &NAMES[..3] {
            fs::write(raw.join(name), "x").unwrap();
        }
        let looked = MNIST.find(&roots).unwrap_err();
        assert!(looked[0].ends_with("/mnist"), "{looked:?}");
        assert!(looked[1].ends_with("/MNIST/raw (lacks t10k-labels-idx1-ubyte.gz)"), "{looked:?}");
        fs::create_dir(raw.join(NAMES[3])).unwrap();
        let looked = MNIST.find(&roots).unwrap_err();
        assert!(looked[1].ends_with("raw (t10k-labels-idx1-ubyte.gz is no file)"), "{looked:?}");
        fs::remove_dir(raw.join(NAMES[3])).unwrap();
        fs::write(raw.join(NAMES[3]), "x").unwrap();
        assert_eq!(MNIST.find(&roots).unwrap(), raw);
        assert!(FASHION_MNIST.find(&roots).is_err());
    }

    #[test]
    fn another_file_of_the_same_name_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let said = || {
            let read = MNIST.read(folder.path()).unwrap_err().to_string();
            let digests = Digests::kept_in(None);
            assert_eq!(MNIST.verify(folder.path(), &digests).unwrap_err().to_string(), read);
            assert!(read.contains("exp data fetch mnist"), "{read}");
            read
        };
        for file in &MNIST.files {
            fs::File::create(folder.path().join(file.name)).unwrap().set_len(file.bytes).unwrap();
        }
        assert!(
            said().contains("the published one 03cd1185b8a516aa75a90ed79b65c17d"),
            "{}",
            said()
        );
        // A length is looked at before anything is read.
        let vast = fs::File::create(folder.path().join(NAMES[2])).unwrap();
        vast.set_len(1 << 40).unwrap();
        assert!(
            said().contains("has 1099511627776 bytes, the published one 1648877"),
            "{}",
            said()
        );
    }
}
