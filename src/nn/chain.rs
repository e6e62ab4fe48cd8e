//! Members carried in groups, in turn: [`Chain`] is one [`Network`] over all K members, whatever
//! the size of its groups.
//!
//! The parameters and their gradients are tensors `[K, …]`; a group sees contiguous slices of their
//! leading axis, so optimisers and checkpoints never meet the groups.

use super::{Network, Noise, Objective};
use std::cell::OnceCell;
use tch::Tensor;

/// Networks of one form that are carried together: what a kind of network has to give.
pub(super) trait Stack: Send {
    /// What a forward pass leaves for the backward pass.
    type Tape;
    /// Where the gradients go, in the form that the backward pass writes them.
    type Slots: Send;

    /// Logits `[members, B, classes]`.
    fn forward(&self, input: &Tensor, noise: Option<&Noise>) -> Tensor;

    /// What the last layer is given, `[members, B, features]`.
    fn features(&self, input: &Tensor) -> Tensor;

    /// The same in training, with what the backward pass needs; outside any graph.
    fn record(&self, input: &Tensor, noise: &Noise) -> (Tensor, Self::Tape);

    /// Prepares memory for gradients, of the sizes of the parameters.
    fn slots(&self, memory: Vec<Tensor>) -> Self::Slots;

    /// Writes the gradient of each parameter, given that of the logits.
    fn backward(&self, tape: Self::Tape, gradient: &Tensor, slots: &Self::Slots);

    /// Applies limits on the weights.
    fn constrain(&self);
}

/// K networks of one form, in groups.
pub(super) struct Chain<S: Stack> {
    names: Vec<String>,
    parameters: Vec<Tensor>,
    groups: Vec<Group<S>>,
    gradients: OnceCell<Gradients<S>>,
}

struct Group<S> {
    first: usize,
    members: usize,
    stack: S,
}

struct Gradients<S: Stack> {
    all: Vec<Tensor>,
    slots: Vec<S::Slots>,
}

impl<S: Stack> Chain<S> {
    /// A chain of groups of so many members each over these parameters.
    pub(super) fn new(
        names: Vec<String>,
        parameters: &[Tensor],
        groups: &[i64],
        stack: impl Fn(&[Tensor]) -> S,
    ) -> Self {
        let parameters: Vec<_> = parameters.iter().map(Tensor::contiguous).collect();
        let mut first = 0;
        let group = |&size: &i64| {
            let members = size as usize;
            let stack = stack(&slices(&parameters, first, members));
            first += members;
            Group { first: first - members, members, stack }
        };
        let groups = groups.iter().map(group).collect();
        Self { names, parameters, groups, gradients: OnceCell::new() }
    }

    fn gradients_memory(&self) -> &Gradients<S> {
        self.gradients.get_or_init(|| {
            let all: Vec<_> = self.parameters.iter().map(Tensor::zeros_like).collect();
            let slots = self
                .groups
                .iter()
                .map(|group| group.stack.slots(slices(&all, group.first, group.members)))
                .collect();
            Gradients { all, slots }
        })
    }

    /// Runs one pass for each group on its part of input and noise.
    fn each<T>(&self, input: &Tensor, pass: impl Fn(&Group<S>, &Tensor) -> T) -> Vec<T> {
        let own = input.dim() == 5 && self.groups.len() > 1;
        self.groups
            .iter()
            .map(|group| {
                if own {
                    pass(group, &input.narrow(0, group.first as i64, group.members as i64))
                } else {
                    pass(group, input)
                }
            })
            .collect()
    }
}

impl<S> Group<S> {
    fn noise<'a>(&self, noise: &Noise<'a>) -> Noise<'a> {
        Noise { seeds: &noise.seeds[self.first..self.first + self.members], step: noise.step }
    }
}

impl<S: Stack> Network for Chain<S> {
    fn members(&self) -> i64 {
        self.parameters[0].size()[0]
    }

    fn names(&self) -> &[String] {
        &self.names
    }

    fn parameters(&self) -> &[Tensor] {
        &self.parameters
    }

    fn logits(&self, input: &Tensor, noise: Option<&Noise>) -> Tensor {
        joined(self.each(input, |group, input| {
            let noise = noise.map(|noise| group.noise(noise));
            group.stack.forward(input, noise.as_ref())
        }))
    }

    fn features(&self, input: &Tensor) -> Tensor {
        joined(self.each(input, |group, input| group.stack.features(input)))
    }

    fn gradients(
        &self,
        input: &Tensor,
        noise: &Noise,
        objective: &Objective,
    ) -> (Tensor, Vec<Tensor>) {
        let passes =
            self.each(input, |group, input| group.stack.record(input, &group.noise(noise)));
        let (logits, tapes): (Vec<_>, Vec<_>) = passes.into_iter().unzip();
        let (loss, gradient) = objective(&joined(logits));
        let memory = self.gradients_memory();
        for ((group, tape), slots) in self.groups.iter().zip(tapes).zip(&memory.slots) {
            if self.groups.len() == 1 {
                group.stack.backward(tape, &gradient, slots);
            } else {
                let own = gradient.narrow(0, group.first as i64, group.members as i64);
                group.stack.backward(tape, &own, slots);
            }
        }
        (loss, memory.all.iter().map(Tensor::shallow_clone).collect())
    }

    fn constrain(&self) {
        self.groups.iter().for_each(|group| group.stack.constrain());
    }
}

fn slices(tensors: &[Tensor], first: usize, members: usize) -> Vec<Tensor> {
    tensors.iter().map(|tensor| tensor.narrow(0, first as i64, members as i64)).collect()
}

fn joined(mut parts: Vec<Tensor>) -> Tensor {
    if parts.len() == 1 { parts.remove(0) } else { Tensor::cat(&parts, 0) }
}
