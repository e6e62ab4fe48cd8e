//! Normalisation: of each channel over a batch ([`BatchNormLayer`]), of each example
//! ([`LayerNormLayer`]), of groups of its channels ([`GroupNormLayer`]).

use super::convolution::picture;
use crate::nn::blueprint::LayerPlan;
use crate::nn::blueprint::ParameterKind;
use crate::nn::form::{Form, product};
use crate::nn::initial::Initial;
use crate::nn::pass::{Layer, Pass};
use crate::nn::value::Value;
use crate::nn::walk::{LayerSettings, Walk};
use crate::shape::Shape;
use crate::spec::FieldError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tch::Tensor;

/// Each channel (of a row each number) has mean 0 and variance 1 over the batch, then a scale and a
/// shift that are learnt; when the network is used, by running means of what was seen in training (Ioffe &
/// Szegedy 2015).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchNormLayer {
    /// The name of the layer, of letters, digits, `_` and `-`; by default its kind and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 100), regex(pattern = r"^[A-Za-z0-9_-]*$"))]
    pub name: Option<String>,
    /// The weight of a batch in the running mean and variance.
    #[serde(default = "BatchNormLayer::tenth")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub momentum: f64,
    /// Added to the variance, so that nothing is divided by 0.
    #[serde(default = "BatchNormLayer::little")]
    #[schemars(range(min = 0.0, max = 1e6))]
    pub epsilon: f64,
    /// Whether a scale and a shift are learnt.
    #[serde(default = "BatchNormLayer::yes")]
    pub affine: bool,
}

/// The numbers of each example have mean 0 and variance 1, then a scale and a shift of each that are
/// learnt (Ba et al. 2016).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayerNormLayer {
    /// The name of the layer, of letters, digits, `_` and `-`; by default its kind and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 100), regex(pattern = r"^[A-Za-z0-9_-]*$"))]
    pub name: Option<String>,
    /// Added to the variance, so that nothing is divided by 0.
    #[serde(default = "BatchNormLayer::little")]
    #[schemars(range(min = 0.0, max = 1e6))]
    pub epsilon: f64,
    /// Whether a scale and a shift are learnt.
    #[serde(default = "BatchNormLayer::yes")]
    pub affine: bool,
}

/// The numbers of each group of channels of each example have mean 0 and variance 1, then a scale and a
/// shift of each channel that are learnt (Wu & He 2018).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupNormLayer {
    /// The name of the layer, of letters, digits, `_` and `-`; by default its kind and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 100), regex(pattern = r"^[A-Za-z0-9_-]*$"))]
    pub name: Option<String>,
    /// Groups of channels; as many as there are channels is instance normalisation.
    #[schemars(range(min = 1, max = 100_000))]
    pub groups: i64,
    /// Added to the variance, so that nothing is divided by 0.
    #[serde(default = "BatchNormLayer::little")]
    #[schemars(range(min = 0.0, max = 1e6))]
    pub epsilon: f64,
    /// Whether a scale and a shift are learnt.
    #[serde(default = "BatchNormLayer::yes")]
    pub affine: bool,
}

impl BatchNormLayer {
    fn tenth() -> f64 {
        0.1
    }

    fn little() -> f64 {
        1e-5
    }

    fn yes() -> bool {
        true
    }
}

/// Adds a scale and a shift of this size.
fn scale_and_shift(walk: &mut Walk, affine: bool, size: &[i64]) {
    if affine {
        walk.parameter("weight", size.to_vec(), ParameterKind::Weight, Initial::Constant(1.0));
        walk.parameter("bias", size.to_vec(), ParameterKind::Bias, Initial::Constant(0.0));
    }
}

/// Scale and shift of all members next to each other.
fn merge_members(parameters: &[Tensor]) -> [Option<Tensor>; 2] {
    [0, 1].map(|index| parameters.get(index).map(|it| it.flatten(0, 1)))
}

/// Channels: of a row, its numbers.
fn channels(form: Form) -> i64 {
    match form {
        Form::Row(numbers) => numbers,
        Form::Picture(shape) => shape.channels,
    }
}

