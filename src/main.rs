//! `exp`: reads, checks, plans, starts and watches experiments. It loads no tensor library.

use exp::experiments::KINDS;
use std::process::ExitCode;

fn main() -> ExitCode {
    exp::cli::start(KINDS)
}
