//! Signals to a runner that is a process of its own, and what becomes of its jobs.

use crate::commands::{Place, done};
use exp::rundir::{JobFolder, RunFolder, RunStatus, Status, find};
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// The command line of the process that this test binary is then.
const LINE: &str = "EXP_TEST_LINE";

/// A job that goes on until it gets SIGTERM or its standard input closes.
const ENDLESS: &str = r#"
sed -i 's/"pending"/"running"/' "$1/job.json"
trap 'sed -i s/running/interrupted/ "$1/job.json"; exit 130' TERM
exec 3<&0
(cat <&3 >/dev/null; kill -TERM $$) &
touch "$1/ready"
while :; do sleep 0.02; done"#;

/// No test: `exp` with kinds of its own, when this binary is started by [`runner`].
#[test]
fn as_the_program() {
    let Ok(line) = std::env::var(LINE) else { return };
    let place = Place::new();
    let code = place.exp(&line).unwrap();
    let known = [0, 1, 2, 130].into_iter().find(|known| ExitCode::from(*known) == code);
    std::process::exit(known.unwrap().into());
}

/// A runner at work on its first job.
#[expect(clippy::zombie_processes, reason = "the caller waits; a panic ends the test anyway")]
fn runner(place: &Place) -> (Child, RunFolder, JobFolder) {
    place.program(ENDLESS);
    let folder = place.path("").display().to_string();
    let line = "run @/spec.yaml --runs @/runs --quiet --exp-job @/exp-job";
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "interrupts::as_the_program", "--nocapture"])
        .env(LINE, line.replace('@', folder.trim_end_matches('/')))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let started = Instant::now();
    loop {
        assert!(started.elapsed() < Duration::from_secs(20), "the job does not start");
        std::thread::sleep(Duration::from_millis(5));
        let Ok(run) = find::run(&place.path("runs"), "garden") else { continue };
        let job = run.job("root");
        if job.path().join("ready").exists() {
            return (child, run, job);
        }
    }
}

fn signal(child: &Child, name: &str) {
    Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
}

fn resume(place: &Place) {
    place.program(&done());
    let line = "resume garden --runs @/runs --quiet --exp-job @/exp-job";
    assert_eq!(place.exp(line), Ok(ExitCode::SUCCESS));
}

#[test]
fn an_interrupted_run_ends_with_130_and_says_how_to_go_on() {
    for name in ["-INT", "-TERM"] {
        let place = Place::new();
        let (mut child, run, job) = runner(&place);
        signal(&child, name);
        assert_eq!(child.wait().unwrap().code(), Some(130));
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        let stamp = run.path().file_name().unwrap().to_string_lossy().into_owned();
        assert!(said.contains("resume with: exp resume ") && said.contains(&stamp), "{said}");
        assert_eq!(job.record().unwrap().status, Status::Interrupted);
        assert_eq!(run.record().unwrap().status, RunStatus::Interrupted);
        resume(&place);
        assert_eq!(run.record().unwrap().status, RunStatus::Done);
    }
}

#[test]
fn the_jobs_of_a_runner_that_is_killed_stop_and_can_be_resumed() {
    let place = Place::new();
    let (mut child, run, job) = runner(&place);
    let busy = place.exp("resume garden --runs @/runs --exp-job @/exp-job").unwrap_err();
    assert!(busy.contains("is in use by process"), "{busy}");
    signal(&child, "-KILL");
    assert_eq!(child.wait().unwrap().signal(), Some(9));
    let started = Instant::now();
    while job.record().unwrap().status != Status::Interrupted {
        assert!(started.elapsed() < Duration::from_secs(20), "the job does not stop");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(run.live_record().unwrap().status, RunStatus::Interrupted);
    resume(&place);
    assert_eq!(run.live_record().unwrap().status, RunStatus::Done);
}
