//! Four IDX files that make up a set: [`Files`], found in a folder ([`names`](super::idx_names)) and read
//! as pairs.

use super::error::DataError;
use super::flaw::{Flaw, too_many};
use super::idx::{self, Contents};
use super::idx_names::the_one;
use super::roots::DataRoots;
use crate::files::Algorithm;
use crate::shape::Shape;
use std::path::{Path, PathBuf};

/// Where the four files of a set are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Files {
    pub(crate) train_images: PathBuf,
    pub(crate) train_labels: PathBuf,
    pub(crate) test_images: PathBuf,
    pub(crate) test_labels: PathBuf,
}

/// Pictures and their labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    /// Rows and columns of a picture.
    pub(crate) size: [usize; 2],
    /// `labels.len()` pictures, one after another.
    pub(crate) images: Vec<u8>,
    pub(crate) labels: Vec<u8>,
}

impl Files {
    /// The files in a folder, which is below a data root or absolute. The files may have any name
    /// that ends in `train-images-idx3-ubyte` and the like (`t10k` or `test` for the test files; dots
    /// for dashes), with or without `.gz`.
    pub(crate) fn find(folder: &str, roots: &DataRoots) -> Result<Self, DataError> {
        let places = roots.places(folder);
        let Some(place) = places.iter().find(|place| place.is_dir()) else {
            let advice = "name an existing folder as `folder`, or the folder above it by \
                          --data-root or EXP_DATA";
            return Err(DataError::Missing {
                set: format!("idx, folder {folder}"),
                looked: places.iter().map(|place| place.display().to_string()).collect(),
                advice: advice.to_owned(),
            });
        };
        let entries = std::fs::read_dir(place)
            .map_err(|source| DataError::Read { path: place.clone(), source })?;
        let mut names: Vec<String> =
            entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
        names.sort();
        let one = |parts: &[&str], what: Contents| the_one(place, &names, parts, what);
        Ok(Self {
            train_images: one(&["train"], Contents::Images)?,
            train_labels: one(&["train"], Contents::Labels)?,
            test_images: one(&["t10k", "test"], Contents::Images)?,
            test_labels: one(&["t10k", "test"], Contents::Labels)?,
        })
    }

    /// The four paths.
    pub(crate) fn paths(&self) -> [&Path; 4] {
        [&self.train_images, &self.train_labels, &self.test_images, &self.test_labels]
    }

    /// The size of a picture, from the header of the training pictures.
    pub(crate) fn shape(&self) -> Result<Shape, DataError> {
        let sizes = idx::inspect(&self.train_images, Contents::Images)?;
        Ok(Shape { channels: 1, height: sizes[1] as i64, width: sizes[2] as i64 })
    }

    /// How many pictures there are for training and for testing, from the headers.
    pub(crate) fn counts(&self) -> Result<[usize; 2], DataError> {
        let count = |path: &Path| Ok::<_, DataError>(idx::inspect(path, Contents::Images)?[0]);
        Ok([count(&self.train_images)?, count(&self.test_images)?])
    }

    /// One more than the largest label.
    pub(crate) fn classes(&self) -> Result<i64, DataError> {
        let labels = |images: &Path, path: &Path| {
            // Labels that are too many may be of any number.
            let pictures = idx::inspect(images, Contents::Images)?[0];
            same_count(images, pictures, path, idx::inspect(path, Contents::Labels)?[0])?;
            Ok::<_, DataError>(idx::read(path, Contents::Labels, Algorithm::Blake3)?.0)
        };
        let train = labels(&self.train_images, &self.train_labels)?;
        let test = labels(&self.test_images, &self.test_labels)?;
        let largest = train.bytes.iter().chain(&test.bytes).max();
        Ok(largest.map_or(0, |largest| i64::from(*largest) + 1))
    }

    /// What headers and lengths tell to be wrong, with the files and with what is asked of them.
    pub(crate) fn flaws(
        &self,
        set: &'static str,
        train: Option<usize>,
        validation: usize,
    ) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let mut look = |path, contents| {
            let found = idx::inspect(path, contents);
            found.map_err(|error| flaws.push(Flaw::new("folder", error))).ok()
        };
        let mut pair = |images, labels| {
            let (images, labels) = (look(images, Contents::Images), look(labels, Contents::Labels));
            (images, labels.map(|sizes| sizes[0]))
        };
        let training = pair(&self.train_images, &self.train_labels);
        let testing = pair(&self.test_images, &self.test_labels);
        for ((images, labels), [first, second]) in [
            (&training, [&self.train_images, &self.train_labels]),
            (&testing, [&self.test_images, &self.test_labels]),
        ] {
            if let (Some(images), Some(labels)) = (images, labels) {
                let counts = same_count(first, images[0], second, *labels);
                flaws.extend(counts.err().map(|error| Flaw::new("folder", error)));
            }
        }
        if let (Some(first), Some(second)) = (&training.0, &testing.0) {
            let sizes = self.same_size([first[1], first[2]], [second[1], second[2]]);
            flaws.extend(sizes.err().map(|error| Flaw::new("folder", error)));
        }
        flaws.extend(training.0.and_then(|sizes| too_many(set, sizes[0], train, validation)));
        flaws
    }

    /// The pictures and labels for training and for testing, as many of the one as of the other; with
    /// the digest of each file's bytes.
    pub(crate) fn read(&self, algorithm: Algorithm) -> Result<([Pair; 2], [String; 4]), DataError> {
        let pair = |images, labels| read_pair(images, labels, algorithm);
        let (train, [first, second]) = pair(&self.train_images, &self.train_labels)?;
        let (test, [third, fourth]) = pair(&self.test_images, &self.test_labels)?;
        self.same_size(train.size, test.size)?;
        Ok(([train, test], [first, second, third, fourth]))
    }

    fn same_size(&self, train: [usize; 2], test: [usize; 2]) -> Result<(), DataError> {
        let size = |[height, width]: [usize; 2]| format!("pictures of {height} x {width}");
        if train == test {
            return Ok(());
        }
        Err(DataError::Disagree {
            first: self.train_images.clone(),
            first_holds: size(train),
            second: self.test_images.clone(),
            second_holds: size(test),
        })
    }
}

