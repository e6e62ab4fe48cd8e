//! Following the record of a job from another process ([`Tail`]).
//!
//! The file grows while it is read, so its last line may be torn; and it can be cut back and grow
//! again between two looks, when the job is resumed from a checkpoint. The length alone does not
//! show that. So the tail remembers a hash of each line it has seen (16 bytes a line), checks the last
//! record and what follows it at each look, and where that does not hold goes back to the first line
//! that differs. Lines that are no records, left by a crash, may be alike: one of them alone would not
//! show that the file is another.

use super::EVENTS;
use crate::event::Record;
use crate::files::{self, Place};
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

/// The longest line that is taken for a record, in bytes.
const LONGEST: u64 = 4 << 20;
/// How far a file is followed, in bytes: some ten million records. What a job of so many says after
/// them is in its record and not shown; a file that only looks so long is left in good time.
const MOST: u64 = 1 << 30;

/// Reads what is new in a job's `events.jsonl`.
pub struct Tail {
    place: Place,
    lines: Vec<Seen>,
    /// The index of the last record among the lines, or of a line before it.
    last: usize,
    skipped: u64,
}

/// A line that was read: where it ends, and a hash of it.
#[derive(Clone, Copy, PartialEq)]
struct Seen {
    end: u64,
    hash: u64,
}

impl Tail {
    /// Follows `events.jsonl` in a job's folder. Neither need exist yet.
    #[must_use]
    pub fn new(folder: &Place) -> Self {
        Self { place: folder.join(EVENTS), lines: Vec::new(), last: 0, skipped: 0 }
    }

    /// The records that were written since the last call; after the job was resumed, those from
    /// the point on to which its record was cut back. A file that cannot be read has none.
    pub fn poll(&mut self) -> Vec<Record> {
        let mut records = Vec::new();
        // What was read before an error is not lost: the next look goes on after it.
        let _ = self.read(&mut records);
        records
    }

    /// How many whole lines so far were no record and were passed over.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    fn read(&mut self, records: &mut Vec<Record>) -> io::Result<()> {
        let (mut file, _) = files::open_file(&self.place)?;
        if self.unchanged(&mut file, self.last)? < self.lines.len() {
            let kept = self.unchanged(&mut file, 0)?;
            self.lines.truncate(kept);
            self.last = 0;
        }
        file.seek(SeekFrom::Start(self.end()))?;
        let mut reader = BufReader::new(file);
        let mut line = Vec::new();
        while self.end() < MOST
            && let Some(seen) = next_line(&mut reader, self.end(), &mut line)?
        {
            self.lines.push(seen);
            match serde_json::from_slice(&line) {
                Ok(record) => {
                    records.push(record);
                    self.last = self.lines.len() - 1;
                }
                Err(_) => self.skipped += 1,
            }
        }
        Ok(())
    }

    fn end(&self) -> u64 {
        self.lines.last().map_or(0, |seen| seen.end)
    }

    /// How many lines are as they were, if those before `first` are.
    fn unchanged(&self, file: &mut File, first: usize) -> io::Result<usize> {
        let mut start = if first == 0 { 0 } else { self.lines[first - 1].end };
        file.seek(SeekFrom::Start(start))?;
        let mut reader = BufReader::new(file);
        let mut line = Vec::new();
        for (index, seen) in self.lines.iter().enumerate().skip(first) {
            if next_line(&mut reader, start, &mut line)? != Some(*seen) {
                return Ok(index);
            }
            start = seen.end;
        }
        Ok(self.lines.len())
    }
}

/// Reads one whole line, which begins at `start`, into `line` (at most [`LONGEST`] bytes of it);
/// `None` where the file ends first.
fn next_line(
    reader: &mut impl BufRead,
    start: u64,
    line: &mut Vec<u8>,
) -> io::Result<Option<Seen>> {
    line.clear();
    let mut length = reader.by_ref().take(LONGEST).read_until(b'\n', line)? as u64;
    let mut whole = line.last() == Some(&b'\n');
    if !whole && length == LONGEST {
        (length, whole) = rest_of_line(reader, length)?;
    }
    let mut hasher = DefaultHasher::new();
    line.hash(&mut hasher);
    Ok(whole.then(|| Seen { end: start + length, hash: hasher.finish() }))
}

