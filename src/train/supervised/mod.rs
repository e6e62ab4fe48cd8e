//! Learning classes from labelled pictures, whatever it is that is learnt from them.
//!
//! A kind states its [`Recipe`] and its [`Objective`] and calls [`carry_out`].

mod evaluation;
mod finish;
mod learner;
mod recipe;
mod report;

pub use evaluation::{Measures, answers, evaluate};
pub use finish::{Trained, carry_out};
pub use learner::{Batch, Objective, Supervised};
pub use recipe::{LoggingSpec, Recipe, Select, input_shape};
