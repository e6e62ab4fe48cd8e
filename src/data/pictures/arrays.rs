//! Pictures in NumPy's files: [`ArrayFiles`], a file to be divided and perhaps one for testing. Frey
//! Face is such a file too.

use super::shares::Held;
use super::source::Stack;
use super::spec::ArraysSpec;
use crate::data::error::DataError;
use crate::data::npy::{self, NpyError, NpyFault};
use crate::data::roots::DataRoots;
use crate::data::shape::Shape;
use std::path::{Path, PathBuf};

/// Rows and columns of a frame of Frey Face.
const FREY: [i64; 2] = [28, 20];

/// Where the pictures and their labels are.
#[derive(Debug)]
pub(super) struct ArrayFiles {
    first: Pair,
    test: Option<Pair>,
}

/// An array of pictures, and that of their labels, where there is one.
#[derive(Debug)]
struct Pair {
    pictures: PathBuf,
    labels: Option<PathBuf>,
}

impl ArrayFiles {
    /// The files that the settings name.
    pub(super) fn find(spec: &ArraysSpec, roots: &DataRoots) -> Result<Self, DataError> {
        let refuse = |what: &str| Err(DataError::Settings(what.to_owned()));
        match (&spec.test_file, &spec.labels, &spec.test_labels) {
            (None, _, Some(_)) => {
                return refuse(
                    "test_labels are given, but no test_file: name it, or leave them out",
                );
            }
            (Some(_), Some(_), None) | (Some(_), None, Some(_)) => {
                return refuse(
                    "one of labels and test_labels is given: with a test_file give both or neither",
                );
            }
            _ => {}
        }
        let named = |name: &String| located(name, roots);
        let pair = |pictures: &String, labels: &Option<String>| {
            Ok::<_, DataError>(Pair {
                pictures: named(pictures)?,
                labels: labels.as_ref().map(named).transpose()?,
            })
        };
        let test = spec.test_file.as_ref().map(|file| pair(file, &spec.test_labels)).transpose()?;
        Ok(Self { first: pair(&spec.file, &spec.labels)?, test })
    }

    /// Frey Face: the one array in a folder `frey` below a data root, or in a root of that name.
    pub(super) fn find_frey(roots: &DataRoots) -> Result<Self, DataError> {
        let mut looked = Vec::new();
        for root in &roots.0 {
            let own = root.file_name().is_some_and(|name| name == "frey").then(|| root.clone());
            for folder in [root.join("frey")].into_iter().chain(own) {
                let arrays = arrays_in(&folder);
                if let [first, second, ..] = &arrays[..] {
                    let what = format!(
                        "'{}' and '{}' could both be the frames: keep one of them there",
                        first.display(),
                        second.display()
                    );
                    return Err(DataError::Folder { folder, what });
                }
                if let Some(array) = arrays.into_iter().next() {
                    let pictures = folder.join(array);
                    return frames(&pictures)
                        .map(|()| Self { first: Pair { pictures, labels: None }, test: None });
                }
                looked.push(folder.join("*.npy").display().to_string());
            }
        }
        let advice = "it has no public place to be fetched from: save the 1,965 frames with \
                      numpy.save as bytes (uint8) of shape [1965, 28, 20] in a folder frey/, and name \
                      the folder that holds frey/ by --data-root or EXP_DATA";
        Err(DataError::Missing { set: "frey".to_owned(), looked, advice: advice.to_owned() })
    }

    /// The size of a picture, and how many there are, from the headers.
    pub(super) fn measure(&self) -> Result<(Shape, Held), DataError> {
        let (first, shape) = measured(&self.first.pictures)?;
        let Some(pair) = &self.test else { return Ok((shape, Held { first, test: None })) };
        let (test, other) = measured(&pair.pictures)?;
        if shape == other {
            return Ok((shape, Held { first, test: Some(test) }));
        }
        let size =
            |it: Shape| format!("pictures of {} x {} x {}", it.channels, it.height, it.width);
        Err(DataError::Disagree {
            first: self.first.pictures.clone(),
            first_holds: size(shape),
            second: pair.pictures.clone(),
            second_holds: size(other),
        })
    }

