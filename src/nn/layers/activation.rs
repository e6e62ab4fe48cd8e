//! Activation functions: [`ActivationLayer`], and the [`Activation`] that it applies to each number.

use crate::nn::blueprint::LayerPlan;
use crate::nn::form::Form;
use crate::nn::pass::{Layer, Pass};
use crate::nn::value::Value;
use crate::nn::walk::{LayerSettings, Walk};
use crate::spec::FieldError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tch::Tensor;

/// An activation function.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// The rectifier, max(0, x).
    #[default]
    Relu,
    /// x above 0, 0.01 x below.
    LeakyRelu,
    /// x above 0, exp(x) - 1 below (Clevert et al. 2016).
    Elu,
    /// x times the share of a standard normal distribution below x (Hendrycks & Gimpel 2016).
    Gelu,
    /// The hyperbolic tangent.
    Tanh,
    /// The logistic function, 1 / (1 + exp(-x)).
    Sigmoid,
    /// x times its logistic function, also called swish.
    Silu,
}

/// A function of each number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivationLayer {
    /// The name of the layer, of letters, digits, `_` and `-`; by default its kind and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 100), regex(pattern = r"^[A-Za-z0-9_-]*$"))]
    pub name: Option<String>,
    /// The function.
    pub function: Activation,
    /// The slope of `leaky_relu` below 0, or the scale of `elu` there; null for 0.01 and 1.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1e6))]
    pub slope: Option<f64>,
}

impl ActivationLayer {
    /// This function.
    pub(crate) fn new(function: Activation) -> Self {
        Self { name: None, function, slope: None }
    }
}

impl Activation {
    /// Of each number of `sums`, in their memory.
    pub(crate) fn in_place(self, sums: &mut Tensor) -> Tensor {
        match self {
            Self::Relu => sums.relu_(),
            Self::Tanh => sums.tanh_(),
            Self::Sigmoid => sums.sigmoid_(),
            other => other.of(sums, None),
        }
    }

    /// Of each number of a tensor.
    fn of(self, tensor: &Tensor, slope: Option<f64>) -> Tensor {
        match self {
            Self::Relu => tensor.relu(),
            Self::LeakyRelu => match slope {
                Some(slope) => tensor.where_self(&tensor.gt(0.0), &(tensor * slope)),
                None => tensor.leaky_relu(),
            },
            Self::Elu => match slope {
                Some(scale) => {
                    let below = tensor.clamp_max(0.0).expm1() * scale;
                    tensor.where_self(&tensor.gt(0.0), &below)
                }
                None => tensor.elu(),
            },
            Self::Gelu => tensor.gelu("none"),
            Self::Tanh => tensor.tanh(),
            Self::Sigmoid => tensor.sigmoid(),
            Self::Silu => tensor.silu(),
        }
    }

    /// Whether its derivative can be told from what it gave, as [`backward`](Self::backward) does.
    pub(crate) fn is_told_by_its_output(self) -> bool {
        matches!(self, Self::Relu | Self::Tanh | Self::Sigmoid)
    }

    /// The gradient of the sums, given the output and its gradient.
    pub(crate) fn backward(self, gradient: &Tensor, output: &Tensor) -> Tensor {
        match self {
            Self::Tanh => Tensor::tanh_backward(gradient, output),
            Self::Sigmoid => Tensor::sigmoid_backward(gradient, output),
            _ => output.threshold_backward(gradient, 0.0),
        }
    }
}

impl LayerSettings for ActivationLayer {
    fn kind(&self) -> &'static str {
        "activation"
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn rectifies(&self) -> bool {
        !matches!(self.function, Activation::Tanh | Activation::Sigmoid)
    }

    fn plan(&self, walk: &mut Walk, input: Form) -> Result<Form, FieldError> {
        let sloped = matches!(self.function, Activation::LeakyRelu | Activation::Elu);
        if self.slope.is_some() && !sloped {
            let message = "slope is of leaky_relu and elu alone";
            return Err(FieldError::new("slope", message).with_help("remove slope"));
        }
        walk.flops(input.numbers());
        Ok(input)
    }
}

impl Layer for ActivationLayer {
    fn forward(&self, plan: &LayerPlan, mut value: Value, _: &mut Pass) -> Value {
        let tensor = if value.overwritable && self.function == Activation::Relu {
            value.tensor.relu_()
        } else {
            self.function.of(&value.tensor, self.slope)
        };
        value.viewed(tensor, plan.output)
    }
}
