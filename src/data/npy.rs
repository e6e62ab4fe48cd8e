//! Arrays as NumPy writes them (`.npy`): [`read_pictures`], [`read_labels`]; and [`inspect`], what can be
//! said of one without reading all of it.
//!
//! The crate `npyz` reads the header. Before that, and before anything is allocated, the header must
//! be short and flat, and the file as long as it says: no bytes make this module panic, or use more
//! memory than the file holds data.

mod fault;
mod sample;

pub(super) use fault::Wanted;
pub use fault::{NpyError, NpyFault};

use crate::files::{Algorithm, Hashed, Remembered};
use npyz::{DType, Deserialize, NpyFile, NpyHeader, Order, TypeChar};
use std::io::{self, BufReader, Read};
use std::path::Path;

/// The longest header: NumPy's own are of 128 bytes.
const LONGEST: usize = 4096;
/// The most brackets in a header: an array of plain numbers has two.
const DEEPEST: usize = 16;
/// The most values that a file may announce.
const MOST: u64 = 1 << 32;
/// Beyond this a number is not a class.
const CLASSES: i64 = 1 << 16;

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
        let bytes = match open.kind {
            (TypeChar::Float, 4) => open.values::<f32>()?.map(grey).collect::<Result<_, _>>()?,
            (TypeChar::Float, _) => open.values::<f64>()?.map(grey).collect::<Result<_, _>>()?,
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
    let labels = match open.kind {
        (TypeChar::Uint, 1) => open.labels::<u8>(),
        (TypeChar::Uint, 2) => open.labels::<u16>(),
        (TypeChar::Uint, 4) => open.labels::<u32>(),
        (TypeChar::Uint, _) => open.labels::<u64>(),
        (_, 1) => open.labels::<i8>(),
        (_, 2) => open.labels::<i16>(),
        (_, 4) => open.labels::<i32>(),
        (_, _) => open.labels::<i64>(),
    }?;
    Ok((labels, open.digest()?))
}

fn in_file(path: &Path, fault: NpyFault) -> NpyError {
    NpyError { path: path.to_owned(), fault }
}

/// A file whose header has been read, is of what is wanted, and agrees with its length; its data follow.
struct Open {
    header: NpyHeader,
    dimensions: Vec<usize>,
    /// What its values are, with their size in bytes.
    kind: (TypeChar, u64),
    /// Where its data begin.
    start: u64,
    file: BufReader<Hashed>,
}

fn open(path: &Path, wanted: Wanted) -> Result<Open, NpyFault> {
    let metadata = std::fs::metadata(path).map_err(NpyFault::Unreadable)?;
    if !metadata.is_file() {
        return Err(NpyFault::NotAFile);
    }
    let file = Hashed::open(path, Algorithm::Blake3).map_err(NpyFault::Unreadable)?;
    let found = file.length();
    let mut file = BufReader::new(file);
    let (header, start) = header(&mut file)?;
    // What they are comes first: of other values neither size nor length is known.
    let kind = kind(&header, wanted)?;
    let dimensions = sizes(&header, wanted)?;
    let count: u64 = dimensions.iter().map(|size| *size as u64).product();
    let expected = count.saturating_mul(kind.1).saturating_add(start);
    if expected != found {
        return Err(NpyFault::Length { expected, found });
    }
    if header.order() == Order::Fortran && dimensions.len() > 1 {
        return Err(NpyFault::Fortran);
    }
    Ok(Open { header, dimensions, kind, start, file })
}

/// What the values are, if they are what is wanted.
fn kind(header: &NpyHeader, wanted: Wanted) -> Result<(TypeChar, u64), NpyFault> {
    let kind = match header.dtype() {
        DType::Plain(kind) => Some((kind.type_char(), kind.size_field())),
        _ => None,
    };
    kind.filter(|(kind, size)| wanted.takes(*kind, *size)).ok_or_else(|| NpyFault::Type {
        found: header.dtype().descr(),
        wanted,
        advice: wanted.advice(kind.map(|(kind, _)| kind)),
    })
}

/// The sizes, of which none is zero and the product is not too large; of labels only one.
fn sizes(header: &NpyHeader, wanted: Wanted) -> Result<Vec<usize>, NpyFault> {
    let sizes = header.shape().to_vec();
    let count = sizes.iter().try_fold(1_u64, |all, size| all.checked_mul(*size));
    let Some(count) = count.filter(|count| *count <= MOST) else {
        return Err(NpyFault::TooLarge { dimensions: sizes });
    };
    let found: Vec<usize> = sizes.iter().map(|size| *size as usize).collect();
    let refuse = |found, wanted: &str| Err(NpyFault::Shape { found, wanted: wanted.to_owned() });
    match wanted {
        _ if count == 0 => refuse(found, "an array that holds something"),
        Wanted::Labels if found.len() != 1 => refuse(found, "[N], a label each"),
        _ => Ok(found),
    }
}

/// The header, and where the data begin.
fn header(file: &mut impl Read) -> Result<(NpyHeader, u64), NpyFault> {
    let damaged = |what: &str| NpyFault::Header(what.to_owned());
    let mut bytes = Vec::new();
    // Only the header is taken: the data follow.
    let mut more = |bytes: &mut Vec<u8>, length: usize| {
        let lacking = length.saturating_sub(bytes.len()) as u64;
        file.by_ref().take(lacking).read_to_end(bytes).map_err(NpyFault::Unreadable)
    };
    more(&mut bytes, 12)?;
    let length = match bytes.get(..12) {
        Some([.., 1, 0, low, high, _, _]) => 10 + usize::from(u16::from_le_bytes([*low, *high])),
        Some([.., 2 | 3, 0, a, b, c, d]) => {
            12_usize.saturating_add(u32::from_le_bytes([*a, *b, *c, *d]) as usize)
        }
        _ => return Err(damaged("it does not begin as one")),
    };
    more(&mut bytes, length.min(LONGEST))?;
    let Some(header) = bytes.get(..length).filter(|_| length >= 12) else {
        return Err(damaged("its header is cut short, or longer than any"));
    };
    if header.iter().filter(|byte| b"([{".contains(byte)).count() > DEEPEST {
        return Err(damaged("its header has too many brackets"));
    }
    let parsed = NpyHeader::from_reader(header).map_err(|error| damaged(&error.to_string()))?;
    Ok((parsed, length as u64))
}

impl Open {
    fn bytes(&mut self) -> Result<Vec<u8>, NpyFault> {
        let count = self.dimensions.iter().product();
        let mut bytes = vec![0; count];
        self.file.read_exact(&mut bytes).map_err(NpyFault::Unreadable)?;
        Ok(bytes)
    }

    /// The values with their places.
    fn values<T: Deserialize>(
        &mut self,
    ) -> Result<impl Iterator<Item = (usize, io::Result<T>)>, NpyFault> {
        let values = NpyFile::with_header(self.header.clone(), &mut self.file).data::<T>();
        Ok(values.map_err(|error| NpyFault::Header(error.to_string()))?.enumerate())
    }

    /// The digest of the whole file.
    fn digest(self) -> Result<String, NpyFault> {
        self.file.into_inner().finish().map_err(NpyFault::Unreadable)
    }

    fn labels<T: Deserialize + Into<i128>>(&mut self) -> Result<Vec<i64>, NpyFault> {
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
