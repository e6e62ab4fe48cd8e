//! Members in groups: [`Members`] is one [`Network`] over all K members, whatever the size of
//! its groups, and whether they go side by side or in turn.
//!
//! The parameters and their gradients are tensors `[K, …]`; a group sees contiguous slices of their
//! leading axis, so optimisers and checkpoints never meet the groups.

use super::network::{Network, Noise, Objective};
use super::placement::Placement;
use crate::parallel;
use std::cell::OnceCell;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tch::Tensor;

/// Networks of one architecture that are run together: what a kind of network has to give.
pub(super) trait MemberNetwork: Send {
    /// What a forward pass leaves for the backward pass.
    type Tape: Send;
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
pub(super) struct Members<S: MemberNetwork> {
    names: Vec<String>,
    parameters: Vec<Tensor>,
    groups: Vec<Group<S>>,
    /// So many groups, from the first, go side by side, and the others in turn.
    beside: usize,
    gradients: OnceCell<Vec<Tensor>>,
}

struct Group<S: MemberNetwork> {
    first: usize,
    members: usize,
    inner: Mutex<Inner<S>>,
}

/// What one thread at a time works on.
struct Inner<S: MemberNetwork> {
    stack: S,
    slots: Option<S::Slots>,
}

impl<S: MemberNetwork> Members<S> {
    /// Members in these groups over these parameters.
    pub(super) fn new(
        names: Vec<String>,
        parameters: &[Tensor],
        placement: &Placement,
        stack: impl Fn(&[Tensor]) -> S,
    ) -> Self {
        let parameters: Vec<_> = parameters.iter().map(Tensor::contiguous).collect();
        let group = |(first, members)| {
            let stack = stack(&slices(&parameters, first, members));
            Group { first, members, inner: Mutex::new(Inner { stack, slots: None }) }
        };
        let groups = placement.ranges().map(group).collect();
        Self { names, parameters, groups, beside: placement.beside, gradients: OnceCell::new() }
    }

    fn gradients_memory(&self) -> &[Tensor] {
        self.gradients.get_or_init(|| {
            let all: Vec<_> = self.parameters.iter().map(Tensor::zeros_like).collect();
            for group in &self.groups {
                let mut inner = group.inner();
                inner.slots = Some(inner.stack.slots(slices(&all, group.first, group.members)));
            }
            all
        })
    }

    /// Runs one pass for each group, with its part of something.
    fn each<P: Send, R: Send>(
        &self,
        parts: Vec<P>,
        pass: impl Fn(&Group<S>, P) -> R + Sync,
    ) -> Vec<R> {
        let mut beside: Vec<_> = self.groups.iter().zip(parts).collect();
        let behind = beside.split_off(self.beside);
        let mut results = parallel::each(beside, |(group, part)| pass(group, part));
        results.extend(behind.into_iter().map(|(group, part)| pass(group, part)));
        results
    }

    /// The part of each group in `[K, …]`.
    fn parts(&self, tensor: &Tensor) -> Vec<Tensor> {
        self.groups.iter().map(|group| group.part(tensor)).collect()
    }

    /// The part of each group in an input: all of it, if it is shared.
    fn inputs(&self, input: &Tensor) -> Vec<Tensor> {
        if input.dim() == 5 {
            return self.parts(input);
        }
        self.groups.iter().map(|_| input.shallow_clone()).collect()
    }
}

impl<S: MemberNetwork> Group<S> {
    fn part(&self, tensor: &Tensor) -> Tensor {
        tensor.narrow(0, self.first as i64, self.members as i64)
    }

    fn inner(&self) -> MutexGuard<'_, Inner<S>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn noise<'a>(&self, noise: &Noise<'a>) -> Noise<'a> {
        Noise { seeds: &noise.seeds[self.first..self.first + self.members], step: noise.step }
    }
}

impl<S: MemberNetwork> Network for Members<S> {
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
        joined(self.each(self.inputs(input), |group, input| {
            let noise = noise.map(|noise| group.noise(noise));
            group.inner().stack.forward(&input, noise.as_ref())
        }))
    }

    fn features(&self, input: &Tensor) -> Tensor {
        joined(self.each(self.inputs(input), |group, input| group.inner().stack.features(&input)))
    }

    fn gradients(
        &self,
        input: &Tensor,
        noise: &Noise,
        objective: &Objective,
    ) -> (Tensor, Vec<Tensor>) {
        let passes = self.each(self.inputs(input), |group, input| {
            group.inner().stack.record(&input, &group.noise(noise))
        });
        let (logits, tapes): (Vec<_>, Vec<_>) = passes.into_iter().unzip();
        let (loss, gradient) = objective(&joined(logits));
        let memory = self.gradients_memory();
        let parts = tapes.into_iter().zip(self.parts(&gradient)).collect();
        self.each(parts, |group, (tape, gradient)| {
            let inner = group.inner();
            if let Some(slots) = &inner.slots {
                inner.stack.backward(tape, &gradient, slots);
            }
        });
        (loss, memory.iter().map(Tensor::shallow_clone).collect())
    }

    fn constrain(&self) {
        self.each(vec![(); self.groups.len()], |group, ()| group.inner().stack.constrain());
    }
}

fn slices(tensors: &[Tensor], first: usize, members: usize) -> Vec<Tensor> {
    tensors.iter().map(|tensor| tensor.narrow(0, first as i64, members as i64)).collect()
}

fn joined(mut parts: Vec<Tensor>) -> Tensor {
    if parts.len() == 1 { parts.remove(0) } else { Tensor::cat(&parts, 0) }
}
