//! What a finished job says of itself: [`Outcome`], kept as `outcome.json` in its folder.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// The final figures of a job, for `summary.json`, the closing table and TensorBoard's hparams.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outcome {
    /// Final metrics by name: `test/errors`.
    pub metrics: IndexMap<String, f64>,
    /// Lines of the run's closing table.
    pub rows: Vec<Row>,
}

/// One line of the closing table. Columns are named with their units: `microseconds/example`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What the line is about: `ensemble of 5`.
    pub label: String,
    /// Figures by column; a column that a line lacks is left blank.
    pub values: IndexMap<String, f64>,
}
