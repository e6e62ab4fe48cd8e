//! How long the commands that only look take, among many runs.

use super::{Place, slower};
use exp::device::DeviceName;
use exp::dispatch::{Inventory, Resources, create};
use exp::job::Outcome;
use exp::rundir::{Look, Passed, Status};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Asserts on the median of ten, in milliseconds; on a machine that is busy, of several tens.
fn takes_less(limit: f64, what: &str, line: &str, place: &Place) {
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        best = best.min(median(line, place).as_secs_f64() * 1e3);
        if best < limit {
            break;
        }
    }
    println!("starting: exp {line}, {what}: {best:.1} ms");
    assert!(best < limit * slower(), "exp {line}, {what}: {best} ms");
}

/// The median of ten.
fn median(line: &str, place: &Place) -> Duration {
    let one = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_exp"));
        command.args(line.split_whitespace()).current_dir(place.path(""));
        let started = Instant::now();
        let output = command.env_remove("EXP_RUNS").env_remove("EXP_DATA").output().unwrap();
        let time = started.elapsed();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        time
    };
    let mut times: Vec<Duration> = (0..10).map(|_| one()).collect();
    times.sort();
    (times[4] + times[5]) / 2
}

/// The same files in another folder, without their bytes for a second time.
fn link(from: &Path, to: &Path, with_jobs: bool) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if !entry.file_type().unwrap().is_dir() {
            std::fs::hard_link(entry.path(), target).unwrap();
        } else if with_jobs {
            link(&entry.path(), &target, true);
        }
    }
}

/// So many finished runs of a spec that differs from the config.
fn fill(place: &Place, runs: usize, with_jobs: bool) {
    let text = std::fs::read(place.path("spec.yaml")).unwrap();
    let plan = place.lower(&text, &["teachers.epochs=9".to_owned(), "student.epochs=9".to_owned()]);
    let plan = plan.unwrap();
    let decisions = plan.decide(&place.runs(), true, Look::Glance, &Passed::default());
    let resources = Resources { devices: Inventory::default(), simultaneous: 1 };
    let cpu = |_| DeviceName::Cpu;
    let (run, lock) = create(&plan, &decisions, &cpu, &resources, &place.runs()).unwrap();
    let mut jobs = serde_json::Map::new();
    for job in &plan.jobs {
        let folder = run.job(&job.name);
        let mut record = folder.record().unwrap();
        record.end(Status::Done, None);
        record.outcome = Some(folder.write_outcome(&Outcome::default()).unwrap());
        folder.write_record(&record).unwrap();
        jobs.insert(job.name.clone(), serde_json::to_value(&record).unwrap());
    }
    run.write_summary(&serde_json::json!({ "jobs": jobs }), "").unwrap();
    drop(lock);
    for index in 1..runs {
        let stamp = format!("20200101-{index:06}-{index:04x}");
        link(run.path(), &place.runs().join("distill_t4").join(stamp), with_jobs);
    }
}

fn place() -> Place {
    let place = Place::new();
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs/distill_t4.yaml");
    std::fs::copy(config, place.path("spec.yaml")).unwrap();
    place
}

#[test]
fn commands_that_only_look_answer_at_once() {
    let place = place();
    for runs in [0, 1000] {
        if runs > 0 {
            fill(&place, runs, true);
        }
        for line in ["--version", "check spec.yaml", "plan spec.yaml", "show spec.yaml", "ls"] {
            takes_less(50.0, &format!("{runs} runs"), line, &place);
        }
    }
}

#[test]
fn ten_thousand_runs_are_listed_within_a_second() {
    let place = place();
    fill(&place, 10_000, false);
    takes_less(1000.0, "10,000 runs", "ls", &place);
}
