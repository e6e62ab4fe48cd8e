//! Networks over a member axis: K networks of one form are one [`Network`] with parameters
//! `[K, …]` and outputs `[K, B, …]`; K = 1 is the ordinary case.
//!
//! A network is a list of [`layers`]. [`NetworkSpec`] is what people write, whose short forms lower to
//! layers; its [`Design`] is what one plain walk over them found (forms, parameters, work, what is wrong);
//! [`build`] makes the network. Two engines run it: a written-out stack where layers are purely dense, else
//! automatic differentiation. How members are placed (batched, side by side or in turn) is decided by
//! [`placement`] and changes no result beyond rounding.

mod blueprint;
mod build;
mod dense_form;
mod dense_stack;
mod design;
mod dropout;
mod engine;
mod error;
mod form;
mod generator;
mod gradients;
mod graph;
mod init;
mod initial;
pub mod layers;
mod memory;
mod network;
mod noise;
mod pass;
mod placement;
mod spec;
mod value;
mod walk;

pub use blueprint::{Blueprint, BufferLayout, LayerPlan, ParameterKind, ParameterLayout};
pub use build::{build, build_design, design_with_parameters, with_parameters};
pub use dense_stack::BatchLayout;
pub use design::{Design, stacks};
pub use error::NetworkError;
pub use form::Form;
pub use generator::seeded;
pub use gradients::{Gradients, Wanted};
pub use initial::{Initial, InitialValues};
pub use network::{Network, Tape};
pub use noise::{Noise, Objective};
pub use placement::{Placement, placement, placement_on};
pub(crate) use spec::check_widths;
pub use spec::{CnnSpec, LayersSpec, MlpSpec, NetworkSpec, OutputSpec};
pub use walk::{LayerSettings, Walk, walk};

#[cfg(test)]
mod tests;
#[cfg(test)]
mod walk_tests;