fn read_pair(
    images: &Path,
    labels: &Path,
    algorithm: Algorithm,
) -> Result<(Pair, [String; 2]), DataError> {
    let (pictures, first) = idx::read(images, Contents::Images, algorithm)?;
    let (classes, second) = idx::read(labels, Contents::Labels, algorithm)?;
    same_count(images, pictures.dimensions[0], labels, classes.dimensions[0])?;
    let size = [pictures.dimensions[1], pictures.dimensions[2]];
    Ok((Pair { size, images: pictures.bytes, labels: classes.bytes }, [first, second]))
}

/// Whether there are as many pictures as labels.
pub(crate) fn same_count(
    images: &Path,
    pictures: usize,
    labels: &Path,
    classes: usize,
) -> Result<(), DataError> {
    if pictures == classes {
        return Ok(());
    }
    Err(DataError::Disagree {
        first: images.to_owned(),
        first_holds: format!("{pictures} pictures"),
        second: labels.to_owned(),
        second_holds: format!("{classes} labels"),
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::fs;

    /// Writes a set of `train` and 2 test pictures of 2 x 2 pixels, labels 0, 1, 2, 0, …
    pub(in crate::data) fn write_set(folder: &Path, prefix: &str, train: u8) {
        for (part, count) in [("train", train), ("test", 2)] {
            let images = (0..count * 4).collect::<Vec<u8>>();
            let labels = (0..count).map(|index| index % 3).collect::<Vec<u8>>();
            let header = [0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 2, 0, 0, 0, 2];
            let name = |what| folder.join(format!("{prefix}{part}-{what}-ubyte"));
            fs::write(name("images-idx3"), [&header[..], &images].concat()).unwrap();
            let header = [0, 0, 8, 1, 0, 0, 0, count];
            fs::write(name("labels-idx1"), [&header[..], &labels].concat()).unwrap();
        }
    }

    #[test]
    fn finds_and_reads_files_of_any_prefix() {
        let folder = tempfile::tempdir().unwrap();
        write_set(folder.path(), "my-letters-", 5);
        let roots = DataRoots(vec!["/nowhere".into(), folder.path().parent().unwrap().into()]);
        let name = folder.path().file_name().unwrap().to_str().unwrap();
        let files = Files::find(name, &roots).unwrap();
        assert_eq!(files.shape().unwrap(), Shape { channels: 1, height: 2, width: 2 });
        assert_eq!(files.classes().unwrap(), 3);
        let ([train, test], digests) = files.read(Algorithm::Blake3).unwrap();
        let of = |path: &Path| blake3::hash(&fs::read(path).unwrap()).to_hex().to_string();
        assert_eq!(digests, files.paths().map(of));
        assert!(files.flaws("idx", Some(5), 0).is_empty());
        assert_eq!((train.size, train.labels), ([2, 2], vec![0, 1, 2, 0, 1]));
        assert_eq!(test.images, [0, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn says_what_is_missing_doubled_or_disagrees() {
        let roots = DataRoots(vec!["/nowhere".into()]);
        let missing = Files::find("letters", &roots).unwrap_err().to_string();
        assert!(missing.contains("/nowhere/letters"), "{missing}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        let find = || Files::find(path, &roots);
        assert!(find().unwrap_err().to_string().contains("no file named train-images-idx3-ubyte"));
        write_set(folder.path(), "a-", 5);
        fs::write(folder.path().join("a-train-images-idx3-ubyte.gz"), "").unwrap();
        let files = find().unwrap();
        fs::write(&files.train_labels, [0, 0, 8, 1, 0, 0, 0, 1, 0]).unwrap();
        let error = files.read(Algorithm::Blake3).unwrap_err().to_string();
        assert_eq!(files.flaws("idx", None, 0)[0].error.to_string(), error);
        assert!(error.contains("5 pictures") && error.contains("1 labels"), "{error}");
        write_set(folder.path(), "b-", 5);
        assert!(find().unwrap_err().to_string().contains("could both be"));
    }
}
