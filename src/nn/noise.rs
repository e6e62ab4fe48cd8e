//! What a pass in training is given besides its input: [`Noise`], and an [`Objective`].

use tch::Tensor;

/// What the draws of a training step depend on: dropout masks of member k come from
/// `seed::derive(seeds[k], "dropout/<layer>", step)`.
#[derive(Debug, Clone, Copy)]
pub struct Noise<'a> {
    /// The seed of each member.
    pub seeds: &'a [u64],
    /// The training step.
    pub step: u64,
}

/// From outputs `[K, B, …]` to the loss of each member `[K]` and the gradient of the sum of these with
/// respect to the outputs. The functions of the `loss` module are of this form.
pub type Objective<'a> = dyn Fn(&Tensor) -> (Tensor, Tensor) + 'a;
