//! A folder of pictures: [`ImageFolder`], its files in the order of their names, and their classes.

use super::image_file;
use super::shares::Held;
use super::spec::{Colours, Fit, ImagesSpec};
use super::stack::{Read, Stack};
use crate::data::error::DataError;
use crate::data::flaw::Flaw;
use crate::data::roots::DataRoots;
use crate::files::{Digests, digest_of_many};
use crate::shape::Shape;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// Changes with every change of what is made of a file.
const VERSION: &str = "images/2";
/// Of how many files, evenly spread, a plan reads the header.
const LOOKED_AT: usize = 500;
/// The most bytes that all pictures together may take.
const MOST: u64 = 1 << 32;

/// Where the pictures are, and what is to be made of them.
#[derive(Debug)]
pub(super) struct ImageFolder {
    folder: PathBuf,
    files: Vec<PathBuf>,
    /// The class of each file and the number of classes, where the pictures lie in folders.
    classes: Option<(Vec<i64>, i64)>,
    size: Option<[u32; 2]>,
    fit: Fit,
    colours: Colours,
}

impl ImageFolder {
    /// The folder, which is below a data root or absolute, and the pictures in it.
    pub(super) fn find(spec: &ImagesSpec, roots: &DataRoots) -> Result<Self, Flaw> {
        if spec.size.is_some_and(|size| size.contains(&0)) {
            let what = "size must be at least 1 x 1".to_owned();
            return Err(Flaw::new("size", DataError::Settings(what)));
        }
        let places = roots.places(&spec.folder);
        let in_folder = |error| Flaw::new("folder", error);
        let Some(folder) = places.iter().find(|place| place.is_dir()) else {
            let advice = "name an existing folder as `folder`, or the folder above it by \
                          --data-root or EXP_DATA";
            return Err(in_folder(DataError::Missing {
                set: format!("images, folder {}", spec.folder),
                looked: places.iter().map(|place| place.display().to_string()).collect(),
                advice: advice.to_owned(),
            }));
        };
        let files = pictures_in(folder).map_err(in_folder)?;
        let classes = classes_of(folder, &files).map_err(in_folder)?;
        let folder = folder.clone();
        let ImagesSpec { size, fit, colours, .. } = *spec;
        Ok(Self { folder, files, classes, size, fit, colours })
    }

    /// The size of a picture, and how many there are.
    pub(super) fn measure(&self) -> Result<(Shape, Held), DataError> {
        let [height, width] = match self.size {
            Some(size) => size,
            None => image_file::size(&self.files[0])?,
        };
        let channels = if self.colours == Colours::Grey { 1 } else { 3 };
        let shape = Shape { channels, height: height.into(), width: width.into() };
        Ok((shape, Held { first: self.files.len(), test: None }))
    }

    /// How many folders of pictures there are, if any.
    pub(super) fn classes(&self) -> Option<i64> {
        self.classes.as_ref().map(|(_, count)| *count)
    }

    /// How many pictures there are; or what is wrong with the files, as far as their lengths, and the
    /// headers of [`LOOKED_AT`] of them, tell.
    pub(super) fn flaws(&self) -> Result<Held, Vec<Flaw>> {
        let lengths = self.files.iter().filter_map(|path| image_file::check_length(path).err());
        let mut errors: Vec<DataError> = lengths.take(1).collect();
        if errors.is_empty() {
            let apart = self.files.len().div_ceil(LOOKED_AT).max(1);
            let looked_at = self.files.iter().step_by(apart);
            errors.extend(looked_at.filter_map(|path| self.look_at(path).err()).take(1));
        }
        errors.extend(self.measure().and_then(|(shape, held)| self.room(shape, held)).err());
        if errors.is_empty() {
            return Ok(Held { first: self.files.len(), test: None });
        }
        Err(errors.into_iter().take(1).map(|error| Flaw::new("folder", error)).collect())
    }

    /// Whether a file begins as a picture does, and one of the size of the first where they are not
    /// brought to one.
    fn look_at(&self, path: &Path) -> Result<(), DataError> {
        let found = image_file::size(path)?;
        if self.size.is_some() {
            return Ok(());
        }
        image_file::same_size(path, found, image_file::size(&self.files[0])?)
    }

    pub(super) fn digest(&self, digests: &Digests) -> Result<String, DataError> {
        let unreadable = |(path, source)| DataError::Read { path, source };
        let contents = digests.digest_all(&self.folder, &self.files).map_err(unreadable)?;
        Ok(with_version(&contents))
    }

