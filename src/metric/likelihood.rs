//! How surprised each member is by the labels: [`negative_log_likelihood`].

use super::numbers;
use tch::{Device, Kind, Tensor};

/// `-log p(label)` in nats, averaged over N examples, for each member; of an ensemble when given
/// its [`ensemble_log_probabilities`](super::ensemble_log_probabilities).
///
/// Scores `[K, N, classes]`, labels `[N]`.
#[must_use]
pub fn negative_log_likelihood(scores: &Tensor, labels: &Tensor) -> Vec<f64> {
    let size = scores.size();
    let labels = labels.view([1, -1, 1]).expand([size[0], size[1], 1], false);
    let picked = scores.log_softmax(-1, None::<Kind>).gather(-1, &labels, false);
    // On the CPU, since some devices have no double precision.
    let picked = picked.to_device(Device::Cpu);
    numbers(&-picked.mean_dim([1i64, 2].as_slice(), false, Kind::Double))
}
