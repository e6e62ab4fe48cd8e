//! Dense layers, forward and backward: [`Dense`].
//!
//! The backward pass is written out: it skips what autograd would compute for nothing (the gradient
//! of the pictures) and writes gradients into memory that stays. Members are carried in groups, all
//! together or one after another ([`carried_dense`]): one alone works on matrices, several on batches
//! of matrices. Rows are examples, as the pictures lie.

use super::super::spec::Activation;
use super::{Gradients, Of};
use crate::nn::carried_dense;
use std::cell::OnceCell;
use tch::Tensor;

/// Dense layers of all members; an activation behind each but the last.
pub(super) struct Dense {
    groups: Vec<Group>,
    sizes: Vec<Vec<i64>>,
    memory: OnceCell<Memory>,
}

/// Members that are carried together.
struct Group {
    layers: Vec<Layer>,
    first: i64,
    members: i64,
    activation: Activation,
}

/// Weight `[out, in]` and bias `[out]`, with a leading member axis unless alone.
struct Layer {
    weight: Tensor,
    bias: Tensor,
}

/// Where gradients go: as the parameters, and the same memory as the layers of each group see it.
struct Memory {
    all: Vec<Tensor>,
    groups: Vec<Vec<Layer>>,
}

/// The input of each layer of each group, `[R, in]`, with a leading member axis unless alone.
pub(in super::super) struct Tape(Vec<Vec<Tensor>>);

/// Weight and bias of each layer, of `count` members from number `from` on.
fn layers(parameters: &[Tensor], from: i64, count: i64) -> Vec<Layer> {
    let part = |tensor: &Tensor| alone(&tensor.narrow(0, from, count), count);
    parameters
        .chunks_exact(2)
        .map(|pair| Layer { weight: part(&pair[0]), bias: part(&pair[1]) })
        .collect()
}

/// A tensor `[members, …]` without its member axis when one member is alone.
fn alone(tensor: &Tensor, members: i64) -> Tensor {
    if members == 1 { tensor.squeeze_dim(0) } else { tensor.shallow_clone() }
}

/// The other way round.
fn with_members(tensor: Tensor, members: i64) -> Tensor {
    if members == 1 { tensor.unsqueeze(0) } else { tensor }
}

/// Along the member axis; of one group as it is.
fn joined(mut parts: Vec<Tensor>) -> Tensor {
    if parts.len() == 1 { parts.remove(0) } else { Tensor::cat(&parts, 0) }
}

impl Dense {
    /// Over parameters `[members, …]`: weight and bias of each layer in turn.
    pub(super) fn new(parameters: &[Tensor], activation: Activation) -> Self {
        let members = parameters[0].size()[0];
        let count = parameters.iter().map(|it| it.numel() as i64).sum::<i64>() / members;
        let mut first = 0;
        let group = |members: i64| {
            let layers = layers(parameters, first, members);
            first += members;
            Group { layers, first: first - members, members, activation }
        };
        let groups = carried_dense(count, parameters[0].device(), members);
        Self {
            groups: groups.into_iter().map(group).collect(),
            sizes: parameters.iter().map(Tensor::size).collect(),
            memory: OnceCell::new(),
        }
    }

    /// Each group as layers of its own that work on this memory, that of the gradients too; none where
    /// all members are one group.
    pub(super) fn apart(&self, parameters: &[Tensor]) -> Vec<(Vec<Tensor>, Self)> {
        if self.groups.len() == 1 {
            return Vec::new();
        }
        let own = |group: &Group| {
            let members = group.members;
            let part = |tensor: &Tensor| tensor.narrow(0, group.first, members);
            let all: Vec<Tensor> = self.memory().all.iter().map(part).collect();
            let slots = vec![layers(&all, 0, members)];
            let again = |layer: &Layer| Layer {
                weight: layer.weight.shallow_clone(),
                bias: layer.bias.shallow_clone(),
            };
            let layers = group.layers.iter().map(again).collect();
            let dense = Self {
                groups: vec![Group { layers, first: 0, members, activation: group.activation }],
                sizes: all.iter().map(Tensor::size).collect(),
                memory: OnceCell::from(Memory { all, groups: slots }),
            };
            (parameters.iter().map(part).collect(), dense)
        };
        self.groups.iter().map(own).collect()
    }

    /// The memory of the gradients.
    pub(super) fn gradients(&self) -> Vec<Tensor> {
        self.memory().all.iter().map(Tensor::shallow_clone).collect()
    }

    /// `[members, R, out]` of an input `[members, R, in]`.
    pub(super) fn forward(&self, input: &Tensor) -> (Tensor, Tape) {
        let pass = |group: &Group| group.forward(&input.narrow(0, group.first, group.members));
        let (outputs, tapes) = self.groups.iter().map(pass).unzip();
        (joined(outputs), Tape(tapes))
    }

    /// The gradients, given that of the output `[members, R, out]`.
    pub(super) fn backward(&self, tape: &Tape, gradient: &Tensor, of: Of) -> Gradients {
        let memory = of.parameters().then(|| self.memory());
        let inputs = self.groups.iter().zip(&tape.0).enumerate().map(|(index, (group, tape))| {
            let slots = memory.map(|memory| memory.groups[index].as_slice());
            group.backward(tape, &gradient.narrow(0, group.first, group.members), slots, of)
        });
        let inputs: Vec<Tensor> = inputs.collect();
        Gradients {
            parameters: if of.parameters() { self.gradients() } else { Vec::new() },
            input: of.input().then(|| joined(inputs)),
        }
    }

    fn memory(&self) -> &Memory {
        self.memory.get_or_init(|| {
            let like = &self.groups[0].layers[0].weight;
            let options = (like.kind(), like.device());
            let all: Vec<_> = self.sizes.iter().map(|size| Tensor::zeros(size, options)).collect();
            let groups = self.groups.iter();
            let groups = groups.map(|it| layers(&all, it.first, it.members)).collect();
            Memory { all, groups }
        })
    }
}

impl Group {
    /// `[members, R, out]` of an input `[members, R, in]`.
    fn forward(&self, input: &Tensor) -> (Tensor, Vec<Tensor>) {
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
        (with_members(value, self.members), inputs)
    }

    /// `x Wᵀ + b`.
    fn product(&self, layer: &Layer, value: &Tensor) -> Tensor {
        if self.members == 1 {
            layer.bias.addmm(value, &layer.weight.tr())
        } else {
            layer.bias.unsqueeze(1).baddbmm(value, &layer.weight.transpose(1, 2), 1.0, 1.0)
        }
    }

    /// Writes the gradients of the parameters into `slots`, if there are any, and gives that of the
    /// input, if it is asked for.
    fn backward(
        &self,
        inputs: &[Tensor],
        gradient: &Tensor,
        slots: Option<&[Layer]>,
        of: Of,
    ) -> Tensor {
        let mut delta = alone(gradient, self.members);
        for (index, (layer, input)) in self.layers.iter().zip(inputs).enumerate().rev() {
            if let Some(slots) = slots {
                self.accumulate(&delta, input, &slots[index]);
            }
            if index == 0 && !of.input() {
                break;
            }
            let above =
                if self.members == 1 { delta.mm(&layer.weight) } else { delta.bmm(&layer.weight) };
            delta = if index > 0 { self.activation.backward(&above, input) } else { above };
        }
        with_members(delta, self.members)
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
