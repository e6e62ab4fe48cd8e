//! What a job is to do: [`JobSpec`], `spec.json` in its folder. All that its key is made of stands in it.

use super::words;
use crate::device::DeviceName;
use serde::{Deserialize, Deserializer, Serialize};
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
    /// The settings, by path, that decide nothing and are no part of the key.
    #[serde(default, rename = "incidental")] // the name in the files of all versions
    pub non_semantic: Vec<String>,
    /// The jobs it needs, by the field that refers to each: `teachers`, `teachers[0]`.
    #[serde(deserialize_with = "by_field")]
    pub needs: BTreeMap<String, NeededJob>,
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

/// A job that another one needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeededJob {
    /// What stands in the field.
    pub reference: String,
    /// Its folder; relative to that of the job that needs it where both lie under one root of runs.
    /// See [`crate::rundir::JobFolder::need`].
    pub folder: PathBuf,
    /// The key it had when the job that needs it was planned.
    pub key: String,
}

/// Reads the needed jobs; those of earlier builds had a folder by reference and no key, and so fit no
/// key at all.
fn by_field<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, NeededJob>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Now(NeededJob),
        Before(PathBuf),
    }
    let written = BTreeMap::<String, Written>::deserialize(deserializer)?.into_iter();
    let read = written.map(|(name, written)| match written {
        Written::Now(job) => (name, job),
        Written::Before(folder) => {
            (name.clone(), NeededJob { reference: name, folder, key: String::new() })
        }
    });
    Ok(read.collect())
}
