//! The layers that networks are made of, one a file: [`LayerSpec`] closes the circle of those that hold
//! others.

mod activation;
mod concat;
mod convolution;
mod dense;
mod dropout;
mod normalise;
mod pair;
mod parallel;
mod pool;
mod reshape;
mod residual;
mod transposed_convolution;
mod upsample;

pub use activation::{Activation, ActivationLayer};
pub use concat::ConcatLayer;
pub use convolution::ConvolutionLayer;
pub use dense::DenseLayer;
pub use dropout::DropoutLayer;
pub use normalise::{BatchNormLayer, GroupNormLayer, LayerNormLayer};
pub use pair::{Padding, Pair};
pub use parallel::{Join, ParallelLayer};
pub use pool::{GlobalPoolLayer, PoolLayer, PoolMethod};
pub use reshape::{FlattenLayer, ReshapeLayer};
pub use residual::ResidualLayer;
pub use transposed_convolution::TransposedConvolutionLayer;
pub use upsample::{UpsampleLayer, UpsampleMethod};

use super::blueprint::LayerPlan;
use super::form::Form;
use super::pass::{Layer, Pass};
use super::value::Value;
use super::walk::{LayerSettings, Walk};
use crate::spec::FieldError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! layers {
    ($($(#[doc = $doc:literal])+ $variant:ident($settings:ty),)+) => {
        /// A layer of a network.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(tag = "layer", rename_all = "snake_case", deny_unknown_fields)]
        pub enum LayerSpec {
            $($(#[doc = $doc])+ $variant($settings),)+
        }

        impl LayerSpec {
            fn settings(&self) -> &dyn LayerSettings {
                match self { $(Self::$variant(settings) => settings,)+ }
            }
        }

        impl Layer for LayerSpec {
            fn forward(&self, plan: &LayerPlan, value: Value, pass: &mut Pass) -> Value {
                match self { $(Self::$variant(layer) => layer.forward(plan, value, pass),)+ }
            }
        }
    };
}

layers! {
    /// Every number meets every unit: `W x + b`.
    Dense(DenseLayer),
    /// Sums over windows of a picture.
    Convolution(ConvolutionLayer),
    /// Windows of a picture are added up from numbers.
    TransposedConvolution(TransposedConvolutionLayer),
    /// Windows of a picture become one number each.
    Pool(PoolLayer),
    /// Each channel of a picture becomes one number.
    GlobalPool(GlobalPoolLayer),
    /// A function of each number.
    Activation(ActivationLayer),
    /// Numbers, or channels, are left out while training.
    Dropout(DropoutLayer),
    /// Each channel is normalised over the batch.
    BatchNorm(BatchNormLayer),
    /// Each example is normalised.
    LayerNorm(LayerNormLayer),
    /// Groups of channels of each example are normalised.
    GroupNorm(GroupNormLayer),
    /// Pictures become larger.
    Upsample(UpsampleLayer),
    /// What comes in is added to what layers make of it.
    Residual(ResidualLayer<LayerSpec>),
    /// Branches that all see what comes in.
    Parallel(ParallelLayer<LayerSpec>),
    /// What an earlier layer gave is put behind what comes in.
    Concat(ConcatLayer),
    /// A picture becomes a row.
    Flatten(FlattenLayer),
    /// A row becomes a picture.
    Reshape(ReshapeLayer),
}

impl LayerSettings for LayerSpec {
    fn kind(&self) -> &'static str {
        self.settings().kind()
    }

    fn name(&self) -> Option<&str> {
        self.settings().name()
    }

    fn rectifies(&self) -> bool {
        self.settings().rectifies()
    }

    fn is_looked_past(&self) -> bool {
        self.settings().is_looked_past()
    }

    fn plan(&self, walk: &mut Walk, input: Form) -> Result<Form, FieldError> {
        self.settings().plan(walk, input)
    }
}
