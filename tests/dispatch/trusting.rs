//! Finished jobs are what their records claim, or nothing is taken from them.

use super::bench::Bench;
use super::fakes::{Gardener, KINDS};
use exp::analysis::summary::tables;
use exp::dispatch::{Decision, Inventory, Plan, nearest, reopen};
use exp::rundir::{Check, JobFolder, Passed, RunFolder, RunStatus};
use serde_json::{Value, json};
use std::path::Path;

const GARDEN: &str = "
name: garden
jobs:
  root: { kind: grow }
  fruit: { kind: graft, onto: root }
";

/// Changes a file of JSON; the time of its last change stays what it was.
fn edit(path: &Path, change: impl FnOnce(&mut Value)) {
    let written = path.metadata().unwrap().modified().unwrap();
    let mut value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    change(&mut value);
    std::fs::write(path, serde_json::to_vec_pretty(&value).unwrap()).unwrap();
    std::fs::File::options().write(true).open(path).unwrap().set_modified(written).unwrap();
}

fn decide(bench: &Bench, plan: &Plan) -> Vec<Decision> {
    plan.decide(bench.runs(), false, Check::Metadata, &Passed::default())
}

/// What the plan says of the nearest finished job to `name`.
fn why(bench: &Bench, plan: &Plan, name: &str) -> String {
    let wanted: Vec<_> = plan.jobs.iter().filter(|job| job.name == name).collect();
    nearest(bench.runs(), &wanted, &Passed::default())[name].differences.join("; ")
}

#[test]
fn a_changed_spec_under_the_old_key_is_not_reused_and_the_plan_names_the_field() {
    let bench = Bench::new();
    let (_, _, first) = bench.run(GARDEN, &Gardener::default());
    let plan = bench.plan(GARDEN);
    assert!(decide(&bench, &plan).iter().all(|it| matches!(it, Decision::Reuse(_))));
    edit(&first.job("root").spec_file(), |spec| spec["settings"]["rate"] = json!(5.0));
    let decisions = decide(&bench, &plan);
    let Decision::Again(told) = &decisions[0] else { panic!("{decisions:?}") };
    assert!(told.contains("root/spec.json is damaged: what it says is not what its key"), "{told}");
    assert_eq!(
        why(&bench, &plan, "root"),
        "its spec.json is damaged: it has the key of this job, though rate: 5.0 there, 1.0 here"
    );
    // Nor does it stand for what it says now.
    let other = bench.lower(GARDEN, &["root.rate=5"]).unwrap();
    assert_eq!(decide(&bench, &other)[0], Decision::Run);
    let (status, said, second) = bench.run(GARDEN, &Gardener::default());
    assert_eq!(status, RunStatus::Done);
    assert!(
        said.starts_with("note: skipped: ") && said.contains("root/spec.json is damaged"),
        "{said}"
    );
    assert!(said.contains("\nstart root\nroot Done"), "{said}");
    assert_eq!(second.job("root").record().unwrap().reused_from, None);
}

#[test]
fn everything_that_a_key_is_made_of_is_bound_to_it() {
    let bench = Bench::new();
    let (_, _, first) = bench.run(GARDEN, &Gardener::default());
    let plan = bench.plan(GARDEN);
    let changes: [(&str, &str, Value, &str); 9] = [
        ("root", "/seed", json!(3), "seed: 3 there, 0 here"),
        ("root", "/version", json!(7), "version of the kind: 7 there, 1 here"),
        ("root", "/settings/branches", json!(11), "branches: 11 there, 10 here"),
        ("root", "/settings/data", json!("rock"), "data: \"rock\" there, \"sand\" here"),
        ("root", "/data/data", json!("other"), "data: contents changed"),
        ("root", "/incidental", json!(["rate"]), "damaged"),
        ("fruit", "/needs/onto/key", json!("0123"), "onto: the job 'root' differs"),
        ("fruit", "/settings/branches", json!(12), "branches: 12 there, 10 here"),
        ("fruit", "/key", json!("0123456789abcdef0123456789abcdef"), "spec.json is damaged"),
    ];
    for (job, pointer, value, said) in changes {
        let file = first.job(job).spec_file();
        let good = std::fs::read(&file).unwrap();
        edit(&file, |spec| *spec.pointer_mut(pointer).unwrap() = value);
        let index = plan.jobs.iter().position(|planned| planned.name == job).unwrap();
        let decision = decide(&bench, &plan).swap_remove(index);
        assert!(matches!(decision, Decision::Again(_)), "{pointer}: {decision:?}");
        let told = why(&bench, &plan, job);
        assert!(told.contains(said), "{pointer}: {told}");
        std::fs::write(&file, good).unwrap();
        assert!(matches!(decide(&bench, &plan)[index], Decision::Reuse(_)));
    }
}

