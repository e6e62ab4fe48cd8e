//! Everything that is wrong with a spec is found at once and shown where it stands.

use super::bench::Bench;
use super::fakes::KINDS;
use exp::dispatch::of_spec;

#[test]
fn all_problems_are_found_in_one_pass() {
    let bench = Bench::new();
    let problems = bench
        .lower(
            "name: garden
jobs:
  root: { kind: grow, rate: 11 }
  stone: { kind: grow, data: rock }
  wild: { kind: grwo }
  fruit: { kind: graft, onto: rot }
  lost: { kind: graft, onto: nowhere/at_all }
  small: { kind: graft, onto: sound, branches: 3 }
  sound: { kind: grow }
  one: { kind: graft, onto: two }
  two: { kind: graft, onto: three }
  three: { kind: graft, onto: one }
  self: { kind: graft, onto: self }
",
            &["fruit.branchs=2"],
        )
        .unwrap_err();
    insta::assert_snapshot!(problems, @"
    error: 'rate' must be between 0 and 10, and is 11
      --> spec.yaml:3:29
       |
     3 |   root: { kind: grow, rate: 11 }
       |                             ^^

    error: nothing grows in rock
      --> spec.yaml:4:30
       |
     4 |   stone: { kind: grow, data: rock }
       |                              ^^^^
      help: try sand

    error: unknown kind 'grwo' of job 'wild'
      --> spec.yaml:5:17
       |
     5 |   wild: { kind: grwo }
       |                 ^^^^
      help: did you mean 'grow'?

    error: there is no job 'rot' in this spec
      --> spec.yaml:6:31
       |
     6 |   fruit: { kind: graft, onto: rot }
       |                               ^^^
      help: did you mean 'root'?

    error: there is no run 'nowhere' (looked for it as a path and under RUNS); 'exp ls' lists the runs there are
      --> spec.yaml:7:30
       |
     7 |   lost: { kind: graft, onto: nowhere/at_all }
       |                              ^^^^^^^^^^^^^^
      help: name a job of this spec, or one of an earlier run as run/job, such as 'distill_t4/teachers'

    error: 3 branches do not fit onto 10
      --> spec.yaml:8:48
       |
     8 |   small: { kind: graft, onto: sound, branches: 3 }
       |                                                ^

    error: circular dependency: one -> two -> three -> one
      --> spec.yaml:10:29
        |
     10 |   one: { kind: graft, onto: two }
        |                             ^^^
      help: let one of them refer to another job, or to one of an earlier run

    error: the job 'self' depends on itself
      --> spec.yaml:13:30
        |
     13 |   self: { kind: graft, onto: self }
        |                              ^^^^
      help: let it refer to another job, or to one of an earlier run

    error: unknown key 'branchs' in job 'fruit'
      --> --set, column 7
      |
      | fruit.branchs=2
      |       ^^^^^^^
      help: did you mean 'branches'?
    ");
}

#[test]
fn a_problem_is_shown_at_an_override_only_if_that_makes_it() {
    let bench = Bench::new();
    let spec = "name: garden
jobs:
  small: { kind: graft, onto: sound, branches: 3 }
  sound: { kind: grow }
";
    for (given, place) in [("sound.branches=10", "spec.yaml:3:"), ("sound.branches=9", "--set,")] {
        let problems = bench.lower(spec, &[given]).unwrap_err();
        assert!(problems.contains(&format!("--> {place}")), "{given}: {problems}");
    }
}

#[test]
fn a_resolved_spec_means_the_same() {
    let bench = Bench::new();
    let text = "name: garden\njobs:\n  b: { kind: graft, onto: a }\n  a: { kind: grow, seed: 4 }\n";
    let plan = bench.plan(text);
    insta::assert_snapshot!(plan.resolved, @"
    name: garden
    seed: 0
    device: auto
    jobs:
      b:
        kind: graft
        onto: a
        branches: 10
      a:
        kind: grow
        seed: 4
        rate: 1.0
        data: sand
        branches: 10
    ");
    let again = bench.plan(&plan.resolved);
    let keys = |plan: &exp::dispatch::Plan| {
        plan.jobs.iter().map(|job| job.key.clone()).collect::<Vec<_>>()
    };
    assert_eq!(keys(&plan), keys(&again));
    assert_eq!(again.resolved, plan.resolved);
    assert_eq!(plan.order, ["b", "a"]);
}

#[test]
fn the_schema_has_every_kind() {
    let schema = of_spec(KINDS);
    let jobs = &schema["properties"]["jobs"]["additionalProperties"]["oneOf"];
    assert_eq!(jobs[0]["properties"]["kind"]["const"], "grow");
    assert_eq!(jobs[1]["properties"]["kind"]["const"], "graft");
    assert!(jobs[1]["properties"]["onto"].is_object(), "{jobs:#}");
    assert_eq!(jobs[1]["additionalProperties"], false);
}
