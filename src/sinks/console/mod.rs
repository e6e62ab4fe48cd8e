//! What people see while jobs run: a [`Display`], of which there are four.
//!
//! The runner tails the records of its jobs and shows each here. Times are those of the records, so
//! a display needs no clock. Progress goes to standard error, what programs read to standard output.

mod bars;
mod display;
mod json;
mod lines;
mod mode;
mod plain;
mod quiet;
mod view;

pub use bars::Bars;
pub use display::Display;
pub use json::Json;
pub use lines::Lines;
pub use mode::{Mode, display};
pub use plain::Plain;
pub use quiet::Quiet;
