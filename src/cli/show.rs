//! `exp show`: a spec with every default written out.

use super::arguments::SpecArguments;
use super::{Failure, networks, output};
use crate::job::Kind;
use clap::Args;
use std::process::ExitCode;

/// Print a spec with every default written out, as a spec
#[derive(Debug, Args)]
pub(super) struct Show {
    #[command(flatten)]
    spec: SpecArguments,
    /// Print the layers of each network instead, with what they give, their parameters and their work
    #[arg(long)]
    network: bool,
}

impl Show {
    pub(super) fn execute(&self, kinds: &[&dyn Kind]) -> Result<ExitCode, Failure> {
        let plan = self.spec.lower(kinds, None)?;
        if self.network {
            output::say(&networks::tables(&plan));
        } else {
            output::hand_on(&plan.resolved);
        }
        Ok(ExitCode::SUCCESS)
    }
}
