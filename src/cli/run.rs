//! `exp run`: from a spec to results.

use super::arguments::SpecArguments;
use super::execution::{self, ExecutionArguments};
use super::{Failure, output};
use crate::device::DeviceName;
use crate::dispatch::{self, Decision, Inventory, Resources};
use crate::files::Digests;
use crate::job::Kind;
use crate::machine;
use crate::rundir::{Check, Passed};
use clap::Args;
use std::process::ExitCode;

/// Run a spec: every job of it that was not done before
#[derive(Debug, Args)]
pub(super) struct Run {
    #[command(flatten)]
    spec: SpecArguments,
    #[command(flatten)]
    execution: ExecutionArguments,
    /// Run every job, also those that were done before
    #[arg(long)]
    fresh: bool,
}

impl Run {
    pub(super) fn execute(&self, kinds: &[&dyn Kind]) -> Result<ExitCode, Failure> {
        let mut signals = execution::signals()?;
        let devices = Inventory::look();
        // What is reused is chosen by the digests of the data: they are of what lies there now.
        Digests::of_user().distrust();
        let plan = self.spec.lower(kinds, Some(&devices))?;
        let mut executor = self.execution.executor()?;
        let root = &self.spec.root.runs;
        let passed = Passed::default();
        let decisions = plan.decide(root, self.fresh, Check::Contents, &passed);
        passed.news().iter().for_each(|line| output::complain(line));
        let large = dispatch::too_large(&plan, &decisions, &devices, machine::memory());
        if !large.is_empty() {
            return Err(large.join("\n").into());
        }
        if decisions.contains(&Decision::Run) {
            output::notes(&plan.notes);
        }
        if !self.fresh {
            output::notes(dispatch::begun(root, &plan, &decisions).as_slice());
        }
        let simultaneous = usize::from(self.execution.jobs);
        let lanes = |job: usize| {
            let chosen = devices.choose(plan.device, job % simultaneous);
            chosen.unwrap_or(DeviceName::Cpu) // found to be there when the spec was checked
        };
        let resources = Resources { devices: devices.clone(), simultaneous };
        signals.heed();
        let (run, lock) = dispatch::create(&plan, &decisions, &lanes, &resources, root)?;
        self.execution.execute(&run, lock, &mut executor, &mut signals, self.fresh, &passed)
    }
}
