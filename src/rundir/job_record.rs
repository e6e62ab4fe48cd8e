//! How far a job is: [`JobRecord`], `job.json` in its folder.

use super::{ArtefactDigest, ArtefactDigests, words};
use crate::device::DeviceName;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not started yet.
    Pending,
    /// At work; true only as long as somebody holds the folder's lock.
    Running,
    /// Ended well.
    Done,
    /// Ended badly.
    Failed,
    /// Stopped on request, with a checkpoint to go on from.
    Interrupted,
    /// Not started, since a job it needs failed.
    Skipped,
}

impl std::fmt::Display for Status {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
            Self::Skipped => "skipped",
        })
    }
}

/// The state of a job. The planner makes it; the job keeps it while it holds the folder's lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRecord {
    /// The kind of job.
    pub kind: String,
    /// Its key.
    #[serde(deserialize_with = "words::key")]
    pub key: String,
    /// How often it was started.
    pub attempt: u32,
    /// Where it stands.
    pub status: Status,
    /// What it runs on.
    pub device: DeviceName,
    /// When it was first started (RFC 3339, UTC).
    pub started: Option<String>,
    /// When it last ended (RFC 3339, UTC).
    pub ended: Option<String>,
    /// Why it failed or was skipped.
    pub message: Option<String>,
    /// The folder whose results stand for this job's, where nothing had to run.
    pub reused_from: Option<PathBuf>,
    /// The digests of what it read, by the field of its settings that names it: of the very bytes that
    /// it loaded. Not in the records of early builds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub read: BTreeMap<String, String>,
    /// What it made, once it is done. Not in the records of early builds.
    #[serde(default, skip_serializing_if = "ArtefactDigests::is_empty")]
    pub made: ArtefactDigests,
    /// The seal of its final figures, once it is done. Not in the records of early builds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<ArtefactDigest>,
}

impl JobRecord {
    /// A job that waits to be started.
    #[must_use]
    pub fn pending(kind: &str, key: &str, device: DeviceName) -> Self {
        Self {
            kind: kind.to_owned(),
            key: key.to_owned(),
            attempt: 0,
            status: Status::Pending,
            device,
            started: None,
            ended: None,
            message: None,
            reused_from: None,
            read: BTreeMap::new(),
            made: ArtefactDigests::new(),
            outcome: None,
        }
    }

    /// Takes down that the job starts (again): for the job, once it holds its folder.
    pub fn start(&mut self) {
        self.attempt += 1;
        self.status = Status::Running;
        self.started.get_or_insert_with(super::now);
        self.ended = None;
        self.message = None;
        self.made.clear();
        self.outcome = None;
    }

    /// Takes down how it ended.
    pub fn end(&mut self, status: Status, message: Option<String>) {
        self.status = status;
        self.ended = Some(super::now());
        self.message = message;
    }
}
