//! Checkpoints: what they are on disk ([`file`]), which of them stay ([`policy`]), and the
//! [`Store`] that commits them and finds the newest whole one.

pub mod file;
mod index;
mod policy;
mod store;

pub use file::{FileError, Tensors};
pub use store::{Restored, Store};
