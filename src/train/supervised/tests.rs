//! The learner's own figures: the mean loss of an epoch, the passes over the test examples, and the time
//! of one.

use super::evaluation::{evaluate, tests::asked_during};
use super::learner::{Batch, Objective, Supervised};
use super::speed::microseconds_per_example;
use super::{LoggingSpec, Recipe, Select, train_and_keep};
use crate::data::{AugmentSpec, DataRoots, DataSpec, Labelled};
use crate::job::Context;
use crate::loss;
use crate::optim::{OptimiserSpec, ScheduleSpec};
use crate::train::Learner;
use serde_json::json;
use std::process::{Child, Command};
use tch::{Device, Kind, Tensor};

pub(super) struct Labels;

impl Objective for Labels {
    fn evaluate(&self, batch: &Batch<'_>, logits: &Tensor) -> (Tensor, Tensor) {
        loss::cross_entropy(logits, batch.labels)
    }
}

/// Three tenths of a teacher that finds every class alike, and seven of the labels.
struct Dull;

impl Objective for Dull {
    fn evaluate(&self, batch: &Batch<'_>, logits: &Tensor) -> (Tensor, Tensor) {
        let even = logits.full_like(0.1);
        loss::distillation(logits, batch.labels, &even, 2.0, 0.3)
    }
}

pub(super) fn glyphs(train: usize) -> (DataSpec, Labelled) {
    let spec = json!({"set": "glyphs", "train": train, "validation": 30, "test": 250});
    let spec: DataSpec = serde_json::from_value(spec).unwrap();
    let data = crate::data::load(&spec, &DataRoots(Vec::new()), Device::Cpu).unwrap().unconfirmed();
    (spec, data)
}

/// What a recipe borrows.
pub(super) struct Parts {
    pub(super) data: DataSpec,
    network: crate::nn::NetworkSpec,
    pub(super) optimiser: OptimiserSpec,
    pub(super) schedule: ScheduleSpec,
    pub(super) logging: LoggingSpec,
}

impl Parts {
    pub(super) fn new(data: DataSpec, rate: f64) -> Self {
        Self {
            data,
            network: serde_json::from_value(json!({"name": "mlp", "hidden": [12]})).unwrap(),
            optimiser: serde_json::from_value(json!({"rule": "sgd", "rate": rate})).unwrap(),
            schedule: ScheduleSpec::default(),
            logging: LoggingSpec::default(),
        }
    }

    pub(super) fn recipe(&self, members: u64, batch: u64) -> Recipe<'_> {
        Recipe {
            members,
            data: &self.data,
            augment: &AugmentSpec { jitter: 0 },
            network: &self.network,
            optimiser: &self.optimiser,
            schedule: &self.schedule,
            epochs: 2,
            batch,
            select: Select::Last,
            logging: &self.logging,
        }
    }
}

/// What an epoch of training says its mean loss is, of each member, at a rate that changes nothing; and
/// the loss of all examples at once, in double precision.
fn mean_loss(objective: &dyn Objective, members: u64, batch: u64) -> (Vec<f64>, Vec<f64>) {
    let (spec, data) = glyphs(301);
    let parts = Parts::new(spec, 1e-30);
    let context = Context::silent(std::env::temp_dir(), 5);
    let recipe = parts.recipe(members, batch);
    let mut learner = Supervised::new(&context, recipe, &data, objective).unwrap();
    let per_epoch = learner.steps_per_epoch();
    for step in 0..2 * per_epoch {
        if step % per_epoch == 0 {
            learner.begin_epoch(step / per_epoch);
        }
        learner.step(step % per_epoch, step).unwrap();
    }
    let found = Vec::<f64>::try_from(&learner.mean_loss().to_kind(Kind::Double)).unwrap();
    let images = crate::data::scale(&data.train.images);
    let logits = learner.network().forward(&images, None).to_kind(Kind::Double);
    let labels = data.train.labels.unsqueeze(0).expand([members as i64, 301], false);
    let indices = labels.shallow_clone();
    let batch = Batch { images: &images, indices: &indices, labels: &labels };
    let whole = objective.evaluate(&batch, &logits).0;
    (found, Vec::<f64>::try_from(&whole).unwrap())
}

