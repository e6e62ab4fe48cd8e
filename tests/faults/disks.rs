//! Full disks and folders that cannot be written.

use super::look::{Results, json, sound};
use super::mounts::Mount;
use super::place::{Place, await_true, said};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;

/// Enough for something to happen after the first checkpoint.
const LONG: u64 = 150;

/// A place on a small disk of its own.
fn on_a_small_disk(epochs: u64, size: &str) -> Option<(Place, Mount)> {
    let mut place = Place::with_epochs(epochs);
    let disk = Mount::disk(place.path("disk"), size)?;
    place.runs = disk.folder.join("runs");
    Some((place, disk))
}

/// A job failed for the reason `why`, and that is said so that a person can do something.
fn assert_failed(output: &Output, why: [&str; 2]) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    // Which of the checkpoint's files it is depends on the instant.
    let words = ["cannot write", "/checkpoints/", "--runs", "exp resume"];
    for word in words.into_iter().chain(why).chain(["1 job failed (pair)"]) {
        assert!(said.contains(word), "'{word}' is not in: {said}");
    }
}

const FULL: [&str; 2] = ["No space left on device", "free some space there"];
const READ_ONLY: [&str; 2] = ["Read-only file system", "change its permissions"];

#[test]
fn a_disk_that_fills_ends_the_job_and_resuming_on_a_free_one_ends_as_it_would_have() {
    let Some((place, disk)) = on_a_small_disk(LONG, "16m") else { return };
    let straight = Results::straight(LONG);
    let child = place.start(place.run_command());
    let other = disk.fill();
    let output = child.wait_with_output().unwrap();
    assert_failed(&output, FULL);
    let record = json(&place.job().join("job.json"));
    assert_eq!(record["status"], "failed", "{record}");
    let message = record["message"].as_str().unwrap();
    assert!(message.contains("/checkpoints/") && message.contains("No space left"), "{message}");
    sound(&place);
    // Still no room: the same again, and nothing is lost by trying.
    disk.fill();
    let output = place.resume_command().output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("No space left"), "{}", said(&output));
    sound(&place);
    std::fs::remove_file(other).unwrap();
    place.resume();
    straight.assert_at(&place, "after the disk was full");
    assert!(json(&place.job().join("job.json"))["attempt"].as_u64() > Some(1));
}

#[test]
fn a_disk_on_which_others_take_the_last_byte_too_is_survived() {
    let Some((place, disk)) = on_a_small_disk(LONG, "16m") else { return };
    let straight = Results::straight(LONG);
    let mut child = place.start(place.run_command());
    // Whatever the job gives up is taken at once.
    await_true("the job to fail", || {
        disk.fill();
        child.try_wait().unwrap().is_some()
    });
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("No space left"), "{}", said(&output));
    sound(&place);
    std::fs::remove_file(disk.folder.join("other")).unwrap();
    place.resume();
    straight.assert_at(&place, "after not a byte was free");
}

#[test]
fn logs_that_cannot_grow_cost_one_warning_each_and_the_job_is_done() {
    let place = Place::new();
    let Some(disk) = Mount::disk(place.path("disk"), "16k") else { return };
    // The job finds its logs on the small disk; everything else is where it should be.
    let main = "events.out.tfevents.0000000001.1.0.1.main";
    let script = place.path("exp-job");
    let text = format!(
        "#!/bin/sh\nfor log in events.jsonl {main}; do\n: >>\"{0}/$log\"; : >>\"$1/$log\"\n\
         mount --bind \"{0}/$log\" \"$1/$log\"\ndone\n{1} \"$1\"\ncode=$?\n\
         umount \"$1/events.jsonl\" \"$1/{main}\"\nexit $code\n",
        disk.folder.display(),
        env!("CARGO_BIN_EXE_exp-job")
    );
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, PermissionsExt::from_mode(0o755)).unwrap();
    let output = place.run_command().env("EXP_JOB", &script).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let job = place.job();
    assert_eq!(json(&job.join("job.json"))["status"], "done");
    let log = std::fs::read_to_string(job.join("log.txt")).unwrap();
    for (name, what) in [("events.jsonl", "events.jsonl"), (main, "TensorBoard event file")] {
        let warnings = log.lines().filter(|line| line.starts_with(&format!("warning: {what}")));
        assert_eq!(warnings.count(), 1, "{name}: {log}");
    }
    // What is there ends on a whole record.
    let lines = std::fs::read_to_string(disk.folder.join("events.jsonl")).unwrap();
    lines.lines().for_each(|line| drop(serde_json::from_str::<serde_json::Value>(line).unwrap()));
    // Nothing of that is in what the job is for.
    let straight = Place::new();
    assert!(straight.run_command().output().unwrap().status.success());
    let model = |job: &Path| std::fs::read(job.join("artifacts/model.safetensors")).unwrap();
    assert!(model(&straight.job()) == model(&job));
    let metrics = |job: &Path| json(&job.join("outcome.json"))["metrics"].clone();
    assert_eq!(metrics(&straight.job()), metrics(&job));
}

#[test]
fn a_root_of_runs_that_is_read_only_is_refused_before_any_job() {
    let place = Place::new();
    let Some(_disk) = Mount::disk(place.path("disk"), "1m") else { return };
    for below in ["", "tiny"] {
        std::fs::create_dir_all(place.runs.join(below)).unwrap();
        let mounted = Mount::read_only(place.runs.clone());
        let output = place.run_command().output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        for word in ["cannot write", "runs/tiny", READ_ONLY[0], READ_ONLY[1], "--runs"] {
            assert!(said(&output).contains(word), "'{word}' is not in: {}", said(&output));
        }
        drop(mounted);
        assert!(super::place::files(&place.runs).is_empty());
        assert_eq!(place.runs.join("tiny").exists(), below == "tiny");
    }
}

#[test]
fn a_job_whose_folder_becomes_read_only_says_so_and_goes_on_when_it_is_not() {
    let place = Place::with_epochs(LONG);
    let Some(_disk) = Mount::disk(place.path("disk"), "1m") else { return };
    let straight = Results::straight(LONG);
    let child = place.start(place.run_command());
    let mounted = Mount::read_only(place.job());
    let output = child.wait_with_output().unwrap();
    assert_failed(&output, READ_ONLY);
    sound(&place);
    let again = place.resume_command().output().unwrap();
    assert_ne!(again.status.code(), Some(0));
    assert!(said(&again).contains(READ_ONLY[0]), "{}", said(&again));
    drop(mounted);
    place.resume();
    straight.assert_at(&place, "after the folder was read-only");
}

#[test]
fn a_full_disk_has_no_room_for_a_run_and_keeps_nothing_of_it() {
    let Some((place, disk)) = on_a_small_disk(3, "1m") else { return };
    disk.fill();
    let output = place.run_command().output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    for word in FULL.into_iter().chain(["cannot write", "--runs"]) {
        assert!(said(&output).contains(word), "'{word}' is not in: {}", said(&output));
    }
    let left: Vec<_> = std::fs::read_dir(&disk.folder).unwrap().map(Result::unwrap).collect();
    assert_eq!(left.len(), 1, "{left:?}");
}
