//! How much is shown, and the display for it: [`Mode`], [`display`].

use super::bars::Bars;
use super::display::Display;
use super::json::Json;
use super::lines::Lines;
use super::plain::Plain;
use super::quiet::Quiet;
use crate::streams::Stream;
use std::io::{self, IsTerminal};

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
