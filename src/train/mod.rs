//! Training: the loop over epochs of data ([`epochs`]), its checkpoints ([`checkpoint`]), the
//! learner of labelled pictures ([`supervised`]), the model it leaves ([`model`]), and the pictures that
//! every kind has ([`show`]).

mod aside;
pub mod checkpoint;
pub mod epochs;
pub mod histogram;
mod learner;
pub mod model;
mod non_finite;
mod pace;
mod show;
pub mod supervised;

pub use aside::Aside;
pub use learner::{Learner, Length};
pub use pace::Pace;
pub use show::show;
