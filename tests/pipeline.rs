//! The built programs, from a YAML file to a run directory: run, reused, interrupted, resumed, read
//! by the real TensorBoard.

use crate::programs::{JOBS, Place, SPEC, assert_same, json, text};
use crate::tensorboard::python;
use crate::work::{self, SLOWER};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

#[test]
fn a_pipeline_runs_leaves_its_directory_and_is_not_run_twice() {
    let place = Place::new(SPEC);
    let output = place.exp(&["run", "spec.yaml"]);
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    let table = text(&output.stdout);
    for word in ["ensemble of 3", "one member", "student", "convolutional", "parameters"] {
        assert!(table.contains(word), "{word} is not in\n{table}");
    }
    let run = place.run("runs");
    assert_eq!(json(&run.join("run.json"))["status"], "done");
    for file in ["spec.yaml", "summary.json", "summary.md"] {
        assert!(run.join(file).exists(), "{file}");
    }
    for job in JOBS {
        assert_eq!(json(&run.join(job).join("job.json"))["status"], "done", "{job}");
    }
    let (again, time) = work::output(&mut place.command(&["run", "spec.yaml"]));
    assert!(again.status.success() && time.work < Duration::from_secs(1) * SLOWER, "{time:?}");
    assert!(text(&again.stdout).contains("ensemble of 3"), "{}", text(&again.stdout));
    let resolved = run.join("spec.yaml");
    let plan = text(&place.exp(&["plan", resolved.to_str().unwrap()]).stdout);
    assert_eq!(plan.matches("reuse").count(), 3, "{plan}");
}

