//! How often an auto-encoder's job writes things down: [`AutoencoderLogging`]. Plain values.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How often measurements, histograms and checkpoints are written.
#[expect(clippy::struct_field_names, reason = "the unit belongs in the name")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AutoencoderLogging {
    /// Measure on validation and test examples every N epochs (and after the last).
    #[schemars(range(min = 1))]
    pub measure_every_epochs: u64,
    /// Histograms of weights and gradients every N epochs; 0 for none.
    pub histograms_every_epochs: u64,
    /// Pictures every N epochs; 0 for only after the last.
    pub pictures_every_epochs: u64,
    /// The variance of the gradient under estimators A and B every N epochs; 0 for never.
    pub gradient_variance_every_epochs: u64,
    /// Write a checkpoint every N epochs.
    #[schemars(range(min = 1))]
    pub checkpoint_every_epochs: u64,
}

impl Default for AutoencoderLogging {
    fn default() -> Self {
        Self {
            measure_every_epochs: 1,
            histograms_every_epochs: 5,
            pictures_every_epochs: 0,
            gradient_variance_every_epochs: 5,
            checkpoint_every_epochs: 1,
        }
    }
}
