//! The events of a job for TensorBoard ([`TensorBoard`]).
//!
//! Records are framed by `tensorboard_rs::record_writer::RecordWriter` over our own file, since the
//! thread behind that crate's own writers panics on a full disk. A folder holds up to three files,
//! and TensorBoard's older loader reads them one after the other, so their names sort that way:
//!
//! - `….0.start` says which settings the job has (written once, whatever the number of attempts);
//! - `….1.main` holds the measurements; on resume it is cut back to the checkpoint and continued,
//!   since TensorBoard keeps both of two points that claim one step;
//! - `….2.end` says how it ended (written once, at the end: TensorBoard believes the first).
//!
//! Points for its projector are files of their own: [`write_embeddings`]; and so are pictures that
//! belong to no job: [`write_pictures`]. [`tensorboard_records`] reads back what a job has told.

mod files;
mod message;
mod pictures;
mod projector;
mod read;
mod records;
mod session;
mod writer;

pub use pictures::write_pictures;
pub use projector::{Embedding, ProjectorError, write_embeddings};
pub use read::{TensorBoardRecord, tensorboard_records};
pub use writer::TensorBoard;

#[cfg(test)]
mod tests;
