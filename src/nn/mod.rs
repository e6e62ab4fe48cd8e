//! Networks over a member axis: K networks of one form are one [`Network`] with parameters
//! `[K, …]` and logits `[K, B, classes]`; K = 1 is the ordinary case.
//!
//! [`NetworkSpec`] is the plain description; [`build`] makes the network. How members are placed
//! (batched, side by side or in turn) is decided by [`placement`] and changes no result beyond
//! rounding.

mod build;
mod cnn;
mod dropout;
mod generator;
mod init;
mod layout;
mod members;
mod mlp;
mod network;
mod placement;
mod spec;

pub use build::{build, with_parameters};
pub use generator::seeded;
pub use layout::{ParameterKind, ParameterLayout};
pub use network::{Network, NetworkError, Noise, Objective};
pub use placement::{Placement, placement, placement_on, stacks};
pub use spec::{CnnSpec, MlpSpec, NetworkSpec};

#[cfg(test)]
mod tests;
