//! The sink that writes a job's event files: [`TensorBoard`].

use super::files::{self, Names};
use super::records::{append, head, now, once};
use super::{message, session};
use crate::event::{Ending, Event, Record, Sink};
use crate::files::{LogFile, Place};
use crate::sinks::outage::Outage;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Writes `events.out.tfevents.*` into a job's folder.
pub struct TensorBoard {
    pub(super) folder: Place,
    pub(super) names: Names,
    pub(super) main: Option<LogFile>,
    pub(super) committed: u64,
    pub(super) outage: Outage,
    pub(super) pictures: Outage,
}

impl TensorBoard {
    /// Opens the event file of a job's folder, or begins one. What a crash left half-written at its
    /// end is cut off.
    #[must_use]
    pub fn open(folder: &Place) -> Self {
        Self::with_outage(folder, Outage::new("TensorBoard event file"))
    }

    pub(super) fn with_outage(folder: &Place, mut outage: Outage) -> Self {
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
