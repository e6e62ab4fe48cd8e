//! How far apart two sets of features lie: [`distance`], the kernel distance of Binkowski et al. 2018
//! (arXiv:1801.01401), there between features of an Inception network.
//!
//! It is the unbiased estimate of the squared maximum mean discrepancy with the kernel
//! (f.g / d + 1)^3 of d features: 0 on average where both sets are of one distribution, and then as
//! often below as above it. Row i of one set and row i of the other are never compared (the
//! one-sample form in Gretton et al. 2012, JMLR 13), so that they may be of a picture and its reconstruction. The paper
//! averages over subsets; here every other pair counts, and disjoint blocks only say how sure the
//! number is.

use tch::{Device, Kind, Tensor};

/// Blocks from whose distances the standard error follows.
const BLOCKS: i64 = 10;

/// Rows that meet as many others at once.
const TILE: i64 = 250;

/// What was found; not a number where there are too few rows to say.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Distance {
    /// The squared distance.
    pub(in super::super) squared: f64,
    /// The standard error of the mean of the blocks' distances: more than that of `squared`, which
    /// sees pairs from different blocks too.
    pub(in super::super) standard_error: f64,
}

/// The distance between the rows of `one` and of `other`, `[N, features]`, which come in no order (of
/// unequal numbers the first of the larger are looked at). In double precision on the CPU, since it is
/// a small difference of large sums.
pub(in super::super) fn distance(one: &Tensor, other: &Tensor) -> Distance {
    let rows = one.size()[0].min(other.size()[0]);
    let (one, other) = (one.narrow(0, 0, rows), other.narrow(0, 0, rows));
    let blocks = BLOCKS.min(rows / 2);
    let size = rows / blocks.max(1);
    let of_block = |block: i64| {
        squared(&one.narrow(0, block * size, size), &other.narrow(0, block * size, size))
    };
    let each: Vec<f64> = (0..blocks).map(of_block).collect();
    Distance { squared: squared(&one, &other), standard_error: standard_error(&each) }
}

fn squared(one: &Tensor, other: &Tensor) -> f64 {
    let (ones, others) = (tiles(one), tiles(other));
    let rows = one.size()[0] as f64;
    let total = sum(&ones, &ones) + sum(&others, &others) - 2.0 * sum(&ones, &others);
    total / (rows * (rows - 1.0))
}

/// The sum of the kernel over all pairs of rows whose numbers differ.
fn sum(ones: &[Tensor], others: &[Tensor]) -> f64 {
    let mut total = 0.0;
    for (i, one) in ones.iter().enumerate() {
        for (j, other) in others.iter().enumerate() {
            let values = kernel(one, other);
            if i == j {
                let _ = values.diagonal(0, 0, 1).fill_(0.0);
            }
            total += values.sum(Kind::Double).double_value(&[]);
        }
    }
    total
}

fn kernel(one: &Tensor, other: &Tensor) -> Tensor {
    let double = |rows: &Tensor| rows.to_device(Device::Cpu).to_kind(Kind::Double);
    let features = one.size()[1] as f64;
    (double(one).mm(&double(other).tr()) / features + 1.0).pow_tensor_scalar(3)
}

fn tiles(rows: &Tensor) -> Vec<Tensor> {
    let count = rows.size()[0];
    let tile = |from: i64| rows.narrow(0, from, TILE.min(count - from));
    (0..count).step_by(TILE as usize).map(tile).collect()
}

/// Of the mean of these.
fn standard_error(each: &[f64]) -> f64 {
    let count = each.len() as f64;
    let mean = each.iter().sum::<f64>() / count;
    let squares = each.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    (squares / (count - 1.0) / count).sqrt()
}
