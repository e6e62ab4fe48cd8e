//! What happens while a run is carried out.

use super::bench::Bench;
use super::fakes::{Fate, Gardener};
use exp::rundir::{RunStatus, Status};

/// A job above those it needs, and one on its own.
const GARDEN: &str = "
name: garden
seed: 3
jobs:
  fruit: { kind: graft, onto: branch }
  branch: { kind: graft, onto: root }
  root: { kind: grow }
  weed: { kind: grow, rate: 2 }
";

#[test]
fn jobs_run_after_those_they_need() {
    let bench = Bench::new();
    let (status, said, run) = bench.run(GARDEN, &Gardener::default());
    assert_eq!(status, RunStatus::Done);
    insta::assert_snapshot!(said, @"
    start root
    root Done
    start branch
    branch Done
    start fruit
    fruit Done
    start weed
    weed Done
    ");
    let summary = std::fs::read_to_string(run.path().join("summary.md")).unwrap();
    insta::assert_snapshot!(bench.plain(&summary), @"
    # garden

    Run `garden/STAMP`.

    |               | height |
    | ------------- | -----: |
    | fruit: plant  |  1.000 |
    | branch: plant |  1.000 |
    | root: plant   |  1.000 |
    | weed: plant   |  1.000 |

    | job | kind | status |
    | --- | ---- | ------ |
    | fruit | graft | done |
    | branch | graft | done |
    | root | grow | done |
    | weed | grow | done |
    ");
    let json = std::fs::read_to_string(run.path().join("summary.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["jobs"]["fruit"]["status"], "done");
    assert_eq!(json["jobs"]["fruit"]["rows"][0]["label"], "plant");
}

#[test]
fn as_many_as_are_allowed_run_at_once() {
    let bench = Bench { simultaneous: 2, ..Bench::new() };
    let gardener = Gardener::with(&[("root", Fate::Done(4)), ("weed", Fate::Done(1))]);
    let (status, said, _) = bench.run(GARDEN, &gardener);
    assert_eq!(status, RunStatus::Done);
    insta::assert_snapshot!(said, @"
    start root
    start weed
    weed Done
    root Done
    start branch
    branch Done
    start fruit
    fruit Done
    ");
}

#[test]
fn a_job_that_fails_takes_only_its_dependants_along() {
    let bench = Bench::new();
    let gardener = Gardener::with(&[("root", Fate::Fails)]);
    let (status, said, run) = bench.run(GARDEN, &gardener);
    assert_eq!(status, RunStatus::Failed);
    insta::assert_snapshot!(said, @"
    start root
    root Failed: no water
      the end of garden/STAMP/root/log.txt:
      | digging
      | hit a stone
    note: branch: skipped: it needs 'root', which failed
    note: fruit: skipped: it needs 'branch', which was skipped
    start weed
    weed Done
    ");
    let summary = std::fs::read_to_string(run.path().join("summary.md")).unwrap();
    insta::assert_snapshot!(bench.plain(&summary), @"
    # garden

    Run `garden/STAMP`.

    |             | height |
    | ----------- | -----: |
    | weed: plant |  1.000 |

    | job | kind | status |
    | --- | ---- | ------ |
    | fruit | graft | skipped: it needs 'branch', which was skipped |
    | branch | graft | skipped: it needs 'root', which failed |
    | root | grow | failed: no water |
    | weed | grow | done |
    ");
    assert_eq!(run.record().unwrap().status, RunStatus::Failed);

    // The cause is mended: what failed and what was skipped is made up for, and nothing else.
    let (status, said) = bench.resume(&run, &Gardener::default());
    assert_eq!(status, RunStatus::Done);
    insta::assert_snapshot!(said, @"
    start root
    root Done
    start branch
    branch Done
    start fruit
    fruit Done
    ");
    assert_eq!(run.job("root").record().unwrap().attempt, 2);
    assert_eq!(run.job("weed").record().unwrap().attempt, 1);
}

#[test]
fn a_process_that_dies_is_a_failure_that_says_how() {
    let bench = Bench::new();
    let (status, said, run) = bench.run(GARDEN, &Gardener::with(&[("weed", Fate::Dies)]));
    assert_eq!(status, RunStatus::Failed);
    assert_eq!(run.job("weed").record().unwrap().status, Status::Failed);
    insta::assert_snapshot!(said, @"
    start root
    root Done
    start branch
    branch Done
    start fruit
    fruit Done
    start weed
    weed Failed: the job's process was killed (signal 9): by somebody, or by the system when memory ran out
    ");
}

#[test]
fn the_first_failure_can_stop_the_others() {
    let bench = Bench { simultaneous: 2, fail_fast: true, ..Bench::new() };
    let gardener = Gardener::with(&[("root", Fate::Endless), ("weed", Fate::Fails)]);
    let (status, said, run) = bench.run(GARDEN, &gardener);
    assert_eq!(status, RunStatus::Failed);
    assert_eq!(run.job("root").record().unwrap().status, Status::Interrupted);
    insta::assert_snapshot!(said, @"
    start root
    start weed
    weed Failed: no water
      the end of garden/STAMP/weed/log.txt:
      | digging
      | hit a stone
    stop root
    note: a job failed: stopping the others (--fail-fast)
    root Interrupted
    ");
}
