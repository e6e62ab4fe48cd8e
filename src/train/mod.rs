//! Training: the loop over epochs of data ([`epochs`]), its checkpoints ([`checkpoint`]), the
//! learner of labelled pictures ([`supervised`]), and the model it leaves ([`model`]).

pub mod checkpoint;
pub mod epochs;
pub mod histogram;
pub mod model;
mod pace;
pub mod supervised;
mod unsound;

pub use pace::Pace;
