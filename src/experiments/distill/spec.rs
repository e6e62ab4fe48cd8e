//! The settings of a distillation: [`DistillSpec`]. Plain values.

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

/// The temperature, and the weight of the teachers' predictions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DistillLossSpec {
    /// The temperature T that softens the predictions of teachers and student.
    #[schemars(range(min = 1e-6, max = 1000.0))]
    pub temperature: f64,
    /// The weight w of the teachers' predictions in w T^2 KL(teachers || student) + (1 - w)
    /// CE(labels).
    #[schemars(range(min = 0.0, max = 1.0))]
    pub soft_weight: f64,
}

impl Default for DistillLossSpec {
    fn default() -> Self {
        Self { temperature: 4.0, soft_weight: 0.9 }
    }
}

/// A student trained on teachers' softened predictions and on labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DistillSpec {
    /// The job whose networks teach: a name in this file, or a path to a job under runs/.
    #[schemars(length(min = 1))]
    pub teachers: String,
    /// Students trained side by side; student i is seeded with the job's seed + i.
    #[serde(default = "Recipe::default_members")]
    #[schemars(range(min = 1, max = 1000))]
    pub members: u64,
    /// The labelled pictures that the student sees, the transfer set: `{ set: mnist }`.
    pub data: DataSpec,
    /// Data augmentation; the teachers see the augmented picture.
    #[serde(default)]
    pub augment: AugmentSpec,
    /// The student's network: `{ name: mlp, hidden: [30] }`.
    pub network: NetworkSpec,
    /// The distillation loss.
    #[serde(default)]
    pub loss: DistillLossSpec,
    /// The optimisation rule and its learning rate: `{ rule: adam, rate: 1e-3 }`.
    pub optimiser: OptimiserSpec,
    /// The learning-rate schedule.
    #[serde(default)]
    pub schedule: ScheduleSpec,
    /// Passes over the transfer set.
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

/// The kinds whose networks can teach.
const TEACHERS: [&str; 2] = ["classifier", DistillSpec::KIND];

impl DistillSpec {
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

    /// What is at odds between the teachers and this job's data.
    fn check_teachers(teachers: &Provides, own: &Provides) -> Vec<FieldError> {
        let mut field_errors = Vec::new();
        if !TEACHERS.contains(&teachers.kind.as_str()) {
            field_errors.push(
                FieldError::new(
                    "teachers",
                    format!("a job of kind '{}' cannot be the teacher", teachers.kind),
                )
                .with_help(format!("teachers are jobs of kind {}", TEACHERS.join(" or "))),
            );
            return field_errors;
        }
        if let (Some(theirs), Some(ours)) = (teachers.classes, own.classes)
            && theirs != ours
        {
            field_errors.push(FieldError::new(
                "teachers",
                format!("class count mismatch: the teachers have {theirs} classes, this job's data has {ours}"),
            ));
        }
        if let (Some(theirs), Some(ours)) = (teachers.input, own.input)
            && theirs != ours
        {
            let words =
                |[channels, height, width]: [i64; 3]| format!("{channels} x {height} x {width}");
            field_errors.push(FieldError::new(
                "teachers",
                format!(
                    "input shape mismatch: the teachers take {} (channels x height x width), this job's \
                     pictures are {}",
                    words(theirs),
                    words(ours)
                ),
            ));
        }
        field_errors
    }
}

impl Settings for DistillSpec {
    const KIND: &'static str = "distill";
    const ABOUT: &'static str = "a student trained on teachers' softened predictions and on labels (knowledge distillation)";
    const VERSION: u32 = 2;
    const REFERENCES: &'static [&'static str] = &["teachers"];
    const PROVIDED_BY: &'static [&'static str] = &["data"];
    const LOOKS_AT: &'static [(&'static str, &'static [&'static str])] = &[
        ("data", &[]),
        ("optimiser", &["members"]),
        ("select", &["data"]),
        ("network", &["data"]),
        ("augment", &["data"]),
        ("teachers", &["data"]),
    ];

    fn digests(&self, roots: &[PathBuf]) -> Result<Vec<DataDigest>, FieldError> {
        self.recipe().digests(roots)
    }

    fn provides(&self, roots: &[PathBuf]) -> Provides {
        self.recipe().provides(Self::KIND, roots)
    }

    fn check(&self, roots: &[PathBuf], provided: &BTreeMap<String, Provides>) -> Vec<FieldError> {
        let mut field_errors = self.recipe().check(roots);
        if let Some(teachers) = provided.get(&self.teachers) {
            field_errors.extend(Self::check_teachers(teachers, &Settings::provides(self, roots)));
        }
        field_errors
    }

    fn footprint(&self, roots: &[PathBuf]) -> Option<Footprint> {
        self.recipe().footprint(roots)
    }

    fn non_semantic(&self) -> &'static [&'static str] {
        self.recipe().non_semantic()
    }
}
