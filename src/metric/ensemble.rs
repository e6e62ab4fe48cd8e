//! What members say together: [`ensemble_log_probabilities`].

use tch::{Kind, Tensor};

/// The mean of the members' probabilities: logits `[K, N, classes]` to `[1, N, classes]`.
pub fn ensemble_probabilities(logits: &Tensor) -> Tensor {
    logits.softmax(-1, None::<Kind>).mean_dim(0, true, None::<Kind>)
}

/// The logarithm of the mean of the members' probabilities, without underflow: logits
/// `[K, N, classes]` to `[1, N, classes]`, the scores of an ensemble for every metric.
pub fn ensemble_log_probabilities(logits: &Tensor) -> Tensor {
    let members = logits.size()[0] as f64;
    logits.log_softmax(-1, None::<Kind>).logsumexp(0, true) - members.ln()
}
