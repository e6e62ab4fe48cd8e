//! The jobs of a spec together: [`Jobs`], read one by one and connected by their references.

use super::needs::{self, Reference};
use super::typed::{Kinds, Typed};
use crate::job::Kind;
use crate::spec::{Envelope, Problems};
use std::path::Path;

/// The jobs of a spec, read, and what they refer to.
pub(super) struct Jobs<'a> {
    /// In the order of the spec; `None` where the kind is not known.
    pub(super) typed: Vec<Option<Typed<'a>>>,
    /// The references of each.
    pub(super) references: Vec<Vec<Reference>>,
}

impl<'a> Jobs<'a> {
    /// Reads them and reports what is wrong with each, and where references lead nowhere.
    pub(super) fn read(
        envelope: &'a Envelope,
        kinds: &'a [&'a dyn Kind],
        runs: &Path,
        problems: &mut Problems,
    ) -> Self {
        let mut kinds = Kinds::new(kinds);
        let read = envelope.jobs.iter().map(|(name, entry)| kinds.read(name, entry, problems));
        let typed: Vec<Option<Typed>> = read.collect();
        let references = needs::resolve(envelope, &typed, runs, problems);
        Self { typed, references }
    }

    /// The jobs of the same spec that each needs.
    pub(super) fn edges(&self) -> Vec<Vec<usize>> {
        self.references.iter().map(|references| needs::within(references)).collect()
    }

    /// The name of a job.
    pub(super) fn name(&self, index: usize) -> String {
        self.typed[index].as_ref().map_or_else(String::new, |job| job.name.to_owned())
    }
}
