//! `exp resume`: going on with a run.

use super::Failure;
use super::arguments::RootArgument;
use super::execution::{self, ExecutionArguments};
use crate::dispatch::{self, Inventory};
use crate::job::Kind;
use crate::rundir::{Passed, find};
use clap::Args;
use std::process::ExitCode;

/// Continue a run that was interrupted, killed or has failed jobs
#[derive(Debug, Args)]
pub(super) struct Resume {
    /// The run: its folder, name/stamp, a stamp or the beginning of one, or a name (its last run)
    #[arg(value_name = "RUN")]
    run: String,
    #[command(flatten)]
    root: RootArgument,
    #[command(flatten)]
    execution: ExecutionArguments,
}

impl Resume {
    pub(super) fn execute(&self, kinds: &[&dyn Kind]) -> Result<ExitCode, Failure> {
        let run = find::run(&self.root.runs, &self.run)?;
        let mut executor = self.execution.executor()?;
        let mut signals = execution::signals()?;
        let lock = dispatch::reopen(&run, kinds, &Inventory::look())?;
        signals.heed();
        self.execution.execute(&run, lock, &mut executor, &mut signals, false, &Passed::default())
    }
}
