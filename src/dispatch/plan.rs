//! What is to be done, worked out and found sound: a [`Plan`] of [`Planned`] jobs.

use crate::device::DeviceName;
use crate::job::Footprint;
use crate::rundir::JobFolder;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

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
    pub non_semantic: &'static [&'static str],
    /// The jobs it needs.
    pub needs: Vec<Needed>,
    /// The digest of the data behind each field that names some.
    pub data: BTreeMap<String, String>,
    /// What it will take of a machine, as far as that can be said.
    pub footprint: Option<Footprint>,
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
