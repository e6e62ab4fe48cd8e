//! The built programs at work in a place of their own, and what two of their runs have in common.

use exp::event::Record;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Teachers stacked, with everything that draws: dropout, shifts, orders; a student; labels alone.
pub(crate) const SPEC: &str = "
name: small
seed: 5
jobs:
  teachers:
    kind: classifier
    members: 3
    data: { set: glyphs, train: 600, validation: 100, test: 300 }
    augment: { jitter: 1 }
    network: { name: mlp, hidden: [40], dropout: 0.3, max_norm: 3.0 }
    optimiser: { rule: adam, rate: 1e-3 }
    schedule: { shape: cosine }
    epochs: 6
    batch: 50
  student:
    kind: distill
    teachers: teachers
    data: { set: glyphs, train: 310, validation: 0, test: 300 }
    network: { name: mlp, hidden: [20] }
    optimiser: { rule: sgd, rate: 0.1, momentum: 0.9 }
    epochs: 4
    batch: 50
  convolutional:
    kind: classifier
    data: { set: glyphs, train: 200, validation: 0, test: 100 }
    network: { name: cnn, channels: [4, 8], hidden: [20], dropout: 0.2 }
    optimiser: { rule: adamw, rate: 2e-3 }
    epochs: 2
    batch: 50
";

pub(crate) const JOBS: [&str; 3] = ["teachers", "student", "convolutional"];

pub(crate) struct Place(pub(crate) tempfile::TempDir);

impl Place {
    pub(crate) fn new(spec: &str) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        std::fs::write(place.0.path().join("spec.yaml"), spec).unwrap();
        place
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_exp"));
        command.args(words).current_dir(self.0.path()).stdin(Stdio::null());
        command.env_remove("EXP_RUNS").env("RUST_BACKTRACE", "0");
        command
    }

    pub(crate) fn exp(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Starts `exp run spec.yaml` and gives it time to commit its first checkpoint.
    pub(crate) fn start(&self, runs: &str) -> Child {
        let mut command = self.command(&["run", "spec.yaml", "--runs", runs, "--quiet"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let deadline = Instant::now() + Duration::from_secs(60);
        while Instant::now() < deadline && child.try_wait().unwrap().is_none() {
            let folder = find_run(&self.0.path().join(runs));
            if folder.is_some_and(|run| run.join("teachers/checkpoints/index.json").exists()) {
                break;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        child
    }

    pub(crate) fn run(&self, runs: &str) -> PathBuf {
        find_run(&self.0.path().join(runs)).unwrap()
    }
}

/// The newest run under a root.
pub(crate) fn find_run(root: &Path) -> Option<PathBuf> {
    exp::rundir::find::runs(root).into_iter().map(|run| run.path().to_owned()).max()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub(crate) fn json(path: &Path) -> Value {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&bytes).unwrap()
}

/// What a job measured, in order, without the times at which it did.
pub(crate) fn measurements(job: &Path) -> Vec<String> {
    let lines = std::fs::read_to_string(job.join("events.jsonl")).unwrap();
    let records = lines.lines().map(|line| serde_json::from_str::<Record>(line).unwrap());
    let measured = records.filter(|record| record.event.is_measurement());
    measured.map(|record| serde_json::to_string(&record.event).unwrap()).collect()
}

/// Two runs came to the same: parameters to the bit, measurements, figures.
pub(crate) fn assert_same(one: &Path, other: &Path, jobs: &[&str]) {
    for job in jobs {
        let model = |run: &Path| std::fs::read(run.join(job).join("artifacts/model.safetensors"));
        assert!(model(one).unwrap() == model(other).unwrap(), "{job}: other parameters");
        assert_eq!(measurements(&one.join(job)), measurements(&other.join(job)), "{job}");
        let figures = |run: &Path| json(&run.join(job).join("outcome.json"))["metrics"].clone();
        assert_eq!(figures(one), figures(other), "{job}");
    }
}
