//! `exp check`: whether specs are sound.

use super::arguments::{DataArguments, RootArgument};
use super::failure::BAD_INPUT;
use super::output;
use crate::dispatch::{self, Decision, Inventory, Request};
use crate::job::Kind;
use crate::machine;
use crate::rundir::paths;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

/// Check specs, without running anything
#[derive(Debug, Args)]
pub(super) struct Check {
    /// The specs
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Override a field of each: student.loss.temperature=2 (repeatable)
    #[arg(long = "set", value_name = "FIELD=VALUE")]
    set: Vec<String>,
    #[command(flatten)]
    root: RootArgument,
    #[command(flatten)]
    data: DataArguments,
}

fn refused(why: &String) -> String {
    format!("exp run would refuse this here: {why}")
}

impl Check {
    pub(super) fn execute(&self, kinds: &[&dyn Kind]) -> ExitCode {
        let roots = self.data.roots();
        let mut code = ExitCode::SUCCESS;
        for file in &self.files {
            let request = Request {
                file,
                overrides: &self.set,
                device: None,
                data_roots: &roots,
                runs: &self.root.runs,
                devices: None,
            };
            match dispatch::lower(kinds, &request) {
                Ok(plan) => {
                    let count = plan.jobs.len();
                    let plural = if count == 1 { "job" } else { "jobs" };
                    output::say(&format!("{}: {count} {plural}, valid", paths::printed(file)));
                    output::notes(&plan.notes);
                    let all = vec![Decision::Run; count];
                    let large =
                        dispatch::too_large(&plan, &all, &Inventory::look(), machine::memory());
                    output::notes(&large.iter().map(refused).collect::<Vec<_>>());
                }
                Err(problems) => {
                    output::complain(&problems.to_string());
                    code = ExitCode::from(BAD_INPUT);
                }
            }
        }
        code
    }
}
