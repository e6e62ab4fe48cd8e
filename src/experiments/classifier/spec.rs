//! The settings of a classifier: [`ClassifierSpec`]. Plain values.

use crate::data::{AugmentSpec, DataSpec};
use crate::job::{DataDigest, Footprint, Provides, Settings};
use crate::nn::NetworkSpec;
use crate::optim::{OptimiserSpec, ScheduleSpec};
use crate::spec::FieldError;
use crate::train::supervised::{LoggingSpec, Recipe, Select};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A classifier, or several trained together, on labelled pictures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClassifierSpec {
    /// Networks trained side by side; member i is seeded with the job's seed + i.
    #[serde(default = "Recipe::default_members")]
    #[schemars(range(min = 1, max = 1000))]
    pub members: u64,
    /// The labelled pictures: `{ set: mnist }`.
    pub data: DataSpec,
    /// Data augmentation of training pictures.
    #[serde(default)]
    pub augment: AugmentSpec,
    /// The network: `{ name: mlp, hidden: [400] }`.
    pub network: NetworkSpec,
    /// The optimisation rule and its learning rate: `{ rule: adam, rate: 1e-3 }`.
    pub optimiser: OptimiserSpec,
    /// The learning-rate schedule.
    #[serde(default)]
    pub schedule: ScheduleSpec,
    /// Passes over the training examples.
    #[serde(default = "Recipe::default_epochs")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub epochs: u64,
    /// Batch size: examples per step, for each member.
    #[serde(default = "Recipe::default_batch")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub batch: u64,
    /// Which parameters become the model.
    #[serde(default)]
    pub select: Select,
    /// How often measurements, histograms and checkpoints are written.
    #[serde(default)]
    pub logging: LoggingSpec,
}

impl ClassifierSpec {
    pub(super) fn recipe(&self) -> Recipe<'_> {
        Recipe {
            members: self.members,
            data: &self.data,
            augment: &self.augment,
            network: &self.network,
            optimiser: &self.optimiser,
            schedule: &self.schedule,
            epochs: self.epochs,
            batch: self.batch,
            select: self.select,
            logging: &self.logging,
        }
    }
}

impl Settings for ClassifierSpec {
    const KIND: &'static str = "classifier";
    const ABOUT: &'static str =
        "a classifier, or an ensemble trained together, on labelled pictures";
    const VERSION: u32 = 2;
    const PROVIDED_BY: &'static [&'static str] = &["data"];
    const LOOKS_AT: &'static [(&'static str, &'static [&'static str])] = &[
        ("data", &[]),
        ("optimiser", &["members"]),
        ("select", &["data"]),
        ("network", &["data"]),
        ("augment", &["data"]),
    ];

    fn digests(&self, roots: &[PathBuf]) -> Result<Vec<DataDigest>, FieldError> {
        self.recipe().digests(roots)
    }

    fn provides(&self, roots: &[PathBuf]) -> Provides {
        self.recipe().provides(Self::KIND, roots)
    }

    fn check(&self, roots: &[PathBuf], _: &BTreeMap<String, Provides>) -> Vec<FieldError> {
        self.recipe().check(roots)
    }

    fn footprint(&self, roots: &[PathBuf]) -> Option<Footprint> {
        self.recipe().footprint(roots)
    }

    fn non_semantic(&self) -> &'static [&'static str] {
        self.recipe().non_semantic()
    }
}
