//! The contract between kinds of jobs and everything that plans, starts and reports them.
//!
//! [`Kind`] is the plain half, which both programs know; [`Run`], from a [`Context`] to a
//! [`Finish`], is the tensor half, which only `exp-job` reaches.

mod context;
mod inputs;
mod kind;
mod outcome;
mod reading;

pub use context::{Context, Finish, Run, RunError};
pub use inputs::Inputs;
pub use kind::{
    AnySettings, Cause, Complaint, DataDigest, Kind, Need, Offer, Registered, Settings,
};
pub use outcome::{Outcome, Row};
