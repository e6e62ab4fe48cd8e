//! Adagrad: the gradient over the root of the sum of all its squares.

use super::AdagradSpec;
use super::error::OptimError;
use super::fused::{self, Lists};
use super::rule::{Rule, Slots};

impl Rule for AdagradSpec {
    fn slots(&self) -> Slots {
        Slots { first: Some("sum_of_squares"), second: None, steps: true }
    }

    fn step(&self, lists: &Lists) -> Result<(), OptimError> {
        fused::adagrad(lists, self.epsilon, self.weight_decay)
    }
}
