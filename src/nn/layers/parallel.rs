//! Branches that all see what comes in: [`ParallelLayer`].

use super::concat::concatenated;
use crate::nn::blueprint::LayerPlan;
use crate::nn::form::Form;
use crate::nn::pass::{Layer, Pass};
use crate::nn::value::Value;
use crate::nn::walk::{LayerSettings, Walk};
use crate::spec::FieldError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How what branches give becomes one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Join {
    /// One behind the other, along the channels.
    #[default]
    Concat,
    /// Their sum.
    Add,
}

/// Branches that all see what comes in, and their results as one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParallelLayer<L> {
    /// The name of the layer, of letters, digits, `_` and `-`; by default its kind and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 100), regex(pattern = r"^[A-Za-z0-9_-]*$"))]
    pub name: Option<String>,
    /// The layers of each branch; an empty list hands on what comes in.
    #[schemars(length(min = 1))]
    pub branches: Vec<Vec<L>>,
    /// How what they give becomes one.
    #[serde(default)]
    pub join: Join,
}

impl<L: LayerSettings> LayerSettings for ParallelLayer<L> {
    fn kind(&self) -> &'static str {
        "parallel"
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn plan(&self, walk: &mut Walk, input: Form) -> Result<Form, FieldError> {
        let mut whole: Option<Form> = None;
        for (index, branch) in self.branches.iter().enumerate() {
            let field = format!("branches[{index}]");
            let given = walk.sequence(&field, branch, input)?;
            let joined = match (whole, self.join) {
                (None, _) => Some(given),
                (Some(before), Join::Add) => (before == given).then_some(given),
                (Some(before), Join::Concat) => concatenated(before, given),
            };
            whole = Some(joined.ok_or_else(|| {
                let before = whole.unwrap_or(given);
                let verb = if self.join == Join::Add { "added to" } else { "put behind" };
                let message = format!("the branch gives {given}, which cannot be {verb} {before}");
                FieldError::new(field, message)
            })?);
        }
        whole.ok_or_else(|| FieldError::new("branches", "there is no branch"))
    }
}

impl<L: Layer> Layer for ParallelLayer<L> {
    fn forward(&self, plan: &LayerPlan, mut value: Value, pass: &mut Pass) -> Value {
        let mut whole: Option<Value> = None;
        for branch in &self.branches {
            let copy = value.share();
            let given = pass.sequence(branch, copy).own(pass.members);
            whole = Some(match (whole, self.join) {
                (None, _) => given,
                (Some(before), Join::Add) => {
                    let tensor = &before.tensor + &given.tensor;
                    before.computed(tensor, plan.output)
                }
                (Some(before), Join::Concat) => before.concatenate(&given, pass.members),
            });
        }
        whole.unwrap_or(value)
    }
}
