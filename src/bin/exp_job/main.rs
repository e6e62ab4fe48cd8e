//! `exp-job DIR`: runs the job in a folder to its end, from its newest checkpoint if it has one.
//!
//! Exit codes: 0 done, 1 failed, 2 not a job that can be started, 130 stopped on request.

mod cuda;
mod heartbeat;
mod inputs;
mod sampling;
mod stopping;
mod work;

use exp::caught::Panicked;
use exp::job::mishap;
use exp::{cli, streams};
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(tell));
    exp::files::heed_limit();
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    if words.first().is_some_and(|word| word == "--sample") {
        return sampling::execute(&words[1..]);
    }
    let mut arguments = words.into_iter();
    match (arguments.next(), arguments.next()) {
        (Some(flag), None) if flag == "--version" => say(&exp::rundir::provenance::build()),
        (Some(flag), None) if flag == "--devices" => say(&work::devices()),
        (Some(folder), None) if !folder.to_string_lossy().starts_with("--") => {
            work::execute(PathBuf::from(folder))
        }
        _ => {
            complain("usage: exp-job DIR (a job's folder; `exp run` makes and starts them)");
            ExitCode::from(2)
        }
    }
}

/// Takes a panic down in one line, and with the calls that led to it where all of them are asked for.
fn tell(panic: &std::panic::PanicHookInfo) {
    let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
    complain(&format!("panicked{place}: {}", mishap::of_panic(&Panicked::of(panic.payload()))));
    if std::env::var_os("RUST_BACKTRACE").is_some_and(|asked| asked == "full") {
        complain(&std::backtrace::Backtrace::force_capture().to_string());
    }
}

/// Says what was asked for; output that is lost is a failure.
fn say(words: &str) -> ExitCode {
    cli::say(words);
    match streams::lost() {
        Some(what) => {
            complain(&what);
            ExitCode::FAILURE
        }
        None => ExitCode::SUCCESS,
    }
}

/// Standard error is the job's log; a log that cannot be written never ends a job.
fn complain(words: &str) {
    cli::complain(&format!("exp-job: {words}"));
}