    /// How many bytes all pictures take together.
    fn room(&self, shape: Shape, held: Held) -> Result<usize, DataError> {
        let total = (held.first as u64).saturating_mul(shape.pixels() as u64);
        if total <= MOST {
            return Ok(total as usize);
        }
        Err(DataError::Folder {
            folder: self.folder.clone(),
            what: format!(
                "{} pictures of {} x {} are beyond 4 GiB: set a smaller `size`",
                held.first, shape.height, shape.width
            ),
        })
    }

    /// All pictures, read by so many threads.
    pub(super) fn read(&self, threads: usize) -> Result<Read, DataError> {
        let (shape, held) = self.measure()?;
        let pixels = shape.pixels() as usize;
        let mut images = vec![0; self.room(shape, held)?];
        let part = held.first.div_ceil(threads.max(1)).max(1);
        let digests = std::thread::scope(|scope| {
            let parts = self.files.chunks(part).zip(images.chunks_mut(part * pixels));
            let work: Vec<_> = parts
                .map(|(files, images)| scope.spawn(move || self.read_into(files, images, shape)))
                .collect();
            // A thread that panics is a fault of this program, to be seen as such.
            let digests = work
                .into_iter()
                .map(|work| work.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            digests.collect::<Result<Vec<Vec<String>>, DataError>>()
        })?;
        let files = self.files.iter().map(PathBuf::as_path).zip(digests.iter().flatten());
        let digest = with_version(&digest_of_many(&self.folder, files));
        let labels = self.classes.as_ref().map(|(labels, _)| labels.clone());
        let first = Stack { shape, images, labels };
        Ok(Read { first, test: None, classes: self.classes(), digest })
    }

    /// Reads pictures one after another, and gives the digests of their files.
    fn read_into(
        &self,
        files: &[PathBuf],
        images: &mut [u8],
        shape: Shape,
    ) -> Result<Vec<String>, DataError> {
        let fit = self.size.map(|_| self.fit);
        let images = images.chunks_mut(shape.pixels() as usize);
        files
            .iter()
            .zip(images)
            .map(|(path, image)| image_file::read(path, shape, fit, image))
            .collect()
    }
}

/// The digest of a set, from that of its files.
fn with_version(contents: &str) -> String {
    blake3::hash(format!("{VERSION} {contents}").as_bytes()).to_hex().to_string()
}

/// The pictures in a folder and the folders within it, by name; hidden ones are left out.
fn pictures_in(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let seen = |entry: &DirEntry| {
        entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
    };
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).follow_links(true).into_iter().filter_entry(seen) {
        let entry = entry.map_err(|error| DataError::Read {
            path: error.path().unwrap_or(folder).to_owned(),
            source: error.into(),
        })?;
        if entry.file_type().is_file() && image_file::is_named_so(entry.path()) {
            files.push(entry.into_path());
        }
    }
    if files.is_empty() {
        let what = "it holds no files that end in .png, .jpg or .jpeg".to_owned();
        return Err(DataError::Folder { folder: folder.to_owned(), what });
    }
    files.sort();
    Ok(files)
}

/// The class of each file and how many there are, if the files lie in folders within the folder.
fn classes_of(folder: &Path, files: &[PathBuf]) -> Result<Option<(Vec<i64>, i64)>, DataError> {
    let above: Vec<Option<OsString>> = files.iter().map(|file| folder_of(folder, file)).collect();
    let names: BTreeSet<&OsString> = above.iter().flatten().collect();
    if names.is_empty() {
        return Ok(None);
    }
    if let Some(stray) = above.iter().position(Option::is_none) {
        let what = format!(
            "'{}' lies beside folders of pictures: put all pictures into folders, one a class, or \
             none",
            files[stray].strip_prefix(folder).unwrap_or(&files[stray]).display()
        );
        return Err(DataError::Folder { folder: folder.to_owned(), what });
    }
    let names: Vec<&OsString> = names.into_iter().collect();
    let class = |name: &OsString| names.binary_search(&name).map_or(0, |place| place as i64);
    let labels = above.iter().flatten().map(class).collect();
    Ok(Some((labels, names.len() as i64)))
}

/// The folder within `folder` that a file is in, if it is in one.
fn folder_of(folder: &Path, file: &Path) -> Option<OsString> {
    let mut parts = file.strip_prefix(folder).ok()?.iter();
    let first = parts.next()?;
    parts.next().map(|_| first.to_owned())
}
