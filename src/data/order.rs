//! In which order the examples are seen: [`order`].

use crate::seed::Draws;
use crate::seed::derive;
use tch::Tensor;

/// The order of `examples` examples in an epoch, for each member: `[K, N]`, 64-bit integers, on the
/// CPU; row k is a permutation of `0..N` that depends on `seeds[k]`, `epoch` and N alone.
pub fn order(seeds: &[u64], epoch: u64, examples: i64) -> Tensor {
    let count = examples.max(0);
    let row = |seed: &u64| Draws::new(derive(*seed, "order", epoch)).permutation(count);
    let rows: Vec<i64> = seeds.iter().flat_map(row).collect();
    Tensor::from_slice(&rows).view([seeds.len() as i64, count])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_member_has_its_own_permutation() {
        let seeds = [17, 18, 19, 20, 21];
        let stacked = order(&seeds, 3, 1000);
        assert_eq!(stacked.size(), [5, 1000]);
        for (member, seed) in seeds.iter().enumerate() {
            let row = stacked.get(member as i64);
            assert_eq!(row, order(&[*seed], 3, 1000).get(0));
            let sorted: Vec<i64> = row.sort(0, false).0.try_into().unwrap();
            assert_eq!(sorted, (0..1000).collect::<Vec<i64>>());
        }
        assert_ne!(stacked.get(0), stacked.get(1));
        assert_ne!(stacked, order(&seeds, 4, 1000));
        assert_eq!(order(&seeds, 0, 0).size(), [5, 0]);
    }

    #[test]
    fn every_order_of_three_comes_equally_often() {
        let mut counts = std::collections::BTreeMap::new();
        for epoch in 0..6_000 {
            let row: Vec<i64> = order(&[1], epoch, 3).get(0).try_into().unwrap();
            *counts.entry(row).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 6);
        assert!(counts.values().all(|count| (880..1120).contains(count)), "{counts:?}");
    }
}
