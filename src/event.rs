//! What a job says while it works.
//!
//! A job writes one [`Record`] a line to `events.jsonl`; that file is the record of what happened,
//! and everything else (TensorBoard files, progress bars, summaries) is made from it. Events are
//! plain values on the lowest floor, so that whoever produces them and whoever shows them need not
//! know each other.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One thing that happened in a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The job took its folder. `attempt` counts from 1; `resumed_from` is the step of the
    /// checkpoint it continues, if it continues one.
    Started { attempt: u32, device: String, threads: usize, resumed_from: Option<u64> },
    /// A stretch of work with a known length began: "train" of `total` `unit`s.
    Phase { name: String, unit: String, total: u64 },
    /// `done` units of the current phase are behind us, at `per_second` examples a second.
    Progress { done: u64, per_second: f64 },
    /// One number. `tag` is a path such as `test/error`.
    Scalar {
        tag: String,
        step: u64,
        #[serde(with = "finite_or_name")]
        value: f64,
    },
    /// A picture: `file` is a PNG, relative to the job's folder.
    Image { tag: String, step: u64, file: String },
    /// How the values of one tensor are spread.
    Histogram { tag: String, step: u64, histogram: Histogram },
    /// Words, as Markdown.
    Text { tag: String, step: u64, text: String },
    /// A checkpoint was committed at `step`; training stood still for so many seconds.
    Checkpoint {
        step: u64,
        best: bool,
        #[serde(default)]
        seconds: f64,
    },
    /// Something a person should know and that does not end the job.
    Warning { message: String },
    /// The job ended.
    Finished { status: Ending, message: Option<String> },
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    Done,
    Failed,
    Interrupted,
}

/// Counts of values between bounds, with the moments TensorBoard asks for.
///
/// `counts[i]` values lie in `(upper[i - 1], upper[i]]`; the two lists have one length.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    pub min: f64,
    pub max: f64,
    pub count: u64,
    pub sum: f64,
    pub sum_squares: f64,
    pub upper: Vec<f64>,
    pub counts: Vec<u64>,
}

/// An [`Event`] and when it happened, in seconds since 1970.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub time: f64,
    #[serde(flatten)]
    pub event: Event,
}

impl Event {
    /// Whether this event is a measurement: a function of the spec and the seed alone, the same in
    /// a run that was interrupted and resumed as in one that was not. The others tell of this
    /// attempt (when it started, how fast it went).
    #[must_use]
    pub fn is_measurement(&self) -> bool {
        matches!(
            self,
            Self::Scalar { .. } | Self::Image { .. } | Self::Histogram { .. } | Self::Text { .. }
        )
    }
}

/// Where records go. A sink never ends a job: when it cannot write it says so once, on standard
/// error, and goes quiet.
pub trait Sink: Send {
    /// Takes one record.
    fn write(&mut self, record: &Record);

    /// Makes everything written so far durable, and returns the length of each file of this sink
    /// (by its name in the job's folder), for the checkpoint.
    fn commit(&mut self) -> BTreeMap<String, u64>;

    /// Cuts this sink's files back to the lengths kept in a checkpoint, so that a resumed job
    /// reports nothing twice. A file of this sink that is not named is cut to nothing.
    fn rewind(&mut self, lengths: &BTreeMap<String, u64>);
}

/// JSON has no word for NaN or infinity; these are written as the strings `NaN`, `inf`, `-inf`. A `null`,
/// which stood for all three in files of early builds, is read as NaN.
pub mod finite_or_name {
    use serde::{Deserialize, Deserializer, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum NumberOrName {
        Number(f64),
        Name(String),
        Nothing(()),
    }

    /// A number, or the name of one that JSON lacks.
    ///
    /// # Errors
    /// When the serializer fails.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
    pub fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        if value.is_finite() {
            serializer.serialize_f64(*value)
        } else {
            serializer.collect_str(value)
        }
    }

    /// The number.
    ///
    /// # Errors
    /// When it is neither a number nor the name of one.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        match NumberOrName::deserialize(deserializer)? {
            NumberOrName::Number(value) => Ok(value),
            NumberOrName::Nothing(()) => Ok(f64::NAN),
            NumberOrName::Name(name) => {
                name.parse().map_err(|_| serde::de::Error::custom(format!("'{name}' is no number")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_survives_the_round_trip_even_when_it_is_not_finite() {
        for value in [0.1, f64::INFINITY, f64::NEG_INFINITY, -3.0] {
            let event = Event::Scalar { tag: "test/error".into(), step: 7, value };
            let record = Record { time: 1.5, event };
            let line = serde_json::to_string(&record).unwrap();
            assert_eq!(serde_json::from_str::<Record>(&line).unwrap(), record, "{line}");
        }
        let line = r#"{"time":0.0,"event":"scalar","tag":"a","step":1,"value":"NaN"}"#;
        let record: Record = serde_json::from_str(line).unwrap();
        assert!(matches!(record.event, Event::Scalar { value, .. } if value.is_nan()));
    }
}
