//! A convolution over height and width: [`ConvolutionLayer`].

use super::pair::{Padding, Pair, passed_over};
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
use tch::{Device, Kind, Tensor};

/// Each output channel is a sum over a window of the input channels; PyTorch's `Conv2d`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConvolutionLayer {
    /// The name of the layer, of letters, digits, `_` and `-`; by default its kind and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 100), regex(pattern = r"^[A-Za-z0-9_-]*$"))]
    pub name: Option<String>,
    /// Output channels.
    #[schemars(range(min = 1, max = 100_000))]
    pub channels: i64,
    /// Height and width of the kernels in pixels.
    pub kernel: Pair,
    /// Pixels from one window to the next.
    #[serde(default = "ConvolutionLayer::one")]
    pub stride: Pair,
    /// Zeros on each side of the picture, or `same`.
    #[serde(default = "ConvolutionLayer::no_padding")]
    pub padding: Padding,
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

impl ConvolutionLayer {
    pub(super) fn one() -> Pair {
        Pair::Both(1)
    }

    fn no_padding() -> Padding {
        Padding::Of(Pair::Both(0))
    }

    pub(super) fn one_group() -> i64 {
        1
    }

    pub(super) fn yes() -> bool {
        true
    }

    /// A convolution with biases.
    pub(crate) fn new(name: String, channels: i64, kernel: i64, padding: i64) -> Self {
        Self {
            name: Some(name),
            channels,
            kernel: Pair::Both(kernel),
            stride: Self::one(),
            padding: Padding::Of(Pair::Both(padding)),
            dilation: Self::one(),
            groups: 1,
            bias: true,
            init: None,
        }
    }
}

/// On a CPU, pictures with the numbers of a pixel next to each other in memory, as its convolutions want them
/// (a third faster than channel by channel); what comes of them lies so too. Elsewhere as they are.
pub(super) fn channels_last(pictures: &Tensor) -> Tensor {
    if pictures.device() != Device::Cpu || pictures.kind() != Kind::Float {
        return pictures.shallow_clone();
    }
    match *pictures.size() {
        // Of one channel it is a matter of what its stride is called.
        [batch, 1, height, width] => {
            let strides = [height * width, 1, width, 1];
            pictures.contiguous().as_strided([batch, 1, height, width], strides, None)
        }
        _ => pictures.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2]),
    }
}

/// What comes in as a picture.
pub(super) fn picture(input: Form, what: &str) -> Result<Shape, FieldError> {
    match input {
        Form::Picture(shape) => Ok(shape),
        Form::Row(numbers) => {
            let message =
                format!("{what} needs a picture, and what comes in is a row of {numbers} numbers");
            let help = "put a layer 'reshape' before it";
            Err(FieldError::new("", message).with_help(help))
        }
    }
}

/// That groups divide the channels.
pub(super) fn check_groups(groups: i64, input: i64, output: i64) -> Result<(), FieldError> {
    if groups >= 1 && input % groups == 0 && output % groups == 0 {
        return Ok(());
    }
    let message = format!(
        "groups is {groups}; it must divide the {input} channels that come in and the {output} that go out"
    );
    Err(FieldError::new("groups", message))
}

impl LayerSettings for ConvolutionLayer {
    fn kind(&self) -> &'static str {
        "convolution"
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn plan(&self, walk: &mut Walk, input: Form) -> Result<Form, FieldError> {
        let shape = picture(input, "a convolution")?;
        let (kernel, stride) = (self.kernel.positive("kernel")?, self.stride.positive("stride")?);
        let dilation = self.dilation.positive("dilation")?;
        check_groups(self.groups, shape.channels, self.channels)?;
        let padding = self.padding.sides(kernel, dilation)?;
        let size = [shape.height, shape.width];
        let [height, width] = passed_over(size, kernel, stride, padding, dilation)?;
        let into = shape.channels / self.groups;
        let fan_in = product(&[into, kernel[0], kernel[1]]);
        let fan_out = product(&[self.channels / self.groups, kernel[0], kernel[1]]);
        walk.weights(vec![self.channels, into, kernel[0], kernel[1]], [fan_in, fan_out], self.init);
        if self.bias {
            walk.biases(self.channels, fan_in, self.init);
        }
        walk.flops(product(&[2, fan_in, self.channels, height, width]));
        Ok(Form::Picture(Shape { channels: self.channels, height, width }))
    }
}

impl Layer for ConvolutionLayer {
    fn forward(&self, plan: &LayerPlan, value: Value, pass: &mut Pass) -> Value {
        let members = pass.members;
        // Groups of a picture that all share would be groups of every member's.
        let value = if self.groups > 1 { value.own(members) } else { value };
        let groups = if value.shared { 1 } else { members * self.groups };
        let [weight, rest @ ..] = pass.parameters(plan) else { return value };
        let (weight, bias) = (weight.flatten(0, 1), rest.first().map(|bias| bias.flatten(0, 1)));
        let dilation = self.dilation.sides();
        let padding = self.padding.sides(self.kernel.sides(), dilation).unwrap_or_default();
        let stride = self.stride.sides();
        let input = if groups == 1 { channels_last(&value.tensor) } else { value.tensor };
        let tensor = input.conv2d(&weight, bias.as_ref(), stride, padding, dilation, groups);
        Value { tensor, form: plan.output, shared: false, overwritable: true }
    }
}
