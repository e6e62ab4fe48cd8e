//! Jobs that fail and are tried again, and jobs that hang.

use super::bench::Bench;
use super::fakes::{Fate, Gardener};
use exp::rundir::{RunStatus, Status};
use std::time::Duration;

const GARDEN: &str = "
name: garden
jobs:
  root: { kind: grow }
  fruit: { kind: graft, onto: root }
  weed: { kind: grow, rate: 2 }
";

#[test]
fn a_job_that_fails_is_tried_again_and_what_needs_it_goes_on() {
    let bench = Bench { retries: 2, ..Bench::new() };
    let (status, said, run) = bench.run(GARDEN, &Gardener::with(&[("root", Fate::FailsBefore(3))]));
    assert_eq!(status, RunStatus::Done);
    insta::assert_snapshot!(said, @"
    start root
    root Failed: no water
      the end of garden/STAMP/root/log.txt:
      | digging
      | hit a stone
    note: root: retry 1 of 2, from its newest checkpoint if it has one
    start root
    root Failed: no water
    note: root: retry 2 of 2, from its newest checkpoint if it has one
    start root
    root Done
    start fruit
    fruit Done
    start weed
    weed Done
    ");
    assert_eq!(run.job("root").record().unwrap().attempt, 3);
}

#[test]
fn the_tries_come_to_an_end() {
    let bench = Bench { retries: 1, ..Bench::new() };
    let (status, said, run) = bench.run(GARDEN, &Gardener::with(&[("root", Fate::Fails)]));
    assert_eq!(status, RunStatus::Failed);
    insta::assert_snapshot!(said, @"
    start root
    root Failed: no water
      the end of garden/STAMP/root/log.txt:
      | digging
      | hit a stone
    note: root: retry 1 of 1, from its newest checkpoint if it has one
    start root
    root Failed: no water
    note: fruit: skipped: it needs 'root', which failed
    start weed
    weed Done
    ");
    assert_eq!(run.job("root").record().unwrap().attempt, 2);
}

#[test]
fn a_job_that_hangs_is_killed_and_the_others_go_on() {
    let bench = Bench { hang: Some(Duration::from_millis(200)), ..Bench::new() };
    let (status, said, run) = bench.run(GARDEN, &Gardener::with(&[("root", Fate::Stubborn)]));
    assert_eq!(status, RunStatus::Failed);
    assert_eq!(run.job("root").record().unwrap().status, Status::Failed);
    assert_eq!(run.job("fruit").record().unwrap().status, Status::Skipped);
    insta::assert_snapshot!(said, @"
    start root
    kill root
    root Failed: it said nothing for 0.2 s and was killed (--hang-minutes allows more)
    note: fruit: skipped: it needs 'root', which failed
    start weed
    weed Done
    ");
}

#[test]
fn a_job_that_gives_signs_of_life_is_left_alone() {
    let bench = Bench { hang: Some(Duration::from_millis(200)), ..Bench::new() };
    let (run, lock) = bench.create(&bench.plan(GARDEN));
    let gardener = Gardener::with(&[("root", Fate::Done(30))]);
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // The job says nothing, as on a full disk: only its lock is marked.
            let file = run.job("root").path().join(".lock");
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                if let Ok(file) = std::fs::File::options().write(true).open(&file) {
                    file.set_modified(std::time::SystemTime::now()).unwrap();
                }
                std::thread::sleep(Duration::from_millis(10));
            }
        });
        let (status, said) = bench.watch(&run, &gardener, &mut || false);
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(status, RunStatus::Done, "{said}");
    });
    drop(lock);
}