impl LayerSettings for BatchNormLayer {
    fn kind(&self) -> &'static str {
        "batch_norm"
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn is_looked_past(&self) -> bool {
        true
    }

    fn plan(&self, walk: &mut Walk, input: Form) -> Result<Form, FieldError> {
        let channels = channels(input);
        scale_and_shift(walk, self.affine, &[channels]);
        walk.buffer("running_mean", vec![channels], 0.0);
        walk.buffer("running_variance", vec![channels], 1.0);
        walk.flops(product(&[4, input.numbers()]));
        Ok(input)
    }
}

impl Layer for BatchNormLayer {
    fn forward(&self, plan: &LayerPlan, value: Value, pass: &mut Pass) -> Value {
        let value = value.own(pass.members);
        let [scale, shift] = merge_members(pass.parameters(plan));
        let input = value.merge_members();
        let channels = pass.members * channels(value.form);
        let training = pass.noise.is_some();
        // One number has no variance to remember, and a mean that says nothing; it becomes the shift.
        let lone = training && input.numel() as i64 == channels;
        // Members side by side count changes to the memory that they share; what has a count of its own
        // is not taken for another's.
        let [mean, variance] =
            [0, 1].map(|index| pass.buffers(plan)[index].data().view([channels]));
        let tensor = Tensor::batch_norm(
            &input,
            scale.as_ref(),
            shift.as_ref(),
            (!lone).then_some(&mean),
            (!lone).then_some(&variance),
            training,
            self.momentum,
            self.epsilon,
            true,
        );
        value.split_members(&tensor, pass.members)
    }
}

impl LayerSettings for LayerNormLayer {
    fn kind(&self) -> &'static str {
        "layer_norm"
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn is_looked_past(&self) -> bool {
        true
    }

    fn plan(&self, walk: &mut Walk, input: Form) -> Result<Form, FieldError> {
        let size = match input {
            Form::Row(numbers) => vec![numbers],
            Form::Picture(Shape { channels, height, width }) => vec![channels, height, width],
        };
        scale_and_shift(walk, self.affine, &size);
        walk.flops(product(&[6, input.numbers()]));
        Ok(input)
    }
}

impl Layer for LayerNormLayer {
    fn forward(&self, plan: &LayerPlan, value: Value, pass: &mut Pass) -> Value {
        let (members, form) = (pass.members, value.form);
        let rows = value.own(members).rows(members);
        let numbers = [form.numbers()];
        let none = None::<&Tensor>;
        let mut tensor = rows.tensor.layer_norm(numbers, none, none, self.epsilon, true);
        if let [scale, shift] = pass.parameters(plan) {
            let flat = |parameter: &Tensor| parameter.view([members, 1, numbers[0]]);
            tensor = flat(shift).addcmul(&tensor, &flat(scale));
        }
        let rows = rows.computed(tensor, Form::Row(numbers[0]));
        match form {
            Form::Row(_) => rows,
            Form::Picture(shape) => rows.pictures(shape),
        }
    }
}

impl LayerSettings for GroupNormLayer {
    fn kind(&self) -> &'static str {
        "group_norm"
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn is_looked_past(&self) -> bool {
        true
    }

    fn plan(&self, walk: &mut Walk, input: Form) -> Result<Form, FieldError> {
        let shape = picture(input, "group normalisation")?;
        if self.groups < 1 || shape.channels % self.groups != 0 {
            let message = format!(
                "groups is {}; it must divide the {} channels that come in",
                self.groups, shape.channels
            );
            return Err(FieldError::new("groups", message));
        }
        scale_and_shift(walk, self.affine, &[shape.channels]);
        walk.flops(product(&[6, input.numbers()]));
        Ok(input)
    }
}

impl Layer for GroupNormLayer {
    fn forward(&self, plan: &LayerPlan, value: Value, pass: &mut Pass) -> Value {
        let value = value.own(pass.members);
        let [scale, shift] = merge_members(pass.parameters(plan));
        let groups = pass.members * self.groups;
        let tensor = value.tensor.group_norm(groups, scale, shift, self.epsilon, true);
        value.computed(tensor, plan.output)
    }
}
