//! What a job has told TensorBoard ([`tensorboard_records`]), without the times at which it did: two runs
//! that measured the same have told the same.

use super::files::{self, Names};
use crate::files::{self as ours, Place};
use protobuf::Message;
use std::collections::BTreeMap;
use std::io;
use tensorboard_proto::event::Event as Entry;
use tensorboard_proto::plugin_hparams::HParamsPluginData;
use tensorboard_proto::summary::Summary_Value;

/// One record of an event file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorBoardRecord {
    /// What it is about: `train/loss at step 40`.
    pub subject: String,
    /// All that it says but for times, in a form that is the same for the same values.
    pub content: Vec<u8>,
}

/// The records of the event files in a job's folder, in the order in which TensorBoard reads them.
/// Without such files there are none.
///
/// # Errors
/// When a file cannot be read, or does not hold whole records up to its end.
pub fn tensorboard_records(folder: &Place) -> io::Result<Vec<TensorBoardRecord>> {
    let names = Names::find(folder);
    let mut found = Vec::new();
    for name in [names.start(), names.main(), names.end()] {
        let path = folder.join(name);
        let mut odd = None;
        let end = files::records(&path, u64::MAX, |bytes| match record(bytes) {
            Ok(record) => found.push(record),
            Err(error) => odd = Some(error.to_string()),
        })?;
        let length = ours::open_file(&path).map_or(0, |(_, file)| file.len());
        if end < length {
            odd = Some(format!("the record at byte {end} of {length} is not whole"));
        }
        if let Some(odd) = odd {
            return Err(io::Error::new(io::ErrorKind::InvalidData, odd));
        }
    }
    Ok(found)
}

fn record(bytes: &[u8]) -> protobuf::ProtobufResult<TensorBoardRecord> {
    let mut entry = Entry::new();
    entry.merge_from_bytes(bytes)?;
    entry.set_wall_time(0.0);
    let step = entry.get_step();
    let value = entry.get_summary().get_value().first();
    let subject = match value {
        Some(value) => format!("{} at step {step}", value.get_tag()),
        None => "the format of the file".to_owned(),
    };
    let session = value.filter(|value| value.get_tag().starts_with("_hparams_/"));
    let content = match session {
        Some(value) => session_content(value)?.into_bytes(),
        None => entry.write_to_bytes()?,
    };
    Ok(TensorBoardRecord { subject, content })
}

/// The start or the end of a session. Its settings are a map, which is written in no fixed order.
fn session_content(value: &Summary_Value) -> protobuf::ProtobufResult<String> {
    let mut data = HParamsPluginData::new();
    data.merge_from_bytes(value.get_metadata().get_plugin_data().get_content())?;
    let start = data.get_session_start_info();
    let settings: BTreeMap<_, _> = start.get_hparams().iter().collect();
    let status = data.get_session_end_info().get_status();
    Ok(format!("{settings:?} {} {status:?}", start.get_group_name()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Ending, Event, Record, Sink};
    use crate::sinks::TensorBoard;
    use serde_json::{Map, Value};

    /// A job of two measurements, told at a time of its own.
    fn told(time: f64, loss: f64, rate: f64) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let mut board = TensorBoard::open(&Place::trusted(folder.path()));
        let settings =
            ["rate", "batch", "epochs", "seed"].map(|name| (name.to_owned(), rate.into()));
        board.start_session(&Map::<String, Value>::from_iter(settings), "group");
        for (step, value) in [(1, 0.5), (2, loss)] {
            let event = Event::Scalar { tag: "train/loss".into(), step, value };
            board.write(&Record { time, event });
        }
        board.commit();
        board.end_session(Ending::Done);
        folder
    }

    #[test]
    fn times_are_left_out_and_nothing_else() {
        let read = |folder: &tempfile::TempDir| {
            tensorboard_records(&Place::trusted(folder.path())).unwrap()
        };
        let one = read(&told(1.0, 0.25, 0.1));
        let subjects: Vec<&str> = one.iter().map(|record| record.subject.as_str()).collect();
        let format = "the format of the file";
        let expected = [
            format,
            "_hparams_/session_start_info at step 0",
            format,
            "train/loss at step 1",
            "train/loss at step 2",
            format,
            "_hparams_/session_end_info at step 0",
        ];
        assert_eq!(subjects, expected);
        assert_eq!(one, read(&told(2.0, 0.25, 0.1)));
        let differing = |other: Vec<TensorBoardRecord>| {
            let pairs = one.iter().zip(other);
            pairs.filter(|(one, other)| **one != *other).count()
        };
        assert_eq!(differing(read(&told(1.0, 0.250_000_1, 0.1))), 1);
        assert_eq!(differing(read(&told(1.0, 0.25, 0.2))), 1);
        assert!(
            tensorboard_records(&Place::trusted(tempfile::tempdir().unwrap().path()))
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn a_torn_end_is_an_error() {
        let folder = told(1.0, 0.25, 0.1);
        let main = folder.path().join(Names::find(&Place::trusted(folder.path())).main());
        let bytes = std::fs::read(&main).unwrap();
        std::fs::write(&main, &bytes[..bytes.len() - 1]).unwrap();
        let error = tensorboard_records(&Place::trusted(folder.path())).unwrap_err().to_string();
        assert!(error.contains("is not whole"), "{error}");
    }
}
