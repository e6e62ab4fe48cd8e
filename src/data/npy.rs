//! Arrays as NumPy writes them (`.npy`): [`dimensions`], [`read_pictures`], [`read_labels`].
//!
//! The crate `npyz` reads the header. Before that, and before anything is allocated, the header must
//! be short and flat, and the file as long as it says: no bytes make this module panic, or use more
//! memory than the file holds data.

use npyz::{DType, Deserialize, NpyFile, NpyHeader, Order, TypeChar};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The longest header: NumPy's own are of 128 bytes.
const LONGEST: usize = 4096;
/// The most brackets in a header: an array of plain numbers has two.
const DEEPEST: usize = 16;
/// The most values that a file may announce.
const MOST: u64 = 1 << 32;
/// Beyond this a number is not a class.
const CLASSES: i64 = 1 << 16;

/// A file is no array, a damaged one, or not of the kind that is wanted; names the file.
#[derive(Debug, Error)]
#[error("{}: {fault}", .path.display())]
pub struct NpyError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: NpyFault,
}

/// What is wrong with an array's file, and what to do about it.
#[derive(Debug, Error)]
pub enum NpyFault {
    /// It is missing, or reading failed.
    #[error("it cannot be read ({0}): check that it is there and readable")]
    Unreadable(io::Error),
    /// It is a folder, a pipe or a device.
    #[error("it is not a file: name the .npy file itself")]
    NotAFile,
    /// Its header is not one.
    #[error("it is not an array as numpy.save writes it ({0}): save or copy it again")]
    Header(String),
    /// It holds another kind of values.
    #[error("its values are of type {found}; {wanted} are wanted: convert them with astype")]
    Type { found: String, wanted: &'static str },
    /// It is in Fortran's order.
    #[error("its first dimension runs fastest: save numpy.ascontiguousarray of it")]
    Fortran,
    /// Its dimensions are not those wanted.
    #[error("it is of shape {found:?}; {wanted} is wanted: reshape or transpose it")]
    Shape { found: Vec<usize>, wanted: String },
    /// It announces more than can be meant.
    #[error("its header says {dimensions:?}, which is beyond 4 Gi values: take a part of it")]
    TooLarge { dimensions: Vec<u64> },
    /// It is shorter or longer than its header says.
    #[error("it is {found} bytes long where its header says {expected}: save or copy it again")]
    Length { expected: u64, found: u64 },
    /// A grey value is outside 0..1.
    #[error(
        "its value number {index} is {value}; numbers that are not bytes are read as grey values in \
         0..1, and rounded to 256 steps: scale them to that range, or save bytes (uint8)"
    )]
    Grey { index: usize, value: f64 },
    /// A label is not a class.
    #[error("its label number {index} is {value}: classes are numbered from 0, and below 65536")]
    Label { index: usize, value: i128 },
}

/// An array of pictures: the size of each dimension, and bytes, last dimension fastest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Array {
    pub(crate) dimensions: Vec<usize>,
    pub(crate) bytes: Vec<u8>,
}

/// The sizes in the header of a file.
///
/// # Errors
/// If it is no array, or not as long as its header says.
pub(crate) fn dimensions(path: &Path) -> Result<Vec<usize>, NpyError> {
    open(path).map(|array| array.dimensions).map_err(|fault| in_file(path, fault))
}

/// Grey values as bytes: bytes as they are, floats in 0..1 rounded to the nearest of 256.
///
/// # Errors
/// If it is no array, of other values, or has values outside 0..1.
pub(crate) fn read_pictures(path: &Path) -> Result<Array, NpyError> {
    let read = |open: Open| {
        let dimensions = open.dimensions.clone();
        let bytes = match open.kind {
            Some((TypeChar::Uint, 1)) => open.bytes()?,
            Some((TypeChar::Float, 4)) => {
                open.values::<f32>()?.map(grey).collect::<Result<_, _>>()?
            }
            Some((TypeChar::Float, 8)) => {
                open.values::<f64>()?.map(grey).collect::<Result<_, _>>()?
            }
            _ => return Err(open.wrong_type("bytes (uint8), float32 or float64")),
        };
        Ok(Array { dimensions, bytes })
    };
    open(path).and_then(read).map_err(|fault| in_file(path, fault))
}

/// Labels: whole numbers from 0 in one dimension.
///
/// # Errors
/// If it is no array, of other values or dimensions, or has labels that are no class.
pub(crate) fn read_labels(path: &Path) -> Result<Vec<i64>, NpyError> {
    let read = |open: Open| match (open.dimensions.len(), open.kind) {
        (1, Some((TypeChar::Uint, 1))) => open.labels::<u8>(),
        (1, Some((TypeChar::Uint, 2))) => open.labels::<u16>(),
        (1, Some((TypeChar::Uint, 4))) => open.labels::<u32>(),
        (1, Some((TypeChar::Uint, 8))) => open.labels::<u64>(),
        (1, Some((TypeChar::Int, 1))) => open.labels::<i8>(),
        (1, Some((TypeChar::Int, 2))) => open.labels::<i16>(),
        (1, Some((TypeChar::Int, 4))) => open.labels::<i32>(),
        (1, Some((TypeChar::Int, 8))) => open.labels::<i64>(),
        (1, _) => Err(open.wrong_type("whole numbers")),
        _ => {
            Err(NpyFault::Shape { found: open.dimensions, wanted: "[N], a label each".to_owned() })
        }
    };
    open(path).and_then(read).map_err(|fault| in_file(path, fault))
}

