//! Draws over the member axis: [`normal`] and [`uniform`], each member's from its own seed.

use crate::nn::seeded;
use crate::seed::derive;
use tch::{Device, Kind, Tensor};

/// Element type and device of what is drawn.
pub(super) type Options = (Kind, Device);

/// Numbers from N(0, 1), `[K, …size]`: member k's from `derive(seeds[k], purpose, index)`.
pub(super) fn normal(
    seeds: &[u64],
    purpose: &str,
    index: u64,
    size: &[i64],
    options: Options,
) -> Tensor {
    drawn(seeds, purpose, index, size, options, |own| own.normal_(0.0, 1.0))
}

/// Numbers uniform in [0, 1), as [`normal`].
pub(super) fn uniform(
    seeds: &[u64],
    purpose: &str,
    index: u64,
    size: &[i64],
    options: Options,
) -> Tensor {
    drawn(seeds, purpose, index, size, options, |own| own.uniform_(0.0, 1.0))
}

fn drawn(
    seeds: &[u64],
    purpose: &str,
    index: u64,
    size: &[i64],
    options: Options,
    draw: impl Fn(&mut Tensor) -> Tensor,
) -> Tensor {
    let mut full = vec![seeds.len() as i64];
    full.extend(size);
    let values = Tensor::empty(full, options);
    for (member, &seed) in seeds.iter().enumerate() {
        let mut own = values.get(member as i64);
        let _ = seeded(derive(seed, purpose, index), || draw(&mut own));
    }
    values
}
