//! Learning the logits of a teacher directly: [`logit_matching`], after Ba & Caruana 2014
//! (arXiv:1312.6184).

use tch::{Kind, Tensor, no_grad};

/// `½ ‖z - v‖²`, averaged over the batch: half the squared distance of the
/// logits to those of a teacher. Its gradient is `(z - v) / B`.
///
/// Logits `[K, B, classes]`, the teacher's `[B, classes]` for all members or `[K, B, classes]`;
/// gives `[K]` and `[K, B, classes]`.
pub fn logit_matching(logits: &Tensor, teacher: &Tensor) -> (Tensor, Tensor) {
    no_grad(|| {
        let batch = logits.size()[1] as f64;
        let difference = logits - teacher;
        let loss = difference.square().sum_dim_intlist([1i64, 2].as_slice(), false, None::<Kind>)
            * (0.5 / batch);
        (loss, difference / batch)
    })
}
