//! A dense layer: every number of the input meets every unit. [`DenseLayer`].

use crate::nn::blueprint::LayerPlan;
use crate::nn::form::{Form, product};
use crate::nn::initial::InitialValues;
use crate::nn::pass::{Layer, Pass};
use crate::nn::value::Value;
use crate::nn::walk::{LayerSettings, Walk};
use crate::spec::FieldError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tch::Tensor;

/// `W x + b`; a picture is taken as a row, channel by channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DenseLayer {
    /// The name of the layer, of letters, digits, `_` and `-`; by default its kind and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 100), regex(pattern = r"^[A-Za-z0-9_-]*$"))]
    pub name: Option<String>,
    /// Units, each of which gives a number.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub units: i64,
    /// Whether each unit has a bias.
    #[serde(default = "yes")]
    pub bias: bool,
    /// Largest Euclidean norm of the weights into one unit; null for no limit.
    #[serde(default)]
    #[schemars(range(min = 1e-6, max = 1e6))]
    pub max_norm: Option<f64>,
    /// Initial values; null for those of the network.
    #[serde(default)]
    pub init: Option<InitialValues>,
}

fn yes() -> bool {
    true
}

impl DenseLayer {
    /// A layer with biases.
    pub(crate) fn new(name: String, units: i64) -> Self {
        Self { name: Some(name), units, bias: true, max_norm: None, init: None }
    }
}

impl LayerSettings for DenseLayer {
    fn kind(&self) -> &'static str {
        "dense"
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn plan(&self, walk: &mut Walk, input: Form) -> Result<Form, FieldError> {
        if self.units < 1 {
            let message = format!("units is {}; it must be 1 or more", self.units);
            return Err(FieldError::new("units", message));
        }
        let inputs = input.numbers();
        walk.weights(vec![self.units, inputs], [inputs, self.units], self.init);
        walk.limit_norm(self.max_norm);
        if self.bias {
            walk.biases(self.units, inputs, self.init);
        }
        walk.flops(product(&[2, self.units, inputs]));
        Ok(Form::Row(self.units))
    }
}

impl Layer for DenseLayer {
    fn forward(&self, plan: &LayerPlan, value: Value, pass: &mut Pass) -> Value {
        let members = pass.members;
        let value = value.rows(members);
        let [weight, rest @ ..] = pass.parameters(plan) else { return value };
        let tensor = match (members, value.shared) {
            (1, _) => {
                let input = if value.shared {
                    value.tensor.shallow_clone()
                } else {
                    value.tensor.squeeze_dim(0)
                };
                let weight = weight.squeeze_dim(0).tr();
                let sums = match rest {
                    [bias] => bias.squeeze_dim(0).addmm(&input, &weight),
                    _ => input.mm(&weight),
                };
                sums.unsqueeze(0)
            }
            (_, true) => {
                let weight = weight.flatten(0, 1).tr();
                let sums = match rest {
                    [bias] => bias.flatten(0, 1).addmm(&value.tensor, &weight),
                    _ => value.tensor.mm(&weight),
                };
                sums.view([-1, members, self.units]).transpose(0, 1)
            }
            (_, false) => batched(&value.tensor, weight, rest.first()),
        };
        Value { tensor, form: plan.output, shared: false, overwritable: true }
    }
}

/// Of rows `[K, B, in]`.
fn batched(rows: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Tensor {
    let weight = weight.transpose(1, 2);
    match bias {
        Some(bias) => bias.unsqueeze(1).baddbmm(rows, &weight, 1.0, 1.0),
        None => rows.bmm(&weight),
    }
}
