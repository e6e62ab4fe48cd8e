//! Reading files of ours: regular ones of bounded size, whatever stands in their place ([`read`]).

use super::{FilesError, Place, open};
use std::fs::File;
use std::io::{self, Read};

/// The most bytes of a record of one job or run. A settings file has at most a megabyte
/// (`spec::load`), and what a job makes or measures has at most some thousand names of a hundred
/// bytes: this is several times what can be, and is read in well under a second.
pub const RECORD: u64 = 16 << 20;
/// The most bytes of what a run says of all of its jobs together, as their outcomes are.
pub const SUMMARY: u64 = 64 << 20;
/// The most bytes of a file that only says who somebody is.
pub const NAME: u64 = 4 << 10;
/// The most bytes of a picture.
pub const PICTURE: u64 = 256 << 20;

/// A file that is larger than its like can be.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("it has {found} bytes and its like has {most} at most")]
pub(super) struct TooLarge {
    found: u64,
    most: u64,
}

/// All bytes of the file at `place`, which may have `most`.
///
/// # Errors
/// What the system said; where it is no regular file, is larger, or is reached through a link, an
/// error that says so.
pub fn read(place: &Place, most: u64) -> io::Result<Vec<u8>> {
    let (file, stat) = open::file(place)?;
    let found = stat.st_size as u64;
    if found > most {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, TooLarge { found, most }));
    }
    let mut bytes = Vec::with_capacity(found as usize + 1);
    file.take(most + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 {
        // It has grown meanwhile.
        found if found > most => {
            Err(io::Error::new(io::ErrorKind::FileTooLarge, TooLarge { found, most }))
        }
        _ => Ok(bytes),
    }
}

/// The text of the file at `place`, which may have `most` bytes.
///
/// # Errors
/// As [`read`], and where it is no text.
pub fn read_text(place: &Place, most: u64) -> io::Result<String> {
    String::from_utf8(read(place, most)?).map_err(io::Error::other)
}

/// Opens the file at `place` for reading from wherever the caller likes, and says how it is.
///
/// # Errors
/// As [`read`].
pub fn open_file(place: &Place) -> io::Result<(File, std::fs::Metadata)> {
    let (file, _) = open::file(place)?;
    let metadata = file.metadata()?;
    Ok((file, metadata))
}

/// [`read`] for who shows the error to a person.
///
/// # Errors
/// [`FilesError::Read`], or what says more.
pub fn record(place: &Place, most: u64) -> Result<Vec<u8>, FilesError> {
    read(place, most).map_err(FilesError::read(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_too_large(read: io::Result<Vec<u8>>) -> bool {
        read.is_err_and(|error| error.kind() == io::ErrorKind::FileTooLarge)
    }

    #[test]
    fn as_many_bytes_are_read_as_there_may_be_and_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::trusted(folder.path()).join("record.json");
        std::fs::write(&place, "12345").unwrap();
        assert_eq!(read(&place, 5).unwrap(), b"12345");
        assert!(is_too_large(read(&place, 4)));
        let error = record(&place, 4).unwrap_err().to_string();
        assert!(error.contains("it has 5 bytes and its like has 4 at most"), "{error}");
    }

    /// The system's own files say that they have no bytes: they are as files that grow.
    #[test]
    #[cfg(target_os = "linux")]
    fn a_file_that_grows_while_it_is_read_is_not_cut_off() {
        let place = Place::trusted("/proc/self").join("status");
        let whole = read(&place, RECORD).unwrap();
        assert!(whole.len() > 100 && std::fs::metadata(&place).unwrap().len() == 0);
        assert!(is_too_large(read(&place, 100)));
    }
}
