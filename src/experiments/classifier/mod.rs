//! Kind `classifier`: networks that learn classes from labels.
//!
//! With `members: K` the job trains an ensemble of K side by side, each with its own seed and order
//! of examples; its answer is the mean of the members' probabilities.

pub mod run;
mod spec;

pub use spec::ClassifierSpec;
