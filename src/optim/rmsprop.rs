//! `RMSProp`: the gradient over the root of its running mean square, with momentum if asked for.

use super::RmspropSpec;
use super::error::OptimError;
use super::fused::{self, Lists};
use super::rule::{Rule, Slots};

impl Rule for RmspropSpec {
    fn slots(&self) -> Slots {
        let second = (self.momentum != 0.0).then_some("velocity");
        Slots { first: Some("mean_square"), second, steps: false }
    }

    fn step(&self, lists: &Lists) -> Result<(), OptimError> {
        fused::rmsprop(lists, self.smoothing, self.epsilon, self.momentum, self.weight_decay)
    }
}
