//! Records of an event file: framed, appended, and the first, which names the format.

use super::message;
use crate::files::{LogFile, Place};
use protobuf::Message;
use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};
use tensorboard_proto::event::Event as Entry;
use tensorboard_rs::record_writer::RecordWriter;

/// The first record of a file, if it has none: which format it has.
pub(super) fn head(log: &mut LogFile) -> io::Result<()> {
    if log.length() > 0 {
        return Ok(());
    }
    append(log, &version(now()))
}

/// Which format a file has.
pub(super) fn version(time: f64) -> Entry {
    let mut entry = Entry::new();
    entry.set_wall_time(time);
    entry.set_file_version("brain.Event:2".to_owned());
    entry
}

pub(super) fn append(log: &mut impl Write, entry: &Entry) -> io::Result<()> {
    RecordWriter::new(log).write(&entry.write_to_bytes().map_err(io::Error::other)?)
}

/// Writes a file of one record.
pub(super) fn once(
    place: &Place,
    value: &tensorboard_proto::summary::Summary_Value,
) -> io::Result<()> {
    let mut log = LogFile::open(place, 0)?;
    head(&mut log)?;
    append(&mut log, &message::entry(now(), 0, value.clone()))?;
    log.commit().map(|_| ())
}

/// Seconds since 1970.
pub(super) fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
}
