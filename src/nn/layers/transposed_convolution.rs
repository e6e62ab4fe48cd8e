//! A transposed convolution, which makes pictures larger: [`TransposedConvolutionLayer`].

use super::convolution::{ConvolutionLayer, channels_last, check_groups, picture};
use super::pair::{Pair, shown};
use crate::nn::blueprint::LayerPlan;
use crate::nn::form::{Form, product};
use crate::nn::initial::InitialValues;
use crate::nn::pass::{Layer, Pass};
use crate::nn::value::Value;
use crate::nn::walk::{LayerSettings, Walk};
use crate::shape::Shape;
use crate::spec::FieldError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Each number of the input adds its multiple of a kernel to the output; PyTorch's `ConvTranspose2d`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransposedConvolutionLayer {
    /// The name of the layer, of letters, digits, `_` and `-`; by default its kind and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 100), regex(pattern = r"^[A-Za-z0-9_-]*$"))]
    pub name: Option<String>,
    /// Output channels.
    #[schemars(range(min = 1, max = 100_000))]
    pub channels: i64,
    /// Height and width of the kernels in pixels.
    pub kernel: Pair,
    /// Pixels of the output from one window to the next.
    #[serde(default = "ConvolutionLayer::one")]
    pub stride: Pair,
    /// Pixels taken away on each side of the output.
    #[serde(default = "TransposedConvolutionLayer::none")]
    pub padding: Pair,
    /// Pixels added below and on the right of the output; less than the stride or the dilation.
    #[serde(default = "TransposedConvolutionLayer::none")]
    pub output_padding: Pair,
    /// Pixels from one number of the kernel to the next.
    #[serde(default = "ConvolutionLayer::one")]
    pub dilation: Pair,
    /// Groups of channels that do not meet.
    #[serde(default = "ConvolutionLayer::one_group")]
    #[schemars(range(min = 1, max = 100_000))]
    pub groups: i64,
    /// Whether each output channel has a bias.
    #[serde(default = "ConvolutionLayer::yes")]
    pub bias: bool,
    /// Initial values; null for those of the network.
    #[serde(default)]
    pub init: Option<InitialValues>,
}

impl TransposedConvolutionLayer {
    /// One that makes pictures twice as large with an odd kernel, with so much added below and on the right.
    pub(crate) fn doubling(name: String, channels: i64, kernel: i64, output_padding: Pair) -> Self {
        Self {
            name: Some(name),
            channels,
            kernel: Pair::Both(kernel),
            stride: Pair::Both(2),
            padding: Pair::Both(kernel / 2),
            output_padding,
            dilation: ConvolutionLayer::one(),
            groups: 1,
            bias: true,
            init: None,
        }
    }

    fn none() -> Pair {
        Pair::Both(0)
    }

    /// Of a side of the picture: what it becomes.
    fn enlarged(&self, size: i64, axis: usize) -> i64 {
        let of = |pair: Pair| pair.sides()[axis];
        (size - 1) * of(self.stride) - 2 * of(self.padding)
            + of(self.dilation) * (of(self.kernel) - 1)
            + of(self.output_padding)
            + 1
    }
}

impl LayerSettings for TransposedConvolutionLayer {
    fn kind(&self) -> &'static str {
        "transposed_convolution"
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn plan(&self, walk: &mut Walk, input: Form) -> Result<Form, FieldError> {
        let shape = picture(input, "a transposed convolution")?;
        let (kernel, stride) = (self.kernel.positive("kernel")?, self.stride.positive("stride")?);
        let dilation = self.dilation.positive("dilation")?;
        let extra = self.output_padding.sides();
        check_groups(self.groups, shape.channels, self.channels)?;
        if (0..2).any(|side| extra[side] >= stride[side].max(dilation[side])) {
            let message = format!(
                "output_padding is {}; it must be less than the stride ({}) or the dilation",
                shown(extra),
                shown(stride)
            );
            return Err(FieldError::new("output_padding", message));
        }
        let (height, width) = (self.enlarged(shape.height, 0), self.enlarged(shape.width, 1));
        if height < 1 || width < 1 {
            let message = "padding takes the whole picture away";
            return Err(FieldError::new("padding", message).with_help("use less padding"));
        }
        let out_of = self.channels / self.groups;
        // Where windows lie apart, only some of the kernel's numbers meet in each pixel. (PyTorch starts
        // these layers from the fan out.)
        let meeting = (kernel[0] * kernel[1] / (stride[0] * stride[1])).max(1);
        let fan_in = product(&[shape.channels / self.groups, kernel[0] * kernel[1]])
            / (stride[0] * stride[1]);
        let fan_out = product(&[out_of, meeting]);
        let size = vec![shape.channels, out_of, kernel[0], kernel[1]];
        walk.weights(size, [fan_in.max(1), fan_out], self.init);
        if self.bias {
            walk.biases(self.channels, fan_in.max(1), self.init);
        }
        let each = product(&[2, out_of, kernel[0], kernel[1]]);
        walk.flops(product(&[each, shape.channels, shape.height, shape.width]));
        Ok(Form::Picture(Shape { channels: self.channels, height, width }))
    }
}

impl Layer for TransposedConvolutionLayer {
    fn forward(&self, plan: &LayerPlan, value: Value, pass: &mut Pass) -> Value {
        let members = pass.members;
        let value = value.own(members);
        let [weight, rest @ ..] = pass.parameters(plan) else { return value };
        let (weight, bias) = (weight.flatten(0, 1), rest.first().map(|bias| bias.flatten(0, 1)));
        let groups = members * self.groups;
        let input =
            if groups == 1 { channels_last(&value.tensor) } else { value.tensor.shallow_clone() };
        let tensor = input.conv_transpose2d(
            &weight,
            bias.as_ref(),
            self.stride.sides(),
            self.padding.sides(),
            self.output_padding.sides(),
            groups,
            self.dilation.sides(),
        );
        value.computed(tensor, plan.output)
    }
}
