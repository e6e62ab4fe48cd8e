//! Optimisers and the schedules of their rates.
//!
//! What people write ([`OptimiserSpec`], [`ScheduleSpec`]) is plain; [`Optimiser`] carries it out
//! over lists of tensors and holds the state that a checkpoint keeps.

mod adagrad;
mod adam;
mod error;
mod fused;
mod optimiser;
mod range;
mod rmsprop;
mod rule;
mod schedule;
mod sgd;
mod spec;

#[cfg(test)]
mod tests;

pub use error::OptimError;
pub use optimiser::Optimiser;
pub use schedule::{ConstantSpec, CosineSpec, ScheduleSpec, StepSpec};
pub use spec::{AdagradSpec, AdamSpec, AdamwSpec, OptimiserSpec, Rates, RmspropSpec, SgdSpec};
