//! What people see while jobs run: a [`Display`], of which there are four.
//!
//! The runner tails the records of its jobs and shows each here. Times are those of the records, so
//! a display needs no clock. Progress goes to standard error, what programs read to standard output.

mod bars;
mod json;
mod lines;
mod plain;
mod quiet;
mod view;

pub use bars::Bars;
pub use json::Json;
pub use lines::Lines;
pub use plain::Plain;
pub use quiet::Quiet;

use crate::event::{Ending, Record};
use crate::streams::Stream;
use std::io::{self, IsTerminal};

/// Shows the records of several jobs.
pub trait Display: Send {
    /// Shows one record of a job. A job is known from its first record on.
    fn show(&mut self, job: &str, record: &Record);

    /// A job's process has ended; `message` says why, where that is not plain.
    fn job_ended(&mut self, job: &str, ending: Ending, message: Option<&str>);

    /// A line about the run as a whole, or about a job that need not run.
    fn note(&mut self, text: &str);
}

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Bars on a terminal, lines elsewhere.
    Auto,
    /// Warnings and failures alone.
    Quiet,
    /// Every record as a line of JSON on standard output.
    Json,
}

/// The display for a mode, on this process's own standard output and error.
#[must_use]
pub fn display(mode: Mode) -> Box<dyn Display> {
    match mode {
        Mode::Quiet => Box::new(Plain(Quiet::new(Box::new(Stream::Error)))),
        Mode::Json => Box::new(Json::new(Box::new(Stream::Output))),
        Mode::Auto if io::stderr().is_terminal() => {
            Box::new(Plain(Bars::new(indicatif::ProgressDrawTarget::stderr())))
        }
        Mode::Auto => Box::new(Plain(Lines::new(Box::new(Stream::Error)))),
    }
}