fn in_file(path: &Path, fault: NpyFault) -> NpyError {
    NpyError { path: path.to_owned(), fault }
}

/// A file whose header has been read and agrees with its length.
struct Open {
    dimensions: Vec<usize>,
    /// What its values are, with their size in bytes; none for what is not a plain number.
    kind: Option<(TypeChar, u64)>,
    file: NpyFile<BufReader<File>>,
}

fn open(path: &Path) -> Result<Open, NpyFault> {
    let metadata = std::fs::metadata(path).map_err(NpyFault::Unreadable)?;
    if !metadata.is_file() {
        return Err(NpyFault::NotAFile);
    }
    let mut file = BufReader::new(File::open(path).map_err(NpyFault::Unreadable)?);
    let (header, start) = header(&mut file)?;
    let kind = match header.dtype() {
        DType::Plain(kind) => Some((kind.type_char(), kind.size_field())),
        _ => None,
    };
    // Python's objects are of no size.
    let kind = kind.filter(|(_, size)| *size > 0);
    let sizes = header.shape().to_vec();
    let count = sizes.iter().try_fold(1_u64, |all, size| all.checked_mul(*size));
    let Some(count) = count.filter(|count| *count <= MOST) else {
        return Err(NpyFault::TooLarge { dimensions: sizes });
    };
    let dimensions: Vec<usize> = sizes.iter().map(|size| *size as usize).collect();
    if count == 0 {
        let wanted = "an array that holds something".to_owned();
        return Err(NpyFault::Shape { found: dimensions, wanted });
    }
    let width = kind.map_or(1, |(_, size)| size);
    let expected = count.saturating_mul(width).saturating_add(start);
    if kind.is_some() && expected != metadata.len() {
        return Err(NpyFault::Length { expected, found: metadata.len() });
    }
    if header.order() == Order::Fortran && dimensions.len() > 1 {
        return Err(NpyFault::Fortran);
    }
    file.seek(SeekFrom::Start(start)).map_err(NpyFault::Unreadable)?;
    Ok(Open { dimensions, kind, file: NpyFile::with_header(header, file) })
}

/// The header, and where the data begin.
fn header(file: &mut impl Read) -> Result<(NpyHeader, u64), NpyFault> {
    let damaged = |what: &str| NpyFault::Header(what.to_owned());
    let mut bytes = Vec::new();
    file.take(LONGEST as u64).read_to_end(&mut bytes).map_err(NpyFault::Unreadable)?;
    let length = match bytes.get(..12) {
        Some([.., 1, 0, low, high, _, _]) => 10 + usize::from(u16::from_le_bytes([*low, *high])),
        Some([.., 2 | 3, 0, a, b, c, d]) => {
            12_usize.saturating_add(u32::from_le_bytes([*a, *b, *c, *d]) as usize)
        }
        _ => return Err(damaged("it does not begin as one")),
    };
    let Some(header) = bytes.get(..length) else {
        return Err(damaged("its header is cut short, or longer than any"));
    };
    if header.iter().filter(|byte| b"([{".contains(byte)).count() > DEEPEST {
        return Err(damaged("its header has too many brackets"));
    }
    let parsed = NpyHeader::from_reader(header).map_err(|error| damaged(&error.to_string()))?;
    Ok((parsed, length as u64))
}

impl Open {
    fn wrong_type(&self, wanted: &'static str) -> NpyFault {
        NpyFault::Type { found: self.file.header().dtype().descr(), wanted }
    }

    fn bytes(self) -> Result<Vec<u8>, NpyFault> {
        let mut bytes = Vec::with_capacity(self.dimensions.iter().product());
        self.file.into_inner().read_to_end(&mut bytes).map_err(NpyFault::Unreadable)?;
        Ok(bytes)
    }

    /// The values with their places.
    fn values<T: Deserialize>(
        self,
    ) -> Result<impl Iterator<Item = (usize, io::Result<T>)>, NpyFault> {
        let values = self.file.data::<T>();
        Ok(values.map_err(|error| NpyFault::Header(error.to_string()))?.enumerate())
    }

    fn labels<T: Deserialize + Into<i128>>(self) -> Result<Vec<i64>, NpyFault> {
        let label = |(index, value): (usize, io::Result<T>)| {
            let value = value.map_err(NpyFault::Unreadable)?.into();
            let class = i64::try_from(value).ok().filter(|class| (0..CLASSES).contains(class));
            class.ok_or(NpyFault::Label { index, value })
        };
        self.values()?.map(label).collect()
    }
}

/// The byte of a grey value in 0..1.
fn grey<T: Into<f64>>((index, value): (usize, io::Result<T>)) -> Result<u8, NpyFault> {
    let value = value.map_err(NpyFault::Unreadable)?.into();
    if !(0.0..=1.0).contains(&value) {
        return Err(NpyFault::Grey { index, value });
    }
    Ok((value * 255.0).round() as u8)
}

#[cfg(test)]
pub(in crate::data) mod tests;