#[test]
fn an_interrupted_pipeline_resumes_to_the_same_bits_and_tensorboard_reads_it() {
    let place = Place::new(SPEC);
    assert!(place.exp(&["run", "spec.yaml", "--runs", "straight", "--quiet"]).status.success());
    let child = place.start("broken");
    let pid = i32::try_from(child.id()).unwrap();
    assert!(Command::new("kill").args(["-TERM", &pid.to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let said = text(&output.stderr) + &text(&output.stdout);
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("exp resume"), "{said}");
    let run = place.run("broken");
    assert_ne!(json(&run.join("teachers/job.json"))["status"], "done", "it ended too soon to tell");
    let resumed = place.exp(&["resume", run.to_str().unwrap(), "--runs", "broken", "--quiet"]);
    assert!(resumed.status.success(), "{}", text(&resumed.stderr));
    assert!(json(&run.join("teachers/job.json"))["attempt"].as_u64() > Some(1));
    assert_same(&place.run("straight"), &run, &JOBS);
    read_by_tensorboard(&run);
}

#[test]
fn a_job_and_its_runner_that_are_killed_resume_to_the_same_bits() {
    let place = Place::new(SPEC);
    assert!(place.exp(&["run", "spec.yaml", "--runs", "straight", "--quiet"]).status.success());
    let mut child = place.start("broken");
    let run = place.run("broken");
    let _ = Command::new("pkill").args(["-KILL", "-f", run.to_str().unwrap()]).status().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    // A job that survived its runner leaves a checkpoint and lets go of its folder.
    let deadline = Instant::now() + Duration::from_secs(30);
    while exp::rundir::JobFolder::new(run.join("teachers")).is_alive() && Instant::now() < deadline
    {
        std::thread::sleep(Duration::from_millis(10));
    }
    let resumed = place.exp(&["resume", run.to_str().unwrap(), "--runs", "broken", "--quiet"]);
    assert!(resumed.status.success(), "{}", text(&resumed.stderr));
    assert_same(&place.run("straight"), &run, &JOBS);
}

/// The real TensorBoard finds in each job what such a job reports, each step once.
fn read_by_tensorboard(run: &Path) {
    let Some(python) = python::find() else {
        println!("skipped: no Python with the package tensorboard (set EXP_PYTHON)");
        return;
    };
    let found = python::read(&python, "read.py", run);
    for job in JOBS {
        let events = &found["runs"][job];
        for (kind, tag) in [
            ("scalars", "train/loss"),
            ("scalars", "test/error"),
            ("images", "test/confusion"),
            ("histograms", "weights/output.weight"),
            ("histograms", "gradients/output.weight"),
            ("text", "spec"),
        ] {
            let entries = events[kind][tag].as_array();
            let entries = entries.unwrap_or_else(|| panic!("{job}: no {kind} {tag} in {events:#}"));
            let mut steps = entries.iter().map(|it| it[0].as_u64().unwrap()).collect::<Vec<_>>();
            let count = steps.len();
            steps.dedup();
            assert!(count > 0 && steps.len() == count, "{job}, {tag}: {entries:?}");
        }
        let session = &found["sessions"][job];
        assert_eq!(session["status"], "STATUS_SUCCESS", "{session:#}");
        assert!(session["settings"]["optimiser.rate"].is_number(), "{session:#}");
        assert!(session["metrics"]["test/error"].is_number(), "{session:#}");
    }
    let losses = found["runs"]["teachers"]["scalars"]["train/loss"].as_array().unwrap().len();
    assert_eq!(losses, 6, "one for each epoch");
}

/// What the other pipelines leave out, once: rates of the members' own, teachers that are asked at
/// every step, several students, the best epoch, warm-up, the remaining rules.
const CORNERS: &str = "
name: corners
seed: 9
jobs:
  teachers:
    kind: classifier
    members: 2
    data: { set: glyphs, train: 210, validation: 50, test: 60 }
    network: { name: cnn, channels: [3], kernel: 3, hidden: [] }
    optimiser: { rule: rmsprop, rate: [1e-3, 3e-3], momentum: 0.5 }
    schedule: { shape: step, every_epochs: 2, factor: 0.5, warmup_epochs: 1 }
    epochs: 3
    batch: 50
    select: best
  students:
    kind: distill
    members: 3
    teachers: teachers
    data: { set: glyphs, train: 100, validation: 0, test: 60 }
    augment: { jitter: 2 }
    network: { name: mlp, hidden: [] }
    loss: { temperature: 20, soft_weight: 1 }
    optimiser: { rule: adagrad, rate: 0.05, weight_decay: 1e-4 }
    epochs: 2
    batch: 1000
  pupil:
    kind: distill
    teachers: students
    data: { set: glyphs, train: 100, validation: 0, test: 60 }
    network: { name: mlp, hidden: [8, 8], input_dropout: 0.2 }
    loss: { soft_weight: 0 }
    optimiser: { rule: sgd, rate: 0.1, momentum: 0.9, nesterov: true }
    epochs: 2
    logging: { measure_every_epochs: 2, histograms_every_epochs: 0, checkpoint_every_epochs: 2 }
";

#[test]
fn every_setting_is_carried_out_and_a_job_of_an_earlier_run_can_teach() {
    let place = Place::new(CORNERS);
    let output = place.exp(&["run", "spec.yaml", "--jobs", "2", "--quiet"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let run = place.run("runs");
    let summary = json(&run.join("summary.json"));
    for (job, label) in
        [("teachers", "ensemble of 2"), ("students", "ensemble of 3"), ("pupil", "")]
    {
        let done = &summary["jobs"][job];
        assert_eq!(done["rows"][0]["label"], label, "{done:#}");
        assert!(done["metrics"]["test/nll"].as_f64().is_some_and(f64::is_finite), "{done:#}");
    }
    assert!(summary["jobs"]["pupil"]["metrics"]["test/agreement"].is_number());
    // Another run, whose only job learns from a job of the first.
    let alone = CORNERS.split("  teachers:").next().unwrap().to_owned()
        + &CORNERS[CORNERS.find("  pupil:").unwrap()..];
    let path = run.join("students");
    let alone = alone.replace("teachers: students", &format!("teachers: {}", path.display()));
    std::fs::write(place.0.path().join("spec.yaml"), alone).unwrap();
    let again = place.exp(&["run", "spec.yaml", "--name", "alone"]);
    assert!(again.status.success(), "{}", text(&again.stderr));
    assert!(text(&again.stderr).contains("reused"), "{}", text(&again.stderr));
}
