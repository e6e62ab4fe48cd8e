//! The IDX format of MNIST and its kin: [`read`], [`inspect`] for what its header and length tell, and
//! [`parse`] for bytes at hand.
//!
//! A file is big-endian: a magic number (2051 for pictures, 2049 for labels), the size of each
//! dimension as 32 bits, then unsigned bytes; it may be gzipped. Nothing a file says is believed
//! before it is checked: no bytes make this module panic, or use more memory than the file holds data,
//! and no small packed file unpacks to gigabytes.

mod contents;

pub use contents::{Contents, Fault, IdxError};

use super::gzip::{Members, PADDING};
use crate::files::{Algorithm, Hashed};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// The most bytes of data that a file may announce: 4 GiB.
const MOST: u64 = 1 << 32;
/// How many times its own length a packed file may hold, if that is more than 64 MiB. Pictures pack
/// to a fifth, say; what packs to a thousandth (gzip can do no better) is no data.
const RATIO: u64 = 100;
const ALWAYS: u64 = 64 << 20;

/// What an IDX file holds: the size of each dimension, and the bytes, last dimension fastest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idx {
    /// The size of each dimension, none of them 0.
    pub dimensions: Vec<usize>,
    /// As many bytes as the product of the dimensions.
    pub bytes: Vec<u8>,
}

/// Reads a whole file; with the digest of its bytes as they lie there, packed or not.
///
/// # Errors
/// If it cannot be read, or is not a whole IDX file of these contents.
pub(crate) fn read(
    path: &Path,
    contents: Contents,
    algorithm: Algorithm,
) -> Result<(Idx, String), IdxError> {
    let whole = |file: Hashed| {
        let length = file.length();
        let mut file = BufReader::new(file);
        let idx = parse_from(&mut file, length, contents)?;
        let digest = file.into_inner().finish().map_err(Fault::Unreadable)?;
        Ok((idx, digest))
    };
    open(path, algorithm).and_then(whole).map_err(|fault| in_file(path, fault))
}

/// Reads the bytes of a whole file.
///
/// # Errors
/// If they are not those of a whole IDX file of these contents.
pub fn parse(bytes: &[u8], contents: Contents) -> Result<Idx, Fault> {
    parse_from(bytes, bytes.len() as u64, contents)
}

/// The sizes in the header of a file, which is as long as they say. Only a packed file whose length
/// does not tell is read to its end; nothing is kept of it.
///
/// # Errors
/// As [`read`], but for damage within.
pub(crate) fn inspect(path: &Path, contents: Contents) -> Result<Vec<usize>, IdxError> {
    let look = |file: Hashed| {
        let length = file.length();
        let mut file = BufReader::new(file);
        let (mut unpacked, packed) = unpacked(&mut file)?;
        let dimensions = header(&mut unpacked, contents)?;
        let expected = announced(&dimensions);
        if packed && (inflated(expected, length) || tells(path, start(&dimensions) + expected)?) {
            return checked(dimensions, expected, length);
        }
        if packed {
            let more = io::copy(&mut unpacked.take(expected + 1), &mut io::sink());
            let found = more.map_err(broken)?;
            return agreeing(dimensions, expected, found);
        }
        let start = start(&dimensions);
        agreeing(dimensions, expected, length.saturating_sub(start))
    };
    open(path, Algorithm::Blake3).and_then(look).map_err(|fault| in_file(path, fault))
}

fn in_file(path: &Path, fault: Fault) -> IdxError {
    IdxError { path: path.to_owned(), fault }
}

/// The file.
fn open(path: &Path, algorithm: Algorithm) -> Result<Hashed, Fault> {
    let metadata = std::fs::metadata(path).map_err(Fault::Unreadable)?;
    if !metadata.is_file() {
        return Err(Fault::NotAFile);
    }
    Hashed::open(path, algorithm).map_err(Fault::Unreadable)
}

/// The file's contents, unpacked if it begins as gzip does, and whether it does.
fn unpacked<'a>(mut file: impl BufRead + 'a) -> Result<(Box<dyn Read + 'a>, bool), Fault> {
    let packed = file.fill_buf().map_err(Fault::Unreadable)?.starts_with(&[0x1f, 0x8b]);
    let contents: Box<dyn Read> =
        if packed { Box::new(Members::new(file)) } else { Box::new(file) };
    Ok((contents, packed))
}

/// Reads a file of so many bytes.
fn parse_from(file: impl BufRead, length: u64, contents: Contents) -> Result<Idx, Fault> {
    let (mut file, packed) = unpacked(file)?;
    let dimensions = header(&mut file, contents)?;
    let expected = announced(&dimensions);
    if packed {
        checked(dimensions.clone(), expected, length)?;
    }
    // One byte more, so that what follows the data is noticed and a gzip trailer is checked.
    let bytes = up_to(&mut file, expected + 1)?;
    let dimensions = agreeing(dimensions, expected, bytes.len() as u64)?;
    Ok(Idx { dimensions, bytes })
}

/// How many bytes of data these sizes are.
fn announced(dimensions: &[usize]) -> u64 {
    dimensions.iter().map(|size| *size as u64).product()
}

/// Where the data begin in a file of so many dimensions.
fn start(dimensions: &[usize]) -> u64 {
    4 + 4 * dimensions.len() as u64
}

/// The dimensions, if `found` bytes of data are as many as they announce.
fn agreeing(dimensions: Vec<usize>, expected: u64, found: u64) -> Result<Vec<usize>, Fault> {
    let start = start(&dimensions);
    match found.cmp(&expected) {
        std::cmp::Ordering::Less => {
            Err(Fault::Truncated { expected: start + expected, found: start + found })
        }
        std::cmp::Ordering::Greater => Err(Fault::Trailing { expected: start + expected }),
        std::cmp::Ordering::Equal => Ok(dimensions),
    }
}

/// The dimensions, if a packed file of so many bytes can hold what they announce, and not much besides.
fn checked(dimensions: Vec<usize>, expected: u64, length: u64) -> Result<Vec<usize>, Fault> {
    if inflated(expected, length) {
        return Err(Fault::Inflated { dimensions, length });
    }
    // What does not pack grows by a few bytes in each block of thousands.
    if length > expected + expected / 100 + 2 * PADDING {
        return Err(Fault::Overlong { dimensions, length });
    }
    Ok(dimensions)
}

/// Whether so many bytes of data are too many for a packed file of this length.
fn inflated(expected: u64, length: u64) -> bool {
    expected > length.saturating_mul(RATIO).max(ALWAYS)
}

/// Whether the end of a packed file says that it holds so many bytes: the last four are the length of
/// the last member, before it was packed.
fn tells(path: &Path, expected: u64) -> Result<bool, Fault> {
    let mut last = [0; 4];
    let mut file = File::open(path).map_err(Fault::Unreadable)?;
    if file.seek(SeekFrom::End(-4)).is_err() || file.read_exact(&mut last).is_err() {
        return Ok(false);
    }
    Ok(expected & 0xffff_ffff == u64::from(u32::from_le_bytes(last)))
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
    file.take(count).read_to_end(&mut bytes).map_err(broken)?;
    Ok(bytes)
}

/// What a failure to read says of the file: the system's own errors are not the packing's.
fn broken(error: io::Error) -> Fault {
    if error.raw_os_error().is_some() { Fault::Unreadable(error) } else { Fault::Gzip(error) }
}

#[cfg(test)]
mod tests;
