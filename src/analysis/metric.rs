//! What is drawn of the jobs' final figures: a [`Metric`], on test examples and, where they have
//! that too, on training examples, so that overfitting shows.

use super::comparison::Comparison;
use crate::job::Outcome;
use indexmap::{IndexMap, IndexSet};

/// Where metrics are measured, the first in each picture first.
const SPLITS: [&str; 2] = ["test", "train"];

/// A metric as one picture shows it.
pub(super) struct Metric {
    /// `bound`
    pub(super) name: String,
    /// Where it was measured: `test`, `train` or both.
    pub(super) splits: Vec<&'static str>,
}

/// What repetitions came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Average {
    pub(super) mean: f64,
    /// The standard deviation from job to job, of a sample; none of one job.
    pub(super) deviation: Option<f64>,
}

/// The metrics that all jobs of some curve with enough points have, in their order.
pub(super) fn metrics(comparison: &Comparison, outcomes: &[Outcome]) -> Vec<Metric> {
    let mut found: IndexMap<&str, IndexSet<&'static str>> = IndexMap::new();
    for split in SPLITS {
        let first = comparison.curves.iter().map(|curve| &outcomes[curve.points[0].jobs[0]]);
        for name in first.flat_map(|outcome| outcome.metrics.keys()) {
            let Some(name) = name.strip_prefix(split).and_then(|rest| rest.strip_prefix('/'))
            else {
                continue;
            };
            let mut members = name.split('/').filter(|part| part.starts_with("member_"));
            let whole = format!("{split}/{name}");
            let has = |jobs: &[usize]| average(jobs, outcomes, &whole).is_some();
            let mut curves = comparison.curves.iter();
            if members.next().is_none()
                && curves.any(|curve| curve.points.iter().all(|point| has(&point.jobs)))
            {
                found.entry(name).or_default().insert(split);
            }
        }
    }
    let metric = |(name, splits): (&str, IndexSet<&'static str>)| Metric {
        name: name.to_owned(),
        splits: splits.into_iter().collect(),
    };
    found.into_iter().map(metric).collect()
}

/// The average of a metric over `jobs`; none where one of them lacks it.
pub(super) fn average(jobs: &[usize], outcomes: &[Outcome], metric: &str) -> Option<Average> {
    let values = jobs.iter().map(|job| outcomes[*job].metrics.get(metric).copied());
    let values: Vec<f64> = values.collect::<Option<_>>()?;
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let deviation = (values.len() > 1).then(|| (squares / (count - 1.0)).sqrt());
    Some(Average { mean, deviation })
}

impl Metric {
    /// Its name for people: `test error`, `bound`.
    pub(super) fn shown(&self) -> String {
        let name = self.name.replace('_', " ").replace('/', ", ");
        match self.splits[..] {
            [split] => format!("{split} {name}"),
            _ => name,
        }
    }

    /// Its name in the name of a file.
    pub(super) fn file(&self) -> String {
        match self.splits[..] {
            ["train"] => format!("train_{}", self.name),
            _ => self.name.clone(),
        }
    }

    /// Its unit and by how much to multiply for it, where its name tells.
    pub(super) fn unit(&self) -> (&'static str, f64) {
        let has = |words: &[&str]| {
            let mut parts = self.name.split(|letter: char| !letter.is_alphanumeric());
            parts.any(|part| words.contains(&part))
        };
        if has(&["bound", "kl", "reconstruction", "nll", "likelihood"]) {
            (" (nats)", 1.0)
        } else if has(&["accuracy", "agreement", "acceptance", "rate", "share"])
            || self.name == "error"
        {
            (" (%)", 100.0)
        } else {
            ("", 1.0)
        }
    }
}