#[test]
fn figures_come_from_sealed_outcomes_alone() {
    let bench = Bench::new();
    let (_, _, first) = bench.run(GARDEN, &Gardener::default());
    let plan = bench.plan(GARDEN);
    let file = first.job("root").outcome_file();
    edit(&file, |outcome| outcome["rows"][0]["values"]["height"] = json!(99.0));
    let decisions = decide(&bench, &plan);
    let Decision::Again(told) = &decisions[0] else { panic!("{decisions:?}") };
    assert!(told.contains("root/outcome.json is damaged: its bytes are not those"), "{told}");
    assert!(why(&bench, &plan, "root").contains("outcome.json is damaged"));
    // What closes the run leaves them out and says so.
    let closing = tables(&first).unwrap();
    let labels: Vec<_> = closing.tables.iter().flatten().map(|row| row.label.as_str()).collect();
    assert_eq!(labels, ["fruit: plant"]);
    let told = closing.told.join("\n");
    assert!(told.starts_with("root: its figures are left out: "), "{told}");
    // Going on with it makes the job again, and then they are right.
    let (status, said) = bench.resume(&first, &Gardener::default());
    assert_eq!(status, RunStatus::Done);
    assert!(said.contains("start root") && !said.contains("start fruit"), "{said}");
    assert_eq!(tables(&first).unwrap().told, Vec::<String>::new());
    let summary = std::fs::read_to_string(first.path().join("summary.md")).unwrap();
    assert!(summary.contains("| root: plant  |  1.000 |"), "{summary}");
    // One that is gone, or was never sealed, is no better.
    edit(&first.job("root").record_file(), |record| {
        record.as_object_mut().unwrap().remove("outcome");
    });
    assert!(why(&bench, &plan, "root").contains("an earlier build made it"));
    assert!(matches!(decide(&bench, &plan)[0], Decision::Again(_)));
    std::fs::remove_file(first.job("fruit").outcome_file()).unwrap();
    assert!(matches!(decide(&bench, &plan)[1], Decision::Again(_)));
}

#[test]
fn a_summary_or_a_record_that_names_another_job_is_not_believed() {
    let bench = Bench::new();
    let (_, _, first) = bench.run(GARDEN, &Gardener::default());
    let other = bench.lower(GARDEN, &["root.rate=2"]).unwrap();
    // The summary says that the finished job is the wanted one.
    edit(&first.summary_file(), |summary| {
        summary["jobs"]["root"]["key"] = json!(other.jobs[0].key);
    });
    assert_eq!(decide(&bench, &other)[0], Decision::Run);
    // So does the record.
    edit(&first.job("root").record_file(), |record| record["key"] = json!(other.jobs[0].key));
    let decisions = decide(&bench, &other);
    let Decision::Again(told) = &decisions[0] else { panic!("{decisions:?}") };
    assert!(told.contains("root/job.json is damaged: its key is another"), "{told}");
}

#[test]
fn a_reused_job_that_leads_to_another_one_is_made_again() {
    let bench = Bench::new();
    let (_, _, first) = bench.run(GARDEN, &Gardener::default());
    let other = GARDEN.replace("kind: grow", "kind: grow, rate: 2");
    let (_, _, tall) = bench.run(&other, &Gardener::default());
    let (_, _, second) = bench.run(GARDEN, &Gardener::default());
    let reused = second.job("root");
    assert_eq!(
        reused.target().path().canonicalize().unwrap(),
        first.job("root").path().canonicalize().unwrap()
    );
    let leads = format!("../../../{}", tall.job("root").label());
    edit(&reused.record_file(), |record| record["reused_from"] = json!(leads));
    assert_eq!(reused.target().spec().unwrap().settings["rate"], 2.0);
    let (status, said) = bench.resume(&second, &Gardener::default());
    assert_eq!(status, RunStatus::Done);
    assert!(!said.contains("start"), "it is reused from where it should be: {said}");
    assert_eq!(reused.target().spec().unwrap().settings["rate"], 1.0);
}

fn refusal(run: &RunFolder) -> String {
    reopen(run, KINDS, &Inventory::default()).unwrap_err().to_string()
}

#[test]
fn a_job_whose_spec_was_changed_is_not_gone_on_with() {
    let bench = Bench::new();
    let (run, lock) = bench.create(&bench.plan(GARDEN));
    drop(lock);
    let file = run.job("root").spec_file();
    edit(&file, |spec| spec["settings"]["rate"] = json!(3.0));
    let told = refusal(&run);
    assert!(told.contains("root/spec.json is damaged: what it says is not"), "{told}");
}

#[test]
fn records_of_earlier_builds_are_read_and_not_believed() {
    let bench = Bench::new();
    let (_, _, first) = bench.run(GARDEN, &Gardener::default());
    // Needed jobs stood there as a folder by reference, without keys.
    let old = |folder: &JobFolder| {
        edit(&folder.spec_file(), |spec| {
            spec["needs"] = json!({ "root": "../root" });
            spec.as_object_mut().unwrap().remove("incidental");
        });
    };
    old(&first.job("fruit"));
    let plan = bench.plan(GARDEN);
    assert!(matches!(decide(&bench, &plan)[1], Decision::Again(_)));
    assert!(why(&bench, &plan, "fruit").contains("onto: the job 'root' differs"));
}
