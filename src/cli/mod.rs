//! The command line: one file a subcommand, which holds its arguments and exit codes and leaves the
//! rest to the floors below.

mod arguments;
mod check;
mod data;
mod execution;
mod failure;
mod fields;
mod kinds;
mod ls;
mod networks;
mod output;
mod plan;
mod resume;
mod run;
mod sample;
mod schema;
mod show;
mod start;
mod verify_resume;

pub use failure::Failure;
pub use output::{complain, say};
pub use start::start;

use crate::job::Kind;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Runs deep-learning experiments that are written down as YAML.
#[derive(Debug, Parser)]
#[command(name = "exp", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Run),
    Resume(resume::Resume),
    Plan(plan::Plan),
    Check(check::Check),
    Show(show::Show),
    Kinds(kinds::Kinds),
    Schema(schema::Schema),
    Ls(ls::Ls),
    Data(data::Data),
    Sample(sample::Sample),
    VerifyResume(verify_resume::VerifyResume),
}

impl Cli {
    /// Does what was asked for, with these kinds of jobs.
    ///
    /// # Errors
    /// What there is to complain about; it knows its exit code.
    pub fn execute(&self, kinds: &[&dyn Kind]) -> Result<ExitCode, Failure> {
        match &self.command {
            Command::Run(run) => run.execute(kinds),
            Command::Resume(resume) => resume.execute(kinds),
            Command::Plan(plan) => plan.execute(kinds),
            Command::Check(check) => Ok(check.execute(kinds)),
            Command::Show(show) => show.execute(kinds),
            Command::Kinds(asked) => asked.execute(kinds),
            Command::Schema(schema) => Ok(schema.execute(kinds)),
            Command::Ls(ls) => ls.execute(),
            Command::Data(data) => data.execute(),
            Command::Sample(sample) => sample.execute(),
            Command::VerifyResume(verify) => verify.execute(kinds),
        }
    }
}
