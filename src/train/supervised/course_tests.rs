//! What a job says of its course and of its end: which examples the score is of, which epoch is taken,
//! what a member of several counts for, and in which units progress is.

use super::evaluation::evaluate;
use super::tests::{Labels, Parts, glyphs};
use super::{Recipe, Select, train_and_keep};
use crate::data::{DataSpec, Labelled};
use crate::event::{Event, Record};
use crate::job::{Context, Finish, Outcome};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// What came of a job.
struct Ran {
    outcome: Outcome,
    records: Vec<Record>,
    /// The negative log-likelihood of the trained network on the validation examples.
    validation: f64,
}

impl Ran {
    /// The values of a scalar, in order.
    fn scalar(&self, wanted: &str) -> Vec<f64> {
        let values = self.records.iter().filter_map(|record| match &record.event {
            Event::Scalar { tag, value, .. } if tag == wanted => Some(*value),
            _ => None,
        });
        values.collect()
    }
}

fn ran(parts: &Parts, data: &Labelled, recipe: Recipe<'_>) -> Ran {
    assert_eq!(&parts.data, recipe.data);
    let folder = tempfile::tempdir().unwrap();
    for name in ["checkpoints", "artifacts"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    let (mut context, records) = Context::heard(folder.path().to_owned(), 5);
    let validation = std::cell::Cell::new(f64::NAN);
    let ended = train_and_keep(&mut context, recipe, data, &Labels, &|_, trained, _| {
        validation.set(evaluate(trained.network, &data.validation).ensemble_nll);
    });
    let Finish::Done(outcome) = ended.unwrap() else { panic!("it was interrupted") };
    let records = records.lock().unwrap().clone();
    Ran { outcome, records, validation: validation.get() }
}

#[track_caller]
fn same(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs(), "{found}, and not {expected}");
}

/// A network that soon knows its few examples by heart: the best epoch is not the last.
fn overfitting(spec: DataSpec) -> Parts {
    let mut parts = Parts::new(spec, 0.1);
    let optimiser = json!({"rule": "adam", "rate": 0.02});
    parts.optimiser = serde_json::from_value(optimiser).unwrap();
    parts
}

#[test]
fn the_best_epoch_by_validation_is_taken_where_it_is_not_the_last() {
    let (spec, data) = glyphs(40);
    let parts = overfitting(spec);
    let recipe = Recipe { epochs: 30, ..parts.recipe(2, 20) };
    let best = ran(&parts, &data, Recipe { select: Select::Best, ..recipe });
    let (validation, test) = (best.scalar("validation/nll"), best.scalar("test/nll"));
    assert_eq!((validation.len(), test.len()), (30, 30));
    let least = validation.iter().copied().fold(f64::INFINITY, f64::min);
    let epoch = validation.iter().position(|value| *value <= least).unwrap();
    assert!(epoch < 29, "the last epoch is the best: {validation:?}");
    assert!((best.validation - least).abs() < 1e-9, "{} beside {least}", best.validation);
    assert!((best.outcome.metrics["test/nll"] - test[epoch]).abs() < 1e-9);
    let latest = ran(&parts, &data, recipe);
    assert!((latest.validation - validation[29]).abs() < 1e-9);
    assert!((latest.outcome.metrics["test/nll"] - test[29]).abs() < 1e-9);
    // The two are of different examples.
    assert!(validation.iter().zip(&test).all(|(one, other)| (one - other).abs() > 1e-6));
}

#[test]
fn a_member_has_its_share_of_what_all_have() {
    let (spec, data) = glyphs(40);
    let parts = Parts::new(spec, 0.1);
    let ran = ran(&parts, &data, parts.recipe(3, 20));
    let [all, one] = &ran.outcome.rows[..] else { panic!("{:?}", ran.outcome.rows) };
    let of_one = f64::from(784 * 12 + 12 + 12 * 10 + 10);
    for (row, members) in [(all, 3.0), (one, 1.0)] {
        same(row.values["parameters"], members * of_one);
        same(row.values["bytes"], members * 4.0 * of_one);
    }
    let times = |row: &crate::job::Row| row.values[super::speed::COLUMN];
    same(times(all) / times(one), 3.0);
    let metrics = &ran.outcome.metrics;
    let members = (0..3).map(|member| metrics[&format!("test/errors/member_{member}")]);
    same(one.values["errors"], members.sum::<f64>() / 3.0);
    same(all.values["errors"], metrics["test/errors"]);
    same(all.values["error_rate"], metrics["test/errors"] / 250.0);
}

