//! A folder with a spec and its runs ([`Place`]), and the programs at work on it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const SPEC: &str = "
name: tiny
seed: 3
jobs:
  pair:";

/// Two members with everything that draws; `@` stands for the number of epochs.
const JOB: &str = "
    kind: classifier
    members: 2
    data: { set: glyphs, train: 120, validation: 30, test: 50 }
    augment: { jitter: 1 }
    network: { name: mlp, hidden: [16], dropout: 0.3 }
    optimiser: { rule: adam, rate: 3e-3 }
    epochs: @
    batch: 50
";

/// The number of epochs, of three steps each: with a checkpoint after each the first one goes.
pub(crate) const EPOCHS: u64 = 3;

pub(crate) struct Place {
    folder: tempfile::TempDir,
    /// Where its runs are.
    pub(crate) runs: PathBuf,
}

impl Place {
    /// A place with [`EPOCHS`] epochs to do.
    pub(crate) fn new() -> Self {
        Self::with_epochs(EPOCHS)
    }

    pub(crate) fn with_epochs(epochs: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // The second job means the same as the first, so that it need not run.
        let text = format!("{SPEC}{JOB}  same:{JOB}").replace('@', &epochs.to_string());
        std::fs::write(folder.path().join("spec.yaml"), text).unwrap();
        let runs = folder.path().join("runs");
        Self { folder, runs }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `exp` with these words, on the runs of this place.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_exp"));
        command.args(words).arg("--runs").arg(&self.runs).current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for name in ["EXP_RUNS", "EXP_JOB", "EXP_FAULT", "EXP_FAULT_TRACE", "EXP_FAULT_PROGRAM"] {
            command.env_remove(name);
        }
        command.env("RUST_BACKTRACE", "0");
        command
    }

    /// `exp run` on the spec, one thread for the job.
    pub(crate) fn run_command(&self) -> Command {
        self.command(&["run", "spec.yaml", "--quiet", "--jobs", "2"])
    }

    /// `exp resume` on the run, which must do.
    pub(crate) fn resume(&self) -> Output {
        let output = self.resume_command().output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        output
    }

    pub(crate) fn resume_command(&self) -> Command {
        self.command(&["resume", "tiny", "--quiet", "--jobs", "2"])
    }

    /// The run that is here, if one is.
    pub(crate) fn find(&self) -> Option<PathBuf> {
        exp::rundir::find::runs(&self.runs).first().map(|run| run.path().to_owned())
    }

    pub(crate) fn run(&self) -> PathBuf {
        self.find().unwrap()
    }

    /// The folder of the job that runs.
    pub(crate) fn job(&self) -> PathBuf {
        self.run().join("pair")
    }

    /// Starts `exp run` and waits for the first checkpoint.
    pub(crate) fn start(&self, mut command: Command) -> Child {
        let mut child = command.spawn().unwrap();
        await_true("the first checkpoint", || {
            let job = self.find().map(|run| run.join("pair"));
            let there = job.is_some_and(|job| job.join("checkpoints/index.json").exists());
            assert!(there || child.try_wait().unwrap().is_none(), "it ended too soon");
            there
        });
        child
    }

    /// A place with a copy of this one's run, to be broken in another way.
    pub(crate) fn copy(&self) -> Self {
        let copy = Self::new();
        let status = Command::new("cp").arg("-a").arg(&self.runs).arg(&copy.runs).status().unwrap();
        assert!(status.success());
        copy
    }
}

/// A process's standard error and output.
pub(crate) fn said(output: &Output) -> String {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stderr) + &text(&output.stdout)
}

/// Waits for something that must come true within half a minute.
pub(crate) fn await_true(what: &str, mut is_true: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !is_true() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The files below a folder, the hidden ones too, relative to it.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
    let files = entries.map(Result::unwrap).filter(|entry| !entry.file_type().is_dir());
    files.map(|entry| entry.path().strip_prefix(folder).unwrap().to_owned()).collect()
}
