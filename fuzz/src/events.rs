//! The record of a job, `events.jsonl`: [`events`].

use exp::event::{Event, Record, Sink};
use exp::files::Place;
use exp::sinks::{EVENTS, JsonLines, Tail};
use std::cell::OnceCell;
use std::fs;
use tempfile::TempDir;

thread_local! {
    /// A folder for one file; `TMPDIR` says where, and in memory is best.
    static FOLDER: OnceCell<TempDir> = const { OnceCell::new() };
}

/// The bytes of a record that is followed while it grows, after a crash is opened to go on, and
/// goes on. The first byte says after which part of the others the first look is taken.
pub fn events(bytes: &[u8]) {
    let Some((&part, bytes)) = bytes.split_first() else { return };
    FOLDER.with(|folder| {
        let folder = folder.get_or_init(|| TempDir::new().expect("a folder")).path();
        let place = Place::trusted(folder);
        let path = folder.join(EVENTS);
        let write = |bytes: &[u8]| fs::write(&path, bytes).expect("written");

        write(&bytes[..bytes.len() * usize::from(part) / 256]);
        let mut patient = Tail::new(&place);
        let mut records = patient.poll();
        write(bytes);
        records.extend(patient.poll());
        let mut late = Tail::new(&place);
        let all = late.poll();
        assert_eq!(texts(&records), texts(&all));
        let lines = bytes.split(|byte| *byte == b'\n').count() - 1;
        assert_eq!(patient.skipped(), late.skipped());
        assert_eq!(all.len() + late.skipped() as usize, lines);

        let mut sink = JsonLines::open(&place);
        let kept = fs::read(&path).expect("read");
        assert!(bytes.starts_with(&kept) && (kept.is_empty() || kept.ends_with(b"\n")));
        let last =
            Record { time: 1.0, event: Event::Warning { message: "it goes on.".to_owned() } };
        sink.write(&last);
        drop(sink);
        assert!(fs::read(&path).expect("read").starts_with(&kept));
        assert_eq!(late.poll().last(), Some(&last));
        assert_eq!(Tail::new(&place).poll().last(), Some(&last));
    });
}

/// Records as they are written: a number that is none equals itself there.
fn texts(records: &[Record]) -> Vec<String> {
    records.iter().map(|record| serde_json::to_string(record).expect("written")).collect()
}
