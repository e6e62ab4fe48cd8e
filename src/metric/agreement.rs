//! How often two models give the same answer, right or wrong: [`agreement`].

use super::errors::predictions;
use tch::{Kind, Tensor};

/// The fraction of answers that two models share; not a number when there are none.
///
/// The predicted classes of each, `[N]` (or any size that both have).
#[must_use]
pub fn agreement(one: &Tensor, other: &Tensor) -> f64 {
    same(one, other) / one.numel() as f64
}

/// [`agreement`] averaged over all pairs of different members of scores `[K, N, classes]`; 1 for a
/// single member.
#[must_use]
pub fn mean_pairwise_agreement(scores: &Tensor) -> f64 {
    let classes = predictions(scores);
    let members = classes.size()[0];
    if members < 2 {
        return 1.0;
    }
    // Members at each distance from one another in turn: all pairs, each once.
    let shared: f64 = (1..members)
        .map(|distance| {
            let pairs = members - distance;
            same(&classes.narrow(0, 0, pairs), &classes.narrow(0, distance, pairs))
        })
        .sum();
    let pairs = members * (members - 1) / 2;
    shared / (pairs * classes.size()[1]) as f64
}

fn same(one: &Tensor, other: &Tensor) -> f64 {
    one.eq_tensor(other).sum(Kind::Int64).int64_value(&[]) as f64
}
