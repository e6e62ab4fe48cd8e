//! Pictures in NumPy's files: [`ArrayFiles`], a file to be divided and perhaps one for testing. Frey
//! Face is such a file too.

use super::shares::Held;
use super::spec::ArraysSpec;
use super::stack::{Read, Stack};
use crate::data::error::DataError;
use crate::data::flaw::Flaw;
use crate::data::idx_folder::same_count;
use crate::data::npy::{self, NpyError, NpyFault, Wanted};
use crate::data::roots::DataRoots;
use crate::data::spec::of_files;
use crate::shape::Shape;
use std::path::{Path, PathBuf};

/// A frame of Frey Face.
pub(super) const FREY: Shape = Shape { channels: 1, height: 28, width: 20 };

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
    /// The settings that name them.
    fields: [&'static str; 2],
}

impl ArrayFiles {
    /// The files that the settings name.
    pub(super) fn find(spec: &ArraysSpec, roots: &DataRoots) -> Result<Self, Flaw> {
        let refuse =
            |field, what: &str| Err(Flaw::new(field, DataError::Settings(what.to_owned())));
        match (&spec.test_file, &spec.labels, &spec.test_labels) {
            (None, _, Some(_)) => {
                return refuse(
                    "test_labels",
                    "test_labels are given, but no test_file: name it, or leave them out",
                );
            }
            (Some(_), Some(_), None) | (Some(_), None, Some(_)) => {
                return refuse(
                    if spec.labels.is_some() { "labels" } else { "test_labels" },
                    "one of labels and test_labels is given: with a test_file give both or neither",
                );
            }
            _ => {}
        }
        let named =
            |field, name: &String| located(name, roots).map_err(|error| Flaw::new(field, error));
        let pair = |pictures: &String, labels: &Option<String>, fields: [&'static str; 2]| {
            let labels = labels.as_ref().map(|labels| named(fields[1], labels)).transpose()?;
            Ok::<_, Flaw>(Pair { pictures: named(fields[0], pictures)?, labels, fields })
        };
        let first = pair(&spec.file, &spec.labels, ["file", "labels"])?;
        let apart = |file| pair(file, &spec.test_labels, ["test_file", "test_labels"]);
        Ok(Self { first, test: spec.test_file.as_ref().map(apart).transpose()? })
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
                    let fields = ["set", "set"];
                    return frames(&pictures).map(|()| Self {
                        first: Pair { pictures, labels: None, fields },
                        test: None,
                    });
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

    /// What the files tell to be wrong with them, each for itself and with each other; and how many
    /// pictures there are, where nothing is.
    pub(super) fn flaws(&self) -> Result<Held, Vec<Flaw>> {
        let flaws: Vec<Flaw> = self.pairs().flat_map(Pair::flaws).collect();
        if !flaws.is_empty() {
            return Err(flaws);
        }
        self.measure().map(|(_, held)| held).map_err(|error| vec![Flaw::new("test_file", error)])
    }

    /// One more than the largest label, where there are labels.
    pub(super) fn classes(&self) -> Result<Option<i64>, DataError> {
        let mut all = Vec::new();
        for pair in self.pairs() {
            let Some(labels) = &pair.labels else { return Ok(None) };
            all.extend(npy::read_labels(labels)?.0);
        }
        Ok(all.into_iter().max().map(|label| label + 1))
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
    pub(super) fn read(&self) -> Result<Read, DataError> {
        let mut digests = Vec::new();
        let first = self.first.read(&mut digests)?;
        let test = self.test.as_ref().map(|pair| pair.read(&mut digests)).transpose()?;
        let largest = |stack: &Stack| stack.labels.as_ref().map(|it| it.iter().max().copied());
        let all = [Some(&first), test.as_ref()].into_iter().flatten().map(largest);
        let classes = all.collect::<Option<Vec<_>>>().and_then(|it| it.into_iter().max().flatten());
        let classes = classes.map(|label| label + 1);
        Ok(Read { first, test, classes, digest: of_files(&digests) })
    }
}

impl Pair {
    fn flaws(&self) -> Vec<Flaw> {
        let [field, of_labels] = self.fields;
        let pictures = measured(&self.pictures).and_then(|found| {
            npy::inspect(&self.pictures, Wanted::Pictures)?;
            Ok(found)
        });
        let count = pictures.as_ref().ok().map(|(count, _)| *count);
        let labels = self.labels.as_ref().map(|path| {
            let found = npy::dimensions(path, Wanted::Labels)?[0];
            // Of labels that are too many, or too few, the values do not matter.
            count.map_or(Ok(()), |count| same_count(&self.pictures, count, path, found))?;
            npy::inspect(path, Wanted::Labels)?;
            Ok::<_, DataError>(())
        });
        let flaw = |field| move |error: DataError| Flaw::new(field, error);
        let labels = labels.and_then(Result::err).map(flaw(of_labels));
        pictures.err().map(flaw(field)).into_iter().chain(labels).collect()
    }

    /// The pictures and their labels; adds the digests of the files' bytes.
    fn read(&self, digests: &mut Vec<String>) -> Result<Stack, DataError> {
        let (array, digest) = npy::read_pictures(&self.pictures)?;
        digests.push(digest);
        let (count, shape) = shape_of(&self.pictures, array.dimensions)?;
        let images = array.bytes;
        let Some(path) = &self.labels else { return Ok(Stack { shape, images, labels: None }) };
        let (labels, digest) = npy::read_labels(path)?;
        digests.push(digest);
        same_count(&self.pictures, count, path, labels.len())?;
        Ok(Stack { shape, images, labels: Some(labels) })
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
    match measured(path)? {
        (_, shape) if shape == FREY => Ok(()),
        _ => Err(shape_fault(
            path,
            npy::dimensions(path, Wanted::Pictures)?,
            "[N, 28, 20], a frame each",
        )),
    }
}

/// How many pictures an array holds, and of which size.
fn measured(path: &Path) -> Result<(usize, Shape), DataError> {
    shape_of(path, npy::dimensions(path, Wanted::Pictures)?)
}

/// The same of an array of these sizes.
fn shape_of(path: &Path, found: Vec<usize>) -> Result<(usize, Shape), DataError> {
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
