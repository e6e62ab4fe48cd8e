//! `exp verify-resume`: whether a run that is killed and resumed ends as one that is left alone.

use super::arguments::SpecArguments;
use super::failure::{INTERRUPTED, JOB_FAILED};
use super::{Failure, execution, output};
use crate::dispatch::{Inventory, Verified, Verify, VerifyError};
use crate::job::Kind;
use crate::rundir::paths;
use clap::Args;
use std::process::ExitCode;

/// How many differences are shown.
const SHOWN: usize = 20;

/// Show that a spec's runs resume exactly: run it once straight and once killed at random instants,
/// and compare parameters, optimiser state, artefacts, figures, measurements and TensorBoard's files
#[derive(Debug, Args)]
pub(super) struct VerifyResume {
    #[command(flatten)]
    spec: SpecArguments,
    /// How often the second run is killed
    #[arg(long, allow_negative_numbers = true, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    kills: u32,
    /// What the instants and the ways of killing are drawn from
    #[arg(long, allow_negative_numbers = true, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Keep both runs, in a hidden folder where runs are kept
    #[arg(long)]
    keep: bool,
}

impl VerifyResume {
    pub(super) fn execute(&self, kinds: &[&dyn Kind]) -> Result<ExitCode, Failure> {
        let mut signals = execution::signals()?;
        self.spec.lower(kinds, Some(&Inventory::look()))?;
        signals.heed();
        paths::here()?;
        let root = &self.spec.root.runs;
        let cannot = |error: std::io::Error| format!("cannot write {}: {error}", root.display());
        std::fs::create_dir_all(root).map_err(cannot)?;
        let folder =
            tempfile::Builder::new().prefix(".verify-").tempdir_in(root).map_err(cannot)?;
        let program = std::env::current_exe().map_err(|error| format!("{error}"))?;
        let verify = Verify {
            program,
            arguments: self.spec.again(),
            folder: folder.path(),
            kills: self.kills,
            seed: self.seed,
            asked_to_stop: &mut || signals.came_in(),
        };
        let verdict = verify.run(&mut |text| output::complain(text));
        let of_use = match &verdict {
            Ok(verdict) => !verdict.differences.is_empty(),
            Err(error) => !matches!(error, VerifyError::Interrupted),
        };
        if self.keep || of_use {
            let kept = folder.keep();
            output::complain(&format!("what was run is kept in {}", paths::shown(&kept).display()));
        }
        match verdict {
            Ok(verdict) => Ok(self.say(&verdict)),
            Err(error @ VerifyError::Interrupted) => {
                output::complain(&error.to_string());
                Ok(ExitCode::from(INTERRUPTED))
            }
            Err(error @ VerifyError::Ended { .. }) => {
                output::complain(&format!("error: {error}"));
                Ok(ExitCode::from(JOB_FAILED))
            }
            Err(error) => Err(error.to_string().into()),
        }
    }

    fn say(&self, verdict: &Verified) -> ExitCode {
        let Verified { straight, broken, kills, compared, differences } = verdict;
        let times = format!(
            "{:.1} s straight, {:.1} s with {kills} {}",
            straight.1,
            broken.1,
            if *kills == 1 { "kill" } else { "kills" }
        );
        let file = self.spec.file.display();
        if differences.is_empty() {
            output::say(&format!(
                "{file}: resumes exactly: {compared} tensors, files, measurements and records of \
                 TensorBoard are the same to the bit ({times})"
            ));
            return ExitCode::SUCCESS;
        }
        let count = differences.len();
        output::say(&format!(
            "{file}: does not resume exactly: {count} of {compared} tensors, files, measurements \
             and records of TensorBoard differ ({times})"
        ));
        for difference in &differences[..count.min(SHOWN)] {
            output::say(&format!("  {}: {}", difference.job, difference.what));
        }
        if count > SHOWN {
            output::say(&format!("  and {} more", count - SHOWN));
        }
        output::say(
            "  (on CUDA some kernels add in no fixed order: this is how far it holds there)",
        );
        ExitCode::from(JOB_FAILED)
    }
}
