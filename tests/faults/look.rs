//! What a run's folder holds: that all of it is sound ([`sound`]), whatever happened, and what the
//! run came to ([`Results`]).

use super::board;
use super::place::{Place, files};
use exp::event::Record;
use exp::train::checkpoint::file;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use tch::Device;

pub(crate) fn json(path: &Path) -> Value {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn status(folder: &Path, file: &str) -> String {
    json(&folder.join(file))["status"].as_str().unwrap().to_owned()
}

/// What a finished run came to.
pub(crate) struct Results {
    /// Parameters and the optimiser's state, each in the bytes of a file.
    state: BTreeMap<String, Vec<u8>>,
    model: Vec<u8>,
    /// What was measured, in order, without the times.
    measurements: Vec<String>,
    board: Vec<Vec<u8>>,
    metrics: Value,
}

impl Results {
    /// Those of a run that nothing happened to.
    pub(crate) fn straight(epochs: u64) -> Self {
        let place = Place::with_epochs(epochs);
        let output = place.run_command().output().unwrap();
        assert!(output.status.success(), "{}", super::place::said(&output));
        sound(&place);
        let results = Self::of(&place);
        assert!(results.state.keys().any(|name| name.starts_with("optimiser/")));
        assert_eq!(results.measurements.iter().filter(|it| it.contains("\"spec\"")).count(), 1);
        let losses = results.measurements.iter().filter(|it| it.contains("\"train/loss\""));
        assert_eq!(losses.count() as u64, epochs);
        results
    }

    fn of(place: &Place) -> Self {
        let job = place.job();
        let index = json(&job.join("checkpoints/index.json"));
        let last = job.join("checkpoints").join(index["last"].as_str().unwrap());
        let lines = std::fs::read_to_string(job.join("events.jsonl")).unwrap();
        let records = lines.lines().map(|line| serde_json::from_str::<Record>(line).unwrap());
        let measured = records.filter(|record| record.event.is_measurement());
        let state = file::read(&exp::files::Place::below(&last, 1), None, Device::Cpu)
            .unwrap()
            .0
            .into_iter();
        let bytes = |name: String, tensor| file::encode(&[(name, tensor)].into(), "").unwrap();
        Self {
            state: state.map(|(name, tensor)| (name.clone(), bytes(name, tensor))).collect(),
            model: std::fs::read(job.join("artifacts/model.safetensors")).unwrap(),
            measurements: measured
                .map(|record| serde_json::to_string(&record.event).unwrap())
                .collect(),
            board: board::entries(&job),
            metrics: json(&job.join("outcome.json"))["metrics"].clone(),
        }
    }

    /// The run that is at a place is done, and came to the same to the last bit.
    pub(crate) fn assert_at(&self, place: &Place, what: &str) {
        sound(place);
        let run = place.run();
        assert_eq!(status(&run, "run.json"), "done", "{what}");
        assert_eq!(json(&run.join("same/job.json"))["reused_from"], "../pair", "{what}");
        let other = Self::of(place);
        let names = |of: &Self| of.state.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(self), names(&other), "{what}");
        for (name, bytes) in &self.state {
            assert!(*bytes == other.state[name], "{what}: {name} differs");
        }
        assert!(self.model == other.model, "{what}: the model differs");
        assert_eq!(self.measurements, other.measurements, "{what}");
        assert!(self.board == other.board, "{what}: TensorBoard's file differs");
        assert_eq!(self.metrics, other.metrics, "{what}");
        let left = files(&run).into_iter().find(|file| {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            name.starts_with('.') && name != ".lock"
        });
        assert_eq!(left, None, "{what}");
    }
}

/// Everything that is in the run's folder, at this instant, is whole and true. To be asked while no
/// process is at work there.
pub(crate) fn sound(place: &Place) {
    let run = place.run();
    for name in files(&run) {
        let path = run.join(&name);
        let hidden = path.file_name().unwrap().to_string_lossy().starts_with('.');
        let ending = path.extension().map(|ending| ending.to_string_lossy().into_owned());
        match ending.as_deref() {
            _ if hidden => {}
            Some("json") => drop(json(&path)),
            Some("safetensors") => {
                let place = exp::files::Place::below(&path, 1);
                drop(file::read(&place, None, Device::Cpu).unwrap());
            }
            Some("png") => {
                let bytes = std::io::BufReader::new(std::fs::File::open(&path).unwrap());
                let mut reader = png::Decoder::new(bytes).read_info().unwrap();
                reader.next_frame(&mut vec![0; reader.output_buffer_size().unwrap()]).unwrap();
            }
            Some("csv") => {
                assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 10);
            }
            Some("yaml" | "md" | "jsonl" | "txt" | "start" | "main" | "end") => {}
            other => panic!("{}: what is a file {other:?} for?", path.display()),
        }
    }
    checkpoints(&run.join("pair"));
    promises(place, &run);
}

/// Every checkpoint that the index names is there, with its digest.
fn checkpoints(job: &Path) {
    for name in ["index.json", "index.copy.json"] {
        let path = job.join("checkpoints").join(name);
        if !path.exists() {
            continue;
        }
        for entry in json(&path)["entries"].as_array().unwrap() {
            let file = job.join("checkpoints").join(entry["file"].as_str().unwrap());
            let missing = |error| panic!("{name} names {}: {error}", file.display());
            let bytes = std::fs::read(&file).unwrap_or_else(missing);
            let digest = blake3::hash(&bytes).to_hex().to_string();
            assert_eq!(entry["digest"], digest, "{name}: {}", file.display());
        }
    }
}

/// Nothing says "done" before what it promises is there, and nothing else is reused.
fn promises(place: &Place, run: &Path) {
    let job = run.join("pair");
    let done = status(&job, "job.json") == "done";
    if done {
        assert!(json(&job.join("outcome.json"))["metrics"]["test/error"].is_number());
        assert!(job.join("artifacts/model.safetensors").exists());
    }
    let summary = run.join("summary.json");
    if summary.exists() && json(&summary)["jobs"]["pair"]["status"] == "done" {
        assert!(done, "the summary is ahead of the job");
    }
    if status(run, "run.json") == "done" {
        assert!(done && status(&run.join("same"), "job.json") == "done");
        assert_eq!(json(&summary)["jobs"]["same"]["status"], "done");
        assert!(run.join("summary.md").exists());
    }
    let plan = place.command(&["plan", "spec.yaml"]).output().unwrap();
    let plan = super::place::said(&plan);
    assert_eq!(plan.contains("reuse"), done, "{plan}");
}
