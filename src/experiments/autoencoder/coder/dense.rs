//! Dense layers, forward and backward: [`Dense`].
//!
//! The backward pass is written out: it skips what autograd would compute for nothing (the gradient
//! of the pictures) and writes gradients into memory that stays. One member alone works on matrices;
//! several work on batches of matrices. Rows are examples, as the pictures lie.

use super::super::spec::Activation;
use super::{Gradients, Of};
use std::cell::OnceCell;
use tch::Tensor;

/// Dense layers of all members; an activation behind each but the last.
pub(super) struct Dense {
    layers: Vec<Layer>,
    members: i64,
    activation: Activation,
    sizes: Vec<Vec<i64>>,
    memory: OnceCell<Memory>,
}

/// Weight `[out, in]` and bias `[out]`, with a leading member axis unless alone.
struct Layer {
    weight: Tensor,
    bias: Tensor,
}

/// Where gradients go: as the parameters, and the same memory as the layers see it.
struct Memory {
    all: Vec<Tensor>,
    layers: Vec<Layer>,
}

/// The input of each layer, `[R, in]`, with a leading member axis unless alone.
pub(in super::super) struct Tape(Vec<Tensor>);

fn layers(parameters: &[Tensor], members: i64) -> Vec<Layer> {
    parameters
        .chunks_exact(2)
        .map(|pair| Layer { weight: alone(&pair[0], members), bias: alone(&pair[1], members) })
        .collect()
}

/// A tensor `[members, …]` without its member axis when one member is alone.
fn alone(tensor: &Tensor, members: i64) -> Tensor {
    if members == 1 { tensor.squeeze_dim(0) } else { tensor.shallow_clone() }
}

impl Dense {
    /// Over parameters `[members, …]`: weight and bias of each layer in turn.
    pub(super) fn new(parameters: &[Tensor], activation: Activation) -> Self {
        let members = parameters[0].size()[0];
        Self {
            layers: layers(parameters, members),
            members,
            activation,
            sizes: parameters.iter().map(Tensor::size).collect(),
            memory: OnceCell::new(),
        }
    }

    /// `[members, R, out]` of an input `[members, R, in]`.
    pub(super) fn forward(&self, input: &Tensor) -> (Tensor, Tape) {
        let mut inputs = Vec::with_capacity(self.layers.len());
        let mut value = alone(input, self.members);
        let last = self.layers.len() - 1;
        for (index, layer) in self.layers.iter().enumerate() {
            let mut next = self.product(layer, &value);
            if index < last {
                next = self.activation.of(&mut next);
            }
            inputs.push(value);
            value = next;
        }
        (if self.members == 1 { value.unsqueeze(0) } else { value }, Tape(inputs))
    }

    /// `x Wᵀ + b`.
    fn product(&self, layer: &Layer, value: &Tensor) -> Tensor {
        if self.members == 1 {
            layer.bias.addmm(value, &layer.weight.tr())
        } else {
            layer.bias.unsqueeze(1).baddbmm(value, &layer.weight.transpose(1, 2), 1.0, 1.0)
        }
    }

    /// The gradients, given that of the output `[members, R, out]`.
    pub(super) fn backward(&self, tape: &Tape, gradient: &Tensor, of: Of) -> Gradients {
        let mut delta = alone(gradient, self.members);
        let memory = of.parameters().then(|| self.memory());
        for (index, (layer, input)) in self.layers.iter().zip(&tape.0).enumerate().rev() {
            if let Some(memory) = memory {
                self.accumulate(&delta, input, &memory.layers[index]);
            }
            if index == 0 && !of.input() {
                break;
            }
            let above =
                if self.members == 1 { delta.mm(&layer.weight) } else { delta.bmm(&layer.weight) };
            delta = if index > 0 { self.activation.backward(&above, input) } else { above };
        }
        let parameters = memory.map(|memory| memory.all.iter().map(Tensor::shallow_clone));
        let input = if self.members == 1 { delta.unsqueeze(0) } else { delta };
        Gradients {
            parameters: parameters.into_iter().flatten().collect(),
            input: of.input().then_some(input),
        }
    }

    fn memory(&self) -> &Memory {
        self.memory.get_or_init(|| {
            let like = &self.layers[0].weight;
            let options = (like.kind(), like.device());
            let all: Vec<_> = self.sizes.iter().map(|size| Tensor::zeros(size, options)).collect();
            let layers = layers(&all, self.members);
            Memory { all, layers }
        })
    }

    /// The gradients of one layer: those of its weights `deltaᵀ input`, of its biases the sums of
    /// `delta` over the rows.
    fn accumulate(&self, delta: &Tensor, input: &Tensor, slots: &Layer) {
        let turned = delta.transpose(-1, -2);
        if self.members == 1 {
            let _ = turned.mm_out(&slots.weight, input);
        } else {
            let _ = turned.bmm_out(&slots.weight, input);
        }
        let _ = delta.sum_intlist_out(&slots.bias, -2, false, delta.kind());
    }
}
