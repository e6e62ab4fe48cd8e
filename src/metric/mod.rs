//! How good answers are. Metrics take scores `[K, N, classes]`: logits or log-probabilities, which
//! are logits too (their log-softmax is they themselves). An ensemble is its
//! [`ensemble_log_probabilities`], `[1, N, classes]`, so every metric of a member is one of the
//! ensemble.

mod agreement;
mod calibration;
mod confusion;
mod ensemble;
mod errors;
mod likelihood;

pub use agreement::agreement;
pub use calibration::expected_calibration_error;
pub use confusion::confusion;
pub use ensemble::{ensemble_log_probabilities, ensemble_probabilities};
pub use errors::{accuracy, errors, predictions};
pub use likelihood::negative_log_likelihood;

use tch::{Kind, Tensor};

/// One number for each member.
fn numbers(tensor: &Tensor) -> Vec<f64> {
    let flat = tensor.to_device(tch::Device::Cpu).to_kind(Kind::Double).contiguous();
    let mut values = vec![0.0; flat.numel()];
    flat.copy_data(&mut values, flat.numel());
    values
}
