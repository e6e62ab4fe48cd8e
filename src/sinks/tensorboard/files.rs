//! The event files of a folder: their names ([`Names`]), and how far one is sound.

use super::records::now;
use crate::files::{self, Place, atomic};
use std::io::{self, BufReader, ErrorKind, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use tensorboard_rs::masked_crc32c::masked_crc32c;

const PREFIX: &str = "events.out.tfevents.";
const MAIN: &str = ".1.main";

/// The bytes of the first record of a file, which names its format.
pub(super) const HEAD: u64 = 8 + 4 + 9 + 15 + 4;

/// What the file names of one job begin with.
pub(super) struct Names(String);

impl Names {
    /// The names in use in a folder, or, where there are none, new ones: no two the same, not even
    /// of one process in one second.
    pub(super) fn find(folder: &Place) -> Self {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let names = files::list(folder).unwrap_or_default().into_iter();
        let stem = |name: String| {
            Some(name.strip_prefix(PREFIX)?.strip_suffix(MAIN)?.to_owned())
                .filter(|it| !it.is_empty())
        };
        let used = names.filter_map(|(name, _)| stem(name.into_string().ok()?)).max();
        Self(used.unwrap_or_else(|| {
            let count = COUNTER.fetch_add(1, Ordering::Relaxed);
            format!("{:010}.{}.{count}", now() as u64, std::process::id())
        }))
    }

    pub(super) fn start(&self) -> String {
        format!("{PREFIX}{}.0.start", self.0)
    }

    pub(super) fn main(&self) -> String {
        format!("{PREFIX}{}{MAIN}", self.0)
    }

    pub(super) fn end(&self) -> String {
        format!("{PREFIX}{}.2.end", self.0)
    }
}

/// Removes an event file, which need not be there. One that does not begin as those do is none, and
/// stays.
pub(super) fn remove(place: &Place) -> io::Result<()> {
    if files::kind(place).is_none() {
        return Ok(());
    }
    let length = files::open_file(place)?.1.len();
    if length > 0 && good_end(place, HEAD)? < HEAD {
        let words = format!("{} is no event file: move it away", place.display());
        return Err(io::Error::new(ErrorKind::InvalidData, words));
    }
    atomic::remove_if_there(place)
}

/// Where the last record ends up to which every checksum holds, at `limit` or before. A file that
/// does not exist has none.
///
/// A record is its length (8 bytes), the checksum of these, as many bytes, and their checksum.
pub(super) fn good_end(place: &Place, limit: u64) -> io::Result<u64> {
    records(place, limit, |_| {})
}

/// [`good_end`], handing what each record before it holds to `each`.
pub(super) fn records(place: &Place, limit: u64, mut each: impl FnMut(&[u8])) -> io::Result<u64> {
    let (file, metadata) = match files::open_file(place) {
        Ok(opened) => opened,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let limit = metadata.len().min(limit);
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let (mut end, mut data) = (0, Vec::new());
    while let Some(room) = (limit - end).checked_sub(16) {
        let (mut length, mut sum) = ([0; 8], [0; 4]);
        reader.read_exact(&mut length)?;
        reader.read_exact(&mut sum)?;
        let size = u64::from_le_bytes(length);
        if u32::from_le_bytes(sum) != masked_crc32c(&length) || size > room {
            break;
        }
        data.clear();
        reader.by_ref().take(size).read_to_end(&mut data)?;
        reader.read_exact(&mut sum)?;
        if u32::from_le_bytes(sum) != masked_crc32c(&data) {
            break;
        }
        each(&data);
        end += size + 16;
    }
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensorboard_rs::record_writer::RecordWriter;

    #[test]
    fn the_sound_part_ends_where_a_checksum_fails() {
        let folder = tempfile::tempdir().unwrap();
        let path = Place::trusted(folder.path()).join("file");
        assert_eq!(good_end(&path, u64::MAX).unwrap(), 0);
        let mut bytes = Vec::new();
        let mut writer = RecordWriter::new(&mut bytes);
        for data in [&b"one"[..], b"", b"three"] {
            writer.write(data).unwrap();
        }
        let end = |bytes: &[u8], limit| {
            std::fs::write(&path, bytes).unwrap();
            good_end(&path, limit).unwrap()
        };
        assert_eq!(end(&bytes, u64::MAX), 19 + 16 + 21);
        for (limit, expected) in [(0, 0), (18, 0), (19, 19), (34, 19), (35, 35), (55, 35), (56, 56)]
        {
            assert_eq!(end(&bytes, limit), expected, "limit {limit}");
            assert_eq!(end(&bytes[..limit as usize], u64::MAX), expected, "torn at {limit}");
        }
        for (flipped, expected) in [(0, 0), (13, 0), (20, 19), (50, 35)] {
            let mut bytes = bytes.clone();
            bytes[flipped] ^= 1;
            assert_eq!(end(&bytes, u64::MAX), expected, "byte {flipped}");
        }
    }
}
