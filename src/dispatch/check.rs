//! What is at odds among settings that are right in themselves: [`check`], in which each kind looks at
//! its jobs, knowing what the needed jobs hand on.

use super::jobs::Jobs;
use super::needs;
use super::typed::Typed;
use crate::job::{Complaint, Kind, Offer};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

/// The digests of each job's data, by field.
pub(super) type Digests = HashMap<usize, BTreeMap<String, String>>;

/// What the kinds found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) digests: Digests,
    /// With the index of the job.
    pub(super) complaints: Vec<(usize, Complaint)>,
}

/// Lets each kind look at its jobs.
pub(super) fn check(jobs: &Jobs, kinds: &[&dyn Kind], roots: &[PathBuf]) -> Found {
    let offers: Vec<Option<Offer>> =
        jobs.typed.iter().map(|job| Some(job.as_ref()?.offer(roots))).collect();
    let mut found = Found::default();
    for (index, job) in jobs.typed.iter().enumerate() {
        let Some(job) = job else { continue };
        let offered = jobs.references[index].iter().filter_map(|reference| {
            let offer = match &reference.origin {
                Ok(other) => offers[*other].clone(),
                Err(folder) => needs::offer(folder, kinds, roots),
            };
            Some((reference.need.reference.clone(), offer?))
        });
        let (digests, complaints) = look(job, roots, &offered.collect());
        found.digests.insert(index, digests);
        found.complaints.extend(complaints.into_iter().map(|complaint| (index, complaint)));
    }
    found
}

/// The digests of a job's data, and its complaints.
fn look(
    job: &Typed,
    roots: &[PathBuf],
    offered: &BTreeMap<String, Offer>,
) -> (BTreeMap<String, String>, Vec<Complaint>) {
    let Some(settings) = job.settings() else { return Default::default() };
    let (digests, lost) = match settings.digests(roots) {
        Ok(found) => (found.into_iter().map(|data| (data.path, data.digest)).collect(), None),
        Err(complaint) => (BTreeMap::new(), Some(complaint)),
    };
    let mut complaints = settings.check(roots, offered);
    if let Some(lost) = lost {
        // Data that is not there is said once.
        complaints.retain(|other| other.path != lost.path);
        complaints.insert(0, lost);
    }
    complaints.retain(|complaint| job.stands(complaint));
    (digests, complaints)
}
