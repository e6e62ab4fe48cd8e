//! How the rate of learning changes while a job runs: [`ScheduleSpec`].

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// The learning-rate schedule, a factor on the rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "shape", rename_all = "snake_case", deny_unknown_fields)]
pub enum ScheduleSpec {
    /// A constant rate.
    Constant(ConstantSpec),
    /// The rate is multiplied by `factor` every N epochs.
    Step(StepSpec),
    /// The rate falls along half a cosine to its final fraction (Loshchilov & Hutter 2017, eq. 5).
    Cosine(CosineSpec),
}

/// A rate that stays.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConstantSpec {
    /// Warm-up: epochs over which the rate first rises linearly from near 0; fractions are allowed.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub warmup_epochs: f64,
}

/// A rate that falls in steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepSpec {
    /// N, counted from the start of the job; at least 1.
    #[schemars(range(min = 1))]
    pub every_epochs: u64,
    /// What the rate is multiplied by, above 0.
    #[serde(default = "tenth")]
    #[schemars(extend("exclusiveMinimum" = 0), range(max = 1000.0))]
    pub factor: f64,
    /// Warm-up: epochs over which the rate first rises linearly from near 0; fractions are allowed.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1e6))]
    pub warmup_epochs: f64,
}

/// A rate that falls along half a cosine, from the end of the warm-up to the end of the job.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CosineSpec {
    /// The fraction of the rate that is left at the end, in [0, 1].
    #[schemars(range(min = 0.0, max = 1.0))]
    pub final_fraction: f64,
    /// Warm-up: epochs over which the rate first rises linearly from near 0; fractions are allowed.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub warmup_epochs: f64,
}

fn tenth() -> f64 {
    0.1
}

impl Default for ScheduleSpec {
    fn default() -> Self {
        Self::Constant(ConstantSpec::default())
    }
}

impl ScheduleSpec {
    /// What the learning rate is multiplied by in step number `step` (from 0) of `total_steps`.
    ///
    /// Warm-up of W steps multiplies by (step + 1) / W. Past the end the factor stays at its last.
    #[must_use]
    pub fn factor(&self, step: u64, steps_per_epoch: u64, total_steps: u64) -> f64 {
        let warmup_steps = (self.warmup_epochs() * steps_per_epoch as f64).round() as u64;
        if step < warmup_steps {
            return self.warm(step, steps_per_epoch) * (step + 1) as f64 / warmup_steps as f64;
        }
        match self {
            Self::Constant(_) => 1.0,
            Self::Step(spec) => spec.at(step, steps_per_epoch),
            Self::Cosine(spec) => {
                let length = total_steps.saturating_sub(warmup_steps).max(1) as f64;
                let done = ((step - warmup_steps) as f64 / length).min(1.0);
                let left = f64::midpoint(1.0, (PI * done).cos());
                spec.final_fraction + (1.0 - spec.final_fraction) * left
            }
        }
    }

    fn warmup_epochs(&self) -> f64 {
        match self {
            Self::Constant(spec) => spec.warmup_epochs,
            Self::Step(spec) => spec.warmup_epochs,
            Self::Cosine(spec) => spec.warmup_epochs,
        }
    }

    /// The factor that warm-up rises along: falls in steps go on meanwhile, a cosine waits.
    fn warm(&self, step: u64, steps_per_epoch: u64) -> f64 {
        match self {
            Self::Step(spec) => spec.at(step, steps_per_epoch),
            Self::Constant(_) | Self::Cosine(_) => 1.0,
        }
    }
}

impl StepSpec {
    fn at(&self, step: u64, steps_per_epoch: u64) -> f64 {
        let falls = step / steps_per_epoch.max(1) / self.every_epochs.max(1);
        self.factor.powi(i32::try_from(falls).unwrap_or(i32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Oracle {
        steps_per_epoch: u64,
        total_steps: u64,
        schedules: Vec<Case>,
    }

    #[derive(Deserialize)]
    struct Case {
        schedule: ScheduleSpec,
        factors: Vec<f64>,
    }

    #[test]
    fn factors_are_those_of_pytorch() {
        let oracle: Oracle =
            serde_json::from_str(include_str!("../../tests/oracles/schedules.json")).unwrap();
        for Case { schedule, factors } in oracle.schedules {
            assert_eq!(factors.len() as u64, oracle.total_steps);
            for (step, expected) in (0..).zip(factors) {
                let found = schedule.factor(step, oracle.steps_per_epoch, oracle.total_steps);
                assert!(
                    (found - expected).abs() <= 1e-12 * expected.abs() + 1e-14,
                    "{schedule:?}, step {step}: {found}, PyTorch {expected}"
                );
            }
        }
    }

    #[test]
    fn odd_lengths_stay_finite() {
        let all = [
            ScheduleSpec::default(),
            ScheduleSpec::Step(StepSpec { every_epochs: 1, factor: 0.5, warmup_epochs: 9.0 }),
            ScheduleSpec::Cosine(CosineSpec { final_fraction: 0.1, warmup_epochs: 2.0 }),
        ];
        for schedule in all {
            for (step, per_epoch, total) in [(0, 0, 0), (5, 1, 1), (7, 3, 6), (u64::MAX, 3, 6)] {
                let factor = schedule.factor(step, per_epoch, total);
                assert!((0.0..=1.0).contains(&factor), "{schedule:?} {step}: {factor}");
            }
        }
    }

    #[test]
    fn settings_read_back_as_written_with_defaults() {
        let step: ScheduleSpec = serde_yaml::from_str("{shape: step, every_epochs: 2}").unwrap();
        let expected = StepSpec { every_epochs: 2, factor: 0.1, warmup_epochs: 0.0 };
        assert_eq!(step, ScheduleSpec::Step(expected));
        let again = serde_yaml::from_str(&serde_yaml::to_string(&step).unwrap()).unwrap();
        assert_eq!(step, again);
        assert!(serde_yaml::from_str::<ScheduleSpec>("{shape: constant, warmup: 1}").is_err());
    }
}
