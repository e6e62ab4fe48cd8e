//! Whether numbers are grey values, judged by some of them: [`look`].
//!
//! Pictures in 0..255 saved as floats are the usual mistake, and every picture shows it. A job reads
//! all values; a plan reads a few megabytes of a large file.

use super::fault::{NpyFault, ValueType};
use super::open::{Open, float, grey, least_first};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// The most bytes that are looked at: a file of so many is looked at whole.
pub(super) const MOST: usize = 8 << 20;
/// How many stretches of a larger file, evenly spread.
const STRETCHES: u64 = 64;

/// Looks at values of an array of floats; bytes are grey values whatever they are.
///
/// # Errors
/// [`NpyFault::Grey`] for the first that is none.
pub(super) fn look(path: &Path, open: &Open) -> Result<(), NpyFault> {
    let (ValueType::Float, width) = open.value else { return Ok(()) };
    let count: u64 = open.dimensions.iter().map(|size| *size as u64).product();
    let most = MOST as u64 / width;
    let stretches = if count <= most { 1 } else { STRETCHES };
    let length = count.min(most) / stretches;
    let mut file = File::open(path).map_err(NpyFault::Unreadable)?;
    let mut bytes = vec![0; (length * width) as usize];
    for stretch in 0..stretches {
        let first = (count - length) * stretch / (stretches - 1).max(1);
        let place = SeekFrom::Start(open.start + first * width);
        file.seek(place).and_then(|_| file.read_exact(&mut bytes)).map_err(NpyFault::Unreadable)?;
        for (index, value) in bytes.chunks_exact(width as usize).enumerate() {
            let mut eight = [0; 8];
            eight[..value.len()].copy_from_slice(value);
            let value = float(least_first(eight, value.len(), open.big_endian), width);
            grey(first as usize + index, value)?;
        }
    }
    Ok(())
}
