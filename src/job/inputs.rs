//! What a job should read, and what it has read: [`Inputs`], as digests.

use crate::rundir::ArtefactDigests;
use std::collections::BTreeMap;

/// Digests of what a job reads, by the field that names it.
#[derive(Debug, Default)]
pub struct Inputs {
    /// Those it was planned with; `None` where nothing was planned and nothing is kept.
    pub planned: Option<BTreeMap<String, String>>,
    /// Those it began with, where it goes on from a checkpoint.
    pub earlier: BTreeMap<String, String>,
    /// The seals of what each needed job made, by reference.
    pub made: BTreeMap<String, ArtefactDigests>,
    /// Those of what was read so far.
    pub(super) read: BTreeMap<String, String>,
}

impl Inputs {
    /// A field whose data were planned with and have not been read.
    #[must_use]
    pub fn unread(&self) -> Option<&str> {
        let planned = self.planned.iter().flat_map(BTreeMap::keys);
        planned.map(String::as_str).find(|field| !self.read.contains_key(*field))
    }
}
