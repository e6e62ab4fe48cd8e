//! Where the pictures of a set are: [`Source`], known before they are read; and what can be said of
//! [`PicturesSpec`] by it. Plain values.

use super::arrays::ArrayFiles;
use super::image_folder::ImageFolder;
use super::shares::{Held, Shares};
use super::spec::PicturesSpec;
use crate::data::error::DataError;
use crate::data::memory::{Algorithm, Memory};
use crate::data::roots::DataRoots;
use crate::data::shape::Shape;

/// The files of a set that is not a labelled one.
#[derive(Debug)]
pub(super) enum Source {
    Arrays(ArrayFiles),
    Folder(ImageFolder),
}

/// Pictures in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stack {
    pub(super) shape: Shape,
    /// One picture after another: channel, row, column.
    pub(super) images: Vec<u8>,
    /// One for each, where there are classes.
    pub(super) labels: Option<Vec<i64>>,
}

impl PicturesSpec {
    /// The size of one example.
    ///
    /// # Errors
    /// If it depends on files that are missing or damaged, or hold fewer examples than asked for.
    pub fn shape(&self, roots: &DataRoots) -> Result<Shape, DataError> {
        if let Some(spec) = self.labelled() {
            return spec.shape(roots);
        }
        let (source, shares) = self.source(roots)?;
        let (shape, held) = source.measure()?;
        shares.ranges(held)?;
        Ok(shape)
    }

    /// How many classes there are; none where the examples have no labels.
    ///
    /// # Errors
    /// If it depends on files that are missing or damaged.
    pub fn classes(&self, roots: &DataRoots) -> Result<Option<i64>, DataError> {
        match self.labelled() {
            Some(spec) => spec.classes(roots).map(Some),
            None => self.source(roots)?.0.classes(),
        }
    }

    /// A hash of what the examples are, for a job's key. Published sets that are not here yet are
    /// taken to be what their publishers say.
    ///
    /// # Errors
    /// If the set's files are missing (of sets that are not published), damaged or not as published.
    pub fn digest(&self, roots: &DataRoots) -> Result<String, DataError> {
        match self.labelled() {
            Some(spec) => spec.digest(roots),
            None => self.source(roots)?.0.digest(&Memory::of_user()),
        }
    }

    /// The files of a set that is not a labelled one, and how they are divided.
    pub(super) fn source(&self, roots: &DataRoots) -> Result<(Source, Shares), DataError> {
        match self {
            Self::Frey(spec) => {
                let files = ArrayFiles::find_frey(roots)?;
                Ok((Source::Arrays(files), Shares::of_frey(spec)))
            }
            Self::Arrays(spec) => {
                let files = ArrayFiles::find(spec, roots)?;
                Ok((Source::Arrays(files), Shares::of_arrays(spec)))
            }
            Self::Images(spec) => {
                let folder = ImageFolder::find(spec, roots)?;
                Ok((Source::Folder(folder), Shares::of_images(spec)))
            }
            labelled => {
                Err(DataError::Settings(format!("'{}' is a labelled set", labelled.name())))
            }
        }
    }
}

impl Source {
    /// The size of a picture, and how many there are.
    pub(super) fn measure(&self) -> Result<(Shape, Held), DataError> {
        match self {
            Self::Arrays(files) => files.measure(),
            Self::Folder(folder) => folder.measure(),
        }
    }

    /// How many classes there are, if any.
    pub(super) fn classes(&self) -> Result<Option<i64>, DataError> {
        match self {
            Self::Arrays(files) => files.classes(),
            Self::Folder(folder) => Ok(folder.classes()),
        }
    }

    /// The pictures to be divided, and those for testing; read by so many threads.
    pub(super) fn read(&self, threads: usize) -> Result<(Stack, Option<Stack>), DataError> {
        match self {
            Self::Arrays(files) => files.read(),
            Self::Folder(folder) => Ok((folder.read(threads)?, None)),
        }
    }

    pub(super) fn digest(&self, memory: &Memory) -> Result<String, DataError> {
        match self {
            Self::Arrays(files) => {
                let mut hasher = blake3::Hasher::new();
                for path in files.paths() {
                    let digest = memory
                        .digest(&path, Algorithm::Blake3)
                        .map_err(|source| DataError::Read { path: path.clone(), source })?;
                    hasher.update(digest.as_bytes());
                }
                Ok(hasher.finalize().to_hex().to_string())
            }
            Self::Folder(folder) => folder.digest(memory),
        }
    }
}
