//! `exp schema`: the form of a spec, for editors and other validators.

use super::output;
use crate::dispatch;
use crate::job::Kind;
use clap::Args;
use std::process::ExitCode;

/// Print the JSON Schema of a spec
#[derive(Debug, Args)]
pub(super) struct Schema {}

impl Schema {
    #[expect(clippy::unused_self, reason = "every subcommand is executed in the same way")]
    pub(super) fn execute(&self, kinds: &[&dyn Kind]) -> ExitCode {
        output::hand_on(&format!("{:#}", dispatch::of_spec(kinds)));
        ExitCode::SUCCESS
    }
}
