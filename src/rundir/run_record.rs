//! How far a run is and where it came from: [`RunRecord`], `run.json` in its folder.

use super::words;
use serde::{Deserialize, Serialize};

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// Somebody is at work on it; true only as long as they hold the folder's lock.
    Running,
    /// Every job ended well.
    Done,
    /// A job ended badly.
    Failed,
    /// Stopped; `exp resume` goes on with it.
    Interrupted,
}

impl std::fmt::Display for RunStatus {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        })
    }
}

/// The versions of what made a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// Of this package.
    pub exp: String,
    /// The commit it was built from.
    pub build: String,
    /// Of libtorch, as `tch` expects it.
    pub libtorch: String,
}

/// The state of a run and what one needs to know to make it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    /// The experiment's name.
    #[serde(deserialize_with = "words::name")]
    pub name: String,
    /// Where it stands.
    pub status: RunStatus,
    /// The command line that started it.
    pub command: Vec<String>,
    /// Whether its jobs run even if others have computed the same.
    #[serde(default)]
    pub fresh: bool,
    /// The jobs, in the order in which they stand in the spec.
    #[serde(deserialize_with = "words::names")]
    pub jobs: Vec<String>,
    /// The commit checked out where it was started, in a checkout.
    pub commit: Option<String>,
    /// Whether there were changes on top of that commit.
    pub dirty: Option<bool>,
    /// The machine.
    pub host: String,
    /// The devices there were.
    pub devices: Vec<String>,
    /// Of what made it.
    pub versions: Versions,
    /// When it was started (RFC 3339, UTC).
    pub started: String,
    /// When it last ended (RFC 3339, UTC).
    pub ended: Option<String>,
}
