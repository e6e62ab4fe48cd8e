//! Twenty steps of training beside those that PyTorch took in double precision, from the same first
//! values, orders, shifts and masks (`tests/oracles/training.py`): [`Replay`].

use super::learner::{Objective, Supervised};
use super::{LoggingSpec, Recipe, Select};
use crate::data::{AugmentSpec, DataSpec, Labelled, Split};
use crate::job::Context;
use crate::nn::{Network, NetworkSpec};
use crate::optim::{OptimiserSpec, ScheduleSpec};
use crate::shape::Shape;
use crate::train::Learner;
use serde_json::Value;
use std::collections::BTreeMap;
use tch::{Device, Kind, Tensor, no_grad};

/// How far a number may be from PyTorch's, in shares of the largest of its kind.
const TOLERANCE: f64 = 1e-5;

/// One case of the oracle, and the data that all have.
pub(crate) struct Replay {
    all: Value,
    case: Value,
    pub(crate) data: Labelled,
}

/// Of a parameter of one member: its sum, its length, its product with a slope.
type Three = [f64; 3];

fn read<T: serde::de::DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}

impl Replay {
    pub(crate) fn of(case: &str) -> Self {
        let json = include_str!("../../../tests/oracles/training.json");
        let all: Value = serde_json::from_str(json).unwrap();
        let (side, classes): (i64, i64) = (read(&all["side"]), read(&all["classes"]));
        let (images, labels): (Vec<u8>, Vec<i64>) = (read(&all["images"]), read(&all["labels"]));
        let split = || Split {
            images: Tensor::from_slice(&images).view([-1, 1, side, side]),
            labels: Tensor::from_slice(&labels),
        };
        let shape = Shape { channels: 1, height: side, width: side };
        let (train, validation, test) = (split(), split(), split());
        let data = Labelled { train, validation, test, classes, shape };
        Self { case: all["cases"][case].clone(), all, data }
    }

    /// A setting of the case.
    pub(crate) fn setting<T: serde::de::DeserializeOwned>(&self, name: &str) -> T {
        read(&self.case[name])
    }

    /// The teachers, whose answers were made to differ.
    pub(crate) fn teachers(&self) -> Network {
        let spec: NetworkSpec = read(&self.all["teachers"]["network"]);
        let seeds: Vec<u64> = read(&self.all["teachers"]["seeds"]);
        let shape = self.data.shape;
        let network =
            crate::nn::build(&spec, shape, self.data.classes, &seeds, Device::Cpu).unwrap();
        let at = network.names().iter().position(|name| name == "output.weight").unwrap();
        no_grad(|| drop(network.parameters()[at].shallow_clone().g_mul_scalar_(20.0)));
        network
    }

    /// Takes the steps, and holds the loss and every parameter after each to PyTorch's.
    pub(crate) fn holds(&self, objective: &dyn Objective) {
        let data = serde_json::json!({"set": "glyphs"});
        let data: DataSpec = serde_json::from_value(data).unwrap();
        let (network, optimiser): (NetworkSpec, OptimiserSpec) =
            (self.setting("network"), self.setting("optimiser"));
        let schedule: ScheduleSpec = self.setting("schedule");
        let recipe = Recipe {
            members: self.setting("members"),
            data: &data,
            augment: &AugmentSpec { jitter: self.setting("jitter") },
            network: &network,
            optimiser: &optimiser,
            schedule: &schedule,
            epochs: self.setting("epochs"),
            batch: self.setting("batch"),
            select: Select::Last,
            logging: &LoggingSpec::default(),
        };
        let context = Context::silent(std::env::temp_dir(), self.setting("seed"));
        let mut learner = Supervised::new(&context, recipe, &self.data, objective).unwrap();
        let per_epoch = learner.steps_per_epoch();
        for (step, expected) in (0_u64..).zip(self.case["steps"].as_array().unwrap()) {
            let within = step % per_epoch;
            if within == 0 {
                learner.begin_epoch(step / per_epoch);
            }
            let before =
                if within == 0 { learner.loss_sum.zeros_like() } else { learner.loss_sum.copy() };
            learner.step(within, step).unwrap();
            let share = share(&learner, within);
            let loss = (&learner.loss_sum - before).to_kind(Kind::Double) / share;
            let members = expected.as_array().unwrap();
            for (member, expected) in members.iter().enumerate() {
                let found = loss.double_value(&[member as i64]);
                close(found, read(&expected["loss"]), 1.0, &format!("loss of step {step}"));
                let expected: BTreeMap<String, Three> = read(&expected["parameters"]);
                parameters(learner.network(), member as i64, &expected, step);
            }
        }
    }
}

/// What a step's loss counts for in the sum over the epoch: the last batch may be a short one.
fn share(learner: &Supervised<'_>, within: u64) -> f64 {
    let (batch, all) = (learner.recipe.batch as f64, learner.examples() as f64);
    (all - within as f64 * batch).min(batch) / batch
}

fn parameters(network: &Network, member: i64, expected: &BTreeMap<String, Three>, step: u64) {
    assert_eq!(network.names().len(), expected.len());
    for (name, tensor) in network.names().iter().zip(network.parameters()) {
        let flat = tensor.get(member).flatten(0, -1).to_kind(Kind::Double);
        let count = flat.numel() as i64;
        let slope = Tensor::arange_start(1, count + 1, (Kind::Double, Device::Cpu)) / count as f64;
        let found = [flat.sum(Kind::Double), flat.norm(), flat.dot(&slope)];
        for (found, expected) in found.iter().zip(expected[name]) {
            let what = format!("{name} of member {member} after step {step}");
            close(found.double_value(&[]), expected, count as f64, &what);
        }
    }
}

/// Of a sum of `count` numbers about as large as 1.
fn close(found: f64, expected: f64, count: f64, what: &str) {
    let apart = (found - expected).abs();
    assert!(apart <= TOLERANCE * count.sqrt(), "{what}: {found}, and PyTorch has {expected}");
}
