//! How log p(x) is estimated once all is learnt: [`LikelihoodEstimateSpec`]. Plain values.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How log p(x) of test examples is estimated at the end: for some of them, whose mean gap to their
/// bound is added to the bound of all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum LikelihoodEstimateSpec {
    /// No estimate.
    None(NoEstimateSpec),
    /// By importance sampling from q(z | x): a lower bound that rises with the samples.
    Importance(ImportanceSpec),
    /// By Hamiltonian Monte Carlo from p(z | x) and a density fitted to half of it (the paper's
    /// appendix D): for at most five latents.
    Hmc(HmcSpec),
}

/// No estimate.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NoEstimateSpec {}

/// Importance sampling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ImportanceSpec {
    /// Samples for each example.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub samples: i64,
    /// The number of test examples, evenly spaced; all if there are fewer.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub examples: i64,
    /// Memory for the examples and samples that are processed together, in MiB; does not change
    /// results.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub memory_mib: i64,
}

impl Default for ImportanceSpec {
    fn default() -> Self {
        Self { samples: 5000, examples: 1000, memory_mib: 64 }
    }
}

/// Hamiltonian Monte Carlo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HmcSpec {
    /// Samples for each example; a density is fitted to the first half of them.
    #[schemars(range(min = 40, max = 1_000_000))]
    pub samples: i64,
    /// The number of test examples, evenly spaced; all if there are fewer.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub examples: i64,
    /// Burn-in samples, during which the step size is tuned.
    #[schemars(range(min = 10, max = 1_000_000))]
    pub burn_in: i64,
    /// Leapfrog steps between two samples.
    #[schemars(range(min = 1, max = 10_000))]
    pub leapfrog_steps: i64,
    /// The target acceptance rate, for which the step size of each example is tuned.
    #[schemars(range(min = 0.1, max = 0.99))]
    pub acceptance: f64,
}

impl Default for HmcSpec {
    fn default() -> Self {
        Self { samples: 1000, examples: 100, burn_in: 200, leapfrog_steps: 10, acceptance: 0.9 }
    }
}

impl Default for LikelihoodEstimateSpec {
    fn default() -> Self {
        Self::None(NoEstimateSpec {})
    }
}

impl LikelihoodEstimateSpec {
    /// The test examples that are asked for; none where nothing is estimated.
    #[must_use]
    pub fn examples(&self) -> Option<i64> {
        match self {
            Self::None(_) => None,
            Self::Importance(spec) => Some(spec.examples),
            Self::Hmc(spec) => Some(spec.examples),
        }
    }
}
