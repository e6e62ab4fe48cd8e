//! The convolutional network: [`Cnn`].
//!
//! Members share a grouped convolution: their channels lie side by side, and each group of channels
//! meets the kernels of its member. The backward pass is autograd's; convolutions are large enough
//! not to feel it.

use super::dropout::Masks;
use super::members::MemberNetwork;
use super::mlp::{Layers, hidden_masks};
use super::{CnnSpec, Noise};
use tch::{Tensor, no_grad, with_grad};

/// Convolutional networks of one architecture, run together.
pub(super) struct Cnn {
    parameters: Vec<Tensor>,
    blocks: usize,
    padding: i64,
    masks: Vec<Masks>,
}

/// The logits with their graph, and the leaves that it grew from.
pub(super) struct Graph {
    logits: Tensor,
    leaves: Vec<Tensor>,
}

impl Cnn {
    /// Over parameters `[members, …]`: weight and bias of each block and dense layer in turn.
    pub(super) fn new(spec: &CnnSpec, parameters: &[Tensor]) -> Self {
        Self {
            parameters: parameters.iter().map(Tensor::shallow_clone).collect(),
            blocks: spec.channels.len(),
            padding: spec.kernel / 2,
            masks: hidden_masks(spec.hidden.len(), spec.dropout),
        }
    }

    fn run(&self, parameters: &[Tensor], input: &Tensor, noise: Option<&Noise>) -> Tensor {
        let (blocks, dense) = parameters.split_at(2 * self.blocks);
        let members = dense[0].size()[0];
        let flat = self.flatten(blocks, members, input);
        Layers::new(dense).forward(&flat, noise, &self.masks).0
    }

    /// What the blocks make of the input: `[members, B, in]`, or `[B, in]` for all when they share
    /// the input and there is no block.
    fn flatten(&self, blocks: &[Tensor], members: i64, input: &Tensor) -> Tensor {
        let own = input.dim() == 5;
        if blocks.is_empty() {
            return input.flatten(if own { 2 } else { 1 }, -1);
        }
        let mut value = if own { side_by_side(input) } else { input.shallow_clone() };
        let mut groups = if own { members } else { 1 };
        for pair in blocks.chunks_exact(2) {
            let (weight, bias) = (pair[0].flatten(0, 1), pair[1].flatten(0, 1));
            let sums = value.conv2d(&weight, Some(bias), 1, self.padding, 1, groups);
            // Pooling before rectification gives the same with a quarter of the work.
            value = sums.max_pool2d(2, 2, 0, 1, false).relu_();
            groups = members;
        }
        let batch = value.size()[0];
        value.view([batch, members, -1]).transpose(0, 1)
    }
}

/// From `[members, B, C, H, W]` to `[B, members * C, H, W]`.
fn side_by_side(input: &Tensor) -> Tensor {
    let size = input.size();
    input.transpose(0, 1).reshape([size[1], size[0] * size[2], size[3], size[4]])
}

impl MemberNetwork for Cnn {
    type Tape = Graph;
    type Slots = Vec<Tensor>;

    fn forward(&self, input: &Tensor, noise: Option<&Noise>) -> Tensor {
        self.run(&self.parameters, input, noise)
    }

    fn features(&self, input: &Tensor) -> Tensor {
        let (blocks, dense) = self.parameters.split_at(2 * self.blocks);
        let flat = self.flatten(blocks, dense[0].size()[0], input);
        Layers::new(dense).features(&flat)
    }

    fn record(&self, input: &Tensor, noise: &Noise) -> (Tensor, Graph) {
        with_grad(|| {
            let leaf = |parameter: &Tensor| parameter.detach().set_requires_grad(true);
            let leaves: Vec<_> = self.parameters.iter().map(leaf).collect();
            let logits = self.run(&leaves, &input.detach(), Some(noise));
            (logits.detach(), Graph { logits, leaves })
        })
    }

    fn slots(&self, memory: Vec<Tensor>) -> Vec<Tensor> {
        memory
    }

    fn backward(&self, graph: Graph, gradient: &Tensor, slots: &Vec<Tensor>) {
        let total = with_grad(|| (&graph.logits * gradient).sum(gradient.kind()));
        let gradients = Tensor::run_backward(&[&total], &graph.leaves, false, false);
        no_grad(|| {
            for (slot, gradient) in slots.iter().zip(&gradients) {
                slot.shallow_clone().copy_(gradient);
            }
        });
    }

    fn constrain(&self) {}
}
