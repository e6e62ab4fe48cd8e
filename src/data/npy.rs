//! Arrays as NumPy writes them (`.npy`): [`read_pictures`], [`read_labels`]; and [`inspect`], what can be
//! said of one without reading all of it.
//!
//! Before anything is allocated, the file must be as long as its header says: no bytes make this module
//! panic, or use more memory than the file holds data.

mod fault;
mod header;
mod open;
mod sample;

pub(super) use fault::Wanted;
pub use fault::{NpyError, NpyFault};

use crate::files::Remembered;
use fault::ValueType;
use open::{Open, open};
use std::path::Path;

/// An array of pictures: the size of each dimension, and bytes, last dimension fastest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Array {
    pub(crate) dimensions: Vec<usize>,
    pub(crate) bytes: Vec<u8>,
}

/// The sizes in the header of a file, which is as long as they say and holds what is wanted: of labels
/// all are looked at, of numbers that are to be grey values some ([`sample`]).
///
/// # Errors
/// If it is no array, or one that reading would refuse, as far as it shows.
pub(crate) fn inspect(path: &Path, wanted: Wanted) -> Result<Vec<usize>, NpyError> {
    static SOUND: Remembered<Wanted, ()> = Remembered::new();
    let look = |open: Open| {
        let stamp = open.file.get_ref().stamp().map_err(NpyFault::Unreadable)?;
        let dimensions = open.dimensions.clone();
        SOUND.or_find(stamp, wanted, || match wanted {
            Wanted::Labels => labels(open).map(|_| ()),
            Wanted::Pictures => sample::look(path, &open),
        })?;
        Ok(dimensions)
    };
    open(path, wanted).and_then(look).map_err(|fault| in_file(path, fault))
}

/// The sizes in the header of an array of what is wanted, which is as long as they say.
///
/// # Errors
/// If it is no array of such numbers, or not as long as its header says.
pub(crate) fn dimensions(path: &Path, wanted: Wanted) -> Result<Vec<usize>, NpyError> {
    open(path, wanted).map(|open| open.dimensions).map_err(|fault| in_file(path, fault))
}

/// Grey values as bytes: bytes as they are, floats in 0..1 rounded to the nearest of 256; with the
/// digest of the file's bytes.
///
/// # Errors
/// If it is no array, of other values, or has values outside 0..1.
pub(crate) fn read_pictures(path: &Path) -> Result<(Array, String), NpyError> {
    let read = |mut open: Open| {
        let dimensions = open.dimensions.clone();
        let bytes = match open.value.0 {
            ValueType::Float => open.greys()?,
            _ => open.bytes()?,
        };
        Ok((Array { dimensions, bytes }, open.digest()?))
    };
    open(path, Wanted::Pictures).and_then(read).map_err(|fault| in_file(path, fault))
}

/// Labels: whole numbers from 0 in one dimension; with the digest of the file's bytes.
///
/// # Errors
/// If it is no array, of other values or dimensions, or has labels that are no class.
pub(crate) fn read_labels(path: &Path) -> Result<(Vec<i64>, String), NpyError> {
    open(path, Wanted::Labels).and_then(labels).map_err(|fault| in_file(path, fault))
}

fn labels(mut open: Open) -> Result<(Vec<i64>, String), NpyFault> {
    Ok((open.labels()?, open.digest()?))
}

fn in_file(path: &Path, fault: NpyFault) -> NpyError {
    NpyError { path: path.to_owned(), fault }
}

#[cfg(test)]
pub(in crate::data) mod tests;
