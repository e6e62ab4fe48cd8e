//! How the values of a tensor are spread, for TensorBoard: [`of`].

use crate::event::Histogram;
use tch::{Kind, Tensor};

/// Number of buckets.
const BUCKETS: i64 = 64;

/// Counts the finite values of `tensor` in equal buckets between their extremes. None where there
/// is no finite value, or their squares are too large to add up.
#[must_use]
pub fn of(tensor: &Tensor) -> Option<Histogram> {
    let values = tensor.detach().flatten(0, -1).to_kind(Kind::Float);
    let finite = values.isfinite();
    let values =
        if finite.all().int64_value(&[]) == 1 { values } else { values.masked_select(&finite) };
    if values.numel() == 0 {
        return None;
    }
    let moments = Tensor::stack(
        &[
            values.min().to_kind(Kind::Double),
            values.max().to_kind(Kind::Double),
            values.sum(Kind::Double),
            values.square().sum(Kind::Double),
        ],
        0,
    );
    let moments = Vec::<f64>::try_from(&moments).ok()?;
    let &[min, max, sum, sum_squares] = moments.as_slice() else { return None };
    if !(sum.is_finite() && sum_squares.is_finite()) {
        return None;
    }
    // A tensor of equal values still needs buckets of some width.
    let (low, high) = if min < max { (min, max) } else { (min - 0.5, max + 0.5) };
    let counts = count(&values, low, high);
    let width = (high - low) / BUCKETS as f64;
    Some(Histogram {
        min,
        max,
        count: values.numel() as u64,
        sum,
        sum_squares,
        upper: (1..=BUCKETS).map(|bucket| low + width * bucket as f64).collect(),
        counts: Vec::<f64>::try_from(&counts).ok()?.into_iter().map(|count| count as u64).collect(),
    })
}

/// The number of values in each of the buckets between `low` and `high`.
fn count(values: &Tensor, low: f64, high: f64) -> Tensor {
    let scaled = (values - low) * (BUCKETS as f64 / (high - low));
    let bucket = scaled.floor().clamp(0.0, (BUCKETS - 1) as f64).to_kind(Kind::Int64);
    bucket.bincount::<Tensor>(None, BUCKETS).to_kind(Kind::Double)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_moments_are_those_of_the_values() {
        let histogram = of(&Tensor::from_slice(&[0.0f32, 1.0, 1.0, 64.0, f32::NAN])).unwrap();
        assert_eq!((histogram.min, histogram.max, histogram.count), (0.0, 64.0, 4));
        assert_eq!((histogram.sum, histogram.sum_squares), (66.0, 4098.0));
        assert_eq!(histogram.counts.iter().sum::<u64>(), 4);
        assert_eq!((histogram.counts[0], histogram.counts[1], histogram.counts[63]), (1, 2, 1));
        assert_eq!(histogram.upper.len(), histogram.counts.len());
    }

    #[test]
    fn buckets_are_as_wide_as_their_bounds_say() {
        let histogram = of(&Tensor::from_slice(&[-8.0f32, -7.9, 0.1, 3.3, 8.0])).unwrap();
        let width = 0.25;
        let first = |value: f64| histogram.upper.iter().position(|upper| value < *upper);
        assert!((histogram.upper[0] - (width - 8.0)).abs() < 1e-12, "{:?}", histogram.upper);
        let mut expected = vec![0; 64];
        for value in [-8.0, -7.9, 0.1, 3.3] {
            expected[first(value).unwrap()] += 1;
        }
        expected[63] += 1;
        assert_eq!(histogram.counts, expected);
    }

    #[test]
    fn equal_values_and_none_are_no_trouble() {
        assert_eq!(of(&Tensor::from_slice(&[3.0f32; 5])).unwrap().counts.iter().sum::<u64>(), 5);
        assert!(of(&Tensor::from_slice(&[f32::NAN])).is_none());
        assert!(of(&Tensor::from_slice::<f32>(&[])).is_none());
    }
}
