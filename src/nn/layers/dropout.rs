//! Dropout: numbers, or whole channels, are left out while training. [`DropoutLayer`].

use crate::nn::blueprint::LayerPlan;
use crate::nn::dropout::Masks;
use crate::nn::form::Form;
use crate::nn::pass::{Layer, Pass};
use crate::nn::value::Value;
use crate::nn::walk::{LayerSettings, Walk};
use crate::shape::Shape;
use crate::spec::FieldError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Numbers are set to 0 while training, and the others scaled up (Hinton et al. 2012).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DropoutLayer {
    /// The name of the layer, of letters, digits, `_` and `-`; by default its kind and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 100), regex(pattern = r"^[A-Za-z0-9_-]*$"))]
    pub name: Option<String>,
    /// Probability of leaving a number out, from 0 to below 1.
    #[schemars(range(min = 0), extend("exclusiveMaximum" = 1))]
    pub probability: f64,
    /// Whether whole channels of a picture are left out (Tompson et al. 2015).
    #[serde(default)]
    pub channels: bool,
    /// The name that its draws go by, where it is not its own.
    #[serde(skip)]
    pub(crate) drawn_under: Option<String>,
}

impl DropoutLayer {
    /// One whose draws go by this name.
    pub(crate) fn new(probability: f64, drawn_under: &str) -> Self {
        let drawn_under = Some(drawn_under.to_owned());
        Self { name: None, probability, channels: false, drawn_under }
    }
}

impl LayerSettings for DropoutLayer {
    fn kind(&self) -> &'static str {
        "dropout"
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn is_looked_past(&self) -> bool {
        true
    }

    fn plan(&self, walk: &mut Walk, input: Form) -> Result<Form, FieldError> {
        if !(0.0..1.0).contains(&self.probability) {
            let message =
                format!("probability is {}; it must be from 0 to below 1", self.probability);
            return Err(FieldError::new("probability", message));
        }
        if self.channels && matches!(input, Form::Row(_)) {
            let message = format!("what comes in is a row of {input} numbers, and has no channels");
            return Err(FieldError::new("channels", message).with_help("remove channels"));
        }
        walk.flops(input.numbers());
        Ok(input)
    }
}

impl Layer for DropoutLayer {
    fn forward(&self, plan: &LayerPlan, value: Value, pass: &mut Pass) -> Value {
        let Some(noise) = pass.noise.filter(|_| self.probability > 0.0) else { return value };
        let members = pass.members;
        let value = value.own(members);
        let masks = Masks::new(self.drawn_under.as_deref().unwrap_or(&plan.name), self.probability);
        let options = (value.tensor.kind(), value.tensor.device());
        let size = value.tensor.size();
        let mask = match value.form {
            // Drawn unit by unit, as the dense stack does, which works on columns.
            Form::Row(numbers) => masks.draw(noise, &[numbers, size[1]], options).transpose(1, 2),
            Form::Picture(Shape { channels, height, width }) => {
                let [height, width] = if self.channels { [1, 1] } else { [height, width] };
                let drawn = masks.draw(noise, &[size[0], channels * height * width], options);
                drawn.transpose(0, 1).reshape([size[0], members * channels, height, width])
            }
        };
        let tensor = &value.tensor * mask;
        value.computed(tensor, plan.output)
    }
}