#[test]
fn the_mean_loss_of_an_epoch_is_that_over_its_examples() {
    for (batch, members) in [(100, 1), (100, 3), (7, 2), (301, 1), (500, 2)] {
        for objective in [&Labels as &dyn Objective, &Dull] {
            let (found, expected) = mean_loss(objective, members, batch);
            assert_eq!(found.len() as u64, members);
            for (found, expected) in found.iter().zip(&expected) {
                let apart = (found / expected - 1.0).abs();
                assert!(apart < 2e-6, "{found} and {expected}, {members} in batches of {batch}");
            }
        }
    }
}

#[test]
fn the_test_examples_are_asked_about_once_an_epoch_and_no_more() {
    let (spec, data) = glyphs(120);
    let parts = Parts::new(spec, 0.1);
    for select in [Select::Last, Select::Best] {
        let folder = tempfile::tempdir().unwrap();
        for name in ["checkpoints", "artifacts"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let mut context = Context::silent(folder.path().to_owned(), 5);
        let recipe = Recipe { select, ..parts.recipe(2, 50) };
        let asked = asked_during(|| {
            train_and_keep(&mut context, recipe, &data, &Labels, &|_, _, _| {}).unwrap();
        });
        // Two epochs, each with 250 test and 30 validation examples; of the best epoch the last pass is
        // another's.
        let again = if select == Select::Best { 250 } else { 0 };
        assert_eq!(asked, 2 * 280 + again, "{select:?}");
    }
}

#[test]
fn what_the_last_epoch_measured_is_what_the_job_comes_to() {
    let (spec, data) = glyphs(120);
    let parts = Parts::new(spec, 0.1);
    let folder = tempfile::tempdir().unwrap();
    for name in ["checkpoints", "artifacts"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    let mut context = Context::silent(folder.path().to_owned(), 5);
    let nll = std::cell::Cell::new(0.0);
    let measure =
        |_: &mut Context, trained: &super::finish::Trained, _: &mut crate::job::Outcome| {
            let again = evaluate(trained.network, &data.test);
            assert_eq!(again.nll, trained.test.nll);
            assert_eq!(again.predictions, trained.test.predictions);
            nll.set(again.ensemble_nll);
        };
    let recipe = parts.recipe(2, 50);
    let ended = train_and_keep(&mut context, recipe, &data, &Labels, &measure).unwrap();
    let crate::job::Finish::Done(outcome) = ended else { panic!("it was interrupted") };
    assert!((outcome.metrics["test/nll"] - nll.get()).abs() < 1e-12);
}

#[test]
fn a_step_with_shifts_masks_a_schedule_and_a_limit_is_that_of_pytorch() {
    super::replay::Replay::of("labels").holds(&Labels);
}

/// Processes that do nothing but keep a processor busy, until this is dropped.
struct Busy(Vec<Child>);

impl Busy {
    fn processes(count: usize) -> Self {
        let one = |_| Command::new("sh").args(["-c", "while :; do :; done"]).spawn().unwrap();
        Self((0..count).map(one).collect())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[test]
fn a_busy_machine_does_not_show_in_the_time_of_an_example() {
    let (_, data) = glyphs(10);
    let network = json!({"name": "mlp", "hidden": [400, 400]});
    let network = serde_json::from_value(network).unwrap();
    let input = data.shape;
    let network = crate::nn::build(&network, input, 10, &[1, 2], Device::Cpu).unwrap();
    let threads = tch::get_num_threads();
    let measure = || microseconds_per_example(&network, &data.test.images).unwrap();
    let quiet = measure();
    let busy = {
        let _busy = Busy::processes(4);
        measure()
    };
    let quiet = quiet.min(measure());
    assert!(busy < 1.5 * quiet && quiet < 1.5 * busy, "{busy} beside {quiet} microseconds");
    assert_eq!(tch::get_num_threads(), threads);
    let none = data.test.images.narrow(0, 0, 0);
    assert_eq!(microseconds_per_example(&network, &none), None);
    let few = microseconds_per_example(&network, &data.test.images.narrow(0, 0, 3));
    assert!(few.unwrap() < 1.5 * quiet, "a batch has as many whatever there is");
}
