//! The contract between kinds of jobs and everything that plans, starts and reports them.
//!
//! [`Kind`] is the plain half, which both programs know; [`Run`], from a [`Context`] to a
//! [`Finish`], is the tensor half, which only `exp-job` reaches.

mod context;
mod course;
mod footprint;
mod inputs;
mod kind;
pub mod mishap;
mod outcome;
mod reading;

pub use context::{Context, Finish, Run, RunError};
pub use course::Course;
pub use footprint::{Footprint, Memory};
pub use inputs::Inputs;
pub use kind::{AnySettings, DataDigest, Kind, Need, Provides, Settings, TypedKind};
pub use outcome::{Outcome, Row};
