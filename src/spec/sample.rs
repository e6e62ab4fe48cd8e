//! Settings like those of the design, for tests: tagged networks and optimisers, choices, ranges.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Mlp {
    /// Units of each hidden layer.
    #[schemars(length(min = 1), inner(range(min = 1)))]
    pub(super) hidden: Vec<i64>,
    /// The share of units that are dropped, from 0 to below 1.
    #[serde(default)]
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1))]
    pub(super) dropout: f64,
    /// The largest length of a unit's weights, or null.
    #[serde(default)]
    pub(super) max_norm: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(super) struct Loose {
    pub(super) channels: u8,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "name", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Network {
    /// Dense layers.
    Mlp(Mlp),
    Loose(Loose),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Rates {
    One(#[schemars(extend("exclusiveMinimum" = 0))] f64),
    Each(Vec<f64>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Adam {
    pub(super) rate: Rates,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Optimiser {
    Adam(Adam),
    Sgd(Adam),
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Keep {
    /// The best checkpoint.
    #[default]
    Best,
    /// The last checkpoint.
    Last,
    All,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Job {
    pub(super) network: Network,
    pub(super) optimiser: Optimiser,
    /// How many times all examples are seen. More is slower.
    #[schemars(range(min = 1, max = 1000))]
    pub(super) epochs: u32,
    #[serde(default)]
    pub(super) keep: Keep,
    #[serde(default)]
    pub(super) second: Option<Network>,
    #[serde(default)]
    pub(super) nesterov: bool,
    #[serde(default)]
    pub(super) device: crate::device::DeviceName,
}
