//! The record of a job: `events.jsonl`, one record a line ([`JsonLines`]).

use super::EVENTS;
use super::outage::Outage;

use crate::event::{Event, Record, Sink};
use crate::files::{self, LogFile, Place};
use serde::de::IgnoredAny;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// Writes `events.jsonl`. Numbers and progress may wait 100 ms in a buffer; what happens rarely is
/// written at once, since nothing may follow it for a while.
pub struct JsonLines {
    log: Option<LogFile>,
    outage: Outage,
    committed: u64,
}

impl JsonLines {
    /// Opens or creates `events.jsonl` in a job's folder. A last line that is torn (a crash in the
    /// middle of writing) is cut off.
    #[must_use]
    pub fn open(folder: &Place) -> Self {
        Self::with_outage(folder, Outage::new(EVENTS))
    }

    fn with_outage(folder: &Place, mut outage: Outage) -> Self {
        let path = folder.join(EVENTS);
        let end = match files::open_file(&path) {
            Ok((mut file, _)) => whole_lines(&mut file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        };
        let log = outage.check(end.and_then(|end| LogFile::open(&path, end)));
        let committed = log.as_ref().map_or(0, LogFile::length);
        Self { log, outage, committed }
    }

    /// Does something with the file if there is one, and closes it where that fails.
    fn with<T>(&mut self, act: impl FnOnce(&mut LogFile) -> io::Result<T>) -> Option<T> {
        let result = act(self.log.as_mut()?);
        let value = self.outage.check(result);
        if value.is_none() {
            self.log = None;
        }
        value
    }
}

impl Sink for JsonLines {
    fn write(&mut self, record: &Record) {
        self.with(|log| {
            serde_json::to_writer(&mut *log, record)?;
            log.write_all(b"\n")?;
            match record.event {
                Event::Scalar { .. } | Event::Histogram { .. } | Event::Progress { .. } => {
                    log.settle()
                }
                _ => log.flush(),
            }
        });
    }

    fn commit(&mut self) -> BTreeMap<String, u64> {
        if let Some(length) = self.with(LogFile::commit) {
            self.committed = length;
        }
        BTreeMap::from([(EVENTS.to_owned(), self.committed)])
    }

    fn rewind(&mut self, lengths: &BTreeMap<String, u64>) {
        let length = lengths.get(EVENTS).copied().unwrap_or(0);
        self.with(|log| log.cut(length));
        self.committed = self.committed.min(length);
    }
}

/// How much of the end of the file is looked at for a whole line: many times the longest.
const END: u64 = 64 << 20;

/// Where the last line ends that is whole and JSON. Read from the end, since the file may be long.
fn whole_lines(file: &mut File) -> io::Result<u64> {
    let length = file.metadata()?.len();
    let mut window = 1 << 16;
    loop {
        let start = length.saturating_sub(window);
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        file.take(length - start).read_to_end(&mut bytes)?;
        let mut end = bytes.len();
        while let Some(newline) = bytes[..end].iter().rposition(|byte| *byte == b'\n') {
            let before = bytes[..newline].iter().rposition(|byte| *byte == b'\n');
            if before.is_none() && start > 0 {
                break; // The line begins before the window.
            }
            let line = &bytes[before.map_or(0, |before| before + 1)..newline];
            if serde_json::from_slice::<IgnoredAny>(line).is_ok() {
                return Ok(start + newline as u64 + 1);
            }
            end = newline;
        }
        if start == 0 {
            return Ok(0);
        }
        if window >= END {
            let words = "it is damaged: there is no record in its last 64 MiB; move it away";
            return Err(io::Error::new(io::ErrorKind::InvalidData, words));
        }
        window *= 4;
    }
}

#[cfg(test)]
mod tests {
    use super::super::outage::tests::Shared;
    use super::*;

    fn scalar(step: u64) -> Record {
        let event = Event::Scalar { tag: "train/loss".into(), step, value: 0.25 };
        Record { time: 2.0, event }
    }

    fn text(folder: &std::path::Path) -> String {
        std::fs::read_to_string(folder.join(EVENTS)).unwrap()
    }

