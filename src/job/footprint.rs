//! What a job will take of a machine, as far as its settings and the form of its data say:
//! [`Footprint`]. Plain values.

use crate::nn::Blueprint;

/// What a job will take.
#[derive(Debug, Clone, PartialEq)]
pub struct Footprint {
    /// Its networks, each with the field of the settings that describes it.
    pub networks: Vec<(&'static str, Blueprint)>,
    /// Networks of each sort that are trained side by side.
    pub members: u64,
    /// Bytes of memory, by what they are for.
    pub memory: Memory,
}

/// Bytes of memory, by what they are for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Memory {
    /// Parameters of all members.
    pub parameters: i64,
    /// Their gradients, and what the optimiser keeps of each.
    pub training: i64,
    /// What passes through the networks in the largest step or evaluation.
    pub passing: i64,
    /// Examples.
    pub data: i64,
}

impl Memory {
    /// Bytes that a job takes which does next to nothing: the program with libtorch.
    pub const PROGRAM: i64 = 150_000_000;

    /// All of it.
    #[must_use]
    pub fn total(&self) -> i64 {
        [self.parameters, self.training, self.passing, self.data]
            .into_iter()
            .fold(Self::PROGRAM, i64::saturating_add)
    }
}
