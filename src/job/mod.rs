//! The contract between kinds of jobs and everything that plans, starts and reports them.
//!
//! [`Kind`] is the plain half, which both programs know; the tensor half is what `exp-job` reaches.

mod kind;
mod outcome;

pub use kind::{AnySettings, Complaint, DataDigest, Kind, Need, Offer, Registered, Settings};
pub use outcome::{Outcome, Row};
