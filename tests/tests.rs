//! The tests that need more than one module: one binary, since each links libtorch.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
#![allow(clippy::print_stdout, reason = "a test that skips says so")]

mod absent_data;
mod architecture;
mod autoencoder;
mod bad_input;
mod commands;
mod corpora;
mod data_flaws;
mod decorations;
mod dispatch;
mod exchanged;
mod formats;
mod interrupts;
mod isolation;
mod large_input;
mod limits;
mod networks;
mod numerics;
mod phases;
mod pictures;
mod pipeline;
mod programs;
mod reliance;
mod resuming;
mod setup;
mod specs;
mod surroundings;
mod tampering;
mod tensorboard;
mod terminal;
mod training;
mod waiting;
mod work;
