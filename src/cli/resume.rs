//! `exp resume`: going on with a run.

use super::Failure;
use super::arguments::RootArgument;
use super::carry::{self, CarryArguments};
use crate::dispatch::{self, Inventory};
use crate::job::Kind;
use crate::rundir::{Passed, find};
use clap::Args;
use std::process::ExitCode;

/// Go on with a run that was interrupted, killed or has failed jobs
#[derive(Debug, Args)]
pub(super) struct Resume {
    /// The run: its folder, name/stamp, a stamp or the beginning of one, or a name (its last run)
    #[arg(value_name = "RUN")]
    run: String,
    #[command(flatten)]
    root: RootArgument,
    #[command(flatten)]
    carry: CarryArguments,
}

impl Resume {
    pub(super) fn carry_out(&self, kinds: &[&dyn Kind]) -> Result<ExitCode, Failure> {
        let run = find::run(&self.root.runs, &self.run)?;
        let mut executor = self.carry.executor()?;
        let mut signals = carry::signals()?;
        let lock = dispatch::reopen(&run, kinds, &Inventory::look())?;
        signals.heed();
        self.carry.carry(&run, lock, &mut executor, &mut signals, false, &Passed::default())
    }
}
