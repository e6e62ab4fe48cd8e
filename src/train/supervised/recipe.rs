//! The settings that every job which learns from labelled pictures has: [`Recipe`], and what can be
//! wrong with them that a schema does not say. Plain values.

use crate::data::{AugmentSpec, DataRoots, DataSpec};
use crate::job::{DataDigest, Footprint, Memory, Provides};
use crate::nn::NetworkSpec;
use crate::optim::{OptimiserSpec, ScheduleSpec};
use crate::spec::FieldError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Pictures sent through a network at once where it is only used.
pub(super) const CHUNK: i64 = 1000;

/// Which parameters become the job's model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Select {
    /// The parameters after the last epoch.
    #[default]
    Last,
    /// The parameters of the epoch with the lowest negative log-likelihood on the validation
    /// examples.
    Best,
}

/// How often measurements, histograms and checkpoints are written.
#[expect(clippy::struct_field_names, reason = "the unit belongs in the name")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LoggingSpec {
    /// Measure on validation and test examples every N epochs (and after the last).
    #[schemars(range(min = 1))]
    pub measure_every_epochs: u64,
    /// Histograms of weights and gradients every N epochs; 0 for none.
    pub histograms_every_epochs: u64,
    /// Write a checkpoint every N epochs.
    #[schemars(range(min = 1))]
    pub checkpoint_every_epochs: u64,
}

impl Default for LoggingSpec {
    fn default() -> Self {
        Self { measure_every_epochs: 1, histograms_every_epochs: 1, checkpoint_every_epochs: 1 }
    }
}

/// What a job says about learning from labelled pictures, borrowed from its own settings.
#[derive(Debug, Clone, Copy)]
pub struct Recipe<'a> {
    /// Networks trained side by side.
    pub members: u64,
    /// The labelled pictures.
    pub data: &'a DataSpec,
    /// Data augmentation of training pictures.
    pub augment: &'a AugmentSpec,
    /// The network.
    pub network: &'a NetworkSpec,
    /// The optimisation rule and its learning rate: `{ rule: adam, rate: 1e-3 }`.
    pub optimiser: &'a OptimiserSpec,
    /// How its rate changes.
    pub schedule: &'a ScheduleSpec,
    /// Passes over the training examples.
    pub epochs: u64,
    /// Batch size: examples per step, for each member.
    pub batch: u64,
    /// Which parameters become the model.
    pub select: Select,
    /// How often measurements, histograms and checkpoints are written.
    pub logging: &'a LoggingSpec,
}

impl Recipe<'_> {
    /// One network.
    #[must_use]
    pub fn default_members() -> u64 {
        1
    }

    /// Ten passes over the examples.
    #[must_use]
    pub fn default_epochs() -> u64 {
        10
    }

    /// A hundred examples a step.
    #[must_use]
    pub fn default_batch() -> u64 {
        100
    }

    /// What the trained networks will be, for jobs that need them.
    #[must_use]
    pub fn provides(&self, kind: &str, roots: &[PathBuf]) -> Provides {
        let roots = DataRoots::discover(roots);
        Provides {
            kind: kind.to_owned(),
            classes: self.data.classes(&roots).ok(),
            input: self
                .data
                .shape(&roots)
                .ok()
                .map(|shape| [shape.channels, shape.height, shape.width]),
        }
    }

    /// The digest of the labelled pictures.
    ///
    /// # Errors
    /// When they cannot be found or read.
    pub fn digests(&self, roots: &[PathBuf]) -> Result<Vec<DataDigest>, FieldError> {
        let roots = DataRoots::discover(roots);
        match self.data.digest(&roots) {
            Ok(digest) => {
                Ok(vec![DataDigest { path: "data".into(), digest, note: self.data.note(&roots) }])
            }
            Err(error) => Err(FieldError::new(self.data.chosen_by(), error.to_string())),
        }
    }

    /// See [`Settings::footprint`](crate::job::Settings::footprint).
    #[must_use]
    pub fn footprint(&self, roots: &[PathBuf]) -> Option<Footprint> {
        let roots = DataRoots::discover(roots);
        let (shape, classes) = (self.data.shape(&roots).ok()?, self.data.classes(&roots).ok()?);
        let design = self.network.design(shape, classes).ok()?;
        let (members, batch) = (self.members as i64, self.batch as i64);
        let blueprint = design.blueprint().clone();
        let parameters = blueprint.bytes(members);
        let kept = self.optimiser.numbers_kept() as i64;
        let memory = Memory {
            parameters,
            training: parameters.saturating_mul(1 + kept),
            passing: design.bytes_passing(members, batch, CHUNK),
            data: self.data.bytes(&roots).ok()?,
        };
        Some(Footprint { networks: vec![("network", blueprint)], members: self.members, memory })
    }

    /// See [`Settings::non_semantic`](crate::job::Settings::non_semantic): the best epoch is one of those
    /// that were measured and kept.
    #[must_use]
    pub fn non_semantic(&self) -> &'static [&'static str] {
        match self.select {
            Select::Last => &["logging"],
            Select::Best => &["logging.histograms_every_epochs"],
        }
    }

    /// Everything at odds within the recipe.
    #[must_use]
    pub fn check(&self, roots: &[PathBuf]) -> Vec<FieldError> {
        let mut field_errors = Vec::new();
        if let Err(error) = self.optimiser.check(self.members as usize) {
            field_errors.push(FieldError::naming("optimiser", self.optimiser, error.to_string()));
        }
        if self.select == Select::Best && self.validation() == 0 {
            let message = "select: best needs a validation split, and data.validation is 0";
            field_errors.push(
                FieldError::new("select", message)
                    .with_help("set data.validation, or take select: last"),
            );
        }
        let roots = DataRoots::discover(roots);
        let flaws = self.data.flaws(&roots);
        field_errors.extend(flaws.iter().map(|flaw| flaw.at("data")));
        // Where headers are right, labels may not be: they are read, since they say the classes.
        if let (true, Err(error)) = (flaws.is_empty(), self.data.classes(&roots)) {
            field_errors.push(FieldError::new(self.data.chosen_by(), error.to_string()));
        }
        // Where the set is not sound, its pictures may have a size all the same.
        if let Ok(shape) = self.data.shape(&roots) {
            let error = self.network.check(shape, self.data.classes(&roots).ok()).err();
            field_errors.extend(error.map(|error| error.within("network")));
            let limit = shape.height.min(shape.width) / 2;
            if self.augment.jitter > 0 && i64::from(self.augment.jitter) >= limit {
                field_errors.push(FieldError::new(
                    "augment.jitter",
                    format!(
                        "jitter must be less than {limit} pixels (half the side) for {} x {} pictures",
                        shape.height, shape.width
                    ),
                ));
            }
        }
        field_errors
    }

    /// Examples set aside for validation.
    fn validation(&self) -> usize {
        match self.data {
            DataSpec::Glyphs(spec) => spec.validation,
            DataSpec::Mnist(spec) | DataSpec::FashionMnist(spec) => spec.validation,
            DataSpec::Idx(spec) => spec.validation,
        }
    }
}
