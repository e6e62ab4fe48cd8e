//! Requests to stop, runners that die, and going on afterwards.

use super::bench::Bench;
use super::fakes::{Fate, Gardener, KINDS};
use exp::dispatch::{Inventory, reopen};
use exp::rundir::{RunStatus, Status};

const GARDEN: &str = "
name: garden
jobs:
  weed: { kind: grow, rate: 2 }
  root: { kind: grow }
  fruit: { kind: graft, onto: root }
";

/// Asks to stop at these looks.
fn at(looks: &'static [u32]) -> impl FnMut() -> bool {
    let mut count = 0;
    move || {
        count += 1;
        looks.contains(&count)
    }
}

#[test]
fn a_request_to_stop_is_passed_on_and_the_run_can_be_resumed() {
    let bench = Bench::new();
    let (run, lock) = bench.create(&bench.plan(GARDEN));
    let gardener = Gardener::with(&[("root", Fate::Endless)]);
    let (status, said) = bench.watch(&run, &gardener, &mut at(&[10]));
    drop(lock);
    assert_eq!(status, RunStatus::Interrupted);
    insta::assert_snapshot!(said, @"
    start weed
    weed Done
    start root
    stop root
    note: stopping: jobs write a checkpoint; once more to kill them
    root Interrupted
    ");
    let status = |job: &str| run.job(job).record().unwrap().status;
    assert_eq!(
        ["weed", "root", "fruit"].map(status),
        [Status::Done, Status::Interrupted, Status::Pending]
    );
    let (status, said) = bench.resume(&run, &Gardener::default());
    assert_eq!(status, RunStatus::Done);
    insta::assert_snapshot!(said, @"
    start root
    root Done
    start fruit
    fruit Done
    ");
    // Resumed once more, nothing is left to do.
    let (status, said) = bench.resume(&run, &Gardener::default());
    assert_eq!((status, said.as_str()), (RunStatus::Done, ""));
}

#[test]
fn a_second_request_kills() {
    let bench = Bench::new();
    let (run, lock) = bench.create(&bench.plan(GARDEN));
    let gardener = Gardener::with(&[("weed", Fate::Stubborn)]);
    let (status, said) = bench.watch(&run, &gardener, &mut at(&[5, 8]));
    drop(lock);
    assert_eq!(status, RunStatus::Interrupted);
    assert_eq!(run.job("weed").record().unwrap().status, Status::Interrupted);
    insta::assert_snapshot!(said, @"
    start weed
    stop weed
    note: stopping: jobs write a checkpoint; once more to kill them
    kill weed
    weed Interrupted
    ");
}

#[test]
fn a_run_whose_runner_was_killed_is_interrupted_and_can_be_resumed() {
    let bench = Bench::new();
    let (run, lock) = bench.create(&bench.plan(GARDEN));
    let mut record = run.job("weed").record().unwrap();
    record.start();
    run.job("weed").write_record(&record).unwrap();
    assert_eq!(run.live_record().unwrap().status, RunStatus::Running);
    drop(lock); // as the system does when a runner is killed
    assert_eq!(run.live_record().unwrap().status, RunStatus::Interrupted);
    let (status, _) = bench.resume(&run, &Gardener::default());
    assert_eq!(status, RunStatus::Done);
    assert_eq!(run.job("weed").record().unwrap().attempt, 2);
}

#[test]
fn a_run_has_one_runner() {
    let bench = Bench::new();
    let (run, _lock) = bench.create(&bench.plan(GARDEN));
    let error = reopen(&run, KINDS, &Inventory::default()).unwrap_err().to_string();
    assert!(error.contains("is in use by process"), "{error}");
}

#[test]
fn a_job_that_began_on_a_device_that_is_gone_is_not_resumed() {
    let bench = Bench::new();
    let (run, lock) = bench.create(&bench.plan(GARDEN));
    drop(lock);
    let folder = run.job("root");
    let text = std::fs::read_to_string(folder.spec_file()).unwrap();
    std::fs::write(folder.spec_file(), text.replace("\"cpu\"", "\"cuda:1\"")).unwrap();
    let error = reopen(&run, KINDS, &Inventory::default()).unwrap_err().to_string();
    assert!(error.contains("'root'") && error.contains("'cuda:1'"), "{error}");
}
