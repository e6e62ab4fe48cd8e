//! A file whose header has been read, is of what is wanted, and agrees with its length: [`Open`]; and its
//! values.

use super::fault::{NpyFault, ValueType, Wanted};
use super::header::Header;
use crate::files::{Algorithm, Hashed};
use std::io::{BufReader, Read};
use std::path::Path;

/// The most values that a file may announce.
const MOST: u64 = 1 << 32;
/// Beyond this a number is not a class.
const CLASSES: i64 = 1 << 16;

/// An array's file; its data follow.
pub(super) struct Open {
    pub(super) dimensions: Vec<usize>,
    /// What its values are, with their size in bytes.
    pub(super) value: (ValueType, u64),
    pub(super) big_endian: bool,
    /// Where its data begin.
    pub(super) start: u64,
    pub(super) file: BufReader<Hashed>,
}

/// Opens a file and holds its header against what is wanted and against its length.
///
/// # Errors
/// What is wrong with it.
pub(super) fn open(path: &Path, wanted: Wanted) -> Result<Open, NpyFault> {
    let metadata = std::fs::metadata(path).map_err(NpyFault::Unreadable)?;
    if !metadata.is_file() {
        return Err(NpyFault::NotAFile);
    }
    let file = Hashed::open(path, Algorithm::Blake3).map_err(NpyFault::Unreadable)?;
    let found = file.length();
    let mut file = BufReader::new(file);
    let (header, start) = Header::read(&mut file)?;
    // What they are comes first: of other values neither size nor length is known.
    let value = value_type(&header, wanted)?;
    let dimensions = sizes(&header, wanted)?;
    let count: u64 = dimensions.iter().map(|size| *size as u64).product();
    let expected = count.saturating_mul(value.1).saturating_add(start);
    if expected != found {
        return Err(NpyFault::Length { expected, found });
    }
    if header.fortran && dimensions.len() > 1 {
        return Err(NpyFault::Fortran);
    }
    Ok(Open { dimensions, value, big_endian: header.big_endian, start, file })
}

/// What the values are, if they are what is wanted.
fn value_type(header: &Header, wanted: Wanted) -> Result<(ValueType, u64), NpyFault> {
    let value = header.value.filter(|(kind, size)| wanted.takes(*kind, *size));
    value.ok_or_else(|| NpyFault::Type {
        found: header.descr.clone(),
        wanted,
        advice: wanted.advice(header.value.map(|(kind, _)| kind)),
    })
}

/// The sizes, of which none is zero and the product is not too large; of labels only one.
fn sizes(header: &Header, wanted: Wanted) -> Result<Vec<usize>, NpyFault> {
    let sizes = header.shape.clone();
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

impl Open {
    /// All values as bytes, where each is one.
    pub(super) fn bytes(&mut self) -> Result<Vec<u8>, NpyFault> {
        let count = self.dimensions.iter().product();
        let mut bytes = vec![0; count];
        self.file.read_exact(&mut bytes).map_err(NpyFault::Unreadable)?;
        Ok(bytes)
    }

    /// All values as grey values.
    pub(super) fn greys(&mut self) -> Result<Vec<u8>, NpyFault> {
        let size = self.value.1;
        self.values()
            .map(|value| value.and_then(|(index, it)| grey(index, float(it, size))))
            .collect()
    }

    /// All values as labels.
    pub(super) fn labels(&mut self) -> Result<Vec<i64>, NpyFault> {
        let kind = self.value;
        let label = |value: Result<(usize, [u8; 8]), NpyFault>| {
            let (index, bytes) = value?;
            let value = whole(bytes, kind);
            let class = i64::try_from(value).ok().filter(|class| (0..CLASSES).contains(class));
            class.ok_or(NpyFault::Label { index, value })
        };
        self.values().map(label).collect()
    }

    /// The values' bytes, the least significant first, with their places.
    fn values(&mut self) -> impl Iterator<Item = Result<(usize, [u8; 8]), NpyFault>> + '_ {
        let (size, big) = (self.value.1 as usize, self.big_endian);
        let count: usize = self.dimensions.iter().product();
        (0..count).map(move |index| {
            let mut bytes = [0; 8];
            self.file.read_exact(&mut bytes[..size]).map_err(NpyFault::Unreadable)?;
            Ok((index, least_first(bytes, size, big)))
        })
    }

    /// The digest of the whole file.
    pub(super) fn digest(self) -> Result<String, NpyFault> {
        self.file.into_inner().finish().map_err(NpyFault::Unreadable)
    }
}

/// The bytes of a value of `size` bytes with the least significant first.
pub(super) fn least_first(mut bytes: [u8; 8], size: usize, big_endian: bool) -> [u8; 8] {
    if big_endian {
        bytes[..size].reverse();
    }
    bytes
}

/// The number that four or eight bytes stand for.
pub(super) fn float(bytes: [u8; 8], size: u64) -> f64 {
    let [a, b, c, d, ..] = bytes;
    if size == 4 { f32::from_le_bytes([a, b, c, d]).into() } else { f64::from_le_bytes(bytes) }
}

/// The whole number that so many bytes stand for.
fn whole(bytes: [u8; 8], (kind, size): (ValueType, u64)) -> i128 {
    if kind == ValueType::Unsigned {
        return u64::from_le_bytes(bytes).into();
    }
    let unused = 64 - 8 * size as u32;
    ((i64::from_le_bytes(bytes) << unused) >> unused).into()
}

/// The byte of a grey value in 0..1.
pub(super) fn grey(index: usize, value: f64) -> Result<u8, NpyFault> {
    if !(0.0..=1.0).contains(&value) {
        return Err(NpyFault::Grey { index, value });
    }
    Ok((value * 255.0).round() as u8)
}
