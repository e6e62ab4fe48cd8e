//! `exp show`: a spec with every default written out.

use super::arguments::SpecArguments;
use super::{Failure, output};
use crate::job::Kind;
use clap::Args;
use std::process::ExitCode;

/// Print a spec with every default written out, as a spec
#[derive(Debug, Args)]
pub(super) struct Show {
    #[command(flatten)]
    spec: SpecArguments,
}

impl Show {
    pub(super) fn execute(&self, kinds: &[&dyn Kind]) -> Result<ExitCode, Failure> {
        output::hand_on(&self.spec.lower(kinds, None)?.resolved);
        Ok(ExitCode::SUCCESS)
    }
}
