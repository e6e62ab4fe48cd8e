//! Dense layers, forward and backward: [`Dense`].
//!
//! The backward pass is written out: it skips what autograd would compute for nothing (the gradient
//! of the pictures) and writes gradients into memory that stays. Members are run in groups, all
//! together or one after another ([`stacks`]): one alone works on matrices, several on batches of
//! matrices. Rows are examples, as the pictures lie.

use super::super::spec::Activation;
use super::gradients::{Gradients, Of};
use crate::nn::stacks;
use std::cell::OnceCell;
use tch::{Device, Tensor};

/// Dense layers of all members; an activation behind each but the last.
pub(super) struct Dense {
    groups: Vec<Group>,
    activation: Activation,
    sizes: Vec<Vec<i64>>,
    memory: OnceCell<Memory>,
}

/// Members that are run together.
struct Group {
    layers: Vec<Layer>,
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
        let is_one_group = stacks(count) || parameters[0].device() != Device::Cpu;
        let together = if is_one_group { members } else { 1 };
        let group = |from: i64| Group {
            layers: layers(parameters, from, together),
            members: together,
            activation,
        };
        Self {
            groups: (0..members).step_by(together as usize).map(group).collect(),
            activation,
            sizes: parameters.iter().map(Tensor::size).collect(),
            memory: OnceCell::new(),
        }
    }

    /// The layers of some members, from number `first` on, over their part of the parameters; they
    /// leave their gradients in this memory.
    pub(super) fn part(&self, parameters: &[Tensor], first: i64) -> Self {
        let own = Self::new(parameters, self.activation);
        let members = parameters[0].size()[0];
        let part = |tensor: &Tensor| tensor.narrow(0, first, members);
        let all = self.memory().all.iter().map(part).collect();
        let memory = OnceCell::from(own.lay_out(all));
        Self { memory, ..own }
    }

    /// The memory of the gradients.
    pub(super) fn gradients(&self) -> Vec<Tensor> {
        self.memory().all.iter().map(Tensor::shallow_clone).collect()
    }

    /// `[members, R, out]` of an input `[members, R, in]`.
    pub(super) fn forward(&self, input: &Tensor) -> (Tensor, Tape) {
        let pass =
            |(from, group): (i64, &Group)| group.forward(&input.narrow(0, from, group.members));
        let (outputs, tapes) = self.numbered().map(pass).unzip();
        (joined(outputs), Tape(tapes))
    }

    /// The gradients, given that of the output `[members, R, out]`.
    pub(super) fn backward(&self, tape: &Tape, gradient: &Tensor, of: Of) -> Gradients {
        let memory = of.parameters().then(|| self.memory());
        let inputs =
            self.numbered().zip(&tape.0).enumerate().map(|(index, ((from, group), tape))| {
                let slots = memory.map(|memory| memory.groups[index].as_slice());
                group.backward(tape, &gradient.narrow(0, from, group.members), slots, of)
            });
        let inputs: Vec<Tensor> = inputs.collect();
        Gradients {
            parameters: if of.parameters() { self.gradients() } else { Vec::new() },
            input: of.input().then(|| joined(inputs)),
        }
    }

    /// Each group with the number of its first member.
    fn numbered(&self) -> impl Iterator<Item = (i64, &Group)> {
        self.groups.iter().enumerate().map(|(index, group)| (index as i64 * group.members, group))
    }

    fn memory(&self) -> &Memory {
        self.memory.get_or_init(|| {
            let like = &self.groups[0].layers[0].weight;
            let options = (like.kind(), like.device());
            self.lay_out(self.sizes.iter().map(|size| Tensor::zeros(size, options)).collect())
        })
    }

    fn lay_out(&self, all: Vec<Tensor>) -> Memory {
        let groups =
            self.numbered().map(|(from, group)| layers(&all, from, group.members)).collect();
        Memory { all, groups }
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
