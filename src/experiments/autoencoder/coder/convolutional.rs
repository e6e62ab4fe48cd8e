//! Convolutional encoders and decoders: [`Convolutional`].
//!
//! Each block of an encoder takes every second pixel (stride 2, same padding); those of a decoder
//! are transposed convolutions that undo it, with an output padding that leads back to the size
//! before, odd or even. The backward pass is autograd's; convolutions are large enough not to feel
//! it. On a CPU no two members share a convolution, since grouped ones lose there (see `nn`).

use super::super::spec::{Activation, ConvolutionalSpec, Side};
use super::gradients::{Gradients, Of};
use crate::shape::Shape;
use tch::{Device, Tensor, no_grad, with_grad};

/// Convolutional networks of one architecture and side.
pub(super) struct Convolutional {
    parameters: Vec<Tensor>,
    decodes: bool,
    blocks: usize,
    /// Height and width before each block of the encoder, and after the last.
    sizes: Vec<[i64; 2]>,
    kernel: i64,
    activation: Activation,
}

/// The output with its graph, and the leaves that it grew from.
pub(in super::super) struct Graph {
    output: Tensor,
    input: Tensor,
    leaves: Vec<Tensor>,
}

impl Convolutional {
    /// Over parameters `[members, …]`, in the order of the layout.
    pub(super) fn new(
        spec: &ConvolutionalSpec,
        side: Side,
        input: Shape,
        parameters: &[Tensor],
    ) -> Self {
        Self {
            parameters: parameters.iter().map(Tensor::shallow_clone).collect(),
            decodes: matches!(side, Side::Decoder { .. }),
            blocks: spec.channels.len(),
            sizes: spec.sizes(input),
            kernel: spec.kernel,
            activation: spec.activation,
        }
    }

    /// The networks of some members over their part of the parameters.
    pub(super) fn part(&self, parameters: &[Tensor]) -> Self {
        Self {
            parameters: parameters.iter().map(Tensor::shallow_clone).collect(),
            sizes: self.sizes.clone(),
            ..*self
        }
    }

    pub(super) fn forward(&self, input: &Tensor) -> Tensor {
        self.run(&self.parameters, input)
    }

    pub(super) fn record(&self, input: &Tensor) -> (Tensor, Graph) {
        with_grad(|| {
            // Members side by side count changes to the memory that they share; a leaf that counted
            // with them would take another's step for its own.
            let leaf = |tensor: &Tensor| tensor.data().set_requires_grad(true);
            let leaves: Vec<_> = self.parameters.iter().map(leaf).collect();
            // Pictures get no gradient, latents do.
            let input = input.detach().set_requires_grad(self.decodes);
            let output = self.run(&leaves, &input);
            (output.detach(), Graph { output, input, leaves })
        })
    }

    fn run(&self, parameters: &[Tensor], input: &Tensor) -> Tensor {
        let members = parameters[0].size()[0];
        if members == 1 || input.device() != Device::Cpu {
            return self.together(parameters, input);
        }
        let one = |member: i64| {
            let own: Vec<_> = parameters.iter().map(|it| it.narrow(0, member, 1)).collect();
            self.together(&own, &input.narrow(0, member, 1))
        };
        Tensor::cat(&(0..members).map(one).collect::<Vec<_>>(), 0)
    }

    /// All of `parameters`' members in one pass: their channels lie side by side, and each group of
    /// channels meets the kernels of its member.
    fn together(&self, parameters: &[Tensor], input: &Tensor) -> Tensor {
        if self.decodes {
            let (dense, blocks) = parameters.split_at(parameters.len() - 2 * self.blocks);
            self.up(blocks, &self.dense(dense, input, true))
        } else {
            let (blocks, dense) = parameters.split_at(2 * self.blocks);
            self.dense(dense, &self.down(blocks, input), false)
        }
    }

    /// Dense layers; `all` has an activation behind the last one too.
    fn dense(&self, parameters: &[Tensor], input: &Tensor, all: bool) -> Tensor {
        let mut value = input.shallow_clone();
        let count = parameters.len() / 2;
        for (index, pair) in parameters.chunks_exact(2).enumerate() {
            let weight = pair[0].transpose(1, 2);
            let sums = pair[1].unsqueeze(1).baddbmm(&value, &weight, 1.0, 1.0);
            let behind = all || index + 1 < count;
            value = if behind { self.activation.of_graph(&sums) } else { sums };
        }
        value
    }

    fn down(&self, parameters: &[Tensor], input: &Tensor) -> Tensor {
        let members = parameters[0].size()[0];
        let mut value = side_by_side(input, parameters[0].size()[2], self.sizes[0]);
        for pair in parameters.chunks_exact(2) {
            let (weight, bias) = (pair[0].flatten(0, 1), pair[1].flatten(0, 1));
            let sums = value.conv2d(&weight, Some(bias), 2, self.kernel / 2, 1, members);
            value = self.activation.of_graph(&sums);
        }
        apart(&value, members)
    }

    fn up(&self, parameters: &[Tensor], input: &Tensor) -> Tensor {
        let members = parameters[0].size()[0];
        let mut value = side_by_side(input, parameters[0].size()[1], self.sizes[self.blocks]);
        for (index, pair) in parameters.chunks_exact(2).enumerate() {
            let (weight, bias) = (pair[0].flatten(0, 1), pair[1].flatten(0, 1));
            let [height, width] = self.sizes[self.blocks - 1 - index];
            // Without it a side of n becomes 2 n - 1; it was 2 n - 1 or 2 n.
            let missing = [(height + 1) % 2, (width + 1) % 2];
            let (stride, padding) = ([2, 2], [self.kernel / 2; 2]);
            let sums = value.conv_transpose2d(
                &weight,
                Some(bias),
                stride,
                padding,
                missing,
                members,
                [1, 1],
            );
            let last = index + 1 == self.blocks;
            value = if last { sums } else { self.activation.of_graph(&sums) };
        }
        apart(&value, members)
    }
}

/// From `[K, R, channels * height * width]` to `[R, K * channels, height, width]`.
fn side_by_side(rows: &Tensor, channels: i64, [height, width]: [i64; 2]) -> Tensor {
    let size = rows.size();
    rows.transpose(0, 1).reshape([size[1], size[0] * channels, height, width])
}

/// From `[R, K * channels, height, width]` to `[K, R, channels * height * width]`.
fn apart(pictures: &Tensor, members: i64) -> Tensor {
    pictures.reshape([pictures.size()[0], members, -1]).transpose(0, 1)
}

impl Graph {
    pub(super) fn backward(self, gradient: &Tensor, of: Of) -> Gradients {
        let mut wanted: Vec<&Tensor> = Vec::new();
        if of.parameters() {
            wanted.extend(&self.leaves);
        }
        if of.input() {
            wanted.push(&self.input);
        }
        let total = with_grad(|| (&self.output * gradient).sum(gradient.kind()));
        let mut found = Tensor::run_backward(&[&total], &wanted, false, false);
        let input = if of.input() { found.pop() } else { None };
        no_grad(|| Gradients { parameters: found, input })
    }
}
