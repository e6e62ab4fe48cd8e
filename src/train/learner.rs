//! What the loop over epochs drives: a [`Learner`], and for how long ([`Length`]).

use super::checkpoint::Tensors;
use crate::job::{Context, RunError};
use std::ops::Range;

/// What is trained.
pub trait Learner {
    /// Everything that a step changes: parameters, optimiser state, running sums.
    fn state(&self) -> Tensors;

    /// What people call the value at an index of one of these tensors.
    fn describe(&self, tensor: &str, index: &[i64]) -> String {
        format!("'{tensor}' at index {index:?}")
    }

    /// Takes back what [`Self::state`] gave.
    ///
    /// # Errors
    /// When the tensors are not those of this learner.
    fn restore(&mut self, state: Tensors) -> Result<(), RunError>;

    /// Prepares an epoch, counted from 0: the order of its examples.
    fn begin_epoch(&mut self, epoch: u64);

    /// Takes one step: number `within` of its epoch, number `step` of all, both from 0.
    ///
    /// # Errors
    /// When the step cannot be taken.
    fn step(&mut self, within: u64, step: u64) -> Result<(), RunError>;

    /// How many steps are best taken at once; the loop looks up only behind so many.
    fn block(&self) -> u64 {
        1
    }

    /// Takes the steps numbered `within` of the epoch, the first of which is number `step` of all; to
    /// the bit what [`step`](Self::step) would have done one by one.
    ///
    /// # Errors
    /// As [`step`](Self::step).
    fn steps(&mut self, within: Range<u64>, step: u64) -> Result<(), RunError> {
        within.enumerate().try_for_each(|(index, within)| self.step(within, step + index as u64))
    }

    /// Whether the loss so far is a finite number.
    fn is_finite(&self) -> bool;

    /// Measures and reports after epoch `epoch`, with `step` steps behind. Returns the score by
    /// which the best checkpoint is chosen (lower is better), if there is one.
    ///
    /// # Errors
    /// When a measurement fails.
    fn end_epoch(
        &mut self,
        context: &mut Context,
        epoch: u64,
        step: u64,
    ) -> Result<Option<f64>, RunError>;
}

/// How long the loop is.
#[derive(Debug, Clone, Copy)]
pub struct Length {
    /// Passes over the data.
    pub epochs: u64,
    /// Examples in each.
    pub examples: u64,
    /// Examples in a step; the last of an epoch may have fewer.
    pub batch: u64,
    /// How many learn from each example.
    pub members: u64,
    /// A checkpoint is written every N epochs, and after the last.
    pub checkpoint_every_epochs: u64,
}

impl Length {
    /// Steps in an epoch.
    #[must_use]
    pub fn steps_per_epoch(&self) -> u64 {
        self.examples.div_ceil(self.batch)
    }

    /// Steps of all.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.epochs * self.steps_per_epoch()
    }

    /// The epoch of a step, both from 0, and the step's number in it.
    pub(super) fn place(&self, step: u64) -> (u64, u64) {
        (step / self.steps_per_epoch(), step % self.steps_per_epoch())
    }

    /// The examples of the first `step` steps, over all members.
    pub(super) fn examples_of(&self, step: u64) -> u64 {
        let (epoch, within) = self.place(step);
        self.members * (epoch * self.examples + (within * self.batch).min(self.examples))
    }
}
