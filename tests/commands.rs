//! The command line, by its exit codes and what it leaves behind; jobs are done by a shell script.

use crate::dispatch::fakes::KINDS;
use crate::work::{self, SLOWER};
use clap::Parser;
use exp::cli::Cli;
use exp::rundir::{RunStatus, find};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};
use std::time::Duration;

const GARDEN: &str = "
name: garden
jobs:
  fruit: { kind: graft, onto: root }
  root: { kind: grow }
";

/// Does what `exp-job` does, as far as a runner can see.
pub(crate) fn done() -> String {
    let outcome = r#"{"rows": [{"label": "plant", "values": {"height": 2}}]}"#;
    let (bytes, digest) = (outcome.len() + 1, blake3::hash(format!("{outcome}\n").as_bytes()));
    let seal = format!(r#"{{ "bytes": {bytes}, "digest": "{digest}", "changed": 0 }}"#);
    format!(
        r#"echo '{outcome}' > "$1/outcome.json"
sed -i 's/"pending"/"done"/; s/"attempt"/"outcome": {seal}, "attempt"/' "$1/job.json""#
    )
}

pub(crate) struct Place(tempfile::TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        std::fs::write(place.path("spec.yaml"), GARDEN).unwrap();
        place.program(&done());
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn program(&self, script: &str) {
        std::fs::write(self.path("exp-job"), format!("#!/bin/sh\n{script}\n")).unwrap();
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(self.path("exp-job"), mode).unwrap();
    }

    /// What `exp` makes of a command line in which `@` stands for this place.
    pub(crate) fn exp(&self, line: &str) -> Result<ExitCode, String> {
        let line = line.replace('@', &self.0.path().display().to_string());
        let words = std::iter::once("exp").chain(line.split_whitespace());
        let cli = Cli::try_parse_from(words).map_err(|error| error.to_string())?;
        cli.execute(KINDS).map_err(|failure| {
            assert_eq!(failure.code(), ExitCode::from(2), "{failure}");
            failure.to_string()
        })
    }

    fn run(&self, more: &str) -> Result<ExitCode, String> {
        self.exp(&format!("run @/spec.yaml --runs @/runs --quiet --exp-job @/exp-job {more}"))
    }

    fn runs(&self) -> usize {
        find::runs(&self.path("runs")).len()
    }
}

#[test]
fn a_spec_is_run_and_not_run_twice() {
    let place = Place::new();
    assert_eq!(place.run(""), Ok(ExitCode::SUCCESS));
    let run = find::run(&place.path("runs"), "garden").unwrap();
    assert_eq!(run.record().unwrap().status, RunStatus::Done);
    let summary = std::fs::read_to_string(run.path().join("summary.md")).unwrap();
    assert!(summary.contains("| root: plant  |  2.000 |"), "{summary}");

    place.program("exit 1"); // would be noticed
    let (code, time) = work::of(|| place.run("--name orchard"));
    assert_eq!(code, Ok(ExitCode::SUCCESS));
    assert!(time < Duration::from_secs(1) * SLOWER, "{time:?}");
    let again = find::run(&place.path("runs"), "orchard").unwrap();
    assert_eq!(again.job("root").record().unwrap().reused_from.iter().count(), 1);
    let spec = again.spec_file().display().to_string();
    let line = format!("run {spec} --runs @/runs --quiet --exp-job @/exp-job");
    assert_eq!(place.exp(&line), Ok(ExitCode::SUCCESS), "a resolved spec repeats the run");
    assert_eq!(place.run("--fresh"), Ok(ExitCode::from(1)));
}

#[test]
fn a_failure_is_1_and_can_be_resumed() {
    let place = Place::new();
    place.program("echo 'no water' >&2; exit 1");
    assert_eq!(place.run(""), Ok(ExitCode::from(1)));
    place.program(&done());
    let resume = "resume garden --runs @/runs --quiet --exp-job @/exp-job";
    assert_eq!(place.exp(resume), Ok(ExitCode::SUCCESS));
    let run = find::run(&place.path("runs"), "garden").unwrap();
    assert_eq!(run.record().unwrap().status, RunStatus::Done);
    assert!(std::fs::read_to_string(run.job("root").log_file()).unwrap().contains("no water"));
}

#[test]
fn bad_input_is_2_and_leaves_nothing_behind() {
    let place = Place::new();
    std::fs::write(place.path("file"), "").unwrap();
    for (line, said) in [
        ("run @/none.yaml --runs @/runs", "there is no file"),
        ("run @/spec.yaml --runs @/runs --set root.rate=x", "'rate'"),
        ("run @/spec.yaml --runs @/runs --name a/b", "name"),
        ("run @/spec.yaml --runs @/file --exp-job @/exp-job", "is a file where a folder should be"),
        ("run @/spec.yaml --runs /proc/runs --exp-job @/exp-job", "cannot write /proc/runs/garden"),
        ("run @/spec.yaml --runs @/runs --exp-job @/none", "exp-job not found at"),
        ("run @/spec.yaml --runs @/runs --device cuda:63", "device 'cuda:63' is not available"),
        ("run @/spec.yaml --device gpu", "'gpu' is not a device"),
        ("run @/spec.yaml --jobs 0", "0 is not in 1.."),
        ("resume garden --runs @/runs --exp-job @/exp-job", "there is no run 'garden'"),
        ("kinds grwo", "did you mean 'grow'?"),
        ("plant", "unrecognized subcommand"),
    ] {
        let error = place.exp(line).unwrap_err();
        assert!(error.contains(said), "{line}: {error}");
    }
    assert_eq!(place.runs(), 0);
    assert!(!place.path("runs").join("garden").exists());
}

#[test]
fn the_commands_that_only_look_succeed() {
    let place = Place::new();
    assert_eq!(place.run(""), Ok(ExitCode::SUCCESS));
    for line in [
        "check @/spec.yaml @/spec.yaml --runs @/runs",
        "plan @/spec.yaml --runs @/runs --set root.rate=2",
        "show @/spec.yaml --runs @/runs",
        "kinds",
        "kinds graft",
        "schema",
        "ls --runs @/runs",
    ] {
        assert_eq!(place.exp(line), Ok(ExitCode::SUCCESS), "{line}");
    }
}

fn binary(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_exp")).args(words).output().unwrap()
}

#[test]
fn the_program_needs_no_tensor_library() {
    let bytes = std::fs::read(Path::new(env!("CARGO_BIN_EXE_exp"))).unwrap();
    for library in ["libtorch_cpu.", "libtorch.so", "libc10."] {
        let needed = bytes.windows(library.len()).any(|part| part == library.as_bytes());
        assert!(!needed, "exp needs {library}");
    }
}

#[test]
fn the_program_has_the_exit_codes_and_survives_a_closed_pipe() {
    assert_eq!(binary(&["--version"]).status.code(), Some(0));
    assert_eq!(binary(&["run", "none.yaml"]).status.code(), Some(2));
    assert_eq!(binary(&["nonsense"]).status.code(), Some(2));
    let line = format!("{} schema | true", env!("CARGO_BIN_EXE_exp"));
    let output = Command::new("sh").args(["-c", &line]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
