//! Cross-entropy with hard labels: [`cross_entropy`].

use super::class_major;
use tch::{Kind, Tensor, no_grad};

/// `-log softmax(z)[label]`, averaged over the batch; its gradient is
/// `(softmax(z) - onehot(label)) / B`.
///
/// Logits `[K, B, classes]`, labels `[K, B]` (int64); gives `[K]` and `[K, B, classes]`.
pub fn cross_entropy(logits: &Tensor, labels: &Tensor) -> (Tensor, Tensor) {
    no_grad(|| {
        let batch = logits.size()[1] as f64;
        let labels = labels.unsqueeze(1);
        let mut logarithms = class_major(logits).log_softmax(1, None::<Kind>);
        let loss = logarithms
            .gather(1, &labels, false)
            .sum_dim_intlist([1i64, 2].as_slice(), false, None::<Kind>)
            .g_mul_scalar_(-1.0 / batch);
        let gradient = logarithms
            .exp_()
            .scatter_value_reduce_(1, &labels, -1.0, "add")
            .g_mul_scalar_(1.0 / batch);
        (loss, class_major(&gradient))
    })
}
