//! One job goes wrong, in the built programs: it is reported, what needs it is skipped, the others
//! go on.

use crate::programs::{Place, assert_same, json, text};
use exp::rundir::JobFolder;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A job that can go wrong, one that needs it, and one that does not.
const SPEC: &str = "
name: three
seed: 2
jobs:
  teachers:
    kind: classifier
    data: { set: glyphs, train: 600, validation: 0, test: 100 }
    network: { name: mlp, hidden: [30], dropout: 0.2 }
    optimiser: { rule: adam, rate: 1e-3 }
    epochs: 8
    batch: 20
  student:
    kind: distill
    teachers: teachers
    data: { set: glyphs, train: 100, validation: 0, test: 100 }
    network: { name: mlp, hidden: [8] }
    optimiser: { rule: adam, rate: 1e-3 }
    epochs: 2
  convolutional:
    kind: classifier
    data: { set: glyphs, train: 100, validation: 0, test: 100 }
    network: { name: cnn, channels: [4], hidden: [] }
    optimiser: { rule: adam, rate: 1e-3 }
    epochs: 2
";

fn status(run: &Path, job: &str) -> String {
    json(&run.join(job).join("job.json"))["status"].as_str().unwrap().to_owned()
}

/// The other two are as they should be when `teachers` failed.
fn alone(run: &Path) {
    assert_eq!(
        ["teachers", "student", "convolutional"].map(|job| status(run, job)),
        ["failed", "skipped", "done"]
    );
}

#[test]
fn a_loss_that_is_not_a_number_names_the_tensor_and_the_step() {
    let place = Place::new(SPEC);
    let words = [
        "run",
        "spec.yaml",
        "--set",
        "teachers.optimiser={rule: sgd, rate: 1e6, weight_decay: 1e6}",
    ];
    let output = place.exp(&words);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("the first such value"), "{said}");
    assert!(said.contains("the training loss of member 0 is NaN"), "{said}");
    assert!(said.contains("after step ") && said.contains("optimiser.rate"), "{said}");
    assert!(said.contains("there is no earlier checkpoint"), "{said}");
    alone(&place.run("runs"));
}

#[test]
fn a_job_without_enough_memory_fails_alone() {
    let place = Place::new(SPEC);
    // Parameters, gradients and the optimiser's state of 4 GB where the whole process may have 2.
    let line = format!(
        "ulimit -v 2000000; exec {} run spec.yaml --set teachers.network.hidden=[9000,9000]",
        env!("CARGO_BIN_EXE_exp")
    );
    let mut command = Command::new("sh");
    command.args(["-c", &line]).current_dir(place.0.path()).env("RUST_BACKTRACE", "0");
    let output = command.env_remove("EXP_RUNS").output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("memory"), "{said}");
    alone(&place.run("runs"));
}

/// Runs the spec and sends the process of `teachers` a signal once it has a checkpoint.
fn struck(place: &Place, signal: &str, runs: &str, more: &[&str]) -> (Option<i32>, String) {
    let mut words = vec!["run", "spec.yaml", "--runs", runs];
    words.extend(more);
    let mut command = place.command(&words);
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    let job = loop {
        assert!(Instant::now() < deadline, "no checkpoint");
        let run = exp::rundir::find::runs(&place.0.path().join(runs)).into_iter().next();
        let job = run.map(|run| JobFolder::new(run.path().join("teachers")));
        if let Some(job) = job.filter(|job| job.checkpoints().join("index.json").exists()) {
            break job;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let process = job.holder().expect("the job is at work").to_string();
    assert!(Command::new("kill").args([signal, &process]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    (output.status.code(), text(&output.stderr))
}

#[test]
fn a_job_that_dies_is_reported_and_retried_from_its_checkpoint() {
    let place = Place::new(SPEC);
    assert!(place.exp(&["run", "spec.yaml", "--runs", "straight", "--quiet"]).status.success());
    for (signal, how) in [("-ABRT", "aborted (signal 6)"), ("-KILL", "was killed (signal 9)")] {
        let runs = &format!("failed{signal}");
        let (code, said) = struck(&place, signal, runs, &[]);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(how) && said.contains("exp resume"), "{said}");
        alone(&place.run(runs));

        let runs = &format!("mended{signal}");
        let (code, said) = struck(&place, signal, runs, &["--retries", "1"]);
        assert_eq!(code, Some(0), "{said}");
        assert!(
            said.contains("teachers: retry 1 of 1, from its newest checkpoint if it has one"),
            "{said}"
        );
        let run = place.run(runs);
        assert_eq!(json(&run.join("teachers/job.json"))["attempt"], 2);
        assert_same(&place.run("straight"), &run, &["teachers", "student", "convolutional"]);
    }
}

#[test]
fn a_job_that_hangs_is_killed_and_retried() {
    let place = Place::new(SPEC);
    assert!(place.exp(&["run", "spec.yaml", "--runs", "straight", "--quiet"]).status.success());
    // A process that is stopped says nothing and heeds nothing.
    let more = ["--hang-minutes", "0.05", "--retries", "1"];
    let (code, said) = struck(&place, "-STOP", "broken", &more);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("it said nothing for 3 s and was killed"), "{said}");
    assert_same(&place.run("straight"), &place.run("broken"), &["teachers", "student"]);
}
