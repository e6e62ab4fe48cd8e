//! A file that is hashed while it is read: [`Hashed`]. What is made of its bytes and the digest that
//! goes with it come from one reading, so that no file that is exchanged meanwhile comes between them.

use super::stamp::Stamp;
use md5::Digest;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Which digest of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// What this program relies on.
    Blake3,
    /// What the publishers of some data sets give; against damage, not against malice.
    Md5,
}

impl Algorithm {
    /// The digest of some bytes, in hexadecimal.
    #[must_use]
    pub fn digest(self, bytes: &[u8]) -> String {
        match self {
            Self::Blake3 => blake3::hash(bytes).to_hex().to_string(),
            Self::Md5 => hexadecimal(&md5::Md5::digest(bytes)),
        }
    }
}

impl std::fmt::Display for Algorithm {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Blake3 => "BLAKE3",
            Self::Md5 => "md5",
        })
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A regular file, and the digest of what was read of it so far.
pub struct Hashed {
    file: File,
    length: u64,
    state: State,
}

enum State {
    Blake3(Box<blake3::Hasher>),
    Md5(Box<md5::Md5>),
}

impl Hashed {
    /// Opens a file; a link is followed.
    ///
    /// # Errors
    /// If it cannot be opened, or is a folder, a pipe or a device (none of which is waited for).
    pub fn open(path: &Path, algorithm: Algorithm) -> io::Result<Self> {
        let file = regular(path)?;
        let length = file.metadata()?.len();
        let state = match algorithm {
            Algorithm::Blake3 => State::Blake3(Box::default()),
            Algorithm::Md5 => State::Md5(Box::default()),
        };
        Ok(Self { file, length, state })
    }

    /// How long it was in bytes when it was opened.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// What tells it from other files and states.
    ///
    /// # Errors
    /// What the system says.
    pub fn stamp(&self) -> io::Result<Stamp> {
        self.file.metadata().map(|file| Stamp::of(&file))
    }

    /// The digest of the whole file, in hexadecimal: what has not been read yet is read now.
    ///
    /// # Errors
    /// If reading fails.
    pub fn finish(mut self) -> io::Result<String> {
        let mut buffer = vec![0; 1 << 16];
        while self.read(&mut buffer)? > 0 {}
        Ok(match self.state {
            State::Blake3(hasher) => hasher.finalize().to_hex().to_string(),
            State::Md5(hasher) => hexadecimal(&hasher.finalize()),
        })
    }
}

impl std::fmt::Debug for Hashed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Hashed").field("file", &self.file).finish_non_exhaustive()
    }
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = loop {
            match self.file.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        match &mut self.state {
            State::Blake3(hasher) => drop(hasher.update(&buffer[..count])),
            State::Md5(hasher) => hasher.update(&buffer[..count]),
        }
        Ok(count)
    }
}

/// Opens a regular file. Without waiting, since a pipe would have one wait for ever.
fn regular(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is not a file")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_of_the_bytes_that_were_read_and_of_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        std::fs::write(&path, "abc").unwrap();
        // The test vectors of RFC 1321 and of BLAKE3's own list.
        for (algorithm, expected) in [
            (Algorithm::Md5, "900150983cd24fb0d6963f7d28e17f72"),
            (Algorithm::Blake3, "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85"),
        ] {
            let mut file = Hashed::open(&path, algorithm).unwrap();
            assert_eq!(file.length(), 3);
            let mut first = [0; 2];
            file.read_exact(&mut first).unwrap();
            assert_eq!((&first, file.finish().unwrap().as_str()), (b"ab", expected));
        }
    }

    #[test]
    fn what_is_no_regular_file_is_refused_without_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        for path in [pipe.as_path(), folder.path(), Path::new("/dev/zero")] {
            let error = Hashed::open(path, Algorithm::Blake3).unwrap_err().to_string();
            assert!(error.contains("not a file"), "{}: {error}", path.display());
        }
        let error = Hashed::open(&folder.path().join("none"), Algorithm::Md5).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
