//! The IDX format of MNIST and its kin: [`read`], [`dimensions`], and [`parse`] for bytes at hand.
//!
//! A file is big-endian: a magic number (2051 for pictures, 2049 for labels), the size of each
//! dimension as 32 bits, then unsigned bytes; it may be gzipped. Nothing a file says is believed
//! before it is checked: no bytes make this module panic, or use more memory than the file holds data,
//! and no small packed file unpacks to gigabytes.

use flate2::bufread::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The most bytes of data that a file may announce: 4 GiB.
const MOST: u64 = 1 << 32;
/// How many times its own length a packed file may hold, if that is more than 64 MiB. Pictures pack
/// to a fifth, say; what packs to a thousandth (gzip can do no better) is no data.
const RATIO: u64 = 100;
const ALWAYS: u64 = 64 << 20;

/// An IDX file is damaged, or none; names the file.
#[derive(Debug, Error)]
#[error("{}: {fault}", .path.display())]
pub struct IdxError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with an IDX file, and what to do about it.
#[derive(Debug, Error)]
pub enum Fault {
    /// It is missing, or reading failed.
    #[error("it cannot be read ({0}): check that it is there and readable")]
    Unreadable(io::Error),
    /// It is a folder, a pipe or a device.
    #[error("it is not a file: name the IDX file itself")]
    NotAFile,
    /// The compressed data are damaged or cut short.
    #[error("its gzip data are damaged ({0}): copy or download it again")]
    Gzip(io::Error),
    /// It ends too early.
    #[error("it is truncated, {found} of {expected} bytes: copy or download it again")]
    Truncated { expected: u64, found: u64 },
    /// It goes on after the data its header announces.
    #[error(
        "it goes on after the {expected} bytes its header announces: copy or download it again"
    )]
    Trailing { expected: u64 },
    /// It begins with something else than the magic number.
    #[error(
        "it begins with {found} where an IDX file of {} begins with {}: it is another kind of file",
        .expected.name(), .expected.magic()
    )]
    Magic { expected: Contents, found: u32 },
    /// A dimension is zero.
    #[error("its header says {dimensions:?}, so it holds nothing: copy or download it again")]
    Empty { dimensions: Vec<usize> },
    /// It announces more data than can be meant.
    #[error("its header says {dimensions:?}, which is beyond 4 GiB: copy or download it again")]
    TooLarge { dimensions: Vec<usize> },
    /// It is packed, and announces far more data than packed files of its length hold.
    #[error(
        "its header says {dimensions:?}, and its {length} bytes of gzip data are too few to be \
         believed: if it is right, unpack it first (gunzip)"
    )]
    Inflated { dimensions: Vec<usize>, length: u64 },
}

/// What a file should hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    /// Grey pictures: count, rows, columns.
    Images,
    /// Labels: count.
    Labels,
}

impl Contents {
    fn magic(self) -> u32 {
        match self {
            Self::Images => 2051,
            Self::Labels => 2049,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Images => "pictures",
            Self::Labels => "labels",
        }
    }

    /// How many sizes the header gives.
    fn rank(self) -> usize {
        (self.magic() & 0xff) as usize
    }
}

/// What an IDX file holds: the size of each dimension, and the bytes, last dimension fastest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idx {
    /// The size of each dimension, none of them 0.
    pub dimensions: Vec<usize>,
    /// As many bytes as the product of the dimensions.
    pub bytes: Vec<u8>,
}

/// Reads a whole file.
///
/// # Errors
/// If it cannot be read, or is not a whole IDX file of these contents.
pub(crate) fn read(path: &Path, contents: Contents) -> Result<Idx, IdxError> {
    let whole = |(file, length)| parse_from(file, length, contents);
    open(path).and_then(whole).map_err(|fault| in_file(path, fault))
}

/// Reads the bytes of a whole file.
///
/// # Errors
/// If they are not those of a whole IDX file of these contents.
pub fn parse(bytes: &[u8], contents: Contents) -> Result<Idx, Fault> {
    parse_from(bytes, bytes.len() as u64, contents)
}