#[test]
fn progress_is_in_the_unit_of_its_phase_and_speed_in_examples() {
    let (spec, data) = glyphs(410);
    let parts = Parts::new(spec, 0.1);
    let ran = ran(&parts, &data, Recipe { epochs: 3, ..parts.recipe(2, 20) });
    let mut phase = (String::new(), String::new(), 0);
    let mut ended = BTreeMap::new();
    let mut speed = None;
    for record in &ran.records {
        match &record.event {
            Event::Phase { name, unit, total } => phase = (name.clone(), unit.clone(), *total),
            Event::Progress { done, per_second } => {
                assert!(*done <= phase.2, "{done} of {} {}s in {}", phase.2, phase.1, phase.0);
                ended.insert(phase.clone(), *done);
                if phase.0 == "train" && *per_second > 0.0 {
                    speed = Some((*done, *per_second));
                }
            }
            _ => {}
        }
    }
    // 21 steps an epoch, the last of 10 examples, for each of two members.
    assert_eq!(ended[&("train".to_owned(), "step".to_owned(), 63)], 63, "{ended:?}");
    let (steps, per_second) = speed.unwrap();
    let began = ran.records.iter().find_map(|record| match &record.event {
        Event::Phase { name, .. } if name == "train" => Some(record.time),
        _ => None,
    });
    let through = ran.records.iter().find_map(|record| match &record.event {
        Event::Progress { done: 63, .. } => Some(record.time),
        _ => None,
    });
    let seconds = through.unwrap() - began.unwrap();
    // Measuring between the epochs is no time of training: the speed is at least what these make of it.
    let examples = per_second * seconds;
    assert_eq!(steps, 63);
    assert!((2.0 * 1230.0 * 0.9..2.0 * 1230.0 * 12.0).contains(&examples), "{examples} examples");
}

#[test]
fn an_epoch_says_the_rate_of_its_last_step_and_what_is_due() {
    let (spec, data) = glyphs(40);
    let mut parts = Parts::new(spec, 0.1);
    let schedule = json!({"shape": "step", "every_epochs": 1, "factor": 0.5});
    parts.schedule = serde_json::from_value(schedule).unwrap();
    // By the epochs between histograms, the epochs (from 1) after which there are some.
    for (every, due) in [(0, &[][..]), (2, &[2, 4, 5]), (3, &[3, 5])] {
        let logging = json!({"measure_every_epochs": 2, "histograms_every_epochs": every});
        parts.logging = serde_json::from_value(logging).unwrap();
        let ran = ran(&parts, &data, Recipe { epochs: 5, ..parts.recipe(2, 20) });
        let rates = ran.scalar("train/rate");
        assert_eq!(rates.len(), 5);
        let halved = std::iter::successors(Some(0.1), |rate| Some(rate / 2.0));
        rates.into_iter().zip(halved).for_each(|(found, expected)| same(found, expected));
        for tag in ["test/errors", "test/error/member_1", "validation/nll/member_0"] {
            assert_eq!(ran.scalar(tag).len(), 3, "{tag}: after two, four and the last");
        }
        for part in ["weights/", "gradients/"] {
            let found: BTreeSet<u64> = ran
                .records
                .iter()
                .filter_map(|record| match &record.event {
                    Event::Histogram { tag, step, .. } if tag.starts_with(part) => Some(step / 2),
                    _ => None,
                })
                .collect();
            assert_eq!(found, due.iter().copied().collect(), "{part} every {every}");
        }
    }
    let one = ran(&parts, &data, parts.recipe(1, 20));
    assert!(one.scalar("test/error/member_0").is_empty(), "one member is all there is");
}
