//! Where the pictures of a set are: [`PictureFiles`], known before they are read; and what can be said of
//! [`PicturesSpec`] by it. Plain values.

use super::arrays::{ArrayFiles, FREY};
use super::image_folder::ImageFolder;
use super::shares::{Held, Shares};
use super::spec::PicturesSpec;
use super::stack::Read;
use crate::data::error::DataError;
use crate::data::flaw::Flaw;
use crate::data::roots::DataRoots;
use crate::data::spec::{of_file, of_files};
use crate::files::Digests;
use crate::shape::Shape;

/// The files of a set that is not a labelled one.
#[derive(Debug)]
pub(super) enum PictureFiles {
    Arrays(ArrayFiles),
    Folder(ImageFolder),
}

impl PicturesSpec {
    /// The size of one example.
    ///
    /// # Errors
    /// If it depends on files that are missing or damaged.
    pub fn shape(&self, roots: &DataRoots) -> Result<Shape, DataError> {
        match (self.labelled(), self) {
            (Some(spec), _) => spec.shape(roots),
            // Known, be it here or not.
            (None, Self::Frey(_)) => Ok(FREY),
            _ => Ok(self.source(roots).map_err(|flaw| *flaw.error)?.0.measure()?.0),
        }
    }

    /// How many classes there are; none where the examples have no labels.
    ///
    /// # Errors
    /// If it depends on files that are missing or damaged.
    pub fn classes(&self, roots: &DataRoots) -> Result<Option<i64>, DataError> {
        match self.labelled() {
            Some(spec) => spec.classes(roots).map(Some),
            None => self.source(roots).map_err(|flaw| *flaw.error)?.0.classes(),
        }
    }

    /// Bytes that its pictures take while they are loaded: as the files hold them, and divided.
    ///
    /// # Errors
    /// If it depends on files that are missing or damaged.
    pub fn bytes(&self, roots: &DataRoots) -> Result<i64, DataError> {
        if let Some(spec) = self.labelled() {
            return spec.bytes(roots);
        }
        let (shape, held) = self.source(roots).map_err(|flaw| *flaw.error)?.0.measure()?;
        let count = held.first.saturating_add(held.test.unwrap_or(0)) as i64;
        Ok(count.saturating_mul(2 * shape.pixels()))
    }

    /// Everything that headers, lengths, labels and some of the values tell to be wrong with the set,
    /// and with how many of its examples are asked for. Of a published set that is not here, what is
    /// known of it.
    #[must_use]
    pub fn flaws(&self, roots: &DataRoots) -> Vec<Flaw> {
        if let Some(spec) = self.labelled() {
            return spec.flaws(roots);
        }
        let (source, shares) = match self.source(roots) {
            Ok(found) => found,
            Err(flaw) => return vec![flaw],
        };
        match source.flaws() {
            Ok(held) => {
                let asked = shares.ranges(held).err();
                asked.map(|error| Flaw::new(shares.asked_by(held), error)).into_iter().collect()
            }
            Err(flaws) => flaws,
        }
    }

    /// What becomes of a published set that is not here.
    #[must_use]
    pub fn note(&self, roots: &DataRoots) -> Option<String> {
        self.labelled()?.note(roots)
    }

    /// A hash of what the examples are, for a job's key. Published sets that are not here yet are
    /// taken to be what their publishers say.
    ///
    /// # Errors
    /// If the set's files are missing (of sets that are not published), damaged or not as published.
    pub fn digest(&self, roots: &DataRoots) -> Result<String, DataError> {
        match self.labelled() {
            Some(spec) => spec.digest(roots),
            None => self.source(roots).map_err(|flaw| *flaw.error)?.0.digest(),
        }
    }

    /// The files of a set that is not a labelled one, and how they are divided.
    pub(super) fn source(&self, roots: &DataRoots) -> Result<(PictureFiles, Shares), Flaw> {
        match self {
            Self::Frey(spec) => {
                let files = ArrayFiles::find_frey(roots).map_err(|it| Flaw::new("set", it))?;
                Ok((PictureFiles::Arrays(files), Shares::of_frey(spec)))
            }
            Self::Arrays(spec) => {
                let files = ArrayFiles::find(spec, roots)?;
                Ok((PictureFiles::Arrays(files), Shares::of_arrays(spec)))
            }
            Self::Images(spec) => {
                let folder = ImageFolder::find(spec, roots)?;
                Ok((PictureFiles::Folder(folder), Shares::of_images(spec)))
            }
            labelled => {
                let what = format!("'{}' is a labelled set", labelled.name());
                Err(Flaw::new("set", DataError::Settings(what)))
            }
        }
    }
}

impl PictureFiles {
    /// The size of a picture, and how many there are.
    pub(super) fn measure(&self) -> Result<(Shape, Held), DataError> {
        match self {
            Self::Arrays(files) => files.measure(),
            Self::Folder(folder) => folder.measure(),
        }
    }

    /// How many there are, or what is wrong with the files.
    fn flaws(&self) -> Result<Held, Vec<Flaw>> {
        match self {
            Self::Arrays(files) => files.flaws(),
            Self::Folder(folder) => folder.flaws(),
        }
    }

    /// How many classes there are, if any.
    fn classes(&self) -> Result<Option<i64>, DataError> {
        match self {
            Self::Arrays(files) => files.classes(),
            Self::Folder(folder) => Ok(folder.classes()),
        }
    }

    /// Reads all files, by so many threads.
    pub(super) fn read(&self, threads: usize) -> Result<Read, DataError> {
        match self {
            Self::Arrays(files) => files.read(),
            Self::Folder(folder) => folder.read(threads),
        }
    }

    fn digest(&self) -> Result<String, DataError> {
        match self {
            Self::Arrays(files) => {
                let digests = files.paths().into_iter().map(|path| of_file(&path));
                Ok(of_files(&digests.collect::<Result<Vec<_>, _>>()?))
            }
            Self::Folder(folder) => folder.digest(Digests::of_user()),
        }
    }
}
