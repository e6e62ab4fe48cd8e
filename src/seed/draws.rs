//! Random numbers whose values never change: [`Draws`], a `SplitMix64` generator.
//!
//! Generated data sets and orders of examples are part of what a result means, so they must not
//! change with the version of a crate or of libtorch. The algorithm is that of Steele, Lea and
//! Flood 2014, "Fast splittable pseudorandom number generators", with the constants of Java's
//! `SplittableRandom`. Only sums, products and shifts are used, so the values are the same on every
//! machine.

/// A stream of random numbers that is a function of its seed.
#[derive(Debug, Clone)]
pub(crate) struct Draws(u64);

impl Draws {
    /// What is added at each step, and the two factors of the mixing.
    pub(crate) const CONSTANTS: [u64; 3] =
        [0x9e37_79b9_7f4a_7c15, 0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb];

    /// The stream that belongs to `seed`.
    pub(crate) fn new(seed: i64) -> Self {
        Self(seed as u64)
    }

    /// The next 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        let [step, first, second] = Self::CONSTANTS;
        self.0 = self.0.wrapping_add(step);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(first);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(second);
        mixed ^ (mixed >> 31)
    }

    /// An integer in `0..bound` (`bound` at least 1), uniform to within `bound / 2^64`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// The numbers `0..count` in random order, each order equally likely (Durstenfeld 1964,
    /// algorithm 235).
    pub(crate) fn permutation(&mut self, count: i64) -> Vec<i64> {
        let mut row: Vec<i64> = (0..count).collect();
        for last in (1..row.len()).rev() {
            row.swap(last, self.below(last as u64 + 1) as usize);
        }
        row
    }

    /// A number in `low..high`, uniform.
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        let unit = (self.bits() >> 40) as f32 / 16_777_216.0;
        low + (high - low) * unit
    }

    /// True with the given probability.
    pub(crate) fn chance(&mut self, probability: f32) -> bool {
        self.between(0.0, 1.0) < probability
    }

    /// A number from nearly a normal distribution of mean 0, standard deviation 1: the sum of four
    /// uniform draws, so never beyond 3.5.
    pub(crate) fn normal(&mut self) -> f32 {
        let sum: f32 = (0..4).map(|_| self.between(-1.0, 1.0)).sum();
        sum * 0.866_025_4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_that_of_the_reference() {
        let mut draws = Draws::new(1_234_567);
        let expected = [
            6_457_827_717_110_365_317_u64,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!(expected.map(|_| draws.bits()), expected);
    }

    #[test]
    fn draws_have_the_moments_they_should() {
        let mut draws = Draws::new(5);
        let normals: Vec<f32> = (0..20_000).map(|_| draws.normal()).collect();
        let mean = normals.iter().sum::<f32>() / 20_000.0;
        let variance = normals.iter().map(|value| value * value).sum::<f32>() / 20_000.0;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
        let mut counts = [0; 7];
        for _ in 0..7_000 {
            counts[draws.below(7) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (850..1150).contains(count)), "{counts:?}");
    }
}