    /// One more than the largest label, where there are labels.
    pub(super) fn classes(&self) -> Result<Option<i64>, DataError> {
        let mut largest = None;
        for pair in self.pairs() {
            let Some(labels) = &pair.labels else { return Ok(None) };
            largest = largest.max(npy::read_labels(labels)?.into_iter().max());
        }
        Ok(largest.map(|label| label + 1))
    }

    /// All files.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        let both = |pair: &'_ Pair| [Some(pair.pictures.clone()), pair.labels.clone()];
        self.pairs().flat_map(both).flatten().collect()
    }

    fn pairs(&self) -> impl Iterator<Item = &Pair> {
        [Some(&self.first), self.test.as_ref()].into_iter().flatten()
    }

    /// The pictures to be divided, and those for testing.
    pub(super) fn read(&self) -> Result<(Stack, Option<Stack>), DataError> {
        Ok((read(&self.first)?, self.test.as_ref().map(read).transpose()?))
    }
}

/// A file that is below a data root, or absolute.
fn located(name: &str, roots: &DataRoots) -> Result<PathBuf, DataError> {
    let places = roots.places(name);
    places.iter().find(|place| place.is_file()).cloned().ok_or_else(|| DataError::Missing {
        set: format!("arrays, file {name}"),
        looked: places.iter().map(|place| place.display().to_string()).collect(),
        advice: "name an existing .npy file, or the folder above it by --data-root or EXP_DATA"
            .to_owned(),
    })
}

/// The names of the arrays in a folder, sorted.
fn arrays_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| PathBuf::from(entry.file_name()));
    let mut arrays: Vec<PathBuf> =
        names.filter(|name| name.extension().is_some_and(|end| end == "npy")).collect();
    arrays.sort();
    arrays
}

/// Refuses an array that does not hold frames of Frey Face.
fn frames(path: &Path) -> Result<(), DataError> {
    let [height, width] = FREY;
    match measured(path)? {
        (_, shape) if shape == (Shape { channels: 1, height, width }) => Ok(()),
        _ => Err(shape_fault(path, npy::dimensions(path)?, "[N, 28, 20], a frame each")),
    }
}

/// How many pictures an array holds, and of which size.
fn measured(path: &Path) -> Result<(usize, Shape), DataError> {
    let found = npy::dimensions(path)?;
    let shape = |channels: usize, height: usize, width: usize| Shape {
        channels: channels as i64,
        height: height as i64,
        width: width as i64,
    };
    match found[..] {
        [count, width] => Ok((count, shape(1, 1, width))),
        [count, height, width] => Ok((count, shape(1, height, width))),
        [count, channels @ (1 | 3), height, width] => Ok((count, shape(channels, height, width))),
        _ => Err(shape_fault(path, found, "[N, H, W], [N, C, H, W] with C = 1 or 3, or [N, D]")),
    }
}

fn shape_fault(path: &Path, found: Vec<usize>, wanted: &str) -> DataError {
    let fault = NpyFault::Shape { found, wanted: wanted.to_owned() };
    NpyError { path: path.to_owned(), fault }.into()
}

fn read(pair: &Pair) -> Result<Stack, DataError> {
    let (count, shape) = measured(&pair.pictures)?;
    let images = npy::read_pictures(&pair.pictures)?.bytes;
    let Some(path) = &pair.labels else { return Ok(Stack { shape, images, labels: None }) };
    let labels = npy::read_labels(path)?;
    if labels.len() == count {
        return Ok(Stack { shape, images, labels: Some(labels) });
    }
    Err(DataError::Disagree {
        first: pair.pictures.clone(),
        first_holds: format!("{count} pictures"),
        second: path.clone(),
        second_holds: format!("{} labels", labels.len()),
    })
}
