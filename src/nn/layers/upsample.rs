//! Pictures made larger by a whole factor: [`UpsampleLayer`].

use super::convolution::picture;
use super::pair::Pair;
use crate::nn::blueprint::LayerPlan;
use crate::nn::form::{Form, product};
use crate::nn::pass::{Layer, Pass};
use crate::nn::value::Value;
use crate::nn::walk::{LayerSettings, Walk};
use crate::shape::Shape;
use crate::spec::FieldError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How new pixels follow from old ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UpsampleMethod {
    /// The nearest old pixel.
    #[default]
    Nearest,
    /// The four nearest ones, weighed by nearness; corners of pictures meet, not centres of their corner
    /// pixels (PyTorch's `align_corners=False`).
    Bilinear,
}

/// Pictures become larger; PyTorch's `Upsample`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpsampleLayer {
    /// The name of the layer, of letters, digits, `_` and `-`; by default its kind and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 100), regex(pattern = r"^[A-Za-z0-9_-]*$"))]
    pub name: Option<String>,
    /// By how much.
    #[serde(default = "UpsampleLayer::two")]
    pub factor: Pair,
    /// How new pixels follow from old ones.
    #[serde(default)]
    pub method: UpsampleMethod,
}

impl UpsampleLayer {
    fn two() -> Pair {
        Pair::Both(2)
    }
}

impl LayerSettings for UpsampleLayer {
    fn kind(&self) -> &'static str {
        "upsample"
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn plan(&self, walk: &mut Walk, input: Form) -> Result<Form, FieldError> {
        let Shape { channels, height, width } = picture(input, "upsampling")?;
        let factor = self.factor.positive("factor")?;
        let (height, width) = (height.saturating_mul(factor[0]), width.saturating_mul(factor[1]));
        let output = Form::Picture(Shape { channels, height, width });
        walk.flops(product(&[
            if self.method == UpsampleMethod::Bilinear { 8 } else { 1 },
            output.numbers(),
        ]));
        Ok(output)
    }
}

impl Layer for UpsampleLayer {
    fn forward(&self, plan: &LayerPlan, value: Value, _: &mut Pass) -> Value {
        let Form::Picture(Shape { height, width, .. }) = plan.output else { return value };
        let size = [height, width];
        let tensor = match self.method {
            UpsampleMethod::Nearest => value.tensor.upsample_nearest2d(size, None, None),
            UpsampleMethod::Bilinear => value.tensor.upsample_bilinear2d(size, false, None, None),
        };
        value.computed(tensor, plan.output)
    }
}
