//! The same numbers in another form: [`FlattenLayer`], [`ReshapeLayer`].

use crate::nn::blueprint::LayerPlan;
use crate::nn::form::Form;
use crate::nn::pass::{Layer, Pass};
use crate::nn::value::Value;
use crate::nn::walk::{LayerSettings, Walk};
use crate::shape::Shape;
use crate::spec::FieldError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A picture becomes a row: channel by channel, row by row. (A dense layer does so by itself.)
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FlattenLayer {
    /// The name of the layer, of letters, digits, `_` and `-`; by default its kind and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 100), regex(pattern = r"^[A-Za-z0-9_-]*$"))]
    pub name: Option<String>,
}

/// A row becomes a picture, or a picture one of other measures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReshapeLayer {
    /// The name of the layer, of letters, digits, `_` and `-`; by default its kind and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 100), regex(pattern = r"^[A-Za-z0-9_-]*$"))]
    pub name: Option<String>,
    /// Channels.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub channels: i64,
    /// Rows of pixels.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub height: i64,
    /// Columns of pixels.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub width: i64,
}

impl ReshapeLayer {
    /// To this shape.
    pub(crate) fn new(shape: Shape) -> Self {
        let Shape { channels, height, width } = shape;
        Self { name: None, channels, height, width }
    }

    fn shape(&self) -> Shape {
        Shape { channels: self.channels, height: self.height, width: self.width }
    }
}

impl LayerSettings for FlattenLayer {
    fn kind(&self) -> &'static str {
        "flatten"
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn plan(&self, _: &mut Walk, input: Form) -> Result<Form, FieldError> {
        Ok(Form::Row(input.numbers()))
    }
}

impl Layer for FlattenLayer {
    fn forward(&self, _: &LayerPlan, value: Value, pass: &mut Pass) -> Value {
        value.rows(pass.members)
    }
}

impl LayerSettings for ReshapeLayer {
    fn kind(&self) -> &'static str {
        "reshape"
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn plan(&self, _: &mut Walk, input: Form) -> Result<Form, FieldError> {
        let output = Form::Picture(self.shape());
        if output.numbers() != input.numbers() {
            let message = format!(
                "{output} are {} numbers, and {} come in ({input})",
                output.numbers(),
                input.numbers()
            );
            return Err(FieldError::new("", message));
        }
        Ok(output)
    }
}

impl Layer for ReshapeLayer {
    fn forward(&self, _: &LayerPlan, value: Value, pass: &mut Pass) -> Value {
        value.rows(pass.members).pictures(self.shape())
    }
}
