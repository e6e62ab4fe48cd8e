//! Kind `distill`: a student learns from the softened answers of teachers (Hinton, Vinyals & Dean
//! 2015, arXiv:1503.02531).
//!
//! The teachers are another job's networks, met through its `model.safetensors`.

pub mod run;
mod spec;

pub use spec::DistillSpec;
