//! What is learnt: [`Form`], [`LikelihoodSpec`], [`EstimatorSpec`], [`Binarisation`]. Plain values.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Plain, or variational: with a distribution over the latents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// The encoder outputs latents; there is no prior.
    Plain,
    /// The encoder outputs a normal distribution over the latents, whose prior is N(0, I).
    #[default]
    Variational,
}

impl Form {
    /// Its name in a spec.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Variational => "variational",
        }
    }
}

/// Whether pixel values become 0 or 1 (each of three colours by itself), and when.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Binarisation {
    /// Grey values stay; a Bernoulli likelihood takes them for probabilities.
    #[default]
    None,
    /// Every pixel is drawn once, 1 with its value (0 to 1) as probability; the same for every seed.
    Static,
    /// Training pixels are drawn anew at every step; the others once, as for `static`.
    Dynamic,
}

impl Binarisation {
    /// What captions say about it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::None => "pixel values as they are",
            Self::Static => "pixels binarised once",
            Self::Dynamic => "training pixels binarised anew at every step, test pixels once",
        }
    }

    /// What figures say about it, in their names.
    #[must_use]
    pub fn caption(self) -> &'static str {
        match self {
            Self::None => "pixel_values",
            Self::Static => "static_binarisation",
            Self::Dynamic => "dynamic_binarisation",
        }
    }
}

/// The distribution of pixel values (0 to 1) given the latents; pixels are independent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "name", rename_all = "snake_case", deny_unknown_fields)]
pub enum LikelihoodSpec {
    /// Bernoulli: the decoder outputs logits.
    Bernoulli(BernoulliSpec),
    /// Normal: the decoder outputs means, and log-variances unless the variance is fixed.
    Gaussian(GaussianSpec),
    /// Normal with means from 0 to 1 (through a sigmoid); the decoder outputs log-variances too.
    BoundedGaussian(BoundedGaussianSpec),
}

/// Black or white.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BernoulliSpec {}

/// Normal.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GaussianSpec {
    /// The variance of every pixel value; null to let the decoder output one for each.
    #[schemars(range(min = 1e-6, max = 1e6))]
    pub variance: Option<f64>,
}

/// Normal with means from 0 to 1.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BoundedGaussianSpec {}

impl Default for LikelihoodSpec {
    fn default() -> Self {
        Self::Bernoulli(BernoulliSpec {})
    }
}

impl LikelihoodSpec {
    /// Numbers that the decoder gives for each number of a picture.
    #[must_use]
    pub fn outputs(&self) -> i64 {
        match self {
            Self::Bernoulli(_) | Self::Gaussian(GaussianSpec { variance: Some(_) }) => 1,
            Self::Gaussian(GaussianSpec { variance: None }) | Self::BoundedGaussian(_) => 2,
        }
    }

    /// Its name in a spec.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Bernoulli(_) => "bernoulli",
            Self::Gaussian(_) => "gaussian",
            Self::BoundedGaussian(_) => "bounded_gaussian",
        }
    }
}

/// The estimator of the lower bound and its gradient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "name", rename_all = "snake_case", deny_unknown_fields)]
pub enum EstimatorSpec {
    /// The mean of log p(x, z) - log q(z | x) over samples (the paper's A).
    Sampled(SamplesSpec),
    /// The mean of log p(x | z) over samples, less the divergence KL(q(z | x) || N(0, I)) in closed
    /// form (the paper's B).
    Analytic(SamplesSpec),
    /// The logarithm of the mean of p(x, z) / q(z | x) over samples (Burda et al. 2015).
    ImportanceWeighted(WeightsSpec),
    /// No bound: awake, the decoder learns from the encoder's samples; asleep, the encoder learns
    /// from the decoder's (Hinton et al. 1995).
    WakeSleep(WakeSleepSpec),
}

/// Samples for each example.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SamplesSpec {
    /// Latent samples for each example and step (the paper's L).
    #[schemars(range(min = 1, max = 10_000))]
    pub samples: i64,
}

impl Default for SamplesSpec {
    fn default() -> Self {
        Self { samples: 1 }
    }
}

/// Weighted samples for each example.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WeightsSpec {
    /// Latent samples for each example and step (k); with 1 it is `sampled`.
    #[schemars(range(min = 1, max = 10_000))]
    pub samples: i64,
}

impl Default for WeightsSpec {
    fn default() -> Self {
        Self { samples: 5 }
    }
}

/// Wake-sleep: one sample and one dream for each example.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WakeSleepSpec {}

impl Default for EstimatorSpec {
    fn default() -> Self {
        Self::Analytic(SamplesSpec::default())
    }
}

impl EstimatorSpec {
    /// Latent samples for each example and step.
    #[must_use]
    pub fn samples(&self) -> i64 {
        match self {
            Self::Sampled(spec) | Self::Analytic(spec) => spec.samples,
            Self::ImportanceWeighted(spec) => spec.samples,
            Self::WakeSleep(_) => 1,
        }
    }
}
