//! The events of a job for TensorBoard ([`TensorBoard`]).
//!
//! Records are framed by `tensorboard_rs::record_writer::RecordWriter` over our own file, since the
//! thread behind that crate's own writers panics on a full disk. A folder holds up to three files,
//! and TensorBoard's older loader reads them one after the other, so their names sort that way:
//!
//! - `….0.start` says which settings the job has (written once, whatever the number of attempts);
//! - `….1.main` holds the measurements; on resume it is cut back to the checkpoint and continued,
//!   since TensorBoard keeps both of two points that claim one step;
//! - `….2.end` says how it ended (written once, at the end: TensorBoard believes the first).
//!
//! Points for its projector are files of their own: [`write_embeddings`]; and so are pictures that
//! belong to no job: [`write_pictures`]. [`board_records`] reads back what a job has told.

mod files;
mod message;
mod pictures;
mod projector;
mod read;
mod session;

pub use pictures::write_pictures;
pub use projector::{Embedding, ProjectorError, write_embeddings};
pub use read::{BoardRecord, board_records};

use self::files::Names;
use super::outage::Outage;
use crate::event::{Ending, Event, Record, Sink};
use crate::files::{LogFile, Place};
use protobuf::Message;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};
use tensorboard_proto::event::Event as Entry;
use tensorboard_rs::record_writer::RecordWriter;

/// Writes `events.out.tfevents.*` into a job's folder.
pub struct TensorBoard {
    folder: Place,
    names: Names,
    main: Option<LogFile>,
    committed: u64,
    outage: Outage,
    pictures: Outage,
}

impl TensorBoard {
    /// Opens the event file of a job's folder, or begins one. What a crash left half-written at its
    /// end is cut off.
    #[must_use]
    pub fn open(folder: &Place) -> Self {
        Self::with_outage(folder, Outage::new("TensorBoard event file"))
    }

    fn with_outage(folder: &Place, mut outage: Outage) -> Self {
        let names = Names::find(folder);
        let path = folder.join(names.main());
        let main = outage.check(files::good_end(&path, u64::MAX).and_then(|end| {
            let mut log = LogFile::open(&path, end)?;
            head(&mut log)?;
            log.flush()?;
            Ok(log)
        }));
        Self {
            folder: folder.clone(),
            names,
            committed: main.as_ref().map_or(0, LogFile::length),
            main,
            outage,
            pictures: Outage::new("a picture for TensorBoard"),
        }
    }

    /// Says which settings this job runs with, for TensorBoard's table of hyperparameters, if no
    /// earlier attempt said so; the job counts as running from now on.
    ///
    /// `settings` are flat, with dotted names; numbers, truth values and words are shown as they
    /// are, lists as JSON, and what is null is left out. Jobs with the same `group` are averaged by
    /// TensorBoard: give those one group that differ in the seed alone.
    pub fn start_session(&mut self, settings: &Map<String, Value>, group: &str) {
        let path = self.folder.join(self.names.start());
        let result = files::remove(&self.folder.join(self.names.end())).and_then(|()| {
            if files::good_end(&path, u64::MAX)? > files::HEAD {
                return Ok(());
            }
            once(&path, &session::start(settings, group, now()))
        });
        self.outage.check(result);
    }

    /// Says how the job ended. An interrupted job has not ended: nothing is written.
    pub fn end_session(&mut self, ending: Ending) {
        let Some(end) = session::end(ending, now()) else { return };
        // TensorBoard's older loader leaves the main file for good when it sees this one.
        self.with(LogFile::commit);
        let result = once(&self.folder.join(self.names.end()), &end);
        self.outage.check(result);
    }

    /// Does something with the main file if there is one, and closes it where that fails.
    fn with<T>(&mut self, act: impl FnOnce(&mut LogFile) -> io::Result<T>) -> Option<T> {
        let result = act(self.main.as_mut()?);
        let value = self.outage.check(result);
        if value.is_none() {
            self.main = None;
        }
        value
    }
}

impl Sink for TensorBoard {
    fn write(&mut self, record: &Record) {
        if self.main.is_none() {
            return;
        }
        let (step, value) = match &record.event {
            Event::Scalar { tag, step, value } => (*step, message::scalar(tag, *value)),
            Event::Histogram { tag, step, histogram } => {
                (*step, message::histogram(tag, histogram))
            }
            Event::Text { tag, step, text } => (*step, message::text(tag, text)),
            Event::Image { tag, step, file } => {
                let picture = message::image_of(tag, &self.folder.join(file));
                let Some(value) = self.pictures.check(picture) else { return };
                (*step, value)
            }
            _ => return,
        };
        let entry = message::entry(record.time, step, value);
        self.with(|log| {
            append(log, &entry)?;
            log.settle()
        });
    }

    fn commit(&mut self) -> BTreeMap<String, u64> {
        if let Some(length) = self.with(LogFile::commit) {
            self.committed = length;
        }
        BTreeMap::from([(self.names.main(), self.committed)])
    }

    /// Cuts the main file back. The start of the session stays: it holds for every attempt.
    fn rewind(&mut self, lengths: &BTreeMap<String, u64>) {
        let length = lengths.get(&self.names.main()).copied().unwrap_or(0);
        let path = self.folder.join(self.names.main());
        self.with(|log| {
            log.flush()?;
            log.cut(files::good_end(&path, length)?)?;
            head(log)
        });
        self.committed = self.committed.min(length);
    }
}

/// The first record of a file, if it has none: which format it has.
fn head(log: &mut LogFile) -> io::Result<()> {
    if log.length() > 0 {
        return Ok(());
    }
    append(log, &version(now()))
}

/// Which format a file has.
fn version(time: f64) -> Entry {
    let mut entry = Entry::new();
    entry.set_wall_time(time);
    entry.set_file_version("brain.Event:2".to_owned());
    entry
}

fn append(log: &mut impl Write, entry: &Entry) -> io::Result<()> {
    RecordWriter::new(log).write(&entry.write_to_bytes().map_err(io::Error::other)?)
}

/// Writes a file of one record.
fn once(place: &Place, value: &tensorboard_proto::summary::Summary_Value) -> io::Result<()> {
    let mut log = LogFile::open(place, 0)?;
    head(&mut log)?;
    append(&mut log, &message::entry(now(), 0, value.clone()))?;
    log.commit().map(|_| ())
}

/// Seconds since 1970.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
}

#[cfg(test)]
mod tests;
