//! By which rule parameters get their initial values: [`InitialValues`] as people write it, and
//! [`Initial`], what it comes to for one parameter. Plain values.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The standard deviation of `paper`. The paper starts all parameters from N(0, 0.01), read as a
/// standard deviation of 0.01; as a variance it would be 0.1.
const PAPER_DEVIATION: f64 = 0.01;

/// Initial values of weights and biases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InitialValues {
    /// Normal weights of variance 2 / fan in before rectified units (He et al. 2015) and 1 / fan in
    /// before others; biases of 0.
    #[default]
    He,
    /// Weights uniform within sqrt(6 / (fan in + fan out)) (Glorot & Bengio 2010); biases of 0.
    Glorot,
    /// Normal weights of variance 1 / fan in (`LeCun` et al. 1998); biases of 0.
    Lecun,
    /// Uniform within 1 / sqrt(fan in), biases too: what PyTorch's layers start from.
    Uniform,
    /// Normal weights of standard deviation 0.01; biases of 0.
    Normal,
    /// Weights with orthogonal rows or columns (Saxe et al. 2014); biases of 0.
    Orthogonal,
    /// N(0, 0.01) for weights and biases, 0.01 read as the standard deviation (Kingma & Welling
    /// 2014).
    Paper,
}

/// How one parameter is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Initial {
    /// Uniform within the bound of 0.
    Uniform {
        /// The bound.
        bound: f64,
    },
    /// Normal around 0.
    Normal {
        /// The standard deviation.
        deviation: f64,
    },
    /// A matrix `[first, rest]` with orthonormal rows, or columns where these are more.
    Orthogonal,
    /// The same number everywhere.
    Constant(f64),
}

impl InitialValues {
    /// The initial values of weights with so many numbers that flow into a unit of their layer, and so
    /// many units that a number flows into; `rectified` says that rectified units come next.
    pub(super) fn weight(self, fan_in: i64, fan_out: i64, rectified: bool) -> Initial {
        let (into, out_of) = (fan_in as f64, fan_out as f64);
        match self {
            Self::He if rectified => Initial::Normal { deviation: (2.0 / into).sqrt() },
            Self::He | Self::Lecun => Initial::Normal { deviation: (1.0 / into).sqrt() },
            Self::Glorot => Initial::Uniform { bound: (6.0 / (into + out_of)).sqrt() },
            Self::Uniform => Initial::Uniform { bound: 1.0 / into.sqrt() },
            Self::Normal | Self::Paper => Initial::Normal { deviation: PAPER_DEVIATION },
            Self::Orthogonal => Initial::Orthogonal,
        }
    }

    /// The initial values of the biases of such a layer.
    pub(super) fn bias(self, fan_in: i64) -> Initial {
        match self {
            Self::Uniform => Initial::Uniform { bound: 1.0 / (fan_in as f64).sqrt() },
            Self::Paper => Initial::Normal { deviation: PAPER_DEVIATION },
            _ => Initial::Constant(0.0),
        }
    }
}
