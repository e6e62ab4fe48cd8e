//! What is at odds among settings that are right in themselves: [`check`], in which each kind looks at
//! its jobs, knowing what the needed jobs hand on.

use super::jobs::Jobs;
use super::needs;
use super::typed::Typed;
use crate::job::{Cause, Complaint, DataDigest, Kind, Offer};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

/// The digests of each job's data, by field.
pub(super) type Digests = HashMap<usize, BTreeMap<String, String>>;

/// What the kinds found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) digests: Digests,
    /// What a person should know of the data, once each.
    pub(super) notes: Vec<String>,
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
        let (data, complaints) = look(job, roots, &offered.collect());
        for note in data.iter().filter_map(|data| data.note.as_ref()) {
            if !found.notes.contains(note) {
                found.notes.push(note.clone());
            }
        }
        let digests = data.into_iter().map(|data| (data.path, data.digest));
        found.digests.insert(index, digests.collect());
        found.complaints.extend(complaints.into_iter().map(|complaint| (index, complaint)));
    }
    found
}

/// A job's data, and its complaints.
fn look(
    job: &Typed,
    roots: &[PathBuf],
    offered: &BTreeMap<String, Offer>,
) -> (Vec<DataDigest>, Vec<Complaint>) {
    let Some(settings) = job.settings() else { return Default::default() };
    let mut complaints = settings.check(roots, offered);
    // Data with which something is wrong is not read: it may be of any size.
    let sound = complaints.iter().all(|complaint| complaint.cause == Cause::Settings);
    let data = if sound { settings.digests(roots) } else { Ok(Vec::new()) };
    let data = data.unwrap_or_else(|lost| {
        complaints.insert(0, lost);
        Vec::new()
    });
    complaints.retain(|complaint| job.stands(complaint));
    (data, complaints)
}
