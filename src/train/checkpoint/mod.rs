//! Checkpoints: what they are on disk ([`file`]), which of them stay ([`index`]), and the
//! [`Store`] that keeps them and finds the newest whole one; a [`Committer`] commits them while
//! training goes on.

mod committer;
pub mod file;
mod index;
mod store;

pub use committer::{Committed, Committer};
pub use file::{FileError, Tensors};
pub use store::{Restored, Store};
