//! Wrong answers: [`errors`], [`accuracy`].

use super::numbers;
use tch::{Kind, Tensor};

/// The class with the largest score: `[K, N, classes]` to `[K, N]` (int64).
pub fn predictions(scores: &Tensor) -> Tensor {
    scores.argmax(-1, false)
}

/// How many of N examples each member gets wrong. A score that is not a number is no right answer.
///
/// Scores `[K, N, classes]`, labels `[N]`.
#[must_use]
pub fn errors(scores: &Tensor, labels: &Tensor) -> Vec<i64> {
    let right = predictions(scores).eq_tensor(labels);
    let finite = scores.isnan().any_dim(-1, false).logical_not();
    let right = right.logical_and(&finite).sum_dim_intlist(-1, false, Kind::Int64);
    let examples = labels.size()[0];
    numbers(&right).into_iter().map(|right| examples - right as i64).collect()
}

/// The fraction of N examples that each member gets right; not a number when N is 0.
///
/// Scores `[K, N, classes]`, labels `[N]`.
#[must_use]
pub fn accuracy(scores: &Tensor, labels: &Tensor) -> Vec<f64> {
    let examples = labels.size()[0] as f64;
    errors(scores, labels).into_iter().map(|wrong| (examples - wrong as f64) / examples).collect()
}
