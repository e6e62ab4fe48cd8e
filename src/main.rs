//! `exp`: reads, checks, plans, starts and watches experiments. It loads no tensor library.

use clap::Parser;
use exp::cli::{Cli, complain};
use exp::experiments::KINDS;
use std::process::ExitCode;

fn main() -> ExitCode {
    match Cli::parse().carry_out(KINDS) {
        Ok(code) => code,
        Err(failure) => {
            complain(&failure.to_string());
            failure.code()
        }
    }
}
