//! What an earlier layer gave, put behind what comes in: [`ConcatLayer`].

use crate::nn::blueprint::LayerPlan;
use crate::nn::form::Form;
use crate::nn::pass::{Layer, Pass};
use crate::nn::value::Value;
use crate::nn::walk::{LayerSettings, Walk};
use crate::shape::Shape;
use crate::spec::FieldError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What comes in and, behind it along the channels, what an earlier layer gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConcatLayer {
    /// The name of the layer, of letters, digits, `_` and `-`; by default its kind and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 100), regex(pattern = r"^[A-Za-z0-9_-]*$"))]
    pub name: Option<String>,
    /// The name of the earlier layer.
    #[schemars(length(min = 1))]
    pub with: String,
}

/// The form of one behind the other, if they fit.
pub(super) fn concatenated(first: Form, second: Form) -> Option<Form> {
    match (first, second) {
        (Form::Row(first), Form::Row(second)) => Some(Form::Row(first.saturating_add(second))),
        (Form::Picture(first), Form::Picture(second)) => {
            let fits = first.height == second.height && first.width == second.width;
            let channels = first.channels.saturating_add(second.channels);
            fits.then_some(Form::Picture(Shape { channels, ..first }))
        }
        _ => None,
    }
}

impl LayerSettings for ConcatLayer {
    fn kind(&self) -> &'static str {
        "concat"
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn plan(&self, walk: &mut Walk, input: Form) -> Result<Form, FieldError> {
        let earlier = walk.output_of(&self.with)?;
        concatenated(input, earlier).ok_or_else(|| {
            let message =
                format!("'{}' gives {earlier}, which cannot be put behind {input}", self.with);
            FieldError::new("with", message)
        })
    }
}

impl Layer for ConcatLayer {
    fn forward(&self, plan: &LayerPlan, value: Value, pass: &mut Pass) -> Value {
        match pass.output_of(plan.with) {
            Some(earlier) => {
                let members = pass.members;
                value.own(members).concatenate(&earlier.own(members), members)
            }
            None => value,
        }
    }
}
