//! Learning classes from labelled pictures, whatever it is that is learnt from them.
//!
//! A kind states its [`Recipe`] and its [`Objective`] and calls [`train_and_keep`].

#[cfg(test)]
mod course_tests;
mod evaluation;
mod finish;
mod learner;
mod pictures;
mod recipe;
#[cfg(test)]
pub(crate) mod replay;
mod report;
mod speed;
mod steps;
#[cfg(test)]
mod tests;

pub use evaluation::{ClassifierMetrics, answers, answers_with, evaluate};
pub use finish::{Trained, train_and_keep};
pub use learner::{Batch, Objective, Supervised};
pub use recipe::{LoggingSpec, Recipe, Select};
