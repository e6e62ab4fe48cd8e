//! `exp-job --sample DIR COUNT SEED OUT`: pictures drawn from the finished auto-encoder in a job's
//! folder, for `exp sample`, which has checked what can be checked without tensors.

use super::complain;
use exp::dispatch::fault;
use exp::experiments::autoencoder::sample::sample;
use exp::files::Place;
use exp::job::RunError;
use exp::rundir::{Check, JobFolder};
use std::ffi::OsString;
use std::process::ExitCode;

/// Draws the pictures and returns the program's exit code.
pub(crate) fn execute(words: &[OsString]) -> ExitCode {
    let [folder, count, seed, out] = words else {
        complain("usage: exp-job --sample DIR COUNT SEED OUT (`exp sample` starts it so)");
        return ExitCode::from(2);
    };
    match draw(folder, count, seed, out) {
        Ok(warnings) => {
            for warning in &warnings {
                complain(warning);
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn draw(
    folder: &OsString,
    count: &OsString,
    seed: &OsString,
    out: &OsString,
) -> Result<Vec<String>, RunError> {
    let job = JobFolder::open(folder)?;
    if let Some(why) = fault(&job, Check::Contents) {
        return Err(format!("{why}; 'exp resume' of its run makes it again").into());
    }
    let (count, seed) = (count.to_string_lossy().parse()?, seed.to_string_lossy().parse()?);
    let target = job.target();
    sample(&target.artifacts(), &target.record()?.made, &Place::trusted(out), count, seed)
}
