//! Runs and jobs as directories: what lies in them, who is at work on them, and how they are found
//! again. How their files are written, locked and read is `files`' to say.

mod error;
pub mod find;
mod job_folder;
mod job_record;
mod job_spec;
mod outcome;
mod passed;
pub mod paths;
pub mod provenance;
mod run_folder;
mod run_record;
mod seal;
mod staged;
mod staging_mark;
mod stamp;
pub(crate) mod words;

pub use error::RunDirError;
pub use job_folder::{JobFolder, Liveness};
pub use job_record::{JobRecord, Status};
pub use job_spec::{JobSpec, NeededJob};
pub use passed::Passed;
pub use run_folder::RunFolder;
pub use run_record::{RunRecord, RunStatus, Versions};
pub use seal::{ArtefactDigest, ArtefactDigests, Check};
pub use staged::Staged;
pub(crate) use stamp::is_stamp;

/// The time now, as RFC 3339 in UTC with milliseconds: how times stand in every record.
#[must_use]
pub fn now() -> String {
    crate::clock::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
