//! What training makes small. Every loss takes logits `[K, B, classes]` and gives the loss of each
//! member `[K]` (its mean over the batch) and the gradient of the sum of these with respect to the
//! logits, in closed form: no graph is kept.

mod cross_entropy;
mod distillation;
mod logit_matching;

pub use cross_entropy::cross_entropy;
pub use distillation::{distillation, soft_targets};
pub use logit_matching::logit_matching;

use tch::Tensor;

/// `[…, B, classes]` seen as `[…, classes, B]`, and back. On a CPU the softmax of ten classes runs
/// tenfold faster across contiguous examples than along each, and dense networks give their logits
/// in this layout.
fn class_major(tensor: &Tensor) -> Tensor {
    tensor.transpose(-1, -2)
}
