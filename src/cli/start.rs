//! From the words of a command line to the exit code: [`start`].

use super::failure::{BAD_INPUT, JOB_FAILED};
use super::{Cli, output};
use crate::files;
use crate::job::Kind;
use crate::shown;
use crate::streams::{self, Stream};
use clap::Parser;
use std::process::ExitCode;

/// Does what the command line asks for, and says what there is to complain about. Where something that
/// was to be said could not be written, that is a failure too.
#[must_use]
pub fn start(kinds: &[&dyn Kind]) -> ExitCode {
    files::heed_limit();
    let code = match Cli::try_parse() {
        Ok(cli) => cli.execute(kinds).unwrap_or_else(|failure| {
            output::complain(&failure.to_string());
            failure.code()
        }),
        Err(answer) => answered(&answer),
    };
    match streams::lost() {
        Some(what) => {
            output::complain(&format!("error: {what}"));
            if code == ExitCode::SUCCESS { ExitCode::from(JOB_FAILED) } else { code }
        }
        None => code,
    }
}

/// Says what the parser of command lines has to say: help, the version, or what is wrong.
fn answered(answer: &clap::Error) -> ExitCode {
    let (stream, colours, code) = if answer.use_stderr() {
        (Stream::Error, console::colors_enabled_stderr(), BAD_INPUT)
    } else {
        (Stream::Output, console::colors_enabled(), 0)
    };
    let text = answer.render();
    // Its colours are ours, and what it repeats of arguments and variables is not.
    if colours && is_plain() {
        output::put(stream, &text.ansi().to_string());
    } else {
        output::put(stream, &shown::text(&text.to_string()));
    }
    ExitCode::from(code)
}

/// Whether nothing in the arguments, or in the variables that stand for some, would disturb a terminal.
fn is_plain() -> bool {
    let ours = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with("EXP_");
    let values = std::env::vars_os().filter(|(name, _)| ours(name)).map(|(_, value)| value);
    let mut words = std::env::args_os().chain(values);
    words.all(|word| word.to_string_lossy().chars().all(shown::is_plain))
}
