//! Runs and jobs as directories: what lies in them, how it is written so that it is never half
//! there, who is at work on them, and how they are found again.

pub mod atomic;
mod error;
pub(crate) mod fault;
pub mod find;
mod job_folder;
mod job_record;
mod job_spec;
mod lock;
mod outcome;
pub mod paths;
pub mod provenance;
mod reserve;
mod run_folder;
mod run_record;
mod seal;

pub use error::RunDirError;
pub use job_folder::{JobFolder, Liveness};
pub use job_record::{JobRecord, Status};
pub use job_spec::{JobSpec, NeededJob};
pub use lock::Lock;
pub use reserve::Reserve;
pub use run_folder::{RunFolder, Staged};
pub use run_record::{RunRecord, RunStatus, Versions};
pub use seal::{Look, Made, Seal};

/// The time now, as RFC 3339 in UTC with milliseconds: how times stand in every record.
#[must_use]
pub fn now() -> String {
    crate::clock::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
