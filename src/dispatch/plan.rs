//! What is to be done, worked out and found sound: a [`Plan`] of [`Planned`] jobs, and what becomes
//! of each ([`Decision`]).

use super::reuse;
use crate::device::DeviceName;
use crate::rundir::{JobFolder, Look, Passed};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// The jobs of one spec.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The experiment's name.
    pub name: String,
    /// The seed of the run.
    pub seed: u64,
    /// The device asked for.
    pub device: DeviceName,
    /// Where data sets are looked for besides the usual places, absolute.
    pub data_roots: Vec<PathBuf>,
    /// The jobs, each after those it needs, otherwise as they stand in the spec.
    pub jobs: Vec<Planned>,
    /// Their names as they stand in the spec.
    pub order: Vec<String>,
    /// The spec with every default written out.
    pub resolved: String,
    /// What a person should know before it is carried out, such as what will be downloaded.
    pub notes: Vec<String>,
}

/// One job.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Its name in the spec.
    pub name: String,
    /// Its kind and the version of that.
    pub kind: String,
    pub version: u32,
    pub seed: u64,
    /// The kind's settings, every default written out.
    pub settings: Value,
    /// Those of them that decide nothing, by path: no part of the key.
    pub incidental: &'static [&'static str],
    /// The jobs it needs.
    pub needs: Vec<Needed>,
    /// The digest of the data behind each field that names some.
    pub data: BTreeMap<String, String>,
    /// See [`super::key`].
    pub key: String,
    pub group: String,
}

/// A job that another one needs.
#[derive(Debug, Clone)]
pub struct Needed {
    /// The field with the reference.
    pub path: String,
    /// The reference, as it stands there.
    pub reference: String,
    /// What it leads to.
    pub origin: Origin,
    /// The needed job's key.
    pub key: String,
}

/// Where a needed job is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// In the same spec, by name.
    Spec(String),
    /// In a run that was made before.
    Folder(JobFolder),
}

/// What becomes of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It has to run.
    Run,
    /// It has to run, though a finished job has its key: why that one cannot stand for it.
    Again(String),
    /// A finished job stands for it.
    Reuse(JobFolder),
    /// Another job of the same spec means the same and stands for it.
    Same(String),
}

impl Plan {
    /// What becomes of each job, in the order of [`Plan::jobs`]. With `fresh` nothing that was made
    /// before is looked at; otherwise what finished jobs made is looked at as closely as `look` says.
    /// Records that do not read are passed over.
    #[must_use]
    pub fn decide(&self, root: &Path, fresh: bool, look: Look, passed: &Passed) -> Vec<Decision> {
        let keys: BTreeSet<String> = self.jobs.iter().map(|job| job.key.clone()).collect();
        let find = || reuse::find(root, &keys, look, passed);
        let mut finished = if fresh { reuse::Finished::default() } else { find() };
        let mut first: HashMap<&str, &str> = HashMap::new();
        let mut decide = |job| {
            let Planned { key, name, .. }: &Planned = job;
            let twin = *first.entry(key).or_insert(name);
            match (finished.sound.get(key), finished.unfit.remove(key)) {
                (Some(folder), _) => Decision::Reuse(folder.clone()),
                (None, _) if twin != name => Decision::Same(twin.to_owned()),
                (None, Some(why)) => Decision::Again(why),
                (None, None) => Decision::Run,
            }
        };
        self.jobs.iter().map(&mut decide).collect()
    }
}
