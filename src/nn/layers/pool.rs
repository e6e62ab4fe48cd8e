//! Pooling: windows of a picture become one number each. [`PoolLayer`], [`GlobalPoolLayer`].

use super::convolution::picture;
use super::pair::{Pair, shown};
use crate::nn::blueprint::LayerPlan;
use crate::nn::form::{Form, product};
use crate::nn::pass::{Layer, Pass};
use crate::nn::value::Value;
use crate::nn::walk::{LayerSettings, Walk};
use crate::shape::Shape;
use crate::spec::FieldError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tch::Kind;

/// What a window becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PoolMethod {
    /// Its largest number.
    Maximum,
    /// The mean of its numbers.
    Average,
}

/// Each window of each channel becomes one number; PyTorch's `MaxPool2d` and `AvgPool2d`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PoolLayer {
    /// The name of the layer, of letters, digits, `_` and `-`; by default its kind and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 100), regex(pattern = r"^[A-Za-z0-9_-]*$"))]
    pub name: Option<String>,
    /// What a window becomes.
    pub method: PoolMethod,
    /// Height and width of a window in pixels.
    pub kernel: Pair,
    /// Pixels from one window to the next; null for as many as the kernel has.
    #[serde(default)]
    pub stride: Option<Pair>,
    /// Pixels added on each side, at most half the kernel: zeros where means are taken, else below every
    /// number.
    #[serde(default = "PoolLayer::no_padding")]
    pub padding: Pair,
    /// Whether a window that begins within the picture and ends outside counts.
    #[serde(default)]
    pub ceil: bool,
    /// Whether means count the zeros of the padding.
    #[serde(default = "PoolLayer::yes")]
    pub count_padding: bool,
}

/// Each channel becomes one number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GlobalPoolLayer {
    /// The name of the layer, of letters, digits, `_` and `-`; by default its kind and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 100), regex(pattern = r"^[A-Za-z0-9_-]*$"))]
    pub name: Option<String>,
    /// What a channel becomes.
    pub method: PoolMethod,
}

impl PoolLayer {
    fn no_padding() -> Pair {
        Pair::Both(0)
    }

    fn yes() -> bool {
        true
    }

    /// Windows of so many pixels beside each other.
    pub(crate) fn new(method: PoolMethod, kernel: i64) -> Self {
        Self {
            name: None,
            method,
            kernel: Pair::Both(kernel),
            stride: None,
            padding: Self::no_padding(),
            ceil: false,
            count_padding: true,
        }
    }

    fn stride(&self) -> Pair {
        self.stride.unwrap_or(self.kernel)
    }

    /// Of a side of the picture: what it becomes.
    fn pooled(&self, size: i64, axis: usize) -> i64 {
        let of = |pair: Pair| pair.sides()[axis];
        let (kernel, stride, padding) = (of(self.kernel), of(self.stride()), of(self.padding));
        let room = size + 2 * padding - kernel;
        if room < 0 && !(self.ceil && room + stride > 0) {
            return 0;
        }
        let up = if self.ceil { stride - 1 } else { 0 };
        let count = (room + up).div_euclid(stride) + 1;
        // The last window has to begin within the picture or the padding before it.
        if self.ceil && (count - 1) * stride >= size + padding { count - 1 } else { count }
    }
}

impl LayerSettings for PoolLayer {
    fn kind(&self) -> &'static str {
        "pool"
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn is_looked_past(&self) -> bool {
        true
    }

    fn plan(&self, walk: &mut Walk, input: Form) -> Result<Form, FieldError> {
        let shape = picture(input, "pooling")?;
        let kernel = self.kernel.positive("kernel")?;
        self.stride().positive("stride")?;
        let padding = self.padding.sides();
        if (0..2).any(|side| 2 * padding[side] > kernel[side]) {
            let message = format!(
                "padding is {}; it must be at most half the kernel, which is {}",
                shown(padding),
                shown(kernel)
            );
            return Err(FieldError::new("padding", message));
        }
        let (height, width) = (self.pooled(shape.height, 0), self.pooled(shape.width, 1));
        if height < 1 || width < 1 {
            let size = shown([shape.height, shape.width]);
            let message = format!("the kernel is {}, and the picture {size}", shown(kernel));
            let help = "use a smaller kernel, or fewer layers that shrink the picture";
            return Err(FieldError::new("kernel", message).with_help(help));
        }
        walk.flops(product(&[kernel[0], kernel[1], shape.channels, height, width]));
        Ok(Form::Picture(Shape { channels: shape.channels, height, width }))
    }
}

impl Layer for PoolLayer {
    fn forward(&self, plan: &LayerPlan, value: Value, _: &mut Pass) -> Value {
        let (kernel, stride, padding) =
            (self.kernel.sides(), self.stride().sides(), self.padding.sides());
        let tensor = match self.method {
            PoolMethod::Maximum => {
                value.tensor.max_pool2d(kernel, stride, padding, [1, 1], self.ceil)
            }
            PoolMethod::Average => value.tensor.avg_pool2d(
                kernel,
                stride,
                padding,
                self.ceil,
                self.count_padding,
                None::<i64>,
            ),
        };
        value.computed(tensor, plan.output)
    }
}

impl LayerSettings for GlobalPoolLayer {
    fn kind(&self) -> &'static str {
        "global_pool"
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn plan(&self, walk: &mut Walk, input: Form) -> Result<Form, FieldError> {
        let shape = picture(input, "pooling")?;
        walk.flops(input.numbers());
        Ok(Form::Row(shape.channels))
    }
}

impl Layer for GlobalPoolLayer {
    fn forward(&self, plan: &LayerPlan, value: Value, pass: &mut Pass) -> Value {
        let over = [2i64, 3];
        let pooled = match self.method {
            PoolMethod::Maximum => value.tensor.amax(over, false),
            PoolMethod::Average => value.tensor.mean_dim(over.as_slice(), false, None::<Kind>),
        };
        let tensor = if value.shared {
            pooled
        } else {
            pooled.view([pooled.size()[0], pass.members, -1]).transpose(0, 1)
        };
        value.viewed(tensor, plan.output)
    }
}