/// Reads only the sizes in the header of a file.
///
/// # Errors
/// As [`read`], as far as the header shows it.
pub(crate) fn dimensions(path: &Path, contents: Contents) -> Result<Vec<usize>, IdxError> {
    let sizes = |(file, _)| header(&mut unpacked(file)?.0, contents);
    open(path).and_then(sizes).map_err(|fault| in_file(path, fault))
}

fn in_file(path: &Path, fault: Fault) -> IdxError {
    IdxError { path: path.to_owned(), fault }
}

/// The file and its length in bytes.
fn open(path: &Path) -> Result<(BufReader<File>, u64), Fault> {
    let metadata = std::fs::metadata(path).map_err(Fault::Unreadable)?;
    if !metadata.is_file() {
        return Err(Fault::NotAFile);
    }
    let file = File::open(path).map_err(Fault::Unreadable)?;
    Ok((BufReader::new(file), metadata.len()))
}

/// The file's contents, unpacked if it begins as gzip does, and whether it does.
fn unpacked<'a>(mut file: impl BufRead + 'a) -> Result<(Box<dyn Read + 'a>, bool), Fault> {
    let packed = file.fill_buf().map_err(Fault::Unreadable)?.starts_with(&[0x1f, 0x8b]);
    let contents: Box<dyn Read> =
        if packed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    Ok((contents, packed))
}

/// Reads a file of so many bytes.
fn parse_from(file: impl BufRead, length: u64, contents: Contents) -> Result<Idx, Fault> {
    let (mut file, packed) = unpacked(file)?;
    let dimensions = header(&mut file, contents)?;
    let expected: u64 = dimensions.iter().map(|size| *size as u64).product();
    if packed && expected > length.saturating_mul(RATIO).max(ALWAYS) {
        return Err(Fault::Inflated { dimensions, length });
    }
    // One byte more, so that what follows the data is noticed and a gzip trailer is checked.
    let bytes = up_to(&mut file, expected + 1)?;
    let (start, found) = (4 + 4 * dimensions.len() as u64, bytes.len() as u64);
    match found.cmp(&expected) {
        std::cmp::Ordering::Less => {
            Err(Fault::Truncated { expected: start + expected, found: start + found })
        }
        std::cmp::Ordering::Greater => Err(Fault::Trailing { expected: start + expected }),
        std::cmp::Ordering::Equal => Ok(Idx { dimensions, bytes }),
    }
}

/// The sizes of the dimensions, none zero, their product at most [`MOST`].
fn header(file: &mut dyn Read, contents: Contents) -> Result<Vec<usize>, Fault> {
    let expected = 4 + 4 * contents.rank() as u64;
    let bytes = up_to(file, expected)?;
    let numbers: Vec<u32> = bytes
        .chunks_exact(4)
        .map(|four| four.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
        .collect();
    match numbers.first() {
        Some(&found) if found != contents.magic() => {
            return Err(Fault::Magic { expected: contents, found });
        }
        _ if (bytes.len() as u64) < expected => {
            return Err(Fault::Truncated { expected, found: bytes.len() as u64 });
        }
        _ => {}
    }
    let dimensions: Vec<usize> = numbers[1..].iter().map(|size| *size as usize).collect();
    if dimensions.contains(&0) {
        return Err(Fault::Empty { dimensions });
    }
    let total = dimensions.iter().try_fold(1_u64, |all, size| all.checked_mul(*size as u64));
    if total.is_none_or(|total| total > MOST) {
        return Err(Fault::TooLarge { dimensions });
    }
    Ok(dimensions)
}

/// The next `count` bytes, or as many as there are.
fn up_to(file: &mut dyn Read, count: u64) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    match file.take(count).read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) if error.raw_os_error().is_some() => Err(Fault::Unreadable(error)),
        Err(error) => Err(Fault::Gzip(error)),
    }
}

#[cfg(test)]
mod tests;
