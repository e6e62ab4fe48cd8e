//! The settings of an optimiser, as people write them: [`OptimiserSpec`]. Defaults are PyTorch's.

use super::OptimError;
use super::range::{at_least_zero, fraction, in_range};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The rule by which gradients change parameters, and its settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum OptimiserSpec {
    /// Stochastic gradient descent, plain, with momentum, or with Nesterov's.
    Sgd(SgdSpec),
    /// Adam (Kingma & Ba 2015, algorithm 1); weight decay is added to the gradient.
    Adam(AdamSpec),
    /// Adam with decoupled weight decay (Loshchilov & Hutter 2019, algorithm 2).
    Adamw(AdamwSpec),
    /// Adagrad with a diagonal matrix (Duchi, Hazan & Singer 2011).
    Adagrad(AdagradSpec),
    /// `RMSProp` (Hinton, Srivastava & Swersky 2012, lecture 6e).
    Rmsprop(RmspropSpec),
}

/// One rate for all members, or one for each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Rates {
    /// One rate for all members.
    One(f64),
    /// One rate for each member.
    Each(Vec<f64>),
}

impl JsonSchema for Rates {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Rates".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let rate = schemars::json_schema!({ "type": "number", "exclusiveMinimum": 0, "minimum": 1e-30, "maximum": 1e6 });
        schemars::json_schema!({
            "description": "above 0: one number, or a list with one for each member",
            "anyOf": [rate, { "type": "array", "items": rate, "minItems": 1 }],
        })
    }
}

/// Stochastic gradient descent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SgdSpec {
    /// Learning rate, above 0: one number, or a list with one for each member.
    pub rate: Rates,
    /// The fraction of its velocity that a parameter keeps at each step, in [0, 1); 0 for none.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1))]
    pub momentum: f64,
    /// Nesterov's momentum; needs `momentum`.
    pub nesterov: bool,
    /// L2 penalty: this times the parameter is added to the gradient, at least 0.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub weight_decay: f64,
}

/// Adam.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AdamSpec {
    /// Learning rate, above 0: one number, or a list with one for each member.
    pub rate: Rates,
    /// Decay of the running mean of gradients, in [0, 1).
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1))]
    pub beta1: f64,
    /// Decay of the running mean of squared gradients, in [0, 1).
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1))]
    pub beta2: f64,
    /// Added to the root of the mean square, so that nothing is divided by 0; at least 0.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub epsilon: f64,
    /// L2 penalty: this times the parameter is added to the gradient, at least 0.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub weight_decay: f64,
}

/// Adam with decoupled weight decay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AdamwSpec {
    /// Learning rate, above 0: one number, or a list with one for each member.
    pub rate: Rates,
    /// Decay of the running mean of gradients, in [0, 1).
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1))]
    pub beta1: f64,
    /// Decay of the running mean of squared gradients, in [0, 1).
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1))]
    pub beta2: f64,
    /// Added to the root of the mean square, so that nothing is divided by 0; at least 0.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub epsilon: f64,
    /// Parameters shrink by rate times this at each step, at least 0.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub weight_decay: f64,
}

/// Adagrad.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AdagradSpec {
    /// Learning rate, above 0: one number, or a list with one for each member.
    pub rate: Rates,
    /// Added to the root of the sum of squares, so that nothing is divided by 0; at least 0.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub epsilon: f64,
    /// L2 penalty: this times the parameter is added to the gradient, at least 0.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub weight_decay: f64,
}

/// `RMSProp`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RmspropSpec {
    /// Learning rate, above 0: one number, or a list with one for each member.
    pub rate: Rates,
    /// Decay of the running mean of squared gradients, in [0, 1); PyTorch calls it alpha.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1))]
    pub smoothing: f64,
    /// Added to the root of the mean square, so that nothing is divided by 0; at least 0.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub epsilon: f64,
    /// The fraction of its velocity that a parameter keeps at each step, in [0, 1); 0 for none.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1))]
    pub momentum: f64,
    /// L2 penalty: this times the parameter is added to the gradient, at least 0.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub weight_decay: f64,
}

impl Default for SgdSpec {
    fn default() -> Self {
        Self { rate: Rates::One(1e-3), momentum: 0.0, nesterov: false, weight_decay: 0.0 }
    }
}

impl Default for AdamSpec {
    fn default() -> Self {
        let (beta1, beta2) = (0.9, 0.999);
        Self { rate: Rates::One(1e-3), beta1, beta2, epsilon: 1e-8, weight_decay: 0.0 }
    }
}

impl Default for AdamwSpec {
    fn default() -> Self {
        let (beta1, beta2) = (0.9, 0.999);
        Self { rate: Rates::One(1e-3), beta1, beta2, epsilon: 1e-8, weight_decay: 0.01 }
    }
}

impl Default for AdagradSpec {
    fn default() -> Self {
        Self { rate: Rates::One(1e-2), epsilon: 1e-10, weight_decay: 0.0 }
    }
}

