//! The dense layers of a network, forward and backward: [`Layers`].
//!
//! Rectified linear units in the hidden layers, a linear output. One member alone works on
//! matrices; several work on batches of matrices. An input that all members share goes through the
//! first layer as one matrix product, with the units of all members below one another.

use crate::nn::Noise;
use crate::nn::dropout::Masks;
use tch::Tensor;

/// Dense layers of all members of a group.
pub(in crate::nn) struct Layers {
    layers: Vec<Layer>,
    members: i64,
}

/// One layer: weight `[out, in]` and bias `[out, 1]`, with a leading member axis unless alone.
struct Layer {
    weight: Tensor,
    bias: Tensor,
}

/// The input of each layer, feature-major: `[in, B]`, with a leading member axis unless alone (or
/// shared, in the first layer).
pub(in crate::nn) struct Tape {
    inputs: Vec<Tensor>,
    scale: f64,
}

/// Where the gradients of one layer go: as a [`Layer`], but for the bias, `[out]`.
pub(in crate::nn) struct LayerSlots {
    weight: Tensor,
    bias: Tensor,
}

impl Layers {
    /// Over parameters `[members, …]`: weight and bias of each layer in turn.
    pub(in crate::nn) fn new(parameters: &[Tensor]) -> Self {
        let members = parameters[0].size()[0];
        let layer = |pair: &[Tensor]| Layer {
            weight: alone(&pair[0], members),
            bias: alone(&pair[1], members).unsqueeze(-1),
        };
        Self { layers: parameters.chunks_exact(2).map(layer).collect(), members }
    }

    /// The weights of each hidden layer.
    pub(super) fn hidden_weights(&self) -> impl Iterator<Item = &Tensor> {
        self.layers.iter().take(self.layers.len() - 1).map(|layer| &layer.weight)
    }

    /// Memory for gradients in the form in which [`backward`](Self::backward) writes it.
    pub(super) fn slots(&self, memory: &[Tensor]) -> Vec<LayerSlots> {
        memory
            .chunks_exact(2)
            .map(|pair| LayerSlots {
                weight: alone(&pair[0], self.members),
                bias: alone(&pair[1], self.members),
            })
            .collect()
    }

    /// Logits `[members, B, classes]` for an input `[members, B, in]`, or `[B, in]` for all. Given
    /// noise, hidden units drop out by `masks`, one for each hidden layer.
    pub(in crate::nn) fn forward(
        &self,
        input: &Tensor,
        noise: Option<&Noise>,
        masks: &[Masks],
    ) -> (Tensor, Tape) {
        let mut tape = Tape { inputs: Vec::with_capacity(self.layers.len()), scale: 1.0 };
        let mut value = self.feature_major(input);
        for (layer, masks) in self.layers.iter().zip(masks) {
            let mut next = self.product(layer, &value).relu_();
            if let Some(noise) = noise.filter(|_| masks.active()) {
                let size = next.size();
                let options = (next.kind(), next.device());
                let drawn = masks.draw(noise, &size[size.len() - 2..], options);
                next = &next * alone(&drawn, self.members);
                tape.scale = masks.scale();
            }
            tape.inputs.push(value);
            value = next;
        }
        let logits = self.output(&value);
        tape.inputs.push(value);
        (logits, tape)
    }

    /// What the last layer is given, `[members, B, units]`, for an input as in
    /// [`forward`](Self::forward).
    pub(in crate::nn) fn features(&self, input: &Tensor) -> Tensor {
        let hidden = &self.layers[..self.layers.len() - 1];
        let value = hidden
            .iter()
            .fold(self.feature_major(input), |value, layer| self.product(layer, &value).relu_());
        value.transpose(-1, -2).expand([self.members, -1, -1], false)
    }

    /// The input with features before examples, without a member axis when alone or shared.
    fn feature_major(&self, input: &Tensor) -> Tensor {
        let input =
            if input.dim() == 3 { alone(input, self.members) } else { input.shallow_clone() };
        input.transpose(-1, -2)
    }

    /// `W x + b`, `[(members,) out, B]`.
    fn product(&self, layer: &Layer, value: &Tensor) -> Tensor {
        if self.members == 1 {
            return layer.bias.addmm(&layer.weight, value);
        }
        if value.dim() == 3 {
            return layer.bias.baddbmm(&layer.weight, value, 1.0, 1.0);
        }
        let (weight, bias) = (layer.weight.flatten(0, 1), layer.bias.flatten(0, 1));
        bias.addmm(&weight, value).view([self.members, -1, value.size()[1]])
    }

    /// The last layer: no rectification, and the result seen as `[members, B, classes]`.
    fn output(&self, value: &Tensor) -> Tensor {
        let logits = self.product(&self.layers[self.layers.len() - 1], value);
        let logits = if self.members == 1 { logits.unsqueeze(0) } else { logits };
        logits.transpose(1, 2)
    }

    /// Writes the gradients of all parameters, given that of the logits `[members, B, classes]`.
    pub(super) fn backward(&self, mut tape: Tape, gradient: &Tensor, slots: &[LayerSlots]) {
        let mut delta = alone(gradient, self.members).transpose(-1, -2);
        for (index, (layer, slots)) in self.layers.iter().zip(slots).enumerate().rev() {
            let Some(input) = tape.inputs.pop() else { return };
            self.accumulate(&delta, &input, slots);
            if index > 0 {
                let weight = layer.weight.transpose(-1, -2);
                let mut above =
                    if self.members == 1 { weight.mm(&delta) } else { weight.bmm(&delta) };
                // A unit that was dropped left a zero, as one that did not fire.
                if tape.scale > 1.0 {
                    above = above.g_mul_scalar_(tape.scale);
                }
                delta = input.threshold_backward(&above, 0.0);
            }
        }
    }

    /// The gradients of one layer: those of its weights `delta inputᵀ`, of its biases the sums of
    /// `delta` over the batch.
    fn accumulate(&self, delta: &Tensor, input: &Tensor, slots: &LayerSlots) {
        if self.members == 1 {
            let _ = delta.mm_out(&slots.weight, &input.tr());
        } else if input.dim() == 3 {
            let _ = delta.bmm_out(&slots.weight, &input.transpose(1, 2));
        } else {
            let weight = slots.weight.flatten(0, 1);
            let _ = delta.reshape([weight.size()[0], -1]).mm_out(&weight, &input.tr());
        }
        let _ = delta.sum_intlist_out(&slots.bias, -1, false, delta.kind());
    }
}

/// A tensor `[members, …]` without its member axis when one member is alone.
fn alone(tensor: &Tensor, members: i64) -> Tensor {
    if members == 1 { tensor.squeeze_dim(0) } else { tensor.shallow_clone() }
}
