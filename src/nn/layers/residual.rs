//! Layers whose result is added to what came in: [`ResidualLayer`].

use crate::nn::blueprint::LayerPlan;
use crate::nn::form::Form;
use crate::nn::pass::{Layer, Pass};
use crate::nn::value::Value;
use crate::nn::walk::{LayerSettings, Walk};
use crate::spec::FieldError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What comes in, behind a shortcut, plus what layers make of it (He et al. 2016).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "L: Deserialize<'de>"))]
pub struct ResidualLayer<L> {
    /// The name of the layer, of letters, digits, `_` and `-`; by default its kind and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 100), regex(pattern = r"^[A-Za-z0-9_-]*$"))]
    pub name: Option<String>,
    /// The layers.
    #[schemars(length(min = 1))]
    pub layers: Vec<L>,
    /// What stands in the way of what came in, where it has to change its form; empty for nothing.
    #[serde(default)]
    pub shortcut: Vec<L>,
}

impl<L: LayerSettings> LayerSettings for ResidualLayer<L> {
    fn kind(&self) -> &'static str {
        "residual"
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn plan(&self, walk: &mut Walk, input: Form) -> Result<Form, FieldError> {
        let main = walk.sequence("layers", &self.layers, input)?;
        let aside = walk.sequence("shortcut", &self.shortcut, input)?;
        if main != aside {
            let message =
                format!("layers give {main} and the shortcut gives {aside}, and they are added");
            let help = "let the shortcut come to the same form: a convolution with kernel 1 and the strides of layers";
            return Err(FieldError::new("shortcut", message).with_help(help));
        }
        walk.flops(main.numbers());
        Ok(main)
    }
}

impl<L: Layer> Layer for ResidualLayer<L> {
    fn forward(&self, plan: &LayerPlan, mut value: Value, pass: &mut Pass) -> Value {
        let aside = value.share();
        let main = pass.sequence(&self.layers, value);
        let aside = pass.sequence(&self.shortcut, aside);
        let members = pass.members;
        let (main, aside) = if main.shared == aside.shared {
            (main, aside)
        } else {
            (main.own(members), aside.own(members))
        };
        let tensor = &main.tensor + &aside.tensor;
        main.computed(tensor, plan.output)
    }
}
