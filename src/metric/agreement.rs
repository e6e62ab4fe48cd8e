//! How often two models give the same answer, right or wrong: [`agreement`].

use super::errors::predictions;
use tch::{Kind, Tensor};

/// The fraction of N examples for which two models name the same class.
///
/// Scores `[N, classes]` of each (or `[K, N, classes]`: then of all pairs with the same index).
#[must_use]
pub fn agreement(one: &Tensor, other: &Tensor) -> f64 {
    let same = predictions(one).eq_tensor(&predictions(other));
    same.to_kind(Kind::Float).mean(Kind::Float).double_value(&[])
}

/// [`agreement`] averaged over all pairs of different members of scores `[K, N, classes]`; 1 for a
/// single member.
#[must_use]
pub fn mean_pairwise_agreement(scores: &Tensor) -> f64 {
    let members = scores.size()[0];
    let pairs = members * (members - 1) / 2;
    if pairs == 0 {
        return 1.0;
    }
    let classes = predictions(scores);
    let total: f64 = (1..members)
        .map(|distance| {
            let pairs = members - distance;
            let same = classes.narrow(0, 0, pairs).eq_tensor(&classes.narrow(0, distance, pairs));
            same.to_kind(Kind::Float).mean(Kind::Float).double_value(&[]) * pairs as f64
        })
        .sum();
    total / pairs as f64
}
