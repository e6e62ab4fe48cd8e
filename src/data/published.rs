//! The sets that are published as four known IDX files: [`Published`], MNIST and its kin.
//!
//! Their files are taken only as published, by the md5 that their publishers give. So such a set
//! means the same everywhere, and its digest is known before it is there.

use super::error::DataError;
use super::idx_folder::Files;
use super::memory::{Algorithm, Memory};
use super::roots::DataRoots;
use std::path::{Path, PathBuf};

/// A set of which each file is known.
#[derive(Debug)]
pub(crate) struct Published {
    /// Its name in a spec, and of its folder under a data root.
    pub(crate) name: &'static str,
    /// The name of the folder that torchvision gives it.
    torchvision: &'static str,
    /// Addresses that a file's name completes.
    pub(crate) mirrors: &'static [&'static str],
    /// Pictures and labels for training, then for testing.
    pub(crate) files: [PublishedFile; 4],
}

/// One file of a published set.
#[derive(Debug)]
pub(crate) struct PublishedFile {
    pub(crate) name: &'static str,
    pub(crate) md5: &'static str,
    pub(crate) bytes: u64,
}

const NAMES: [&str; 4] = [
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
];

const fn file(index: usize, md5: &'static str, bytes: u64) -> PublishedFile {
    PublishedFile { name: NAMES[index], md5, bytes }
}

/// Handwritten digits, by Y. Lecun, C. Cortes and C. Burges: 60,000 and 10,000 pictures.
pub(crate) static MNIST: Published = Published {
    name: "mnist",
    torchvision: "MNIST",
    mirrors: &[
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ],
    files: [
        file(0, "f68b3c2dcbeaaa9fbdd348bbdeb94873", 9_912_422),
        file(1, "d53e105ee54ea40749a09fcbcd1e9432", 28_881),
        file(2, "9fb629c4189551a2d022fa330f9573f3", 1_648_877),
        file(3, "ec29112dd5afa0611ce80d1b7f02629c", 4_542),
    ],
};

/// Xiao, Rasul and Vollgraf 2017 (arXiv:1708.07747): as MNIST, of articles of clothing.
pub(crate) static FASHION_MNIST: Published = Published {
    name: "fashion_mnist",
    torchvision: "FashionMNIST",
    mirrors: &[
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ],
    files: [
        file(0, "8d4fb7e6c68d591d4c3dfef9ec88bf0d", 26_421_880),
        file(1, "25c81989df183df01b3e8a0aad5dffbe", 29_515),
        file(2, "bef4ecab320f06d8554ea6380940ec79", 4_422_102),
        file(3, "bb300cfdad3c16e7a12a480ee83cd310", 5_148),
    ],
};

/// Every published set.
pub(crate) static ALL: [&Published; 2] = [&MNIST, &FASHION_MNIST];

impl Published {
    /// The digest of the set's published contents.
    pub(crate) fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for file in &self.files {
            hasher.update(file.md5.as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }

    /// The folder that holds all four files, or the places looked in.
    pub(crate) fn find(&self, roots: &DataRoots) -> Result<PathBuf, Vec<String>> {
        let mut looked = Vec::new();
        for root in &roots.0 {
            let own = root.file_name().is_some_and(|name| name == self.name);
            let below = [root.join(self.name), root.join(self.torchvision).join("raw")];
            for place in below.into_iter().chain(own.then(|| root.clone())) {
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
                    4 => String::new(),
                    _ => format!(" (lacks {})", lacking.join(", ")),
                };
                looked.push(format!("{}{note}", place.display()));
            }
        }
        Err(looked)
    }

    /// The files of the set in `folder`, each the published one.
    pub(crate) fn verified(&self, folder: &Path, memory: &Memory) -> Result<Files, DataError> {
        for file in &self.files {
            let path = folder.join(file.name);
            let found = memory
                .digest(&path, Algorithm::Md5)
                .map_err(|source| DataError::Read { path: path.clone(), source })?;
            if found != file.md5 {
                return Err(DataError::Checksum {
                    set: self.name,
                    path,
                    expected: file.md5,
                    found,
                });
            }
        }
        let [train_images, train_labels, test_images, test_labels] =
            NAMES.map(|name| folder.join(name));
        Ok(Files { train_images, train_labels, test_images, test_labels })
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
    place.join(name.trim_end_matches(".gz")).is_file()
}

#[cfg(test)]
mod tests {
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
        fs::write(raw.join(NAMES[3]), "x").unwrap();
        assert_eq!(MNIST.find(&roots).unwrap(), raw);
        assert!(FASHION_MNIST.find(&roots).is_err());
    }

    #[test]
    fn another_file_of_the_same_name_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for name in NAMES {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        let memory = Memory::at(folder.path().join("memory/digests.json"));
        let error = MNIST.verified(folder.path(), &memory).unwrap_err();
        assert!(matches!(error, DataError::Checksum { .. }));
        assert!(error.to_string().contains("exp data fetch mnist"), "{error}");
    }
}
