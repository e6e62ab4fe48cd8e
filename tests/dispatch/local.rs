//! The local executor, with a shell script that does as `exp-job` does.

use super::bench::Bench;
use exp::dispatch::{Executor, Exit, Local, Running};
use exp::rundir::JobFolder;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

fn start(script: &str) -> (tempfile::TempDir, JobFolder, Box<dyn Running>) {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("exp-job");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let job = JobFolder::new(folder.path());
    let running = Local::at(program).start(&job).unwrap();
    (folder, job, running)
}

fn wait(running: &mut dyn Running) -> Exit {
    let started = Instant::now();
    loop {
        if let Some(exit) = running.ended().unwrap() {
            return exit;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "it does not end");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn wait_for(job: &JobFolder, file: &str) {
    let started = Instant::now();
    while !job.path().join(file).exists() {
        assert!(started.elapsed() < Duration::from_secs(20), "{file} does not come");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn the_log_is_kept_and_the_end_is_told() {
    let (_folder, job, mut running) = start("echo \"runner $EXP_RUNNER\" >&2; exit 3");
    assert_eq!(wait(&mut *running), Exit::Code(3));
    assert_eq!(std::fs::read_to_string(job.log_file()).unwrap(), "runner 1\n");
    let (_folder, _, mut running) = start("kill -9 $$");
    assert_eq!(wait(&mut *running), Exit::Signal(9));
}

#[test]
fn a_job_is_asked_to_stop_and_can_be_killed() {
    let script = "trap 'echo stopped; exit 0' TERM; touch $1/ready; while :; do sleep 0.01; done";
    let (_folder, job, mut running) = start(script);
    wait_for(&job, "ready");
    running.stop();
    assert_eq!(wait(&mut *running), Exit::Code(0));
    assert_eq!(std::fs::read_to_string(job.log_file()).unwrap(), "stopped\n");
    let (_folder, job, mut running) =
        start("trap '' TERM; touch $1/ready; while :; do sleep 0.01; done");
    wait_for(&job, "ready");
    running.stop();
    running.kill();
    assert_eq!(wait(&mut *running), Exit::Signal(9));
}

#[test]
fn a_job_hears_when_its_runner_is_gone() {
    let (_folder, job, running) = start("cat > /dev/null; touch $1/heard");
    drop(running); // closes the pipe, as the system does when a runner dies
    wait_for(&job, "heard");
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let bench = Bench::new();
    let mut local = Local::at(bench.runs().join("nothing"));
    let error = local.start(&JobFolder::new(bench.runs())).err().unwrap().to_string();
    assert!(error.contains("nothing: No such file"), "{error}");
}
