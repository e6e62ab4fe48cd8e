//! How often two models give the same answer, right or wrong: [`agreement`].

use tch::{Kind, Tensor};

/// The fraction of answers that two models share; NaN when there are none.
///
/// The predicted classes of each, `[N]` (or any size that both have).
#[must_use]
pub fn agreement(one: &Tensor, other: &Tensor) -> f64 {
    let same = one.eq_tensor(other).sum(Kind::Int64).int64_value(&[]);
    same as f64 / one.numel() as f64
}