/// Passes over the rest of a line that is too long; the length of it all, and whether it is whole.
fn rest_of_line(reader: &mut impl BufRead, mut length: u64) -> io::Result<(u64, bool)> {
    loop {
        let bytes = reader.fill_buf()?;
        if bytes.is_empty() || length >= MOST {
            return Ok((length, false));
        }
        let newline = bytes.iter().position(|byte| *byte == b'\n');
        let used = newline.map_or(bytes.len(), |newline| newline + 1);
        reader.consume(used);
        length += used as u64;
        if newline.is_some() {
            return Ok((length, true));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Event, Sink};
    use crate::sinks::JsonLines;
    use std::io::Write;

    fn progress(done: u64) -> Record {
        Record { time: 0.0, event: Event::Progress { done, per_second: 100.0 } }
    }

    fn seen(tail: &mut Tail) -> Vec<u64> {
        let done = |record: Record| match record.event {
            Event::Progress { done, .. } => done,
            other => panic!("{other:?}"),
        };
        tail.poll().into_iter().map(done).collect()
    }

    fn place(folder: &tempfile::TempDir) -> Place {
        Place::trusted(folder.path())
    }

    fn append(folder: &std::path::Path, bytes: &[u8]) {
        let mut file = File::options().create(true).append(true).open(folder.join(EVENTS)).unwrap();
        file.write_all(bytes).unwrap();
    }

    #[test]
    fn torn_lines_wait_and_wrong_ones_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        let mut tail = Tail::new(&place(&folder));
        assert!(seen(&mut tail).is_empty(), "the file does not exist yet");
        let line = serde_json::to_vec(&progress(7)).unwrap();
        append(folder.path(), &line[..20]);
        assert!(seen(&mut tail).is_empty());
        append(folder.path(), &line[20..]);
        assert!(seen(&mut tail).is_empty());
        append(folder.path(), b"\nno record\n\xff\xfe\n");
        append(folder.path(), &vec![b'x'; LONGEST as usize + 9]);
        assert_eq!(seen(&mut tail), [7]);
        assert_eq!(tail.skipped(), 2);
        append(folder.path(), &[b"\n", line.as_slice(), b"\n"].concat());
        assert_eq!(seen(&mut tail), [7]);
        assert_eq!(tail.skipped(), 3);
        assert!(seen(&mut tail).is_empty());
    }

    #[test]
    fn a_record_that_was_cut_back_is_read_from_the_cut_on() {
        // Cut back and grown again between two looks: shorter than before, as long, or longer.
        for again in [vec![50], vec![9, 8, 7, 6, 5], (50..250).step_by(10).collect()] {
            let folder = tempfile::tempdir().unwrap();
            let mut sink = JsonLines::open(&place(&folder));
            (0..5).for_each(|done| sink.write(&progress(done)));
            let lengths = sink.commit();
            (5..10).for_each(|done| sink.write(&progress(done)));
            sink.commit();
            let mut tail = Tail::new(&place(&folder));
            assert_eq!(seen(&mut tail).len(), 10);
            sink.rewind(&lengths);
            for done in &again {
                sink.write(&progress(*done));
            }
            sink.commit();
            assert_eq!(seen(&mut tail), again);
            sink.write(&progress(1000));
            sink.commit();
            assert_eq!(seen(&mut tail), [1000]);
        }
    }

    #[test]
    fn a_record_in_place_of_lines_that_were_none_is_seen() {
        let mut line = serde_json::to_vec(&progress(7)).unwrap();
        line.push(b'\n');
        let as_long = [vec![0xff; line.len() - 3], b"\n\n\n".to_vec()].concat();
        for damaged in [as_long, b"\n".repeat(line.len()), b"x\n".to_vec()] {
            let folder = tempfile::tempdir().unwrap();
            append(folder.path(), &damaged);
            let mut tail = Tail::new(&place(&folder));
            assert!(seen(&mut tail).is_empty());
            JsonLines::open(&place(&folder)).write(&progress(7));
            assert_eq!(seen(&mut tail), [7]);
        }
    }

    #[test]
    fn a_record_that_is_gone_or_emptied_starts_anew() {
        let folder = tempfile::tempdir().unwrap();
        let mut sink = JsonLines::open(&place(&folder));
        let mut tail = Tail::new(&place(&folder));
        sink.write(&progress(1));
        sink.commit();
        assert_eq!(seen(&mut tail), [1]);
        sink.rewind(&std::collections::BTreeMap::new());
        assert!(seen(&mut tail).is_empty());
        sink.write(&progress(2));
        sink.commit();
        assert_eq!(seen(&mut tail), [2]);
        std::fs::remove_file(folder.path().join(EVENTS)).unwrap();
        assert!(seen(&mut tail).is_empty());
    }
}
