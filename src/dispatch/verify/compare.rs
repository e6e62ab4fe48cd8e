//! Whether two runs have left the same: [`Comparison`] goes through parameters, optimiser state,
//! artefacts, measurements, what TensorBoard was told, and figures.

use crate::event::Record;
use crate::files::{self, FilesError, Kind, Place, atomic};
use crate::rundir::{JobFolder, RunDirError, RunFolder};
use crate::sinks::{EVENTS, tensorboard_records};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde_json::Value;
use std::collections::BTreeSet;

/// One thing in which two runs differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The job.
    pub job: String,
    /// What differs and how, in one sentence.
    pub what: String,
}

/// What was compared so far.
#[derive(Debug, Default)]
pub(super) struct Comparison {
    pub(super) compared: usize,
    pub(super) differences: Vec<Difference>,
}

impl Comparison {
    /// Compares all jobs of two runs of one spec.
    ///
    /// # Errors
    /// When a file that must be there does not read.
    pub(super) fn runs(&mut self, one: &RunFolder, other: &RunFolder) -> Result<(), RunDirError> {
        for name in one.record()?.jobs {
            let (left, right) = (one.job(&name), other.job(&name));
            if left.record()?.reused_from.is_none() {
                self.jobs(&name, &left, &right)?;
            }
        }
        Ok(())
    }

    fn jobs(&mut self, name: &str, one: &JobFolder, other: &JobFolder) -> Result<(), RunDirError> {
        let last = |job: &JobFolder| -> Result<Vec<u8>, RunDirError> {
            let index: Value = atomic::read_json(&job.checkpoints().join("index.json"))?;
            let file = index["last"].as_str().unwrap_or_default();
            read(&job.checkpoints().join(file))
        };
        if files::kind(&one.checkpoints().join("index.json")).is_some() {
            self.tensors(name, "the last checkpoint", &last(one)?, &last(other)?);
        }
        self.artefacts(name, &one.artifacts(), &other.artifacts())?;
        let figures = |job: &JobFolder| -> Result<Value, RunDirError> {
            let outcome: Value = job.outcome()?;
            Ok(outcome["metrics"].clone())
        };
        self.count(name, figures(one)? == figures(other)?, || "the final figures differ".into());
        self.measurements(name, one, other)?;
        self.table(name, one, other)
    }

    fn count(&mut self, job: &str, same: bool, what: impl FnOnce() -> String) {
        self.compared += 1;
        if !same {
            self.differences.push(Difference { job: job.to_owned(), what: what() });
        }
    }

    fn artefacts(&mut self, job: &str, one: &Place, other: &Place) -> Result<(), RunDirError> {
        let names: BTreeSet<String> = names(one).union(&names(other)).cloned().collect();
        for name in names {
            let (left, right) = (one.join(&name), other.join(&name));
            let there = [&left, &right].map(|place| files::kind(place).is_some());
            if there != [true, true] {
                let which = if there[0] { "second" } else { "first" };
                self.count(job, false, || format!("the {which} run lacks artifacts/{name}"));
            } else if name.ends_with(".safetensors") {
                self.tensors(job, &format!("artifacts/{name}"), &read(&left)?, &read(&right)?);
            } else {
                let same = read(&left)? == read(&right)?;
                self.count(job, same, || format!("artifacts/{name} differs"));
            }
        }
        Ok(())
    }

    /// Compares two files of tensors by name, shape and bytes. Their notes may differ: those of
    /// checkpoints hold lengths of files with times in them.
    fn tensors(&mut self, job: &str, what: &str, one: &[u8], other: &[u8]) {
        let (Ok(left), Ok(right)) =
            (SafeTensors::deserialize(one), SafeTensors::deserialize(other))
        else {
            return self.count(job, false, || format!("{what} cannot be read"));
        };
        let names: BTreeSet<&str> = left.names().into_iter().chain(right.names()).collect();
        for name in names {
            let (Ok(one), Ok(other)) = (left.tensor(name), right.tensor(name)) else {
                self.count(job, false, || format!("{what}: '{name}' is in one run only"));
                continue;
            };
            let same = one.shape() == other.shape() && one.data() == other.data();
            self.count(job, same, || format!("{what}: '{name}' differs{}", gap(&one, &other)));
        }
    }

    /// Compares what the jobs measured, in order.
    fn measurements(
        &mut self,
        job: &str,
        one: &JobFolder,
        other: &JobFolder,
    ) -> Result<(), RunDirError> {
        let (left, right) = (measured(one)?, measured(other)?);
        let pairs = left.iter().zip(&right).position(|(one, other)| one != other);
        self.compared += left.len();
        match pairs {
            Some(place) => {
                let (one, other) = (short(&left[place]), short(&right[place]));
                self.count(job, false, || {
                    format!("measurement {} is {other}, expected {one}", place + 1)
                });
            }
            None => self.count(job, left.len() == right.len(), || {
                format!("{} measurements, expected {}", right.len(), left.len())
            }),
        }
        Ok(())
    }

