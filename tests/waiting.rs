//! Requests to stop that come while the built programs wait for something, and runs that were begun and not
//! ended.

use crate::programs::Place;
use crate::surroundings::{TINY, planned, said};
use exp::rundir::{RunStatus, find};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[test]
fn a_signal_to_a_resume_that_waits_for_a_former_process_is_an_interruption() {
    let (place, job) = planned();
    let held = job.lock().unwrap();
    for name in ["-INT", "-TERM"] {
        let mut command = place.command(&["resume", "tiny"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let run = find::run(&place.0.path().join("runs"), "tiny").unwrap();
        let began = Instant::now();
        while run.record().unwrap().status != RunStatus::Running || !run.is_alive() {
            assert!(began.elapsed() < Duration::from_secs(20), "it does not wait");
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(50));
        Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
        let mut told = String::new();
        std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut told).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(130), "{told}");
        assert!(told.contains("waiting for its former process"), "{told}");
        assert!(told.contains("interrupted; resume with: exp resume "), "{told}");
        assert_eq!(run.record().unwrap().status, RunStatus::Interrupted);
    }
    drop(held);
    let output = place.exp(&["resume", "tiny", "--quiet"]);
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn a_signal_to_a_run_that_waits_for_another_is_an_interruption() {
    let (place, job) = planned();
    let key = job.record().unwrap().key;
    let claims = place.0.path().join("runs/.claims");
    std::fs::create_dir_all(&claims).unwrap();
    let claim = std::fs::File::create(claims.join(key)).unwrap();
    claim.lock().unwrap();
    let mut command = place.command(&["run", "spec.yaml"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = std::io::BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("which computes the same") {
        line.clear();
        assert!(std::io::BufRead::read_line(&mut told, &mut line).unwrap() > 0, "it does not wait");
    }
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_request_to_stop_ends_the_comparison_of_runs_and_leaves_nothing() {
    let place = Place::new(&TINY.replace("epochs: 1", "epochs: 1000000"));
    let mut command = place.command(&["verify-resume", "spec.yaml"]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let kept = || -> Vec<PathBuf> {
        let all = walkdir::WalkDir::new(place.0.path().join("runs")).into_iter();
        all.filter_map(Result::ok).map(walkdir::DirEntry::into_path).collect()
    };
    let deadline = Instant::now() + Duration::from_secs(60);
    while !kept().iter().any(|path| path.ends_with("events.jsonl")) {
        assert!(Instant::now() < deadline, "the job does not start");
        std::thread::sleep(Duration::from_millis(10));
    }
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", said(&output));
    assert!(said(&output).contains("interrupted: not verified"), "{}", said(&output));
    assert_eq!(kept(), [place.0.path().join("runs")]);
}

#[test]
fn a_run_that_was_begun_and_not_ended_is_told_of() {
    let spec = TINY.replace("one:", "teachers:").replace("epochs: 1", "epochs: 100000");
    let place = Place::new(&spec);
    let child = place.start("runs");
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130));
    let told = said(&place.exp(&["plan", "spec.yaml"]));
    assert!(told.contains("note: 'teachers' is unfinished in an earlier run"), "{told}");
    assert!(told.contains("'exp resume runs/tiny/"), "{told}");
    for other in ["--fresh", "--set=seed=9"] {
        assert!(!said(&place.exp(&["plan", "spec.yaml", other])).contains("is unfinished"));
    }
}
