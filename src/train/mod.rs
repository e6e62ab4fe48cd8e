//! Training: the loop over epochs of data ([`epochs`]), its checkpoints ([`checkpoint`]), the
//! learner of labelled pictures ([`supervised`]), the model it leaves ([`model`]), and the pictures that
//! every kind has ([`show`]).

mod aside;
pub mod checkpoint;
pub mod epochs;
pub mod histogram;
pub mod model;
mod pace;
mod show;
pub mod supervised;
mod unsound;

pub use aside::Aside;
pub use pace::Pace;
pub use show::show;
