//! The command line: one file a subcommand, which holds its arguments and exit codes and leaves the
//! rest to the floors below.

mod arguments;
mod carry;
mod check;
mod data;
mod failure;
mod fields;
mod kinds;
mod ls;
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
    pub fn carry_out(&self, kinds: &[&dyn Kind]) -> Result<ExitCode, Failure> {
        match &self.command {
            Command::Run(run) => run.carry_out(kinds),
            Command::Resume(resume) => resume.carry_out(kinds),
            Command::Plan(plan) => plan.carry_out(kinds),
            Command::Check(check) => Ok(check.carry_out(kinds)),
            Command::Show(show) => show.carry_out(kinds),
            Command::Kinds(asked) => asked.carry_out(kinds),
            Command::Schema(schema) => Ok(schema.carry_out(kinds)),
            Command::Ls(ls) => ls.carry_out(),
            Command::Data(data) => data.carry_out(),
            Command::Sample(sample) => sample.carry_out(),
            Command::VerifyResume(verify) => verify.carry_out(kinds),
        }
    }
}
