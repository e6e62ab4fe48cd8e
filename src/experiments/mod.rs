//! The registry of kinds: one folder a kind, one line in each slice.

pub mod autoencoder;
pub mod classifier;
pub mod distill;

use crate::job::{Kind, Run, TypedKind};

/// What both programs know of every kind: names and settings.
pub static KINDS: &[&dyn Kind] = &[
    &TypedKind::<classifier::ClassifierSpec>::new(),
    &TypedKind::<distill::DistillSpec>::new(),
    &TypedKind::<autoencoder::AutoencoderSpec>::new(),
];

/// What `exp-job` knows besides: how a kind is run.
pub static RUNS: &[(&str, Run)] = &[
    ("classifier", classifier::run::run),
    ("distill", distill::run::run),
    ("autoencoder", autoencoder::run::run),
];
