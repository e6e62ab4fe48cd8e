//! Tests of which finished jobs are found.

use super::super::trust::tests::finished;
use super::*;
use serde_json::json;

const NEWEST: &str = "20260102-000000-0000";
const OLDER: &str = "20260101-000000-0000";

/// The job of a run that has just this one.
fn job(root: &Path, stamp: &str) -> JobFolder {
    RunFolder::new(root.join("trial").join(stamp)).job("job")
}

/// Writes a summary by which that job has this key and stands there.
fn summarise(root: &Path, stamp: &str, key: &str, status: Status) {
    let brief = json!({ "kind": "classifier", "key": key, "status": status, "reused_from": null });
    let summary = json!({ "jobs": { "job": brief } }).to_string();
    let run = root.join("trial").join(stamp);
    std::fs::create_dir_all(&run).unwrap();
    std::fs::write(run.join("summary.json"), summary).unwrap();
}

/// What is found of one key: the sound job, why one is none, and what was passed over.
fn found(root: &Path, key: &str) -> (Option<JobFolder>, Option<String>, Vec<String>) {
    let passed = Passed::default();
    let mut found = find(root, &BTreeSet::from([key.to_owned()]), Check::Contents, &passed);
    (found.sound.remove(key), found.unfit.remove(key), passed.news())
}

#[test]
fn a_job_that_only_a_summary_gives_the_key_is_not_taken_for_it() {
    let root = tempfile::tempdir().unwrap();
    let folder = job(root.path(), NEWEST);
    let key = finished(&folder, 1);
    summarise(root.path(), NEWEST, &key, Status::Done);
    assert_eq!(found(root.path(), &key), (Some(folder), None, Vec::new()));
    let other = "0f".repeat(16);
    summarise(root.path(), NEWEST, &other, Status::Done);
    assert_eq!(found(root.path(), &other), (None, None, Vec::new()));
}

#[test]
fn the_newest_job_that_is_sound_is_taken() {
    let root = tempfile::tempdir().unwrap();
    let [newest, older] = [NEWEST, OLDER].map(|stamp| job(root.path(), stamp));
    let key = finished(&older, 1);
    assert_eq!(finished(&newest, 1), key);
    assert_eq!(found(root.path(), &key), (Some(newest.clone()), None, Vec::new()));
    std::fs::write(newest.outcome_file(), "[]").unwrap();
    let (sound, unfit, passed) = found(root.path(), &key);
    assert_eq!(sound.as_ref(), Some(&older));
    assert!(unfit.unwrap().contains(NEWEST));
    assert!(passed.len() == 1 && passed[0].contains(NEWEST), "{passed:?}");
    std::fs::write(older.outcome_file(), "[]").unwrap();
    let (sound, unfit, _) = found(root.path(), &key);
    assert!(sound.is_none() && unfit.unwrap().contains(NEWEST), "the newest says why");
}

#[test]
fn a_job_that_ended_since_its_run_was_summarised_is_found() {
    let root = tempfile::tempdir().unwrap();
    let folder = job(root.path(), NEWEST);
    let key = finished(&folder, 1);
    for status in [Status::Interrupted, Status::Failed, Status::Pending] {
        summarise(root.path(), NEWEST, &key, status);
        assert_eq!(found(root.path(), &key), (Some(folder.clone()), None, Vec::new()), "{status}");
    }
}

#[test]
fn a_job_is_found_however_many_runs_are_newer() {
    let root = tempfile::tempdir().unwrap();
    let folder = job(root.path(), OLDER);
    let key = finished(&folder, 1);
    for number in 0..=CHUNK {
        let stamp = format!("20260102-000000-{number:04x}");
        summarise(root.path(), &stamp, &"0f".repeat(16), Status::Done);
    }
    assert_eq!(found(root.path(), &key), (Some(folder), None, Vec::new()));
}
