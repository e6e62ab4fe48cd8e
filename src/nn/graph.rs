//! Any layers, by automatic differentiation: [`Graph`], the engine of networks that are not purely
//! dense. What layers do is large enough not to feel the graph.

use super::blueprint::Blueprint;
use super::design::Design;
use super::gradients::Wanted;
use super::layers::LayerSpec;
use super::noise::Noise;
use super::pass::Pass;
use super::value::Value;
use std::collections::HashSet;
use std::sync::Arc;
use tch::{Tensor, no_grad, with_grad};

/// Layers of all members of a group.
pub(super) struct Graph {
    layers: Arc<[LayerSpec]>,
    blueprint: Arc<Blueprint>,
    parameters: Vec<Tensor>,
    buffers: Vec<Tensor>,
    members: i64,
    /// The places of layers whose outputs later ones are given.
    keep: HashSet<usize>,
}

/// The output with its graph, and what it grew from.
pub(super) struct Tape {
    output: Tensor,
    input: Tensor,
    leaves: Vec<Tensor>,
}

impl Graph {
    /// Over parameters and buffers `[members, …]`, in the order of the blueprint.
    pub(super) fn new(
        design: &Design,
        members: i64,
        parameters: Vec<Tensor>,
        buffers: Vec<Tensor>,
    ) -> Self {
        let (layers, blueprint) = (Arc::clone(&design.layers), Arc::clone(&design.blueprint));
        let keep = blueprint.layers.iter().filter_map(|layer| layer.with).collect();
        Self { layers, blueprint, parameters, buffers, members, keep }
    }

    /// What the layers but for the last `without` make of an input.
    pub(super) fn forward(&self, input: &Tensor, noise: Option<&Noise>, without: usize) -> Tensor {
        self.run(&self.parameters, input, noise, self.layers.len().saturating_sub(without))
    }

    fn run(
        &self,
        parameters: &[Tensor],
        input: &Tensor,
        noise: Option<&Noise>,
        count: usize,
    ) -> Tensor {
        let members = self.members;
        let tensors = (parameters, self.buffers.as_slice());
        let mut pass = Pass::new(&self.blueprint, tensors, members, noise, &self.keep);
        let value = Value::from_input(input, self.blueprint.input);
        pass.sequence(&self.layers[..count], value).into_output(members)
    }

    /// What the layers at these places (in the blueprint) give for an input, in the order of the places.
    pub(super) fn activations(&self, input: &Tensor, places: &[usize]) -> Vec<Tensor> {
        let members = self.members;
        let keep: HashSet<usize> = self.keep.iter().chain(places).copied().collect();
        let tensors = (self.parameters.as_slice(), self.buffers.as_slice());
        let mut pass = Pass::new(&self.blueprint, tensors, members, None, &keep);
        pass.sequence(&self.layers, Value::from_input(input, self.blueprint.input));
        let found = places.iter().filter_map(|&place| pass.output_of(Some(place)));
        found.map(|value| value.into_output(members)).collect()
    }

    /// As [`forward`](Self::forward) through all layers, with what the backward pass needs.
    pub(super) fn record(
        &self,
        input: &Tensor,
        noise: Option<&Noise>,
        wanted: Wanted,
    ) -> (Tensor, Tape) {
        with_grad(|| {
            // Members side by side count changes to the memory that they share; a leaf that counted with
            // them would take another's step for its own.
            let leaf = |tensor: &Tensor| tensor.data().set_requires_grad(wanted.parameters());
            let leaves: Vec<_> = self.parameters.iter().map(leaf).collect();
            let input = input.detach().set_requires_grad(wanted.input());
            let output = self.run(&leaves, &input, noise, self.layers.len());
            (output.detach(), Tape { output, input, leaves })
        })
    }
}

impl Tape {
    /// Writes the gradients of all parameters into `memory`, if there is any, given that of the output;
    /// gives that of the input, if it is wanted.
    pub(super) fn backward(
        &self,
        gradient: &Tensor,
        memory: Option<&[Tensor]>,
        wanted: Wanted,
    ) -> Option<Tensor> {
        let mut leaves: Vec<&Tensor> = Vec::new();
        if memory.is_some() {
            leaves.extend(&self.leaves);
        }
        if wanted.input() {
            leaves.push(&self.input);
        }
        if leaves.is_empty() {
            return None;
        }
        let total = with_grad(|| (&self.output * gradient).sum(gradient.kind()));
        let mut found = Tensor::run_backward(&[&total], &leaves, false, false);
        let input = if wanted.input() { found.pop() } else { None };
        no_grad(|| {
            for (slot, gradient) in memory.into_iter().flatten().zip(&found) {
                slot.shallow_clone().copy_(gradient);
            }
        });
        input
    }
}
