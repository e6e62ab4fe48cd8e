//! What a job is to do: [`JobSpec`], `spec.json` in its folder.

use super::words;
use crate::device::DeviceName;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Everything `exp-job` needs to know. Written once, when the job is planned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobSpec {
    /// The kind of job.
    pub kind: String,
    /// The job's name in the spec.
    #[serde(deserialize_with = "words::name")]
    pub name: String,
    /// The experiment's name.
    #[serde(deserialize_with = "words::name")]
    pub run: String,
    /// The job's seed.
    pub seed: u64,
    /// The version of the kind that the job was planned for.
    pub version: u32,
    /// What the job means, as a hash: jobs with one key compute the same thing.
    #[serde(deserialize_with = "words::key")]
    pub key: String,
    /// The key without the seed: jobs with one group are repetitions of each other.
    #[serde(deserialize_with = "words::key")]
    pub group: String,
    /// The kind's settings, every default written out.
    pub settings: Value,
    /// The folder of each needed job by how the settings refer to it; relative to this job's
    /// folder where both lie under one root of runs. See [`crate::rundir::JobFolder::need`].
    pub needs: BTreeMap<String, PathBuf>,
    /// The digest of the data behind each field that names some.
    pub data: BTreeMap<String, String>,
    /// Where data sets are looked for, absolute, besides the usual places.
    pub data_roots: Vec<PathBuf>,
    /// The device, decided: never `auto`.
    pub device: DeviceName,
    /// Threads for tensor operations; part of what decides the bits of the result on a CPU.
    pub threads: usize,
    /// The build that planned it, as [`crate::rundir::provenance::build`] names it: `exp-job`
    /// refuses another's.
    pub build: String,
}