    /// Compares what the jobs told TensorBoard, in order.
    fn table(&mut self, job: &str, one: &JobFolder, other: &JobFolder) -> Result<(), RunDirError> {
        let read = |job: &JobFolder| {
            tensorboard_records(job.place()).map_err(FilesError::read(job.path()))
        };
        let (left, right) = (read(one)?, read(other)?);
        self.compared += left.len();
        match left.iter().zip(&right).find(|(one, other)| one != other) {
            Some((one, other)) if one.subject == other.subject => self
                .count(job, false, || format!("the TensorBoard records differ: {}", one.subject)),
            Some((one, other)) => self.count(job, false, || {
                format!("the TensorBoard records have {}, expected {}", other.subject, one.subject)
            }),
            None => self.count(job, left.len() == right.len(), || {
                let (left, right) = (left.len(), right.len());
                format!("{right} TensorBoard records, expected {left}")
            }),
        }
        Ok(())
    }
}

/// How far apart two tensors are, where that is a number.
fn gap(one: &TensorView<'_>, other: &TensorView<'_>) -> String {
    if one.shape() != other.shape() || one.dtype() != other.dtype() {
        return String::new();
    }
    let numbers = |view: &TensorView<'_>| -> Vec<f64> {
        let data = view.data();
        match view.dtype() {
            Dtype::F32 => data
                .chunks_exact(4)
                .map(|it| f64::from(f32::from_le_bytes([it[0], it[1], it[2], it[3]])))
                .collect(),
            Dtype::F64 => data
                .chunks_exact(8)
                .filter_map(|it| it.try_into().ok().map(f64::from_le_bytes))
                .collect(),
            _ => Vec::new(),
        }
    };
    let (left, right) = (numbers(one), numbers(other));
    let largest = left.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let gaps = left.iter().zip(&right).map(|(one, other)| (one - other).abs());
    let gap = gaps.fold(0.0, f64::max);
    format!(", by at most {gap:.2e} where the largest value is {largest:.2e}")
}

/// The measurements of a job as JSON, without the times at which they were made.
fn measured(job: &JobFolder) -> Result<Vec<String>, RunDirError> {
    let place = job.place().join(EVENTS);
    let text = String::from_utf8_lossy(&read(&place)?).into_owned();
    let records = text.lines().map(serde_json::from_str::<Record>);
    let records: Result<Vec<Record>, _> = records.collect();
    let records = records.map_err(|error| FilesError::Damaged {
        path: place.to_path_buf(),
        message: error.to_string(),
    })?;
    let events = records.into_iter().map(|record| record.event);
    let measured = events.filter(crate::event::Event::is_measurement);
    Ok(measured.map(|event| serde_json::to_string(&event).unwrap_or_default()).collect())
}

/// At most the beginning of a text.
fn short(text: &str) -> String {
    text.chars().take(160).collect()
}

/// The names of the files under `folder`, relative to it. Hidden ones are left over from a crash.
fn names(folder: &Place) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (name, kind) in files::list(folder).unwrap_or_default() {
        let name = name.to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        if kind == Kind::Folder {
            let inner = names(&folder.join(&*name));
            found.extend(inner.iter().map(|inner| format!("{name}/{inner}")));
        } else {
            found.insert(name.into_owned());
        }
    }
    found
}

/// What this program's own runs have just written may be as large as it is, up to what memory holds.
const MOST: u64 = 1 << 40;

fn read(place: &Place) -> Result<Vec<u8>, RunDirError> {
    Ok(files::record(place, MOST)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_apart_tensors_are_is_told_of_numbers_of_one_type_and_shape() {
        let bytes: Vec<u8> = [1.0f32, -2.0].iter().flat_map(|it| it.to_le_bytes()).collect();
        let more: Vec<u8> = [1.5f32, -2.25].iter().flat_map(|it| it.to_le_bytes()).collect();
        let double: Vec<u8> = [3.0f64, 2.0].iter().flat_map(|it| it.to_le_bytes()).collect();
        let view =
            |kind, shape: &[usize], data| TensorView::new(kind, shape.to_vec(), data).unwrap();
        let one = view(Dtype::F32, &[2], &bytes);
        let told = ", by at most 5.00e-1 where the largest value is 2.00e0";
        assert_eq!(gap(&one, &view(Dtype::F32, &[2], &more)), told);
        assert_eq!(gap(&one, &view(Dtype::F32, &[1, 2], &more)), "");
        assert_eq!(gap(&one, &view(Dtype::F64, &[2], &double)), "");
        let double = view(Dtype::F64, &[2], &double);
        assert_eq!(gap(&double, &double), ", by at most 0.00e0 where the largest value is 3.00e0");
    }
}
