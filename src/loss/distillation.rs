//! Learning from softened answers: [`distillation`], after Hinton, Vinyals & Dean 2015
//! (arXiv:1503.02531).

use super::{class_major, cross_entropy};
use tch::{Device, Kind, Tensor, no_grad};

/// `w T² KL(p ‖ softmax(z / T)) + (1 - w) CE(z, label)`, averaged over the batch, where p are the
/// teachers' softened probabilities ([`soft_targets`]), T the temperature, w the soft weight.
///
/// Section 2 of the paper; T² keeps the gradient of the first term, `T (softmax(z / T) - p) / B`
/// (equation 2), of one size as T changes. For T towards infinity it is the gradient of
/// [`logit_matching`](super::logit_matching) with centred logits, over the number of classes
/// (equations 3 and 4).
///
/// The divergence is summed as `p log(p / q) - p + q`, which is the same for probabilities and does
/// not magnify by T² the rounding of `p`; it is computed in double precision where the device has
/// it. The form is the same for every T > 0 and every w, 0 and 1 included.
///
/// Logits `[K, B, classes]`, labels `[K, B]`, soft targets `[B, classes]` for all members or
/// `[K, B, classes]`; gives `[K]` and `[K, B, classes]` in the kind of the logits.
pub fn distillation(
    logits: &Tensor,
    labels: &Tensor,
    soft_targets: &Tensor,
    temperature: f64,
    soft_weight: f64,
) -> (Tensor, Tensor) {
    no_grad(|| {
        let batch = logits.size()[1] as f64;
        let kind = logits.kind();
        let (divergence, difference) = soft_part(logits, soft_targets, temperature);
        let (hard_loss, hard_gradient) = cross_entropy(logits, labels);
        let hard = 1.0 - soft_weight;
        let soft = soft_weight * temperature / batch;
        let loss = (divergence * (soft * temperature)).to_kind(kind) + hard_loss * hard;
        let gradient = (difference * soft).to_kind(kind) + hard_gradient * hard;
        (loss, gradient)
    })
}

/// The divergence summed over the batch, `[K]`, and `softmax(z / T) - p`.
fn soft_part(logits: &Tensor, soft_targets: &Tensor, temperature: f64) -> (Tensor, Tensor) {
    let kind = widest(logits);
    let scaled = class_major(logits).to_kind(kind).g_div_scalar(temperature);
    let logarithms = scaled.log_softmax(1, None::<Kind>);
    let target = class_major(soft_targets).to_kind(kind);
    // p log p is 0 where p is 0, and log q is finite, so nothing here is 0 * infinity.
    let pointwise = target.xlogy(&target) - &target * &logarithms;
    let difference = logarithms.exp() - target;
    let divergence =
        (pointwise + &difference).sum_dim_intlist([1i64, 2].as_slice(), false, None::<Kind>);
    (divergence, class_major(&difference))
}

/// What an ensemble teaches at this temperature: the arithmetic mean over its members of
/// `softmax(z / T)`.
///
/// (The paper allows the geometric mean too; the arithmetic one keeps a class that one member alone
/// believes in.)
///
/// Logits `[members, N, classes]`; gives `[N, classes]`.
pub fn soft_targets(logits: &Tensor, temperature: f64) -> Tensor {
    no_grad(|| (logits / temperature).softmax(-1, None::<Kind>).mean_dim(0, false, None::<Kind>))
}

/// Double precision, where the device has it.
fn widest(tensor: &Tensor) -> Kind {
    if tensor.device() == Device::Mps { tensor.kind() } else { Kind::Double }
}
