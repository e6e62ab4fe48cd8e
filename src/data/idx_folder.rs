//! Four IDX files that make up a set: [`Files`], found in a folder and read as pairs.

use super::error::DataError;
use super::idx::{self, Contents};
use super::roots::DataRoots;
use super::shape::Shape;
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
    /// that ends in `train-images-idx3-ubyte` and the like (`t10k` or `test` for the test files),
    /// with or without `.gz`.
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
        let one = |parts: &[&str], what: &str| the_one(place, &names, parts, what);
        Ok(Self {
            train_images: one(&["train"], "images-idx3-ubyte")?,
            train_labels: one(&["train"], "labels-idx1-ubyte")?,
            test_images: one(&["t10k", "test"], "images-idx3-ubyte")?,
            test_labels: one(&["t10k", "test"], "labels-idx1-ubyte")?,
        })
    }

    /// The four paths.
    pub(crate) fn paths(&self) -> [&Path; 4] {
        [&self.train_images, &self.train_labels, &self.test_images, &self.test_labels]
    }

    /// The size of a picture, from the header of the training pictures.
    pub(crate) fn shape(&self) -> Result<Shape, DataError> {
        let sizes = idx::dimensions(&self.train_images, Contents::Images)?;
        Ok(Shape { channels: 1, height: sizes[1] as i64, width: sizes[2] as i64 })
    }

    /// One more than the largest label.
    pub(crate) fn classes(&self) -> Result<i64, DataError> {
        let train = idx::read(&self.train_labels, Contents::Labels)?.bytes;
        let test = idx::read(&self.test_labels, Contents::Labels)?.bytes;
        Ok(train.iter().chain(&test).max().map_or(0, |largest| i64::from(*largest) + 1))
    }

    /// The pictures and labels for training and for testing, as many of the one as of the other.
    pub(crate) fn read(&self) -> Result<[Pair; 2], DataError> {
        let train = read_pair(&self.train_images, &self.train_labels)?;
        let test = read_pair(&self.test_images, &self.test_labels)?;
        let size = |pair: &Pair| format!("pictures of {} x {}", pair.size[0], pair.size[1]);
        if train.size == test.size {
            return Ok([train, test]);
        }
        Err(DataError::Disagree {
            first: self.train_images.clone(),
            first_holds: size(&train),
            second: self.test_images.clone(),
            second_holds: size(&test),
        })
    }
}

fn read_pair(images: &Path, labels: &Path) -> Result<Pair, DataError> {
    let pictures = idx::read(images, Contents::Images)?;
    let classes = idx::read(labels, Contents::Labels)?;
    if pictures.dimensions[0] != classes.dimensions[0] {
        return Err(DataError::Disagree {
            first: images.to_owned(),
            first_holds: format!("{} pictures", pictures.dimensions[0]),
            second: labels.to_owned(),
            second_holds: format!("{} labels", classes.dimensions[0]),
        });
    }
    let size = [pictures.dimensions[1], pictures.dimensions[2]];
    Ok(Pair { size, images: pictures.bytes, labels: classes.bytes })
}

/// The one file whose name ends in one of `parts`, a dash or dot, and `what`; packed or not.
fn the_one(
    folder: &Path,
    names: &[String],
    parts: &[&str],
    what: &str,
) -> Result<PathBuf, DataError> {
    let fits = |name: &str| {
        let stem = name.strip_suffix(what).and_then(|stem| stem.strip_suffix(['-', '.']));
        stem.is_some_and(|stem| parts.iter().any(|part| stem.ends_with(part)))
    };
    let mut found: Vec<&String> =
        names.iter().filter(|name| fits(name.strip_suffix(".gz").unwrap_or(name))).collect();
    // A file beside its own packed form is the same file.
    let plain = found.clone();
    found.retain(|name| {
        !name.strip_suffix(".gz").is_some_and(|name| plain.iter().any(|n| *n == name))
    });
    let wanted = format!("{}-{what}", parts.join(" or "));
    let what = match found[..] {
        [name] => return Ok(folder.join(name)),
        [] => format!("the folder has no file named {wanted} or {wanted}.gz: copy it there"),
        [first, second, ..] => format!(
            "'{first}' and '{second}' could both be the file {wanted}: keep one of them there"
        ),
    };
    Err(DataError::Folder { folder: folder.to_owned(), what })
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
        let [train, test] = files.read().unwrap();
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
        let error = files.read().unwrap_err().to_string();
        assert!(error.contains("5 pictures") && error.contains("1 labels"), "{error}");
        write_set(folder.path(), "b-", 5);
        assert!(find().unwrap_err().to_string().contains("could both be"));
    }
}
