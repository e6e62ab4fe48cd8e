//! Gzip as it is found in the world: one member or several, and zeros after them, which tapes and some
//! servers add ([`Members`]).

use flate2::bufread::GzDecoder;
use std::io::{self, BufRead, Read};

/// The most zeros after the last member; Python's and `gzip` itself read any number of them, but a
/// file of nothing else would be read for ever.
pub(super) const PADDING: u64 = 1 << 20;

/// Reads what all members of a file hold, one after another.
pub(super) struct Members<R: BufRead> {
    state: State<R>,
}

enum State<R: BufRead> {
    Within(Box<GzDecoder<R>>),
    Done,
}

impl<R: BufRead> Members<R> {
    /// Of a file that begins as gzip does.
    pub(super) fn new(file: R) -> Self {
        Self { state: State::Within(Box::new(GzDecoder::new(file))) }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let State::Within(member) = &mut self.state else { return Ok(0) };
            let count = member.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            // The member is at its end, and its checksum was right.
            let State::Within(member) = std::mem::replace(&mut self.state, State::Done) else {
                return Ok(0);
            };
            let mut file = member.into_inner();
            if skip_zeros(&mut file)? {
                self.state = State::Within(Box::new(GzDecoder::new(file)));
            }
        }
    }
}

/// Passes over zeros; whether something follows them.
fn skip_zeros(file: &mut impl BufRead) -> io::Result<bool> {
    let mut skipped = 0;
    loop {
        let bytes = file.fill_buf()?;
        if bytes.is_empty() {
            return Ok(false);
        }
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        let all = zeros == bytes.len();
        file.consume(zeros);
        skipped += zeros as u64;
        if skipped > PADDING {
            return Err(io::Error::other(format!("more than {PADDING} zeros follow its data")));
        }
        if !all {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn member(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn read(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        // Through a small buffer, so that zeros and members lie across its ends.
        let file = io::BufReader::with_capacity(7, bytes);
        Members::new(file).read_to_end(&mut text).map(|_| text)
    }

    #[test]
    fn members_and_zeros_are_read_as_python_reads_them() {
        let (one, two) = (member(b"one "), member(b"two"));
        let zeros = |count| vec![0; count];
        assert_eq!(read(&one).unwrap(), b"one ");
        assert_eq!(read(&[one.clone(), two.clone()].concat()).unwrap(), b"one two");
        for count in [1, 6, 512, 70_000] {
            assert_eq!(read(&[one.clone(), zeros(count)].concat()).unwrap(), b"one ");
            let between = [one.clone(), zeros(count), two.clone(), zeros(count)].concat();
            assert_eq!(read(&between).unwrap(), b"one two");
        }
        for rubbish in [b"x".as_slice(), b"\0\0x", b"\0\x1f\x8b"] {
            read(&[&one, rubbish].concat()).unwrap_err();
        }
        let error = read(&[one.clone(), zeros(PADDING as usize + 1)].concat()).unwrap_err();
        assert!(error.to_string().contains("zeros follow"), "{error}");
        for length in 10..one.len() {
            read(&one[..length]).unwrap_err();
        }
    }
}
