//! Where a job's events go, and what people see of them.
//!
//! A job writes through a [`FanOut`] over [`JsonLines`] (the record) and [`TensorBoard`] (the same
//! for TensorBoard); the runner follows the record from another process with [`Tail`] and shows it
//! on a [`console::Display`]. At the end [`table`] closes the run, and [`picture`] draws what a
//! number does not say. A log that cannot be written is said once and never ends a job.

pub mod console;
mod fan_out;
mod json_lines;
mod outage;
pub mod table;
mod tail;
mod tensorboard;

pub use fan_out::FanOut;
pub use json_lines::JsonLines;
pub use tail::Tail;
pub use tensorboard::{
    Embedding, ProjectorError, TensorBoard, TensorBoardRecord, tensorboard_records,
    write_embeddings, write_pictures,
};

/// The name of the record of a job, in its folder.
pub const EVENTS: &str = "events.jsonl";