impl Default for RmspropSpec {
    fn default() -> Self {
        let (smoothing, epsilon) = (0.99, 1e-8);
        Self { rate: Rates::One(1e-2), smoothing, epsilon, momentum: 0.0, weight_decay: 0.0 }
    }
}

impl Default for OptimiserSpec {
    /// Adam with PyTorch's settings.
    fn default() -> Self {
        Self::Adam(AdamSpec::default())
    }
}

impl OptimiserSpec {
    /// The learning rate or rates.
    #[must_use]
    pub fn rates(&self) -> &Rates {
        match self {
            Self::Sgd(spec) => &spec.rate,
            Self::Adam(spec) => &spec.rate,
            Self::Adamw(spec) => &spec.rate,
            Self::Adagrad(spec) => &spec.rate,
            Self::Rmsprop(spec) => &spec.rate,
        }
    }

    /// How many numbers are kept for each of a parameter's.
    #[must_use]
    pub fn numbers_kept(&self) -> usize {
        match self {
            Self::Sgd(spec) => usize::from(spec.momentum > 0.0),
            Self::Adam(_) | Self::Adamw(_) => 2,
            Self::Adagrad(_) => 1,
            Self::Rmsprop(spec) => 1 + usize::from(spec.momentum > 0.0),
        }
    }

    /// Looks for what the schema cannot say: that rates are as many as members, that Nesterov has
    /// momentum; and, for settings that came by another way, that numbers are in their ranges.
    ///
    /// # Errors
    /// The first setting that does not hold.
    pub fn check(&self, members: usize) -> Result<(), OptimError> {
        self.rates().check(members)?;
        match self {
            Self::Sgd(SgdSpec { momentum, nesterov, weight_decay, .. }) => {
                fraction("momentum", *momentum)?;
                at_least_zero("weight_decay", *weight_decay)?;
                if *nesterov && *momentum == 0.0 {
                    return Err(OptimError::NesterovWithoutMomentum);
                }
                Ok(())
            }
            Self::Adam(AdamSpec { beta1, beta2, epsilon, weight_decay, .. })
            | Self::Adamw(AdamwSpec { beta1, beta2, epsilon, weight_decay, .. }) => {
                fraction("beta1", *beta1)?;
                fraction("beta2", *beta2)?;
                at_least_zero("epsilon", *epsilon)?;
                at_least_zero("weight_decay", *weight_decay)
            }
            Self::Adagrad(AdagradSpec { epsilon, weight_decay, .. }) => {
                at_least_zero("epsilon", *epsilon)?;
                at_least_zero("weight_decay", *weight_decay)
            }
            Self::Rmsprop(RmspropSpec { smoothing, epsilon, momentum, weight_decay, .. }) => {
                fraction("smoothing", *smoothing)?;
                fraction("momentum", *momentum)?;
                at_least_zero("epsilon", *epsilon)?;
                at_least_zero("weight_decay", *weight_decay)
            }
        }
    }
}

impl Rates {
    /// The rates without repetition: one where all members have the same.
    #[must_use]
    #[expect(clippy::float_cmp, reason = "rates as written: those that differ at all are apart")]
    pub fn distinct(&self) -> Vec<f64> {
        match self {
            Self::One(rate) => vec![*rate],
            Self::Each(rates) if rates.windows(2).all(|pair| pair[0] == pair[1]) => {
                rates.iter().take(1).copied().collect()
            }
            Self::Each(rates) => rates.clone(),
        }
    }

    fn check(&self, members: usize) -> Result<(), OptimError> {
        let rates = match self {
            Self::One(rate) => std::slice::from_ref(rate),
            Self::Each(rates) if rates.len() == members => rates,
            Self::Each(rates) => {
                return Err(OptimError::RateCount { given: rates.len(), members });
            }
        };
        rates.iter().try_for_each(|rate| {
            in_range("rate", *rate, "at least 1e-30 and at most 1e6", (1e-30..=1e6).contains(rate))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_pytorchs_and_are_written_out() {
        for (text, expected) in [
            ("rule: sgd", "rate: 0.001\nmomentum: 0.0\nnesterov: false\nweight_decay: 0.0\n"),
            (
                "rule: adamw\nrate: [1, 0.5]",
                "rate:\n- 1.0\n- 0.5\nbeta1: 0.9\nbeta2: 0.999\nepsilon: 1e-8\nweight_decay: 0.01\n",
            ),
        ] {
            let spec: OptimiserSpec = serde_yaml::from_str(text).unwrap();
            let written = serde_yaml::to_string(&spec).unwrap();
            assert_eq!(written.split_once('\n').unwrap().1, expected);
            assert_eq!(serde_yaml::from_str::<OptimiserSpec>(&written).unwrap(), spec);
        }
        assert!(serde_yaml::from_str::<OptimiserSpec>("{rule: adam, lr: 1}").is_err());
    }
}
