//! The multi-layer perceptron: [`MlpSpec`].

use crate::nn::design::Design;
use crate::nn::form::Form;
use crate::nn::initial::InitialValues;
use crate::nn::layers::{Activation, ActivationLayer, DenseLayer, DropoutLayer, LayerSpec};
use crate::shape::Shape;
use crate::spec::FieldError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most layers of one list.
const MOST_LAYERS: usize = 1000;

/// A multi-layer perceptron: dense layers of rectified linear units and a linear output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MlpSpec {
    /// Units in each hidden layer, the first layer first; an empty list is a linear classifier.
    #[schemars(inner(range(min = 1, max = 1_000_000)))]
    pub hidden: Vec<i64>,
    /// Probability of dropping a hidden unit while training, from 0 to below 1.
    #[serde(default)]
    #[schemars(range(min = 0), extend("exclusiveMaximum" = 1))]
    pub dropout: f64,
    /// Probability of dropping an input pixel while training, from 0 to below 1.
    #[serde(default)]
    #[schemars(range(min = 0), extend("exclusiveMaximum" = 1))]
    pub input_dropout: f64,
    /// Largest Euclidean norm of the weights into one hidden unit; null for no limit.
    #[serde(default)]
    #[schemars(range(min = 1e-6, max = 1e6))]
    pub max_norm: Option<f64>,
}

impl MlpSpec {
    pub(super) fn design(&self, input: Shape, classes: i64) -> Result<Design, FieldError> {
        check_widths("hidden", &self.hidden)?;
        check_dropout("dropout", self.dropout)?;
        check_dropout("input_dropout", self.input_dropout)?;
        if let Some(limit) = self.max_norm.filter(|limit| *limit <= 0.0 || limit.is_nan()) {
            let message = format!("max_norm is {limit}; it must be above 0, or null for no limit");
            return Err(FieldError::new("max_norm", message));
        }
        let mut layers = Vec::new();
        if self.input_dropout > 0.0 {
            layers.push(LayerSpec::Dropout(DropoutLayer::new(self.input_dropout, "input")));
        }
        layers.extend(dense(&self.hidden, self.dropout, self.max_norm, classes));
        Design::new("", layers, Form::Picture(input), InitialValues::Uniform)
    }
}

/// Hidden layers of rectified linear units, with dropout behind each, and a linear output.
pub(super) fn dense(
    hidden: &[i64],
    dropout: f64,
    max_norm: Option<f64>,
    classes: i64,
) -> Vec<LayerSpec> {
    let mut layers = Vec::new();
    for (index, &units) in hidden.iter().enumerate() {
        let name = format!("hidden{}", index + 1);
        let layer = DenseLayer { max_norm, ..DenseLayer::new(name.clone(), units) };
        layers.push(LayerSpec::Dense(layer));
        layers.push(LayerSpec::Activation(ActivationLayer::new(Activation::Relu)));
        if dropout > 0.0 {
            layers.push(LayerSpec::Dropout(DropoutLayer::new(dropout, &name)));
        }
    }
    layers.push(LayerSpec::Dense(DenseLayer::new("output".to_owned(), classes)));
    layers
}

/// That each of the widths of layers is one, and that there are not absurdly many.
pub(crate) fn check_widths(field: &str, widths: &[i64]) -> Result<(), FieldError> {
    if widths.len() > MOST_LAYERS {
        let message = format!("{field} lists {} layers; at most {MOST_LAYERS}", widths.len());
        return Err(FieldError::new(field, message));
    }
    match widths.iter().find(|&&width| width < 1) {
        Some(width) => {
            let message = format!("{field} holds {width}; each of its numbers must be 1 or more");
            Err(FieldError::new(field, message))
        }
        None => Ok(()),
    }
}

pub(super) fn check_dropout(field: &str, probability: f64) -> Result<(), FieldError> {
    if (0.0..1.0).contains(&probability) {
        return Ok(());
    }
    let message = format!("{field} is {probability}; it must be from 0 to below 1");
    Err(FieldError::new(field, message))
}
