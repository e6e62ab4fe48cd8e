//! Randomness as a function.
//!
//! Every draw of a job comes from a generator that is seeded by [`derive`]: a hash of the run's
//! seed, what the draw is for, and the step or epoch. So a checkpoint holds no generator state, and
//! a job that is resumed draws what it would have drawn. What must not change with the version of a crate
//! or of libtorch is drawn from [`Draws`].

mod derive;
mod draws;

pub use derive::derive;
pub(crate) use draws::Draws;
