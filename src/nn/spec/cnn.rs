//! The convolutional network: [`CnnSpec`].

use super::mlp::{check_dropout, check_widths, dense};
use crate::nn::design::Design;
use crate::nn::form::Form;
use crate::nn::initial::InitialValues;
use crate::nn::layers::{
    Activation, ActivationLayer, ConvolutionLayer, LayerSpec, PoolLayer, PoolMethod,
};
use crate::shape::Shape;
use crate::spec::FieldError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A convolutional network: blocks of convolution (same padding), 2 x 2 maximum pooling and
/// rectification, then dense hidden layers and a linear output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CnnSpec {
    /// Output channels of each block, the first block first; every block halves height and width.
    #[serde(default = "default_channels")]
    #[schemars(inner(range(min = 1, max = 100_000)))]
    pub channels: Vec<i64>,
    /// Height and width of the convolution kernels in pixels; odd.
    #[serde(default = "default_kernel")]
    #[schemars(range(min = 1, max = 101))]
    pub kernel: i64,
    /// Units in each dense hidden layer after the blocks; an empty list for none.
    #[serde(default = "default_hidden")]
    #[schemars(inner(range(min = 1, max = 1_000_000)))]
    pub hidden: Vec<i64>,
    /// Probability of dropping a dense hidden unit while training, from 0 to below 1.
    #[serde(default)]
    #[schemars(range(min = 0), extend("exclusiveMaximum" = 1))]
    pub dropout: f64,
}

fn default_channels() -> Vec<i64> {
    vec![16, 32]
}

fn default_kernel() -> i64 {
    5
}

fn default_hidden() -> Vec<i64> {
    vec![128]
}

impl CnnSpec {
    pub(super) fn design(&self, input: Shape, classes: i64) -> Result<Design, FieldError> {
        self.check(input)?;
        let mut layers = Vec::new();
        for (index, &channels) in self.channels.iter().enumerate() {
            let name = format!("convolution{}", index + 1);
            let layer = ConvolutionLayer::new(name, channels, self.kernel, self.kernel / 2);
            layers.push(LayerSpec::Convolution(layer));
            // Pooling before rectification gives the same with a quarter of the work.
            layers.push(LayerSpec::Pool(PoolLayer::new(PoolMethod::Maximum, 2)));
            layers.push(LayerSpec::Activation(ActivationLayer::new(Activation::Relu)));
        }
        layers.extend(dense(&self.hidden, self.dropout, None, classes));
        Design::new("", layers, Form::Picture(input), InitialValues::Uniform)
    }

    fn check(&self, input: Shape) -> Result<(), FieldError> {
        check_widths("channels", &self.channels)?;
        check_widths("hidden", &self.hidden)?;
        check_dropout("dropout", self.dropout)?;
        if self.kernel < 1 || self.kernel % 2 == 0 {
            let message = format!("kernel is {}; it must be odd, such as 3 or 5", self.kernel);
            return Err(FieldError::new("kernel", message));
        }
        let halved = |size: i64| self.channels.iter().fold(size, |size, _| size / 2);
        if halved(input.height.min(input.width)) < 1 {
            let message = format!(
                "channels has {} blocks, each of which halves height and width: too many for {} x {} \
                 pictures; use fewer",
                self.channels.len(),
                input.height,
                input.width
            );
            return Err(FieldError::new("channels", message));
        }
        Ok(())
    }
}
