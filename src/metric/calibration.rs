//! Whether confidence is deserved: [`expected_calibration_error`].

use super::numbers;
use tch::{Device, Kind, Tensor};

/// The gap between confidence (the largest probability) and accuracy, in `bins` bins of equal
/// width, averaged with the share of examples in each as its weight: Guo et al. 2017
/// (arXiv:1706.04599), equation 3. One number for each member, from 0 to 1.
///
/// Scores `[K, N, classes]`, labels `[N]`.
#[must_use]
pub fn expected_calibration_error(scores: &Tensor, labels: &Tensor, bins: i64) -> Vec<f64> {
    // On the CPU, since some devices have no double precision.
    let (scores, labels) = (scores.to_device(Device::Cpu), labels.to_device(Device::Cpu));
    let (confidence, classes) = scores.softmax(-1, Kind::Double).max_dim(-1, false);
    let surplus = &confidence - classes.eq_tensor(&labels).to_kind(confidence.kind());
    // Bins are open below and closed above, as in the paper.
    let bin = ((confidence * bins as f64).ceil() - 1.0).clamp(0.0, (bins - 1) as f64);
    let size = surplus.size();
    let gaps = Tensor::zeros([size[0], bins], (surplus.kind(), surplus.device()));
    let gaps = gaps.scatter_add(1, &bin.to_kind(Kind::Int64), &surplus).abs();
    numbers(&(gaps.sum_dim_intlist(1, false, Kind::Double) / size[1] as f64))
}
