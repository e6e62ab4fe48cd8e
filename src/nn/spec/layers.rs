//! Any layers, one after another: [`LayersSpec`].

use crate::nn::design::Design;
use crate::nn::form::Form;
use crate::nn::initial::InitialValues;
use crate::nn::layers::{DenseLayer, LayerSpec};
use crate::shape::Shape;
use crate::spec::FieldError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Any layers, one after another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayersSpec {
    /// The layers, the one that sees the input first.
    #[schemars(length(max = 1000))]
    pub layers: Vec<LayerSpec>,
    /// What comes behind them.
    #[serde(default)]
    pub output: OutputSpec,
    /// Initial values of weights and biases, where a layer does not say.
    #[serde(default)]
    pub init: InitialValues,
}

/// What comes behind the layers of a network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutputSpec {
    /// A dense layer of as many units as there are outputs, named `output`.
    #[default]
    Dense,
    /// Nothing: the last layer gives as many numbers as there are outputs.
    None,
}

impl LayersSpec {
    pub(super) fn design(&self, input: Shape, outputs: i64) -> Result<Design, FieldError> {
        let design = self.walked(input, outputs)?;
        let blueprint = design.blueprint();
        if blueprint.output != Form::Row(outputs) {
            let message = format!(
                "the last layer gives {}, and there are {outputs} outputs (one for each class)",
                blueprint.output
            );
            let help = "take output: dense, or let the last layer give a row of so many numbers";
            return Err(FieldError::new("layers", message).with_help(help));
        }
        if blueprint.parameters.is_empty() {
            let message = "no layer has parameters: there is nothing to train";
            return Err(FieldError::new("layers", message));
        }
        Ok(design)
    }

    /// The network where it is not known how many outputs there have to be.
    pub(super) fn with_any_output(&self, input: Shape) -> Result<Design, FieldError> {
        self.walked(input, 1)
    }

    fn walked(&self, input: Shape, outputs: i64) -> Result<Design, FieldError> {
        let mut layers = self.layers.clone();
        if self.output == OutputSpec::Dense {
            layers.push(LayerSpec::Dense(DenseLayer::new("output".to_owned(), outputs)));
        }
        let design = Design::new("layers", layers, Form::Picture(input), self.init);
        let own = format!("layers[{}].name", self.layers.len());
        design.map_err(|error| if error.path == own { Self::taken() } else { error })
    }

    /// What is wrong where another layer has the name of the one behind all.
    fn taken() -> FieldError {
        let message = "a layer is named 'output', as the one that comes behind all layers is";
        FieldError::new("layers", message).with_help("name it otherwise, or take output: none")
    }
}
