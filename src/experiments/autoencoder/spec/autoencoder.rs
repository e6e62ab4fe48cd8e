//! The settings of an auto-encoder: [`AutoencoderSpec`].

use super::estimate::LikelihoodEstimateSpec;
use super::logging::AutoencoderLogging;
use super::network::{DecoderSpec, EncoderSpec};
use super::objective::{Binarisation, EstimatorSpec, Form, LikelihoodSpec};
use crate::data::PicturesSpec;
use crate::optim::{OptimiserSpec, ScheduleSpec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Auto-encoders, plain or variational.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AutoencoderSpec {
    /// Plain, or variational: with a distribution over the latents.
    #[serde(default)]
    pub form: Form,
    /// Auto-encoders trained side by side; member i is seeded with the job's seed + i.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 1000))]
    pub members: u64,
    /// The pictures: `{ set: frey }`.
    pub data: PicturesSpec,
    /// Whether pixel values become 0 or 1 (each of three colours by itself), and when.
    #[serde(default)]
    pub binarisation: Binarisation,
    /// The number of latent dimensions.
    #[schemars(range(min = 1, max = 10_000))]
    pub latent: i64,
    /// The encoder, from a picture to its latents.
    #[serde(default)]
    pub encoder: EncoderSpec,
    /// The decoder, from latents to a picture.
    #[serde(default)]
    pub decoder: DecoderSpec,
    /// The distribution of pixel values given the latents.
    #[serde(default)]
    pub likelihood: LikelihoodSpec,
    /// The estimator of the lower bound and its gradient.
    #[serde(default)]
    pub estimator: EstimatorSpec,
    /// The weight of the KL divergence from the prior in the objective; 1 is the lower bound
    /// itself.
    #[serde(default = "whole")]
    #[schemars(range(min = 0.0, max = 1000.0))]
    pub beta: f64,
    /// Epochs over which beta first rises linearly from near 0; fractions are allowed.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1e6))]
    pub beta_warmup_epochs: f64,
    /// A prior N(0, I) on the decoder's parameters (the paper's p(theta)), counted once for the
    /// data set: their negative log-density divided by the number of examples is added to the loss.
    #[serde(default)]
    pub weight_prior: bool,
    /// The optimisation rule and its learning rate: `{ rule: adam, rate: 1e-3 }`.
    pub optimiser: OptimiserSpec,
    /// The learning-rate schedule.
    #[serde(default)]
    pub schedule: ScheduleSpec,
    /// Passes over the training examples.
    #[serde(default = "ten")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub epochs: u64,
    /// Batch size: examples per step, for each member.
    #[serde(default = "hundred")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub batch: u64,
    /// How often measurements, histograms and checkpoints are written.
    #[serde(default)]
    pub logging: AutoencoderLogging,
    /// How log p(x) of test examples is estimated at the end.
    #[serde(default)]
    pub likelihood_estimate: LikelihoodEstimateSpec,
    /// The classifier that says at the end how far samples are from real pictures: a job of kind
    /// `classifier` or `distill`, by a name in this file or a path to one under runs/; null for none.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub judge: Option<String>,
}

fn one() -> u64 {
    1
}

fn ten() -> u64 {
    10
}

fn hundred() -> u64 {
    100
}

fn whole() -> f64 {
    1.0
}

impl AutoencoderSpec {
    /// The weight of the divergence in step number `step` (from 0).
    #[must_use]
    pub fn beta_at(&self, step: u64, steps_per_epoch: u64) -> f64 {
        let steps = (self.beta_warmup_epochs * steps_per_epoch as f64).round();
        let share = if steps > 0.0 { ((step + 1) as f64 / steps).min(1.0) } else { 1.0 };
        self.beta * share
    }
}
