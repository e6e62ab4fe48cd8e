//! Adam and `AdamW`: the gradient's running mean over the root of its running mean square, both
//! corrected for their start at zero.

use super::error::OptimError;
use super::fused::{self, Lists};
use super::rule::{Rule, Slots};
use super::{AdamSpec, AdamwSpec};

const SLOTS: Slots = Slots { first: Some("mean"), second: Some("mean_square"), steps: true };

impl Rule for AdamSpec {
    fn slots(&self) -> Slots {
        SLOTS
    }

    fn step(&self, lists: &Lists) -> Result<(), OptimError> {
        fused::adam(lists, false, (self.beta1, self.beta2), self.epsilon, self.weight_decay)
    }
}

impl Rule for AdamwSpec {
    fn slots(&self) -> Slots {
        SLOTS
    }

    fn step(&self, lists: &Lists) -> Result<(), OptimError> {
        fused::adam(lists, true, (self.beta1, self.beta2), self.epsilon, self.weight_decay)
    }
}
