//! A network over the member axis: the trait [`Network`], and what a pass through one is given.

use crate::spec::FieldError;
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

/// From logits `[K, B, classes]` to the loss of each member `[K]` and the gradient of the sum of
/// these with respect to the logits. The functions of the `loss` module are of this form.
pub type Objective<'a> = dyn Fn(&Tensor) -> (Tensor, Tensor) + 'a;

/// K networks of one form.
pub trait Network: Send {
    /// The number K of members.
    fn members(&self) -> i64;

    /// The names of the parameters, in the order of [`parameters`](Self::parameters).
    fn names(&self) -> &[String];

    /// The parameters, each `[K, …]` and contiguous. Change them in place (`copy_`, `add_`): the
    /// network works on this very memory.
    fn parameters(&self) -> &[Tensor];

    /// Logits `[K, B, classes]` for an input `[K, B, channels, height, width]`, or one
    /// `[B, channels, height, width]` that all members share. Without noise nothing drops out.
    fn logits(&self, input: &Tensor, noise: Option<&Noise>) -> Tensor;

    /// What the last layer makes the logits of, `[K, B, features]`, for an input as
    /// [`logits`](Self::logits) takes it; without hidden layers and blocks the input itself.
    fn features(&self, input: &Tensor) -> Tensor;

    /// One training pass: the loss of each member `[K]`, and the gradient of each parameter. The
    /// gradients lie in memory that the next call writes again.
    fn gradients(
        &self,
        input: &Tensor,
        noise: &Noise,
        objective: &Objective,
    ) -> (Tensor, Vec<Tensor>);

    /// Brings the weights back within the limit on their norm after a step, if there is one.
    fn constrain(&self);
}

/// Parameters that are not those of the network they are meant for.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// The spec does not fit the input.
    #[error("the network cannot be built: {}", .0.message)]
    Spec(FieldError),
    /// There are more or fewer tensors than the network has.
    #[error("the network has {expected} parameters, and {found} were given")]
    Count {
        /// How many it has.
        expected: usize,
        /// How many came.
        found: usize,
    },
    /// A tensor is of another size.
    #[error("parameter {name} has the size {found:?}, and the network needs {expected:?}")]
    Size {
        /// Its name.
        name: String,
        /// The size that fits.
        expected: Vec<i64>,
        /// The size that came.
        found: Vec<i64>,
    },
}
