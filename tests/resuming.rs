//! `exp verify-resume` on the built programs: it proves what it should, and would not if it were not
//! so.

use crate::programs::{Place, SPEC, text};
use exp::dispatch::key_of;
use exp::files::atomic;
use exp::rundir::{JobFolder, JobRecord, JobSpec, RunFolder, find};
use std::path::{Path, PathBuf};

#[test]
fn every_kind_resumes_exactly_after_three_kills() {
    let place = Place::new(SPEC);
    let output = place.exp(&["verify-resume", "spec.yaml", "--kills", "3"]);
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("resumes exactly") && said.contains("with 3 kills"), "{said}");
    assert_eq!(said.matches("kill ").count(), 3, "{said}");
    let left = std::fs::read_dir(place.0.path().join("runs")).unwrap().count();
    assert_eq!(left, 0, "both runs are gone again");
}

/// Gives `exp` another program to start as `exp-job`: one that does `script` first.
fn instead(place: &Place, script: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = place.0.path().join("another-job");
    let real = Path::new(env!("CARGO_BIN_EXE_exp-job")).display();
    std::fs::write(&path, format!("#!/bin/sh\n{script}\nexec {real} \"$1\"\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// The job's folder, for the process that this test binary is then.
const FORGETS: &str = "EXP_TEST_FORGETS";

/// No test: gives the job in a folder another seed, and all records that bear its key a new one.
#[test]
fn as_a_forgetful_job() {
    let Ok(folder) = std::env::var(FORGETS) else { return };
    let job = JobFolder::new(folder);
    let rewrite = |job: &JobFolder, mut spec: JobSpec| {
        spec.key = key_of(&spec);
        atomic::write_json(&job.spec_file(), &spec).unwrap();
        let record = JobRecord { key: spec.key.clone(), ..job.record().unwrap() };
        job.write_record(&record).unwrap();
        spec.key
    };
    let mut spec = job.spec().unwrap();
    spec.seed = 6;
    let name = spec.name.clone();
    let key = rewrite(&job, spec);
    for other in find::jobs(&RunFolder::new(job.path().parent().unwrap())) {
        let mut spec = other.spec().unwrap();
        let needs = spec.needs.values_mut().find(|need| need.reference == name);
        if let Some(need) = needs {
            need.key.clone_from(&key);
            rewrite(&other, spec);
        }
    }
}

#[test]
fn a_job_that_does_not_resume_exactly_is_found_out() {
    let place = Place::new(SPEC);
    // A second start forgets the checkpoints but not what was reported up to then, and goes on with
    // another seed: as a program would that keeps its random generator to itself.
    let tests = std::env::current_exe().unwrap();
    let script = format!(
        r#"if grep -q '"attempt": [1-9]' "$1/job.json"; then
             rm -rf "$1/checkpoints"
             {FORGETS}="$1" '{}' --exact resuming::as_a_forgetful_job >/dev/null; fi"#,
        tests.display()
    );
    let job = instead(&place, &script);
    let words = ["verify-resume", "spec.yaml", "--kills", "4"];
    let output = place.command(&words).env("EXP_JOB", job).output().unwrap();
    let said = text(&output.stdout) + &text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("does not resume exactly"), "{said}");
    assert!(said.contains("parameter/") && said.contains("measurement"), "{said}");
    assert!(said.contains("what was run is kept in"), "{said}");
}

#[test]
fn tensorboard_must_be_told_the_same_too() {
    let place = Place::new(SPEC);
    // A second start tells it once more that the job has begun.
    let job = instead(
        &place,
        r#"if grep -q '"attempt": [1-9]' "$1/job.json"; then
             for file in "$1"/*.start; do cat "$file" >"$1/old"; cat "$1/old" >>"$file"; done
             rm "$1/old"; fi"#,
    );
    let words = ["verify-resume", "spec.yaml", "--kills", "4"];
    let output = place.command(&words).env("EXP_JOB", job).output().unwrap();
    let said = text(&output.stdout) + &text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("the TensorBoard records"), "{said}");
    assert!(!said.contains("parameter/") && !said.contains(": measurement "), "{said}");
}

#[test]
fn a_run_that_fails_by_itself_has_no_verdict() {
    let place = Place::new(SPEC);
    let job = instead(&place, "echo 'no tensors today' >&2; exit 1");
    let words = ["verify-resume", "spec.yaml", "--kills", "1"];
    let output = place.command(&words).env("EXP_JOB", job).output().unwrap();
    let said = text(&output.stdout) + &text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("no tensors today") && said.contains("failed ("), "{said}");
    assert!(!said.contains("exp resume") && !said.contains("it said"), "{said}");
}