    #[test]
    fn resuming_cuts_back_to_the_checkpoint() {
        let folder = tempfile::tempdir().unwrap();
        let mut sink = JsonLines::open(&Place::trusted(folder.path()));
        (0..5).for_each(|step| sink.write(&scalar(step)));
        let lengths = sink.commit();
        (5..10).for_each(|step| sink.write(&scalar(step)));
        drop(sink);
        assert_eq!(text(folder.path()).lines().count(), 10);
        let mut sink = JsonLines::open(&Place::trusted(folder.path()));
        sink.rewind(&lengths);
        (5..12).for_each(|step| sink.write(&scalar(step)));
        drop(sink);
        let steps: Vec<u64> = text(folder.path())
            .lines()
            .map(|line| match serde_json::from_str::<Record>(line).unwrap().event {
                Event::Scalar { step, .. } => step,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(steps, (0..12).collect::<Vec<_>>());
    }

    #[test]
    fn a_torn_end_is_cut_off_even_when_it_is_longer_than_the_window() {
        let folder = tempfile::tempdir().unwrap();
        let whole = "{\"a\":1}\n{\"b\":2}\n";
        let zeros = "\0".repeat(200_000) + "\n";
        for torn in ["", "{\"c\"", "{\"c\":\n", "\n\n{", &zeros, &zeros.repeat(2)] {
            std::fs::write(folder.path().join(EVENTS), whole.to_owned() + torn).unwrap();
            drop(JsonLines::open(&Place::trusted(folder.path())));
            assert_eq!(text(folder.path()), whole);
        }
        std::fs::write(folder.path().join(EVENTS), "{").unwrap();
        drop(JsonLines::open(&Place::trusted(folder.path())));
        assert_eq!(text(folder.path()), "");
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_one_warning() {
        let heard = Shared::default();
        let outage = Outage::with_voice(EVENTS, Box::new(heard.clone()));
        // Read-only even for root.
        let mut sink = JsonLines::with_outage(&Place::trusted("/proc"), outage);
        (0..5).for_each(|step| sink.write(&scalar(step)));
        assert_eq!(sink.commit()[EVENTS], 0);
        sink.rewind(&BTreeMap::new());
        assert_eq!(heard.text().lines().count(), 1, "{}", heard.text());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_one_warning() {
        let log = LogFile::over(File::options().write(true).open("/dev/full").unwrap());
        let heard = Shared::default();
        let outage = Outage::with_voice(EVENTS, Box::new(heard.clone()));
        let mut sink = JsonLines { log: Some(log), outage, committed: 0 };
        (0..5).for_each(|step| sink.write(&scalar(step)));
        assert_eq!(sink.commit()[EVENTS], 0);
        (0..5).for_each(|step| sink.write(&scalar(step)));
        sink.commit();
        assert_eq!(heard.text().lines().count(), 1, "{}", heard.text());
        assert!(heard.text().contains("space"), "{}", heard.text());
    }

    #[test]
    fn what_is_no_file_or_has_no_records_is_one_warning_and_stays() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("job");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(root.path().join("decoy"), "decoy").unwrap();
        let path = folder.join(EVENTS);
        let makers: [&dyn Fn(); 4] = [
            &|| std::os::unix::fs::symlink("../decoy", &path).unwrap(),
            &|| {
                assert!(
                    std::process::Command::new("mkfifo").arg(&path).status().unwrap().success()
                );
            },
            &|| std::fs::create_dir(&path).unwrap(),
            &|| File::create(&path).unwrap().set_len(10 << 30).unwrap(),
        ];
        for make in makers {
            make();
            let heard = Shared::default();
            let outage = Outage::with_voice(EVENTS, Box::new(heard.clone()));
            let mut sink = JsonLines::with_outage(&Place::below(&folder, 1), outage);
            sink.write(&scalar(1));
            sink.commit();
            assert_eq!(heard.text().lines().count(), 1, "{}", heard.text());
            let _ = std::fs::remove_dir(&path).or_else(|_| std::fs::remove_file(&path));
        }
        assert_eq!(std::fs::read_to_string(root.path().join("decoy")).unwrap(), "decoy");
    }
}
