//! The multi-layer perceptron: [`Mlp`], with its backward pass written out.
//!
//! Activations are feature-major, `[units, B]`, since on CPUs `W x` with `W [out, in]` runs
//! about 1.6 times as fast as `x W` when a layer is some tens of units wide. A graph of so small operations
//! would cost as much as the operations, so [`backward`](MemberNetwork::backward) spells them out.

mod layers;

pub(super) use layers::Layers;

use super::dropout::Masks;
use super::layout::dense_name;
use super::members::MemberNetwork;
use super::{MlpSpec, Noise};
use layers::{LayerSlots, Tape};
use tch::{Tensor, no_grad};

/// Perceptrons of one architecture, run together.
pub(super) struct Mlp {
    layers: Layers,
    masks: Vec<Masks>,
    input_masks: Masks,
    max_norm: Option<f64>,
}

impl Mlp {
    /// Over parameters `[members, …]`: weight and bias of each layer in turn.
    pub(super) fn new(spec: &MlpSpec, parameters: &[Tensor]) -> Self {
        Self {
            layers: Layers::new(parameters),
            masks: hidden_masks(spec.hidden.len(), spec.dropout),
            input_masks: Masks::new("input", spec.input_dropout),
            max_norm: spec.max_norm,
        }
    }

    /// The input as `[B, in]` when all members share it, else `[members, B, in]`, with pixels
    /// dropped.
    fn flatten(&self, input: &Tensor, noise: Option<&Noise>) -> Tensor {
        let size = input.size();
        let flat = if size.len() == 5 {
            input.view([size[0], size[1], -1])
        } else {
            input.view([size[0], -1])
        };
        match noise {
            Some(noise) if self.input_masks.active() => {
                let one = flat.size();
                let one = &one[one.len() - 2..];
                flat * self.input_masks.draw(noise, one, (input.kind(), input.device()))
            }
            _ => flat,
        }
    }
}

impl MemberNetwork for Mlp {
    type Tape = Tape;
    type Slots = Vec<LayerSlots>;

    fn forward(&self, input: &Tensor, noise: Option<&Noise>) -> Tensor {
        self.layers.forward(&self.flatten(input, noise), noise, &self.masks).0
    }

    fn features(&self, input: &Tensor) -> Tensor {
        self.layers.features(&self.flatten(input, None))
    }

    fn record(&self, input: &Tensor, noise: &Noise) -> (Tensor, Tape) {
        let noise = Some(noise);
        no_grad(|| self.layers.forward(&self.flatten(input, noise), noise, &self.masks))
    }

    fn slots(&self, memory: Vec<Tensor>) -> Vec<LayerSlots> {
        self.layers.slots(&memory)
    }

    fn backward(&self, tape: Tape, gradient: &Tensor, slots: &Vec<LayerSlots>) {
        no_grad(|| self.layers.backward(tape, gradient, slots));
    }

    /// Hinton et al. 2012 (arXiv:1207.0580): a hidden unit whose incoming weights are
    /// longer than the limit has them scaled back to it.
    fn constrain(&self) {
        if let Some(limit) = self.max_norm {
            no_grad(|| self.layers.hidden_weights().for_each(|weight| shorten(weight, limit)));
        }
    }
}

/// The dropout masks of each of the hidden layers.
pub(super) fn hidden_masks(layers: usize, probability: f64) -> Vec<Masks> {
    (0..layers).map(|index| Masks::new(&dense_name(index, layers), probability)).collect()
}

/// Scales each row (the last axis) that is longer than `limit` to that length.
fn shorten(weight: &Tensor, limit: f64) {
    let norm = weight.norm_scalaropt_dim(2, [-1], true);
    let _ = weight.shallow_clone().g_mul_(&(norm.reciprocal() * limit).clamp_max(1.0));
}
