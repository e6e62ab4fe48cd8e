//! An append-only file with a buffer ([`LogFile`]): what the sinks for JSON and for TensorBoard
//! share.
//!
//! It knows how long the part is that has reached the file, so that a write that failed halfway
//! (a full disk) can be cut off again and the file still ends on a whole record.

use super::{Place, atomic, fault, in_place, kind};
use rustix::fs::OFlags;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::time::{Duration, Instant};

/// How long a record may wait in the buffer while others follow it.
const WAIT: Duration = Duration::from_millis(100);
/// How much may wait.
const ROOM: usize = 1 << 16;

/// A file that is only appended to, and cut back on resume.
pub struct LogFile {
    place: Place,
    file: File,
    buffer: Vec<u8>,
    on_disk: u64,
    flushed: Instant,
}

impl LogFile {
    /// Opens or creates the file and cuts it to `length` bytes where it is longer. Its name is
    /// durable from then on: a checkpoint that tells of its length must not outlive it.
    ///
    /// # Errors
    /// What the system said; [`super::Odd`] where something else is there.
    pub fn open(place: &Place, length: u64) -> io::Result<Self> {
        let new = kind(place).is_none();
        // Not in append mode: a file that is cut back must go on where the cut is.
        let file = in_place::own(place, OFlags::empty())?;
        if let Some(folder) = place.above().filter(|_| new) {
            atomic::sync(&folder)?;
        }
        let on_disk = file.metadata()?.len();
        let place = place.clone();
        let mut log = Self { place, file, buffer: Vec::new(), on_disk, flushed: Instant::now() };
        log.cut(length)?;
        Ok(log)
    }

    /// A log in an open file of no bytes, for tests of what a full disk does.
    #[cfg(test)]
    pub(crate) fn over(file: File) -> Self {
        let (place, buffer) = (Place::trusted(""), Vec::new());
        Self { place, file, buffer, on_disk: 0, flushed: Instant::now() }
    }

    /// The length the file has once the buffer is written.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.on_disk + self.buffer.len() as u64
    }

    /// Writes the buffer out if it has waited long enough or grown large. To be called between
    /// records, never within one.
    ///
    /// # Errors
    /// What the system said.
    pub fn settle(&mut self) -> io::Result<()> {
        if self.buffer.len() >= ROOM || self.flushed.elapsed() >= WAIT {
            self.flush()?;
        }
        Ok(())
    }

    /// Makes everything durable; the length of the file.
    ///
    /// # Errors
    /// What the system said.
    pub fn commit(&mut self) -> io::Result<u64> {
        fault::point("before", &self.place);
        self.flush()?;
        fault::point("written", &self.place);
        self.file.sync_data()?;
        fault::point("kept", &self.place);
        Ok(self.on_disk)
    }

    /// Forgets what lies beyond `length`, and goes on there.
    ///
    /// # Errors
    /// What the system said.
    pub fn cut(&mut self, length: u64) -> io::Result<()> {
        self.flush()?;
        if length < self.on_disk {
            fault::point("before the cut", &self.place);
            self.file.set_len(length)?;
            fault::point("cut", &self.place);
            self.on_disk = length;
        }
        self.file.seek(SeekFrom::Start(self.on_disk))?;
        Ok(())
    }
}

impl Write for LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.flushed = Instant::now();
        let waiting = std::mem::take(&mut self.buffer);
        if let Err(error) = self.file.write_all(&waiting) {
            // Best effort: what was half written would be a torn record.
            let _ = self.file.set_len(self.on_disk);
            let _ = self.file.seek(SeekFrom::Start(self.on_disk));
            return Err(error);
        }
        self.on_disk += waiting.len() as u64;
        // The allocation is kept for the next records.
        self.buffer = waiting;
        self.buffer.clear();
        Ok(())
    }
}

impl Drop for LogFile {
    fn drop(&mut self) {
        let _ = self.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_off_is_gone_and_writing_goes_on_at_the_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = Place::trusted(folder.path()).join("log");
        let mut log = LogFile::open(&path, 0).unwrap();
        log.write_all(b"one two").unwrap();
        assert_eq!(log.length(), 7);
        assert_eq!(log.commit().unwrap(), 7);
        log.cut(3).unwrap();
        log.write_all(b", three").unwrap();
        drop(log);
        assert_eq!(std::fs::read(&path).unwrap(), b"one, three");
        assert_eq!(LogFile::open(&path, 3).unwrap().length(), 3);
    }

    #[test]
    fn what_is_much_or_has_waited_is_written_between_records() {
        let folder = tempfile::tempdir().unwrap();
        let path = Place::trusted(folder.path()).join("log");
        let mut log = LogFile::open(&path, 0).unwrap();
        let written = || std::fs::metadata(&path).unwrap().len() as usize;
        log.write_all(&vec![b'a'; ROOM]).unwrap();
        log.settle().unwrap();
        assert_eq!(written(), ROOM);
        log.write_all(b"b").unwrap();
        std::thread::sleep(WAIT);
        log.settle().unwrap();
        assert_eq!(written(), ROOM + 1);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_an_error_and_the_length_stays_true() {
        let mut log = LogFile::over(File::options().write(true).open("/dev/full").unwrap());
        log.write_all(b"much").unwrap();
        assert_eq!(log.flush().unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(log.length(), 0);
    }
}
