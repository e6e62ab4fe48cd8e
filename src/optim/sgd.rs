//! Stochastic gradient descent: v' = m v + g, p' = p - rate v' (or g + m v' with Nesterov).

use super::SgdSpec;
use super::error::OptimError;
use super::fused::{self, Lists};
use super::rule::{Rule, Slots};

impl Rule for SgdSpec {
    fn slots(&self) -> Slots {
        Slots { first: (self.momentum != 0.0).then_some("velocity"), ..Slots::default() }
    }

    fn step(&self, lists: &Lists) -> Result<(), OptimError> {
        fused::sgd(lists, self.momentum, self.nesterov, self.weight_decay)
    }
}
