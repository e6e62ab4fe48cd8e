//! What becomes of each planned job: a [`Decision`].

use super::plan::{Plan, Planned};
use super::reuse;
use crate::rundir::{Check, JobFolder, Passed};
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

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
    pub fn decide(&self, root: &Path, fresh: bool, check: Check, passed: &Passed) -> Vec<Decision> {
        let keys: BTreeSet<String> = self.jobs.iter().map(|job| job.key.clone()).collect();
        let find = || reuse::find(root, &keys, check, passed);
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
