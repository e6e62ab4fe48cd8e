//! Nothing is computed twice.

use super::bench::Bench;
use super::fakes::{Fate, Gardener};
use crate::work::{self, SLOWER};
use exp::dispatch::{Decision, nearest};
use exp::job::Outcome;
use exp::rundir::{Check, Passed, RunStatus, Status, find};
use std::fmt::Write;
use std::time::Duration;

const GARDEN: &str = "
name: garden
jobs:
  root: { kind: grow }
  fruit: { kind: graft, onto: root }
";

#[test]
fn a_spec_that_means_the_same_is_not_run_again() {
    let bench = Bench::new();
    let (_, _, first) = bench.run(GARDEN, &Gardener::default());
    let other = "
# the same, said differently
jobs:
  apple: { onto: stem, kind: graft, branches: 10 }
  stem: { branches: 10, kind: grow, rate: 1.0 }
name: orchard
seed: 0
";
    let (status, said, second) = bench.run(other, &Gardener::default());
    assert_eq!((status, said.as_str()), (RunStatus::Done, ""));
    let target = second.job("apple").target();
    assert_eq!(
        target.path().canonicalize().unwrap(),
        first.job("fruit").path().canonicalize().unwrap()
    );
    let summary = std::fs::read_to_string(second.path().join("summary.md")).unwrap();
    insta::assert_snapshot!(bench.plain(&summary), @"
    # orchard

    Run `orchard/STAMP`.

    |              | height |
    | ------------ | -----: |
    | apple: plant |  1.000 |
    | stem: plant  |  1.000 |

    | job | kind | status |
    | --- | ---- | ------ |
    | apple | graft | done, reused from `garden/STAMP/fruit` |
    | stem | grow | done, reused from `garden/STAMP/root` |
    ");
}

#[test]
fn a_change_runs_what_it_concerns_and_the_plan_says_why() {
    let bench = Bench::new();
    bench.run(GARDEN, &Gardener::default());
    let mut shown = String::new();
    for change in [
        "fruit.branches=10",
        "root.rate=2",
        "root.data=loam",
        "seed=1",
        "jobs.fruit.seed=4",
        "name=other",
    ] {
        let plan = bench.lower(GARDEN, &[change]).unwrap();
        let decisions = plan.decide(bench.runs(), false, Check::Metadata, &Passed::default());
        let wanted: Vec<_> = plan.jobs.iter().collect();
        let near = nearest(bench.runs(), &wanted, &Passed::default());
        writeln!(shown, "{change}").unwrap();
        for (job, decision) in plan.jobs.iter().zip(decisions) {
            let what = match decision {
                Decision::Run => near[&job.name].differences.join("; "),
                _ => "reuse".to_owned(),
            };
            writeln!(shown, "  {}: {what}", job.name).unwrap();
        }
    }
    insta::assert_snapshot!(shown, @r#"
    fruit.branches=10
      root: reuse
      fruit: reuse
    root.rate=2
      root: rate: 1.0 there, 2.0 here
      fruit: onto: the job 'root' differs
    root.data=loam
      root: data: "sand" there, "loam" here
      fruit: onto: the job 'root' differs
    seed=1
      root: seed: 0 there, 1 here
      fruit: seed: 0 there, 1 here; onto: the job 'root' differs
    jobs.fruit.seed=4
      root: reuse
      fruit: seed: 0 there, 4 here
    name=other
      root: reuse
      fruit: reuse
    "#);
}

#[test]
fn a_job_of_an_earlier_run_can_be_named() {
    let bench = Bench::new();
    let (_, _, first) = bench.run(GARDEN, &Gardener::default());
    let graft = "
name: later
jobs:
  fruit: { kind: graft, onto: garden/root }
  bud: { kind: graft, onto: garden/fruit }
";
    let (status, said, second) = bench.run(graft, &Gardener::default());
    assert_eq!((status, said.as_str()), (RunStatus::Done, "start bud\nbud Done"));
    let bud = second.job("bud");
    let need = bud.need(&bud.spec().unwrap().needs["onto"].folder);
    assert_eq!(
        need.path().canonicalize().unwrap(),
        first.job("fruit").path().canonicalize().unwrap()
    );
}

#[test]
fn jobs_of_one_spec_that_mean_the_same_run_once() {
    let bench = Bench { simultaneous: 2, ..Bench::new() };
    let twins = "
name: twins
jobs:
  one: { kind: grow }
  other: { kind: grow }
  fruit: { kind: graft, onto: other }
";
    let (status, said, run) = bench.run(twins, &Gardener::default());
    assert_eq!(status, RunStatus::Done);
    insta::assert_snapshot!(said, @"
    start one
    one Done
    note: other: reused from twins/STAMP/one
    start fruit
    fruit Done
    ");
    assert_eq!(run.job("other").target().path(), run.job("one").path());
}

#[test]
fn what_another_process_is_computing_is_waited_for() {
    let bench = Bench::new();
    let (first, lock) = bench.create(&bench.plan(GARDEN));
    // The other process has the key, and is done some looks later.
    let key = first.job("root").record().unwrap().key;
    let claims = bench.runs().join(".claims");
    std::fs::create_dir_all(&claims).unwrap();
    let claim = std::fs::File::create(claims.join(&key)).unwrap();
    claim.lock().unwrap();
    std::fs::write(claims.join(&key), first.job("root").label()).unwrap();
    let (second, _second_lock) = bench.create(&bench.plan(GARDEN));
    let mut claim = Some(claim);
    let mut looks = 0;
    let mut other = || {
        looks += 1;
        if looks == 8 {
            let mut record = first.job("root").record().unwrap();
            record.start();
            record.end(Status::Done, None);
            record.outcome = Some(first.job("root").write_outcome(&Outcome::default()).unwrap());
            first.job("root").write_record(&record).unwrap();
            claim = None;
        }
        false
    };
    let gardener = Gardener::with(&[("fruit", Fate::Done(1))]);
    let (status, said) = bench.watch(&second, &gardener, &mut other);
    drop(lock);
    assert_eq!(status, RunStatus::Done);
    insta::assert_snapshot!(said, @"
    note: root: waiting for garden/STAMP/root, which computes the same
    note: root: reused from garden/STAMP/root
    start fruit
    fruit Done
    ");
}

#[test]
fn what_was_finished_since_the_plan_is_not_computed_again() {
    let bench = Bench::new();
    let (first, lock) = bench.create(&bench.plan(GARDEN));
    let (second, other_lock) = bench.create(&bench.plan(GARDEN));
    bench.watch(&first, &Gardener::default(), &mut || false);
    let (status, said) = bench.watch(&second, &Gardener::default(), &mut || false);
    drop((lock, other_lock));
    assert_eq!(status, RunStatus::Done);
    assert!(!said.contains("start"), "{said}");
    assert_eq!(second.job("fruit").target().path(), first.job("fruit").path());
}

#[test]
fn many_runs_are_searched_in_a_second() {
    let bench = Bench::new();
    let (_, _, run) = bench.run(GARDEN, &Gardener::default());
    let summary = std::fs::read(run.summary_file()).unwrap();
    for index in 0..10_000 {
        let stamp = format!("20200101-{index:06}-{index:04x}");
        let copy = bench.runs().join("garden").join(stamp);
        std::fs::create_dir_all(&copy).unwrap();
        std::fs::write(copy.join("summary.json"), &summary).unwrap();
    }
    let (decided, time) = work::of(|| {
        let plan = bench.lower(GARDEN, &["root.rate=2"]).unwrap();
        plan.decide(bench.runs(), false, Check::Metadata, &Passed::default())
    });
    assert_eq!(decided, [Decision::Run, Decision::Run]);
    println!("reuse: {time:?} for {}", find::runs(bench.runs()).len());
    assert!(time < Duration::from_secs(1) * SLOWER, "{time:?}");
}
