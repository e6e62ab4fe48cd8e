//! Both programs, killed at every step of every commit, and resumed.

use super::look::{Results, json, sound};
use super::place::{EPOCHS, Place, await_true, said};
use exp::rundir::JobFolder;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Lets `program` die at its `number`-th point.
pub(crate) fn fault(command: &mut Command, program: &str, number: u64, trace: &Path) -> Output {
    command.env("EXP_FAULT", number.to_string()).env("EXP_FAULT_PROGRAM", program);
    command.env("EXP_FAULT_TRACE", trace).output().unwrap()
}

/// The points that a program passed: step and file.
pub(crate) fn passed(trace: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(trace).unwrap_or_default();
    text.lines().map(|line| line.split_once('\t').unwrap().1.replace('\t', " ")).collect()
}

/// Tries the points from 1 on, two at a time, until a program lives; how many there were.
fn all_points(trial: impl Fn(u64) -> bool + Sync) -> u64 {
    let (next, last) = (AtomicU64::new(1), AtomicU64::new(u64::MAX));
    let failed = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let work = || {
            loop {
                let number = next.fetch_add(1, Ordering::SeqCst);
                if number >= last.load(Ordering::SeqCst) || failed.load(Ordering::SeqCst) {
                    return;
                }
                let tried =
                    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| trial(number)));
                match tried {
                    Ok(true) => {}
                    Ok(false) => drop(last.fetch_min(number, Ordering::SeqCst)),
                    Err(panic) => {
                        failed.store(true, Ordering::SeqCst);
                        std::panic::resume_unwind(panic);
                    }
                }
            }
        };
        let other = scope.spawn(work);
        work();
        other.join().unwrap();
    });
    last.into_inner() - 1
}

#[test]
fn a_job_that_dies_at_any_step_of_a_commit_resumes_to_the_same_bits() {
    let straight = Results::straight(EPOCHS);
    let twice = AtomicU64::new(0);
    let points = all_points(|number| {
        let place = Place::new();
        let trace = place.path("trace");
        let output = fault(&mut place.run_command(), "exp-job", number, &trace);
        let points = passed(&trace);
        if (points.len() as u64) < number {
            assert!(output.status.success(), "{}", said(&output));
            straight.assert_at(&place, "no fault");
            return false;
        }
        let what = format!("point {number}, {}", points.last().unwrap());
        let done = output.status.success();
        assert!(
            done || said(&output).contains("was killed (signal 9)"),
            "{what}: {}",
            said(&output)
        );
        sound(&place);
        if number % 5 == 0 && !done {
            // The job that goes on dies, too: at another point.
            let second = place.path("second");
            fault(&mut place.resume_command(), "exp-job", number * 7 % 40 + 1, &second);
            twice.fetch_add(1, Ordering::SeqCst);
            sound(&place);
        }
        place.resume();
        straight.assert_at(&place, &what);
        true
    });
    let twice = twice.into_inner();
    println!("a job died at each of {points} points, {twice} times again when it was resumed");
    assert!(points > 100, "{points} points");
}

#[test]
fn a_runner_that_dies_at_any_step_of_a_commit_leaves_a_run_or_nothing() {
    let straight = Results::straight(EPOCHS);
    let unnamed = AtomicU64::new(0);
    let points = all_points(|number| {
        let place = Place::new();
        let trace = place.path("trace");
        let output = fault(&mut place.run_command(), "exp", number, &trace);
        let points = passed(&trace);
        if (points.len() as u64) < number {
            assert!(output.status.success(), "{}", said(&output));
            return false;
        }
        let what = format!("point {number}, {}", points.last().unwrap());
        assert_eq!(output.status.signal(), Some(9), "{what}: {}", said(&output));
        if place.find().is_none() {
            unnamed.fetch_add(1, Ordering::SeqCst);
            let listed = place.command(&["ls"]).output().unwrap();
            assert!(
                listed.status.success() && !said(&listed).contains("tiny"),
                "{}",
                said(&listed)
            );
            let again = place.run_command().output().unwrap();
            assert!(again.status.success(), "{what}: {}", said(&again));
            straight.assert_at(&place, &what);
            return true;
        }
        // A job that survives stops by itself, with a checkpoint; a new runner waits for that.
        if number % 2 == 0 {
            let job = JobFolder::new(place.job());
            await_true("the job to stop", || !job.is_alive());
            sound(&place);
        }
        let resumed = place.resume_command().output().unwrap();
        assert!(resumed.status.success(), "{what}: {}", said(&resumed));
        straight.assert_at(&place, &what);
        if points.last().unwrap().starts_with("job started") {
            // The process without a runner had not begun, and left the job to the next.
            assert_eq!(json(&place.job().join("job.json"))["attempt"], 1, "{what}");
        }
        true
    });
    let unnamed = unnamed.into_inner();
    println!(
        "a runner died at each of {points} points, {unnamed} of them before the run had a name"
    );
    assert!(unnamed > 20 && points > unnamed + 40, "{unnamed} of {points} points");
}
